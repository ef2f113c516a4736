"""Does lessons/CLAIMS.md hold what the lessons' notebooks show?"""

from __future__ import annotations

import shutil

import nbformat
import pytest

from grader.marking.authoring.claims import NAME, NoClaims, sync_claims
from grader.marking.course.paths import LESSON_FOLDER


@pytest.fixture
def lessons(tmp_path):
    """The page and two of the lessons."""
    for name in ("01-srn/01-srn.ipynb", "02-bptt/02-bptt.ipynb"):
        (tmp_path / name).parent.mkdir()
        shutil.copy(LESSON_FOLDER / name, tmp_path / name)
    sync_claims(lessons=tmp_path)
    return tmp_path


def change(path, edit):
    nb = nbformat.read(path, as_version=4)
    (cell,) = [cell for cell in nb.cells if "claims" in cell.metadata.get("tags", ())]
    edit(cell)
    nbformat.write(nb, path)


def test_the_page_in_the_clone_is_in_step_with_the_lessons():
    assert sync_claims(check=True) == []


def test_every_notebook_has_its_rows_with_a_link_to_it():
    page = (LESSON_FOLDER / NAME).read_text()
    for path in LESSON_FOLDER.glob("*/*.ipynb"):
        rows = [line for line in page.splitlines() if f"({path.parent.name}/{path.name})" in line]
        assert len(rows) >= 2
        assert all(row.count("|") == 8 for row in rows)


def test_another_number_in_a_lesson_is_found_and_written(lessons):
    def edit(cell):
        table = cell.outputs[0].data["text/markdown"]
        cell.outputs[0].data["text/markdown"] = table.replace("| holds", "| holds on Sundays", 1)

    change(lessons / "01-srn/01-srn.ipynb", edit)
    before = (lessons / NAME).read_text()
    assert sync_claims(check=True, lessons=lessons) == [f"{NAME}: the claims differ"]
    assert (lessons / NAME).read_text() == before
    sync_claims(lessons=lessons)
    assert "holds on Sundays" in (lessons / NAME).read_text()
    assert sync_claims(check=True, lessons=lessons) == []


def test_a_lesson_without_its_table_is_named(lessons):
    change(lessons / "02-bptt/02-bptt.ipynb", lambda cell: cell.outputs.clear())
    with pytest.raises(NoClaims, match=r"02-bptt\.ipynb: one cell tagged `claims`"):
        sync_claims(lessons=lessons)
