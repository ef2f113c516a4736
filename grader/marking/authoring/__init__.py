"""Keeps lessons in step with their solutions, writes the page of claims, and reads the table of lessons.

May import `course` and `grader.checks`.
"""
