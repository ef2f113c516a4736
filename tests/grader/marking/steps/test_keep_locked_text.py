"""Is what was typed into a locked cell kept, and nothing else?"""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import SourceCell

from grader.marking.steps.keep_locked_text import kept_text
from grader.marking.steps.pick_copy import pick_copy

CHECK = 'from grader.checks import check\n\ncheck("srn.step", step)'
QUESTION = "## A written question\n\nWhy?"
WITH_SCHEME = f"{QUESTION}\n\n**Marking scheme** one point"


def kept(cell, source=CHECK, released=None):
    cells = kept_text(cell, SourceCell(source=source, locked=True, cell_type=cell.cell_type), released or source)
    return [(each.cell_type, each.source) for each in cells]


@pytest.mark.parametrize("text", [CHECK, CHECK.replace("\n", "\r\n") + "\n", CHECK.replace('"', "'"), "", " \n"])
def test_a_check_that_says_the_same_leaves_nothing(text):
    assert kept(new_code_cell(text)) == []


def test_of_an_answer_in_a_check_the_definitions_are_run_and_all_is_shown():
    text = f"import time\ndef step(x):\n    return x\ntime.sleep(99)\n{CHECK}"
    assert kept(new_code_cell(text)) == [("raw", text), ("code", "import time\n\n\ndef step(x):\n    return x")]


@pytest.mark.parametrize("text", ["My answer is: yes", f"{CHECK}  # why is this wrong?"])
def test_what_is_no_code_or_a_comment_is_shown(text):
    assert kept(new_code_cell(text)) == [("raw", text)]


def test_a_question_as_it_was_released_leaves_nothing_though_the_gradebook_has_its_marking_scheme():
    assert kept(new_markdown_cell(QUESTION), WITH_SCHEME, QUESTION) == []
    assert kept(new_markdown_cell(f"{QUESTION}\n\nBecause."), WITH_SCHEME, QUESTION) == [("markdown", "Because.")]
    assert kept(new_markdown_cell("Because."), WITH_SCHEME, QUESTION) == [("markdown", "Because.")]


@pytest.mark.parametrize(
    ("sources", "locked", "which"),
    [(["mine", "stub"], False, 0), (["stub", "mine", ""], False, 1), (["mine", "other"], False, 1),
     (["stub", "stub"], False, 1), (["mine", "stub"], True, 1)],
)  # fmt: skip
def test_of_several_copies_the_last_with_work_counts(sources, locked, which):
    cells = [new_code_cell(source) for source in sources]
    assert pick_copy(cells, SourceCell(source="stub", locked=locked)) is cells[which]
