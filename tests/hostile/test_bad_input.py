"""What is no notebook, or no sound one: a line that names it, no mark or the right one, and nothing else changes."""

from __future__ import annotations

import json
import os

import pytest
from nbformat.v4 import new_output

from tests.hostile.handing_in import FULL, LESSON, TASKS, UNMARKED, ZERO, hands_in

pytestmark = pytest.mark.hostile

NAME = f"{LESSON}.ipynb"
NOTHING = {"edit": lambda nb: None}
"""No notebook is written: the test's own files are all."""


def bytes_of(content: bytes):
    """A submission whose notebook consists of these bytes."""
    return hands_in(**NOTHING, files=lambda folder: (folder / NAME).write_bytes(content))


def json_of(change):
    """A submission whose notebook is solved, and whose JSON is then changed."""

    def files(folder):
        path = folder / NAME
        content = json.loads(path.read_bytes())
        changed = change(content)
        path.write_text(json.dumps(content if changed is None else changed), "utf-8")

    return hands_in(solved=None, files=files)


def refused(mark, *says: str) -> bool:
    """Not marked, said so with the notebook's name, and everything waits for a person."""
    assert mark.status == "not marked"
    assert len(mark.reasons) == 1
    assert NAME in mark.reasons[0]
    assert all(words in mark.reasons[0] for words in says), mark.reasons
    assert "Traceback" not in mark.reasons[0]
    assert mark.points == UNMARKED
    assert all(mark.waits.values())
    assert not mark.path("autograded").exists()
    return True


@bytes_of(b"")
def test_empty_file(mark):
    """An empty file."""
    assert refused(mark, "is empty")


@bytes_of(b"I did not know how to save the notebook, sorry")
def test_no_json(mark):
    """Text."""
    assert refused(mark, "not JSON")


@bytes_of(bytes(range(256)) * 1000)
def test_binary_garbage(mark):
    """Bytes."""
    assert refused(mark, "not JSON")


@bytes_of(b"[" * 1_000_000)
def test_json_without_end(mark):
    """A million brackets."""
    assert refused(mark, "lists and objects")


@bytes_of('{"nbformat": 4, "cells": ["Zürich"]}'.encode("latin-1"))
def test_not_utf_8(mark):
    """A file in another encoding."""
    assert refused(mark, "UTF-8")


