"""What all steps of this project share: the course that they work on."""

from __future__ import annotations

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Instance

from grader.marking.course.course import Course


class CourseStep(NbGraderPreprocessor):
    """A step that knows its course; ``nbgrader_config.py`` says which."""

    course = Instance(Course, help="The course whose submissions are marked.").tag(config=True)
    library_calls_cost_points = Bool(
        False, help="Has an answer no points that calls from a library what its exercise asks to be written by hand?"
    ).tag(config=True)
