"""Runs a student's code where it harms nothing: limits, bubblewrap, system calls, watchdog, fork servers, jobs, pools.

Knows no nbgrader and no answers. May import `course`, `grader.checks` and `grader.inside`.
"""
