"""A course as courses are, of any size, with real marks: to look at what an instructor looks at.

``python -m grader.marking.proving.made_course FOLDER --students 200`` releases every lesson, hands in through the
exchange, collects, marks, marks some written answers as a person would, and gives some feedback back. Who does what is
drawn with a fixed seed: each student has a strength, which all lessons share, so that tasks tell students apart.
"""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import nbformat
import numpy as np

from grader.checks.task import lessons
from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.desk.collect import collect
from grader.marking.desk.release import release
from grader.marking.feedback.feedback import feedback
from grader.marking.proving import samples
from grader.marking.proving.demo import fresh_course
from grader.marking.proving.made_class import MAKERS, Kind, Pupil
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

SEED = 8
FIRST_DUE = datetime(2026, 9, 14, 22, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SETTINGS = 'name = "Made-up course"\ntimezone = "Europe/Berlin"\nlate = {share = 0.1, grace_minutes = 15}\n'
KINDS: tuple[tuple[float, Kind], ...] = ((0.12, "untouched"), (0.30, "broken"), (0.72, "mistakes"), (9.0, "right"))
"""A hand-in of less than this strength is of that kind."""
HANDED_IN, LATE, TWICE, BROKEN_FILE = 0.95, 0.1, 0.3, 0.01
"""Of all hand-ins: so many are there; come after the due date; were tried before; are no notebook."""
BY_HAND = 0.8
"""So many of the written answers a person has marked, in the lessons before the last two."""


@dataclass(frozen=True)
class HandIn:
    """One student's hand-in of a lesson.

    Attributes:
        pupil: who, and of what kind it is.
        when: the moment.
        is_second: was there an attempt before?
        is_broken: is its file no notebook?
    """

    pupil: Pupil
    when: datetime
    is_second: bool
    is_broken: bool


def made_course(
    folder: Path, students: int, chosen: Sequence[str] | None = None, say: Callable[[str], None] = print
) -> Course:
    """Make a course in a folder of its own; one that was made before is replaced.

    Args:
        folder: where.
        students: how many.
        chosen: these lessons; all, if None.
        say: told each step, in a line.

    Raises:
        GraderError: something lies in the folder that was not made by a demonstration.
    """
    course, taught = fresh_course(folder.resolve()), list(chosen or lessons())
    (course.root / "course.toml").write_text(SETTINGS + _dates(taught), encoding="utf-8")
    names = [f"pupil-{number:04}" for number in range(students)]
    write_roster(course, roster_with(Student(one, one.replace("pupil-", "Pupil "), lms_id=one[-4:]) for one in names))
    strength = np.random.default_rng(SEED).beta(2.6, 1.5, students)
    for place, lesson in enumerate(taught):
        begin = perf_counter()
        release(course, lesson)
        _submit(course, lesson, hand_ins(names, strength, place, lesson))
        collect(course, lesson, any_owner=True)
        summary = autograde(course, lesson)
        if place < len(taught) - 2:
            _mark_by_hand(course, lesson, dict(zip(names, strength, strict=True)), place)
        if place < len(taught) - 3:
            feedback(course, lesson)
        marked, rest = summary.count("marked"), len(summary.not_marked)
        say(f"{lesson}: {marked} marked, {rest} not marked, {perf_counter() - begin:.0f} s")
    return course


def _dates(taught: Iterable[str]) -> str:
    due = [(lesson, FIRST_DUE + place * WEEK) for place, lesson in enumerate(taught)]
    return "".join(f'[lessons.{lesson}]\ndue = "{when:%Y-%m-%d %H:%M} UTC"\n' for lesson, when in due)


def hand_ins(names: Sequence[str], strength: Iterable[float], place: int, lesson: str) -> list[HandIn]:
    """Who hands in the lesson in that place of the course, what, and when; the same for the same arguments."""
    draw = np.random.default_rng([SEED, place])
    due, made = FIRST_DUE + place * WEEK, []
    for number, (name, strong) in enumerate(zip(names, strength, strict=True)):
        today = strong + draw.normal(0, 0.15)
        kind = next(kind for most, kind in KINDS if today < most)
        is_late = draw.random() < LATE
        hours = draw.exponential(20) if is_late else -draw.exponential(24)
        facts = draw.random() < TWICE, draw.random() < BROKEN_FILE
        if draw.random() < HANDED_IN:
            pupil = Pupil(name, kind, 31 * number + place)
            made.append(HandIn(pupil, due + timedelta(hours=float(hours)), *facts))
    return made


def _submit(course: Course, lesson: str, made: Iterable[HandIn]) -> None:
    """Put the hand-ins where students' ones come in, as nbgrader does."""
    inbound = course.exchange / course.id / "inbound"
    texts = {name: (course.release / lesson / f"{name}.ipynb").read_text("utf-8") for name in notebooks_of(lesson)}
    own = {name: samples.lesson_notebook(lesson, name) for name in texts}
    for one in made:
        if one.is_second:
            _put(inbound, lesson, one.pupil.name, one.when - timedelta(hours=9), texts)
        made_of = {
            name: nbformat.writes(
                MAKERS[one.pupil.kind](nbformat.reads(text, as_version=4), own[name], one.pupil.number)
            )
            for name, text in texts.items()
        }
        if one.is_broken:
            first = next(iter(made_of))
            made_of[first] = made_of[first][:2000]
        _put(inbound, lesson, one.pupil.name, one.when, made_of)


def _put(inbound: Path, lesson: str, student: str, when: datetime, texts: dict[str, str]) -> None:
    folder = inbound / f"{student}+{lesson}+{when:%Y-%m-%d %H:%M:%S} UTC+{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")
    (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")


def _mark_by_hand(course: Course, lesson: str, strength: dict[str, float], place: int) -> None:
    """Mark most of the written answers that wait, in half points, and comment on those with few."""
    draw = np.random.default_rng([SEED, place, 1])
    with course_gradebook(course_api(course)) as gradebook:
        for submission in sorted(gradebook.find_assignment(lesson).submissions, key=lambda one: str(one.student.id)):
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                waits = grade.needs_manual_grade and grade.auto_score is None
                if waits and grade.name.endswith("written") and draw.random() < BY_HAND:
                    share = float(np.clip(strength[submission.student.id] + draw.normal(0.1, 0.2), 0, 1))
                    grade.manual_score, grade.needs_manual_grade = round(2 * share * grade.max_score) / 2, False
        gradebook.db.commit()


def _main() -> None:
    typed = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    typed.add_argument("folder", type=Path)
    typed.add_argument("--students", type=int, default=200)
    typed.add_argument("--lesson", action="append", help="only these, by folder name; all, if none")
    given = typed.parse_args()
    begin = perf_counter()
    course = made_course(given.folder, given.students, given.lesson, lambda line: print(line, flush=True))
    print(f"{course.root}: {perf_counter() - begin:.0f} s; RNN_WORKBOOK_COURSE={course.root} grader desk")


if __name__ == "__main__":
    _main()
