"""What a student, or somebody who learns alone, does with a lesson: start it, hand it in, see what was earned.

Ships in the wheel, and runs wherever JupyterLab does. May import `grader.checks`.
"""
