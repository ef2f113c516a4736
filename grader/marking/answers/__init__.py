"""Right answers and known wrong ones: references, their recording, alternatives, misconceptions.

Needs NumPy and PyTorch alone. May import `solutions` and `grader.checks`.
"""
