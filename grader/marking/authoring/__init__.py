"""Keeps lessons in step with their solutions, and writes the page of claims.

May import `course` and `grader.checks`.
"""
