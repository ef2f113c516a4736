"""The report on a class as CSV, of which no spreadsheet takes a part for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from grader.marking.course.no_formulas import safe as safe
from grader.marking.feedback.class_rows import Row
from grader.marking.feedback.given_feedback import IN_WORDS

BEFORE = "student", "name"
AFTER = (
    *("late penalty", "total", "status", "handed in", "seconds late", "attempts", "feedback", "waiting", "old marks"),
    *("follow-through", "library calls"),
)
"""The columns before and after those of the grade ids."""


def class_csv(rows: Iterable[Row], names: Iterable[str]) -> str:
    """One row a student, one column a grade id, then the total; "" where there is no mark.

    The total is less what is taken off for handing in late. The last columns name the grade ids that wait for a person,
    the notebooks whose marks are of an earlier attempt, the grade ids whose points are follow-through, and the library
    calls.
    """
    out, names = StringIO(), list(names)
    writer = csv.writer(out)
    writer.writerow([*BEFORE, *names, *AFTER])
    writer.writerows(_cells(row, names) for row in rows)
    return out.getvalue()


def _cells(row: Row, names: Iterable[str]) -> list[object]:
    return [
        *map(safe, (row.student, row.name)),
        *("" if row.points[name] is None else row.points[name] for name in names),
        row.late,
        row.total if row.has_marks else "",
        row.status,
        f"{row.handed_in:%Y-%m-%d %H:%M:%S} UTC" if row.handed_in else "",
        f"{row.late_seconds:.0f}" if row.late_seconds else "",
        "" if row.attempts is None else row.attempts,
        IN_WORDS[row.feedback],
        " ".join(row.waiting),
        " ".join(row.old),
        " ".join(row.follow_through),
        safe(row.library_calls),
    ]
