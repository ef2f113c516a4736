"""The one process of this machine that computes references' results for second passes, and conversations with it.

It is started with the first question and serves all passes of this process, as starting it takes seconds.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from grader.inside import wire
from grader.marking.course.paths import ROOT
from grader.marking.sandbox.limits import SandboxUnavailable
from grader.marking.sandbox.questions import Answering, NoAnswer

START_SECONDS = 120
"""How long the process may take to import the references."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""A process with threads cannot be forked; and each child is to use one core."""


class ReferenceServer:
    """The process, from which a child is forked for each second pass.

    Raises:
        SandboxUnavailable: it does not start.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader.marking.judge.reference_process", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                cwd=ROOT,
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": ""},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._control.settimeout(START_SECONDS)
        with contextlib.suppress(OSError):
            if self._control.recv(100) == b"ready":
                return
        self.close()
        raise SandboxUnavailable("the process that computes references for follow-through marks did not start")

    def connect(self) -> socket.socket:
        """A connection to a fresh child.

        Raises:
            OSError: the process has gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                with self._turn:
                    socket.send_fds(self._control, [b"fork"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def close(self) -> None:
        """End it; its children end with their connections."""
        self._control.close()
        self.process.kill()
        self.process.wait()


class Conversation:
    """The questions of one pass; an `Answering`."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def answer(self, question: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The answer of the child that computes it.

        Raises:
            NoAnswer: none came within these seconds; the child has too much to do, or was killed for it.
        """
        try:
            self._connection.settimeout(max(seconds, 0.001))
            wire.send(self._connection, question)
            answer = wire.receive(self._connection)
        except (OSError, ValueError) as failure:
            raise NoAnswer("computing the result took too long, or it is too large") from failure
        if answer is None:
            raise NoAnswer("computing the result took too long or too much memory")
        del answer["size"]
        return answer


_server: ReferenceServer | None = None
_turn = threading.Lock()


@contextmanager
def conversation() -> Iterator[Answering]:
    """A conversation with a fresh child of the one process, which is started where there is none.

    Raises:
        SandboxUnavailable: it does not start.
    """
    with _connected() as connection:
        yield Conversation(connection)


def _connected() -> socket.socket:
    global _server
    with _turn:
        if _server is not None:
            with contextlib.suppress(OSError):
                return _server.connect()
            _server.close()
        else:
            atexit.register(close)
        _server = ReferenceServer()
        return _server.connect()


def close() -> None:
    """End the process; the next conversation starts another."""
    global _server
    with _turn:
        if _server is not None:
            _server.close()
            _server = None
