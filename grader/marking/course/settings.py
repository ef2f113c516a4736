"""What an instructor decides about a course: ``course.toml`` in the course folder, and the extensions beside it.

Without the files a course is what it was before there were any: nbgrader's id "rnn", the exchange in the course folder,
no due date but the gradebook's, and nothing taken off.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo

from grader.checks.errors import GraderError
from grader.marking.course.course import COURSE_ID, SETTINGS, Course
from grader.marking.course.extensions import EXTENSIONS, Extensions, read_extensions
from grader.marking.course.late_rule import LateRule
from grader.marking.course.lessons import lesson_id
from grader.marking.course.limit_values import amounts
from grader.marking.course.settings_in_words import faults, no_zone
from grader.marking.course.times import moment
from grader.marking.course.unknown_times import FILE as UNKNOWN_TIMES

COURSE_TOML = SETTINGS[0]
Limit = Literal["cell_seconds", "notebook_seconds", "other_seconds", "memory", "processes", "file", "disk", "output"]
"""The names of the limits of `grader.marking.sandbox.limits.Limits`, which lies in a room below this one."""


def _moment(given: object, info: ValidationInfo) -> datetime:
    return moment(given, (info.context or {}).get("zone", UTC))


def _zone_name(name: str) -> str:
    zone_of(name)
    return name


def _lessons(given: object) -> object:
    """The same by the lessons' folder names, of which each may be given once."""
    if not isinstance(given, Mapping):
        return given
    found: dict[str, Any] = {}
    for name, what in given.items():
        try:
            lesson = lesson_id(name)
        except GraderError as why:
            raise ValueError(str(why)) from None
        if lesson in found:
            raise ValueError(f"{lesson} is there twice, by two of its names: make one table of them")
        found[lesson] = what
    return found


Moment = Annotated[datetime, BeforeValidator(_moment)]


class LessonSettings(BaseModel):
    """What holds in one lesson.

    Attributes:
        taught: is it part of this course?
        due: when it is to be handed in.
        points: what it counts in the whole course; None: its own points.
        limits: what a submission may use, in place of the course's limits, by name; sizes in bytes, or such as "2 GiB".
        late: what handing in late costs, in place of the course's rule.
        extensions: later due dates, by student.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    taught: bool = True
    due: Moment | None = None
    points: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    limits: Annotated[dict[Limit, Annotated[int, Field(gt=0)]], BeforeValidator(amounts)] = {}
    late: LateRule | None = None
    extensions: dict[str, Moment] = {}


class CourseSettings(BaseModel):
    """What holds in a course.

    Attributes:
        name: as people call it.
        id: nbgrader's name of it, in exchange and gradebook.
        timezone: the zone of dates that name none.
        exchange: nbgrader's exchange; None: in the course folder.
        gradebook: the gradebook's address; None: SQLite in the course folder.
        late: what handing in late costs.
        lessons: by folder name; a lesson that is not named is taught, as it is.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: str = ""
    id: str = Field(default=COURSE_ID, pattern=r"^[^\W_][\w.-]*$", max_length=80)
    timezone: Annotated[str, AfterValidator(_zone_name)] = "UTC"
    exchange: Annotated[Path, Field(strict=False)] | None = None
    gradebook: str | None = Field(default=None, pattern=r"^[a-z][\w+]*://.")
    late: LateRule | None = None
    lessons: Annotated[dict[str, LessonSettings], BeforeValidator(_lessons)] = {}

    @property
    def zone(self) -> tzinfo:
        return zone_of(self.timezone)

    def lesson(self, lesson: str) -> LessonSettings:
        """What holds in a lesson, by its folder name."""
        return self.lessons.get(lesson) or LessonSettings()

    def late_rule(self, lesson: str) -> LateRule | None:
        """What handing in a lesson late costs: its own rule, else the course's."""
        return self.lesson(lesson).late or self.late


KEYS = {
    "": tuple(CourseSettings.model_fields),
    "lesson": tuple(LessonSettings.model_fields),
    "late": tuple(LateRule.model_fields),
    "limits": get_args(Limit),
}
"""The keys of each table of the file."""


def settings_of(course: Course) -> CourseSettings:
    """What holds in a course, as its files are now.

    Raises:
        GraderError: a file cannot be used; the message names the file, each key, and the way out.
    """
    return _settings(course.settings_folder, state_of(course))


def due_of(course: Course, lesson: str, student: str | None = None) -> datetime | None:
    """When a lesson is due, by the course's settings; for a student with their extension, which makes nothing earlier.

    A date that somebody entered into the gradebook alone is not known here: `steps.due_dates` has both.
    """
    own = settings_of(course).lesson(lesson)
    later = own.extensions.get(student) if student is not None else None
    return max(own.due, later) if own.due and later else later or own.due


def zone_of(name: str) -> tzinfo:
    """The zone of that name: UTC, or a place such as Europe/Berlin.

    Raises:
        ValueError: there is none, or the name means several.
    """
    if name == "UTC":
        return UTC
    try:
        if "/" in name:
            return ZoneInfo(name)
    except (OSError, LookupError, ValueError):
        pass
    raise ValueError(no_zone(name))


def state_of(course: Course) -> object:
    """What changes when a file of the settings does, or the one that says of whom no time is known."""
    return tuple(_state(course.settings_folder / name) for name in (*SETTINGS, UNKNOWN_TIMES))


def _state(path: Path) -> tuple[int, int] | None:
    """What changes with a file."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size


@lru_cache(maxsize=64)
def _settings(folder: Path, _: object) -> CourseSettings:
    given = _table(folder / COURSE_TOML)
    try:
        zone = zone_of(given.get("timezone", "UTC"))
    except (ValueError, TypeError):
        zone = UTC
    try:
        found = CourseSettings.model_validate(given, context={"zone": zone})
    except ValidationError as why:
        lines = "".join(f"\n  {line}" for line in faults(why, KEYS))
        raise GraderError(f"{folder / COURSE_TOML} cannot be used:{lines}") from None
    exchange = None if found.exchange is None else Path(os.path.normpath(folder / found.exchange.expanduser()))
    lessons = _extended(found, read_extensions(folder / EXTENSIONS, zone))
    places = {"exchange": exchange, "gradebook": _from_folder(folder, found.gradebook)}
    return found.model_copy(update={**places, "lessons": lessons})


def _from_folder(folder: Path, gradebook: str | None) -> str | None:
    """The address, in which an SQLite file is named from the course folder, and not from wherever a program works."""
    start, sqlite, path = (gradebook or "").partition("sqlite:///")
    return f"sqlite:///{folder / path}" if sqlite and not start else gradebook


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as why:
        raise GraderError(
            f"{path} is no TOML: {why}; texts and dates stand in quotes, and `grader course --new` writes an example"
        ) from None
    except (OSError, ValueError) as why:
        raise GraderError(f"{path} cannot be read as UTF-8 text: {why}") from None


def _extended(found: CourseSettings, given: Extensions) -> dict[str, LessonSettings]:
    """The lessons with the extensions that were given by command, too, which replace the file's."""
    lessons = dict(found.lessons)
    for (lesson, student), until in given.items():
        own = lessons.get(lesson) or LessonSettings()
        lessons[lesson] = own.model_copy(update={"extensions": {**own.extensions, student: until}})
    return lessons
