"""Keeps lessons in step with their solutions, writes the page of claims and the table of lessons, builds the site.

May import `course` and `grader.checks`.
"""
