"""Does the bench time the commands that users type, beside plain nbgrader and the cells alone?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.marking.proving import bench as module
from grader.marking.proving.bench import Timing, bench, feedback_seconds

LESSON = "01-srn"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


def test_both_ways_to_make_feedback_can_be_timed(marked):
    ours, plain = feedback_seconds(marked, LESSON, ["alice"])
    assert ours > 0
    assert plain > 0


def test_a_submission_has_its_share_of_the_start():
    timing = Timing("a way", submissions=4, start=2.0, seconds=6.0, memory=0)
    assert (timing.each, timing.all_in) == (1.5, 2.0)


def test_a_command_that_fails_stops_the_bench_with_its_last_words(course):
    """Nobody has handed in: a time of nothing would be a fine time."""
    with pytest.raises(GraderError, match="nobody"):
        module._typed(course, LESSON, ["nobody"], "--workers", "1")


@pytest.mark.slow
def test_each_way_marks_all(monkeypatch):
    """One submission each way of each class, those that run into the limit, then a class of two."""
    typed, run = [], module._run
    monkeypatch.setattr(module, "_run", lambda course, *line: typed.append(line) or run(course, *line))
    monkeypatch.setattr(module, "ENDLESS", 0)
    said = []
    timings = bench("01", 1, sizes=(2,), say=said.append)
    assert [timing.submissions for timing in timings] == [1] * 10 + [2]
    assert all(timing.start > 0 and timing.seconds > 0 and timing.memory > 2**20 for timing in timings)
    ours = [line for line in typed if line[:2] == ("grader.cli", "autograde")]
    assert sum("--scheduler" in line for line in ours) == 2
    assert sum(line[5] == "--student" for line in ours) == 4, "what a user types has no options"
    assert sum(line.startswith("feedback pages: ours") for line in said) == 2
