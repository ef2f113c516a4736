"""A desk on a free port of this machine, served from a thread, and a way to ask it."""

from __future__ import annotations

import asyncio
import http.client
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from tornado.httpserver import HTTPServer

from grader.marking.desk.web.desk import Desk
from grader.marking.desk.web.server import application, listening


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Visitor:
    """Asks a desk, as a browser does: with the cookies that came."""

    desk: Desk
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path, form=None, *, headers=None):
        """GET, or POST where there is a form."""
        port = self.desk.port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        sent = {"Host": f"127.0.0.1:{port}", "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if form is None else urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, sent | (headers or {}))
        came = connection.getresponse()
        for cookie in came.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        answer = Answer(came.status, came.headers, came.read().decode(errors="replace"))
        connection.close()
        return answer

    def come_in(self):
        """Open the first address."""
        return self.ask(f"/?token={self.desk.token}")

    def press(self, path, **form):
        """Send a form of the desk's own, with what its page holds."""
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', self.ask("/").text)[1]
        return self.ask(path, {"_xsrf": xsrf, **form})


@pytest.fixture
def serve():
    """serve(course): a stranger at that course's desk, which is served until the test ends."""
    ends = []

    def start(course):
        course.root.mkdir(parents=True, exist_ok=True)
        loop = asyncio.new_event_loop()
        ready = threading.Event()
        found = []

        async def run():
            sockets = listening(0)
            desk = Desk(course, sockets[0].getsockname()[1])
            server = HTTPServer(application(desk))
            server.add_sockets(sockets)
            end = asyncio.Event()
            found.append((desk, end))
            ready.set()
            await end.wait()
            server.stop()
            await server.close_all_connections()
            await desk.close()

        thread = threading.Thread(target=lambda: (asyncio.set_event_loop(loop), loop.run_until_complete(run())))
        thread.start()
        ready.wait(20)
        desk, end = found[0]

        def stop():
            loop.call_soon_threadsafe(end.set)
            thread.join(40)
            loop.close()

        ends.append(stop)
        return Visitor(desk)

    yield start
    for stop in ends:
        stop()


@pytest.fixture
def stranger(serve, course):
    """Somebody who has not come in yet, at the desk of a course of which nothing is there."""
    return serve(course)


@pytest.fixture
def visitor(stranger):
    """The instructor: came in with the token."""
    stranger.come_in()
    return stranger
