"""One process at a time, on Linux, macOS and Windows, without waiting for ever."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 3.0
"""Seconds that a process waits for the others."""


@contextmanager
def one_writer(lock: Path) -> Iterator[None]:
    """Inside, no other process is inside with the same file, which is made and stays. It ends with the process.

    Where the file system knows no locks, nobody waits.

    Raises:
        TimeoutError: others were inside for `PATIENCE` seconds.
        OSError: the file cannot be written.
    """
    with lock.open("ab") as file:
        deadline = time.monotonic() + PATIENCE
        while not _locked(file.fileno()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"another process holds {lock}")
            time.sleep(0.01)
        yield


if sys.platform == "win32":
    import msvcrt

    def _locked(file: int) -> bool:
        """Is it ours now? Closing the file gives it back."""
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: int) -> bool:
        """Is it ours now? Closing the file gives it back."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a file system that knows no locks
            return True
        return True
