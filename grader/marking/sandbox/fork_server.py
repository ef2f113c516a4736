"""The trusted side of a fork server: start it in the sandbox, ask it for kernels, and talk to them.

A `ForkServer` is one process with everything imported, for one lesson; it may be used from several threads. A `Kernel`
is one fork of it, for one notebook.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import json
import os
import platform
import resource
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
from time import monotonic, sleep
from types import MappingProxyType
from typing import Any

from grader.checks import run_file
from grader.inside import wire
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files, released_experiments
from grader.marking.sandbox.bubblewrap import (
    GIVEN,
    LESSON,
    PRIVATE,
    SCRATCH,
    command,
    kept_folders,
)
from grader.marking.sandbox.limits import Limits, SandboxUnavailable
from grader.marking.sandbox.system_calls import filter_program
from grader.marking.sandbox.watchdog import Watchdog

START_SECONDS = 180
"""How long a fork server may take to import everything, at first from a cold disk."""
FORK_SECONDS = 60
"""How long a kernel may take until it is ready."""
AGAIN_SECONDS = 0.2
"""Between two tries to send it a request."""
OPEN_FILES = 512
"""Most files that a process of a kernel opens, or file descriptors that it sends to nobody."""
ANSWER_SECONDS = 5
"""How long a kernel that has asked may take to read the answer."""


class ForkServer:
    """A process in the sandbox from which a lesson's kernels are forked, once it is `ready`."""

    def __init__(self, course: Course, lesson: str, gpu: bool = False) -> None:
        self.lesson, self.gpu, self._turn, self._gone = lesson, gpu, threading.Lock(), False
        self._release, self._ready = course.release / lesson, False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (read when it fails, see close)
        with theirs:
            line = command(course, lesson, theirs.fileno(), gpu)
            self.process = subprocess.Popen(
                line,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                env={},
                process_group=0,
            )

    def ready(self) -> ForkServer:
        """Wait until it has everything imported.

        Raises:
            SandboxUnavailable: it did not start; the message ends with its stderr. Or it was closed meanwhile.
        """
        with self._turn:
            if not (self._ready or self._gone):
                self._control.settimeout(START_SECONDS)
                self._ready = self._answer() == b"ready"
                self._prepare()
        if self._gone:
            raise SandboxUnavailable("the sandbox was closed while it started")
        if not self._ready:
            said = self.said()
            self.close()
            raise SandboxUnavailable(f"the sandbox did not start: {said or 'bubblewrap said nothing'}")
        return self

    def _prepare(self) -> None:
        """Send the lesson's own experiments, so that what they define is found once, and not in every kernel."""
        for source in released_experiments(self._release) if self._ready else ():
            request = wire.PREPARE + source.encode()
            if len(request) <= wire.LONGEST_REQUEST:
                with contextlib.suppress(OSError):  # as where it has died: whoever asks for a kernel is told
                    self._control.send(request)

    def _answer(self) -> bytes:
        with contextlib.suppress(OSError):
            return self._control.recv(100)
        return b""

    @property
    def alive(self) -> bool:
        """Is there no sign yet that it has ended?"""
        return not self._gone and self.process.poll() is None

    def answers(self) -> bool:
        """Does it still work? Sends a ping, as a process that is just dying looks alive for a moment."""
        with self._turn, contextlib.suppress(OSError):
            self._control.settimeout(FORK_SECONDS)
            self._control.send(wire.PING)
            if self._answer() == b"ready":
                return True
        self._gone = True
        return False

    def said(self) -> str:
        """The end of what it wrote to stderr."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self._said.seek(max(0, self._said.seek(0, 2) - 2000))
        return self._said.read().decode(errors="replace").strip()

    def kernel(
        self,
        limits: Limits,
        plan: run_file.Plan,
        files: Mapping[str, bytes],
        stand_ins: Mapping[str, str] = MappingProxyType({}),
    ) -> Kernel:
        """A fresh kernel in the lesson's folder.

        Args:
            limits: what it may use.
            plan: the cases that `check` is to try.
            files: what the student handed in beside the notebook, by path relative to it.
            stand_ins: task → name of the function that gets a `grader.inside.stand_ins.StandIn`.

        Raises:
            SandboxUnavailable: none could be made.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._send(json.dumps(_fork_request(limits, self.gpu)).encode(), theirs.fileno())
            except OSError as failure:
                ours.close()
                self.answers()  # if it does, others go on using it
                raise SandboxUnavailable(f"the fork server took no request: {failure}") from failure
        try:
            return Kernel(ours, limits, _start_message(self.lesson, plan, files) | {"stand_ins": dict(stand_ins)})
        except SandboxUnavailable:
            self.answers()
            raise

    def _send(self, request: bytes, handle: int) -> None:
        """Send a request with the kernel's end of a connection.

        The system counts the file descriptors that a user has sent and nobody has received yet. Where a kernel fills
        that count it is emptied when the kernel ends, so this waits; other kernels are not harmed meanwhile.
        """
        until = monotonic() + FORK_SECONDS
        while True:
            try:
                with self._turn:
                    self._control.settimeout(FORK_SECONDS)
                    socket.send_fds(self._control, [request], [handle])
                return
            except OSError as failure:
                if failure.errno != errno.ETOOMANYREFS or monotonic() > until:
                    raise
                sleep(AGAIN_SECONDS)

    def close(self) -> None:
        """End it, and every kernel that it forked."""
        self._gone = True
        with contextlib.suppress(ProcessLookupError):
            # the group: bubblewrap's child waits for ever if bubblewrap is killed before the child is bound to it
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for an answer
        with self._turn:  # whoever waits for it to be ready sees that it has gone
            self._control.close()
            self._said.close()


