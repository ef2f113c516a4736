"""Students out of a table: as one writes it oneself, or as Canvas, Moodle or Gradescope give theirs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.csv_table import Table, read_table, unguarded
from grader.marking.course.students import LONGEST, Student, split_name, why_no_id

# fmt: off
IDS = (
    "studentid", "sisloginid", "sisuserid", "sisid", "id", "loginid", "username", "login", "account", "netid",
    "kennung", "benutzername", "anmeldename", "uid", "orgdefinedid", "idnumber", "sid", "matrikelnummer", "matrnr",
    "matriculationnumber", "studentnumber", "userid", "student",
)
"""Heads of the column with the ids, by `plain_head`; of several that are there the first counts."""
FIELDS = {
    "name": ("name", "fullname", "studentname", "displayname", "vollstandigername", "student"),
    "first": ("firstname", "givenname", "givennames", "forename", "vorname", "prenom", "nombre"),
    "last": ("lastname", "surname", "familyname", "nachname", "familienname", "nom", "apellidos"),
    "email": ("email", "emailaddress", "mail", "emailadresse", "mailadresse", "studentemail", "adressedecourriel"),
    "lms_id": ("lmsid", "lmsuserid", "canvasid", "canvasuserid", "moodleid", "moodleuserid", "gradescopeid"),
}
# fmt: on
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
SAID = {"first": "first name", "last": "last name", "lms_id": "number in the LMS"}
MOST_FAULTS = 10
"""Faults that are named."""


@dataclass(frozen=True)
class Students:
    """What a table holds: the students, which fields it has columns for, and what to say of how it was read."""

    students: list[Student]
    fields: frozenset[str]
    remarks: list[str]


def read_students(path: Path) -> Students:
    """Read a class from a table.

    Raises:
        GraderError: it is none, or has faults; the message names each line and column.
    """
    table = read_table(path, known={*IDS, *(head for heads in FIELDS.values() for head in heads)})
    columns = _columns(table)
    faults: list[str] = []
    remarks = [] if table.encoding.startswith("utf") else [_read_as(table)]
    students: dict[str, tuple[int, Student]] = {}
    for line, cells in table.rows:
        if _is_no_student(cells):
            continue
        one = _student(table, columns, line, cells, faults)
        if one is not None:
            _add(table, one, line, students, faults, remarks)
    _unlike(table, students, faults)
    if faults:
        more = f"\n… and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise GraderError(f"{table.name} is not taken:\n" + "\n".join(faults[:MOST_FAULTS]) + more)
    return Students([one for _, one in students.values()], frozenset(columns), remarks)


def _read_as(table: Table) -> str:
    code = {"cp1252": "Windows-1252", "mac_roman": "Mac OS Roman"}[table.encoding]
    return f"{table.name} is not UTF-8 and was read as {code}: look whether names with ä, é, ñ are right"


def _columns(table: Table) -> dict[str, int]:
    """Where each field stands; of Canvas's columns "ID" is its own number where another is the id.

    Raises:
        GraderError: there is no column with ids.
    """
    found = {"id": table.column(IDS)} | {name: table.column(heads) for name, heads in FIELDS.items()}
    if found["id"] is None:
        heads = ", ".join(map(printable, table.heads))
        raise GraderError(
            f"{table.name}, line 1: no column is called id (or student id, username, login, SID, …); there are: "
            f"{heads[:400]}"
        )
    if found["name"] == found["id"]:
        found["name"] = None
    number = table.column(["id"])
    if found["lms_id"] is None and number != found["id"]:
        found["lms_id"] = number
    return {name: place for name, place in found.items() if place is not None}


def _is_no_student(cells: list[str]) -> bool:
    """Canvas's line of the points that are possible, and the student with whose eyes a teacher looks."""
    first = cells[0].strip()
    return first.casefold() in ("points possible", "student, test")


def _student(table: Table, columns: dict[str, int], line: int, cells: list[str], faults: list[str]) -> Student | None:
    given = {name: unguarded(cells[place]) if place < len(cells) else "" for name, place in columns.items()}
    before = len(faults)

    def fault(name: str, what: str) -> None:
        head = table.heads[columns[name]]
        faults.append(f"line {line}, column “{printable(head)}”: {what}")

    if why := why_no_id(given["id"]):
        fault("id", f"{printable(given['id'])!r} cannot name a student's folder: it {why}")
    email = given.get("email", "")
    if email and not ADDRESS.fullmatch(email):
        fault("email", f"{printable(email)!r} is no e-mail address")
    for name in (name for name, text in given.items() if len(text) > LONGEST):
        fault(name, f"more than {LONGEST} characters")
    if len(cells) > len(table.heads) and any(cell.strip() for cell in cells[len(table.heads) :]):
        extra = len(cells) - len(table.heads)
        faults.append(
            f"line {line}, after column “{printable(table.heads[-1])}”: {extra} more than there are columns; "
            f"a cell with {table.delimiter!r} in it needs quotes"
        )
    name, last = split_name(given.get("name", ""))
    if given.get("first") or given.get("last"):
        name, last = f"{given.get('first', '')} {given.get('last', '')}".strip(), given.get("last", "")
    return Student(given["id"], name, email, given.get("lms_id", ""), last) if len(faults) == before else None


def _add(
    table: Table,
    one: Student,
    line: int,
    students: dict[str, tuple[int, Student]],
    faults: list[str],
    remarks: list[str],
) -> None:
    """Add a student; one who is there already is the same, or a fault."""
    before, there = students.setdefault(one.id.casefold(), (line, one))
    if there is one:
        return
    if there == one:
        remarks.append(f"{table.name}, line {line}: {printable(one.id)} is on line {before} too, and taken once")
    elif there.id == one.id:
        faults.append(f"line {line}: the id {printable(one.id)} is on line {before} too, with other entries")
    else:
        faults.append(f"line {line}: the id {printable(one.id)} is on line {before} too, with other capitals")


def _unlike(table: Table, students: dict[str, tuple[int, Student]], faults: list[str]) -> None:
    """An e-mail or number in the LMS by which a student is found must be that of one student alone."""
    for what in ("email", "lms_id"):
        seen: dict[str, int] = {}
        for line, text in _entries(students, what):
            if (before := seen.setdefault(text.casefold(), line)) != line:
                said = SAID.get(what, "e-mail")
                faults.append(f"line {line}: the {said} {printable(text)} is that of the student on line {before} too")


def _entries(students: dict[str, tuple[int, Student]], what: str) -> Iterator[tuple[int, str]]:
    for line, one in students.values():
        if text := str(getattr(one, what)):
            yield line, text
