"""Write what an LMS takes: tables of points, and feedback pages in a zip."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.csv_table import read_table
from grader.marking.course.lessons import lesson_id
from grader.marking.course.roster import Roster, roster_of
from grader.marking.course.submissions import submitters
from grader.marking.desk.lms.download import NotTaken
from grader.marking.desk.lms.grades import Grades, grades_of
from grader.marking.desk.lms.gradescope_results import autograder
from grader.marking.desk.lms.pages import (
    canvas_names,
    moodle_folder,
    moodle_names,
    packed,
    pages_of,
    participant_of,
)
from grader.marking.desk.lms.participants import Worksheet, read_worksheet
from grader.marking.desk.lms.placed import read_placed
from grader.marking.desk.lms.systems import Lms
from grader.marking.desk.lms.tables import (
    Written,
    canvas_filled,
    canvas_table,
    gradescope_table,
    moodle_filled,
    moodle_table,
)
from grader.marking.desk.lms.who import Finder


@dataclass
class Exported:
    """What was written.

    Attributes:
        files: each file, and what to do with it.
        held: why somebody gets no points yet → who.
        nothing: who has handed in nothing, by lesson.
        remarks: what to look at.
    """

    files: list[tuple[Path, str]] = field(default_factory=list)
    held: dict[str, list[str]] = field(default_factory=dict)
    nothing: dict[str, list[str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def export(
    course: Course,
    to: Lms,
    lesson: str | None = None,
    *,
    file: Path | None = None,
    column: str = "",
    into: Path | None = None,
    anyway: bool = False,
    zero: bool = False,
) -> Exported:
    """Write the tables and the zip of feedback pages for an LMS.

    Args:
        course: the course.
        to: the LMS.
        lesson: the lesson; all that are marked, if None.
        file: the table that the LMS gave out, to be filled in: Canvas's gradebook, Moodle's grading worksheet.
        column: which of its columns is the lesson's.
        into: the folder to write into; ``export`` in the course folder, if None.
        anyway: also the points of those whose work is not marked to its end.
        zero: who has handed in nothing has none of the points.

    Raises:
        GraderError: nothing is marked, or the file is not what the LMS gives out.
    """
    names = [lesson_id(lesson)] if lesson else [one for one in lessons() if submitters(course, one)]
    if not names:
        raise GraderError("nobody has handed in anything yet: there is nothing to export")
    if len(names) > 1 and (file or to == Lms.gradescope):
        raise GraderError(f"name the lesson, too: grader export {names[0]} --to {to}")
    all_grades = [grades_of(course, name, anyway=anyway, zero=zero) for name in names]
    work = _Export(course, into or course.root / "export", Exported())
    if not any(grades.given or grades.held for grades in all_grades):
        work.done.remarks.append(f"nobody has points yet: `grader autograde {names[0]}`")
    for grades in all_grades:
        for why, who in grades.held.items():
            work.done.held.setdefault(f"{grades.lesson}: {why}", []).extend(who)
        work.done.nothing[grades.lesson] = grades.nothing
    _WRITERS[to](work, all_grades, file, column)
    return work.done


class _Export:
    """One export."""

    def __init__(self, course: Course, into: Path, done: Exported) -> None:
        self.course, self.into, self.done = course, into, done
        self.roster: Roster = roster_of(course)

    def write(self, name: str, content: bytes, what: str) -> None:
        """Write a file for its owner alone."""
        try:
            self.into.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self.into / name
            draft = path.with_name(f".{name}")
            draft.touch(mode=0o600)
            draft.write_bytes(content)
            draft.replace(path)
        except OSError as failure:
            raise GraderError(f"{self.into / name} could not be written ({failure.strerror})") from None
        self.done.files.append((path, what))

    def table(self, name: str, written: Written, what: str, mark: str = "") -> None:
        self.write(name, (mark + written.text).encode(), what)
        self.done.remarks += written.remarks

    # --- Canvas

    def canvas(self, all_grades: list[Grades], file: Path | None, column: str) -> None:
        if file is not None:
            finder = Finder(self.roster, [one for grades in all_grades for one in grades.students], {})
            written = canvas_filled(read_table(file), all_grades, column, finder)
        else:
            written = canvas_table(all_grades)
        name = "canvas-gradebook" if file is None else "canvas-gradebook-filled"  # neither takes the other's place
        self.table(_name(name, all_grades), written, "in Canvas: Grades → Import")
        for grades in all_grades:
            placed = read_placed(self.course, grades.lesson)
            files = {}
            for student, pages in self.pages(grades).items():
                found = list(canvas_names(placed[student], pages)) if student in placed else []
                files[student] = found
            where = "in Canvas: the gradebook's menu of the assignment → Upload Submissions; it comes as comments"
            self.feedback("canvas", grades, files, where, "came from no download of Canvas's (`grader import`)")
        if any(path.suffix == ".zip" for path, _ in self.done.files):
            self.done.remarks.append(
                "Canvas shows a page under the name of the file that was handed in, such as "
                f"{all_grades[0].lesson}.ipynb: it is to be saved as .html; who handed in the zip of `grader submit` "
                "gets a zip with the page"
            )
        self.done.remarks.append("Canvas's table takes no comments: what helps stands on the pages")

    # --- Moodle

    def moodle(self, all_grades: list[Grades], file: Path | None, column: str) -> None:
        sheet = read_worksheet(file) if file is not None else None
        if sheet is None:
            what = (
                "in Moodle: Grades → Import → CSV file; choose which column is the e-mail address, points and feedback"
            )
            self.table(_name("moodle-grades", all_grades), moodle_table(all_grades), what)
        for grades in all_grades:
            placed = read_placed(self.course, grades.lesson)
            folders = {student: folder for student, one in placed.items() if (folder := moodle_folder(one))}
            if sheet is not None:
                known = {number: student for student, one in placed.items() if (number := participant_of(one))}
                students = _participants(sheet, known, self.roster, grades.students)
                written = moodle_filled(sheet, grades, students)
                what = "in Moodle: the assignment → Upload grading worksheet"
                self.table(_name("moodle-worksheet", [grades]), written, what)
                folders = {one: f"{one.replace('_', ' ')}_{number}" for number, one in students.items()} | folders
            pages = self.pages(grades)
            files = {
                one: list(moodle_names(folders[one], some)) if one in folders else [] for one, some in pages.items()
            }
            where = "in Moodle: the assignment → Upload multiple feedback files in a zip"
            why = "came from no download of Moodle's (`grader import`); --file worksheet.csv says who they are"
            self.feedback("moodle", grades, files, where, why)

    # --- Gradescope

    def gradescope(self, all_grades: list[Grades], file: Path | None, column: str) -> None:
        if file is not None:
            raise GraderError("Gradescope imports no table: leave --file out")
        grades = all_grades[0]
        what = "as Gradescope gives out its own; it imports none"
        self.table(_name("gradescope-grades", all_grades), gradescope_table(grades), what, "\ufeff")
        self.write(
            f"gradescope-autograder-{grades.lesson}.zip",
            autograder(grades),
            "in Gradescope: a programming assignment → Configure Autograder, then Regrade All Submissions; everybody's "
            "points are in it, and it runs no code of theirs",
        )
        self.done.remarks.append("Gradescope takes no feedback pages: what helps stands in the text beside the points")

    # --- pages

    def pages(self, grades: Grades) -> dict[str, list[Path]]:
        """The pages of those whose points are given."""
        found = {one: pages_of(self.course, grades.lesson, one) for one in grades.given if one not in grades.nothing}
        if without := [one for one, pages in found.items() if not pages]:
            self.done.remarks.append(
                f"{_count(without)} without a feedback page: `grader feedback {grades.lesson}` makes them"
            )
        return {one: pages for one, pages in found.items() if pages}

    def feedback(
        self, name: str, grades: Grades, files: dict[str, list[tuple[str, bytes]]], where: str, why_not: str
    ) -> None:
        entries, packs = [entry for some in files.values() for entry in some], f"{name}-feedback-{grades.lesson}.zip"
        if entries:
            self.write(packs, packed(entries), where)
        else:
            self._remove_earlier(packs)
        if without := [one for one, some in files.items() if not some]:
            names = ", ".join(map(printable, without[:5])) + (
                f" and {len(without) - 5} more" if len(without) > 5 else ""
            )
            told = "not in the zip of pages" if entries else "no zip of pages is written for"
            self.done.remarks.append(f"{told}: {names}: what they handed in {why_not}")

    def _remove_earlier(self, name: str) -> None:
        """Remove an earlier export's pages: whose they were has handed in anew, or gets none now."""
        path = self.into / name
        if not path.exists():
            return
        try:
            path.unlink()
        except OSError as failure:
            raise GraderError(f"{path} is of an earlier export; remove it ({failure.strerror})") from None
        self.done.remarks.append(f"{name} of an earlier export is removed: none of its pages is to go out now")


_WRITERS = {Lms.canvas: _Export.canvas, Lms.moodle: _Export.moodle, Lms.gradescope: _Export.gradescope}


def _participants(sheet: Worksheet, known: dict[str, str], roster: Roster, students: Iterable[str]) -> dict[str, str]:
    """Whose each number of a participant is: by what was imported, else by the list."""
    finder, found = Finder(roster, list(students), {}), {}
    for number in sheet.rows:
        try:
            found[number] = known.get(number) or finder.find(sheet.person(number))
        except NotTaken:
            continue
    return found


def _name(what: str, all_grades: list[Grades]) -> str:
    return f"{what}{'-' + all_grades[0].lesson if len(all_grades) == 1 else ''}.csv"


def _count(names: list[str]) -> str:
    return f"{len(names)} student{'' if len(names) == 1 else 's'}"
