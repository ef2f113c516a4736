"""The page on which written answers are marked: one question, all answers, beside the marking scheme."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from nbgrader.apps.api import NbGraderAPI
from tornado.web import HTTPError

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.checks.visible import visible
from grader.marking.course.course import Course
from grader.marking.course.own_files import check_gradebook
from grader.marking.course.roster import roster_of
from grader.marking.desk.web.access import Guarded
from grader.marking.desk.web.rendered import Rendering, pictures_in
from grader.marking.desk.web.templating import address
from grader.marking.desk.web.written_cards import Card, Cards, View
from grader.marking.desk.web.written_saves import Saved, Saves, mark_in
from grader.marking.desk.written_answers import (
    Order,
    Part,
    WrittenAnswer,
    comments_given,
    one_written_answer,
    written_answers,
)
from grader.marking.desk.written_question import Question, written_question, written_questions
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

MOST_COMMENTS = 12
"""Comments given before that are offered."""
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Of what a student handed in, opened by itself: nothing in it runs."""
SHOWN = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"%PDF-": "application/pdf"}
"""How files begin that a browser may show; whatever else was handed in is saved to the disk."""
JSON = "application/json"


def handlers() -> list[tuple[Any, ...]]:
    """The pages of written answers."""
    question = r"/written/([\w.-]+)/([\w.-]+)"
    return [
        (r"/written/([\w.-]+)", LessonQuestions),
        (question, QuestionPage),
        (rf"{question}/cards", MoreCards),
        (rf"{question}/undo", Undo),
        (rf"{question}/picture", Picture),
        (rf"{question}/file", HandedIn),
    ]


@dataclass(frozen=True)
class Progress:
    """How many answers there are, and how many of them wait for a person."""

    all: int
    waiting: int

    @classmethod
    def of(cls, answers: list[WrittenAnswer]) -> Progress:
        return cls(len(answers), sum(answer.given.waits for answer in answers))

    def __str__(self) -> str:
        waits = f"{self.waiting} wait{'s' * (self.waiting == 1)}" if self.waiting else "none waits"
        return f"{self.all - self.waiting} of {self.all} marked, {waits}"


class MarkingDesk:
    """What the pages of written answers share. For one thread at a time: the desk's worker.

    Args:
        course: the course.
    """

    def __init__(self, course: Course) -> None:
        self.course, self.rendering = course, Rendering()

    @cached_property
    def api(self) -> NbGraderAPI:
        """nbgrader's API of the course; to make it takes a moment."""
        return course_api(self.course)

    @cached_property
    def saves(self) -> Saves:
        """The saves that can be taken back."""
        return Saves(self.course, self.api)

    def answers(self, question: Question) -> list[WrittenAnswer]:
        """All answers to a question.

        Raises:
            GraderError: the gradebook is damaged.
        """
        check_gradebook(self.course)
        if not self.course.gradebook.exists():
            return []
        with course_gradebook(self.api) as gradebook:
            return written_answers(self.course, gradebook, question)

    def answer(self, question: Question, key: str) -> WrittenAnswer | None:
        """One of them."""
        with course_gradebook(self.api) as gradebook:
            return one_written_answer(self.course, gradebook, question, key)

    def names(self) -> Callable[[str], str]:
        """A function that says what a student is called: name and id, as far as they are known.

        Raises:
            GraderError: the list of students has a fault.
        """
        roster = roster_of(self.course)

        def called(student: str) -> str:
            name = roster.name_of(student)
            return visible(f"{name} ({student})" if name else student)

        return called


class WrittenPage(Guarded):
    """A page of a question."""

    @property
    def marking(self) -> MarkingDesk:
        """What all of them share."""
        if "written" not in self.settings:
            self.settings["written"] = MarkingDesk(self.desk.course)
            self.desk.at_end.append(self.settings["written"].rendering.close)
        marking = self.settings["written"]
        assert isinstance(marking, MarkingDesk)
        return marking

    @property
    def view(self) -> View:
        """How the page is looked at."""
        order = self.get_query_argument("order", "waiting")
        hidden = self.get_query_argument("names", "") == "hidden"
        known: tuple[Order, ...] = get_args(Order)
        return View(next((each for each in known if each == order), "waiting"), hidden)

    def cards(self, question: Question) -> Cards:
        """Makes the cards."""
        return Cards(self.desk.course, question, self.view, self.marking.rendering, self.marking.names())

    def query(self, question: Question, **more: object) -> str:
        """The address of the page, looked at in the same way."""
        return address(f"/written/{question.lesson}/{question.name}", self.view.query, **more)


