"""A large class without marking it: a real gradebook, records and folders, filled with drawn points."""

import json

import nbformat
import numpy as np
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook, new_uuid
from sqlalchemy import insert

from grader.checks.task import tasks_by_grade_id
from grader.marking.course.course import COURSE_ID
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.steps.nbgrader_adapter import course_api

FILLER = [{"case": "ordinary", "output": "h_t", "kind": "value", "detail": "x" * 120, "error": 0.0}] * 20
"""What a record has for each task, and nobody needs for a report: 4 KB."""
PAGE = f'<html><head><meta name="made-from" content="{"0" * 64}">'
KNOWN = ("transposed-U", "relu", "no-bias", "one-late")


def add_lessons(course, lessons):
    """Put lessons into the gradebook as a release does, with their real cells."""
    course.root.mkdir(parents=True, exist_ok=True)
    course_api(course)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for lesson in lessons:
            (course.release / lesson).mkdir(parents=True, exist_ok=True)
            gradebook.update_or_create_assignment(lesson)
            for name in notebooks_of(lesson):
                gradebook.update_or_create_notebook(name, lesson)
                nb = nbformat.read(LESSON_FOLDER / lesson / f"{name}.ipynb", as_version=4)
                for about in (cell.metadata.nbgrader for cell in nb.cells if "nbgrader" in cell.metadata):
                    if about.grade:
                        kind = "markdown" if about.solution else "code"
                        gradebook.update_or_create_grade_cell(
                            about.grade_id, name, lesson, max_score=about.points, cell_type=kind
                        )


def fill(course, lessons, count, seed=1):
    """So many students hand in every lesson; everything but the written answers is marked."""
    students = [f"student-{number:04}" for number in range(count)]
    draw = np.random.default_rng(seed)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        about = [{"id": one, "first_name": "Given", "last_name": f"Name {one[-4:]}"} for one in students]
        gradebook.db.execute(insert(Student), about)
        for lesson in lessons:
            _fill_lesson(gradebook, course, lesson, students, draw)
        gradebook.db.commit()
    return students


def _fill_lesson(gradebook, course, lesson, students, draw):
    assignment, known = gradebook.find_assignment(lesson), tasks_by_grade_id()
    submissions, notebooks, grades, comments = [], [], [], []
    for student in students:
        submission = {"id": new_uuid(), "assignment_id": assignment.id, "student_id": student}
        submissions.append(submission)
        folder, marked = course.submission(student, lesson), course.autograded / student / lesson
        folder.mkdir(parents=True)
        marked.mkdir(parents=True)
        for notebook in assignment.notebooks:
            one = {"id": new_uuid(), "assignment_id": submission["id"], "notebook_id": notebook.id}
            notebooks.append(one)
            right = draw.random(len(notebook.grade_cells)) < draw.beta(4, 2)
            for cell, is_right in zip(notebook.grade_cells, right, strict=True):
                waits = cell.name not in known
                score = None if waits else cell.max_score * bool(is_right)
                key = {"notebook_id": one["id"], "cell_id": cell.id}
                grades.append({"id": new_uuid(), **key, "auto_score": score, "needs_manual_grade": waits})
                comments.append({"id": new_uuid(), **key, "auto_comment": None})
            tasks = {
                known[cell.name].name: _task(bool(ok), draw)
                for cell, ok in zip(notebook.grade_cells, right, strict=True)
                if cell.name in known
            }
            record = course.audit_records / lesson / student / f"{notebook.name}.json"
            record.parent.mkdir(parents=True, exist_ok=True)
            record.write_text(json.dumps({"content": "", "marked": "", "tasks": tasks, "not_marked": {}, "scores": {}}))
            (folder / f"{notebook.name}.ipynb").write_text("{}")
            (marked / f"{notebook.name}.ipynb").write_text("{}")
            page = course.feedback / student / lesson / f"{notebook.name}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(PAGE)
    for table, rows in (
        (SubmittedAssignment, submissions),
        (SubmittedNotebook, notebooks),
        (Grade, grades),
        (Comment, comments),
    ):
        gradebook.db.execute(insert(table), rows)


def _task(is_right, draw):
    reason = "" if is_right else KNOWN[draw.integers(len(KNOWN))]
    return {"points": 0.0, "reason": reason, "says": f"{reason}." if reason else "", "findings": FILLER, "library": []}
