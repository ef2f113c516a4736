"""All students' answers to one written question: what was written, what it has, and whether it waits for a person.

Points and comments are nbgrader's own, in its gradebook. The text is that of the marked notebook, as in Formgrader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from grader.marking.course.course import Course
from grader.marking.course.times import time_in
from grader.marking.desk.written_question import Question
from grader.marking.steps.answer_cells import answers_in
from grader.marking.steps.audit_records import AuditRecords, CutRecord, Record
from grader.marking.steps.cells_to_run import grade_id
from grader.marking.steps.find_near_work import NEAR, content, is_untouched, work_far, work_near
from grader.marking.steps.nbgrader_adapter import TIMESTAMP
from grader.marking.steps.other_files import names_beside
from grader.marking.steps.pick_copy import words
from grader.marking.steps.released_cells import lesson_texts

Order = Literal["waiting", "shuffled", "equal", "student"]
"""Waiting first; in a drawn order; equal answers together; by student."""


@dataclass(frozen=True)
class Given:
    """What an answer has in the gradebook, and when it was handed in; by it a save knows whether that has changed.

    Attributes:
        points, extra: given by a person; None where nobody did.
        machine: points given by machine: 0 for an untouched answer; None where a person decides.
        waits: does it wait for a person?
        comment: a person's; None where nobody wrote one.
        handed_in: when, in UTC without a zone.
    """

    points: float | None
    extra: float | None
    machine: float | None
    waits: bool
    comment: str | None
    handed_in: datetime | None

    @property
    def score(self) -> float | None:
        """What counts; None where nothing was given."""
        counts = self.machine if self.points is None else self.points
        return None if counts is None else counts + (self.extra or 0.0)


@dataclass(frozen=True)
class Earlier:
    """What a person gave to an earlier attempt; ``text`` is None where it was not kept."""

    points: float | None
    of: float
    comment: str | None
    text: str | None


@dataclass(frozen=True)
class Part:
    """A cell: its kind, its text, the pictures attached to it."""

    kind: str
    source: str
    attachments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What a student wrote in answer to a question.

    Attributes:
        answer: the answer's cell; None where the notebook has none.
        near: cells of the student's own near it.
        far: where its cell is untouched, the student's own text in other places of the notebook.
        files: names of files beside the notebook.
        untouched: is the answer's cell as it was released?
    """

    answer: Part | None = None
    near: tuple[Part, ...] = ()
    far: tuple[Part, ...] = ()
    files: tuple[str, ...] = ()
    untouched: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """All cells, the answer first."""
        return (*([self.answer] if self.answer else ()), *self.near, *self.far)

    @property
    def text(self) -> str:
        """The text that a person marks, as an audit record keeps it."""
        return "\n\n".join(part.source for part in (*([self.answer] if self.answer else ()), *self.near))

    @property
    def digest(self) -> str:
        """Equal for answers that a reader cannot tell apart; what lies in files beside the notebook is not compared."""
        said = [words(content(NotebookNode(source=part.source, attachments=part.attachments))) for part in self.parts]
        return hashlib.sha256(repr([said, self.untouched, self.files]).encode()).hexdigest()


@dataclass(frozen=True)
class WrittenAnswer:
    """One student's answer to a question.

    Attributes:
        key: the gradebook's id of its grade, as Formgrader's addresses have it.
        student: whose.
        most: the points that are possible.
        given: what it has.
        work: what was written.
        earlier: what an earlier attempt had by hand; None where there was none.
        newer: has the student handed in again, what is not marked yet?
        old: is this an earlier attempt's, as the newest could not be marked?
        not_marked: why the notebook could not be marked; "" where it was.
    """

    key: str
    student: str
    most: float
    given: Given
    work: Work
    earlier: Earlier | None = None
    newer: bool = False
    old: bool = False
    not_marked: str = ""

    @property
    def token(self) -> str:
        """Another one as soon as points, comment, attempt or text are others than these."""
        return hashlib.sha256(repr([self.given, self.work.digest]).encode()).hexdigest()[:32]


def written_answers(course: Course, gradebook: Gradebook, question: Question) -> list[WrittenAnswer]:
    """All answers to a question that the gradebook knows, by student."""
    return [_answer(course, question, row) for row in _rows(gradebook, question)]


def one_written_answer(course: Course, gradebook: Gradebook, question: Question, key: str) -> WrittenAnswer | None:
    """The answer with that key, as it is now; None where the gradebook has none."""
    return next((_answer(course, question, row) for row in _rows(gradebook, question, key)), None)


def in_order(answers: Iterable[WrittenAnswer], order: Order, draw: str = "") -> list[WrittenAnswer]:
    """The answers in that order; a shuffled one depends on ``draw`` alone, and tells nothing of the students."""
    keys: dict[Order, Callable[[WrittenAnswer], Any]] = {
        "waiting": lambda answer: (not answer.given.waits, answer.student),
        "shuffled": lambda answer: (not answer.given.waits, _drawn(answer.key, draw)),
        "student": lambda answer: answer.student,
    }
    if order != "equal":
        return sorted(answers, key=keys[order])
    return [answer for group in equal_answers(answers) for answer in group]


def equal_answers(answers: Iterable[WrittenAnswer]) -> list[list[WrittenAnswer]]:
    """The answers in groups of equal ones; those first in which somebody waits, the largest first."""
    groups: dict[str, list[WrittenAnswer]] = {}
    for answer in answers:
        alone = bool(answer.work.files) or answer.not_marked != ""
        groups.setdefault(answer.key if alone else answer.work.digest, []).append(answer)
    return sorted(groups.values(), key=lambda group: (not any(one.given.waits for one in group), -len(group)))


