"""Where things lie: the clone, the course folder with all that a course produces, lessons, submissions, the version.

Reads and names files, nothing else. May import `grader.checks`.
"""