class LessonQuestions(WrittenPage):
    """A lesson's questions."""

    async def get(self, lesson: str) -> None:
        """Show them; where there is one only, lead there."""
        questions = written_questions(_lesson(lesson))
        if len(questions) == 1:
            return self.redirect(self.query(questions[0]))
        lines = [(each, Progress.of(await self.aside(self.marking.answers, each))) for each in questions]
        self.show("written_lesson.html", lesson=lesson, lines=lines)


class QuestionPage(WrittenPage):
    """All answers to a question."""

    async def get(self, lesson: str, name: str) -> None:
        """Show them."""
        self.show("written.html", **await self.aside(self._values, _question(lesson, name)))

    async def post(self, lesson: str, name: str) -> None:
        """Save a mark for those who are ticked, and show what they have now."""
        question = _question(lesson, name)
        members = [(key, token) for key, _, token in (each.partition(":") for each in self.get_arguments("member"))]
        form = {field: self.get_argument(field, strip=False) for field in self.request.body_arguments}
        try:
            mark = mark_in(form)
        except GraderError as why:
            saved = Saved(failed=[str(why)])
        else:
            saved = await self.aside(self.marking.saves.give, question, members, mark)
        if not members:
            saved.failed.append("not saved: nobody is ticked")
        await self.answer(question, saved, self.get_arguments("of"), form)

    async def answer(self, question: Question, saved: Saved, keys: list[str], form: Mapping[str, str]) -> None:
        """Tell what came of it: the page itself where there is a script, otherwise a new page."""
        sentence = " ".join(f"{why[:1].upper()}{why[1:]}." for why in saved.failed)
        values = await self.aside(self._values, question, keys)
        card: Card | None = values["card"]
        if saved.changed and card is not None and card.first.given.comment:
            sentence += f" The comment that is there now: “{card.first.given.comment}”"
        if self.request.headers.get("Accept") == JSON:
            html = self._card_html(question, card, values)
            told = {"saved": [after.key for _, after in saved.given], "sentence": sentence, "html": html}
            self.set_header("Content-Type", JSON)
            self.finish(json.dumps(told | {"progress": str(values["progress"]), "all": values["progress"].all,
                                           "waiting": values["progress"].waiting}))  # fmt: skip
        elif saved.failed:
            self.set_status(409)
            self.show("written_refused.html", **values, sentence=sentence, form=form)
        else:
            self.redirect(f"{self.query(question, saved=keys[0])}#after-{keys[0]}", status=303)

    @property
    def _start(self) -> int:
        """The number of the first answer that is shown, where there is no script to bring it."""
        return _index(self.get_query_argument("from", "0"))

    def _card_html(self, question: Question, card: Card | None, values: dict[str, Any]) -> str:
        given = {"question": question, "card": card, "xsrf": self.xsrf_token.decode()}
        given |= {name: values[name] for name in ("here", "comments")}
        return self.desk.templates.get_template("written_one.html").render(given) if card is not None else ""

    def _values(self, question: Question, keys: list[str] | None = None) -> dict[str, Any]:
        """What the templates show: all cards, or the one with these keys."""
        answers = self.marking.answers(question)
        cards, saved = self.cards(question), self.get_query_argument("saved", "")
        render = self.marking.rendering.text
        texts = {each: render(Part("markdown", getattr(question, each), question.attachments), str(question.folder))
                 for each in ("text", "scheme", "model")}  # fmt: skip
        return {
            "question": question,
            "texts": texts,
            "cards": cards.of(answers, self._start) if keys is None else (),
            "card": cards.one(answers, keys) if keys is not None else None,
            "comments": comments_given(answers)[:MOST_COMMENTS],
            "progress": Progress.of(answers),
            "view": self.view,
            "here": self.query(question),
            "more": address(f"/written/{question.lesson}/{question.name}/cards", self.view.query),
            "undo": address(f"/written/{question.lesson}/{question.name}/undo", self.view.query),
            "saved": cards.one(answers, [saved]) if saved and self.marking.saves.last(question, saved) else None,
        }


