"""A lesson's student version straight from the clone, for somebody who learns alone: no course, no gradebook.

The same as `release` makes. It needs none of the instructor's packages: nbgrader, which students have, is enough.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import SaveCells

from grader.marking.course.lessons import lesson_files, notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.steps.add_earlier_solutions import copy_earlier_solutions


def student_version(lesson: str, folder: Path) -> None:
    """Write a lesson's student version into an empty folder: notebooks without answers, files, earlier solutions.

    Args:
        lesson: the lesson's folder name.
        folder: where to write, such as ``my-lessons/01-srn``.
    """
    for name in notebooks_of(lesson):
        clear_answers(LESSON_FOLDER / lesson / f"{name}.ipynb", folder / f"{name}.ipynb")
    for name in lesson_files(lesson):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(LESSON_FOLDER / lesson / name, folder / name)
    copy_earlier_solutions(lesson, folder)


def clear_answers(path: Path, target: Path) -> None:
    """Write the student version of one notebook, by nbgrader's own steps but the one that fills a gradebook."""
    notebook, resources = nbformat.read(path, as_version=nbformat.NO_CONVERT), ResourcesDict()
    for step in GenerateAssignment.preprocessors.default():
        if step is not SaveCells:
            notebook, resources = step().preprocess(notebook, resources)
    nbformat.write(notebook, target)
