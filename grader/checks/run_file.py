"""The file of a marking run: which cases `check` tries. The trusted side writes it, the student's kernel reads it.

    {"format": 1, "tasks": {"srn.step": [["ordinary", 123], …], …}}

The pairs are a case's label and the seed of its inputs.
"""

from __future__ import annotations

import json
from pathlib import Path

from grader.checks.errors import GraderError

RUN = "RNN_WORKBOOK_RUN"
"""Environment variable with the path of the run's file; where it is set, `check` compares nothing."""
FORMAT = 1

Plan = dict[str, list[tuple[str, int]]]
"""Task's name → the (case label, seed) pairs to try, in order."""


def dump(plan: Plan) -> str:
    """The text of the file for that plan."""
    return json.dumps({"format": FORMAT, "tasks": plan})


def load(path: Path) -> Plan:
    """The plan in a run's file.

    Raises:
        GraderError: it cannot be read, or is not what `dump` writes.
    """
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        if read["format"] != FORMAT:
            raise ValueError(f"format {read['format']}")
        return {name: [(label, seed) for label, seed in pairs] for name, pairs in read["tasks"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as reason:
        raise GraderError(f"the file of this marking run, named by {RUN}, cannot be read: {reason}") from None
