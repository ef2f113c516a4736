"""A slim kernel: IPython's shell, whose outputs go out as Jupyter's messages over one socket.

What a cell shows is what ipykernel would send: streams, display data, results, errors, clear_output and updates. Magics
and top-level await are IPython's own. Nobody sits at a keyboard, so ``input()`` is refused.
"""

from __future__ import annotations

import builtins
import getpass
import io
import os
import random
import socket
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import torch
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from grader.inside import wire
from grader.inside.salvage import NOTE, ONLY_DEFINE, Note, Salvage
from grader.inside.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, BinaryIO

ROOM = 16 * 2**20
"""Bytes that a kernel must be able to take before its first cell: with less, it would not get through any."""
WAITING = 8000
"""Characters of a stream that wait at most before they are sent."""


class Link:
    """The kernel's end of the conversation. Threads take turns; a process that a cell forks has no say in it."""

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self._turn, self._owner, self._asking = threading.RLock(), 0, False

    def connect(self, connection: socket.socket) -> None:
        self.socket, self._owner = connection, os.getpid()

    @property
    def mine(self) -> bool:
        """Is this the kernel's own process?"""
        return os.getpid() == self._owner

    def send(self, kind: str, **content: object) -> None:
        if self.socket is not None and self.mine:
            with self._turn:
                wire.send(self.socket, {"msg_type": kind, "content": content})

    def ask(self, question: dict[str, Any], call: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Ask the other side, and wait for its answer: see `grader.inside.stand_ins`.

        Args:
            question: what is asked.
            call: what the other side may want called before it can answer; what it returns is sent.

        Raises:
            RuntimeError: nobody can be asked from here.
        """
        if self.socket is None or not self.mine:
            raise RuntimeError("only the kernel's own process can ask")
        with self._turn:
            if self._asking:
                raise RuntimeError("one question after the other")
            self._asking = True
            try:
                self.send("ask", **question)
                while "call" in (answer := self._answer()):
                    self.send("ask", **call(answer))
                return answer
            finally:
                self._asking = False

    def _answer(self) -> dict[str, Any]:
        answer = wire.receive(self.socket) if self.socket else None
        if answer is None:
            os._exit(0)
        return answer


link = Link()


class Stream(io.TextIOBase):
    """stdout or stderr of a notebook: its text waits for the end of the cell, or for `WAITING` characters."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: str, number: int) -> None:
        self.name, self._stream, self._number = f"<{name}>", name, number
        self._text: list[str] = []
        self._size = 0

    def fileno(self) -> int:
        return self._number

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if not link.mine:  # a forked process writes where other programs write
            os.write(self._number, text.encode("utf-8", "replace"))
            return len(text)
        self._text.append(text)
        self._size += len(text)
        if self._size > WAITING:
            self.flush()
        return len(text)

    def flush(self) -> None:
        text, self._text, self._size = "".join(self._text), [], 0
        if text:
            link.send("stream", name=self._stream, text=text)


class Written:
    """What programs write to file descriptors 1 and 2 directly: kept in files, sent when the cell ends."""

    def __init__(self, folder: str) -> None:
        self._read: dict[str, BinaryIO] = {}
        for number, name in ((1, "stdout"), (2, "stderr")):
            handle = os.open(f"{folder}/{name}", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(handle, number)
            os.close(handle)
            self._read[name] = open(f"{folder}/{name}", "rb")  # noqa: SIM115 (open as long as the kernel lives)

    def flush(self) -> None:
        for name, file in self._read.items():
            while part := file.read(1 << 20):
                link.send("stream", name=name, text=part.decode("utf-8", "replace"))


def _publish(kind: str, **content: object) -> None:
    """Send, after the text that was printed before."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Stream):
            stream.flush()
    link.send(kind, **content)


def _show(note: Note | None) -> None:
    if note is not None:
        data = {NOTE: note, "text/plain": "a note for the report"}
        _publish("display_data", data=data, metadata={}, transient={})


class Publisher(DisplayPublisher):
    """display(), update_display() and clear_output()."""

    def publish(
        self,
        data: Mapping[str, object],
        metadata: Mapping[str, object] | None = None,
        source: object = None,
        *,
        transient: Mapping[str, object] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        kind = "update_display_data" if update else "display_data"
        _publish(kind, data=data, metadata=metadata or {}, transient=transient or {})

    def clear_output(self, wait: bool = False) -> None:
        _publish("clear_output", wait=bool(wait))


class Hook(DisplayHook):
    """The value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """The number travels with the value."""

    def write_format_data(self, format_dict: Mapping[str, object], md_dict: Mapping[str, object] | None = None) -> None:
        _publish("execute_result", data=format_dict, metadata=md_dict or {}, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        """IPython's would write an end of line to sys.stdout, which a cell may have set to None."""
        self._is_active = False


class Shell(InteractiveShell):
    """IPython's shell with a link for a screen."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    exit_now = AnyTrait(False)

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        _publish("error", ename=str(etype.__name__), evalue=str(evalue), traceback=[str(line) for line in stb])

    def enable_gui(self, gui: object = None) -> None:
        """No windows here."""

    def ask_exit(self) -> None:
        """exit and quit do nothing: the notebook goes on."""


def _no_keyboard(*_: object, **__: object) -> str:
    raise StdinNotImplementedError("input() was called, but nobody is there to answer while a notebook is marked")


def warm_up() -> None:
    """Do before the fork what every kernel needs: the shell, its figures, and a first cell."""
    without_history = Config({"HistoryManager": {"enabled": False}})  # it would write a file, from a thread of its own
    shell: InteractiveShell = Shell.instance(config=without_history, colors="nocolor")
    shell.run_line_magic("matplotlib", "inline")
    shell.run_cell("1/1;", store_history=False)
    shell.reset(new_session=True)
    torch.manual_seed(0)  # kernels inherit it; see `_the_same_chance`
    builtins.input = getpass.getpass = _no_keyboard


def prepare(source: str) -> None:
    """Find what a cell of the lesson's defines: most kernels are sent the same."""
    Salvage(Shell.instance()).prepare(source)


def _put_back(streams: tuple[Stream, Stream]) -> None:
    """Put stdout and stderr back where a cell has set them to what nobody can write to, such as None."""
    for name, stream in zip(("stdout", "stderr"), streams, strict=True):
        if not callable(getattr(getattr(sys, name, None), "write", None)):
            setattr(sys, name, stream)


def _the_same_chance() -> None:
    """Draws that nobody has seeded are the same in every run: a mark does not depend on the day."""
    random.seed(0)  # Python seeds anew after each fork
    np.random.seed(0)
    torch.default_generator.manual_seed(0)  # that of GPUs is seeded before the fork, which takes long


def _run(shell: InteractiveShell, salvage: Salvage, code: str) -> Note | None:
    if code.startswith(ONLY_DEFINE):
        return salvage.only_define(code.removeprefix(ONLY_DEFINE))
    return salvage.after_failure(code, shell.run_cell(code, store_history=True))


def serve(connection: socket.socket, folder: str, names: Mapping[str, str]) -> None:
    """Run the cells that the other side sends, until it hangs up.

    Args:
        connection: to the other side.
        folder: private, for what programs write to file descriptors 1 and 2.
        names: of the functions that get a `stand_ins.StandIn`, by task; {} but in a second pass.

    Raises:
        MemoryError: within its limits no cell could be run.
    """
    shell: InteractiveShell = Shell.instance()
    written = Written(folder)
    link.connect(connection)
    sys.stdout, sys.stderr = streams = Stream("stdout", 1), Stream("stderr", 2)
    stand_ins = StandIns(names, link.ask)
    _the_same_chance()
    salvage = Salvage(shell)
    sys.path.insert(0, "")  # what lies beside the notebook can be imported, as in Jupyter
    bytearray(ROOM)
    link.send("ready")
    while (request := wire.receive(connection)) is not None:
        stand_ins.put(shell.user_ns)
        stand_ins.open = tuple(request["earlier"])
        before = shell.execution_count
        try:
            _show(_run(shell, salvage, request["code"]))
        except KeyboardInterrupt:
            shell.showtraceback()
        if not link.mine:  # the cell forked, and this is the other one
            os._exit(0)
        _put_back(streams)
        for waiting in (*streams, written):
            waiting.flush()
        ran = shell.execution_count > before  # what only defines has no number
        link.send("done", execution_count=shell.execution_count - 1 if ran else -1)
    os._exit(0)
