"""Keeps lessons in step with their solutions, writes claims and the table of lessons, builds the site, begins a lesson.

May import `course` and `grader.checks`.
"""
