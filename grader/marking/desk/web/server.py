"""The desk's server: this machine's own address, a free port, the pages of its parts, and its end by Ctrl-C.

A server of its own, not an extension of JupyterLab: JupyterLab runs students' notebooks in the instructor's browser,
under its own address, so that a page of the desk there would share it with what students wrote; and the desk works
where no JupyterLab runs, as on the machine that marks.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from html import escape
from pathlib import Path
from types import ModuleType
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.desk.web import class_pages, command_pages, notebook_pages, written_pages
from grader.marking.desk.web.access import Guarded, NotFound, Static
from grader.marking.desk.web.desk import Desk
from grader.marking.desk.web.templating import STATIC

PARTS: tuple[ModuleType, ...] = (class_pages, command_pages, notebook_pages, written_pages)
"""The modules whose ``handlers()`` are the desk's pages."""
LOOPBACK = "127.0.0.1"
PORT, PORTS = 8790, 50
"""Where it listens, and how many ports it tries from there on."""
LONGEST_FORM = 1 << 20
"""Bytes that a form may have."""
Say = Callable[[str], None]


def application(desk: Desk) -> Application:
    """The desk's pages.

    Raises:
        TypeError: one of them is not a `Guarded`, so anybody could ask for it.
    """
    handlers: list[tuple[Any, ...]] = [(r"/static/([\w.-]+)", Static, {"path": str(STATIC)})]
    for part in PARTS:
        handlers += part.handlers()
    for _, kind, *_ in handlers:
        if not issubclass(kind, Guarded):
            raise TypeError(f"{kind.__name__} is no Guarded")
    return Application(
        handlers,
        desk=desk,
        default_handler_class=NotFound,
        xsrf_cookies=True,
        xsrf_cookie_name=desk.xsrf_cookie,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Strict"},
        log_function=_log,
    )


def _log(handler: RequestHandler) -> None:
    """Nothing: an address may hold the token, and the terminal is for the desk's own words."""


def listening(port: int) -> list[socket.socket]:
    """A socket on this machine's own address: that port, or the next free one; 0: any.

    Raises:
        GraderError: none is free.
    """
    for tried in range(port, port + PORTS) if port else [0]:
        with suppress(OSError, OverflowError):
            return [_bound(tried)]
    raise GraderError(f"no port from {port} to {port + PORTS - 1} is free: give another with --port, or 0 for any")


def _bound(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setblocking(False)
        made.bind((LOOPBACK, port))
        made.listen(128)
    except BaseException:
        made.close()
        raise
    return made


def serve(course: Course, *, port: int = PORT, browser: bool = True, say: Say = print) -> None:
    """Serve the desk of a course until Ctrl-C.

    Args:
        course: the course; its folder is made where there is none.
        port: where to listen; the next free one where it is taken.
        browser: open it there?
        say: told each line.

    Raises:
        GraderError: no port is free.
    """
    course.root.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(course, port, browser, say))


async def _serve(course: Course, port: int, browser: bool, say: Say) -> None:
    sockets = listening(port)
    desk = Desk(course, sockets[0].getsockname()[1])
    server = HTTPServer(application(desk), max_body_size=LONGEST_FORM)
    server.add_sockets(sockets)
    end = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, end.set)
    say(f"The desk of {course.root} is open at\n  {desk.first_address}\nCtrl-C in this terminal closes it.")
    if port and desk.port != port:
        say(f"– port {port} is taken, so it is {desk.port}.")
    page = _open(desk, say) if browser else None
    warming = asyncio.create_task(desk.figures.warm())
    try:
        await end.wait()
    finally:
        if page is not None:
            page.unlink(missing_ok=True)
        server.stop()
        warming.cancel()
        if (running := desk.commands.running) is not None:
            say(f"– “{running.title}” still runs: it is stopped, and what is done is saved …")
        await desk.close()
    say("The desk is closed. `grader desk` opens it again.")


def _open(desk: Desk, say: Say) -> Path | None:
    """Open the browser, if there is one to be opened; returns the file that leads it to the desk.

    A file, since every account of a machine reads what programs are started with, and so would know the token.
    """
    if not _has_screen():
        say("– there is no screen here: copy the address into a browser on this machine, or forward the port:")
        say(f"  ssh -L {desk.port}:{LOOPBACK}:{desk.port} THIS-MACHINE")
        return None
    page = desk.course.root / f"desk-{secrets.token_hex(4)}.html"
    leads = f'<meta http-equiv="refresh" content="0; url={escape(desk.first_address)}">'
    with os.fdopen(os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f'<!DOCTYPE html><meta charset="utf-8"><title>The desk</title>{leads}')
    place = desk.first_address if "WSL_DISTRO_NAME" in os.environ else page.as_uri()
    asyncio.get_running_loop().run_in_executor(None, _show, place, say)
    return page


def _has_screen() -> bool:
    """Is there a browser with a window? One that would take over the terminal is no help."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "WSL_DISTRO_NAME")
    return any(os.environ.get(name) for name in named)


def _show(place: str, say: Say) -> None:
    try:
        opened = webbrowser.open(place)
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        say("– no browser could be opened: copy the address into one.")
