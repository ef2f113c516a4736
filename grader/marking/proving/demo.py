"""The whole cycle on a real lesson, through nbgrader's own exchange, with sample students.

release → fetch → solve → validate → submit → collect → autograde → feedback: the students' steps are nbgrader's
commands, run in a folder of each student's own, with a configuration of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.checks.task import tasks_by_grade_id
from grader.marking.answers.misconceptions import bank
from grader.marking.autograde.autograde import autograde
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.desk.collect import collect
from grader.marking.desk.lab import student_config
from grader.marking.desk.release import release
from grader.marking.feedback.class_report import ClassReport, class_report
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples

Say = Callable[[str], None]
Maker = Callable[[NotebookNode, str], NotebookNode]
"""Makes a student's notebook from the released one, given its name."""


@dataclass(frozen=True)
class SampleStudent:
    """One student of the demonstration.

    Attributes:
        make: makes the notebooks that are handed in.
        story: what the student did.
        points: what the marking by number must give; None: some points, but not all.
    """

    make: Maker
    story: str
    points: float | None = None

    def fits(self, points: float, most: float) -> bool:
        """Are these points, out of ``most``, what was expected?"""
        return points == self.points if self.points is not None else 0 < points < most


@dataclass(frozen=True)
class Demo:
    """What the demonstration made.

    Attributes:
        course: the course.
        students: name → what was handed in, and what is expected.
        marks: student → points given by number.
        most: points that tasks marked by number can give.
        report: the class report.
        pages: the feedback pages as the students fetched them.
        on_cpu: student → the same points when marked on the CPU; None where nothing was marked on a GPU.
        devices: where PyTorch's tasks were computed, of all students.
    """

    course: Course
    students: dict[str, SampleStudent]
    marks: dict[str, float]
    most: float
    report: ClassReport
    pages: list[Path]
    on_cpu: dict[str, float] | None = None
    devices: tuple[str, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Full points for what is right, none for the untouched and the hostile, some for mistakes.

        Where it was marked on a GPU: PyTorch computed there, and the marks are those of the CPU.
        """
        well = all(student.fits(self.marks[name], self.most) for name, student in self.students.items())
        return well and (self.on_cpu is None or (self.on_cpu == self.marks and "cuda" in self.devices))


def demo(
    lesson: str,
    folder: Path,
    *,
    gpu: bool = False,
    say: Say = print,
    on_progress: Callable[[Outcome], None] = lambda o: None,
) -> Demo:
    """Run the cycle in a fresh course folder and say each step.

    Args:
        lesson: the lesson, as `lesson_id` takes it.
        folder: the course folder to make; one that a demonstration made before is replaced.
        gpu: mark on the CPU first, then again where the kernels may use this machine's GPU.
        say: told each step, in a line.
        on_progress: called after each submission is marked.

    Raises:
        GraderError: a step failed; the message has the command and its last lines.
    """
    lesson = lesson_id(lesson)
    course = fresh_course(folder.resolve())
    say(f"release   the student version of {lesson}, into the exchange")
    release(course, lesson)
    own = {name: samples.lesson_notebook(lesson, name) for name in notebooks_of(lesson)}
    most = float(sum(task.points for nb in own.values() for task in samples.tasks_of_notebook(nb)))
    students = sample_class(own, most)
    say(f"fetch     {len(students)} students fetch it, work on it, hand it in")
    _each(students, lambda name: _hand_in(course, lesson, name, students[name].make))
    say("validate  " + _validate(course, lesson, "all-right"))
    say("validate  " + _validate(course, lesson, next(name for name in students if name.startswith("mistakes"))))
    say("collect   what they handed in")
    collect(course, lesson)
    say("autograde each in a sandbox, against the references")
    summary = _all_marked(autograde(course, lesson, on_progress=on_progress))
    on_cpu = _marks_by_number(class_report(course, lesson)) if gpu else None
    if gpu:
        say("autograde once more, on the GPU")
        summary = _all_marked(autograde(course, lesson, force=True, gpu=True, on_progress=on_progress))
    say("feedback  the reports go back through the exchange")
    feedback(course, lesson, anyway=True)  # nobody reads the written answers of a demonstration
    _each(students, lambda name: _student(course, name, "fetch_feedback", lesson))
    report = class_report(course, lesson)
    pages = sorted((course.root / "students").glob(f"*/{lesson}/feedback/*/*.html"))
    devices = tuple(sorted({device for outcome in summary.outcomes for device in outcome.devices}))
    return Demo(course, students, _marks_by_number(report), most, report, pages, on_cpu, devices)


def _marks_by_number(report: ClassReport) -> dict[str, float]:
    """Student → the points in tasks, without what is marked by hand."""
    known = tasks_by_grade_id()
    return {row.student: row.sum_of(name for name in row.points if name in known) or 0.0 for row in report.rows}


def _each(names: Iterable[str], work: Callable[[str], object]) -> None:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(work, names))


def fresh_course(folder: Path) -> Course:
    """A course in this folder, new and empty.

    Raises:
        GraderError: something lies there that no demonstration made.
    """
    mark = folder / "made-by-demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise GraderError(f"{folder} is not empty and was not made by a demonstration; name another folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    return Course(folder)


def sample_class(own: dict[str, NotebookNode], most: float) -> dict[str, SampleStudent]:
    """The students of the demonstration, by name.

    Args:
        own: the lesson's own notebooks by name.
        most: points that tasks marked by number can give.
    """
    each = max(1, 3 // len(own))
    first, second = ([m for nb in own.values() for m in typical_mistakes(nb, parity, each)] for parity in (0, 1))
    return {
        "all-right": SampleStudent(lambda nb, name: samples.solve(nb, own[name]), "the lesson's own answers", most),
        "right-differently": SampleStudent(
            lambda nb, name: samples.solve_differently(nb, own[name]), "right, and written in another way", most
        ),
        "mistakes-one": _mistaken(own, first),
        "mistakes-two": _mistaken(own, second),
        "untouched": SampleStudent(lambda nb, name: nb, "handed in as it was fetched", 0.0),
        "hostile": SampleStudent(lambda nb, name: samples.attack(nb), "solves nothing, attacks everything", 0.0),
    }


def _mistaken(own: dict[str, NotebookNode], mistakes: list[samples.Mistake]) -> SampleStudent:
    story = ", ".join(entry.name for _, entry in mistakes)
    return SampleStudent(lambda nb, name: samples.make_mistakes(nb, own[name], mistakes), story)


def typical_mistakes(nb: NotebookNode, parity: int, most: int = 3) -> list[samples.Mistake]:
    """For every other task the first misconception known that is an edit of the task's own function."""
    own = [[(task, entry) for entry in bank(task) if not entry.where] for task in samples.tasks_of_notebook(nb)]
    return [mistakes[0] for mistakes in own[parity::2] if mistakes][:most]


def _hand_in(course: Course, lesson: str, student: str, make: Maker) -> None:
    home = _home(course, student)
    home.mkdir(parents=True)
    config = student_config(course) + f"c.CourseDirectory.student_id = {student!r}\n"
    (home / "nbgrader_config.py").write_text(config, encoding="utf-8")
    _student(course, student, "fetch_assignment", lesson)
    for path in sorted((home / lesson).glob("*.ipynb")):
        nbformat.write(make(nbformat.read(path, as_version=4), path.stem), path)
    _student(course, student, "submit", lesson)


def _home(course: Course, student: str) -> Path:
    return course.root / "students" / student


def _validate(course: Course, lesson: str, student: str) -> str:
    """The worst that nbgrader's own Validate says of a student's notebooks."""
    files = [f"{lesson}/{name}.ipynb" for name in notebooks_of(lesson)]
    said = [_student(course, student, "validate", file) for file in files]
    verdicts = [next(line for line in text.splitlines() if line.strip(" =")).strip() for text in said]
    return f"{student}: {min(verdicts, key=lambda verdict: verdict.startswith('Success')).partition('!')[0]}"


def _student(course: Course, student: str, *command: str) -> str:
    """Run an nbgrader command as that student would type it, and return what it printed.

    Raises:
        GraderError: it failed.
    """
    home = _home(course, student)
    own = {"HOME": str(home), "JUPYTER_DATA_DIR": str(home / ".jupyter"), "JUPYTER_CONFIG_DIR": str(home / ".config")}
    environment = {**os.environ, **course.environment, **own}
    line = [sys.executable, "-m", "nbgrader", *command]
    done = subprocess.run(line, cwd=home, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-3:])
        raise GraderError(f"nbgrader {' '.join(command)}, typed by {student}, failed:\n{last}")
    return done.stdout


def _all_marked(summary: Summary) -> Summary:
    if summary.not_marked:
        one = summary.not_marked[0]
        raise GraderError(f"{one.student} was not marked: {'; '.join(one.reasons)}")
    return summary
