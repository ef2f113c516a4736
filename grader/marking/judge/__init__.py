"""Decides what answers are worth: the plan of the cases to try, and the referee.

May import `course`, `answers` and `grader.checks`; nothing here knows nbgrader.
"""
