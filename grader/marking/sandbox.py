"""The sandbox: a bubblewrap command in which a kernel sees the interpreter, the lesson's inputs and nothing else.

Inside there is no network, no process of the host, no clone, no course folder. The system and the Python environment
are read-only; ``/tmp``, the home and the lesson's folder are private, small and gone afterwards. The only parts of this
project that are there are `grader.checks` and what lesson k may import: the solutions of lessons before k and the
toolbox.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS
from grader.marking.course import ROOT, SOLUTIONS, course_folder, lesson_module

MIB = 2**20
WORKBOOK = "/opt/workbook"
"""Where the student side of this project lies inside."""
LESSON = "/lesson"
"""The notebook's working directory inside."""
RUN_FILE = f"{WORKBOOK}/run.json"
SOCKETS = "/run/kernel"
"""Where the kernel's sockets lie inside; the outside reaches them through ``/proc/<pid>/root``."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


class SandboxUnavailable(GraderError):
    """No sandbox can be started on this machine, so nothing is run and nothing is marked."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        cell_seconds: of one cell; it is interrupted then.
        notebook_seconds: of all cells together; the kernel is killed then.
        memory: bytes of resident memory of all its processes together; the kernel is killed then.
        processes: all its processes and threads together; the kernel is killed then.
        file: bytes of one file that it writes.
        disk: bytes of each of its private folders.
        output: bytes of all outputs together; the kernel is killed then.
    """

    cell_seconds: int = 30
    notebook_seconds: int = 120
    memory: int = 3072 * MIB
    processes: int = 128
    file: int = 64 * MIB
    disk: int = 128 * MIB
    output: int = 16 * MIB


def visible_solutions(lesson: str) -> list[Path]:
    """What lesson k may import, and its release contains: the toolbox and the solutions of the lessons before k."""
    modules = list(LESSONS)
    earlier = modules[: modules.index(lesson_module(lesson))]
    parts = [SOLUTIONS / "__init__.py", SOLUTIONS / "toolbox"]
    for module in earlier:
        parts.append(SOLUTIONS / module if (SOLUTIONS / module).is_dir() else SOLUTIONS / f"{module}.py")
    return parts


def bubblewrap() -> str:
    """Path of the ``bwrap`` program.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    found = shutil.which("bwrap")
    if found is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed, so submissions cannot be run safely: apt-get install bubblewrap"
        )
    return found


def command(
    lesson: str,
    workdir: Path,
    limits: Limits,
    run_fd: int,
    connection_fd: int,
    info_fd: int,
    filter_fd: int | None = None,
) -> list[str]:
    """The command line that precedes the kernel's own.

    Args:
        lesson: whose earlier solutions are visible.
        workdir: folder of the submission; its files beside the notebooks and solutions are visible, read-only.
        limits: see `Limits`.
        run_fd, connection_fd: open files with the cases to try and the kernel's connection, copied into the sandbox.
        info_fd: where bubblewrap writes the process id.
        filter_fd: open file with the refused system calls, see `grader.marking.syscalls`; None: none is refused.
    """
    private = [
        argument
        for folder in ("/tmp", "/home/student", LESSON, "/run", "/dev/shm")
        for argument in _private(folder, limits)
    ]
    return [
        bubblewrap(),
        *("--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"),
        *("--proc", "/proc", "--dev", "/dev"),
        *private,
        *_system(),  # after the private folders: the clone, and its Python, may lie inside one of those, such as /tmp
        *("--dir", SOCKETS),
        *_workbook(lesson),
        *_inputs(workdir),
        *("--ro-bind-data", str(run_fd), RUN_FILE),
        *("--ro-bind-data", str(connection_fd), f"{WORKBOOK}/connection.json"),
        # /proc too: where root marks, the kernel takes the code in the sandbox for the owner of /proc/sys
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *(() if filter_fd is None else ("--seccomp", str(filter_fd))),
        *("--info-fd", str(info_fd), "--chdir", LESSON),
        *_environment(),
    ]


def _private(folder: str, limits: Limits) -> list[str]:
    return ["--perms", "0700", "--size", str(limits.disk), "--tmpfs", folder]


def _system() -> Iterator[str]:
    """The system and the Python environment, read-only; this project and the course hidden where they lie inside."""
    for path in SYSTEM:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.isdir(path):
            yield from ("--ro-bind", path, path)
    for path in SYSTEM_FILES:
        yield from ("--ro-bind-try", path, path)
    python = sorted({str(Path(prefix).resolve()) for prefix in (sys.base_prefix, sys.prefix)}, key=len)
    bound = [prefix for prefix in python if not prefix.startswith("/usr/")]
    for prefix in bound:
        yield from ("--ro-bind", prefix, prefix)
    for secret in (ROOT, course_folder()):
        if any(secret.is_relative_to(parent) for parent in (*SYSTEM, *bound)):
            yield from ("--tmpfs", str(secret))
            yield from (
                part
                for prefix in bound
                if Path(prefix).is_relative_to(secret)
                for part in ("--ro-bind", prefix, prefix)
            )


def _workbook(lesson: str) -> Iterator[str]:
    checks = ROOT / "grader" / "checks"
    yield from ("--ro-bind", str(checks.parent / "__init__.py"), f"{WORKBOOK}/grader/__init__.py")
    yield from ("--ro-bind", str(checks), f"{WORKBOOK}/grader/checks")
    for part in visible_solutions(lesson):
        yield from ("--ro-bind-try", str(part), f"{WORKBOOK}/solutions/{part.name}")


def _inputs(workdir: Path) -> Iterator[str]:
    """The files beside the notebook: the lesson's data, and what the student handed in with it. No links."""
    for entry in sorted(os.scandir(workdir), key=lambda entry: entry.name):
        if not entry.is_symlink() and not entry.name.endswith(".ipynb") and entry.name != "solutions":
            yield from ("--ro-bind", entry.path, f"{LESSON}/{entry.name}")


def _environment() -> Iterator[str]:
    variables = {
        "PATH": os.pathsep.join((sysconfig.get_path("scripts"), "/usr/bin", "/bin")),
        "HOME": "/home/student",
        "USER": "student",
        "LANG": "C.UTF-8",
        "PYTHONPATH": WORKBOOK,
        "PYTHONDONTWRITEBYTECODE": "1",
        "RNN_WORKBOOK_RUN": RUN_FILE,
        "NBGRADER_EXECUTION": "autograde",
        **ONE_THREAD,
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)
