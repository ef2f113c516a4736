"""What lies in the folder that students hand in to: each attempt by student and time, and what is none."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.marking.course.contents import is_text, printable
from grader.marking.course.times import read_time


class NotCollected(Exception):
    """An attempt that is not collected; the message is the reason."""


@dataclass(frozen=True)
class Attempt:
    """One attempt: whose it says that it is, when it was handed in, and its folder."""

    student: str
    when: datetime
    path: Path

    def owner(self, *, is_checked: bool) -> int:
        """The user id to whom all of it must belong.

        Raises:
            NotCollected: it is no folder; or, where that is checked, it belongs neither to the account of the student's
                name nor to whoever collects: anybody can name a folder as they like.
        """
        facts = self.path.lstat()
        if not stat.S_ISDIR(facts.st_mode):
            raise NotCollected("is a link or a file, and no folder; remove it, and ask for the submission")
        if is_checked and facts.st_uid not in (os.geteuid(), _user_id(self.student)):
            raise NotCollected(
                f"claims to be {printable(self.student)}'s and belongs to {_account(facts.st_uid)}; remove it. "
                "Where students have other names than their accounts: `grader collect … --any-owner`"
            )
        return facts.st_uid


def _user_id(student: str) -> int | None:
    try:
        return pwd.getpwnam(student).pw_uid
    except (KeyError, ValueError):
        return None


def _account(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return f"the account with number {user_id}"


def attempts(inbound: Path, lesson: str) -> Iterator[tuple[str, Attempt | NotCollected]]:
    """What was handed in for a lesson, by the name of its folder: STUDENT+LESSON+TIME, and mostly +RANDOM."""
    with os.scandir(inbound) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        student, found, rest = name.rpartition(f"+{lesson}+")
        if found:
            try:
                yield name, Attempt(_student(student), _time(rest), inbound / name)
            except NotCollected as why:
                yield name, why


def _student(name: str) -> str:
    if name.startswith(".") or not name or not is_text(name) or not name.isprintable():
        raise NotCollected("its name begins with no student's name; rename it")
    return name


def _time(rest: str) -> datetime:
    with suppress(ValueError):  # without a random part; its + may begin a zone
        return read_time(rest)
    try:
        return read_time(rest.rpartition("+")[0] or rest)
    except ValueError as why:
        raise NotCollected(f"{why}; rename the folder") from None
