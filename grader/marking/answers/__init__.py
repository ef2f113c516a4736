"""What is right, and what is wrong in known ways: references, alternatives, misconceptions, and their recording.

Needs NumPy and PyTorch alone. May import `solutions` and `grader.checks`.
"""
