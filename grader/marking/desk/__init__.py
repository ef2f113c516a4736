"""What an instructor does beside marking: release, collect, the class in the browser, JupyterLab, the doctor.

May import `course`, `sandbox`, `steps`, `autograde`, `feedback`, `grader.student` and `grader.checks`.
"""
