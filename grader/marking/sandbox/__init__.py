"""Runs students' code in a sandbox: limits, bubblewrap, system-call filter, watchdog, fork servers, jobs, pools.

Knows neither nbgrader nor the answers. May import `course`, `grader.checks` and `grader.inside`.
"""
