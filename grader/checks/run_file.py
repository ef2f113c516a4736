"""The file of a marking run: the cases that each task's `check` is to try."""

import json

FORMAT = 1
VARIABLE = "RNN_WORKBOOK_RUN"
Plan = dict[str, list[tuple[str, int]]]


def dump(plan: Plan) -> bytes:
    return json.dumps({"format": FORMAT, "tasks": plan}).encode()
