"""Whatever lies there in place of a notebook: is it read, or refused with a line that says why, and nothing else?"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.marking.steps.read_notebook import UnreadableSubmission, read_notebook

CODE = {"cell_type": "code", "id": "a", "source": "x = 1", "outputs": [], "execution_count": 3, "metadata": {}}
TEXT = {"cell_type": "markdown", "id": "b", "source": ["# A\n", "b"], "metadata": {"tags": ["t"]}}
MARKED = {**CODE, "metadata": {"nbgrader": {"grade_id": "srn-step", "grade": True, "points": 3, "schema_version": 3}}}
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": KERNEL, "cells": [CODE, TEXT, MARKED]}
ODD = (None, True, 0, -1, 4, 4.0, 10**20, float("nan"), "", "a", "\0", "\ud800", "raw", [], [""], [[]], {}, {"a": 1})
NAMES = ("cells", "metadata", "nbformat", "cell_type", "source", "id", "attachments", "tags", "nbgrader", "grade_id")


def read(content: bytes):
    """What comes of a file with this content: a notebook, or the line that refuses it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "01-srn.ipynb"
        path.write_bytes(content)
        try:
            return read_notebook(path)
        except UnreadableSubmission as refused:
            return str(refused)


def holds(content: bytes) -> None:
    found = read(content)
    if isinstance(found, str):
        assert found.startswith("01-srn.ipynb: ")
        assert "\n" not in found
        found.encode()
    else:
        nbformat.validate(found)
        assert all(isinstance(cell.source, str) and cell.get("outputs", []) == [] for cell in found.cells)
        json.dumps(found, ensure_ascii=False).encode()


@st.composite
def spoiled_notebooks(draw):
    """A notebook with one to three values, anywhere in it, replaced by odd ones or joined by them."""
    spoiled = copy.deepcopy(NOTEBOOK)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(spoiled))
        inside = draw(st.sampled_from(places))
        key = draw(st.sampled_from([*inside, *NAMES] if isinstance(inside, dict) else range(len(inside)) or [0]))
        if isinstance(inside, dict) or inside:
            inside[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return spoiled


def _places(value):
    """All lists and objects in it."""
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _places(inner)


def test_the_notebook_as_it_is_can_be_read():
    assert [cell.source for cell in read(json.dumps(NOTEBOOK).encode()).cells] == ["x = 1", "# A\nb", "x = 1"]


@settings(max_examples=300, deadline=None)
@given(spoiled_notebooks())
@example({**NOTEBOOK, "nbformat": 4.0})
def test_any_spoiled_notebook_is_read_or_refused(spoiled):
    holds(json.dumps(spoiled).encode())


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
@example("{}".encode("utf-16"))
@example(b"\xef\xbb\xbf{}")
@example(b'{"nbformat": 4, "cells": [' + b"9" * 5000 + b"]}")
def test_any_bytes_are_read_or_refused(content):
    holds(content)
