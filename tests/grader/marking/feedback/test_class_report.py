"""Does the report say who lost points where, and what went wrong most often?"""

import pytest

from grader.marking.feedback.class_report import class_report
from grader.marking.feedback.feedback import feedback

LESSON = "01-srn"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_the_report_and_the_feedback_say_what_was_wrong(three, course, mark):
    mark(LESSON)
    report = class_report(course, LESSON)
    mistaken = next(row for row in report.rows if row.student == "mistaken")
    assert mistaken.losses["srn.step"].what == "transposed-U"
    transposed = next(mistake for mistake in report.mistakes if mistake.what == "transposed-U")
    assert (transposed.tasks, transposed.students) == (("srn.step",), 1)
    assert mistaken.follow_through == ("srn-sequence",)
    assert [mistake.what for mistake in report.mistakes if mistake.unanswered] == ["not written"]
    assert report.mistakes[-1].what == "not written"
    assert report.as_csv().splitlines()[0].startswith("student,srn-step,")
    page = next(page for page in feedback(course, LESSON, to_exchange=False) if "mistaken" in page.parts).read_text()
    assert "transpose" in page
