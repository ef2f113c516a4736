"""nbgrader's own road, `nbgrader autograde`, its API and Formgrader's button, as careful as `grader autograde`.

Its loop over the submissions stays. What differs: a notebook that cannot be marked keeps no other from being marked,
and the marks of an earlier attempt stay, called old, with the notebook that they are of.
"""

from __future__ import annotations

import shutil
import traceback
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters.autograde import Autograde
from nbgrader.converters.base import NbGraderException
from sqlalchemy.exc import OperationalError
from traitlets import Instance

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.one_run import alone
from grader.marking.course.submissions import handed_in
from grader.marking.steps.keep_journal import journalled
from grader.marking.steps.last_good_marks import LastGoodMarks
from grader.marking.steps.other_files import other_files
from grader.marking.steps.read_notebook import read_notebook
from grader.marking.steps.save_verdicts import set_aside_hand_marks
from grader.marking.steps.strict_notebook_exporter import in_words, refuse_links
from grader.marking.steps.take_over import finish_take_overs

WAIT_SECONDS = 10.0
"""How long another run in the course is waited for."""


class CourseAutograde(Autograde):
    """nbgrader's Autograde for one course; `nbgrader_adapter.mark_with` puts it in nbgrader's place.

    Raises:
        NbGraderException: something was not marked, with the reasons; or another run marks in the course.
    """

    force: bool
    notebooks: list[str]
    course = Instance(Course, help="The course whose submissions are marked.").tag(config=True)

    def start(self) -> None:
        """Mark, alone in the course."""
        self._reasons: list[str] = []
        finish_take_overs(self.course, self.coursedir.db_url)
        try:
            with (
                alone(self.course, WAIT_SECONDS),
                Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook,
                journalled(self.course, self.coursedir.assignment_id, gradebook) as self._journal,
            ):
                super().start()
        except GraderError as why:
            self.log.error("%s", why)
            raise NbGraderException(str(why)) from None

    def convert_notebooks(self) -> None:
        """Mark every submission, and raise at the end if something was not marked."""
        super().convert_notebooks()
        if self._reasons:
            raise NbGraderException("not marked: " + "; ".join(self._reasons))

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Is the submission to be marked? What was not marked last time is, and is said again."""
        self._student, self._last = student_id, LastGoodMarks(self.course, assignment_id, self.coursedir.db_url)
        self._texts, force = self._last.texts(student_id), self.force
        self.force = force or self._last.records.has_unmarked(student_id)
        try:
            return bool(super().init_destination(assignment_id, student_id))
        except (GraderError, OSError):  # as of a timestamp that is none: `init_assignment` tells it
            return True
        finally:
            self.force = force

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Prepare a submission; where that fails, nothing of it is marked, and the marks that it has are old."""
        try:
            self._prepare(assignment_id, student_id)
        except OperationalError:
            raise
        except Exception as odd:
            self.notebooks = []
            self._last.keep_all(student_id, self._noted(odd), self._texts)

    def _prepare(self, lesson: str, student: str) -> None:
        refuse_links(self.course, lesson, student)
        there = handed_in(self.course, lesson, student)
        others = other_files(self.course, lesson, student)
        failed = {name: why for name in others.copies if name not in there and (why := others.instead_of(name, lesson))}
        if not there:
            raise GraderError("; ".join(failed.values()) or f"{lesson} of {student}: none of its notebooks is there")
        unreadable = self._unreadable(student, there)
        if len(unreadable) == len(there) and self._last.names(student):
            self.notebooks, failed = [], failed | unreadable
        else:
            self._make_anew(lesson, student, {*there, *failed})
        for name, why in failed.items():
            self._give_up(name, GraderError(why))

    def _unreadable(self, student: str, notebooks: Iterable[str]) -> dict[str, str]:
        """The notebooks that cannot be read, each with the reason."""
        found = {}
        for name in notebooks:
            try:
                read_notebook(self.course.submission(student, self._last.lesson) / f"{name}.ipynb")
            except (GraderError, OSError) as why:
                found[name] = in_words(why)
        return found

    def _make_anew(self, lesson: str, student: str, there: set[str]) -> None:
        """nbgrader's own part; marks by hand of notebooks that are no longer handed in are set aside."""
        gone = self._last.gone(student, there)
        self._last.records.begin(student, there)
        super().init_assignment(lesson, student)
        for name in gone:
            set_aside_hand_marks(self._last.about(student, name))

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Mark a notebook; one that cannot be marked is noted, and those after it are marked."""
        name = Path(notebook_filename).stem
        try:
            super().convert_single_notebook(notebook_filename)
        except OperationalError as odd:
            self._last.records.write_unmarked(self._student, name, in_words(odd))
            raise
        except Exception as odd:
            (self._last.marked(self._student) / f"{name}.ipynb").unlink(missing_ok=True)
            self._give_up(name, odd)

    def set_permissions(self, assignment_id: str, student_id: str) -> None:
        """nbgrader's own; of a submission without a marked notebook nothing is left."""
        folder = self._last.marked(student_id)
        if any(folder.glob("*.ipynb")):
            super().set_permissions(assignment_id, student_id)
        else:
            shutil.rmtree(folder, ignore_errors=True)
        self._journal.write()

    def _give_up(self, notebook: str, odd: Exception) -> None:
        self._last.give_up(self._student, notebook, self._noted(odd), self._texts.get(notebook))

    def _noted(self, odd: Exception) -> str:
        """Why something was not marked, in words, which are logged and raised at the end."""
        if not isinstance(odd, GraderError):
            self.log.error("%s", traceback.format_exc())
        why = in_words(odd)
        self.log.error("NOT MARKED: %s of %s: %s", self._last.lesson, self._student, why)
        self._reasons.append(f"{self._student}: {why}")
        return why
