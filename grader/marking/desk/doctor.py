"""Checks what this machine lacks for the course, and says how to get it."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from grader.checks.errors import GraderError
from grader.checks.task import lessons
from grader.marking.course.course import VARIABLE, Course
from grader.marking.course.own_files import check_own_files
from grader.marking.course.rights import closed_folder, reach_the_exchange, wrong_rights
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.limits import Limits, SandboxUnavailable
from grader.marking.sandbox.runner import Runner
from grader.marking.sandbox.system_calls import filter_program
from grader.marking.sandbox.watchdog import not_measured

OLDEST_PYTHON = (3, 11)
INSTRUCTORS = ("jinja2", "math_core", "nbconvert", "nh3", "psutil", "pydantic", "sqlalchemy", "tornado", "yaml")
"""What the instructor's side imports beside a student's packages."""
LAB_EXTENSION = Path("share/jupyter/labextensions/@jupyter/nbgrader")


@dataclass(frozen=True)
class Finding:
    """The result of one check.

    Attributes:
        sign: "✓" there, "✗" missing and needed, "–" missing and optional.
        what: what was found, in a line.
        way_out: what to do about it, or "".
    """

    sign: Literal["✓", "✗", "–"]
    what: str
    way_out: str = ""

    @property
    def blocks(self) -> bool:
        return self.sign == "✗"

    def __str__(self) -> str:
        return f"{self.sign} {self.what}" + (f"\n    → {self.way_out}" if self.way_out else "")


def good(what: str) -> Finding:
    return Finding("✓", what)


def examine(course: Course, only: Sequence[str] | None = None) -> Iterator[Finding]:
    """Run every check, or those of these names, one finding after another; a check that raises is a finding too."""
    for look in (look for look in LOOKS if only is None or look.__name__ in only):
        try:
            yield look(course)
        except (OSError, subprocess.SubprocessError, ImportError, GraderError) as failure:
            yield Finding("✗", f"{look.__name__.strip('_').replace('_', ' ')}: {failure}", "read the message above it")


def python(_: Course) -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        return good(f"Python {version}")
    return Finding("✗", f"Python {version} is too old: 3.11 or newer is needed", "make PYTHON=python3.12 setup")


def user(_: Course) -> Finding:
    """Code that escaped from the sandbox would have this user's rights, which should not be root's."""
    if os.geteuid() != 0:
        return good("marking runs as an ordinary user")
    return Finding("–", "you are root: marking works, and has one wall less", "mark as an ordinary user where you can")


def bubblewrap(_: Course) -> Finding:
    """Starts a sandbox, as bubblewrap may be installed but not permitted to make one."""
    program = shutil.which("bwrap")
    if program is None:
        return Finding(
            "✗", "bubblewrap is missing: submissions cannot be run safely", "sudo apt-get install bubblewrap"
        )
    tried = subprocess.run(
        [program, "--unshare-all", "--ro-bind", "/", "/", "true"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    if tried.returncode == 0:
        return good("bubblewrap makes sandboxes")
    said = (tried.stderr.strip().splitlines() or ["it said nothing"])[-1]
    return Finding(
        "✗",
        f"bubblewrap is there but cannot make a sandbox: {said}",
        "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1; on Ubuntu also "
        "kernel.apparmor_restrict_unprivileged_userns=0), or in a container allow them from outside",
    )


def kernels(course: Course) -> Finding:
    """Forks a kernel into a sandbox of its own, and runs a cell in it."""
    try:
        with Runner(course) as runner:
            result = runner.run(Job(lessons()[0], ((0, "print(6 * 7)"),), {}, {}, Limits()))
    except SandboxUnavailable as reason:
        return Finding(
            "✗",
            f"notebooks cannot be run: {reason}",
            "bubblewrap's sandbox must be allowed to make namespaces inside: no AppArmor profile or seccomp filter may "
            "forbid it (on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0), and /proc must not be masked",
        )
    if result.outputs[0] != [{"output_type": "stream", "name": "stdout", "text": "42\n"}]:
        return Finding("✗", f"a notebook ran, but not as it should: {result.ended or result.outputs}", "make setup")
    return good(f"notebooks run in sandboxed kernels, ready in {result.seconds:.2f} s")


def limits(_: Course) -> Finding:
    """Does the system tell what a notebook uses? No cgroup is needed; what is missing makes its limits coarser."""
    missing = not_measured()
    if not filter_program():
        missing.append(f"which system calls it makes (no filter is known for {platform.machine()})")
    if not missing:
        return good(
            "time and memory of every notebook can be measured and limited, ten times a second, without cgroups"
        )
    return Finding("–", f"of a notebook this system does not tell {', nor '.join(missing)}", "a Linux with these files")


def pytorch(_: Course) -> Finding:
    import torch

    build = f"for CUDA {torch.version.cuda}" if torch.version.cuda else "for the CPU"
    if torch.cuda.is_available():
        return good(f"PyTorch {torch.__version__}, {build}; GPU: {torch.cuda.get_device_name()}")
    if torch.version.cuda:
        return Finding(
            "–", f"PyTorch {torch.__version__}, {build}, but no GPU that it can use", "nothing: the CPU is enough"
        )
    return good(f"PyTorch {torch.__version__}, {build}; lessons and marking need no GPU")


ON_THE_GPU = """
import json, torch
from grader.checks.arithmetic import reference_arithmetic
def error():
    return ((single @ single).cpu().double() - right).abs().max().item()
