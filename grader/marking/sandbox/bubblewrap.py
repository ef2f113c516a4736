"""The bubblewrap command that starts a lesson's fork server in a sandbox.

The fork server (`grader.inside.fork_server`) forks a kernel for each notebook, in namespaces of its own. A kernel has
no network and sees neither the clone nor the course folder, and no process of the host or of another kernel. The system
and the Python environment are read-only; ``/tmp``, the home and the lesson's folder are private, small and temporary.
Of this project it sees `grader.checks`, `grader.inside` and what lesson k may import: the toolbox and the solutions of
lessons before k.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from grader.checks.arithmetic import CUBLAS, CUBLAS_REPEATS
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_files, visible_solutions
from grader.marking.course.paths import LESSON_FOLDER, ROOT, SOLUTIONS
from grader.marking.sandbox.limits import SandboxUnavailable

WORKBOOK = "/opt/workbook"
"""The folder inside with the student side of this project."""
LESSON = "/lesson"
"""The notebook's working directory inside."""
GIVEN = "/opt/lesson"
"""The folder inside with the files beside the lesson's notebooks; links in `LESSON` point to them."""
SCRATCH = "/run"
"""The kernel's own folder inside, for what programs write."""
PRIVATE = ("/tmp", "/home/student", LESSON, SCRATCH, "/dev/shm")
"""Folders of which every kernel has its own, empty at first and deleted with it."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/alternatives")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")


def bubblewrap() -> str:
    """Path of the ``bwrap`` program.

    Raises:
        SandboxUnavailable: it is not installed.
    """
    found = shutil.which("bwrap")
    if found is None and platform.system() != "Linux":
        raise SandboxUnavailable(
            "submissions run in bubblewrap, which is for Linux: mark there, or in WSL 2 or a container"
        )
    if found is None:
        raise SandboxUnavailable(
            "bubblewrap is not installed, so submissions cannot be run safely: apt-get install bubblewrap"
        )
    return found


def command(course: Course, lesson: str, control: int, gpu: bool = False) -> list[str]:
    """The command line that starts a lesson's fork server: see `grader.inside.fork_server`.

    The fork server sees the host's /proc, because Linux lets its kernels mount a /proc of their own only where a whole
    one is visible. It runs no student's code; `grader.inside.namespaces` restricts what its kernels see and may do.

    Args:
        course: whose folder is hidden, wherever it lies.
        lesson: whose files and earlier solutions are visible.
        control: the file descriptor on which requests come.
        gpu: are the NVIDIA devices of this machine visible?
    """
    return [
        bubblewrap(),
        *("--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv"),
        *("--bind", "/proc", "/proc", "--dev", "/dev"),
        # nothing but reading is like /dev/zero, which would also share memory that is charged to no process
        *(_devices() if gpu else ("--dev-bind", "/dev/full", "/dev/zero")),
        *(part for folder in PRIVATE for part in ("--perms", "0700", "--tmpfs", folder)),
        # after the private folders: the clone, and its Python, may lie inside one of those, such as /tmp
        *_system(course),
        *(_driver() if gpu else ()),
        *_workbook(lesson),
        *_lesson_files(lesson),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", "/"),
        *_environment(gpu),
        *("--", sys.executable, "-P", "-m", "grader.inside.fork_server", str(control), *_imports(lesson)),
    ]


def _system(course: Course) -> Iterator[str]:
    """The system and the Python environment, read-only; the clone and the course folder hidden if inside."""
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
    for secret in (ROOT, course.whole):
        if any(secret.is_relative_to(parent) for parent in (*SYSTEM, *bound)):
            yield from ("--tmpfs", str(secret))
            yield from (
                part
                for prefix in bound
                if Path(prefix).is_relative_to(secret)
                for part in ("--ro-bind", prefix, prefix)
            )


def python_folders() -> list[str]:
    """The folders of this process's Python and its packages, except below /usr."""
    prefixes = sorted({str(Path(prefix).resolve()) for prefix in (sys.base_prefix, sys.prefix)}, key=len)
    return [prefix for prefix in prefixes if not prefix.startswith("/usr/")]


def kept_folders() -> list[str]:
    """The `python_folders` that lie in a kernel's private folders, as where the clone lies in /tmp."""
    return [prefix for prefix in python_folders() if any(Path(prefix).is_relative_to(folder) for folder in PRIVATE)]


NOT_NEEDED = ("recognise",)
"""Folders of `grader.checks` that a kernel lacks: recognisers hold formulas, such as 1 − tanh², that are asked for."""


def _workbook(lesson: str) -> Iterator[str]:
    yield from ("--ro-bind", str(ROOT / "grader" / "__init__.py"), f"{WORKBOOK}/grader/__init__.py")
    for part in ("checks", "inside"):
        yield from ("--ro-bind", str(ROOT / "grader" / part), f"{WORKBOOK}/grader/{part}")
    for folder in (f"{WORKBOOK}/grader/checks/{name}" for name in NOT_NEEDED):
        yield from ("--tmpfs", folder, "--remount-ro", folder)
    for path in visible_solutions(lesson):
        yield from ("--ro-bind-try", str(path), f"{WORKBOOK}/solutions/{path.relative_to(SOLUTIONS)}")


def _lesson_files(lesson: str) -> Iterator[str]:
    for name in lesson_files(lesson):
        yield from ("--ro-bind", str(LESSON_FOLDER / lesson / name), f"{GIVEN}/{name}")


def _imports(lesson: str) -> list[str]:
    """The modules of `solutions` that a lesson's notebooks may import; they are imported once, before any fork."""
    found = []
    for part in visible_solutions(lesson):
        files = sorted(part.rglob("*.py")) if part.is_dir() else [part]
        found += [file.relative_to(SOLUTIONS.parent).with_suffix("") for file in files if file.name != "__init__.py"]
    return [".".join(path.parts) for path in found]


def _devices() -> Iterator[str]:
    for path in sorted(Path("/dev").glob("nvidia*")):
        yield from ("--dev-bind", str(path), str(path))


def _driver() -> Iterator[str]:
    """The folders of LD_LIBRARY_PATH with the driver's library, read-only, where they lie outside the system's."""
    for folder in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep):
        outside = not any(Path(folder).is_relative_to(parent) for parent in (*SYSTEM, *python_folders()))
        if os.path.isabs(folder) and outside and list(Path(folder).glob("libcuda.so*")):
            yield from ("--ro-bind", folder, folder)


def _environment(gpu: bool = False) -> Iterator[str]:
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
        "PIP_RETRIES": "0",  # without a network, each would take seconds of the cell's time
        **ONE_THREAD,
        **(_environment_of_cuda() if gpu else {}),
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)


def _environment_of_cuda() -> dict[str, str]:
    """What CUDA must know: where the driver is (containers say it in LD_LIBRARY_PATH), which GPU, how to add."""
    named = ("LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", CUBLAS)
    return {CUBLAS: CUBLAS_REPEATS, **{name: os.environ[name] for name in named if name in os.environ}}
