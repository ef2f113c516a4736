"""Are the colours of all pictures dark enough on white, and different enough for every kind of eyes?"""

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from solutions.toolbox.pictures.diagrams import COLOURS
from solutions.toolbox.pictures.plots import MARKERS, SERIES, STYLES

EYES = {
    "all cones": np.eye(3),
    "no red cones": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green cones": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "no blue cones": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}
"""What is left of linear RGB (Machado, Oliveira and Fernandes 2009, severity 1)."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = TO_XYZ.sum(axis=1)


def linear(colour):
    """Linear RGB of an sRGB colour."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast_on_white(colour):
    """WCAG's contrast ratio."""
    return 1.05 / (TO_XYZ[1] @ linear(colour) + 0.05)


def lab(colour, eyes):
    """CIE L*a*b* of a colour as those eyes see it."""
    t = TO_XYZ @ np.clip(np.array(EYES[eyes]) @ linear(colour), 0, 1) / WHITE
    x, y, z = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("role", COLOURS)
def test_a_colour_has_three_to_one_on_white(role):
    assert contrast_on_white(COLOURS[role]) >= 3


def test_these_colours_had_not():
    assert contrast_on_white("#56B4E9") < 3
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#000000") == pytest.approx(21)


@pytest.mark.parametrize("eyes", EYES)
def test_two_roles_have_colours_that_those_eyes_tell_apart(eyes):
    """A difference of 2 is just seen by normal eyes side by side. Grey, which only accompanies, is left out."""
    roles = [role for role in COLOURS if role != "faint"]
    apart = {
        pair: np.linalg.norm(lab(COLOURS[pair[0]], eyes) - lab(COLOURS[pair[1]], eyes))
        for pair in combinations(roles, 2)
    }
    assert min(apart.values()) > 16, min(apart, key=apart.get)


def test_lines_differ_by_marker_and_dashes_too():
    assert len(set(MARKERS)) == len(set(STYLES)) == len(set(SERIES)) == 5
