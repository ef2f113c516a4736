"""The `grader` command: it reads what was typed, calls `grader.marking`, and prints. `grader --help` lists all of it.

course.py      release, collect, autograde, feedback, report, lab, doctor
maintainer.py  demo, cluster-demo, bench, margins, fidelity, record, mistakes, sync
app.py         the command itself
printing.py    what several commands print
"""

from grader.cli import course, maintainer  # noqa: F401 (each adds its commands)
from grader.cli.app import app

__all__ = ["app"]
