"""Is what the page says of marks true at the time when it is made?"""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook

from grader.marking.course.course import COURSE_ID, Course
from grader.marking.feedback.pages.marks import Said, read_marks
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.conftest import LESSON

WRITTEN = "srn-written"


@pytest.fixture
def course(tmp_path):
    """A course of the test's own, with a gradebook."""
    return Course(tmp_path / "course")


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("kind", ["earlier", "elsewhere"])
def test_that_a_person_will_mark_is_told_until_a_person_has(marked, kind):
    record = {"tasks": {}, "not_marked": {}, "scores": {}, kind: {WRITTEN: "a note"}}
    AuditRecords(marked, LESSON).write("alice", LESSON, record)
    with Gradebook(marked.db_url, COURSE_ID) as gradebook:
        comment = gradebook.find_comment(WRITTEN, LESSON, LESSON, "alice")
        grade = gradebook.find_grade(WRITTEN, LESSON, LESSON, "alice")

        def told():
            gradebook.db.commit()
            return read_marks(gradebook, course_api(marked).config, LESSON, "alice")[LESSON].comments.get(WRITTEN)

        comment.auto_comment = "A person will look at this."
        assert told() == Said("A person will look at this.")
        grade.manual_score = 2.0
        assert told() is None
        comment.manual_comment = "Good."
        assert told() == Said("Good.", by_person=True)
