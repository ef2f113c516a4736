"""What an instructor does beside marking: release, collect, start JupyterLab, check the machine.

May import `course`, `sandbox`, `steps`, `autograde`, `feedback`, `grader.student` and `grader.checks`.
"""
