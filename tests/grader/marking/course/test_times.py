"""Does a text of a time mean the moment that a person reads in it, or is it refused?"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import parse_utc

from grader.marking.course.times import EXAMPLE, moment, read_time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-06 21:58:00 UTC", datetime(2026, 5, 6, 21, 58)),
        ("\ufeff2026-05-06 21:58:00 UTC\r\n", datetime(2026, 5, 6, 21, 58)),
        ("2026-05-06 21:58:00.5 UTC", datetime(2026, 5, 6, 21, 58, 0, 500_000)),
        ("2026-05-06 21:58", datetime(2026, 5, 6, 21, 58)),
        ("2026-05-06T21:58:00Z", datetime(2026, 5, 6, 21, 58)),
        ("2026-05-06 23:58:00 +0200", datetime(2026, 5, 6, 21, 58)),
        ("2026-05-06 16:58:00-05:00", datetime(2026, 5, 6, 21, 58)),
        ("2026-05-06 23:58:00 Europe/Berlin", datetime(2026, 5, 6, 21, 58)),
        ("2026-01-06 22:58:00 Europe/Berlin", datetime(2026, 1, 6, 21, 58)),
    ],
)
def test_a_time_is_read_rightly(text, moment):
    assert read_time(text) == moment


@pytest.mark.parametrize("zone", ["CST", "PST", "CEST", "EST", "CET", "PM", "localtime", "Nowhere/City", "+9900"])
def test_what_is_no_zone_or_several_is_refused_by_name(zone):
    """nbgrader takes all of these for UTC, or for the machine's own zone."""
    with pytest.raises(ValueError, match="no time zone, or more than one"):
        read_time(f"2026-05-06 11:58:00 {zone}")


@pytest.mark.parametrize("text", ["05/06/2026 11:58 PM", "10:30", "2026-05-06", "yesterday", "", "9" * 2_000_000])
def test_what_is_not_one_moment_is_refused(text):
    with pytest.raises(ValueError, match=f"is not a time like {EXAMPLE}"):
        read_time(text)


@pytest.mark.parametrize("text", ["2026-02-30 10:00:00 UTC", "2026-05-06 24:00:01 UTC", "2026-05-06 23:59:60 UTC"])
def test_what_is_no_time_of_any_day_is_refused_by_name(text):
    with pytest.raises(ValueError, match=f"'{text}' is no time: "):
        read_time(text)


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)))
def test_what_nbgrader_writes_is_read_as_nbgrader_reads_it(moment):
    text = (
        moment.replace(tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.%f %Z").rjust(len("2026-05-06 21:58:00.000000 UTC"), "0")
    )
    assert read_time(text) == moment
    if moment.year > 1000:
        assert parse_utc(text) == moment


@given(st.text(max_size=40) | st.text("0123456789-:+.TZ /PMCS", max_size=40))
def test_any_text_is_a_moment_or_a_value_error(text):
    with suppress(ValueError):
        assert read_time(text).tzinfo is None


# --- dates in a course's settings -----------------------------------------------------------------------------------

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2026-12-01 23:59", datetime(2026, 12, 1, 22, 59)),
        ("2026-07-01 23:59", datetime(2026, 7, 1, 21, 59)),
        ("2026-12-01 23:59 UTC", datetime(2026, 12, 1, 23, 59)),
        ("2026-12-01T23:59:00-05:00", datetime(2026, 12, 2, 4, 59)),
        (datetime(2026, 12, 1, 23, 59), datetime(2026, 12, 1, 22, 59)),
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, 23, 59)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 1, 30)),  # comes twice: the second
    ],
)
def test_a_date_without_a_zone_is_in_the_courses(given, expected):
    assert moment(given, BERLIN).astimezone(UTC).replace(tzinfo=None) == expected


@pytest.mark.parametrize(
    "given", ["2026-03-29 02:30", "2026-12-01", "2026-12-01 24:00", date(2026, 12, 1), 5, True, None]
)
def test_what_is_no_moment_is_refused(given):
    with pytest.raises(ValueError, match=r"clocks|2026|such as"):
        moment(given, BERLIN)
