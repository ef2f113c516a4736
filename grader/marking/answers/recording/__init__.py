"""Records the reference outputs on a device, and measures the noise of right answers.

The command: ``python -m grader.marking.answers.recording``.
"""
