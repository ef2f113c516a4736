"""What a form of the page of written answers gives to whom, and how it is taken back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nbgrader.apps.api import NbGraderAPI

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.desk.give_mark import Mark, MarkChanged, MarkOf, give_mark, taken_back
from grader.marking.desk.written_answers import WrittenAnswer
from grader.marking.desk.written_question import Question

MOST_SAVES = 1000
"""Saves that can be taken back."""
LONGEST_COMMENT = 20_000


@dataclass(frozen=True)
class Save:
    """One save: the answers before and after it."""

    question: Question
    given: tuple[tuple[WrittenAnswer, WrittenAnswer], ...]


@dataclass
class Saved:
    """What came of a form.

    Attributes:
        given: the answers that were saved, before and after.
        failed: why others were not.
        changed: was one of them changed elsewhere?
    """

    given: list[tuple[WrittenAnswer, WrittenAnswer]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    changed: bool = False


class Saves:
    """The saves of a desk, the newest first to be taken back. For one thread at a time.

    Args:
        course: the course.
        api: nbgrader's API of it.
    """

    def __init__(self, course: Course, api: NbGraderAPI) -> None:
        self._course, self._api = course, api
        self._done: deque[Save] = deque(maxlen=MOST_SAVES)

    def give(self, question: Question, members: Sequence[tuple[str, str]], mark: Mark | MarkOf) -> Saved:
        """Save a mark for each of the members, by key and token; one that cannot be saved keeps no other from it."""
        saved = Saved()
        for key, token in members:
            try:
                saved.given.append(give_mark(self._course, self._api, question, key, token, mark))
            except MarkChanged as changed:
                saved.failed.append(str(changed))
                saved.changed = True
            except GraderError as why:
                saved.failed.append(str(why))
        saved.failed = list(dict.fromkeys(saved.failed))
        if saved.given:
            self._done.append(Save(question, tuple(saved.given)))
        return saved

    def last(self, question: Question, key: str) -> Save | None:
        """The newest save of a question in which that answer was saved."""
        those = (save for save in reversed(self._done) if save.question.name == question.name)
        return next((save for save in those if key in {after.key for _, after in save.given}), None)

    def take_back(self, question: Question, key: str) -> Saved:
        """Take the newest save of that answer back, for all answers that were saved with it.

        Raises:
            GraderError: there is none: the desk was started since.
        """
        save = self.last(question, key)
        if save is None:
            raise GraderError("there is nothing to take back: the desk was started anew since")
        self._done.remove(save)
        taken = Saved()
        for before, after in save.given:
            found = self.give(question, [(after.key, after.token)], taken_back(before))
            if found.given:
                self._done.pop()
            taken.given += found.given
            taken.failed += found.failed
            taken.changed |= found.changed
        return taken


def mark_in(form: Mapping[str, str]) -> Mark | MarkOf:
    """What a form gives: points, extra credit and a comment; or what an earlier attempt had.

    Args:
        form: ``points``, or ``quick`` in their place; ``extra``, ``comment``, and ``said``, a comment given before;
            ``same``: what the earlier attempt had.

    Raises:
        GraderError: something that should be a number is none, or the comment is too long.
    """
    if "same" in form:
        return _as_before
    comment = "\n\n".join(text for name in ("comment", "said") if (text := form.get(name, "").strip()))
    if len(comment) > LONGEST_COMMENT:
        raise GraderError(f"not saved: the comment has more than {LONGEST_COMMENT:,} characters")
    points = form.get("quick") or form.get("points", "")
    return Mark(_number(points, "points"), _number(form.get("extra", ""), "extra credit") or None, comment or None)


def _as_before(answer: WrittenAnswer) -> Mark:
    """What a person gave to the earlier attempt; what was beyond the points is extra credit again."""
    if answer.earlier is None:
        raise GraderError("not saved: there is no earlier mark")
    points, comment = answer.earlier.points, answer.earlier.comment
    if points is None:
        return Mark(answer.given.points, answer.given.extra, comment)
    return Mark(min(points, answer.most), max(0.0, points - answer.most) or None, comment)


def _number(text: str, what: str) -> float | None:
    """A number as people write it: 2.5, 2,5, ½ or 2½; None where nothing is written."""
    plain = text.strip().replace(",", ".").replace("½", ".5")
    try:
        return float(plain) if plain else None
    except ValueError:
        raise GraderError(f"not saved: “{text[:20]}” is no number of {what}") from None
