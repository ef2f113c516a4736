"""Marks a class: the coordinator of a run, the outcome of each submission, the log of runs.

May import `course`, `sandbox`, `answers`, `judge`, `steps` and `grader.checks`.
"""
