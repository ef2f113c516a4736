"""Does what a student needs work with a student's packages alone: from the wheel, and in a clone as conda sets it up?

The machine is a virtual environment that holds the packages of `pip install rnn-workbook[student]` and those that they
require, and no other; there is no bubblewrap, and no program but its own on the path.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import venv
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.checks.task import tasks_of
from grader.marking.desk.student_version import student_version

pytestmark = pytest.mark.slow
LESSON = "01-srn"


@dataclass
class Machine:
    """A student's machine.

    Attributes:
        top: the virtual environment.
        home: the student's home.
    """

    top: Path
    home: Path

    def run(self, *line: str, at: Path | None = None, path: str = "") -> subprocess.CompletedProcess:
        own = {"PATH": str(self.top / "bin"), "HOME": str(self.home), "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
        own |= {"PYTHONPATH": path} if path else {}
        line = str(self.top / "bin" / "python"), *line
        return subprocess.run(
            line, cwd=at or self.home, env=own, capture_output=True, text=True, check=False, timeout=300
        )

    def grader(self, *typed: str, **where) -> subprocess.CompletedProcess:
        return self.run("-m", "grader.cli", *typed, **where)


def closure(names) -> set[str]:
    """These packages, and all that they require here."""
    found, new = set(), {(name, "") for name in names}
    while new:
        found |= new
        new = {required for name, extra in new for required in required_by(name, extra)} - found
    return {name for name, _ in found}


def required_by(name: str, extra: str) -> set[tuple[str, str]]:
    """The packages that one needs here for one of its extras ("" is none), with the extras that it wants."""
    lines = [Requirement(line) for line in distribution(name).requires or ()]
    here = [line for line in lines if line.marker is None or line.marker.evaluate({"extra": extra})]
    wanted = [(canonicalize_name(line.name), line.extras) for line in here if installed(line.name)]
    return {(package, extra) for package, extras in wanted for extra in ("", *extras)}


def installed(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


@pytest.fixture(scope="module")
def bare(tmp_path_factory, declared) -> Machine:
    """A machine without this project."""
    top = tmp_path_factory.mktemp("machine")
    venv.create(top / "venv", with_pip=False, symlinks=True)
    [packages] = (top / "venv").glob("lib/python*/site-packages")
    for name in closure(declared("student")):
        for file in distribution(name).files:
            if file.parts[0] not in ("..", "__pycache__") and not (packages / file.parts[0]).exists():
                (packages / file.parts[0]).symlink_to(distribution(name).locate_file(file.parts[0]))
    (top / "home").mkdir()
    return Machine(top / "venv", top / "home")


@pytest.fixture(scope="module")
def machine(bare, wheel) -> Machine:
    """A machine with the wheel, installed as pip does."""
    [packages] = bare.top.glob("lib/python*/site-packages")
    shutil.copytree(wheel, packages, dirs_exist_ok=True)
    shutil.copytree(packages / "rnn_workbook-0.1.0.data" / "data", bare.top, dirs_exist_ok=True)
    return bare


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """The zip that an instructor gives: the lesson's released folder."""
    folder = tmp_path_factory.mktemp("released") / LESSON
    folder.mkdir()
    student_version(LESSON, folder)
    return Path(shutil.make_archive(str(folder), "zip", folder.parent, LESSON))


def write_the_answers(path: Path, root: Path) -> None:
    """The lesson's own answers, as a student would have typed them."""
    own = json.loads((root / "lessons" / LESSON / f"{LESSON}.ipynb").read_text("utf-8"))
    source = {about(cell): "".join(cell["source"]) for cell in own["cells"] if about(cell)}
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if about(cell).endswith(("-answer", "-written")):
            cell["source"] = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", source[about(cell)])
    path.write_text(json.dumps(notebook), encoding="utf-8")


def about(cell) -> str:
    return cell["metadata"].get("nbgrader", {}).get("grade_id", "")


def test_the_instructors_packages_are_not_there(machine):
    names = "nh3", "math_core", "distributed", "pytest", "typer"
    code = f"from importlib.util import find_spec; print([name for name in {names} if find_spec(name)])"
    assert machine.run("-c", code).stdout.strip() == "['typer']"
    assert shutil.which("bwrap", path=str(machine.top / "bin")) is None


def test_from_the_wheel_a_lesson_is_started_checked_validated_and_handed_in(machine, released, root):
    started = machine.grader("start", str(released))
    assert started.returncode == 0, started.stdout + started.stderr
    path = machine.home / "my-lessons" / LESSON / f"{LESSON}.ipynb"
    before = machine.run("-m", "nbgrader", "validate", str(path))
    assert before.stdout.count("not written yet") >= len(tasks_of("srn")), before.stdout + before.stderr
    write_the_answers(path, root)
    after = machine.run("-m", "nbgrader", "validate", str(path))
    assert "8 of 8 exercises pass their public checks, worth 24 of 24 points" in after.stdout, after.stderr
    assert "8 of 8" in machine.grader("progress").stdout
    handed = machine.grader("submit", "01", "--name", "ada")
    assert "Answered: 9 of 9." in handed.stdout, handed.stderr
    with zipfile.ZipFile(machine.home / "my-lessons" / f"{LESSON}-ada.zip") as packed:
        assert f"{LESSON}/{LESSON}.ipynb" in packed.namelist()


def test_what_needs_more_says_so_in_a_sentence(machine):
    for typed, says in (
        (("start", "01"), "the lessons are not part of this package"),
        (("autograde", "01"), "`grader autograde` is the instructor's, and works in a clone"),
        (("submit", "02"), "grader start 02"),
    ):
        done = machine.grader(*typed)
        assert done.returncode == 1
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.fixture(scope="module")
def clone(tmp_path_factory, root) -> Path:
    """A clone, as `environment.yml` sets it up: the project editable, students' packages alone."""
    top = tmp_path_factory.mktemp("conda") / "clone"
    for folder in ("grader", "solutions", f"lessons/{LESSON}"):
        shutil.copytree(root / folder, top / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "nbgrader_config.py", top)
    return top


def test_in_a_clone_with_condas_packages_a_lesson_is_started_and_handed_in(bare, clone):
    started = bare.grader("start", "01", at=clone, path=str(clone))
    assert started.stdout.startswith(f"✓ my-lessons/{LESSON} is yours"), started.stdout + started.stderr
    assert (clone / "my-lessons" / LESSON / f"{LESSON}.ipynb").exists()
    assert "Answered: 0 of 9." in bare.grader("submit", "01", at=clone, path=str(clone)).stdout
    assert "0 of 8" in bare.grader("progress", at=clone, path=str(clone)).stdout


def test_there_validate_is_configured_without_a_word(bare, clone):
    code = (
        "from nbgrader.apps import NbGrader as N; a = N(); a.load_config_file(); print(a.config.Execute.on_cell_start)"
    )
    done = bare.run("-c", code, at=clone, path=str(clone))
    assert "only_define" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["release", "autograde"])
def test_there_the_instructors_commands_name_what_is_missing(bare, clone, command):
    (clone / "course" / "submitted" / "ada" / LESSON).mkdir(parents=True, exist_ok=True)
    done = bare.grader(command, "01", at=clone, path=str(clone))
    assert done.returncode == 1
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
