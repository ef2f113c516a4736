"""Shows that the grader works: fidelity of the marks, sample submissions, demonstrations, benchmarks.

May import every room; none imports it.
"""
