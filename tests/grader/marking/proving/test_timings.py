"""Do the lines of the bench say what was measured?"""

from __future__ import annotations

import pytest

from grader.marking.proving.timings import Compared, Timing, row, straight_line


def test_a_submission_has_its_share_of_the_start():
    timing = Timing("a way", submissions=4, start=2.0, seconds=6.0, memory=0)
    assert (timing.each, timing.all_in) == (1.5, 2.0)


def test_a_way_is_compared_with_plain_nbgrader_with_and_without_the_start():
    plain = Timing("plain", submissions=10, start=0.0, seconds=30.0, memory=0)
    ours = Timing("ours", submissions=10, start=5.0, seconds=10.0, memory=2**20 * 300)
    assert " ".join(row(ours, plain).split()) == "ours 5.00 s 1.000 s 60 3.0 1.500 s 2.0 300 MiB"


@pytest.mark.parametrize(
    ("seconds", "memory", "said"),
    [
        ((6.0, 11.0, 101.0), (200, 200, 200), "1.00 s and 0.100 s a submission, at most 0% off; memory: +0.0 KiB"),
        ((6.0, 11.0, 101.0), (200, 205, 295), "at most 0% off; memory: +102.4 KiB"),
        ((2.5, 10.0, 1000.0), (200, 200, 200), "% off"),
    ],
)
def test_large_classes_lie_on_a_straight_line_or_it_is_said_how_far_off(seconds, memory, said):
    timings = [
        Timing("", size, 1.0, taken, mib * 2**20)
        for size, taken, mib in zip((50, 100, 1000), seconds, memory, strict=True)
    ]
    line = straight_line(timings)
    assert said in line
    assert ("at most 0% off" in line) == (seconds[0] == 6.0)


def test_the_bar_of_a_class_is_of_the_command_as_it_is_typed():
    def way(name, seconds, stages):
        return Timing(name, 2, 0.0, seconds, 0, stages)

    ours = {"ada": {"cells": (0.2, 0.3)}, "bob": {"cells": (0.1, 0.1), "naming": (0.5, 0.6)}}
    floor = {"ada": {"cells": (0.1, 0.4)}, "bob": {"cells": (0.3, 0.4)}}
    timings = [way("plain", 5.0, {}), way("typed", 1.0, ours), way("one worker", 1.0, {}), way("floor", 0.4, floor)]
    bar = Compared("05", "as classes are", timings).bar
    assert (bar.name, bar.floor, bar.cpu) == ("05: as classes are", 0.2, pytest.approx(0.4))
    assert bar.stages["naming"] == (0.25, 0.3)
