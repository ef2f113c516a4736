"""The tables of points that Canvas, Moodle and Gradescope import, or show.

Canvas      its gradebook: Student, ID, SIS User ID, SIS Login ID, Section, then "Title (number)" of each assignment; a
            line "Points Possible" (`lib/gradebook_importer.rb`). It finds a student by ID, then by login, then by name,
            and takes no comments.
Moodle      the grading worksheet that it gave out, filled in (`mod/assign/feedback/offline/importgradeslib.php`):
            points and comments of one assignment. Without one, a table for its gradebook, where e-mail, username or ID
            number is chosen as what finds a student.
Gradescope  imports no points. The table is one as it gives them out itself.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import StringIO

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.csv_table import Table, plain_head, unguarded
from grader.marking.desk.lms.comments import number
from grader.marking.desk.lms.download import NotTaken
from grader.marking.desk.lms.grades import Grade, Grades
from grader.marking.desk.lms.naming import Person
from grader.marking.desk.lms.participants import Worksheet
from grader.marking.desk.lms.who import Finder
from grader.marking.feedback.class_csv import safe

CANVAS_HEADS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
CANVAS_OWN = {*map(plain_head, CANVAS_HEADS), "integrationid", "rootaccount", "lastname", "firstname"}
"""Canvas's columns about a student, by `plain_head`."""
NUMBERED = re.compile(r".+ \(\d+\)")
"""The head of an assignment's column."""
POINTS_POSSIBLE = "    Points Possible"
GRADE = ("grade", "bewertung", "note", "calificacion")
COMMENT = ("feedbackcomments", "feedbackalskommentar", "feedbackparcommentaires", "comentariosderetroalimentacion")
MOST_POINTS = ("maximumgrade", "bestwertung", "hochstebewertung", "notemaximale", "calificacionmaxima")
CHANGEABLE = ("gradecanbechanged", "bewertungkanngeandertwerden")
NAMES = ("fullname", "vollstandigername")


@dataclass
class Written:
    """A table as text, and lines about what of it to look at."""

    text: str
    remarks: list[str] = field(default_factory=list)


