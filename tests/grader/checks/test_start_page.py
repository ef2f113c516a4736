"""Does the start page show every lesson, what is done, and links to what is there?"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import nbformat
import pytest

from grader.checks.due import Due
from grader.checks.lesson_list import lesson_list
from grader.checks.progress import PLACE
from grader.checks.start_page import MARK, NAME, StartPage, write_start_page
from grader.checks.task import LESSONS
from grader.marking.course.paths import ROOT


@pytest.fixture
def remembered(tmp_path, monkeypatch):
    """What passed on this machine: a step of the SRN, and all of the last notebook."""
    tasks = {"srn.step": 3.0} | {name: float(points) for name, points in lesson_list()[-1].tasks.items()}
    known = {name: {"passed": True, "points": points, "when": ""} for name, points in tasks.items()}
    known["srn.sequence"] = {"passed": False, "points": 4.0, "when": ""}
    place = tmp_path / "progress.json"
    place.write_text(json.dumps({"format": 1, "tasks": known}))
    monkeypatch.setenv(PLACE, str(place))


def put(folder, notebook):
    (folder / notebook).parent.mkdir(parents=True)
    (folder / notebook).touch()


def rows_of(folder):
    return re.findall(r"<tr>(.*?)</tr>", StartPage(folder)._repr_html_())[1:]


def links(row):
    return dict.fromkeys(re.findall(r'<a href="([^"]+)"', row))


def test_every_notebook_has_a_row_with_its_picture_minutes_and_points(tmp_path):
    rows = rows_of(tmp_path)
    assert len(rows) == len(lesson_list()) == len(LESSONS)
    for row, entry in zip(rows, lesson_list(), strict=True):
        assert entry.title in row
        assert f">{entry.minutes}" in row
        assert f"of {sum(entry.tasks.values()):g} points" in row
        assert "data:image/png;base64,iVBOR" in row


def test_what_passed_is_counted_and_what_failed_is_not(remembered, tmp_path):
    first, *_, last = rows_of(tmp_path)
    assert ">3 of 24 points<" in first
    most = [sum(entry.tasks.values()) for entry in lesson_list()]
    assert f">✓ {most[-1]:g} of {most[-1]:g} points<" in last
    assert f"{3 + most[-1]:g} of {sum(most):g} points" in StartPage(tmp_path).together


def test_a_lesson_that_is_there_is_linked_and_another_is_said_not_to_be(tmp_path):
    put(tmp_path, "01-srn/01-srn.ipynb")
    put(tmp_path, "my-lessons/02-bptt/02-bptt.ipynb")
    first, second, third, *_ = rows_of(tmp_path)
    assert list(links(first)) == ["01-srn/01-srn.ipynb"]
    assert list(links(second)) == ["my-lessons/02-bptt/02-bptt.ipynb"]
    assert (list(links(third)), "not here yet" in third) == ([], True)


def test_in_the_clone_the_learners_own_version_comes_first(tmp_path):
    (tmp_path / "solutions").mkdir()
    put(tmp_path, "my-lessons/01-srn/01-srn.ipynb")
    put(tmp_path / "lessons", "01-srn/01-srn.ipynb")
    put(tmp_path / "lessons", "02-bptt/02-bptt.ipynb")
    first, second, *_ = rows_of(tmp_path)
    assert list(links(first)) == ["my-lessons/01-srn/01-srn.ipynb", "lessons/01-srn/01-srn.ipynb"]
    assert list(links(second)) == ["lessons/02-bptt/02-bptt.ipynb"]
    assert "your own: <code>grader start 02</code>" in second
    assert f"<strong>{lesson_list()[1].title}</strong>" in second
    assert f'<strong><a href="my-lessons/01-srn/01-srn.ipynb">{lesson_list()[0].title}</a></strong>' in first


def test_all_links_of_the_clone_s_own_page_lead_somewhere():
    found = [link for row in rows_of(ROOT) for link in links(row)]
    assert len(found) >= 14
    assert all((ROOT / link).is_file() for link in found)


def test_the_page_is_a_valid_notebook_that_shows_the_table_before_it_runs(remembered, tmp_path):
    path = write_start_page(tmp_path)
    assert path == tmp_path / NAME
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    (output,) = notebook.cells[1].outputs
    assert "3 of 24 points" in output.data["text/html"]
    assert "3 of 24 points" in output.data["text/plain"]


def test_cells_that_somebody_added_stay_where_they_stand(remembered, tmp_path):
    path = write_start_page(tmp_path)
    page, fresh = nbformat.read(path, as_version=4), nbformat.read(path, as_version=4)
    own = [nbformat.v4.new_markdown_cell(text) for text in ("above", "between", "below")]
    page.cells[1].update(outputs=[], source="show()")
    page.cells = [own[0], page.cells[0], own[1], page.cells[1], own[2]]
    nbformat.write(page, path)
    write_start_page(tmp_path)
    again = nbformat.read(path, as_version=4)
    nbformat.validate(again)
    assert again.cells == [own[0], fresh.cells[0], own[1], fresh.cells[1], own[2]]


def test_where_a_lesson_comes_from_is_said_as_it_is_here(tmp_path):
    def head():
        return nbformat.read(write_start_page(tmp_path), as_version=4).cells[0].source

    assert "as a file from your instructor, with `grader start 01-srn.zip`" in head()
    (tmp_path / "solutions").mkdir()
    (tmp_path / "lessons").mkdir()
    assert "with `grader start 01` in a terminal" in head()


def test_its_cell_shows_the_table_as_it_is_now(remembered, tmp_path, capsys, monkeypatch):
    cell = nbformat.read(write_start_page(tmp_path), as_version=4).cells[1]
    monkeypatch.chdir(tmp_path)
    exec(compile(cell.source, "cell", "exec"), {})
    assert "3 of 24 points" in capsys.readouterr().out


def test_it_is_written_anew_but_a_notebook_of_somebody_s_own_stays(tmp_path):
    path = write_start_page(tmp_path)
    ours = json.loads(path.read_text())
    assert ours["metadata"].items() >= MARK.items()
    path.write_text(json.dumps(ours | {"cells": []}))
    assert write_start_page(tmp_path) == path
    assert json.loads(path.read_text()) == ours
    for own in (json.dumps(ours | {"metadata": {}}), "no notebook", "[]", json.dumps({"metadata": []})):
        path.write_text(own)
        assert write_start_page(tmp_path) is None
        assert path.read_text() == own


def test_a_lesson_says_when_it_is_due(tmp_path):
    put(tmp_path, "my-lessons/01-srn/01-srn.ipynb")
    put(tmp_path, "02-bptt/02-bptt.ipynb")
    Due(datetime(2026, 12, 1, 23, 59, tzinfo=UTC), "<b>").write(tmp_path / "my-lessons/01-srn")
    first, second, *_ = rows_of(tmp_path)
    assert "due Tuesday 1 December 2026, 23:59 (&lt;b&gt;)" in first
    assert "due" not in second