def comments_given(answers: Iterable[WrittenAnswer]) -> list[str]:
    """The comments that were written on a question so far, the most frequent first."""
    counts: dict[str, int] = {}
    for answer in answers:
        if said := (answer.given.comment or "").strip():
            counts[said] = counts.get(said, 0) + 1
    return sorted(counts, key=lambda said: -counts[said])


def _drawn(key: str, draw: str) -> str:
    return hashlib.sha256(f"{draw} {key}".encode()).hexdigest()


# --- the gradebook ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    key: str
    student: str
    most: float
    given: Given


def _rows(gradebook: Gradebook, question: Question, key: str | None = None) -> Iterator[_Row]:
    """What the gradebook has of a question, by student."""
    place = (GradeCell.name == question.name, Notebook.name == question.notebook, Assignment.name == question.lesson)
    wanted = (
        select(
            Grade,
            GradeCell.max_score,
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            Comment.manual_comment,
        )
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .outerjoin(Comment, (Comment.notebook_id == Grade.notebook_id) & Comment.cell_id.in_(_commented(question)))
        .where(*place)
        .order_by(SubmittedAssignment.student_id)
    )
    if key is not None:
        wanted = wanted.where(Grade.id == key)
    for grade, most, student, handed_in, said in gradebook.db.execute(wanted):
        waits = bool(grade.needs_manual_grade)
        given = Given(grade.manual_score, grade.extra_credit, grade.auto_score, waits, said, handed_in)
        yield _Row(grade.id, student, float(most), given)


def comment_of(gradebook: Gradebook, question: Question, key: str) -> str | None:
    """The id of the comment on an answer; None where the gradebook has no place for one."""
    notebook = select(Grade.notebook_id).where(Grade.id == key).scalar_subquery()
    wanted = select(Comment.id).where(Comment.notebook_id == notebook, Comment.cell_id.in_(_commented(question)))
    found: str | None = gradebook.db.execute(wanted).scalar()
    return found


def _commented(question: Question) -> Any:
    """The ids of the cells that hold a question's comments."""
    return select(BaseCell.id).where(BaseCell.name == question.name, BaseCell.type == "SolutionCell")


# --- what was written ------------------------------------------------------------------------------------------------


def _answer(course: Course, question: Question, row: _Row) -> WrittenAnswer:
    record, why = _record(course, question, row.student)
    before = record.get("earlier", {}).get(question.name)
    earlier = Earlier(before["points"], before["of"], before["comment"], before.get("text")) if before else None
    marked = course.autograded / row.student / question.lesson / f"{question.notebook}.ipynb"
    work = _work(course, question, row.student, marked)
    newer, old = _is_newer(course, question.lesson, row), bool(record.get("old"))
    return WrittenAnswer(row.key, row.student, row.most, row.given, work, earlier, newer, old, why)


def _is_newer(course: Course, lesson: str, row: _Row) -> bool:
    """Is what was handed in newer than what is marked?"""
    try:
        when = time_in(course.submission(row.student, lesson) / TIMESTAMP)
    except (OSError, ValueError):
        return False
    return row.given.handed_in is None or when > row.given.handed_in


def _record(course: Course, question: Question, student: str) -> tuple[Record, str]:
    """The audit record of a notebook, and why the notebook has no marks."""
    try:
        record = AuditRecords(course, question.lesson).read(student, question.notebook) or {}
    except CutRecord as cut:
        return {}, str(cut)
    return record, str(record.get("not_marked", {}).get(question.notebook, ""))


def _work(course: Course, question: Question, student: str, marked: Path) -> Work:
    files = _files(course, question.lesson, student)
    try:
        facts = marked.stat()
        own = lesson_texts(course, question.lesson, question.notebook)
        return replace(_in_marked(marked, facts.st_mtime_ns, facts.st_size, question.name, own), files=files)
    except (OSError, ValueError):  # it could not be marked: what was handed in is read as far as it can be
        handed_in = course.submission(student, question.lesson) / f"{question.notebook}.ipynb"
        text = answers_in(handed_in).get(question.name)
        return Work(None if text is None else Part("markdown", text), files=files)


@lru_cache(maxsize=4000)
def _in_marked(path: Path, _changed: int, _size: int, name: str, own: frozenset[str]) -> Work:
    """What a marked notebook holds in answer to a question; ``own``: the lesson's texts."""
    cells = json.loads(path.read_bytes())["cells"]
    nb = _notebook(cell for cell in cells if cell["metadata"].keys() & {"nbgrader", NEAR})
    answer = next((cell for cell in nb.cells if grade_id(cell) == name), None)
    if answer is None:
        return Work()
    untouched = is_untouched(answer)
    far = work_far(_notebook(cells), own) if untouched else []
    return Work(_part(answer), tuple(map(_part, work_near(nb, answer))), tuple(map(_part, far)), (), untouched)


def _notebook(cells: Iterable[dict[str, Any]]) -> NotebookNode:
    """Cells without what they put out, which is most of a notebook."""
    return NotebookNode(cells=[_node(cell) for cell in cells])


def _node(cell: dict[str, Any]) -> NotebookNode:
    about = cell["metadata"].get("nbgrader")
    metadata = cell["metadata"] | ({"nbgrader": NotebookNode(about)} if about else {})
    kept = {name: cell[name] for name in ("cell_type", "attachments") if name in cell}
    return NotebookNode(kept, source="".join(cell["source"]), metadata=NotebookNode(metadata))


def _part(cell: NotebookNode) -> Part:
    return Part(cell.cell_type, cell.source, cell.get("attachments") or {})


def _files(course: Course, lesson: str, student: str) -> tuple[str, ...]:
    try:
        return tuple(names_beside(course, lesson, student))
    except OSError:  # what was handed in is gone, or cannot be read
        return ()
