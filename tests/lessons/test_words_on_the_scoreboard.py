"""Do the lessons say of the scoreboard, and of where guesses came from, what the stored numbers say?"""

from __future__ import annotations

import json

import numpy as np
import pytest

from solutions.toolbox.experiments.listeners import SIZES
from solutions.toolbox.experiments.scoreboard import read, runs, scoreboard
from solutions.toolbox.experiments.verdicts import HOLDS, OPEN, higher, interval, lower
from tests.lessons.conftest import NOTEBOOKS, ROOT
from tests.lessons.conftest import read as notebook_of

PATHS = {path.stem: path for path in NOTEBOOKS}
AHEAD = ("srn", "gru", "lstm", "deep", "two ahead")
"""The networks that read from the start."""


def f1(name):
    values = runs(name)
    return values * 5 if len(values) == 1 else values


def loss(name):
    values = runs(name, "loss")
    return values * 5 if len(values) == 1 else values


def far(name, time="after"):
    return json.loads((ROOT / "lessons/05-lstm/data/connectivity.json").read_text(encoding="utf-8"))["reach"][name][
        time
    ]


def gain(name, rival):
    return np.mean(f1(name)) - np.mean(f1(rival))


SAID = [
    ("01-srn", "about three cuts of four are wrong", lambda: abs(runs("everywhere", "precision")[0] - 1 / 4) < 0.02),
    ("01-srn", "Counting pairs does better", lambda: gain("bigram", "everywhere") > 0),
    ("01-srn", "the SRN, which hears more than one letter, better still", lambda: min(f1("srn")) > runs("bigram")[0]),
    ("04-gru", "surprises the GRU less than the SRN", lambda: lower(loss("gru"), loss("srn")).word == HOLDS),
    ("04-gru", "its cuts are better", lambda: higher(f1("gru"), f1("srn")).word == HOLDS),
    ("04-gru", "The gain is real and small", lambda: 5 * gain("gru", "srn") < gain("srn", "bigram")),
    ("04-gru", "hardly any stand more than a dozen back", lambda: np.mean([*far("SRN"), *far("GRU")]) < 14),
    ("05-lstm", "Its cuts are better than the SRN's", lambda: higher(f1("lstm"), f1("srn")).word == HOLDS),
    ("05-lstm", "five seeds\nshow no difference", lambda: higher(f1("lstm"), f1("gru")).word == OPEN),
    ("05-lstm", "95 % of a guess comes from the last dozen letters or so", lambda: 11 < np.mean(far("LSTM")) < 14),
    (
        "05-lstm",
        "Training about doubles the reach",
        lambda: all(1.7 < doubled(name) < 2.3 for name in ("SRN", "GRU", "LSTM")),
    ),
    (
        "05-lstm",
        "six letters are nearly all",
        lambda: np.mean([far(n, "before") for n in ("SRN", "GRU", "LSTM")]) < 6.5,
    ),
    ("05-lstm", "the GRU's reach can't be told from the SRN's", lambda: higher(far("GRU"), far("SRN")).word == OPEN),
    ("05-lstm", "the LSTM's is about one letter shorter", lambda: shorter(far("LSTM"), far("SRN"))),
    ("06-deep", "39 units in place of 62", lambda: (SIZES["deep"][1], SIZES["lstm"][1]) == (39, 62)),
    ("06-deep", "surprises the two layers more than the one", lambda: lower(loss("lstm"), loss("deep")).word == HOLDS),
    ("06-deep", "neither from those of one layer", lambda: higher(f1("deep"), f1("lstm")).word == OPEN),
    ("06-deep", "nor from the SRN's", lambda: higher(f1("deep"), f1("srn")).word == OPEN),
    (
        "07-bidirectional",
        "over the control is more than 0.05 of F1",
        lambda: interval(minus("two directions", "two ahead"))[0] > 0.05,
    ),
    (
        "07-bidirectional",
        "are surprised *more* than",
        lambda: lower(loss("lstm"), loss("two directions")).word == HOLDS,
    ),
    (
        "language-model",
        "less than any network",
        lambda: all(min(loss(name)) > runs("ngrams", "loss")[0] for name in AHEAD),
    ),
    (
        "language-model",
        "every network that reads from the start",
        lambda: max(max(f1(name)) for name in AHEAD) < f1("ngrams")[0],
    ),
    ("language-model", "an F1 of about 0.7", lambda: all(abs(np.mean(f1(n)) - 0.7) < 0.03 for n in (*AHEAD, "ngrams"))),
    (
        "language-model",
        "twenty times as many numbers",
        lambda: 19 < read()["rows"]["ngrams"]["parameters"] / 24_000 < 22,
    ),
    (
        "language-model",
        "only the one who hears what follows does clearly better",
        lambda: min(f1("two directions")) > f1("ngrams")[0] + 0.02,
    ),
]


def minus(name, rival):
    return np.subtract(f1(name), f1(rival))


def doubled(name):
    return np.mean(far(name)) / np.mean(far(name, "before"))


def shorter(one, other):
    return lower(one, other).word == HOLDS and abs(np.mean(np.subtract(other, one)) - 1) < 0.5


@pytest.mark.parametrize(("stem", "words", "true"), SAID, ids=[words for _, words, _ in SAID])
def test_it_is_said_and_true(stem, words, true):
    text = "\n".join(cell.source for cell in notebook_of(PATHS[stem]).cells if cell.cell_type == "markdown")
    assert words in text
    assert true()


@pytest.mark.parametrize("stem", ["01-srn", "04-gru", "05-lstm", "06-deep", "07-bidirectional", "language-model"])
def test_a_lesson_shows_the_scoreboard_as_it_has_grown(stem):
    number = "08" if stem == "language-model" else stem[:2]
    [cell] = [cell for cell in notebook_of(PATHS[stem]).cells if f'scoreboard(up_to="{number}")' in cell.source]
    assert cell.outputs[0].data["text/markdown"] == scoreboard(number)
