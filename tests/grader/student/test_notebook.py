"""Are answers told from stubs as nbgrader tells them?"""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from grader.checks.task import lessons
from grader.marking.desk.student_version import student_version
from grader.student import notebook


@pytest.mark.parametrize("lesson", lessons())
def test_nbgraders_own_checksum_in_every_lesson(lesson, tmp_path):
    student_version(lesson, tmp_path)
    for path in tmp_path.glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        for cell, own in zip(cells, notebook.read(path)["cells"], strict=True):
            if notebook.is_answer(own):
                assert notebook.checksum(own) == compute_checksum(cell)
                assert notebook.is_untouched(own)
                own["source"] = "mine"
                assert not notebook.is_untouched(own)


def test_without_a_checksum_what_nbgrader_leaves_there_tells():
    about = {"nbgrader": {"grade_id": "a", "solution": True}}
    for text, untouched in (("x\nraise NotImplementedError()\n", True), ("YOUR ANSWER HERE", True), ("x = 1", False)):
        assert notebook.is_untouched({"cell_type": "code", "metadata": about, "source": text}) is untouched
