"""Is what a failing check shows first short, and the rest there, one by one?"""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from grader.checks import CheckFailed, check
from grader.checks.check import public_report
from grader.checks.first_look import ON_THE_EXERCISE, RUNGS, hints, short_html, short_text, what_fails
from grader.checks.report import half_written
from grader.checks.task import find_task
from solutions.srn import f1_score
from tests.grader.checks.wrong_sequences import batch_first, doubled, forgets, in_place, right, unwritten

SEQUENCE = find_task("srn.sequence")


def placeholder(x, h0, W, U, b):
    """Not yet."""
    return None


class Folds(HTMLParser):
    """The words of a page, by the names of the folds that they are in."""

    def __init__(self, source):
        super().__init__()
        self.within, self.found, self.naming = [], {}, False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        self.naming = tag == "summary"
        if tag == "details":
            assert "open" not in dict(attributes)

    def handle_endtag(self, tag):
        if tag == "details":
            self.within.pop()

    def handle_data(self, data):
        if self.naming:
            self.within.append(data)
            self.naming = False
        else:
            self.found[tuple(self.within)] = f"{self.found.get(tuple(self.within), '')} {data}"


def test_hints_go_from_where_it_is_wrong_to_what_it_may_be():
    found = hints(public_report(SEQUENCE, forgets))
    assert list(found) == [RUNGS[0], RUNGS[1], RUNGS[3]]
    assert found[RUNGS[0]][0].startswith("First wrong at time step 1, row 0, unit 0")
    assert found[RUNGS[1]] == ("Pattern: right up to time step 0, wrong from 1.",)
    assert "h0" in found[RUNGS[3]][0]


@pytest.mark.parametrize(
    ("answer", "names"),
    [(doubled, [1, 3]), (in_place, [2]), (lambda **i: right(**i) / 0, [2]), (lambda **i: 1 / 0, [2])],
)
def test_hints_are_chosen_by_what_failed(answer, names):
    with np.errstate(all="ignore"):
        assert list(hints(public_report(SEQUENCE, answer))) == [RUNGS[name] for name in names]


def test_each_hint_stands_within_the_one_before_and_none_is_open():
    report = public_report(SEQUENCE, forgets)
    page = Folds(short_html(report)).found
    names = list(hints(report))
    for number, name in enumerate(names, start=1):
        assert hints(report)[name][0][:20] in page[tuple(names[:number])].replace("`", "")
    assert page[tuple(names)].endswith(ON_THE_EXERCISE)
    assert "60 of 72 entries are wrong" in page[()]
    assert "3 of 4 public checks failed" in page[()]
    assert "First wrong" not in page[()]
    assert "Pattern" not in page["Details",]
    assert "60 of 72" not in page["Details",]


def test_the_picture_stands_with_where_it_is_wrong():
    page = short_html(public_report(SEQUENCE, forgets))
    assert page.index(RUNGS[0]) < page.index("<img") < page.index(RUNGS[1])


def test_what_is_not_told_at_first_stands_in_the_details():
    """A row of what is right, and remarks."""
    score = find_task("srn.f1_score")
    report = public_report(score, lambda found, true: (0.1, *f1_score(found, true)[1:]))
    report = replace(report, remarks=("Python warned: careful",))
    page = Folds(short_html(report)).found
    assert "recall, f1" in page["Details",]
    assert "careful" in page["Details",]
    assert "recall, f1" not in page[()]


def test_nothing_is_said_twice_in_what_is_seen_at_first():
    seen = Folds(short_html(public_report(SEQUENCE, batch_first))).found[()]
    assert seen.count("wrong shape") == seen.count("public checks failed") == 1


def test_many_mistakes_are_counted():
    backward = find_task("gru.backward")
    names = ("W", "U", "b", "b_m", "h0", "x")
    report = public_report(backward, lambda *_: {name: np.ones((3,) * n) for n, name in enumerate(names)})
    told = what_fails(report)
    assert len(told) == 3
    assert told[-1].startswith("… and ")


def test_the_text_has_the_first_hint_and_says_where_the_others_are():
    said = short_text(public_report(SEQUENCE, forgets))
    assert len(said.splitlines()) <= 7
    assert all(len(line) <= 100 for line in said.splitlines())
    assert said.endswith("\n3 of 4 public checks failed")
    assert "Where it is wrong: First wrong at time step 1" in said
    assert "Pattern" not in said
    assert 'check("srn.sequence", sequence, details=True)' in said


def test_with_details_all_is_shown(capsys):
    with pytest.raises(CheckFailed):
        check("srn.sequence", forgets, details=True)
    said = capsys.readouterr().out
    assert "Pattern: right up to time step 0" in said
    assert "! " in said


def test_where_to_look_first_is_seen_at_first():
    report = replace(public_report(SEQUENCE, forgets), elsewhere="It uses your `step`: look there first.")
    assert "look there first" in Folds(short_html(report)).found[()]
    assert "! It uses your `step`: look there first." in short_text(report)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (unwritten, "`sequence` is not written yet: put your code where `raise NotImplementedError()` stands"),
        (lambda **inputs: ..., "`sequence` is not written yet"),
        (placeholder, "`sequence` is not written yet: it returns None."),
        (lambda **inputs: None, ""),
        (forgets, ""),
        (right, ""),
    ],
)
def test_what_is_half_written_gets_one_calm_sentence(answer, says):
    found = half_written(public_report(SEQUENCE, answer))
    assert found.startswith(says)
    assert bool(found) == bool(says)


def test_an_earlier_exercise_that_is_not_written_is_named():
    report = public_report(SEQUENCE, unwritten)
    report = replace(report, findings=[replace(finding, detail="step") for finding in report.findings])
    assert half_written(report) == "`sequence` calls your `step`, which is not written yet: write that one first."


def test_outside_of_a_notebook_it_has_failed(capsys):
    with pytest.raises(CheckFailed, match="is not written yet"):
        check("srn.sequence", unwritten)
    assert capsys.readouterr().out.count("\n") == 1