def _csv(rows: Iterable[Sequence[str]]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _points(grade: Grade) -> str:
    return "" if grade.points is None else number(grade.points)


# --- Canvas ---------------------------------------------------------------------------------------------------------


def canvas_table(lessons: Sequence[Grades]) -> Written:
    """A gradebook of Canvas's form; assignments are named as the lessons are, and students by what the list knows."""
    students = {one.id: one for grades in lessons for one in grades.students.values()}
    rows = [[*CANVAS_HEADS, *(grades.lesson for grades in lessons)]]
    rows.append([POINTS_POSSIBLE, "", "", "", "", *(number(grades.most) for grades in lessons)])
    for one in students.values():
        about = [safe(one.listed_name or one.id), one.lms_id, "", one.id, ""]
        rows.append([*about, *(_points(grades.of(one.id)) for grades in lessons)])
    without = [one.id for one in students.values() if not one.lms_id]
    remarks = [f"without Canvas's ID on the list, found by login or name only: {_few(without)}"] if without else []
    return Written(_csv(rows), remarks)


def canvas_filled(table: Table, lessons: Sequence[Grades], column: str, finder: Finder) -> Written:
    """The gradebook that Canvas gave out, with the points of these lessons in their columns and no others.

    Raises:
        GraderError: it is no gradebook of Canvas's, or it is not clear which column is the lesson's.
    """
    about = [place for place, head in enumerate(table.heads) if plain_head(head) in CANVAS_OWN]
    if not {"student", "id", "section"} <= {plain_head(table.heads[place]) for place in about}:
        raise GraderError(f"{table.name} is no gradebook that Canvas gave out: no columns Student, ID and Section")
    columns = [_canvas_column(table, grades.lesson, column) for grades in lessons]
    rows = [[table.heads[place] for place in (*about, *columns)]]
    rows.append([POINTS_POSSIBLE, *[""] * (len(about) - 1), *(number(grades.most) for grades in lessons)])
    seen, remarks = set(), []
    for _, cells in table.rows:
        cells = [*cells, *[""] * (len(table.heads) - len(cells))]
        if "points possible" in cells[0].casefold():
            remarks += _other_points(cells, columns, lessons)
            continue
        found = _canvas_student(table, cells, finder)
        if found:
            seen.add(found)
            rows.append([*(safe(cells[place]) for place in about), *(_points(g.of(found)) for g in lessons)])
    return Written(_csv(rows), remarks + _not_in(table, seen, lessons))


def _canvas_column(table: Table, lesson: str, column: str) -> int:
    there = [head for head in table.heads if NUMBERED.fullmatch(head)]
    meant = [head for head in there if column and column in (head, head.rpartition(" (")[0])]
    if not column:
        slug = re.escape(lesson.partition("-")[2])
        by_name = re.compile(rf"(?<![^\W_])({re.escape(lesson)}|{slug})(?![^\W_])", re.IGNORECASE)
        meant = [head for head in there if by_name.search(head)]
    if len(meant) != 1:
        raise GraderError(
            f"{table.name}: which column is that of {lesson}? Say it with --column; there are: "
            f"{'; '.join(map(printable, there)) or 'none of an assignment'}"
        )
    return table.heads.index(meant[0])


def _canvas_student(table: Table, cells: list[str], finder: Finder) -> str:
    def cell(head: str) -> str:
        place = table.column([head])
        return unguarded(cells[place]) if place is not None else ""

    for login in (cell("sisloginid"), cell("sisuserid")):
        try:
            return finder.find(Person(cell("student"), cell("id"), login, login))
        except NotTaken:
            continue
    return ""


def _other_points(cells: list[str], columns: list[int], lessons: Sequence[Grades]) -> list[str]:
    found = []
    for place, grades in zip(columns, lessons, strict=True):
        theirs = cells[place].strip()
        if theirs and theirs != number(grades.most) and _as_number(theirs) != grades.most:
            found.append(
                f"Canvas counts {printable(theirs)} points for {grades.lesson}, and this table {number(grades.most)}, "
                "which Canvas would take over: `points` in course.toml says what the lesson counts"
            )
    return found


def _as_number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _not_in(table: Table, seen: set[str], lessons: Sequence[Grades]) -> list[str]:
    missing = sorted({one for grades in lessons for one in grades.given if one not in seen})
    return [f"with points, and not in {table.name}: {_few(missing)}"] if missing else []


# --- Moodle ---------------------------------------------------------------------------------------------------------


def moodle_table(lessons: Sequence[Grades]) -> Written:
    """A table for Moodle's gradebook: Grades → Import → CSV file."""
    students = {one.id: one for grades in lessons for one in grades.students.values()}
    own = ["Username", "ID number", "Email address", "First name", "Last name"]
    rows = [[*own, *(head for grades in lessons for head in (grades.lesson, f"Feedback: {grades.lesson}"))]]
    for one in students.values():
        about = [one.id, one.lms_id, one.email, safe(one.first_name), safe(one.last_name)]
        cells = (cell for grades in lessons for cell in (_points(grades.of(one.id)), _comment(grades.of(one.id))))
        rows.append([*about, *cells])
    without = [one.id for one in students.values() if not one.email]
    remarks = [f"without an e-mail address on the list: {_few(without)}"] if without else []
    return Written(_csv(rows), remarks)


def moodle_filled(sheet: Worksheet, grades: Grades, students: dict[str, str]) -> Written:
    """The grading worksheet that Moodle gave out, with points and comments in it.

    Args:
        sheet: the worksheet.
        grades: the points.
        students: whose each number of a participant is.

    Raises:
        GraderError: it has no column for the points.
    """
    table = sheet.table
    at, said = table.column(GRADE), table.column(COMMENT)
    if at is None:
        heads = ", ".join(map(printable, table.heads))
        raise GraderError(f"{table.name} has no column Grade; there are: {heads}")
    remarks = (
        [] if said is not None else [f"{table.name} has no column Feedback comments: switch these on in the assignment"]
    )
    numbers = {place: participant for participant, place in sheet.rows.items()}
    rows, seen, closed = [list(table.heads)], set(), []
    for place, (_, cells) in enumerate(table.rows):
        cells = [*cells, *[""] * (len(table.heads) - len(cells))]
        student = students.get(numbers.get(place, ""), "")
        grade = grades.of(student)
        seen.add(student)
        if grade.points is not None and sheet.cell(cells, CHANGEABLE).casefold() in ("no", "nein"):
            closed.append(student)
        elif grade.points is not None:
            cells[at] = _points(grade)
            if said is not None:
                cells[said] = _comment(grade)
        if (name := table.column(NAMES)) is not None:
            cells[name] = safe(cells[name])
        rows.append(cells)
    remarks += [f"Moodle lets nobody change the points of: {_few(closed)}"] if closed else []
    remarks += _other_maximum(sheet, grades)
    return Written(_csv(rows), remarks + _not_in(table, seen, [grades]))


def _other_maximum(sheet: Worksheet, grades: Grades) -> list[str]:
    told = {text for _, cells in sheet.table.rows if (text := sheet.cell(cells, MOST_POINTS))}
    if any(_as_number(text) != grades.most for text in told):
        return [
            f"Moodle's maximum is {printable(', '.join(sorted(told)))}, and {grades.lesson} counts "
            f"{number(grades.most)}: set `points` in course.toml, or the assignment's maximum"
        ]
    return []


def _comment(grade: Grade) -> str:
    """Moodle shows comments as HTML."""
    return safe(html.escape(grade.comment, quote=False))


# --- Gradescope -----------------------------------------------------------------------------------------------------


def gradescope_table(grades: Grades) -> Written:
    """A table as Gradescope gives them out, which it does not take back."""
    rows = [["First Name", "Last Name", "SID", "Email", "Total Score", "Max Points", "Status", "Comment"]]
    for one in grades.students.values():
        grade = grades.of(one.id)
        status = "Missing" if one.id in grades.nothing else "Graded" if grade.points is not None else "Ungraded"
        names = map(safe, (one.first_name, one.last_name))
        about = [*names, one.lms_id or one.id, one.email]
        rows.append([*about, _points(grade), number(grades.most), status, safe(grade.comment)])
    return Written(_csv(rows))


def _few(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(printable, names[:most])) + more
