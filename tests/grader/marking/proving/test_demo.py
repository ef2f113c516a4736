"""Is a demonstration on a GPU as expected only where PyTorch computed there, with the CPU's marks?"""

from __future__ import annotations

import pytest

from grader.marking.course.course import Course
from grader.marking.feedback.class_report import ClassReport
from grader.marking.proving.demo import Demo, SampleStudent

STUDENTS = {
    "right": SampleStudent(lambda nb, name: nb, "all right", 28.0),
    "mistaken": SampleStudent(lambda nb, name: nb, "mistakes"),
}
MARKS = {"right": 28.0, "mistaken": 20.0}


def played(tmp_path, marks, on_cpu, devices):
    course, report = Course(tmp_path), ClassReport("01-srn", {}, (), ())
    return Demo(course, STUDENTS, marks, 28.0, report, [], on_cpu, devices)


@pytest.mark.parametrize(
    ("marks", "on_cpu", "devices", "well"),
    [
        (MARKS, None, ("cpu",), True),
        (MARKS, MARKS, ("cuda",), True),
        (MARKS, MARKS, ("cpu", "cuda"), True),
        (MARKS, MARKS, ("cpu",), False),
        (MARKS, MARKS | {"mistaken": 19.0}, ("cuda",), False),
        (MARKS | {"right": 27.0}, MARKS | {"right": 27.0}, ("cuda",), False),
    ],
)
def test_the_marks_are_as_expected(marks, on_cpu, devices, well, tmp_path):
    assert played(tmp_path, marks, on_cpu, devices).as_expected is well
