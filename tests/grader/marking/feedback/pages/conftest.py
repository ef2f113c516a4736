"""Pages of notebooks as they lie in the course folder after marking, made without marking anything."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import GetGrades
from nbgrader.server_extensions.formgrader.handlers import template_path
from traitlets.config import Config

from grader.marking.course.course import Course
from grader.marking.feedback.pages.exporter import LimitedExporter, PageExporter
from grader.marking.feedback.pages.marks import Mark, Marks
from grader.marking.steps.nbgrader_adapter import course_config

LESSON = "01-srn"
BOOTSTRAP = str(Path(template_path).parent / "static" / "node_modules" / "bootstrap" / "dist" / "css")
KINDS = ("feedback", "formgrade")
FEEDBACK = {"student": "alice", "assignment": LESSON, "notebook": LESSON}
MARKS = Marks({"srn-step": Mark(0.5, 3.0), "srn-sequence": Mark(4.0, 4.0), "srn-written": Mark(0.0, 4.0, waits=True)})
FORMGRADER = {
    "assignment_id": LESSON,
    "notebook_id": LESSON,
    "submission_id": "0123",
    "index": 0,
    "total": 1,
    "base_url": "",
    "student": "alice",
    "last_name": "<script>alert(1)</script>",
    "first_name": '" onclick="alert(1)',
    "notebook_path": '"><img src=x onerror=alert(1)>',
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course in whose folder the notebooks lie."""
    return Course(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="module")
def page_of(course):
    """page_of("feedback", cells): the page of a notebook with these cells; ``plain``: as nbgrader makes it."""
    path = course.autograded / "alice" / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)

    @cache
    def exporter(kind, plain):
        return HTMLExporter(config=plain_config(kind)) if plain else our_exporter(course, kind)

    def made(kind, cells, plain=False, marks=MARKS):
        nbformat.write(new_notebook(cells=list(cells)), path)
        return exporter(kind, plain).from_filename(str(path), resources=given(kind, plain, marks))[0]

    return made


def given(kind, plain=False, marks=MARKS):
    """What the exporter is given beside the notebook."""
    if kind == "formgrade":
        return dict(FORMGRADER)
    sums = {"score": 0, "max_score": 0, "late_penalty": 0}
    return {"nbgrader": FEEDBACK | sums} if plain else {"nbgrader": FEEDBACK, "marks": marks}


def our_exporter(course, kind):
    """The exporter of that kind of page, set up as nbgrader's converters do."""
    if kind == "formgrade":
        return LimitedExporter(config=our_config(course, kind))
    exporter = PageExporter(config=our_config(course, kind))
    exporter.register_preprocessor(GetGrades)
    return exporter


def our_config(course, kind):
    """What `nbgrader_config.py` says, for one kind of page."""
    config = course_config(course)
    config.HTMLExporter.template_name = kind
    config.HTMLExporter.extra_template_paths = [BOOTSTRAP]
    return config


def plain_config(kind):
    """As nbgrader comes."""
    templates = {"extra_template_basedirs": [template_path], "extra_template_paths": [BOOTSTRAP]}
    return Config(HTMLExporter={"template_name": kind, **templates})
