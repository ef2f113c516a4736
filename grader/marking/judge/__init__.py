"""Decides what answers are worth: the plan of the cases to try, the referee, and follow-through.

May import `course`, `inside`, `sandbox`, `answers` and `grader.checks`; nothing here knows nbgrader.
"""