found = {"build": torch.version.cuda, "there": torch.cuda.is_available()}
if found["there"]:
    torch.manual_seed(0)
    single = torch.rand(256, 256)
    right, single = single.double() @ single.double(), single.cuda()
    torch.backends.cuda.matmul.allow_tf32 = True
    found["tf32"] = error()
    with reference_arithmetic():
        found["checked"] = error()
    found["free"], found["all"] = torch.cuda.mem_get_info()
    found["name"] = torch.cuda.get_device_name()
print(json.dumps(found))
"""


def gpu(course: Course) -> Finding:
    """Forks a kernel into a sandbox that may use the GPU, and multiplies two matrices there."""
    if not list(Path("/dev").glob("nvidia[0-9]*")):
        return Finding("–", "no NVIDIA GPU here (/dev/nvidia0 is missing)", "nothing: lessons and marking need none")
    with Runner(course) as runner:
        result = runner.run(Job(lessons()[0], ((0, ON_THE_GPU),), {}, {}, Limits(), gpu=True))
    return what_the_gpu_did(result, driver())


def what_the_gpu_did(result: Result, driver: str) -> Finding:
    """The finding from the run of `ON_THE_GPU`."""
    no_use = "marking works without --gpu; with it, it would compute on the CPU"
    try:
        found = json.loads(result.outputs[0][0]["text"])
    except (LookupError, ValueError):
        return Finding("–", f"a kernel in the sandbox failed on the GPU: {result.ended or result.outputs}", no_use)
    if not found["there"]:
        why = "it finds no driver" if found["build"] else "it is a build for the CPU"
        way_out = "name the folder of libcuda.so.1 in LD_LIBRARY_PATH" if found["build"] else "install PyTorch for CUDA"
        return Finding("–", f"PyTorch in the sandbox cannot use the GPU: {why}", f"{way_out}; {no_use}")
    memory = f"{found['free'] / 2**30:.0f} of {found['all'] / 2**30:.0f} GiB free"
    tf32 = f"TF32 off in checks (error {found['checked']:.0e}; switched on it is {found['tf32']:.0e})"
    return good(f"GPU in the sandbox: {found['name']}, driver {driver}, CUDA {found['build']}, {memory}; {tf32}")


def driver() -> str:
    """The version of NVIDIA's driver, or "unknown"."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return "unknown"
    line = [program, "--query-gpu=driver_version", "--format=csv,noheader"]
    said = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False).stdout.split()
    return said[0] if said else "unknown"


