"""What holds for every run, whatever was handed in."""

from __future__ import annotations

import pytest

from tests.hostile.conftest import HONEST, read
from tests.hostile.handing_in import FULL

pytestmark = pytest.mark.hostile


def test_every_submission_has_an_outcome(runs):
    """Nobody is lost: one outcome for each who handed in."""
    for run in runs:
        assert sorted(run.outcomes) == sorted(run.submissions)


def test_the_others_are_untouched(runs):
    """Who is marked before and after the attackers gets what is right."""
    for run in runs:
        for student in HONEST:
            assert read(run, student).points == FULL


def test_gradebook_and_audit_record_agree(runs):
    """Every score in the gradebook is the referee's, and nothing else is there."""
    for run in runs:
        for student in run.outcomes:
            mark = read(run, student)
            given = {name: facts["points"] for name, facts in mark.record.get("tasks", {}).items()}
            given |= dict.fromkeys(mark.elsewhere)  # a person decides
            assert mark.points == dict.fromkeys(mark.points) | given, student


def test_what_was_not_marked_waits_for_a_person(runs):
    """No silent zero: without a mark there is no score, and the cell waits."""
    for run in runs:
        for student, outcome in run.outcomes.items():
            mark = read(run, student)
            for name, points in mark.points.items():
                assert (points is None) == (mark.waits[name] in (True, None)), (student, name)
            missing = {name for name, points in mark.points.items() if points is None} - mark.elsewhere
            assert (outcome["status"] == "not marked") == bool(missing), student


def test_what_was_not_marked_leaves_nothing_behind(runs):
    """A submission that could not be marked at all has no autograded notebook that looks as if it was."""
    for run in runs:
        for student in run.outcomes:
            mark = read(run, student)
            if set(mark.points.values()) == {None} and not mark.elsewhere:
                assert not mark.path("autograded").exists(), student
