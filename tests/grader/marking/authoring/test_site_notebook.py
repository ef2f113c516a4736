"""Does a lesson on the site show what it has found and drawn, and none of its answers?"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.marking.authoring.site_notebook import (
    ABSENT,
    ALTS,
    LONGEST_ALT,
    SLIDER,
    STATIC,
    TO_READ,
    WITH_ANSWERS,
    site_notebook,
)
from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.desk.release import release


def srn():
    return nbformat.read(LESSON_FOLDER / "01-srn/01-srn.ipynb", as_version=4)


def without_notes(notebook):
    """The cells, but for the notes that stand under the head and below sliders."""
    return [cell for cell in notebook.cells if not cell.source.startswith(":::{note}")]


def sources(notebook):
    return [cell.source for cell in without_notes(notebook)]


def foot(notebook):
    """What was earned, and how the next lesson comes onto one's machine: three cells at the end of a notebook."""
    assert notebook.cells[-3].source.startswith("## What you have earned")
    return sources(notebook)[-3:]


def picture(**metadata):
    return new_output("display_data", {"image/png": "iVBORw0KGgo="}, metadata=metadata)


def cell_of(*outputs, below="", source="slider(draw)"):
    """A cell with these outputs, as it comes out, with that text below it."""
    cells = [new_markdown_cell("# 01"), new_code_cell(source, outputs=list(outputs)), new_markdown_cell(below)]
    return site_notebook(new_notebook(cells=cells)).cells[2:]


def alts(*pictures, below=""):
    return cell_of(*pictures, below=below)[0].metadata[ALTS]


# --- answers ----------------------------------------------------------------------------------------------------------


def test_code_and_text_are_those_of_a_release(tmp_path):
    """Whatever nbgrader clears when it releases a lesson is cleared on the site."""
    course = Course(tmp_path)
    release(course, "01", to_exchange=False)
    released = nbformat.read(course.release / "01-srn/01-srn.ipynb", as_version=4)
    assert sources(site_notebook(srn()))[1:] == sources(released)[1:-3]


def test_answers_are_shown_where_they_are_wanted():
    shown = sources(site_notebook(srn(), answers=True))
    assert shown[1:] == sources(srn())[1:-3]
    assert "A model answer" in "".join(shown)


def test_what_is_about_the_readers_own_machine_is_left_out():
    text = "\n".join(sources(site_notebook(srn())))
    assert not [part for part in foot(srn()) if part in text]
    assert "(../02-bptt/02-bptt.ipynb)" in text
    assert "grader start" not in text
    assert "started or fetched" not in text


def test_outputs_are_those_that_are_stored_but_for_the_reports_of_checks():
    shown = site_notebook(srn())
    for cell, now in zip(srn().cells[:-3], without_notes(shown), strict=True):
        marked = "nbgrader" in cell.metadata
        assert now.get("outputs") == ([] if marked and cell.cell_type == "code" else cell.get("outputs"))
    assert sum(bool(cell.get("outputs")) for cell in shown.cells) > 20


def test_a_note_under_the_head_says_which_of_both_one_reads():
    assert TO_READ in site_notebook(srn()).cells[1].source
    assert WITH_ANSWERS in site_notebook(srn(), answers=True).cells[1].source


# --- words for pictures -----------------------------------------------------------------------------------------------


def test_a_picture_keeps_its_own_words():
    own = picture(**{"image/png": {"alt": "Four dots."}})
    assert alts(own, below="**Figure 1.1.** Something else.") == ["Four dots."]


def test_otherwise_its_caption_speaks_for_it():
    below = "**Figure 1.1.** *Filled* dots are $h_{t-1}$ of `step`.\nMore."
    assert alts(picture(), below=below) == ["Figure 1.1: Filled dots are h_t-1 of step."]


def test_two_pictures_of_a_cell_are_told_apart():
    both = alts(picture(), picture(), below="**Figure 5.1.** The belt.")
    assert both == ["Figure 5.1: The belt. (1 of 2)", "Figure 5.1: The belt. (2 of 2)"]


def test_without_a_caption_the_text_below_speaks():
    assert alts(picture(), below="The middle panel is the surprise. It is high.") == [
        "A picture. The text says: The middle panel is the surprise"
    ]


def test_a_long_caption_is_cut_between_words():
    (alt,) = alts(picture(), below=f"**Figure 1.1.** {'word ' * 200}")
    assert len(alt) <= LONGEST_ALT + 2
    assert alt.endswith("word …")


@pytest.mark.parametrize("path", sorted(LESSON_FOLDER.glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_no_picture_of_a_lesson_is_without_words(path):
    notebook = site_notebook(nbformat.read(path, as_version=4))
    found = [alt for cell in notebook.cells for alt in cell.metadata.get(ALTS, ())]
    assert len(found) >= 5
    assert all(len(alt) > 15 for alt in found)


# --- sliders ----------------------------------------------------------------------------------------------------------


def slider(**also):
    return new_output("display_data", {SLIDER: {"model_id": "1"}, "text/plain": "interactive(…)", **also})


def test_a_slider_leaves_its_picture_and_says_where_it_moves():
    cell, note, _ = cell_of(slider(**{"image/png": "iVBORw0KGgo="}))
    assert [set(output.data) for output in cell.outputs] == [{"image/png"}]
    assert STATIC in note.source


def test_the_picture_of_a_slider_may_be_an_output_of_its_own():
    cell, note, _ = cell_of(slider(), picture())
    assert [set(output.data) for output in cell.outputs] == [{"image/png"}]
    assert STATIC in note.source


def test_what_a_slider_prints_is_kept_too():
    cell, _, _ = cell_of(slider(), new_output("display_data", {"text/plain": "push 4"}))
    assert [output.data for output in cell.outputs] == [{"text/plain": "push 4"}]


def test_only_a_cell_with_a_slider_has_a_note():
    assert [cell.cell_type for cell in cell_of(picture(), source="import slider")] == ["code", "markdown"]


def test_a_slider_without_a_picture_is_named():
    cell, note, _ = cell_of(slider())
    assert cell.outputs == []
    assert ABSENT in note.source
