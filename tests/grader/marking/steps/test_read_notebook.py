"""Is what cannot be read refused in a clear line, and are links never followed?"""

import json
from time import process_time

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
        (b"[" * 100_000, "too deeply"),
        (b"[" * 400_000, "more than 300,000 lists"),
        (b'{"cells": [' + b"{}, " * 400_000, "outputs cleared"),
        (b'{"cells": [' + b"1, " * 4_000_000, "3,000,000 values"),
        (b'{"nbformat": 4, "cells": [' + b"{}, " * 6_000 + b"{}]}", "6,001 cells"),
        (b'{"nbformat": 4, "cells": [{"source": "x', "cut off"),
        (b"PK\x03\x04\x14\x00", "ZIP archive"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b'{\n "cells": [\n<<<<<<< HEAD\n 1\n=======\n 2\n>>>>>>> mine\n]}', "line 3 is the mark of a merge conflict"),
        (b"<<<<<<< HEAD\n{}\n=======\n", "line 1 is the mark of a merge conflict"),
        ('{"nbformat": 4, "cells": ["北京"]}'.encode("gb18030"), "GB18030"),
        (b"[]", "format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "format 4"),
        (b'{"nbformat": 4, "cells": 5}', "format 4"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [7]}', "not a notebook's cell"),
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
    set_links_aside(notebooks=[str(tmp_path / "n.ipynb")], assignment="01-srn")
    with pytest.raises(UnreadableSubmission, match="was a link, which is not followed"):
        read_notebook(tmp_path / "n.ipynb")


@pytest.mark.parametrize("odd", [{"nbformat": 4.0}, {"nbformat_minor": 0}, {"nbformat_minor": None}, {"metadata": 7}])
def test_what_other_programs_write_around_the_cells_is_put_right(tmp_path, odd):
    content = notebook("1") | odd
    content = {name: value for name, value in content.items() if value is not None}
    (tmp_path / "n.ipynb").write_text(json.dumps(content))
    nb = read_notebook(tmp_path / "n.ipynb")
    assert [cell.source for cell in nb.cells] == ["1"]
    assert type(nb.nbformat) is int


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_other_encodings_of_unicode_are_read(tmp_path, encoding):
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook("北京 {[,"), ensure_ascii=False), encoding=encoding)
    assert read_notebook(tmp_path / "n.ipynb").cells[0].source == "北京 {[,"


def test_brackets_and_commas_in_texts_are_no_values(tmp_path):
    """Fifty megabytes of printed numbers are dropped, as before, and not refused."""
    large = notebook("1")
    large.cells[0].outputs = [nbformat.v4.new_output("stream", text='[1, {"2": \\"3"}], ' * 400_000)]
    nbformat.write(large, tmp_path / "n.ipynb")
    assert read_notebook(tmp_path / "n.ipynb").cells[0].outputs == []


@pytest.mark.parametrize("content", [b'"\\' * 500_000, b'{"' + b"\\n" * 5_000_000, b'["a",' * 299_000])
def test_counting_takes_little_time_whatever_there_is(tmp_path, content):
    (tmp_path / "n.ipynb").write_bytes(content)
    begin = process_time()
    with pytest.raises(UnreadableSubmission):
        read_notebook(tmp_path / "n.ipynb")
    assert process_time() - begin < 20
