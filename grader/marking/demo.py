"""The whole cycle on a real lesson, through nbgrader's own exchange, with sample students.

release → fetch → solve → validate → submit → collect → autograde → feedback: the students' steps are nbgrader's
commands, run in a folder of each student's own, with a configuration of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.marking import samples
from grader.marking.autograde import autograde
from grader.marking.collect import collect
from grader.marking.course import course_folder, lesson_id
from grader.marking.feedback import feedback
from grader.marking.lab import STUDENT_CONFIG
from grader.marking.misconceptions import bank
from grader.marking.outcome import Outcome, Summary
from grader.marking.release import release
from grader.marking.report import ClassReport, class_report
from grader.marking.submissions import notebooks_of

Say = Callable[[str], None]
Maker = Callable[[NotebookNode, str], NotebookNode]
"""Makes a student's notebook from the released one, given its name."""


@dataclass(frozen=True)
class Demo:
    """What the demonstration made.

    Attributes:
        course: the course folder.
        expected: student → (points expected of the marking by number, what the student did).
        marks: student → points given by number.
        most: points that can be had by number.
        report: the class report.
        pages: the feedback pages as the students fetched them.
    """

    course: Path
    expected: dict[str, tuple[float | None, str]]
    marks: dict[str, float]
    most: float
    report: ClassReport
    pages: list[Path]

    @property
    def as_expected(self) -> bool:
        """Full points for what is right, none for the untouched and the hostile, some for mistakes."""
        return all(
            (self.marks[student] == points) if points is not None else (0 < self.marks[student] < self.most)
            for student, (points, _) in self.expected.items()
        )


def demo(
    lesson: str,
    *,
    folder: Path | None = None,
    say: Say = print,
    on_progress: Callable[[Outcome], None] = lambda o: None,
) -> Demo:
    """Run the cycle in a fresh course folder and say each step.

    Args:
        lesson: the lesson, as `lesson_id` takes it.
        folder: the course folder to make, ``course/demo`` if None; one that a demonstration made before is replaced.
        say: told each step, in a line.
        on_progress: called after each submission is marked.

    Raises:
        GraderError: a step failed; the message has the command and its last lines.
    """
    lesson = lesson_id(lesson)
    folder = (folder or course_folder() / "demo").resolve()
    with fresh_course(folder):
        say(f"release   the student version of {lesson}, into the exchange")
        release(lesson)
        own = {name: samples.lesson_notebook(lesson, name) for name in notebooks_of(lesson)}
        most = float(sum(task.points for nb in own.values() for task in samples.tasks_of_notebook(nb)))
        makers = _students(own)
        expected = {
            student: (most if points == "all" else points, story) for student, (_, points, story) in makers.items()
        }
        say(f"fetch     {len(makers)} students fetch it, work on it, hand it in")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(
                pool.map(
                    lambda item: _hand_in(folder, lesson, *item), [(name, maker[0]) for name, maker in makers.items()]
                )
            )
        say("validate  " + _validate(folder, lesson, "all-right"))
        say("validate  " + _validate(folder, lesson, next(name for name in makers if name.startswith("mistakes"))))
        say("collect   what they handed in")
        collect(lesson)
        say("autograde each in a sandbox, against the references")
        summary = autograde(lesson, on_progress=on_progress)
        _all_marked(summary)
        say("feedback  the reports go back through the exchange")
        feedback(lesson)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(lambda name: _student(folder, name, "fetch_feedback", lesson), makers))
        report = class_report(lesson)
    marks = {
        row.student: sum(row.points[name] or 0 for name in row.points if not name.endswith("written"))
        for row in report.rows
    }
    return Demo(
        folder, expected, marks, most, report, sorted((folder / "students").glob(f"*/{lesson}/feedback/*/*.html"))
    )


