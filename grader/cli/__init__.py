"""The `grader` command: it reads what was typed, calls `grader.student` or `grader.marking`, and prints.

student.py     start, submit, progress: all that there is where the students' package is installed
course.py      release, collect, autograde, feedback, report, lab, doctor
class_list.py  roster, import, export: who is in the class, and its LMS
desk.py        desk: the class in the browser
journal.py     journal: who got which points when, and why
own_course.py  course, extend: what holds in a course, and more time for a student
similar.py     similar: answers that share what few others have
new_lesson.py  new-lesson: a lesson of one's own
maintainer.py  demo, cluster-demo, bench, margins, fidelity, record, mistakes, sync, site
app.py         the command itself
terminal.py    lines on the terminal
class_tables.py  the tables of a class
printing.py    what several of the instructor's commands print
"""

from grader.cli import student  # noqa: F401 (each adds its commands)
from grader.cli.app import app
from grader.student.begin import here_is_the_clone

if here_is_the_clone():
    from grader.cli import class_list, course, desk, journal, maintainer, new_lesson, own_course, similar  # noqa: F401

__all__ = ["app"]
