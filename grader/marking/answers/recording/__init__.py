"""Recording references on a device, with the noise that right answers show.

The command: ``python -m grader.marking.answers.recording``.
"""
