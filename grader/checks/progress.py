"""What passed its check on this machine, kept from one kernel to the next in a small file.

The file is ``progress.json`` in the user's data folder, such as ``~/.local/share/rnn-workbook``; the environment
variable `PLACE` names another, or switches it off with "off". It is the student's own: nothing is marked by it.

    {"format": 1, "tasks": {"srn.step": {"passed": true, "points": 3.0, "when": "2030-01-31T09:30:00+00:00"}, …}}

What passed once stays passed, whatever is tried later. A run that marks remembers nothing, nor does a lesson that is
read with its answers.
"""

from __future__ import annotations

import contextlib
import glob
import inspect
import json
import linecache
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType
from typing import Any

from grader.checks.task import Task

PLACE = "RNN_WORKBOOK_PROGRESS"
"""Environment variable with the path of the file; "off": nothing is remembered."""
FORMAT = 1
ANSWER = "### BEGIN SOLUTION"
"""Stands in a cell that holds the lesson's own answer; nbgrader takes it out of what students get."""


@dataclass(frozen=True)
class Passed:
    """What became of an exercise on this machine.

    Attributes:
        passed: did its check pass, once at least?
        points: the points that go with it; 0 as long as it has not passed.
        when: when it first passed, or was tried last; ISO 8601, UTC.
    """

    passed: bool
    points: float
    when: str


PATIENCE = 3.0
"""Seconds that a kernel waits for others that write the file."""
_here: set[str] = set()
"""Names of the tasks that passed in this kernel."""


def remember(task: Task, answer: object, passed: bool) -> None:
    """Remember the outcome of a check, in this kernel and on this machine. Never raises: it is no part of the check."""
    if passed:
        _here.add(task.name)
    with contextlib.suppress(Exception):
        path = place()
        if path is not None and not _has_its_answer(answer):
            _keep(path, task.name, Passed(passed, float(task.points) if passed else 0.0, _now()))


def remembered() -> dict[str, Passed]:
    """What became of the exercises that were tried on this machine, by the task's name; {} where nothing is known."""
    try:
        path = place()
        return {} if path is None else _read(path)
    except (OSError, ValueError):
        return {}


def set_broken_aside() -> list[Path]:
    """Give a file that cannot be read another name, as `remember` does, so that what follows can be remembered.

    Returns:
        all files that were set aside, now and before, the newest last.

    Raises:
        OSError: the file may not be read, or another name not be given to it.
    """
    path = place()
    if path is None or not path.parent.is_dir():
        return []
    if path.exists() and _is_broken(path):
        with _alone(path):
            _read_or_set_aside(path)
    aside = path.parent.glob(f"{glob.escape(path.stem)}-broken-*{path.suffix}")
    return sorted(aside, key=lambda each: each.stat().st_mtime)


def _is_broken(path: Path) -> bool:
    try:
        _read(path)
    except ValueError:
        return True
    return False


def passed_here() -> frozenset[str]:
    """Names of the tasks whose checks passed in this kernel."""
    return frozenset(_here)


def place() -> Path | None:
    """The path of the file, which need not exist; None where nothing is to be remembered."""
    named = os.environ.get(PLACE, "")
    if named == "off":
        return None
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("rnn-workbook", appauthor=False) / "progress.json"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _has_its_answer(answer: object) -> bool:
    """Was it defined in a cell that holds the lesson's own answer?"""
    functions = vars(answer).values() if isinstance(answer, type) else [inspect.unwrap(answer)]  # type: ignore[arg-type]
    files = {each.__code__.co_filename for each in functions if isinstance(each, FunctionType)}
    return any(ANSWER in line for file in files for line in linecache.getlines(file))


def _keep(path: Path, name: str, new: Passed) -> None:
    """Add that to the file, unless it passed before: alone, and whole or not at all."""
    if _is_known(path, name):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        if not _is_known(path, name):
            _write(path, {**_read_or_set_aside(path), name: new})


def _alone(path: Path) -> contextlib.AbstractContextManager[object]:
    """Inside, no other kernel writes the file. TimeoutError: others did for `PATIENCE` seconds."""
    from filelock import FileLock  # only where something is written: a check's import is light

    return FileLock(f"{path}.lock", timeout=PATIENCE)


def _is_known(path: Path, name: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return name in (known := _read(path)) and known[name].passed
    return False


def _read_or_set_aside(path: Path) -> dict[str, Passed]:
    """What the file holds; a broken one gets another name, so that somebody can look at it."""
    try:
        return _read(path)
    except FileNotFoundError:
        return {}
    except ValueError:
        os.replace(path, path.with_name(f"{path.stem}-broken-{secrets.token_hex(3)}{path.suffix}"))
        return {}


def _read(path: Path) -> dict[str, Passed]:
    """What the file holds.

    Raises:
        OSError: it cannot be read, or is not there.
        ValueError: it is not what `_write` writes.
    """
    try:
        return {name: _passed(one) for name, one in json.loads(path.read_bytes())["tasks"].items()}
    except (TypeError, KeyError, AttributeError, RecursionError) as reason:
        raise ValueError(str(reason)) from None


def _passed(one: dict[str, Any]) -> Passed:
    passed, points, when = one["passed"], one["points"], one["when"]
    if not (isinstance(passed, bool) and isinstance(points, int | float) and isinstance(when, str)):
        raise ValueError("another kind of value")
    return Passed(passed, float(points), when)


def _write(path: Path, known: dict[str, Passed]) -> None:
    text = json.dumps({"format": FORMAT, "tasks": {name: asdict(one) for name, one in known.items()}}, indent=1)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(3)}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
