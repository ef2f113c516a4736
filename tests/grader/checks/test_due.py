"""Does a lesson's folder say when it is due, and is what it says believed only where it is a date?"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest

from grader.checks.due import DUE_FILE, Due, duration, read_due

WHEN = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
DUE = Due(WHEN, "Europe/Berlin", "10 % of the points for each begun day")


def test_what_was_written_is_read_by_everybody(tmp_path):
    before = os.umask(0o077)
    try:
        DUE.write(tmp_path)
        DUE.write(tmp_path)
    finally:
        os.umask(before)
    assert read_due(tmp_path) == DUE
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [(DUE_FILE, 0o644)]


def test_before_and_after():
    assert DUE.says(WHEN - timedelta(days=2, hours=3)) == (
        "due Tuesday 1 December 2026, 23:59 (Europe/Berlin), in 2 days, 3 hours; "
        "handing in late: 10 % of the points for each begun day"
    )
    late = DUE.says(WHEN.astimezone(UTC) + timedelta(days=1, minutes=5))
    assert late.startswith("1 day, 5 minutes late: it was due Tuesday 1 December 2026, 23:59 (Europe/Berlin), unless")
    assert DUE.in_short(WHEN - timedelta(hours=1)) == "2026-12-01 23:59, in 1 hour"
    assert Due(WHEN, "UTC").in_short(WHEN + timedelta(hours=2)) == "2026-12-01 23:59, 2 hours ago"


def test_durations():
    assert [duration(seconds) for seconds in (1, 60, 3600, 90061)] == [
        "1 minute",
        "1 minute",
        "1 hour",
        "1 day, 1 hour",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"due": "2026-12-01T23:59:00+01:00"}',
        '{"due": "soon", "zone": "", "late": ""}',
        '{"due": 5, "zone": "", "late": ""}',
        '{"due": "2026-12-01T23:59:00", "zone": "", "late": ""}',  # in which zone?
        '{"due": "0001-01-01T00:00:00+14:00", "zone": "", "late": ""}',
        '{"due": "2026-12-01T23:59:00+01:00", "zone": "", "late": "' + "x" * 5000 + '"}',
        "[" * 1500,
    ],
)
def test_what_is_no_date_is_none(tmp_path, text):
    assert read_due(tmp_path) is None
    (tmp_path / DUE_FILE).write_text(text)
    assert read_due(tmp_path) is None


def test_its_text_does_not_steer_a_terminal(tmp_path):
    Due(WHEN, "\x1b[31m", "a\nb").write(tmp_path)
    assert "\x1b" not in read_due(tmp_path).says()
    assert "\n" not in read_due(tmp_path).says()
