"""What holds in a course, lesson by lesson; and the settings that an instructor begins with."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from nbgrader.api import Assignment, MissingEntry

from grader.checks.due import duration, moment_in_words
from grader.checks.errors import GraderError
from grader.checks.lesson_list import lesson_list
from grader.checks.task import lessons
from grader.marking.course.course import SETTINGS, Course
from grader.marking.course.extensions import EXTENSIONS, read_extensions, write_extensions
from grader.marking.course.lessons import lesson_id
from grader.marking.course.limit_values import in_words
from grader.marking.course.roster import roster_of
from grader.marking.course.settings import CourseSettings, due_of, settings_of
from grader.marking.course.submissions import submitters
from grader.marking.course.times import moment
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

EXAMPLE = """\
# What holds in this course. Everything may be left out; `grader course` shows what holds, and names what is misspelt.

name = "Recurrent neural networks"
id = "rnn"                    # nbgrader's name of the course, in the exchange: another for each course
timezone = "Europe/Berlin"    # of all dates here that name no zone
# exchange = "/srv/nbgrader/exchange"    # where students fetch and hand in, if not in the course folder
# gradebook = "postgresql://grader@localhost/rnn"    # if not gradebook.db in the course folder

# What handing in late costs. Without it nothing is taken off.
# [late]
# grace_minutes = 15    # so late costs nothing
# share = 0.1           # of the points earned, for each begun …
# per = "day"           # … "day" or "hour", counted from the due date
# most = 0.5            # no more than this share is taken off
# nothing_after = 7     # what is more days (or hours) late counts nothing

[lessons.01-srn]
# due = "2026-12-01 23:59"
# points = 10                           # what it counts in the whole course, if not its own points
# late = {share = 0.2}                  # another rule in this lesson
# limits = {notebook_seconds = 240, memory = "4 GiB"}    # what a submission may use: cell_seconds, output, …
# extensions = {anna = "2026-12-03 23:59"}    # or: grader extend 01 anna --until "2026-12-03 23:59"

# [lessons.08-applications]
# taught = false
"""


@dataclass(frozen=True)
class LessonRow:
    """What holds in one lesson, in words; "" where nothing was said.

    Attributes:
        late: its own rule, in place of the course's.
        due: when it is due; ``in_gradebook`` if only the gradebook says so, where somebody entered it in Formgrader.
        points: what it counts, and what its exercises have together.
        extensions: how many students have more time.
    """

    lesson: str
    taught: bool
    due: str
    in_gradebook: bool
    late: str
    points: str
    limits: str
    extensions: int


def what_holds(course: Course) -> list[LessonRow]:
    """Every lesson of the workbook, in its order; the gradebook, where there is one, is settled.

    Raises:
        GraderError: the settings cannot be used.
    """
    settings = settings_of(course)
    entered = _dates_in_gradebook(course)
    return [_row(lesson, settings, entered.get(lesson)) for lesson in lessons()]


def _row(lesson: str, settings: CourseSettings, entered: datetime | None) -> LessonRow:
    own = settings.lesson(lesson)
    due = own.due or (entered.replace(tzinfo=UTC).astimezone(settings.zone) if entered else None)
    has = sum(entry.points for entry in lesson_list() if entry.folder == lesson)
    return LessonRow(
        lesson,
        own.taught,
        f"{due:%Y-%m-%d %H:%M}" if due else "",
        own.due is None and entered is not None,
        str(own.late) if own.late else "",
        f"{has:g}" if own.points is None else f"{own.points:g} (of its own {has:g})",
        ", ".join(f"{name} = {in_words(name, value)}" for name, value in own.limits.items()),
        len(own.extensions),
    )


def _dates_in_gradebook(course: Course) -> dict[str, datetime | None]:
    if not has_gradebook(course):
        return {}
    with course_gradebook(course_api(course)) as gradebook:
        return {each.name: each.duedate for each in gradebook.db.query(Assignment).all()}


def has_gradebook(course: Course) -> bool:
    """Is there one yet? A server's is taken to be there."""
    return not course.db_url.startswith("sqlite:") or course.gradebook.exists()


def new_settings(course: Course) -> Path:
    """Write a commented example of the settings, which is valid and changes nothing yet.

    Raises:
        GraderError: there are settings already.
    """
    path = course.root / SETTINGS[0]
    course.root.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(EXAMPLE)
    except FileExistsError:
        raise GraderError(f"{path} is there already, and stays as it is; `grader course` shows what holds") from None
    return path


