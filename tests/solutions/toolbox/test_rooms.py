"""Does every room of the toolbox import only what it says: the rooms above it, no answers, of the grader one rule?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from solutions import toolbox

FOLDER = Path(toolbox.__file__).parent
MAY_IMPORT = {
    "nets": [],
    "text": [],
    "experiments": ["nets", "text"],
    "pictures": ["experiments"],
    "applications": ["nets", "text", "experiments", "pictures"],
}
"""For each room, from the bottom up, the others that it may import."""

FILES = sorted(path.relative_to(FOLDER) for path in FOLDER.rglob("*.py"))
APPLICATIONS = sorted(path.name for path in (FOLDER / "applications").iterdir() if (path / "__init__.py").exists())


def imported(source: str, package: str) -> set[str]:
    """Full names of what a module of that package imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: 1 - node.level or None] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def allowed(file: Path) -> list[str]:
    """What a file of the toolbox may import of this project; an application's room counts as a room of its own."""
    room, *inside = file.parent.parts or ("",)
    rooms = [*MAY_IMPORT.get(room, []), ".".join([room, *inside])] if room else []
    rule = ["grader.checks.device"] if file == Path("experiments/device.py") else []
    return [*(f"solutions.toolbox.{name}" for name in rooms), *rule]


def breaches(file: Path, source: str) -> set[str]:
    package = ".".join(["solutions.toolbox", *file.parent.parts])
    ours = {name for name in imported(source, package) if name.partition(".")[0] in ("solutions", "grader", "tests")}
    return {name for name in ours if not any(f"{name}.".startswith(f"{one}.") for one in allowed(file))}


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_module_imports_what_its_room_may(file):
    assert breaches(file, (FOLDER / file).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("text/bigram.py", "from solutions.toolbox.pictures.plots import axes"),
        ("text/bigram.py", "from solutions.toolbox import pictures"),
        ("text/bigram.py", "from ..nets.network import size"),
        ("text/bigram.py", "from .. import nets"),
        ("nets/network.py", "def f():\n    import solutions.toolbox.text.corpora"),
        ("experiments/adding.py", "from solutions.toolbox.pictures import clipping"),
        ("pictures/gru.py", "from solutions.gru import step"),
        ("pictures/gru.py", "from solutions import gru"),
        ("pictures/plots.py", "from solutions.toolbox.applications.speech.data import read"),
        ("applications/speech/data.py", "from solutions.toolbox.applications.tagging.data import batches"),
        ("applications/speech/data.py", "from ..tagging import data"),
        ("applications/speech/data.py", "from grader.checks.device import pick_device"),
        ("experiments/device.py", "import grader.marking"),
        ("__init__.py", "from solutions.toolbox.nets.network import Network"),
    ],
)
def test_this_would_be_a_breach(file, line):
    assert breaches(Path(file), line)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("text/bigram.py", "from .corpora import english"),
        ("applications/speech/networks.py", "from . import data"),
        ("applications/speech/networks.py", "from ...nets.network import size"),
        ("pictures/clipping.py", "from solutions.toolbox.experiments import adding"),
    ],
)
def test_and_this_would_be_none(file, line):
    assert breaches(Path(file), line) == set()


def test_the_rooms_stand_in_the_order_that_the_toolbox_says_and_import_upwards_alone():
    said = [line.split("/")[0].strip() for line in toolbox.__doc__.splitlines() if "/  " in line]
    assert said == list(MAY_IMPORT)
    assert all(said.index(other) < said.index(room) for room, others in MAY_IMPORT.items() for other in others)


def test_every_module_lies_in_a_room():
    assert {file.parts[0] for file in FILES} == {"__init__.py", *MAY_IMPORT}
    assert {file.parts[1] for file in FILES if file.parts[0] == "applications"} == {"__init__.py", *APPLICATIONS}
    assert len(APPLICATIONS) == 7


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_says_what_it_is_for_and_what_it_may_import(room):
    text = ast.get_docstring(ast.parse((FOLDER / room / "__init__.py").read_text(encoding="utf-8")))
    what, may = text.split("May import: ")
    assert what.strip()
    assert [other for other in MAY_IMPORT if f"`{other}`" in may] == MAY_IMPORT[room]
