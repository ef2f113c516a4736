"""Does a preview say each reason once, and all that would change?"""

from __future__ import annotations

from datetime import UTC
from types import SimpleNamespace

import pytest

from grader.cli import preview
from grader.marking.course.journal import Change

REASON = "the kernel ended before it could answer, as what it may use of memory is less than it needs to start"


def table(capsys, changes):
    found = SimpleNamespace(
        lesson="01-srn",
        changes=changes,
        before={},
        after={},
        summary=SimpleNamespace(not_marked=[], not_listed=[]),
        count=lambda: {"up": 0, "down": 2, "same": 0, "not marked": 0},
    )
    preview._print(found, UTC)
    return capsys.readouterr().out


def test_one_reason_of_many_tasks_and_students_is_told_once(capsys):
    tasks = [f"srn-{number}" for number in range(6)]
    changes = [Change(who, "01-srn", "01-srn", task, 2.0, 0.0, 2.0, ("limits",), says=REASON)
               for who in ("anna", "ben") for task in tasks]  # fmt: skip
    said = table(capsys, changes)
    assert said.count("limits or rules") == 1
    assert "as for anna" in said
    assert [said.count(task) for task in tasks] == [2] * 6


@pytest.mark.parametrize("says", ["", "another"])
def test_short_and_different_reasons_are_told_each_time(capsys, says):
    changes = [Change(who, "01-srn", "01-srn", "srn-step", 2.0, 0.0, 2.0, ("lesson",), says=says and f"{says} {who}")
               for who in ("anna", "ben")]  # fmt: skip
    assert table(capsys, changes).count("the lesson changed") == 2
