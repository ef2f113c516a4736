"""Does a stored picture get the number of its caption, and is no slider stored?"""

from __future__ import annotations

import pytest
from nbformat import NotebookNode, v4

from grader.marking.authoring.stored_pictures import SLIDER, sync_pictures


def drawn(*alts: str) -> NotebookNode:
    """A cell that shows pictures which say this."""
    about = [{"image/png": {"alt": alt}} if alt else {} for alt in alts]
    outputs = [v4.new_output("display_data", data={"image/png": "AAAA"}, metadata=each) for each in about]
    return v4.new_code_cell("draw()", outputs=outputs)


def said(*cells: NotebookNode) -> list[str]:
    """What the pictures of these cells say after `sync_pictures`, which then finds nothing more."""
    notebook = v4.new_notebook(cells=list(cells))
    list(sync_pictures(notebook))
    assert list(sync_pictures(notebook)) == []
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.metadata.get("image/png", {}).get("alt", "") for output in outputs]


def caption(*numbers: str) -> NotebookNode:
    return v4.new_markdown_cell("\n\n".join(f"**Figure {number}.** Look." for number in numbers))


def test_a_picture_gets_the_number_of_the_caption_below_it():
    assert said(drawn("A curve."), caption("1.1")) == ["Figure 1.1. A curve."]


def test_a_caption_that_was_renumbered_renumbers():
    assert said(drawn("Figure 1.1. A curve."), caption("1.2")) == ["Figure 1.2. A curve."]
    assert said(drawn("Figure 1.1. A curve."), v4.new_markdown_cell("no caption")) == ["A curve."]


def test_two_pictures_of_one_caption_are_counted():
    assert said(drawn("A.", "B."), caption("1.1")) == [
        "Figure 1.1, picture 1 of 2. A.",
        "Figure 1.1, picture 2 of 2. B.",
    ]


def test_as_many_captions_as_pictures_go_one_to_each():
    assert said(drawn("A."), drawn("B."), caption("1.1", "1.2")) == ["Figure 1.1. A.", "Figure 1.2. B."]


@pytest.mark.parametrize("between", [caption("1.1", "1.2"), v4.new_markdown_cell("Text.")])
def test_where_no_caption_is_meant_none_is_taken(between):
    assert said(drawn("A."), drawn("B."), drawn("C."), between, caption("1.3")) == ["A.", "B.", "C."]


def test_a_picture_at_the_end_has_no_caption():
    assert said(caption("1.1"), drawn("A.")) == ["A."]


def test_a_picture_that_says_nothing_is_left_as_it_is():
    assert said(drawn(""), caption("1.1")) == [""]


def test_it_names_what_differed():
    notebook = v4.new_notebook(cells=[drawn("A."), caption("1.1")])
    [line] = sync_pictures(notebook)
    assert line.endswith("the alternative text does not say that this is Figure 1.1")


def test_of_a_slider_s_cell_the_picture_is_kept():
    cell = drawn("A.")
    cell.outputs.insert(0, v4.new_output("display_data", data={SLIDER: {"model_id": "1"}, "text/plain": "HBox"}))
    assert said(cell, caption("1.1")) == ["Figure 1.1. A."]
