"""Does each lesson's notebook hold its tasks in the form that nbgrader, `grader sync` and the marking expect?"""

from __future__ import annotations

import os

from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearMarkScheme, ClearSolutions

from grader.checks.task import LESSONS, tasks_of
from grader.marking.authoring.sync import sync

OWN_IMPORT = "from grader.checks import check"
"""A check brings what it needs: no other cell of a student's can take it away."""


def tasks(path):
    """Those of the notebook: a module carries the notebook's name where the lesson has several, else the lesson's."""
    (module,) = [
        module
        for module, folder in LESSONS.items()
        if folder == path.parent.name and ("." not in module or module.endswith(f".{path.stem.replace('-', '_')}"))
    ]
    return tasks_of(module).values()


def marked(cell, name):
    return cell.metadata.get("nbgrader", {}).get(name)


def by_grade_id(notebook, grade_id):
    return [i for i, cell in enumerate(notebook.cells) if marked(cell, "grade_id") == grade_id]


def released(notebook):
    """The notebook as nbgrader makes it for students, from a copy."""
    copy, resources = notebook.copy(), {}
    copy.cells = [type(cell)(cell) for cell in notebook.cells]
    for clear in (ClearSolutions(), ClearMarkScheme()):
        copy, resources = clear.preprocess(copy, resources)
    return "\n".join(cell.source for cell in copy.cells)


def test_every_task_has_one_grade_cell_with_its_points(path, notebook):
    for task in tasks(path):
        (at,) = by_grade_id(notebook, task.grade_id)
        cell = notebook.cells[at]
        assert (marked(cell, "grade"), marked(cell, "locked"), marked(cell, "points")) == (True, True, task.points)
        called = f'check("{task.name}", {task.reference.partition(":")[2]})'
        assert cell.source == f"{OWN_IMPORT}\n\n{called}"


def test_the_solution_cell_stands_right_before_the_grade_cell(path, notebook):
    for task in tasks(path):
        (grade,), (solution,) = by_grade_id(notebook, task.grade_id), by_grade_id(notebook, f"{task.grade_id}-answer")
        cell = notebook.cells[solution]
        assert solution == grade - 1
        assert (marked(cell, "solution"), marked(cell, "grade"), marked(cell, "locked")) == (True, False, False)


def test_no_grade_cell_is_there_without_its_task(path, notebook):
    graded = {marked(cell, "grade_id") for cell in notebook.cells if cell.cell_type == "code" and marked(cell, "grade")}
    assert graded == {task.grade_id for task in tasks(path)}


def test_solution_regions_are_the_text_of_the_solutions(path):
    assert sync(path.parent.name, check=True) == []


def test_nbgrader_accepts_the_metadata(notebook):
    MetadataValidator().validate_nb(notebook)


def test_exercises_have_difficulty_minutes_points_and_hints(path, notebook):
    for task in tasks(path):
        (at,) = by_grade_id(notebook, task.grade_id)
        above, below = notebook.cells[at - 2].source, notebook.cells[at + 1].source
        assert above.startswith("### Exercise ")
        assert "●" in above
        assert f" minutes · {task.points} point" in above
        assert below.count("<details>") == below.count("</details>") >= 2


def test_hints_never_hold_a_line_of_the_answer(path, notebook):
    for task in tasks(path):
        (at,) = by_grade_id(notebook, task.grade_id)
        answer = notebook.cells[at - 1].source.partition("### BEGIN SOLUTION")[2].splitlines()
        lines = [
            line.strip()
            for line in answer
            if len(line.strip()) > 20 and not line.strip().startswith(('"', "#", "def "))
        ]
        assert not [line for line in lines if line in notebook.cells[at + 1].source]


def test_the_release_holds_no_answer_and_no_marking_scheme(path, notebook):
    text = released(notebook)
    assert "BEGIN SOLUTION" not in text
    assert "Marking scheme" not in text
    assert "A model answer" not in text
    assert text.count("raise NotImplementedError()") >= len(tasks(path))


def test_a_written_question_has_a_model_answer_and_a_marking_scheme(notebook):
    written = [c for c in notebook.cells if c.cell_type == "markdown" and marked(c, "grade") and marked(c, "solution")]
    schemes = [c for c in notebook.cells if marked(c, "task") and "BEGIN MARK SCHEME" in c.source]
    assert len(written) == len(schemes) >= 1
    assert all("BEGIN SOLUTION" in cell.source and marked(cell, "points") > 0 for cell in written)


def test_task_cells_run_without_the_experiments(path, code_cells, monkeypatch):
    """As in marking: only what is not tagged is run, and every check passes. (`check` raises where one does not.)"""
    monkeypatch.chdir(path.parent)
    assert "RNN_WORKBOOK_RUN" not in os.environ
    namespace = {"__name__": "__main__"}
    for cell in code_cells:
        if "experiment" not in cell.metadata.get("tags", []):
            exec(compile(cell.source, cell.id, "exec"), namespace)
