"""The file of a marking run: which cases `check` tries. The trusted side writes it, the student's kernel is given it.

A kernel of the sandbox gets its text in memory before the first cell (`begin`): no file with seeds lies where a cell
would find it. Elsewhere the environment variable `RUN` names the file.

    {"format": 1, "tasks": {"srn.step": [["ordinary", 123], …], …}}

The pairs are a case's label and the seed of its inputs. Inputs that a kernel cannot draw are there as arrays:
"inputs" is a list of [task, label, seed, inputs]; see `grader.checks.elsewhere`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from grader.checks.elsewhere import pack_inputs, send
from grader.checks.errors import GraderError
from grader.checks.task import find_task

RUN = "RNN_WORKBOOK_RUN"
"""Environment variable with the path of the run's file; where it is set, `check` compares nothing."""
_begun: str | None = None
"""The text that `begin` was given."""
FORMAT = 1

Plan = dict[str, list[tuple[str, int]]]
"""Task's name → the (case label, seed) pairs to try, in order."""


def dump(plan: Plan) -> str:
    """The text of the file for that plan, with the inputs that only the trusted side can draw."""
    tasks = {name: find_task(name) for name in plan}
    inputs = [
        [name, label, seed, pack_inputs(tasks[name].draw(tasks[name].case(label), seed))]
        for name, pairs in plan.items()
        if isinstance(tasks[name].inputs, str)
        for label, seed in pairs
    ]
    return json.dumps({"format": FORMAT, "tasks": plan, "inputs": inputs})


def begin(text: str) -> None:
    """Begin a marking run with this text of a file, for the rest of the process."""
    global _begun
    _begun = text


def asked() -> Plan | None:
    """The plan of this marking run; None where there is none: then `check` compares.

    Raises:
        GraderError: the run's file cannot be read, or is not what `dump` writes.
    """
    if _begun is not None:
        return _read(_begun)
    return load(Path(os.environ[RUN])) if RUN in os.environ else None


def load(path: Path) -> Plan:
    """The plan in a run's file.

    Raises:
        GraderError: it cannot be read, or is not what `dump` writes.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as reason:
        raise _unreadable(reason) from None
    return _read(text)


def _read(text: str) -> Plan:
    try:
        read = json.loads(text)
        if read["format"] != FORMAT:
            raise ValueError(f"format {read['format']}")
        send({(name, label, seed): packed for name, label, seed, packed in read.get("inputs", [])})
        return {name: [(label, seed) for label, seed in pairs] for name, pairs in read["tasks"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as reason:
        raise _unreadable(reason) from None


def _unreadable(reason: Exception) -> GraderError:
    return GraderError(f"the file of this marking run, named by {RUN}, cannot be read: {reason}")
