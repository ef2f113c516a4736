"""Is what somebody who learns alone starts from the same as what an instructor releases?"""

from __future__ import annotations

import pytest

from grader.marking.course.version import files_of
from grader.marking.desk.student_version import student_version


@pytest.mark.parametrize("lesson", ["01-srn", pytest.param("08-applications", marks=pytest.mark.slow)])
def test_it_is_what_is_released_byte_for_byte(lesson, course_with, tmp_path):
    """So nothing of the answers is in it: `test_release` looks for them in every lesson."""
    student_version(lesson, tmp_path)
    released = course_with(lesson).release / lesson
    made, wanted = (
        {path.relative_to(top).as_posix(): path.read_bytes() for path in files_of(top)} for top in (tmp_path, released)
    )
    assert made.keys() == wanted.keys()
    assert [name for name in made if made[name] != wanted[name]] == []
