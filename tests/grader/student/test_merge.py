"""Does a merge take the lesson's new text over, and keep every answer and cell of the student's where it stood?"""

from __future__ import annotations

from datetime import date

import nbformat
import pytest

from grader.checks import GraderError
from grader.student.notebook import grade_id, is_answer, is_untouched, key, source_of

TODAY = date.today().isoformat()
ANSWER = "def step(x_t, h, W, U, b):\n    return 7  # mine\n"


def at(cells, name):
    [place] = [place for place, cell in enumerate(cells) if key(cell) == name]
    return place


def put(cells, name, text):
    cells[at(cells, name)]["source"] = text


def own(text):
    return {"cell_type": "markdown", "id": f"own-{len(text)}", "metadata": {}, "source": text}


def texts(cells):
    return [source_of(cell) for cell in cells]


@pytest.fixture
def written(lesson):
    """An answer, a note behind it and one at the top, an output, a changed cell of the lesson, a file."""
    lesson.start()

    def write(cells):
        put(cells, "srn-step-answer", ANSWER)
        put(cells, "srn-written", "My answer in words.")
        cells[at(cells, "srn-step-answer")]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "hm"}]
        cells.insert(at(cells, "srn-step") + 1, own("behind"))
        cells.insert(0, own("at the top"))

    lesson.work(write)
    (lesson.own / "01-srn" / "plot.txt").write_text("mine")
    return lesson


def revised(cells):
    """A new title, a new cell before the first exercise, another stub for the second, and one exercise less."""
    cells[0]["source"] = "# A better title"
    cells.insert(at(cells, "srn-step-answer"), {**own("new"), "source": "New text."})
    put(cells, "srn-sequence-answer", "# another stub\nraise NotImplementedError()")
    cells[at(cells, "srn-sequence-answer")]["metadata"]["nbgrader"].pop("checksum")
    return [cell for cell in cells if grade_id(cell) not in ("srn-f1_score", "srn-f1_score-answer")]


def test_answers_and_own_cells_stand_where_they_stood_in_the_new_text(written):
    written.revise(revised)
    said = written.start(merge=True)
    cells = written.cells()
    assert "2 answers and 2 cells of your own" in said
    assert texts(cells)[:2] == ["at the top", "# A better title"]
    step = at(cells, "srn-step-answer")
    assert texts(cells)[step - 1 : step + 1] == ["New text.", ANSWER]
    assert source_of(cells[at(cells, "srn-step") + 1]) == "behind"
    assert cells[step]["outputs"][0]["text"] == "hm"
    assert source_of(cells[at(cells, "srn-written")]) == "My answer in words."
    assert "another stub" in source_of(cells[at(cells, "srn-sequence-answer")])
    assert "srn-f1_score-answer" not in [key(cell) for cell in cells]


def test_the_answer_still_counts_as_one(written):
    """nbgrader's metadata are the new version's, so nothing takes it for untouched."""
    written.revise(revised)
    written.start(merge=True)
    answers = [cell for cell in written.cells() if is_answer(cell)]
    assert [grade_id(cell) for cell in answers if not is_untouched(cell)] == ["srn-step-answer", "srn-written"]
    nbformat.validate(nbformat.read(written.path, as_version=4))


def test_what_was_there_is_kept_whole(written):
    before = {path.name: path.read_bytes() for path in (written.own / "01-srn").iterdir() if path.is_file()}
    written.revise(revised)
    written.start()
    said = written.start(merge=True)
    aside = written.own / f"01-srn-{TODAY}"
    assert f"What was there is now 01-srn-{TODAY}" in said
    assert {path.name: path.read_bytes() for path in aside.iterdir() if path.is_file()} == before
    assert (written.own / "01-srn" / "plot.txt").read_text() == "mine"
    assert written.names() == ["01-srn", f"01-srn-{TODAY}"]


def test_afterwards_there_is_nothing_to_merge(written):
    written.revise(revised)
    written.start(merge=True)
    assert "is there already" in written.start(merge=True)


def test_an_answer_whose_exercise_is_gone_becomes_a_plain_cell(written):
    written.work(lambda cells: put(cells, "srn-f1_score-answer", "mine = 1"))
    written.revise(revised)
    assert "kept as a plain cell: srn-f1_score-answer." in written.start(merge=True)
    [cell] = [cell for cell in written.cells() if source_of(cell) == "mine = 1"]
    assert "nbgrader" not in cell["metadata"]


def test_where_the_stub_changed_under_an_answer_it_is_named(written):
    written.work(lambda cells: put(cells, "srn-sequence-answer", "mine = 1"))
    written.revise(revised)
    assert f"Compare with 01-srn-{TODAY}: the lesson's own lines have changed in srn-seq" in written.start(merge=True)
    assert "mine = 1" in texts(written.cells())


def test_the_lessons_own_cells_and_files_are_the_lessons_again_and_it_says_so(written):
    written.work(lambda cells: put(cells, "srn-step", "check = print"))
    (written.own / "01-srn" / "data" / "test.txt").write_text("mine")
    written.revise(revised)
    said = written.start(merge=True)
    assert "though you had changed it" in said
    assert "“check = print”" in said
    assert "data/test.txt" in said
    assert "check = print" not in texts(written.cells())
    assert (written.own / "01-srn" / "data" / "test.txt").read_text() != "mine"


def test_a_copied_answer_cell_is_a_cell_of_ones_own(written):
    """JupyterLab copies nbgrader's metadata with a cell; two cells of one name would stop nbgrader."""

    def copy(cells):
        cell = cells[at(cells, "srn-step-answer")]
        cells.insert(0, {**cell, "id": "copied", "source": "first = 1"})
        cells.append({**cell, "id": "again", "source": "second = 2"})

    written.work(copy)
    written.revise(lambda cells: cells[0].update(source="# A better title"))
    written.start(merge=True)
    cells = written.cells()
    assert [grade_id(cell) for cell in cells].count("srn-step-answer") == 1
    assert {"first = 1", ANSWER, "second = 2"} <= set(texts(cells))


def test_a_notebook_without_ids_is_merged_by_what_its_cells_say(written):
    """As other programs save them."""
    written.work(lambda cells: [cell.pop("id") for cell in cells] and None)
    written.revise(revised)
    written.start(merge=True)
    assert {ANSWER, "behind", "at the top", "# A better title"} <= set(texts(written.cells()))
    ids = [cell["id"] for cell in written.cells()]
    assert len(set(ids)) == len(ids)


def test_a_damaged_notebook_is_named_and_nothing_is_changed(written):
    written.path.write_text("{")
    written.revise(revised)
    with pytest.raises(GraderError, match=r"01-srn\.ipynb is no notebook"):
        written.start(merge=True)
    assert written.path.read_text() == "{"
    assert written.names() == ["01-srn"]
