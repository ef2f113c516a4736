"""Give an answer points and a comment, as Formgrader's API does: in nbgrader's gradebook, where both show the same.

Nothing that anybody else gave meanwhile is overwritten: whoever saves says which state of the answer they looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import CursorResult, text, update
from sqlalchemy.exc import OperationalError

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.desk.written_answers import WrittenAnswer, comment_of, one_written_answer
from grader.marking.desk.written_question import Question
from grader.marking.steps.late_penalty import settle_late_penalties
from grader.marking.steps.nbgrader_adapter import course_gradebook
from grader.marking.steps.shared_gradebook import WAIT_SECONDS


@dataclass(frozen=True)
class Mark:
    """What a person gives; None where nothing is given.

    Attributes:
        points: between 0 and what is possible.
        extra: extra credit, which comes on top.
        comment: Markdown for the student.
        waits: does the answer still wait for a person? None: not if it has points, as in Formgrader.
    """

    points: float | None
    extra: float | None = None
    comment: str | None = None
    waits: bool | None = None


MarkOf = Callable[[WrittenAnswer], Mark]


class MarkChanged(GraderError):
    """The answer is not as it was shown; nothing was saved.

    Attributes:
        now: as it is now; None where it is gone.
    """

    def __init__(self, now: WrittenAnswer | None) -> None:
        super().__init__(
            "not saved: points, comment or answer were changed elsewhere since this page was opened, in Formgrader, in "
            "another window or by marking. Look at what is there now, and save again if it should be replaced"
            if now
            else "not saved: the gradebook no longer has this answer; open the page again"
        )
        self.now = now


def give_mark(
    course: Course, api: NbGraderAPI, question: Question, key: str, token: str, mark: Mark | MarkOf
) -> tuple[WrittenAnswer, WrittenAnswer]:
    """Save a mark, and the late penalty that follows from it; returns the answer before and after.

    Args:
        course, api: the course, and nbgrader's API of it, of `course_api`.
        question: which question.
        key, token: of the `WrittenAnswer` that the person looked at.
        mark: what is given, or a function that says it of the answer.

    Raises:
        GraderError: the points are no number that can be given, or another program holds the gradebook too long.
        MarkChanged: the answer is another one by now, or has other points or another comment.
    """
    try:
        with course_gradebook(api) as gradebook:
            _wait_where_locked(gradebook)
            before = one_written_answer(course, gradebook, question, key)
            if before is None or before.token != token:
                raise MarkChanged(before)
            given = mark if isinstance(mark, Mark) else mark(before)
            refuse_odd(given, before.most)
            if not _replaced(gradebook, question, before, given):
                gradebook.db.rollback()
                raise MarkChanged(one_written_answer(course, gradebook, question, key))
            gradebook.db.expire_all()
            settle_late_penalties(gradebook, api.config, question.lesson, before.student)
            after = one_written_answer(course, gradebook, question, key)
            if after is None or not _is_same_attempt(before, after):  # marked again while it was being saved
                gradebook.db.rollback()
                raise MarkChanged(after)
            gradebook.db.commit()
            return before, after
    except OperationalError as failure:
        raise GraderError(
            f"not saved: another program has kept the gradebook locked for {WAIT_SECONDS} s; save again "
            f"({str(failure.orig)[:100]})"
        ) from None


def taken_back(before: WrittenAnswer) -> Mark:
    """The mark that gives an answer what it had before."""
    given = before.given
    return Mark(given.points, given.extra, given.comment, given.waits)


def refuse_odd(mark: Mark, most: float) -> None:
    """Raise where points are not between 0 and ``most``, or extra credit is negative, or one of them is no number.

    Raises:
        GraderError: so it is.
    """
    for what, value in (("points", mark.points), ("extra credit", mark.extra)):
        if value is not None and not math.isfinite(value):
            raise GraderError(f"not saved: the {what} are no number")
    if mark.points is not None and not 0 <= mark.points <= most:
        raise GraderError(
            f"not saved: {mark.points:g} points are not between 0 and {most:g}; what is worth more is extra credit"
        )
    if mark.extra is not None and mark.extra < 0:
        raise GraderError(f"not saved: {mark.extra:g} points of extra credit are less than none")


def _wait_where_locked(gradebook: Gradebook) -> None:
    if gradebook.engine.dialect.name == "sqlite":
        gradebook.db.execute(text(f"PRAGMA busy_timeout = {1000 * WAIT_SECONDS}"))


def _is_same_attempt(before: WrittenAnswer, after: WrittenAnswer) -> bool:
    return before.work == after.work and before.given.handed_in == after.given.handed_in


def _replaced(gradebook: Gradebook, question: Question, before: WrittenAnswer, mark: Mark) -> bool:
    """Put the mark in the place of what was there; False where that is no longer there: another was faster."""
    given = before.given
    old = {
        "manual_score": given.points,
        "extra_credit": given.extra,
        "auto_score": given.machine,
        "needs_manual_grade": given.waits,
    }
    comment = comment_of(gradebook, question, before.key)
    if not _is_still(gradebook, Grade, before.key, old):
        return False
    if comment is not None and not _is_still(gradebook, Comment, comment, {"manual_comment": given.comment}):
        return False
    gradebook.db.expire_all()
    grade = gradebook.find_grade_by_id(before.key)
    grade.manual_score, grade.extra_credit = mark.points, mark.extra
    waits = mark.points is None and given.machine is None
    grade.needs_manual_grade = waits if mark.waits is None else mark.waits
    if comment is not None:
        gradebook.find_comment_by_id(comment).manual_comment = mark.comment or None
    gradebook.db.flush()
    return True


def _is_still(gradebook: Gradebook, table: Any, key: str, old: Mapping[str, Any]) -> bool:
    """Is a row as it was? If so, it is locked from now on: the statement that looks writes, and changes nothing."""
    same = [getattr(table, name).is_not_distinct_from(value) for name, value in old.items()]
    wanted = update(table).where(table.id == key, *same).values(id=table.id)
    done: CursorResult[Any] = gradebook.db.execute(wanted, execution_options={"synchronize_session": False})
    return done.rowcount == 1
