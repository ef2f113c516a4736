"""Paths: the clone, the course folder and what lies in it, lessons, submissions; and the version of the grader.

Reads and names files, nothing else. May import `grader.checks`.
"""
