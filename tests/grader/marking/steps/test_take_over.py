"""Is what an ended program left of a trial cleared away, and that of one at work let be?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.take_over import NOTE, finish_take_overs, trial_of

LESSON = "01-srn"


@pytest.mark.parametrize("note", [None, "", '{"lesson": "01', "[]"])
def test_what_an_ended_program_left_is_removed(released, note):
    left = released.root / ".trial-left"
    (left / "autograded" / "alice").mkdir(parents=True)
    if note is not None:
        (left / NOTE).write_text(note)
    course_api(released)
    assert not left.exists()


def test_the_trial_of_a_program_at_work_stays_and_is_gone_at_its_end(released):
    with trial_of(released, LESSON, released.db_url) as (trial, _):
        finish_take_overs(released, released.db_url)
        assert (trial.root / "gradebook.db").exists()
        assert trial.root.stat().st_mode & 0o777 == 0o700
    assert not list(released.root.glob(".trial-*"))


def test_a_trial_that_cannot_begin_leaves_nothing(released):
    with (
        pytest.raises(GraderError, match="the gradebook cannot be used"),
        trial_of(released, LESSON, "sqlite:////nowhere/at.all"),
    ):
        pass
    assert not list(released.root.glob(".trial-*"))
