"""Of a class in the course folder: are copies listed, and those who wrote by themselves not?"""

from __future__ import annotations

import json

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.desk.similar.find import LISTED, similar
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes
from grader.marking.proving.made_copies import all_together

LESSON = "01-srn"
WRITTEN = "srn-written"
OWN_WORDS = (
    "Each unit of the state is fed back into all of them, so whatever came in long ago is still part of what the net "
    "computes now, even if nobody told it how far to look; that is what a window of fixed size can never give.",
    "A window sees k letters. The loop over U keeps a summary instead, and training decides what that summary holds; "
    "it fades, since every step multiplies by the slope of tanh.",
    "Because of recurrence there is memory. I think the hidden layer learns to store which word we are in, and the "
    "loss jumps as soon as the next word starts since it cannot be guessed from the letters before.",
)


def written(answer):
    def make(nb):
        next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN).source = answer
        return nb

    return make


@pytest.fixture
def honest(hand_in, own):
    """Six who wrote by themselves: four as the lesson does, three of them with mistakes; two in ways of their own."""
    hand_in("right", lambda nb: samples.solve(nb, own))
    for number in range(3):
        hand_in(
            f"mistaken-{number}", lambda nb, which=number: samples.make_mistakes(nb, own, typical_mistakes(own, which))
        )
    for number in range(2):
        hand_in(f"different-{number}", lambda nb, which=number: samples.solve_differently(nb, own, which))


def copied(own, which):
    """Everything is a copy of what different-`which` wrote, changed in every way."""

    def make(nb):
        samples.solve_differently(nb, own, which)
        for task in samples.tasks_of_notebook(nb):
            cell = samples.answer_cell(nb, task)
            cell.source = all_together(cell.source)
        return nb

    return make


def test_who_copied_comes_first_and_the_others_hardly_at_all(released, honest, hand_in, own):
    hand_in("copied", copied(own, 1))
    found = similar(released, "01")
    first = found.pairs[0]
    assert {first.one, first.other} == {"copied", "different-1"}
    assert len(first.answers) >= 4
    others = [pair for pair in found.pairs if "copied" not in (pair.one, pair.other)]
    assert all(pair.sum < first.sum / 2 for pair in others)
    assert not any(
        {"right", "mistaken-0", "mistaken-1", "mistaken-2"} >= {pair.one, pair.other} for pair in found.pairs
    )
    assert found.students == 7


def test_the_shared_lines_are_those_that_few_others_have(released, honest, hand_in, own):
    hand_in("copied", copied(own, 1))
    answer = next(
        each for each in similar(released, LESSON).pairs[0].answers if each.exercise.answer == "srn-module-answer"
    )
    lines = {text.strip(): both for text, both in [*answer.one, *answer.other]}
    assert any(lines.values())
    assert not any(both for text, both in lines.items() if text.startswith(("import ", "#", '"""')))


def test_names_come_from_the_roster(released, hand_in):
    hand_in("a1")
    hand_in("b2")
    write_roster(released, roster_with([Student("a1", "Anna Berg")]))
    found = similar(released, LESSON)
    assert (found.called("a1"), found.called("b2")) == ("Anna Berg (a1)", "b2")


def test_those_who_wrote_nothing_are_in_no_pair(released, hand_in):
    for student in "abc":
        hand_in(student)
    found = similar(released, LESSON)
    assert found.pairs == ()
    assert set(found.compared.values()) == {0}


def test_given_code_that_is_pasted_counts_nothing(released, hand_in):
    """What the lesson's own cells hold, all were given."""

    def pasted(nb):
        given = max(
            (c.source for c in nb.cells if c.cell_type == "code" and c.metadata.get("nbgrader") is None), key=len
        )
        for cell in nb.cells:
            if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source += "\n" + given
        return nb

    for student in "ab":
        hand_in(student, pasted)
    assert similar(released, LESSON).pairs == ()


def test_a_written_answer_that_was_retold_is_listed_and_own_words_are_not(released, hand_in):
    for number, words in enumerate(OWN_WORDS):
        hand_in(f"own-{number}", written(words))
    hand_in(
        "retold", written(OWN_WORDS[0].replace("nobody", "No one").replace(";", ".").replace("now", "today").upper())
    )
    [pair] = similar(released, LESSON).pairs
    assert {pair.one, pair.other} == {"own-0", "retold"}
    assert [answer.exercise.answer for answer in pair.answers] == [WRITTEN]
    assert pair.answers[0].number >= LISTED


def test_the_same_list_whatever_the_order(released, honest, hand_in, own):
    hand_in("copied", copied(own, 1))
    assert similar(released, LESSON) == similar(released, LESSON)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "no json",
        "[]",
        '{"cells": 3}',
        json.dumps(
            {
                "cells": [
                    {
                        "metadata": {"nbgrader": {"solution": True, "grade_id": "srn-step-answer"}},
                        "source": [1, {"a": 2}],
                    }
                ]
            }
        ),
        "{}" * 400_000,
    ],
)
def test_odd_files_stop_nothing(released, honest, content):
    path = released.submission("odd\x1b[31m", LESSON) / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    found = similar(released, LESSON)
    assert found.students >= 6
    assert all("\x1b" not in line for line in found.unread)


def test_a_link_is_not_followed_and_named(released, honest, tmp_path):
    path = released.submission("linked", LESSON) / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.symlink_to(released.submission("right", LESSON) / f"{LESSON}.ipynb")
    assert "linked: 01-srn.ipynb is a link, which is not followed" in similar(released, LESSON).unread


def test_one_alone_is_an_error(released, hand_in):
    hand_in("alone")
    with pytest.raises(GraderError, match="fewer than two"):
        similar(released, LESSON)
