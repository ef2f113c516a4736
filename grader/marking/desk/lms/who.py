"""Which student of the class is meant by what an LMS says of a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

from grader.marking.course.contents import printable
from grader.marking.course.roster import Roster
from grader.marking.course.same_name import plain_run, run_together, words_in
from grader.marking.course.students import why_no_id
from grader.marking.desk.lms.download import NotTaken
from grader.marking.desk.lms.naming import Person

MOST = 5
"""Students who are named where several fit."""


class Finder:
    """Finds students on a class's list.

    Args:
        roster: the list.
        known: ids of those who handed in something, where there is no list.
        participants: Moodle's numbers of participants, each with what its grading worksheet says of them.
    """

    def __init__(self, roster: Roster, known: Collection[str], participants: Mapping[str, Person]) -> None:
        self._roster, self._known, self._participants = roster, known, participants

    def find(self, person: Person, *, trusted: bool = False) -> str:
        """The student's id: by number, address or id, else by name, the first that is on the list.

        Args:
            person: what is known.
            trusted: where there is no list, is the person's id one?

        Raises:
            NotTaken: nobody fits, or several do.
        """
        told = [one for one in (person, self._participants.get(person.participant)) if one is not None]
        for one in told:  # numbers and addresses of all of it go before names, which several may have
            found = self._roster.by_lms_id(one.lms_id) or self._roster.by_email(one.email) or self._by_id(one.id)
            if found:
                return found
        for one in told:
            if found := self._by_name(one.name):
                return found
        if not self._roster and trusted and not why_no_id(person.id):
            return person.id
        raise NotTaken(self._why(person))

    def _by_id(self, name: str) -> str:
        return self._roster.by_id(name) or (name if name and name in self._known and not self._roster else "")

    def _by_name(self, name: str) -> str:
        ids = self._roster.by_name(name) or sorted({one for run in plain_run(name) for one in self._runs.get(run, ())})
        if len(ids) > 1:
            some = ", ".join(map(printable, ids[:MOST]))
            raise NotTaken(f"several are called so: {some}; a list with lms_id or email tells them apart")
        return ids[0] if ids else ""

    @cached_property
    def _runs(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self._roster.students.values():
            for run in run_together(one.name):
                found.setdefault(run, []).append(one.id)
        return found

    def differs(self, person: Person, student: str) -> bool:
        """Does the list call the student something else than the LMS does, with no word in common?"""
        known = words_in(self._roster.name_of(student))
        return bool(known and person.name) and not any(word in run for run in plain_run(person.name) for word in known)

    def _why(self, person: Person) -> str:
        if not self._roster:
            return "there is no list of the class: `grader roster students.csv`"
        if person.participant and not person.name:
            return "Moodle hides the name: give its grading worksheet, too"
        said = dict.fromkeys(part for part in (person.name, person.email, person.lms_id) if part)
        return f"nobody on the list is {' or '.join(map(printable, said)) or 'meant: it has no name'}"
