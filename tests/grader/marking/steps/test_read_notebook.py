"""Is what cannot be read refused in a clear line, and are links never followed?"""

import json

import nbformat
import pytest

from grader.marking.steps import read_notebook as reading
from grader.marking.steps.read_notebook import UnreadableSubmission, read_notebook
from grader.marking.steps.set_links_aside import set_links_aside


def notebook(*sources, **metadata):
    cells = [nbformat.v4.new_code_cell(source, metadata=metadata) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\x00\xff", "not JSON"),
        (b"[1, 2", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "format 4"),
        (b'{"nbformat": 4, "cells": 5}', "format 4"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}', "not a notebook's cell"),
        (b'{"nbformat": 4.0, "nbformat_minor": 5, "metadata": {}, "cells": []}', "not a valid notebook"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]}',
            "not a valid notebook",
        ),
    ],
)
def test_what_is_no_notebook_is_refused_by_name(tmp_path, content, says):
    path = tmp_path / "01-srn.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableSubmission, match=says) as refused:
        read_notebook(path)
    assert str(refused.value).startswith("01-srn.ipynb: ")


def test_large_outputs_are_thrown_away_and_large_sources_refused(tmp_path, monkeypatch):
    path = tmp_path / "n.ipynb"
    large = notebook("1")
    large.cells[0].outputs = [nbformat.v4.new_output("stream", text="x" * 10**6)]
    nbformat.write(large, path)
    assert read_notebook(path).cells[0].outputs == []
    monkeypatch.setattr(reading, "LARGEST_SOURCE", 10)
    nbformat.write(notebook("x" * 11), path)
    with pytest.raises(UnreadableSubmission, match="source"):
        read_notebook(path)


@pytest.mark.parametrize("about", ["x", {"grade": True}, {"grade_id": 7, "schema_version": 3}])
def test_metadata_that_is_not_nbgraders_is_dropped(tmp_path, about):
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(notebook("1", nbgrader=about)))
    assert "nbgrader" not in read_notebook(path).cells[0].metadata


def test_a_link_is_not_followed(tmp_path):
    nbformat.write(notebook("1"), tmp_path / "real.ipynb")
    (tmp_path / "n.ipynb").symlink_to(tmp_path / "real.ipynb")
    with pytest.raises(UnreadableSubmission, match="not a file but a link"):
        read_notebook(tmp_path / "n.ipynb")


def test_a_link_that_was_set_aside_is_refused_as_one(tmp_path):
    (tmp_path / "n.ipynb").symlink_to(tmp_path / "elsewhere")
    set_links_aside(notebooks=[str(tmp_path / "n.ipynb")])
    with pytest.raises(UnreadableSubmission, match="was a link, which is not followed"):
        read_notebook(tmp_path / "n.ipynb")
