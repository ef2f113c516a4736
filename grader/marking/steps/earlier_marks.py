"""Marks and comments given by hand: an answer that has not changed keeps them; for another one they are old.

A person's mark is of what that person read. Where another answer was handed in since, the mark waits beside it as the
old one, and does not count.
"""

from __future__ import annotations

from typing import Any

from nbgrader.api import Comment, Grade

from grader.marking.steps.marking_record import Marking

EarlierMark = dict[str, Any]
"""``points``, ``of``, ``comment`` and ``text`` of an earlier attempt; None for what was not given, or not kept."""


def keep_or_set_aside(
    grade: Grade, comment: Comment | None, before: dict[str, Any], now: Marking, needed: bool
) -> None:
    """Keep what was given by hand where the answer is the same; otherwise set it aside, for a person to mark anew.

    Args:
        grade: with its new ``auto_score``; its mark by hand may be taken away.
        comment: on its answer; ``manual_comment`` may be taken away.
        before: the audit record of the attempt that was marked last; {} where there is none.
        now: the marking; its ``earlier`` gets what is set aside.
        needed: did the grade wait for a person before?
    """
    name = grade.name
    is_marked = grade.manual_score is not None or bool(grade.extra_credit)
    is_commented = comment is not None and comment.manual_comment is not None
    if not is_marked and not is_commented:
        _carry_on(grade, before.get("earlier", {}).get(name), now)
    elif _is_same(grade, before, now):
        grade.needs_manual_grade = needed if is_marked else grade.needs_manual_grade
    elif name in before.get("answers", {}):
        now.earlier[name] = set_aside(grade, comment) | {"text": before.get("texts", {}).get(name)}
        _wait(grade, is_marked)


def set_aside(grade: Grade, comment: Comment | None) -> EarlierMark:
    """Take mark and comment given by hand away; returns them."""
    is_marked = grade.manual_score is not None or bool(grade.extra_credit)
    points = (grade.manual_score or 0.0) + (grade.extra_credit or 0.0) if is_marked else None
    said = comment.manual_comment if comment is not None else None
    grade.manual_score = grade.extra_credit = None
    if comment is not None:
        comment.manual_comment = None
    return {"points": points, "of": grade.max_score, "comment": said}


def in_words(earlier: EarlierMark) -> str:
    """What was given to an earlier attempt, in sentences."""
    points, said = earlier["points"], earlier["comment"]
    mark = "" if points is None else f"An earlier attempt had {points:g} of {earlier['of']:g} points by hand. "
    return f"{mark}This answer is another one{', and waits for a person' if points is not None else ''}." + (
        f" The comment on the earlier one was: {said}" if said else ""
    )


def _is_same(grade: Grade, before: dict[str, Any], now: Marking) -> bool:
    """Is the answer that of before, and worth the same where it is marked by number?"""
    if before.get("answers", {}).get(grade.name) != now.answers[grade.name]:
        return False
    return grade.name not in now.verdicts or bool(before.get("scores", {}).get(grade.name) == grade.auto_score)


def _carry_on(grade: Grade, earlier: EarlierMark | None, now: Marking) -> None:
    """What was set aside before stays so until a person has marked."""
    if earlier is not None:
        now.earlier[grade.name] = earlier
        _wait(grade, earlier["points"] is not None)


def _wait(grade: Grade, is_marked: bool) -> None:
    if is_marked:
        grade.needs_manual_grade = True
        if not grade.auto_score:  # an empty answer too: the person who gave the mark should know
            grade.auto_score = None
