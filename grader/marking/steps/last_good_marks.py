"""The marks of a submission's last good attempt: they stay, as old ones, where a newer one cannot be marked.

`grader autograde` and nbgrader's own road keep them alike.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.steps.audit_records import AuditRecords, Record
from grader.marking.steps.notes import with_old_note
from grader.marking.steps.save_verdicts import has_row, leave_to_a_person, put_back_scores, take_back_zero


@dataclass(frozen=True)
class LastGoodMarks:
    """The last good marks of a lesson's submissions: in the gradebook, the audit records and the marked notebooks.

    Args:
        course, lesson: which lesson of which course.
        db_url: the gradebook.
    """

    course: Course
    lesson: str
    db_url: str

    @property
    def records(self) -> AuditRecords:
        return AuditRecords(self.course, self.lesson)

    def about(self, student: str, notebook: str) -> dict[str, str]:
        """nbgrader's facts about a notebook."""
        return {"student": student, "assignment": self.lesson, "notebook": notebook, "db_url": self.db_url}

    def marked(self, student: str) -> Path:
        """The folder with a student's marked notebooks."""
        return self.course.autograded / student / self.lesson

    def texts(self, student: str) -> dict[str, str]:
        """Name → text of the notebooks of a submission as they were marked last."""
        return {path.stem: path.read_text(encoding="utf-8") for path in self.marked(student).glob("*.ipynb")}

    def of(self, student: str, notebook: str) -> Record | None:
        """The record of an earlier attempt that was marked, if the gradebook knows the student."""
        record = self.records.good(student, notebook)
        return record if record and has_row(self.about(student, notebook)) else None

    def names(self, student: str) -> list[str]:
        """The lesson's notebooks of which the student has marks of an earlier attempt."""
        return [name for name in notebooks_of(self.lesson) if self.of(student, name)]

    def keep_all(self, student: str, reason: str, texts: Mapping[str, str] = MappingProxyType({})) -> bool:
        """Where a submission cannot even be looked into: note that its marks, if any, are of an earlier attempt.

        Args:
            student: whose.
            reason: why it cannot.
            texts: its notebooks as they were marked last, where they are no longer there.
        """
        names = self.names(student)
        for name in names:
            self.records.write_unmarked(student, name, reason)
            self._say_old(student, name, texts.get(name), reason)
        return bool(names)

    def give_up(self, student: str, notebook: str, reason: str, text: str | None = None) -> None:
        """Note that a notebook could not be marked at all, and why: its cells wait for a person.

        Marks of an earlier attempt stay, as old ones, with the notebook that they are of.

        Args:
            student, notebook: which one.
            reason: why not.
            text: the notebook as it was marked last.
        """
        about, good = self.about(student, notebook), self.of(student, notebook)
        self.records.write_unmarked(student, notebook, reason)
        if good is not None:
            put_back_scores(about, good)
            self._say_old(student, notebook, text, reason)
        elif not (self.course.submission(student, self.lesson) / f"{notebook}.ipynb").exists():
            take_back_zero(about)
        leave_to_a_person(about)

    def _say_old(self, student: str, notebook: str, text: str | None, reason: str) -> None:
        """Put a note on top of the notebook that was marked last; ``text`` is what it was, if it is no longer there."""
        path = self.marked(student) / f"{notebook}.ipynb"
        text = text or (path.read_text(encoding="utf-8") if path.exists() else None)
        if text is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(".tmp")
            draft.write_text(with_old_note(text, reason), encoding="utf-8")
            os.replace(draft, path)

    def gone(self, student: str, there: Iterable[str]) -> list[str]:
        """Those notebooks with marks of an earlier attempt that are not among ``there``."""
        return [name for name in self.names(student) if name not in set(there)]
