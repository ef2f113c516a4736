"""The grader: `checks` is what a student has, `marking` is what an instructor has."""
