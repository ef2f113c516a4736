"""Does the version change with all that decides about marks, and with nothing else?"""

from __future__ import annotations

import ast
import shutil

import pytest

from grader.marking.course import version
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.course.version import DECIDING, digest_of, files_of

LESSON = "01-srn"


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the project's code, in the place of the clone; tests may change it."""
    root = tmp_path_factory.mktemp("clone")
    for folder in ("grader", "solutions"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(version, "ROOT", root)
        patch.setattr(version, "SOLUTIONS", root / "solutions")
        yield root


def grader_version():
    """As it is now: a running program asks only once."""
    return version.grader_version.__wrapped__()


def add(path, text="# changed\n"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def test_the_copy_is_the_same_version(clone):
    assert grader_version() == version.grader_version()


@pytest.mark.parametrize(
    "file",
    [
        "grader/checks/tolerance.py",
        "grader/inside/kernel.py",
        "grader/marking/course/lessons.py",
        "grader/marking/sandbox/limits.py",
        "grader/marking/judge/referee.py",
        "grader/marking/steps/save_verdicts.py",
        "grader/marking/autograde/coordinator.py",
        "grader/marking/answers/references/cpu/srn.json",
        "grader/marking/answers/misconceptions/srn.py",
        "solutions/srn.py",
        "solutions/toolbox/nets/layers.py",
        "nbgrader_config.py",
        "grader/marking/desk/configuration.py",
    ],
)
def test_what_decides_makes_another_version(clone, file):
    before = grader_version()
    assert (clone / file).exists()
    add(clone / file)
    assert grader_version() != before


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "grader/cli/app.py",
        "grader/marking/proving/bench.py",
        "grader/marking/desk/release.py",
        "grader/marking/feedback/feedback.py",
        "grader/marking/authoring/sync.py",
        "grader/marking/answers/alternatives/srn.py",
        "grader/marking/answers/recording/record.py",
        "grader/marking/judge/notes.md",
        "grader/marking/judge/.ipynb_checkpoints/referee.py",
        "grader/marking/judge/__pycache__/referee.py",
        "solutions/.ipynb_checkpoints/srn-checkpoint.py",
    ],
)
def test_what_decides_nothing_does_not(clone, file):
    before = grader_version()
    add(clone / file)
    assert grader_version() == before


def test_a_file_in_another_folder_is_another_version(clone):
    """Under the same name, in the same place among all, with the same content: it is imported by another name."""
    before, toolbox = grader_version(), clone / "solutions" / "toolbox"
    (toolbox / "text").rename(toolbox / "texts")
    assert grader_version() != before
    (toolbox / "texts").rename(toolbox / "text")
    assert grader_version() == before


def test_other_libraries_are_another_version(monkeypatch):
    before = grader_version()
    installed = version.version
    monkeypatch.setattr(version, "version", lambda name: "0.0.1" if name == "torch" else installed(name))
    assert grader_version() != before


def test_what_decides_asks_nothing_else():
    """What a deciding module imports of this project lies in a deciding folder, so that no change goes unnoticed."""
    folders = [ROOT / "grader" / part for part in DECIDING]
    for path in (path for folder in folders for path in files_of(folder) if path.suffix == ".py"):
        for module in imported(path):
            place = ROOT / module.replace(".", "/")
            known = place == ROOT / "solutions" or place.parent.is_relative_to(ROOT / "solutions")
            assert known or any(place.is_relative_to(folder) for folder in folders), f"{path.name} imports {module}"


def imported(path):
    """The modules of this project that a file imports, with all that it imports from them by name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in ("grader", "solutions"):
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                folder = (ROOT / node.module.replace(".", "/")).is_dir()
                yield below if folder else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in ("grader", "solutions"))


# --- digests --------------------------------------------------------------------------------------------------------


@pytest.fixture
def release(tmp_path, monkeypatch):
    """release(): the digest of a lesson as a course's students got it. Its two folders lie in `release.folders`."""
    course = Course(tmp_path / "course")
    monkeypatch.setattr(version, "LESSON_FOLDER", tmp_path / "lessons")

    def digest():
        return version.released.__wrapped__(course, LESSON)

    digest.folders = (course.release / LESSON, tmp_path / "lessons" / LESSON)
    for folder in digest.folders:
        add(folder / "data" / "train.txt")
    return digest


@pytest.mark.parametrize("where", [0, 1], ids=["the release", "the lesson"])
def test_a_lesson_is_another_with_every_file_but_an_editors(release, where):
    before = release()
    add(release.folders[where] / ".ipynb_checkpoints" / "01-srn-checkpoint.ipynb")
    add(release.folders[where] / "data" / ".ipynb_checkpoints" / "notes.txt")
    assert release() == before
    add(release.folders[where] / "data" / "train.txt")
    assert release() != before


def test_a_digest_is_that_of_names_and_contents(tmp_path):
    """Where one file ends and the next begins is not open to doubt; what a link leads to is not read."""
    for folder, files in {"a": {"x": "12", "y": "3"}, "b": {"x": "1", "y": "23"}, "c": {"x": "12", "z": "3"}}.items():
        for name, text in files.items():
            add(tmp_path / folder / name, text)
    shutil.copytree(tmp_path / "a", tmp_path / "d")
    (tmp_path / "d" / "link").symlink_to(tmp_path / "a" / "x")
    a, b, c, d = (digest_of(tmp_path / name, files_of(tmp_path / name)) for name in "abcd")
    assert len({a, b, c}) == 3
    assert a == d
