"""Do lesson 01's pictures show what they are given?"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from solutions.toolbox.pictures import srn as srn_pictures
from solutions.toolbox.pictures.diagrams import COLOURS

LESSONS = Path(__file__).resolve().parents[4] / "lessons"
T = 4
LINKS = {
    "SRN (Elman 1990)": 2 * T + (T - 1),
    "Jordan 1986": 2 * T + (T - 1),
    "GRU (2014)": 2 * T + (T - 1),
    "LSTM (1997)": 2 * T + 2 * (T - 1),
    "deep": 3 * T + 2 * (T - 1),
    "bidirectional (1997)": 4 * T + 2 * (T - 1),
    "convolution": T + (3 * T - 2),
    "Transformer (2017)": T + T * T,
}


@pytest.fixture(scope="module")
def ax():
    srn_pictures.family(T)
    return plt.gca()


def drawn(ax, kind):
    return [patch for patch in ax.patches if isinstance(patch, kind)]


def test_every_relative_is_there_with_its_place_in_the_course(ax):
    said = [text.get_text() for text in ax.texts]
    assert set(LINKS) == {name for name, *_ in srn_pictures.FAMILY}
    for name, place, *_ in srn_pictures.FAMILY:
        assert said[said.index(name) + 1] == place


def test_the_places_exist():
    named = {place.split()[1].rstrip(",") for _, place, *_ in srn_pictures.FAMILY if place.startswith("lesson")}
    assert named <= {folder.name[:2] for folder in LESSONS.iterdir()}


def test_every_link_is_drawn(ax):
    assert len(drawn(ax, FancyArrowPatch)) == sum(LINKS.values())
    assert len(drawn(ax, FancyBboxPatch)) == T * sum(len(layers) for _, _, layers, *_ in srn_pictures.FAMILY)


def test_only_gru_and_lstm_have_gates(ax):
    """One on each link along the chain; the LSTM's second state goes on beside it."""
    gates = [dot for dot in drawn(ax, Circle) if to_hex(dot.get_facecolor()) == COLOURS["gate"].lower()]
    assert len(gates) == 2 * (T - 1)
