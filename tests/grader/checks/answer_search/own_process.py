"""The search in a process of its own, in which anything may be called."""

from __future__ import annotations

import functools
import importlib
import resource
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from grader.checks.task import LESSONS, find_task
from tests.grader.checks.answer_search.importable import Candidate, candidates
from tests.grader.checks.answer_search.search import Find, end_when_it_takes_long, finds


@functools.cache
def _candidates() -> list[Candidate]:
    return candidates()


def finds_in_this_process(name: str, most: int, flavours: Sequence[str]) -> list[Find]:
    """`finds` of the task of that name among all that its kernel can import; see `guard`."""
    task = find_task(name)
    last = task.module.startswith("applications.")
    there = [each for each in _candidates() if last or not each.label.startswith("solutions.toolbox.applications.")]
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        return finds(task, there, most, flavours)


MEMORY = 4 * 2**30
"""Bytes that such a process may have; an array of a size that was never meant is a MemoryError."""
IMPORTED_LATE = ("IPython.display", "matplotlib.backends.backend_agg", "matplotlib.pyplot", "sympy", "torch.func")
IMPORTED_LATE += tuple(f"solutions.{module}" for module in LESSONS)


def guard() -> None:
    """Make this process safe for calls of anything: each can be ended; none writes, kills, starts or fills anything."""
    torch.set_num_threads(1)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    _candidates()
    for name in IMPORTED_LATE:  # an import that is ended half-way leaves half a module
        importlib.import_module(name)
    end_when_it_takes_long()
    sys.addaudithook(_refuse)


REFUSED = ("subprocess", "socket", "shutil", "pty")
REFUSED_OF_OS = (
    *("system", "fork", "forkpty", "exec", "posix_spawn", "kill", "killpg"),
    *("remove", "rename", "rmdir", "mkdir", "chmod", "truncate", "link", "symlink", "chdir"),
)


def _refuse(event: str, given: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode = given[:2]
        if not isinstance(path, (str, bytes)) or any(letter in (mode or "") for letter in "wax+"):
            raise PermissionError("nothing is written here")
    where, _, what = event.partition(".")
    if where in REFUSED or (where == "os" and what in REFUSED_OF_OS):
        raise PermissionError(f"no {event} here")
