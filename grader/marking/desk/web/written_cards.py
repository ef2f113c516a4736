"""What the page of written answers shows: a card for each answer, or for each group of equal ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from grader.marking.course.course import Course
from grader.marking.desk.changed_words import Change
from grader.marking.desk.web.rendered import Rendering, with_pictures_at
from grader.marking.desk.web.templating import address
from grader.marking.desk.written_answers import Order, WrittenAnswer, equal_answers, in_order
from grader.marking.desk.written_question import Question

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""Endings of files that a browser shows in a page."""
MOST_PICTURES = 12
"""Files beside a notebook that are shown at once; the others are links."""

AT_ONCE = 25
"""Answers that a page shows at once: to lay out the formulas of hundreds takes a browser seconds."""
AROUND = 150
"""Characters that are shown around a change."""


@dataclass(frozen=True)
class View:
    """How the page is looked at.

    Attributes:
        order: of the answers.
        hidden: are the students' names hidden?
    """

    order: Order = "waiting"
    hidden: bool = False

    @property
    def query(self) -> dict[str, str]:
        """As an address has it."""
        return {"order": self.order} | ({"names": "hidden"} if self.hidden else {})


@dataclass(frozen=True)
class Member:
    """One of the answers on a card, and how it is called."""

    answer: WrittenAnswer
    name: str


@dataclass(frozen=True)
class File:
    """A file beside the notebook: its name, its address, and whether the page shows it."""

    name: str
    address: str
    is_picture: bool


@dataclass(frozen=True)
class Card:
    """One answer, or several that are equal.

    Attributes:
        members: those whose answer it is.
        parts: what was written, each with a heading, as HTML.
        raw: the same as it was written.
        files: beside the notebook.
        changes: since the attempt that was marked by hand; None where nothing was, or it is not known.
        alike: how many other answers are equal, that stand on cards of their own.
        is_later: is it only named for now, and what was written is brought later?
    """

    members: tuple[Member, ...]
    parts: tuple[tuple[str, str], ...]
    raw: str
    files: tuple[File, ...]
    changes: list[Change] | None
    alike: int = 0
    is_later: bool = False

    @property
    def first(self) -> WrittenAnswer:
        """The first of the answers; the text is the same in all."""
        return self.members[0].answer

    @property
    def key(self) -> str:
        """By which a page knows the card."""
        return self.first.key

    @property
    def waits(self) -> bool:
        """Does one of them wait for a person?"""
        return any(member.answer.given.waits for member in self.members)


