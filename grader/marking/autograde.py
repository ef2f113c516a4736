"""Mark the submissions of a lesson, one after another; one that cannot be marked never stops the others."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from nbgrader.api import MissingEntry
from nbgrader.apps.api import NbGraderAPI

from grader.checks.errors import GraderError
from grader.marking.course import LESSON_FOLDER, course_folder, lesson_id
from grader.marking.nbgrader_api import course_api, course_gradebook, last_line
from grader.marking.sandbox import Limits, bubblewrap
from grader.marking.save import read_trace, trace_path


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Attributes:
        student: who.
        status: "marked", "unchanged" (marked before, and not handed in anew), or "not marked".
        points, most: from the gradebook, with marks given by hand.
        reasons: what was not marked, and why.
        seconds: how long it took.
    """

    student: str
    status: str
    points: float = 0.0
    most: float = 0.0
    reasons: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass
class Summary:
    """What a run did: one outcome a submission."""

    lesson: str
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def not_marked(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.status == "not marked"]

    def count(self, status: str) -> int:
        return sum(outcome.status == status for outcome in self.outcomes)


def submitters(lesson: str) -> list[str]:
    """Who handed the lesson in."""
    folder = course_folder() / "submitted"
    return sorted(path.parent.name for path in folder.glob(f"*/{lesson}") if path.is_dir())


def autograde(
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    limits: Limits | None = None,
    on_progress: Callable[[Outcome], None] = lambda outcome: None,
) -> Summary:
    """Mark every submission of a lesson that is new, or all of them.

    Args:
        lesson: the lesson, as `lesson_id` takes it.
        students: only these; all who handed in, if None.
        force: mark also what was marked before. Marks given by hand stay.
        limits: what a submission may use; nbgrader_config.py's, if None.
        on_progress: called after each submission.

    Raises:
        GraderError: no such lesson, nobody handed it in, a student did not, or nothing can be run on this machine.
    """
    lesson = lesson_id(lesson)
    bubblewrap()
    there = submitters(lesson)
    chosen = there if students is None else list(students)
    for student in chosen:
        if student not in there:
            raise GraderError(f"{student} has not handed in {lesson}; who has: {', '.join(there) or 'nobody'}")
    if not chosen:
        raise GraderError(
            f"nobody has handed in {lesson}: nothing lies in {course_folder() / 'submitted'}; did you collect?"
        )
    api, summary = course_api(limits), Summary(lesson)
    for student in chosen:
        outcome = _mark_one(api, lesson, student, force)
        summary.outcomes.append(outcome)
        on_progress(outcome)
    return summary


def _mark_one(api: NbGraderAPI, lesson: str, student: str, force: bool) -> Outcome:
    begin, before = perf_counter(), _age(lesson, student)
    strange = _wrong_names(lesson, student)
    if strange:
        return Outcome(student, "not marked", reasons=(strange,), seconds=perf_counter() - begin)
    result = api.autograde(lesson, student, force=force)
    seconds, fresh = perf_counter() - begin, _age(lesson, student) != before
    reasons = (
        [reason for trace in _traces(lesson, student) for reason in _unmarked(trace)]
        if fresh or result["success"]
        else []
    )
    if not result["success"] and not reasons:
        reasons = [last_line(result)]
    status = "not marked" if reasons else "marked" if fresh else "unchanged"
    return Outcome(student, status, *_points(api, lesson, student), tuple(reasons), seconds)


def notebooks_of(lesson: str) -> list[str]:
    """The names of a lesson's notebooks, without ``.ipynb``."""
    return sorted(path.stem for path in (LESSON_FOLDER / lesson).glob("*.ipynb"))


def _wrong_names(lesson: str, student: str) -> str:
    """What to say where a submission has no notebook of the lesson's name, or its student an impossible one, or ""."""
    if glob.escape(student) != student:  # the pattern would match, and mark, other students
        return f"{student}: nbgrader takes *, ? and [ in a student's name for a pattern; rename the folder"
    handed_in = sorted(path.stem for path in (course_folder() / "submitted" / student / lesson).glob("*.ipynb"))
    wanted = notebooks_of(lesson)
    if set(handed_in) & set(wanted):
        return ""
    found = ", ".join(f"{name}.ipynb" for name in handed_in) or "no notebook at all"
    return f"expected {', '.join(f'{name}.ipynb' for name in wanted)}, found {found}; rename it or ask for it"


def _files(lesson: str, student: str) -> list[Path]:
    return [path for name in notebooks_of(lesson) if (path := trace_path(lesson, student, name)).exists()]


def _age(lesson: str, student: str) -> list[int]:
    return [path.stat().st_mtime_ns for path in _files(lesson, student)]


def _traces(lesson: str, student: str) -> list[dict]:
    about = {"assignment": lesson, "student": student}
    return [trace for name in notebooks_of(lesson) if (trace := read_trace({**about, "notebook": name})) is not None]


def _unmarked(trace: dict) -> list[str]:
    return [reason if reason.startswith(name) else f"{name}: {reason}" for name, reason in trace["not_marked"].items()]


def _points(api: NbGraderAPI, lesson: str, student: str) -> tuple[float, float]:
    with course_gradebook(api) as gradebook:
        try:
            submission = gradebook.find_submission(lesson, student)
        except MissingEntry:
            return 0.0, 0.0
        return float(submission.score), float(submission.max_score)
