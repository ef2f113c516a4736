"""Moodle's grading worksheet: which number of a participant is whose, and when they handed in.

Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,…,Last modified (submission),…
Participant 204,Anna Ott,1001,anna@example.org,Submitted for grading,,20.00,…,"Wednesday, 6 May 2026, 9:58 PM",…
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.csv_table import Table, read_table, unguarded
from grader.marking.desk.lms.naming import Person

IDENTIFIER = ("identifier", "id", "identifikation", "teilnehmerid", "identifiant", "identificador")
NAME = ("fullname", "vollstandigername", "nomcomplet", "nombrecompleto")
EMAIL = ("emailaddress", "email", "emailadresse", "adressedecourriel")
ID_NUMBER = ("idnumber", "idnummer", "matrikelnummer", "numerodidentification", "username", "anmeldename")
SUBMITTED = ("lastmodifiedsubmission", "zuletztgeandertabgabe")
KNOWN = (*IDENTIFIER, *NAME, *EMAIL, *ID_NUMBER)
NUMBER = re.compile(r"\D*(\d+)")
TIMES = ("%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M")
"""How Moodle writes a time in English, by a clock of twelve hours or of 24, in the time zone of who downloads."""


@dataclass(frozen=True)
class Worksheet:
    """The worksheet: its table, and the row of each participant's number."""

    table: Table
    rows: dict[str, int]

    def person(self, number: str) -> Person:
        """What is said of a participant."""
        cells = self.table.rows[self.rows[number]][1]
        name, email, own = self.cell(cells, NAME), self.cell(cells, EMAIL), self.cell(cells, ID_NUMBER)
        return Person(name, own, email, own, participant=number)

    def submitted(self, number: str, zone: tzinfo) -> datetime | None:
        """When a participant handed in, in UTC without a zone; None where that is not told in English."""
        told = self.cell(self.table.rows[self.rows[number]][1], SUBMITTED)
        for form in TIMES:
            with suppress(ValueError, OverflowError):
                return datetime.strptime(told, form).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
        return None

    def cell(self, cells: list[str], heads: Iterable[str]) -> str:
        place = self.table.column(heads)
        return unguarded(cells[place]) if place is not None and place < len(cells) else ""


def read_worksheet(path: Path) -> Worksheet:
    """Read a grading worksheet.

    Raises:
        GraderError: it is none.
    """
    table = read_table(path, KNOWN)
    place = table.column(IDENTIFIER)
    if place is None:
        heads = ", ".join(map(printable, table.heads))
        raise GraderError(f"{table.name} is no grading worksheet of Moodle's: no column Identifier; there are: {heads}")
    rows = {}
    for at, (_, cells) in enumerate(table.rows):
        if place < len(cells) and (found := NUMBER.fullmatch(cells[place].strip())):
            rows[found[1]] = at
    if not rows:
        raise GraderError(
            f"{table.name}: in column {printable(table.heads[place])} stands no Participant with a number"
        )
    return Worksheet(table, rows)
