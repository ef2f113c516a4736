"""Does the bench time the commands that users type, beside plain nbgrader and the cells alone?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.marking.proving import bench as module
from grader.marking.proving.bench import bench, feedback_seconds
from grader.marking.sandbox.stage_times import STAGES

LESSON = "01-srn"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def test_both_ways_to_make_feedback_can_be_timed(marked):
    ours, plain = feedback_seconds(marked, LESSON, ["alice"])
    assert ours > 0
    assert plain > 0


def test_a_command_that_fails_stops_the_bench_with_its_last_words(course):
    """Nobody has handed in: a time of nothing would be a fine time."""
    with pytest.raises(GraderError, match="nobody"):
        module._typed(course, LESSON, ["nobody"], "--workers", "1")


@pytest.mark.slow
def test_each_way_marks_all(monkeypatch):
    """Two submissions each way of each class, without those that run into the limit, then classes of three sizes."""
    typed, run = [], module._run
    monkeypatch.setattr(module, "_run", lambda course, *line: typed.append(line) or run(course, *line))
    monkeypatch.setattr(module, "ENDLESS", 0)
    said = []
    found = bench("01", 2, sizes=(1, 2, 3), say=said.append)
    assert [[timing.submissions for timing in one.timings] for one in found] == [[2] * 5] * 2
    ways = [timing for one in found for timing in one.timings]
    assert all(timing.start > 0 and timing.seconds > 0 and timing.memory > 2**20 for timing in ways)
    ours = [line for line in typed if line[:2] == ("grader.cli", "autograde")]
    assert sum("--scheduler" in line for line in ours) == 2
    assert sum(line[5] == "--student" for line in ours) == 5, "what a user types has no options"
    assert sum(line.startswith("feedback pages: ours") for line in said) == 2
    assert "a straight line" in said[-1]
    (table,) = (line for line in said if "where it goes" in line)
    assert [line.split("  ")[0] for line in table.splitlines()[3:-1]] == list(STAGES)
    assert [one.bar.name for one in found] == ["01: right, untouched", "01: as classes are"]
    assert all(0.01 < one.bar.cpu < 10 for one in found)
