"""Keeps due dates, extensions and what is taken off for being late in the gradebook as the settings have them now.

Every road that opens a course's gradebook to read it goes through here: report, feedback, Formgrader, export.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import time_ns

from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError
from traitlets.config import Config

from grader.marking.course.course import Course
from grader.marking.course.settings import state_of
from grader.marking.course.trial import TrialCourse
from grader.marking.steps.add_due_date import tell_due_dates
from grader.marking.steps.late_penalty import LatePenalties, course_of

YOUNG_NS = 100_000_000
"""A file that was written less long ago may be written again within the same tick of the file system's clock."""
_settled: dict[str, object] = {}
"""The state of each gradebook, by address, as this process last settled it."""


def settle(gradebook: Gradebook, config: Config) -> None:
    """Settle all rows and save them, unless neither settings nor gradebook changed since; a locked one stays as it is.

    Raises:
        GraderError: the course's settings cannot be used.
    """
    course = course_of(config)
    url = str(gradebook.engine.url)
    if course is None or ((state := _state(course, config)) is not None and _settled.get(url) == state):
        return
    try:
        LatePenalties(config).settle_all(gradebook)
        gradebook.db.commit()
        if not isinstance(course, TrialCourse):
            tell_due_dates(course, gradebook)
        _settled[url] = _state(course, config)
    except OperationalError:  # another program writes: the next reader does it
        gradebook.db.rollback()


def _state(course: Course, config: Config) -> object:
    """What changes when rows may have to be settled; None where that cannot be known."""
    book = Path(course.gradebook)
    with suppress(OSError):
        facts = book.stat()
        if course.db_url.startswith("sqlite:") and time_ns() - facts.st_mtime_ns > YOUNG_NS:
            rules = [config.get(name) for name in ("AssignLatePenalties", "LateSubmissionPlugin", "CourseLateRule")]
            return state_of(course), facts.st_mtime_ns, facts.st_size, facts.st_ino, repr(rules)
    return None
