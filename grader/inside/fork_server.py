"""The fork server: has everything imported that notebooks need, and forks a kernel for each notebook.

It runs in the sandbox and never runs a student's code itself. Its first argument is the file descriptor of a socket on
which one request after another comes: the `Namespaces` of a kernel, with the kernel's end of a connection attached. On
that connection comes first the kernel's `Start`, then one cell after another.

Run as ``python -m grader.inside.fork_server CONTROL MODULE …``; the modules are imported beforehand.
"""

from __future__ import annotations

import base64
import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from typing import TypedDict, cast

from grader.checks import run_file
from grader.inside import kernel, namespaces, wire

ALWAYS = (
    "numpy",
    "torch",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "ipywidgets",
    "grader.checks.check",
)


class Namespaces(TypedDict):
    """How a kernel's namespaces shall be: see `grader.inside.namespaces`.

    Attributes:
        private: folder → size in bytes of the empty one that covers it.
        kept: folders that stay visible, although they lie in private ones.
        limits: of its resources, by the names of `resource`.
        refused: a seccomp filter in base64.
    """

    private: Mapping[str, int]
    kept: Sequence[str]
    limits: Mapping[str, int]
    refused: str


class Start(TypedDict):
    """What a kernel finds before its first cell.

    Attributes:
        files: path in a private folder → content in base64.
        links: path in a private folder → where it leads.
        run: text of the marking run's file; see `grader.checks.run_file`.
        folder: the working directory.
        scratch: the kernel's own folder, for what programs write.
        stand_ins: task → name of the function that gets a `stand_ins.StandIn`.
    """

    files: Mapping[str, str]
    links: Mapping[str, str]
    run: str
    folder: str
    scratch: str
    stand_ins: Mapping[str, str]


def main(control: socket.socket, modules: list[str]) -> None:
    """Import, say so, then fork a kernel for each request until the other side hangs up."""
    _import(modules)
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise SystemExit(f"the imports have started {threads - 1} threads, which a fork would not survive")
    gc.collect()
    gc.freeze()
    control.send(b"ready")
    while True:
        request, handles, _, _ = socket.recv_fds(control, wire.LONGEST_REQUEST, 1)
        if not request:
            return
        if request == wire.PING:
            control.send(b"ready")
            continue
        if request.startswith(wire.PREPARE):
            kernel.prepare(request.removeprefix(wire.PREPARE).decode())
            gc.freeze()
            continue
        if handles:  # none arrive where too many files are open: whoever asked sees their connection closed
            with socket.socket(fileno=handles[0]) as connection:
                _start(connection, json.loads(request))
        _reap()


def _import(modules: list[str]) -> None:
    for name in (*ALWAYS, *modules):
        importlib.import_module(name)
    sys.modules["torch"].set_num_threads(1)
    sys.modules["grader.checks.task"].all_tasks()
    kernel.warm_up()


def _reap() -> None:
    """Take note of the kernels that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _start(connection: socket.socket, wanted: Namespaces) -> None:
    """Fork a kernel that talks over that connection, or say there why it cannot be."""
    try:
        if namespaces.fork_namespaces() == 0:
            _become_first(connection, wanted)
    except OSError as refused:
        _fail(connection, refused)


def _fail(connection: socket.socket, why: BaseException) -> None:
    wire.send(connection, {"msg_type": "failed", "content": {"reason": f"{type(why).__name__}: {why}"}})


def _become_first(connection: socket.socket, wanted: Namespaces) -> None:
    """Process 1 of new namespaces: mounts, forks the kernel, and waits for its end and that of every orphan."""
    try:
        os.setsid()
        outside = int(os.readlink("/proc/self"))  # as the host counts: /proc is still the host's
        namespaces.mount_private(wanted["private"], wanted["kept"])
        start = _receive_start(connection)
        _put_in_place(start)
        namespaces.lock(wanted["limits"], base64.b64decode(wanted["refused"]))
        _close_all_but(connection.fileno())
        child = os.fork()
        if child == 0:
            _become_kernel(connection, outside, start)
        namespaces.hide()
        connection.close()
        while os.wait()[0] != child:
            pass
    except BaseException as failure:
        _fail(connection, failure)
    finally:
        os._exit(0)


def _receive_start(connection: socket.socket) -> Start:
    start = wire.receive(connection, wire.LONGEST_START)
    if start is None:
        raise ConnectionResetError("whoever wanted a kernel has gone")
    return cast(Start, start)


def _put_in_place(start: Start) -> None:
    """Write the files and the links of the private folders."""
    for path, content in start["files"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(content))
    for path, target in start["links"].items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)


def _close_all_but(kept: int) -> None:
    """Let go of every file descriptor that is the fork server's; the standard ones lead nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, 1024)


def _become_kernel(connection: socket.socket, outside: int, start: Start) -> None:
    """Tell the process id of the namespaces' first process, and run cells."""
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run_file.begin(start["run"])
        os.chdir(start["folder"])
        wire.send(connection, {"msg_type": "namespaces", "content": {"pid": outside}})
        kernel.serve(connection, start["scratch"], start["stand_ins"])
    except BaseException as failure:
        _fail(connection, failure)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
