"""Buttons: each starts a `grader` command; the lines that it says come to the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from grader.checks.task import lessons
from grader.marking.desk.web.access import Guarded


def handlers() -> list[tuple[Any, ...]]:
    """What buttons send, and what a page asks for while a command runs."""
    return [
        (r"/do", Do),
        (r"/ask/([\w.-]+)/([\w-]+)", Ask),
        (r"/stop", Stop),
        (r"/state", State),
    ]


@dataclass(frozen=True)
class Action:
    """What a button does.

    Attributes:
        label: the button's words.
        does: what it does, in a sentence.
        command: the command and its options, without the lesson.
        asks: what is asked before, where something may be lost or takes long; "" where nothing is.
    """

    label: str
    does: str
    command: tuple[str, ...]
    asks: str = ""

    def arguments(self, lesson: str) -> tuple[str, ...]:
        """What one would type after `grader`."""
        command, *options = self.command
        return (command, lesson, *options)


ACTIONS = {
    "release": Action("Release", "makes the student version and puts it where students fetch it", ("release",)),
    "collect": Action("Collect", "fetches what students handed in", ("collect",)),
    "mark": Action("Mark", "marks what is new or has changed", ("autograde",)),
    "feedback": Action("Give feedback", "makes the pages, and gives out those that are ready", ("feedback",)),
    "preview": Action(
        "Mark on trial",
        "says whose points would change, and why; saves nothing",
        ("autograde", "--preview"),
        "All submissions are marked on trial, which takes as long as marking. Nothing is saved; the lines say "
        "whose points would change, from what to what, and why.",
    ),
    "mark-all": Action(
        "Mark all again",
        "marks what is marked already, too",
        ("autograde", "--force"),
        "All submissions of this lesson are marked again, also those that have not changed. Marks and comments given "
        "by hand stay. It takes as long as the first time.",
    ),
    "take-copies": Action(
        "Mark copies",
        "marks a copy beside an untouched notebook",
        ("autograde", "--take-copies"),
        "Where a student's notebook is untouched or missing, and one copy beside it has answers, the copy takes its "
        "place and is marked.",
    ),
    "any-owner": Action(
        "Collect from any account",
        "fetches also what belongs to another account than the student's",
        ("collect", "--any-owner"),
        "Whoever can write into the exchange can then hand in in any student's name. It is meant for classes whose "
        "students have other names than their accounts.",
    ),
    "release-anyway": Action(
        "Release over answers",
        "makes the student version anew where somebody wrote into it",
        ("release", "--overwrite"),
        "What somebody wrote into the student version in the course folder is lost.",
    ),
    "feedback-anyway": Action(
        "Give all feedback",
        "gives out also where work waits for you or is not marked",
        ("feedback", "--anyway"),
        "Students whose written answers wait for you, or whose work is not marked to its end, get their pages, too.",
    ),
    "take-back": Action(
        "Take feedback back",
        "takes what was given out out of the exchange",
        ("feedback", "--take-back"),
        "Students can no longer fetch the pages of this lesson. Who has fetched one keeps that copy.",
    ),
    "feedback-again": Action(
        "Make all pages again",
        "makes also the feedback pages that have not changed",
        ("feedback", "--force"),
        "All feedback pages of this lesson are made again and put where students fetch them.",
    ),
}
"""What the buttons of a lesson do, by the name that a form sends."""


def chosen(lesson: str, action: str) -> Action:
    """The action of that name.

    Raises:
        HTTPError: 404 where there is no such lesson or action.
    """
    if lesson not in lessons() or action not in ACTIONS:
        raise HTTPError(404)
    return ACTIONS[action]


class Do(Guarded):
    """Starts a command; what asks first must have been asked."""

    async def post(self) -> None:
        """Start it and lead back to the lesson's page, or to the question."""
        lesson, name = self.get_body_argument("lesson"), self.get_body_argument("action")
        action = chosen(lesson, name)
        if action.asks and self.get_body_argument("sure", "") != "yes":
            return self.redirect(f"/ask/{lesson}/{name}", status=303)
        await self.desk.commands.start(f"{action.label} · {lesson}", action.arguments(lesson))
        return self.redirect(f"/lesson/{lesson}", status=303)


class Ask(Guarded):
    """Asks before something is done."""

    def get(self, lesson: str, name: str) -> None:
        """Show the question."""
        self.show("ask.html", lesson=lesson, name=name, action=chosen(lesson, name))


class Stop(Guarded):
    """Stops the command that runs."""

    async def post(self) -> None:
        """Stop it, and lead back."""
        if (running := self.desk.commands.running) is not None:
            await running.stop()
        lesson = self.get_body_argument("lesson", "")
        self.redirect(f"/lesson/{lesson}" if lesson in lessons() else "/", status=303)


class State(Guarded):
    """What has changed: cheap, and asked every two seconds."""

    async def get(self) -> None:
        """A digest of the figures' state, and the lines of the command since the given one."""
        figures = await self.desk.figures.state()
        command = self.desk.commands.last
        said = None
        if command is not None:
            same = self.get_query_argument("command", "") == str(command.number)
            after = self.get_query_argument("after", "")
            said = {
                "number": command.number,
                "title": command.title,
                "typed": command.typed,
                "kind": command.kind,
                "state": command.state,
                "runs": command.runs,
                "seconds": round(command.seconds),
                "lines": command.after(int(after) if same and after.isdecimal() and len(after) < 9 else 0),
                "count": command.count,
            }
        self.finish({"figures": figures, "command": said})
