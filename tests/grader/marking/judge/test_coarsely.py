"""Are errors of a marking run told to one digit, wherever a student reads them?"""

from __future__ import annotations

import re

import numpy as np
import pytest

from grader.checks.compare import Finding
from grader.checks.task import find_task
from grader.checks.wording import size
from grader.marking.answers.references.live import reference
from grader.marking.judge import referee
from grader.marking.judge.coarsely import coarsely, one_digit
from grader.marking.steps.mark import report_output
from tests.grader.marking.judge.test_referee import outputs_for, plan_of


def test_errors_are_rounded_to_one_digit():
    errors = np.array([0.0, 0.1234, 97.0, 3.45e-7, np.inf, np.nan])
    assert np.array_equal(one_digit(errors), [0.0, 0.1, 100.0, 3e-7, np.inf, np.nan], equal_nan=True)
    found = coarsely(Finding("h", "ordinary", "value", error=0.1234, errors=errors))
    assert (found.error, found.errors[1]) == (0.1, 0.1)
    assert np.isnan(coarsely(Finding("h", "ordinary", "shape")).error)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("error", "told"), [(5e-324, "0"), (2.2e-308, "0"), (2.3e-308, "2e-308"), (1.79e308, "∞")])
def test_the_smallest_and_the_largest_numbers_can_be_told(error, told):
    assert size(float(one_digit(np.array(error)))) == told


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("number", [5e-324, -5e-324])
def test_an_answer_that_is_off_by_less_than_a_normal_number_is_right_and_has_a_report(number):
    """As a probability of exp(−744) is, beside one of 0."""
    task = find_task("srn.f1_score")
    plan = plan_of(task)
    right = reference(task)
    outputs = outputs_for(task, lambda found, true: [value + number for value in right(found, true)], plan)
    verdict = referee.judge(task, outputs, plan)
    assert verdict.points == task.points
    assert "right (error 0, allowed" in report_output(verdict).data["text/plain"]


def test_the_report_of_a_marked_answer_has_no_second_digit():
    task = find_task("srn.f1_score")
    plan = plan_of(task)
    verdict = referee.judge(task, outputs_for(task, lambda found, true: (0.123, 0.456, 0.789), plan), plan)
    told = re.findall(r"(?i)wrong: error (?:up to )?(\S+),", report_output(verdict).data["text/plain"])
    assert told
    assert all(len(re.sub(r"e.*|[0.]", "", number)) <= 1 for number in told), told