class Cards:
    """Makes cards of answers.

    Args:
        course, question: whose, to which question.
        view: how they are looked at.
        rendering: makes the HTML.
        name_of: a student's name and id in a line.
    """

    def __init__(
        self, course: Course, question: Question, view: View, rendering: Rendering, name_of: Callable[[str], str]
    ) -> None:
        self.course, self.question, self.view = course, question, view
        self._rendering, self._name_of = rendering, name_of

    def of(self, answers: Sequence[WrittenAnswer], start: int = 0) -> list[Card]:
        """The cards of all answers, in their order; of those from ``start`` on `AT_ONCE` with what was written."""
        names, alike = self._names(answers), self._alike(answers)
        now = range(start, start + AT_ONCE)
        return [
            self._card(group, names, alike[group[0].key]) if n in now else self._named(group, names)
            for n, group in enumerate(self._groups(answers))
        ]

    def some(self, answers: Sequence[WrittenAnswer], keys: Iterable[str]) -> list[Card]:
        """The cards with these keys, as far as there are such."""
        names, alike, wanted = self._names(answers), self._alike(answers), set(keys)
        groups = [group for group in self._groups(answers) if group[0].key in wanted]
        return [self._card(group, names, alike[group[0].key]) for group in groups]

    def one(self, answers: Sequence[WrittenAnswer], keys: Iterable[str]) -> Card | None:
        """The card of the answers with these keys; None where there is none of them."""
        wanted = set(keys)
        those = [one for one in answers if one.key in wanted]
        return self._card(those, self._names(answers), self._alike(answers)[those[0].key]) if those else None

    def _groups(self, answers: Sequence[WrittenAnswer]) -> list[list[WrittenAnswer]]:
        """The answers of each card, in the order of the page; where names are hidden, it tells nothing of them."""
        order: Order = "shuffled" if self.view.hidden else "student" if self.view.order == "equal" else self.view.order
        sorted_ = in_order(answers, order, self.question.name)
        return equal_answers(sorted_) if self.view.order == "equal" else [[one] for one in sorted_]

    def _alike(self, answers: Sequence[WrittenAnswer]) -> dict[str, int]:
        """Key → how many answers on other cards are equal."""
        if self.view.order == "equal":
            return dict.fromkeys((answer.key for answer in answers), 0)
        return {one.key: len(group) - 1 for group in equal_answers(answers) for one in group}

    def html_of(self, answer: WrittenAnswer) -> list[str]:
        """Each cell of an answer as HTML, with its pictures in it."""
        folder = self.course.autograded / answer.student / self.question.lesson
        return [self._rendering.text(part, str(folder)) for part in answer.work.parts]

    def _names(self, answers: Iterable[WrittenAnswer]) -> dict[str, str]:
        """Key → how an answer is called; hidden names are numbers that tell nothing: keys are drawn."""
        if self.view.hidden:
            return {key: f"Answer {n}" for n, key in enumerate(sorted(answer.key for answer in answers), start=1)}
        return {answer.key: self._name_of(answer.student) for answer in answers}

    def _card(self, those: Sequence[WrittenAnswer], names: dict[str, str], alike: int = 0) -> Card:
        first = those[0]
        return Card(
            tuple(Member(answer, names[answer.key]) for answer in those),
            tuple(zip(self._headings(first), self._shown(first), strict=True)),
            first.work.text,
            tuple(self._files(first)),
            self._changes(first) if len(those) == 1 else None,
            alike,
        )

    def _named(self, those: Sequence[WrittenAnswer], names: dict[str, str]) -> Card:
        """A card that names the answers, and shows none."""
        members = tuple(Member(answer, names[answer.key]) for answer in those)
        return Card(members, (), "", (), None, is_later=True)

    def _headings(self, answer: WrittenAnswer) -> list[str]:
        work = answer.work
        near = ["Near it, in a cell of the student's own"] * len(work.near)
        far = ["Elsewhere in the notebook, in the student's own text"] * len(work.far)
        return [*([""] if work.answer else []), *near, *far]

    def _shown(self, answer: WrittenAnswer) -> list[str]:
        cells = self.html_of(answer)
        return [
            with_pictures_at(html, partial(self._address, "picture", answer, part=n)) for n, html in enumerate(cells)
        ]

    def _files(self, answer: WrittenAnswer) -> Iterable[File]:
        for n, name in enumerate(answer.work.files):
            ending = PurePosixPath(name).suffix.lower()
            shown = f"File {n + 1} ({ending or 'without an ending'})" if self.view.hidden else name
            is_picture = ending in PICTURES and n < MOST_PICTURES
            yield File(shown, self._address("file", answer, n), is_picture)

    def _address(self, what: str, answer: WrittenAnswer, n: int, part: int = 0) -> str:
        path = f"/written/{self.question.lesson}/{self.question.name}/{what}"
        return address(path, {"key": answer.key, "n": n, "part": part})

    def _changes(self, answer: WrittenAnswer) -> list[Change] | None:
        if answer.earlier is None or answer.earlier.text is None:
            return None
        found = self._rendering.changes(answer.earlier.text, answer.work.text)
        return None if found is None else [replace(each, text=_shortened(each)) for each in found]


def _shortened(change: Change) -> str:
    """The text of a change; of what is the same the ends, which say where it is."""
    text = change.text
    return text if change.kind != "same" or len(text) <= 3 * AROUND else f"{text[:AROUND]} … {text[-AROUND:]}"