@bytes_of(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [' + b"{}," * 3_000_000 + b"{}]}")
def test_three_million_empty_cells(mark):
    """Nine megabytes on the disk, and gigabytes in memory."""
    assert refused(mark, "lists and objects")


@bytes_of(b'{\n"cells": [\n<<<<<<< HEAD\n"mine"\n=======\n"yours"\n>>>>>>> main\n]}')
def test_merge_conflict(mark):
    """A notebook that git could not merge."""
    assert refused(mark, "line 3 is the mark of a merge conflict")


@bytes_of(b"PK\x03\x04" + b"\x00" * 100)
def test_archive_by_another_name(mark):
    """A .zip that was renamed."""
    assert refused(mark, "ZIP archive", "unpack")


@bytes_of(b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}')
def test_format_3(mark):
    """A notebook of another decade."""
    assert refused(mark, "format 4")


@bytes_of(b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {"0": {}}}')
def test_cells_are_no_list(mark):
    """Cells in another container."""
    assert refused(mark, "format 4")


@bytes_of(b'"a string of JSON"')
def test_json_of_another_kind(mark):
    """JSON, and no notebook."""
    assert refused(mark, "format 4")


@hands_in(**NOTHING, files=lambda folder: os.truncate(os.open(folder / NAME, os.O_CREAT | os.O_WRONLY), 200 * 2**20))
def test_two_hundred_megabytes(mark):
    """A file that is not even read."""
    assert refused(mark, "200 MiB large")


@json_of(lambda nb: nb["cells"][1].update(source="#" * 50 * 2**20))
def test_fifty_megabytes_of_source(mark):
    """A pasted data set."""
    assert refused(mark, "MiB of source")


@json_of(lambda nb: nb["cells"][1].pop("source") and None)
def test_cell_without_source(mark):
    """A cell that lacks what every cell has."""
    assert refused(mark, "not a valid notebook")


@json_of(lambda nb: nb["cells"].append(7))
def test_cell_that_is_a_number(mark):
    """A cell that is none."""
    assert refused(mark, "not a notebook's cell")


@json_of(lambda nb: nb["cells"][1].update(source="print('\ud800')"))
def test_half_a_character_in_the_source(mark):
    """Source that no file can hold."""
    assert refused(mark, "not a valid notebook")


@json_of(lambda nb: nb["cells"][1].update(metadata=[1]))
def test_metadata_are_a_list(mark):
    """Metadata of another type."""
    assert refused(mark, "not a notebook's cell")


def large_outputs(nb):
    nb.cells[1].outputs = [new_output("stream", text="x" * 51 * 2**20)]
    return nb


@hands_in(solved=None, edit=large_outputs)
def test_fifty_megabytes_of_outputs(mark):
    """Outputs are thrown away before the run: marked like any other."""
    assert (mark.path("submitted") / NAME).stat().st_size > 50 * 2**20
    assert mark.points == FULL


@json_of(
    lambda nb: (
        [
            cell.update(
                source=cell["source"].splitlines(True) if isinstance(cell["source"], str) else "".join(cell["source"])
            )
            for cell in nb["cells"]
        ]
        and None
    )
)
def test_source_in_the_other_form(mark):
    """A string where Jupyter writes a list, and the reverse."""
    assert mark.points == FULL


@hands_in(solved=None, files=lambda folder: (folder / NAME).write_bytes(b"\xef\xbb\xbf" + (folder / NAME).read_bytes()))
def test_byte_order_mark(mark):
    """An editor of another system has saved it."""
    assert mark.points == FULL


@json_of(lambda nb: [cell.update(id="same") for cell in nb["cells"]] and None)
def test_every_cell_has_the_same_id(mark):
    """Ids that are not unique."""
    assert mark.points == FULL


@json_of(lambda nb: [cell.pop("id", None) for cell in nb["cells"]] and None)
def test_no_cell_has_an_id(mark):
    """Ids of before nbformat 4.5."""
    assert mark.points == FULL


@json_of(lambda nb: nb.update(nbformat_minor=99) or nb["cells"][1].update(novelty=1))
def test_format_of_the_future(mark):
    """A later minor version: marked, or refused in so many words."""
    assert mark.points == FULL or refused(mark)


@json_of(lambda nb: nb.update(nbformat=4.0, nbformat_minor=0))
def test_format_as_a_fraction(mark):
    """A program that knows one kind of number."""
    assert mark.points == FULL


@hands_in(solved=None, files=lambda folder: (folder / f"._{NAME}").write_bytes(b"\x00\x05\x16\x07"))
def test_what_macos_puts_beside_each_file(mark):
    """It is no notebook, whatever its name: feedback is given for the real one."""
    assert mark.points == FULL
    assert [path.name for path in mark.path("feedback").glob("*.html")] == [f"{LESSON}.html"]


@json_of(lambda nb: nb.update(metadata="none"))
def test_notebook_metadata_are_a_text(mark):
    """Nothing in them is needed."""
    assert mark.points == FULL


@hands_in(solved=None, edit=lambda nb: None)
def test_nothing_handed_in(mark):
    """An empty folder."""
    assert mark.status == "not marked"
    assert "no notebook at all" in mark.reasons[0]
    assert set(mark.points.values()) == {None}


def under_another_name(folder):
    (folder / NAME).rename(folder / "01-srn (1).ipynb")


@hands_in(solved=None, files=under_another_name)
def test_wrong_name(mark):
    """A browser's second download."""
    assert mark.status == "not marked"
    assert "01-srn (1).ipynb" in mark.reasons[0]
    assert NAME in mark.reasons[0]


def in_a_subfolder(folder):
    (folder / "mine").mkdir()
    (folder / NAME).rename(folder / "mine" / NAME)


@hands_in(solved=None, files=in_a_subfolder)
def test_in_a_subfolder(mark):
    """One folder too deep."""
    assert mark.status == "not marked"
    assert "expected 01-srn.ipynb" in mark.reasons[0]


@hands_in(**NOTHING, files=lambda folder: (folder / NAME).mkdir())
def test_directory_called_like_the_notebook(mark):
    """A directory with a notebook's name."""
    assert refused(mark, "not a file")


def more_notebooks(folder):
    for name in ("notes.ipynb", "01-srn-old.ipynb", "srn.ipynb"):
        (folder / name).write_text("{broken")


@hands_in(solved=None, files=more_notebooks)
def test_other_notebooks_beside_it(mark):
    """Only the lesson's own notebook is marked, and the others do not matter."""
    assert mark.points == FULL


def odd_names(folder):
    for name in (
        "new\nline.txt",
        "'quo\"tes'.txt",
        "-rf",
        "$(touch x)",
        "a b",
        "北京.txt",
        "--bind",
        "é" * 100,
        "x.ipynb.txt",
        "…",
    ):
        (folder / name).write_text("data")
    (folder / b"\xff\xfe".decode("utf-8", "surrogateescape")).write_text("data")


@hands_in(solved=None, files=odd_names)
def test_files_of_odd_names(mark):
    """Names that a shell, a log or an option parser would stumble over."""
    assert mark.points == FULL


@hands_in(solved=None, files=lambda folder: (folder / "timestamp.txt").write_text("yesterday, I think\n"))
def test_time_that_is_none(mark):
    """The file in which nbgrader notes when something was handed in, in other words."""
    assert mark.points == FULL or mark.status == "not marked"
    if mark.status == "not marked":
        assert all(waits is not False for waits in mark.waits.values())


@hands_in(student="Jürgen 李 O'Neill", solved=None)
def test_student_with_spaces_and_letters(mark):
    """A student is called as students are called."""
    assert mark.points == FULL


@hands_in(student="[a-z]*", solved=None)
def test_student_called_like_a_pattern(mark):
    """Hopes that nbgrader, which looks for submissions by patterns, marks others in its name: refused by name."""
    assert mark.status == "not marked"
    assert "takes *, ? and [" in mark.reasons[0]


@hands_in(solved=None, first=("import sys\nsys.stdout = sys.stderr = None\n'no screen'",))
def test_streams_that_are_none(mark):
    """What is printed is lost in that cell, and nothing else."""
    assert mark.points == FULL
    assert mark.ended == ""


@hands_in(solved=None, first=("get_ipython().execution_count = -7\n3",), last=("get_ipython().execution_count = -7",))
def test_cells_with_negative_numbers(mark):
    """Numbers that no notebook may hold are left out of the marked one."""
    assert mark.points == FULL
    assert mark.ended == ""


@hands_in(
    solved=None,
    last=("from IPython.display import display\ndisplay({'application/json': [{}] * 5_000_000}, raw=True)",),
)
def test_five_million_objects_shown(mark):
    """Fifteen megabytes of text, and gigabytes as a notebook: that ends the run, after the marks."""
    assert mark.points == FULL
    assert "outputs were longer" in mark.ended


@hands_in()
def test_untouched_beside_bad_input(mark):
    """Zero is a mark: it is given where the notebook was read, and only there."""
    assert mark.points == ZERO
    assert not any(mark.waits[name] for name in TASKS)
