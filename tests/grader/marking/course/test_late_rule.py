"""Does a late rule take off what its words say?"""

from __future__ import annotations

import pytest

from grader.marking.course.late_rule import LateRule

HOUR, DAY = 3600, 86_400
USUAL = LateRule(grace_minutes=15, share=0.1, most=0.5, nothing_after=7)


@pytest.mark.parametrize(
    ("late", "taken"),
    [
        (0, 0),
        (15 * 60, 0),  # within the grace
        (15 * 60 + 1, 0.1),  # counted from the due date
        (DAY, 0.1),
        (DAY + 1, 0.2),
        (4 * DAY + 1, 0.5),
        (7 * DAY, 0.5),
        (7 * DAY + 1, 1),
    ],
)
def test_a_share_for_each_begun_day(late, taken):
    assert USUAL.taken(late) == pytest.approx(taken)


def test_a_share_for_each_begun_hour():
    rule = LateRule(share=0.05, per="hour")
    assert [rule.taken(late) for late in (1, HOUR, HOUR + 1, 30 * HOUR)] == pytest.approx([0.05, 0.05, 0.1, 1])


def test_nothing_late_counts():
    rule = LateRule(grace_minutes=5, nothing_after=0)
    assert [rule.taken(late) for late in (300, 301)] == [0, 1]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (USUAL, "10 % of the points for each begun day, at most 50 %; nothing counts that is more than 7 days late; "
                "15 minutes of grace"),
        (LateRule(share=0.025, per="hour"), "2.5 % of the points for each begun hour"),
        (LateRule(nothing_after=0), "nothing counts that is late"),
        (LateRule(nothing_after=1, grace_minutes=1), "nothing counts that is more than 1 day late; 1 minute of grace"),
        (LateRule(), "nothing is taken off"),
    ],
)  # fmt: skip
def test_its_words(rule, words):
    assert str(rule) == words
