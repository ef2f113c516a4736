"""Does a button's command run as one that is typed does: its lines, its end, one at a time, and stopped in time?"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time

import pytest
from typer.main import get_command

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.desk.web.command_pages import ACTIONS
from grader.marking.desk.web.commands import LONGEST, MOST_LINES, Command, Commands

ENDLESS = ("desk", "--no-browser", "--port", "0")
"""A command of the real `grader` that goes on until it is interrupted."""


def play(story):
    return asyncio.run(asyncio.wait_for(story, 60))


async def said(command, text):
    while not any(text in line for line in command.lines):
        assert command.runs, list(command.lines)
        await asyncio.sleep(0.05)


def test_its_lines_and_its_exit_code_are_those_of_the_command(course):
    async def story():
        command = await Commands(course).start("Collect", ("collect", "01-srn"))
        assert command.runs
        assert await command.over() == 1
        return command

    command = play(story())
    assert any("grader release 01-srn" in line for line in command.lines)
    assert "exit code 1" in command.state


@pytest.mark.slow
def test_it_works_on_the_desks_course(course, tmp_path, monkeypatch):
    monkeypatch.setenv("RNN_WORKBOOK_COURSE", str(tmp_path / "another"))

    async def story():
        command = await Commands(course).start("The desk", ENDLESS)
        await said(command, f"The desk of {course.root} is open")
        await command.stop()

    play(story())


@pytest.mark.slow
def test_one_at_a_time(course):
    async def story():
        commands = Commands(course)
        first, refused = await asyncio.gather(
            commands.start("First", ENDLESS), commands.start("Second", ENDLESS), return_exceptions=True
        )
        assert isinstance(refused, GraderError)
        with pytest.raises(GraderError, match="First"):
            await commands.start("Third", ENDLESS)
        await said(first, "is open")
        await first.stop()
        assert (await commands.start("Fourth", ("collect", "01-srn"))).number == 2
        await commands.close()

    play(story())


@pytest.mark.slow
def test_stopped_it_ends_as_by_ctrl_c(course):
    async def story():
        command = await Commands(course).start("The desk", ENDLESS)
        await said(command, "is open")
        await command.stop()
        return command

    command = play(story())
    assert command.exit == 0
    assert any("is closed" in line for line in command.lines)
    assert "was stopped" in command.state


@pytest.mark.slow
def test_closing_the_desk_stops_what_runs_and_says_which(course):
    async def story():
        commands = Commands(course)
        command = await commands.start("The desk", ENDLESS)
        await said(command, "is open")
        assert await commands.close() == ["The desk"]
        assert await commands.close() == []
        return command

    command = play(story())
    with pytest.raises(ProcessLookupError):
        os.kill(command.process.pid, 0)


@pytest.mark.slow
def test_what_does_not_end_is_ended_with_all_that_it_started(course, monkeypatch):
    monkeypatch.setattr("grader.marking.desk.web.commands.STOP_SECONDS", 0.5)

    async def story():
        command = await Commands(course).start("The desk", ENDLESS)
        await said(command, "is open")
        os.kill(command.process.pid, signal.SIGSTOP)  # it hears nothing any more
        await command.stop()
        return command

    assert play(story()).exit == -signal.SIGKILL


@pytest.fixture
def printed():
    """printed("script"): a command made of a shell's script, after its end."""

    def run(script):
        async def story():
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=pipe, start_new_session=True)
            command = Command(1, "Script", "script", process)
            await command.over()
            return command

        return play(story())

    return run


def test_lines_are_whole_and_what_would_steer_a_reader_is_shown(printed):
    command = printed(r"printf '\n\nä\nb\r\n\033[31mred\342\200\256'; printf ' end'")
    assert list(command.lines) == ["ä", "b", r"\x1b[31mred\u202e end"]
    assert command.after(0) == list(command.lines)
    assert command.after(2) == list(command.lines)[2:]
    assert command.after(3) == []


def test_of_endless_lines_and_of_many_the_end_is_kept(printed):
    command = printed(f"yes | head -n {MOST_LINES + 7}; head -c 100000 /dev/zero | tr '\\0' x")
    assert len(command.lines) == MOST_LINES
    assert command.count == MOST_LINES + 8
    assert len(command.lines[-1]) <= LONGEST
    assert len(command.after(command.count - 3)) == 3
    assert len(command.after(0)) == MOST_LINES


def test_every_button_types_a_command_that_exists():
    commands = get_command(app).commands
    for action in ACTIONS.values():
        name, *options = action.command
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(options) <= known, action
        assert not options or action.asks, "what goes beyond the plain command asks first"


@pytest.mark.slow
def test_the_pages_start_ask_and_stop(visitor):
    assert visitor.press("/do", lesson="99-none", action="collect").status == 404
    assert visitor.press("/do", lesson="01-srn", action="none").status == 404
    asked = visitor.press("/do", lesson="01-srn", action="mark-all")
    assert (asked.status, asked.headers["Location"]) == (303, "/ask/01-srn/mark-all")
    assert "Marks and comments given by hand stay" in visitor.ask("/ask/01-srn/mark-all").text.replace("\n", " ")
    assert visitor.desk.commands.last is None
    began = visitor.press("/do", lesson="01-srn", action="collect")
    assert (began.status, began.headers["Location"]) == (303, "/lesson/01-srn")
    assert visitor.press("/do", lesson="01-srn", action="collect").status == 409
    assert visitor.press("/stop", lesson="01-srn").status == 303
    assert not visitor.desk.commands.last.runs


@pytest.mark.slow
def test_a_page_is_told_the_lines_it_has_not_seen(visitor):
    assert json.loads(visitor.ask("/state").text)["command"] is None
    visitor.press("/do", lesson="01-srn", action="collect")
    while (command := json.loads(visitor.ask("/state").text)["command"])["runs"]:
        time.sleep(0.1)
    assert command["count"] == len(command["lines"]) > 0
    later = json.loads(visitor.ask(f"/state?command={command['number']}&after={command['count']}").text)["command"]
    assert later["lines"] == []
    for odd in ("-1", "x", "9" * 400, "%C2%B2"):
        assert json.loads(visitor.ask(f"/state?command=1&after={odd}").text)["command"]["lines"] == command["lines"]
