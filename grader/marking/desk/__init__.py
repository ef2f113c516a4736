"""What an instructor does beside marking: release, collect, JupyterLab, and a look at what the machine lacks.

May import `course`, `sandbox`, `steps`, `autograde`, `feedback` and `grader.checks`.
"""