@contextmanager
def fresh_course(folder: Path) -> Iterator[None]:
    """Inside, the course folder is this one, new and empty.

    Raises:
        GraderError: something lies there that no demonstration made.
    """
    mark = folder / "made-by-demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise GraderError(f"{folder} is not empty and was not made by a demonstration; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    before = os.environ.get("RNN_WORKBOOK_COURSE")
    os.environ["RNN_WORKBOOK_COURSE"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("RNN_WORKBOOK_COURSE")
        if before is not None:
            os.environ["RNN_WORKBOOK_COURSE"] = before


def _students(own: dict[str, NotebookNode]) -> dict[str, tuple[Maker, object, str]]:
    """Name → how its notebooks are made, the points it must get ("all", a number, None: some), and its story.

    Args:
        own: the lesson's own notebooks by name.
    """
    each = max(1, 3 // len(own))
    first, second = ([m for nb in own.values() for m in typical_mistakes(nb, parity, each)] for parity in (0, 1))
    return {
        "all-right": (lambda nb, name: samples.solve(nb, own[name]), "all", "the lesson's own answers"),
        "right-differently": (
            lambda nb, name: samples.solve_differently(nb, own[name]),
            "all",
            "right, and written in another way",
        ),
        "mistakes-one": (
            lambda nb, name: samples.make_mistakes(nb, own[name], first),
            None,
            ", ".join(entry.name for _, entry in first),
        ),
        "mistakes-two": (
            lambda nb, name: samples.make_mistakes(nb, own[name], second),
            None,
            ", ".join(entry.name for _, entry in second),
        ),
        "untouched": (lambda nb, name: nb, 0.0, "handed in as it was fetched"),
        "hostile": (lambda nb, name: samples.attack(nb), 0.0, "solves nothing, attacks everything"),
    }


def typical_mistakes(nb: NotebookNode, parity: int, most: int = 3) -> list[samples.Mistake]:
    """For every other task the first misconception known that is an edit of the task's own function."""
    own = [[(task, entry) for entry in bank(task) if not entry.where] for task in samples.tasks_of_notebook(nb)]
    return [mistakes[0] for mistakes in own[parity::2] if mistakes][:most]


def _hand_in(folder: Path, lesson: str, student: str, make: Maker) -> None:
    home = folder / "students" / student
    home.mkdir(parents=True)
    config = STUDENT_CONFIG.format(exchange=str(folder / "exchange")) + f"c.CourseDirectory.student_id = {student!r}\n"
    (home / "nbgrader_config.py").write_text(config, encoding="utf-8")
    _student(folder, student, "fetch_assignment", lesson)
    for path in sorted((home / lesson).glob("*.ipynb")):
        nbformat.write(make(nbformat.read(path, as_version=4), path.stem), path)
    _student(folder, student, "submit", lesson)


def _validate(folder: Path, lesson: str, student: str) -> str:
    """What nbgrader's own Validate says of each of a student's notebooks: the worst."""
    files = [f"{lesson}/{name}.ipynb" for name in notebooks_of(lesson)]
    said = [_student(folder, student, "validate", file) for file in files]
    verdicts = [next(line for line in text.splitlines() if line.strip(" =")).strip() for text in said]
    return f"{student}: {min(verdicts, key=lambda verdict: verdict.startswith('Success')).partition('!')[0]}"


def _student(folder: Path, student: str, *command: str) -> str:
    """Run an nbgrader command as that student would type it, and return what it printed.

    Raises:
        GraderError: it failed.
    """
    home = folder / "students" / student
    own = {"HOME": str(home), "JUPYTER_DATA_DIR": str(home / ".jupyter"), "JUPYTER_CONFIG_DIR": str(home / ".config")}
    line = [sys.executable, "-m", "nbgrader", *command]
    done = subprocess.run(line, cwd=home, env={**os.environ, **own}, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise GraderError(f"nbgrader {' '.join(command)}, typed by {student}, failed:\n{last}")
    return done.stdout


def _all_marked(summary: Summary) -> None:
    if summary.not_marked:
        one = summary.not_marked[0]
        raise GraderError(f"{one.student} was not marked: {'; '.join(one.reasons)}")
