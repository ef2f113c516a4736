"""Does a lesson's last picture show what was earned, and the same to everybody who passed all of it?"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from nbclient import NotebookClient
from nbformat import v4

from grader.checks import GraderError, earned, progress
from grader.checks.earned import _draw, _png, earned_in
from grader.checks.progress import PLACE, Passed
from grader.checks.task import find_task, lessons, tasks_of


@pytest.fixture(autouse=True)
def file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv(PLACE, str(path))
    monkeypatch.setattr(progress, "_here", set())
    return path


def earlier(file, *names):
    """These passed before, in another kernel."""
    known = {name: {"passed": True, "points": 1.0, "when": datetime.now(UTC).isoformat()} for name in names}
    file.write_text(json.dumps({"format": 1, "tasks": known}))


def test_what_passed_before_and_what_passes_now_are_both_there(file, capsys):
    earlier(file, "srn.step")
    progress.remember(find_task("srn.f1_score"), None, True)
    earned("01-srn")
    said = capsys.readouterr().out
    assert said.startswith(
        "01-srn: 6 of 24 points earned. Passed: One step (3), Precision, recall, F1 (3). Still open: "
    )
    assert "A whole sequence (4)" in said.partition("Still open")[2]


def test_what_was_tried_without_success_earns_nothing(file):
    progress.remember(find_task("srn.step"), None, False)
    assert progress.remembered()["srn.step"] == Passed(False, 0.0, progress.remembered()["srn.step"].when)
    assert earned_in("01-srn").points == 0


def test_where_all_passed_in_this_kernel_it_is_the_same_whatever_was_before(file):
    """So the lessons' own notebooks can be held to it."""
    for task in tasks_of("srn").values():
        progress.remember(task, None, True)
    alone = earned_in("01-srn")
    earlier(file, "srn.step", "gru.step", "no.longer.there")
    assert str(earned_in("01-srn")) == str(alone)
    assert _png(_draw(earned_in("01-srn"))) == _png(_draw(alone))
    assert alone.points == alone.most == 24


@pytest.mark.parametrize("lesson", lessons())
def test_every_lesson_has_one(lesson):
    assert _png(_draw(earned_in(lesson))).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["language-model", "applications.language_model"])
def test_a_lesson_with_several_notebooks_has_one_for_each(name):
    assert [task.module for task, _ in earned_in(name).tasks] == ["applications.language_model"] * 4


def test_an_unknown_lesson_is_named():
    with pytest.raises(GraderError, match=r"no lesson 'srm'; the lessons are: 01-srn, .*language-model"):
        earned("srm")


def test_in_a_notebook_it_is_a_picture_with_its_words(monkeypatch):
    cells = [v4.new_code_cell('from grader.checks import earned\n\nearned("01-srn")')]
    notebook = v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    [output] = notebook.cells[0].outputs
    assert output.data["text/plain"].startswith("01-srn: 0 of 24 points earned. Still open: One step (3)")
    assert output.metadata["image/png"]["alt"] == output.data["text/plain"]
    assert output.data["image/png"]


def test_a_marking_run_shows_nothing(tmp_path, monkeypatch, capsys):
    run = tmp_path / "run.json"
    run.write_text(json.dumps({"format": 1, "tasks": {}}))
    monkeypatch.setenv("RNN_WORKBOOK_RUN", str(run))
    earned("01-srn")
    assert capsys.readouterr().out == ""