class MoreCards(QuestionPage):
    """Cards that a page names already, and a script brings when they are looked at."""

    async def get(self, lesson: str, name: str) -> None:
        """Send those with the keys that are asked for."""
        question = _question(lesson, name)
        found = await self.aside(self._more, question, self.get_query_arguments("key"))
        values = {"here": self.query(question), "comments": ()}
        html = {card.key: self._card_html(question, card, values) for card in found}
        self.set_header("Content-Type", JSON)
        self.finish(json.dumps(html))

    async def post(self, lesson: str, name: str) -> None:
        """Nothing is sent here."""
        raise HTTPError(404)

    def _more(self, question: Question, keys: list[str]) -> list[Card]:
        return self.cards(question).some(self.marking.answers(question), keys)


class Undo(QuestionPage):
    """Takes a save back."""

    async def get(self, lesson: str, name: str) -> None:
        """Nothing to see."""
        raise HTTPError(404)

    async def post(self, lesson: str, name: str) -> None:
        """Take the newest save of an answer back, and show what it has now."""
        question, key = _question(lesson, name), self.get_argument("key")
        try:
            taken = await self.aside(self.marking.saves.take_back, question, key)
        except GraderError as why:
            taken = Saved(failed=[str(why)])
        keys = [after.key for _, after in taken.given] or [key]
        await self.answer(question, taken, keys if self.view.order == "equal" else [key], {})


class Picture(WrittenPage):
    """A picture within an answer."""

    async def get(self, lesson: str, name: str) -> None:
        """Send it."""
        question = _question(lesson, name)
        answer = await self.aside(self.marking.answer, question, self.get_query_argument("key"))
        if answer is None:
            raise HTTPError(404)
        cells = await self.aside(self.cards(question).html_of, answer)
        part, n = (_index(self.get_query_argument(each, "0")) for each in ("part", "n"))
        pictures = pictures_in(cells[part]) if part < len(cells) else []
        if n >= len(pictures):
            raise HTTPError(404)
        self.send(*pictures[n])

    def send(self, kind: str, content: bytes, name: str = "") -> None:
        """Answer with what a student handed in: no script in it runs, and what no browser should show is saved."""
        if kind != "application/pdf":  # browsers show no PDF in a sandbox; their viewers run none of its scripts here
            self.set_header("Content-Security-Policy", PICTURE_POLICY)
        self.set_header("Content-Type", kind)
        if name:
            plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
            self.set_header("Content-Disposition", f'attachment; filename="{plain[-80:]}"')
        self.finish(content)


class HandedIn(Picture):
    """A file beside the notebook."""

    async def get(self, lesson: str, name: str) -> None:
        """Send it: a picture or a PDF to be looked at, anything else to be saved."""
        question = _question(lesson, name)
        answer = await self.aside(self.marking.answer, question, self.get_query_argument("key"))
        n = _index(self.get_query_argument("n", "0"))
        if answer is None or n >= len(answer.work.files):
            raise HTTPError(404)
        file = answer.work.files[n]
        path = self.desk.course.submission(answer.student, question.lesson) / file
        content = await self.aside(path.read_bytes)
        kind = next((kind for begin, kind in SHOWN.items() if content.startswith(begin)), "")
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            kind = "image/webp"
        self.send(kind, content) if kind else self.send("application/octet-stream", content, file.rpartition("/")[2])


def _index(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _lesson(name: str) -> str:
    if name not in lessons():
        raise HTTPError(404)
    return name


def _question(lesson: str, name: str) -> Question:
    try:
        return written_question(_lesson(lesson), name)
    except GraderError:
        raise HTTPError(404) from None
