"""Does every notebook lead on to its neighbours, and do the essentials hang together and fit into their hours?"""

from __future__ import annotations

import re
import shutil

import nbformat
import pytest

from grader.checks.task import LESSONS, module_of, tasks_of
from grader.marking.authoring.heads import (
    ESSENTIAL_HOURS,
    NoHead,
    essential_minutes,
    in_hours,
    in_order,
    parts,
    sync_heads,
)
from grader.marking.course.paths import LESSON_FOLDER

LINK = re.compile(r"\]\(([^)]+\.ipynb)\)")


def read(path):
    return nbformat.read(path, as_version=4)


def links(path, cell):
    return [(path.parent / link).resolve() for link in LINK.findall(read(path).cells[cell].source)]


@pytest.fixture
def lessons(tmp_path):
    """Three of the notebooks."""
    for name in ("01-srn/01-srn.ipynb", "08-applications/language-model.ipynb", "08-applications/forecasting.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(LESSON_FOLDER / name, tmp_path / name)
    sync_heads(lessons=tmp_path)
    return tmp_path


def test_the_notebooks_in_the_clone_are_in_step():
    assert sync_heads(check=True) == []


def test_head_and_foot_lead_to_the_notebook_before_and_the_one_after():
    paths = in_order()
    assert len(paths) == len(LESSONS)
    for number, path in enumerate(paths):
        beside = {other.resolve() for other in (*paths[max(number - 1, 0) : number], *paths[number + 1 : number + 2])}
        assert set(links(path, 0)) == set(links(path, -1)) == beside


def test_where_a_neighbour_lies_in_another_folder_words_say_how_it_comes_there():
    for path, following in zip(in_order(), in_order()[1:], strict=False):
        foot = read(path).cells[-1].source
        assert ("`grader start" in foot) == (path.parent != following.parent)
        assert path.parent == following.parent or f"`grader start {following.parent.name[:2]}`" in foot


def test_links_are_written_anew_and_nothing_else_is_touched(lessons):
    path = lessons / "08-applications/language-model.ipynb"
    good = path.read_bytes()
    notebook = read(path)
    notebook.cells[0].source = re.sub(r"Before: [^\n]*", "Before: [nowhere](nowhere.ipynb)", notebook.cells[0].source)
    notebook.cells.pop()
    nbformat.write(notebook, path)
    assert sync_heads(check=True, lessons=lessons) == [
        "language-model.ipynb: the links to its neighbours, or the line on the essentials"
    ]
    sync_heads(lessons=lessons)
    assert path.read_bytes() == good


def test_check_writes_nothing(lessons):
    path = lessons / "01-srn/01-srn.ipynb"
    notebook = read(path)
    notebook.cells[-1].source = "changed"
    nbformat.write(notebook, path)
    before = path.read_bytes()
    assert sync_heads(check=True, lessons=lessons)
    assert path.read_bytes() == before


def test_minutes_that_do_not_add_up_are_an_error(lessons):
    path = lessons / "01-srn/01-srn.ipynb"
    notebook = read(path)
    notebook.cells[0].source = re.sub(r"together, (.*) \| (\d+) \|", r"together, \1 | 1 |", notebook.cells[0].source)
    nbformat.write(notebook, path)
    with pytest.raises(NoHead, match="01 · SRN"):
        sync_heads(lessons=lessons)


def test_the_essentials_take_twelve_hours_at_most_and_most_of_that():
    together = sum(essential_minutes(read(path)) for path in in_order())
    assert 0.9 * 60 * ESSENTIAL_HOURS <= together <= 60 * ESSENTIAL_HOURS


def test_each_of_the_eight_lessons_has_essentials():
    """A lesson of one's own may have none: the path through the essentials has hardly a minute left."""
    found = {path.parent.name for path in in_order() if essential_minutes(read(path))}
    assert [lesson for lesson in LESSONS.values() if lesson < "09" and lesson not in found] == []


def test_what_an_essential_exercise_builds_on_is_essential():
    for path in in_order():
        tasks = tasks_of(module_of(path.parent.name, path.stem))
        chosen = {name for number in _essential_exercises(path) for name in _tasks_under(path, number)}
        missing = {name: set(tasks[name].builds_on) - chosen for name in chosen}
        assert not any(missing.values()), missing


def _essential_exercises(path):
    return [
        number
        for part in parts(read(path))
        if part.essential
        for number in re.findall(r"\d+[A-G]?\.\d+", _written_out(part.exercises))
    ]


def _written_out(exercises):
    """ "7.2 to 7.4" → "7.2 7.3 7.4"."""
    if between := re.fullmatch(r"(\d+[A-G]?)\.(\d+) to \d+[A-G]?\.(\d+)", exercises):
        return " ".join(f"{between[1]}.{n}" for n in range(int(between[2]), int(between[3]) + 1))
    return exercises


def _tasks_under(path, number):
    """Names of the tasks checked below an exercise's heading."""
    text = "\n".join(cell.source for cell in read(path).cells)
    (section,) = re.findall(rf"^### Exercise {re.escape(number)} · .*?(?=^### Exercise |\Z)", text, re.DOTALL | re.M)
    found = re.findall(r'^check\("([^"]+)"', section, re.MULTILINE)
    assert found
    return found


@pytest.mark.parametrize(("minutes", "said"), [(715, "11 h 55 min"), (720, "12 hours"), (59, "0 h 59 min")])
def test_minutes_in_hours(minutes, said):
    assert in_hours(minutes) == said


def test_what_jupyterlab_keeps_beside_the_lessons_is_none_of_them(lessons):
    (lessons / ".ipynb_checkpoints").mkdir()
    (lessons / ".ipynb_checkpoints/start-checkpoint.ipynb").touch()
    assert sync_heads(check=True, lessons=lessons) == []