def nbgrader(_: Course) -> Finding:
    if find_spec("nbgrader") is None:
        return Finding("✗", "nbgrader is missing", "make setup, or: pip install 'rnn-workbook[instructor]'")
    return good(f"nbgrader {metadata.version('nbgrader')}")


def packages(_: Course) -> Finding:
    """A clone may have a student's packages alone, as with environment.yml."""
    missing = [name for name in INSTRUCTORS if find_spec(name) is None]
    if not missing:
        return good("the instructor's packages are installed")
    way_out = "make setup, or: pip install --editable '.[instructor]'"
    return Finding("✗", f"of the instructor's packages {', '.join(missing)} is missing: nothing can be marked", way_out)


def lab_extension(_: Course) -> Finding:
    """Is nbgrader's extension of JupyterLab installed and enabled?"""
    if not (Path(sys.prefix) / LAB_EXTENSION / "package.json").exists():
        return Finding(
            "✗", "nbgrader's extension of JupyterLab is not installed", "pip install --force-reinstall nbgrader"
        )
    listed = subprocess.run(
        [sys.executable, "-m", "jupyter", "labextension", "list"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = [line for line in (listed.stdout + listed.stderr).splitlines() if "@jupyter/nbgrader" in line]
    if lines and "enabled" in lines[0]:
        return good("nbgrader's extension of JupyterLab is on")
    return Finding("✗", "nbgrader's extension of JupyterLab is off", "jupyter labextension enable @jupyter/nbgrader")


def course_folder(course: Course) -> Finding:
    folder = course.root
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(nearest, os.W_OK):
        return Finding("✗", f"the course folder {folder} cannot be written", f"set {VARIABLE} to a folder of yours")
    gradebook = "with" if course.gradebook.exists() else "still without"
    return good(f"course folder {folder}, {gradebook} a gradebook")


def exchange(course: Course) -> Finding:
    """Students submit through the exchange, so everyone must be able to write there."""
    if all(map(find_spec, INSTRUCTORS)) and find_spec("nbgrader"):
        from grader.marking.steps.nbgrader_adapter import course_config

        course_config(course, touches=False)  # raises where it names another
    folder = course.exchange
    if not folder.exists():
        return Finding("–", f"no exchange yet ({folder})", "nothing: `grader release` makes it")
    if folder.stat().st_mode & 0o777 != 0o777:
        return Finding("✗", f"students cannot write into the exchange {folder}", f"chmod 1777 '{folder}'")
    if (closed := closed_folder(course)) is not None:
        return Finding("–", f"other accounts cannot reach the exchange: {closed} is closed", reach_the_exchange(closed))
    return good(f"exchange {folder}")


def rights(course: Course) -> Finding:
    """May students do in the course folder what they must, and nothing else?"""
    wrong = list(wrong_rights(course))
    if not wrong:
        return good("other accounts can hand in, and read nothing else of the course")
    named = ", ".join(f"{path} ({now:04o})" for path, now, _ in wrong)
    way_out = "; ".join(f"chmod {mode:04o} '{path}'" for path, _, mode in wrong)
    return Finding("✗", f"other accounts may do what they should not with {named}", way_out)


def own_files(course: Course) -> Finding:
    """Can the course's own files be written, and are key and gradebook whole?"""
    if not course.root.exists():
        return Finding("–", f"no course yet ({course.root})", "nothing: `grader release` makes it")
    check_own_files(course)
    return good("key and gradebook are whole")


def chromium(_: Course) -> Finding:
    if shutil.which("chromium"):
        return good("Chromium, for the tests in the browser")
    return Finding("–", "Chromium is missing; only `make test-all` needs it", "sudo apt-get install chromium")


LOOKS: tuple[Callable[[Course], Finding], ...] = (
    python,
    user,
    bubblewrap,
    kernels,
    limits,
    pytorch,
    gpu,
    nbgrader,
    packages,
    lab_extension,
    course_folder,
    exchange,
    rights,
    own_files,
    chromium,
)
