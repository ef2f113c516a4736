"""Computes the references' results that stand-ins ask for, in a process that may be slow, large or killed.

It has all references imported and runs no student's code. On its control socket comes one request after another, with a
connection attached; for each it forks a child that answers the questions of one second pass, with limits on time and
memory, and ends with the connection. Whatever is asked, the coordinator of the marking is not harmed.

Run as ``python -m grader.marking.judge.reference_process CONTROL``.
"""

from __future__ import annotations

import importlib
import inspect
import os
import resource
import socket
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from grader.checks.task import LESSONS, find_task
from grader.inside import values, wire
from grader.marking.answers.references.live import reference

SECONDS = 20
"""CPU seconds of a pass; then the child is killed."""
MEMORY = 2**30
"""Bytes of address space that a child may use in addition to what is imported."""
LONGEST = 200
"""Characters of an error that is told."""


def main(control: socket.socket) -> None:
    """Import, say so, then fork a child for each request until the other side hangs up."""
    torch.set_num_threads(1)
    for module in LESSONS:
        importlib.import_module(f"solutions.{module}")
    control.send(b"ready")
    while True:
        request, handles, _, _ = socket.recv_fds(control, 100, 1)
        if not request:
            return
        with socket.socket(fileno=handles[0]) as connection:
            if os.fork() == 0:
                control.close()
                _become_child(connection)
        _reap()


def _reap() -> None:
    """Take note of the children that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become_child(connection: socket.socket) -> None:
    try:
        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY, now + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with np.errstate(all="ignore"):
            serve(connection)
    finally:
        os._exit(0)


def serve(connection: socket.socket) -> None:
    """Answer questions until the other side hangs up."""

    def call(function: int, given: tuple[Any, ...]) -> Any:
        """Have a function called that was an argument, on the other side."""
        wire.send(connection, {"call": function, "given": values.pack(given)})
        said = wire.receive(connection)
        if said is None:
            os._exit(0)
        if "returned" not in said:
            raise ValueError("the function that was an argument did not return")
        return values.unpack(said["returned"])

    while (question := wire.receive(connection)) is not None:
        wire.send(connection, answer(question, call))


def answer(question: dict[str, Any], call: Callable[[int, tuple[Any, ...]], Any]) -> dict[str, Any]:
    """The answer to a question: the reference's result, or its exception in words. Never raises an `Exception`.

    Args:
        question: "task"; "given" and "named", the packed arguments; "count", how many of "given" the call had.
        call: calls a function that was an argument, on the other side: ``call(number, arguments)``.
    """
    try:
        function = reference(find_task(question["task"]))

        def stub(number: int) -> Callable[..., Any]:
            return lambda *given: call(number, given)

        given, named = values.unpack(question["given"], stub), values.unpack(question["named"], stub)
        return {"answer": values.pack(_called(function, given, named, question["count"]))}
    except Exception as failure:  # of the reference, for arguments that do not fit, or of what was sent
        return {"error": f"{type(failure).__name__}: {failure}"[:LONGEST]}


def _called(function: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], count: int) -> Any:
    """A reference's result for a student's arguments; defaults that only the student's function has are left out."""
    most = len(inspect.signature(function).parameters)
    return function(*given[: max(count, most)], **named)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
