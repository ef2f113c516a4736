"""What an instructor does beside marking: release, collect, JupyterLab, and a look at what the machine lacks.

May import all rooms above it: `course` to `feedback`.
"""
