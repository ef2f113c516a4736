"""Does the scoreboard grow lesson by lesson, with what is stored, and do the lessons say of it what its numbers say?"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.task import LESSONS
from solutions.toolbox.experiments.listeners import PARAMETERS, TRAINING
from solutions.toolbox.experiments.scoreboard import HEADER, ROWS, read, runs, scoreboard
from solutions.toolbox.experiments.seeds import SEEDS
from solutions.toolbox.experiments.verdicts import interval

COUNTED = ("everywhere", "bigram", "ngrams")
TRAINED = tuple(name for name in ROWS if name not in COUNTED)


def table(up_to):
    header, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in scoreboard(up_to).splitlines()
    ]
    assert tuple(header) == HEADER
    return rows


@pytest.mark.parametrize(
    ("up_to", "count"), [("01", 3), ("02", 3), ("03", 3), ("04", 4), ("05", 5), ("06", 6), ("07", 8), ("08", 9)]
)
def test_it_has_grown_up_to_a_lesson(up_to, count):
    assert [row[0] for row in table(up_to)] == [lesson for lesson, _ in ROWS.values()][:count]


def test_its_lessons_are_there():
    assert {lesson for lesson, _ in ROWS.values()} <= {name[:2] for name in LESSONS.values()}


@pytest.mark.parametrize("name", TRAINED)
def test_every_network_was_trained_with_every_seed_at_equal_size(name):
    row = read()["rows"][name]
    assert len(row["runs"]) == len(SEEDS)
    assert row["parameters"] == pytest.approx(PARAMETERS, rel=0.01)


def test_all_learned_with_the_setting_that_the_code_has():
    assert {name: read()[name] for name in TRAINING} == TRAINING


@pytest.mark.parametrize("name", [name for name in TRAINED if name != "two ahead"])
def test_the_learning_rate_is_the_best_that_was_tried_and_not_at_the_edge(name):
    tuning = {float(rate): loss for rate, loss in read()["rows"][name]["tuning"].items()}
    assert sorted(tuning) == read()["rates"]
    assert read()["rows"][name]["lr"] == min(tuning, key=tuning.get)
    assert read()["rows"][name]["lr"] not in (min(tuning), max(tuning))


@pytest.mark.parametrize("name", ROWS)
def test_f1_is_the_harmonic_mean(name):
    for precision, recall, f1 in zip(*(runs(name, what) for what in ("precision", "recall", "f1")), strict=True):
        assert f1 == pytest.approx(2 / (1 / precision + 1 / recall))


def test_a_row_shows_means_intervals_and_the_difference_seed_by_seed():
    row = next(row for row in table("04") if row[1] == "GRU")
    gru, srn = np.array(runs("gru")), np.array(runs("srn"))
    low, high = interval(gru)
    assert row[2:4] == [f"{read()['rows']['gru']['parameters']:,}", f"{np.mean(runs('gru', 'loss')):.2f}"]
    assert row[6] == f"{gru.mean():.3f} ({low:.3f} to {high:.3f})"
    assert row[7] == "{:+.3f} to {:+.3f}".format(*interval(gru - srn))


def test_what_has_no_loss_shows_none():
    assert table("01")[0][2:4] == ["—", "—"]
    assert runs("everywhere", "loss") == []
