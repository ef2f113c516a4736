"""The `grader` command: it reads what was typed, calls `grader.student` or `grader.marking`, and prints.

student.py     start, submit, progress: all that there is where the students' package is installed
course.py      release, collect, autograde, feedback, report, lab, doctor
similar.py     similar
new_lesson.py  new-lesson
maintainer.py  demo, cluster-demo, bench, margins, fidelity, record, mistakes, sync, site
app.py         the command itself
terminal.py    lines on the terminal
printing.py    what several of the instructor's commands print
"""

from grader.cli import student  # noqa: F401 (each adds its commands)
from grader.cli.app import app
from grader.student.begin import here_is_the_clone

if here_is_the_clone():
    from grader.cli import course, maintainer, new_lesson, similar  # noqa: F401

__all__ = ["app"]
