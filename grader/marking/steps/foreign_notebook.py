"""Knows a notebook of something else that was handed in under a lesson's name: 0 points would be no verdict on it."""

from __future__ import annotations

from nbformat import NotebookNode

from grader.checks.task import all_tasks
from grader.marking.course.course import Course
from grader.marking.steps.answer_cells import stubs
from grader.marking.steps.cells_to_run import grade_id
from grader.marking.steps.code_elsewhere import answer_name, defines
from grader.marking.steps.pick_copy import words
from grader.marking.steps.released_cells import lesson_texts

SHARED = 10
"""One in so many of the lesson's texts makes a notebook the lesson's; two lessons may have some in common."""


def has_nothing_of(course: Course, lesson: str, notebook: str, nb: NotebookNode) -> bool:
    """Has the notebook none of the lesson's answer cells, hardly a text of it, and no answer to any of its exercises?

    A student may have kept the own code only, in cells without names.
    """
    names, texts = stubs(lesson, notebook).keys(), lesson_texts(course, lesson, notebook)
    shared = texts & {words(cell.source) for cell in nb.cells}
    if SHARED * len(shared) >= len(texts) or any(grade_id(cell) in names for cell in nb.cells):
        return False
    tasks = [task for task in all_tasks().values() if task.lesson == lesson and f"{task.grade_id}-answer" in names]
    return not any(defines(cell.source, answer_name(task)) for cell in nb.cells for task in tasks)
