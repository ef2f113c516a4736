"""Does something as another account of this machine, as root alone can: a fork gives up its rights, and tells."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root acts for other accounts")


def as_account(uid: int, act: Callable[[], Any]) -> Any:
    """What that returns, done with the rights of the account with this user id; or the exception that it raises."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
            os.umask(0o022)
            done = act()
        except Exception as failure:
            done = failure
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(done, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        done = pickle.load(pipe)
    os.waitpid(child, 0)
    return done


@contextmanager
def passable(folder: Path) -> Iterator[None]:
    """Inside, every account can pass through that folder and those above it."""
    before = {path: path.stat().st_mode & 0o7777 for path in (folder, *folder.parents)}
    try:
        for path, mode in before.items():
            path.chmod(mode | 0o011) if mode | 0o011 != mode else None
        yield
    finally:
        for path, mode in before.items():
            path.chmod(mode) if path.stat().st_mode & 0o7777 == mode | 0o011 != mode else None
