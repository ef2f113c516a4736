"""A file to which lines are only added, each a JSON object: what happened in a course, in its order."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

Line = dict[str, Any]
"""One line, as JSON has it."""


@dataclass
class LineFile:
    """Such a file. Several programs may add lines at once; a line that was cut, as by a full disk, is passed over.

    Attributes:
        path: where it lies; it need not exist yet.
    """

    path: Path
    _read: int = field(default=0, init=False)

    def all(self) -> Iterator[Line]:
        """All lines, from the first."""
        self._read = 0
        return self.new()

    def new(self) -> Iterator[Line]:
        """The lines that were added since they were read last.

        Raises:
            OSError: it is there, and cannot be read.
        """
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            if self._read > os.fstat(file.fileno()).st_size:  # another file was put in its place
                self._read = 0
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):  # somebody is writing it, or it was cut
                    return
                self._read += len(line)
                if (found := _object(line)) is not None:
                    yield found

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Inside, nobody else adds lines; on a file system without locks nobody is kept waiting."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = self._opened()
        try:
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def add(self, lines: Iterable[Line]) -> None:
        """Add lines, all in one piece. Inside `alone`.

        Raises:
            OSError: they could not be written.
        """
        text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        if not text:
            return
        handle = self._opened()
        try:
            size = os.fstat(handle).st_size
            if size and os.pread(handle, 1, size - 1) != b"\n":
                text = b"\n" + text
            while text:
                text = text[os.write(handle, text) :]
        finally:
            os.close(handle)

    def _opened(self) -> int:
        """The file's descriptor; where it is new, it is its owner's, and the group's where the folder is."""
        is_new, shared = not self.path.exists(), self.path.parent.stat().st_mode & stat.S_IWGRP
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        if is_new and shared:
            os.fchmod(handle, 0o660)
        return handle


def _object(line: bytes) -> Line | None:
    with suppress(ValueError, RecursionError):
        found = json.loads(line)
        return found if isinstance(found, dict) else None
    return None


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def in_zone(at: str, zone: tzinfo) -> str:
    """A moment as `now` gives it, in a time zone: "2026-05-06 21:58 CEST"."""
    return f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M %Z}"


def account() -> str:
    """The account in whose name this program runs."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"account {os.geteuid()}"
