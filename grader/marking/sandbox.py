"""The sandbox: a bubblewrap command in which a nursery sees the interpreter, the lesson's inputs and nothing else.

The nursery (`grader.inside.fork_server`) forks a kernel for each notebook, into namespaces of its own: no network, no
process of the host or of another kernel, no clone, no course folder. The system and the Python environment are
read-only; ``/tmp``, the home and the lesson's folder are private, small and gone afterwards. The only parts of this
project that are there are `grader.checks`, `grader.inside` and what lesson k may import: the solutions of lessons
before k and the toolbox.
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
from grader.checks.task import modules_before
from grader.marking.course import LESSON_FOLDER, ROOT, SOLUTIONS, course_folder

MIB = 2**20
WORKBOOK = "/opt/workbook"
"""Where the student side of this project lies inside."""
LESSON = "/lesson"
"""The notebook's working directory inside."""
GIVEN = "/opt/lesson"
"""Where what lies beside the lesson's notebooks is kept inside; links in `LESSON` lead there."""
SCRATCH = "/run"
"""The kernel's own folder inside: its cases, and what programs write."""
RUN_FILE = f"{SCRATCH}/run.json"
PRIVATE = ("/tmp", "/home/student", LESSON, SCRATCH, "/dev/shm")
"""Folders of which every kernel has its own, empty at first and gone afterwards."""

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
    earlier = dict.fromkeys(module.partition(".")[0] for module in modules_before(lesson))
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


def command(lesson: str, control: int, gpu: bool = False) -> list[str]:
    """The command line that starts a lesson's nursery: see `grader.inside.fork_server`.

    The nursery's /proc is the host's, since the kernels that it forks may mount one of their own only where the whole
    of one can be seen. It runs no student's code; what its kernels see and may do is for `grader.inside.namespaces` to
    settle.

    Args:
        lesson: whose files and earlier solutions are visible.
        control: the file descriptor on which requests come.
        gpu: are the NVIDIA devices of this machine visible?
    """
    return [
        bubblewrap(),
        *("--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"),
        *("--bind", "/proc", "/proc", "--dev", "/dev"),
        *(_devices() if gpu else ()),
        *(part for folder in PRIVATE for part in ("--perms", "0700", "--tmpfs", folder)),
        *_system(),  # after the private folders: the clone, and its Python, may lie inside one of those, such as /tmp
        *_workbook(lesson),
        *_lesson_files(lesson),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", "/"),
        *_environment(),
        *("--", sys.executable, "-P", "-m", "grader.inside.fork_server", str(control), *_imports(lesson)),
    ]


def lesson_files(lesson: str) -> list[str]:
    """What lies beside a lesson's notebooks, as paths relative to its folder: no notebook, no link, nothing hidden.

    What editors leave behind, hidden or with a ~, may be a copy of the notebook with its answers.
    """
    folder = LESSON_FOLDER / lesson
    found = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(path.as_posix() for path in found if path.suffix != ".ipynb" and not any(map(_left, path.parts)))


def _left(name: str) -> bool:
    """Did some program leave this behind?"""
    return name.startswith((".", "#", "__pycache__")) or name.endswith("~")


def _system() -> Iterator[str]:
    """The system and the Python environment, read-only; this project and the course hidden where they lie inside."""
    for path in SYSTEM:
        if os.path.islink(path):
            yield from ("--symlink", os.readlink(path), path)
        elif os.path.isdir(path):
            yield from ("--ro-bind", path, path)
    for path in SYSTEM_FILES:
        yield from ("--ro-bind-try", path, path)
    bound = python_folders()
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


def python_folders() -> list[str]:
    """Where this process's Python and its packages lie, but for the system's own folders."""
    prefixes = sorted({str(Path(prefix).resolve()) for prefix in (sys.base_prefix, sys.prefix)}, key=len)
    return [prefix for prefix in prefixes if not prefix.startswith("/usr/")]


def kept_folders() -> list[str]:
    """Those of them that lie in a kernel's private folders, as where the clone lies in /tmp."""
    return [prefix for prefix in python_folders() if any(Path(prefix).is_relative_to(folder) for folder in PRIVATE)]


def _workbook(lesson: str) -> Iterator[str]:
    yield from ("--ro-bind", str(ROOT / "grader" / "__init__.py"), f"{WORKBOOK}/grader/__init__.py")
    for part in ("checks", "inside"):
        yield from ("--ro-bind", str(ROOT / "grader" / part), f"{WORKBOOK}/grader/{part}")
    for part in visible_solutions(lesson):
        yield from ("--ro-bind-try", str(part), f"{WORKBOOK}/solutions/{part.name}")


def _lesson_files(lesson: str) -> Iterator[str]:
    for name in lesson_files(lesson):
        yield from ("--ro-bind", str(LESSON_FOLDER / lesson / name), f"{GIVEN}/{name}")


def _imports(lesson: str) -> list[str]:
    """The modules of this project that a lesson's notebooks may import: imported once, before any fork."""
    found = []
    for part in visible_solutions(lesson):
        files = sorted(part.rglob("*.py")) if part.is_dir() else [part]
        found += [file.relative_to(SOLUTIONS.parent).with_suffix("") for file in files if file.name != "__init__.py"]
    return [".".join(path.parts) for path in found]


def _devices() -> Iterator[str]:
    for path in sorted(Path("/dev").glob("nvidia*")):
        yield from ("--dev-bind", str(path), str(path))


def _environment() -> Iterator[str]:
    variables = {
        "PATH": os.pathsep.join((sysconfig.get_path("scripts"), "/usr/bin", "/bin")),
        "HOME": "/home/student",
        "USER": "student",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/tmp/matplotlib",
        "PYTHONPATH": WORKBOOK,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # sets of names have the same order in every run
        "NBGRADER_EXECUTION": "autograde",
        **ONE_THREAD,
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)
