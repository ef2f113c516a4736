"""How long marking takes, side by side in one run: plain nbgrader, and this grader."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import nbformat
from nbgrader.converters.autograde import Autograde
from nbgrader.utils import temp_attrs

from grader.checks.errors import GraderError
from grader.marking import samples
from grader.marking.autograde import autograde, submitters
from grader.marking.course import lesson_id
from grader.marking.demo import fresh_course
from grader.marking.nbgrader_api import course_api
from grader.marking.release import release

STOCK = ("autograde_preprocessors", "exporter_class", "pre_convert_hook")
"""What `nbgrader_config.py` changes in nbgrader's Autograde."""


@dataclass(frozen=True)
class Timing:
    """One way of marking: seconds a submission, and its ratio to the first way of the run."""

    name: str
    seconds: float
    ratio: float


def bench(lesson: str, submissions: int = 12, say: Callable[[str], None] = print) -> list[Timing]:
    """Time the marking of the same submissions by each way in turn, in one process, on one machine.

    Args:
        lesson: as `lesson_id` takes it.
        submissions: how many, in equal parts: right, right in another way, untouched, right in a third way.
        say: told each result as it comes.
    """
    lesson = lesson_id(lesson)
    timings: list[Timing] = []
    with TemporaryDirectory() as folder, fresh_course(Path(folder)):
        release(lesson, to_exchange=False)
        _hand_in(Path(folder), lesson, submissions)
        for name, way in (("plain nbgrader", _plain), ("this grader", _ours)):
            begin = perf_counter()
            way(lesson)
            seconds = (perf_counter() - begin) / submissions
            shutil.rmtree(Path(folder) / "autograded")
            timings.append(Timing(name, seconds, timings[0].seconds / seconds if timings else 1.0))
            rate = f"{seconds:6.2f} s a submission {60 / seconds:8.1f} submissions a minute"
            say(f"{name:16} {rate} {timings[-1].ratio:7.2f} ×")
    return timings


def _hand_in(course: Path, lesson: str, count: int) -> None:
    own = samples.lesson_notebook(lesson)
    makers = [
        lambda nb: samples.solve(nb, own),
        lambda nb: samples.solve_differently(nb, own),
        lambda nb: nb,
        lambda nb: samples.solve_differently(nb, own, 1),
    ]
    for number, make in enumerate(islice(cycle(makers), count)):
        target = course / "submitted" / f"student-{number:04}" / lesson
        target.mkdir(parents=True)
        nb = make(nbformat.read(course / "release" / lesson / f"{lesson}.ipynb", as_version=4))
        nbformat.write(nb, target / f"{lesson}.ipynb")


def _plain(lesson: str) -> None:
    """nbgrader as it comes: its own Execute and SaveAutoGrades. The experiments are left out here too."""
    api = course_api()
    for trait in STOCK:
        del api.config.Autograde[trait]
    api.config.Execute.skip_cells_with_tag = "experiment"
    for student in submitters(lesson):
        with temp_attrs(api.coursedir, assignment_id=lesson, student_id=student):
            Autograde(coursedir=api.coursedir, parent=api).start()


def _ours(lesson: str) -> None:
    summary = autograde(lesson)
    if summary.not_marked:
        raise GraderError(f"{len(summary.not_marked)} were not marked: {summary.not_marked[0].reasons[0]}")
