"""Feedback: pages that show a submission and are safe to open, and the report on the class.

May import `course`, `sandbox`, `judge`, `steps`, `autograde` and `grader.checks`.
"""
