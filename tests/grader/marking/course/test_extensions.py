"""Are extensions read as they were written, and is a table that cannot be used refused by its line?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.extensions import read_extensions, write_extensions

BERLIN = ZoneInfo("Europe/Berlin")
HEAD = "student,lesson,until\n"


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "new" / "extensions.csv"
    given = {
        ("01-srn", "anna"): datetime(2026, 12, 3, 23, 59, tzinfo=BERLIN),
        ("02-bptt", '=x,"'): datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=0),
    }
    write_extensions(path, given)
    found = read_extensions(path, UTC)
    assert {key: when.astimezone(UTC) for key, when in found.items()} == {
        key: when.astimezone(UTC) for key, when in given.items()
    }
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["extensions.csv"]


def test_a_date_without_a_zone_is_in_the_courses(tmp_path):
    path = tmp_path / "extensions.csv"
    path.write_text(f"\ufeff{HEAD}anna,01,2026-07-01 12:00\n\n", encoding="utf-8")
    assert read_extensions(path, BERLIN) == {("01-srn", "anna"): datetime(2026, 7, 1, 10, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the first line must be student,lesson,until"),
        ("anna,01,2026-07-01 12:00\n", "the first line must be"),
        (f"{HEAD}anna;01;2026\n", "line 2: it must be student,lesson,until"),
        (f"{HEAD}anna,77,2026-07-01 12:00\n", "line 2: there is no lesson '77'"),
        (f"{HEAD}\nanna,01,soon\n", "line 3: 'soon' is not a time"),
    ],
)
def test_a_fault_is_named_by_its_line(tmp_path, text, says):
    path = tmp_path / "extensions.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GraderError, match=says):
        read_extensions(path, UTC)
