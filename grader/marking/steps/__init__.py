"""nbgrader's steps, one a file, named after its class, and all that knows nbgrader's inside.

What a step needs and leaves travels in one record, `marking.Marking`. May import `course`, `sandbox`, `answers`,
`judge` and `grader.checks`; nbgrader is used from here on.
"""
