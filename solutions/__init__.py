"""The reference implementations of the course: one module a lesson, and the toolbox that every lesson may use."""
