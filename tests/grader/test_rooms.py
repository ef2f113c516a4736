"""Does every room of the grader import only what its docstring allows, and does the picture show what there is?"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GRADER = ROOT / "grader"
ROOMS = ("course", "sandbox", "answers", "judge", "steps", "autograde", "feedback", "desk", "authoring", "proving")
"""The rooms of `grader.marking`, from the bottom up."""
BESIDE = ("checks", "inside", "student", "cli")
"""What else lies in `grader`."""
NBGRADER_FROM = "steps"
"""The first room that may import nbgrader; the rooms before it decide about marks without it."""
BARE = ("numpy", "torch", "sympy")
"""All that the rooms need that record references on a machine with nothing else."""


def folder_of(room: str) -> Path:
    return GRADER / room if room in BESIDE else GRADER / "marking" / room


def room_of(module: str) -> str:
    """ "sandbox" for grader.marking.sandbox.job; "checks" for grader.checks.task; otherwise the first name: "numpy"."""
    names = module.split(".")
    if names[:2] == ["grader", "marking"] and len(names) > 2:
        return names[2]
    return names[1] if names[0] == "grader" and len(names) > 1 else names[0]


@cache
def imports_of(room: str) -> dict[str, set[str]]:
    """What each file of a room imports: rooms, and the first names of other packages. Imports in functions count."""
    return {path.relative_to(ROOT).as_posix(): imported(path) for path in sorted(folder_of(room).rglob("*.py"))}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {room_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            # `from grader.marking import course` imports the room course
            found |= {room_of(f"{node.module}.{alias.name}") for alias in node.names}
    return found


def allowed(room: str) -> set[str]:
    """What the room's docstring says that it may import."""
    text = ast.get_docstring(ast.parse((folder_of(room) / "__init__.py").read_text("utf-8")))
    assert len(text.splitlines()) <= 5, "what a room is for is said in a few lines"
    [said] = re.findall(r"May\s+import\s+(.*?)[.;](?=\s|$)", text, flags=re.DOTALL)
    names = re.findall(r"`(?:grader\.)?(\w+)`", said)
    return set(ROOMS) | {"checks", "inside", "solutions"} if "every room" in said else set(names)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_its_docstring_allows(room):
    """And of the rooms only such as lie below it: so there are no circles."""
    may = allowed(room) | {room}
    assert may & set(ROOMS) <= set(ROOMS[: ROOMS.index(room) + 1])
    ours = {*ROOMS, *BESIDE, "solutions"}
    for file, found in imports_of(room).items():
        assert found & ours <= may, file


@pytest.mark.parametrize("room", ROOMS[: ROOMS.index(NBGRADER_FROM)])
def test_nothing_below_the_steps_knows_nbgrader(room):
    for file, found in imports_of(room).items():
        assert not found & {"nbgrader", "nbconvert", "nbformat", "traitlets", "sqlalchemy"}, file


def test_the_answers_need_numpy_and_torch_alone():
    known = {*BARE, "answers", "checks", "solutions", "grader"}
    standard = {"__future__"} | set(__import__("sys").stdlib_module_names)
    for file, found in imports_of("answers").items():
        assert found <= known | standard, file


@pytest.mark.parametrize("side", ["checks", "inside", "student"])
def test_the_students_side_knows_no_answer(side):
    """The first wall: nothing that ships in the wheel or lies in the sandbox imports the marking or a solution."""
    for file, found in imports_of(side).items():
        assert not found & {*ROOMS, "marking", "solutions", "cli"}, file
        assert side == "student" or "student" not in found, file


def test_only_the_command_imports_the_proving_room():
    for room in (*ROOMS[:-1], "checks", "inside"):
        for file, found in imports_of(room).items():
            assert not found & {"proving", "cli"}, file


def test_every_module_lies_in_a_room():
    flat = {path.name for path in (GRADER / "marking").iterdir() if path.name != "__pycache__"}
    assert flat == {"__init__.py", *ROOMS}


# --- the picture ----------------------------------------------------------------------------------------------------


def test_the_picture_shows_what_there_is():
    """An arrow for every import between rooms, but for those that follow from others."""
    edges = {
        (room, other)
        for room in ROOMS
        for found in imports_of(room).values()
        for other in found & {*ROOMS, "checks", "inside", "solutions"}
        if other != room
    }
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    [picture] = re.findall(r"```mermaid\n(.*?)```", text, flags=re.DOTALL)
    drawn = set(re.findall(r"^\s*(\w+) --> (\w+)$", picture, flags=re.MULTILINE))
    assert drawn == reduced(edges)


def reduced(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The edges without those between whose ends a longer way leads."""

    def reaches(start: str, end: str, without: tuple[str, str]) -> bool:
        steps = [other for one, other in edges if one == start and (one, other) != without]
        return end in steps or any(reaches(step, end, without) for step in steps)

    return {edge for edge in edges if not reaches(*edge, without=edge)}