def _fork_request(limits: Limits, gpu: bool) -> dict[str, Any]:
    """The request to fork a kernel: what `grader.inside.namespaces` must set up."""
    most = {"FSIZE": limits.file, "DATA": 2 * limits.memory, "CORE": 0, "NOFILE": _open_files()}
    if _processes_count_by_namespace():  # the watchdog, which says why, comes first; this holds between two looks
        most["NPROC"] = 2 * limits.processes
    return {
        "private": dict.fromkeys(PRIVATE, limits.disk),
        "kept": kept_folders(),
        "limits": most,
        "refused": base64.b64encode(filter_program(gpu=gpu)).decode(),
    }


def _open_files() -> int:
    """`OPEN_FILES`, and at most half of this process's own, so that no kernel takes what it needs."""
    return min(OPEN_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def _start_message(lesson: str, plan: run_file.Plan, files: Mapping[str, bytes]) -> dict[str, Any]:
    """The first message to a kernel: what lies in its private folders before the first cell, and its environment."""
    given = lesson_files(lesson)
    own = {f"{LESSON}/{path}": content for path, content in files.items() if path not in given}
    return {
        "files": {path: base64.b64encode(content).decode() for path, content in own.items()},
        "links": {f"{LESSON}/{path}": f"{GIVEN}/{path}" for path in given},
        "run": run_file.dump(plan),
        "folder": LESSON,
        "scratch": SCRATCH,
    }


def _processes_count_by_namespace() -> bool:
    """Does RLIMIT_NPROC count a kernel's own processes? Before Linux 5.14 it counts all of the user's."""
    major, minor = platform.release().split(".")[:2]
    return (int(major), int(minor)) >= (5, 14)


class Kernel:
    """One kernel, and the messages to and from it.

    Raises:
        SandboxUnavailable: its namespaces could not be made, or it cannot run cells within its limits; no line of the
            student's has run.
    """

    def __init__(self, connection: socket.socket, limits: Limits, first: dict[str, Any]) -> None:
        self._connection, self._reader = connection, wire.Reader(connection)
        watchdog: Watchdog | None = None
        try:
            connection.settimeout(FORK_SECONDS)
            wire.send(connection, first)
            answer = self._reader.receive(monotonic() + FORK_SECONDS)
            if answer is None or answer["msg_type"] != "namespaces":
                why = "it ended" if answer is None else answer["content"]["reason"]
                raise SandboxUnavailable(f"a kernel's sandbox could not be made: {why}")
            watchdog = Watchdog(answer["content"]["pid"], limits)
        except OSError as failure:
            raise SandboxUnavailable(f"a kernel's sandbox could not be made: {failure}") from failure
        finally:
            if watchdog is None:
                connection.close()
        self.watchdog = watchdog
        self.watchdog.start()
        self._await_ready()

    def _await_ready(self) -> None:
        """Wait until it can run cells: where it cannot, that is no fault of the student's code."""
        try:
            answer = self._reader.receive(monotonic() + FORK_SECONDS)
            if answer is not None and answer["msg_type"] == "ready":
                return
            why = "it ended" if answer is None else str(answer["content"]["reason"])
        except (OSError, ValueError, KeyError, TypeError) as failure:
            why = f"{type(failure).__name__}: {failure}"
        why = self.watchdog.reason or why
        self.close()
        raise SandboxUnavailable(
            f"a kernel did not work before the first cell was run ({why}): are its limits too small? `grader course` "
            "shows them"
        )

    def ask(self, code: str, earlier: Iterable[str] = ()) -> None:
        """Run a cell. The stand-ins of the tasks ``earlier`` ask meanwhile; others call the student's own.

        Raises:
            OSError: the kernel does not listen.
        """
        self._connection.settimeout(FORK_SECONDS)
        wire.send(self._connection, {"code": code, "earlier": list(earlier)})

    def answer(self, answer: Mapping[str, Any]) -> None:
        """Answer a stand-in's question.

        Raises:
            OSError: the kernel does not listen.
        """
        self._connection.settimeout(ANSWER_SECONDS)
        wire.send(self._connection, answer)

    def receive(self, until: float, longest: int = wire.LONGEST) -> dict[str, Any] | None:
        """The next message, or None: the kernel has gone. See `wire.Reader.receive`.

        Raises:
            TimeoutError: `time.monotonic` passed ``until``.
            TooLong: the message would take more than ``longest`` bytes.
            ValueError: what came is no message.
        """
        return self._reader.receive(until, longest)

    def close(self) -> None:
        """Kill it and its processes, and close all that was opened."""
        self.watchdog.look()
        self.watchdog.kill("")
        self.watchdog.close()
        self._connection.close()
