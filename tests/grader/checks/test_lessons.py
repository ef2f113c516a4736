"""Which modules and tasks belong to a lesson, to its notebooks and to its grade cells?"""

from __future__ import annotations

import pytest

from grader.checks.task import all_tasks, module_of, modules_before, tasks_by_grade_id


@pytest.mark.parametrize(
    ("lesson", "notebook", "module"),
    [
        ("01-srn", "01-srn", "srn"),
        ("08-applications", "language-model", "applications.language_model"),
        ("08-applications", "speech", "applications.speech"),
    ],
)
def test_a_notebook_has_its_module(lesson, notebook, module):
    assert module_of(lesson, notebook) == module


def test_a_lesson_may_import_what_came_before():
    assert modules_before("01-srn") == []
    assert modules_before("04-gru") == ["srn", "bptt", "clipping"]
    assert modules_before("06-deep") == ["srn", "bptt", "clipping", "gru", "lstm", "cells"]


def test_every_task_is_found_by_the_id_of_its_grade_cell():
    assert tasks_by_grade_id()["speech-ctc_loss"].name == "speech.ctc_loss"
    assert len(tasks_by_grade_id()) == len(all_tasks())