# --- extensions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Extended:
    """A student's due date in a lesson as it is now.

    Attributes:
        due: in words, or "" where the lesson has none.
        unknown: is nobody of that name on the class's list, in the gradebook or among those who handed in?
    """

    student: str
    lesson: str
    due: str
    unknown: bool


def extend(course: Course, lesson: str, student: str, until: str | None, *, anyway: bool = False) -> Extended:
    """Give a student a later due date in a lesson, or take it back where ``until`` is None; it holds at once.

    Where there is a list of the class, only to those who are known, unless ``anyway``.

    Raises:
        GraderError: no such lesson, ``until`` is no date or not after the due date, the lesson has none, there was
            no extension to take back, or nobody is called so.
    """
    lesson, settings = lesson_id(lesson), settings_of(course)
    known = known_students(course)
    unknown = student not in known
    path = course.root / EXTENSIONS
    given = read_extensions(path, settings.zone)
    if until is None:
        if given.pop((lesson, student), None) is None:
            raise GraderError(_none_to_take_back(course, settings, lesson, student))
    elif unknown and not anyway and roster_of(course):
        raise GraderError(
            f"nobody called {student} is on the class's list or has handed in{who_was_meant(student, known)}; "
            f"`grader extend {lesson} {shlex.quote(student)} … --anyway` gives it all the same"
        )
    else:
        given[lesson, student] = _later(course, settings, lesson, until)
    write_extensions(path, given)
    due = due_of(course, lesson, student) or _entered(course, lesson)
    words = moment_in_words(due.astimezone(settings.zone), settings.timezone) if due else ""
    return Extended(student, lesson, words, unknown)


def who_was_meant(student: str, known: Collection[str]) -> str:
    """ "; did you mean anna?", or "" where nobody is called nearly so."""
    same = [one for one in sorted(known) if one.casefold() == student.casefold()]
    near = same or get_close_matches(student, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _later(course: Course, settings: CourseSettings, lesson: str, until: str) -> datetime:
    """The moment that is meant, which lies after the lesson's due date."""
    try:
        found = moment(until, settings.zone)
    except ValueError as why:
        raise GraderError(f"--until: {why}") from None
    due = settings.lesson(lesson).due or _entered(course, lesson)
    if due is None:
        raise GraderError(
            f"{lesson} has no due date, so nobody needs more time: set one in {course.root / SETTINGS[0]} "
            "(`grader course --new` writes an example), or in Formgrader"
        )
    if found <= due:
        said = moment_in_words(due.astimezone(settings.zone), settings.timezone)
        raise GraderError(f"--until: {until} is not after the due date of {lesson}, {said}")
    return found


def _entered(course: Course, lesson: str) -> datetime | None:
    """The date that somebody entered in Formgrader."""
    entered = _dates_in_gradebook(course).get(lesson)
    return entered.replace(tzinfo=UTC) if entered else None


def _none_to_take_back(course: Course, settings: CourseSettings, lesson: str, student: str) -> str:
    if student in settings.lesson(lesson).extensions:
        return f"{student}'s extension of {lesson} stands in {course.root / SETTINGS[0]}: remove it there"
    return f"{student} has no extension of {lesson}; `grader extend {lesson}` lists those that were given"


def extensions_of(course: Course, lesson: str) -> Iterator[tuple[str, str]]:
    """Who has more time in a lesson, and until when, in words."""
    settings = settings_of(course)
    for student, until in sorted(settings.lesson(lesson_id(lesson)).extensions.items()):
        yield student, moment_in_words(until.astimezone(settings.zone), settings.timezone)


def known_students(course: Course) -> set[str]:
    """Who is on the class's list or in the gradebook, or handed in anything."""
    found = {student for lesson in lessons() for student in submitters(course, lesson)} | roster_of(
        course
    ).students.keys()
    if has_gradebook(course):
        with course_gradebook(course_api(course)) as gradebook:
            found |= {student.id for student in gradebook.students}
    return found


def lateness(course: Course, lesson: str, student: str) -> str:
    """What became of a submission that is there: how late it counts, and what is taken off; "" where none is marked."""
    if not has_gradebook(course):
        return ""
    with course_gradebook(course_api(course)) as gradebook:
        try:
            mine = gradebook.find_submission(lesson_id(lesson), student)
        except MissingEntry:
            return ""
        if not mine.total_seconds_late:
            return "handed in in time"
        off = mine.late_submission_penalty
        return (
            f"handed in {duration(mine.total_seconds_late)} late: {off:g} {'point' if off == 1 else 'points'} taken off"
        )
