import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox import clipping_pictures as pictures
from solutions.toolbox.angles import angle


def test_every_axis_is_labelled():
    pictures.against_lag({"a": np.ones(5)})
    pictures.cliff(np.arange(3.0), np.arange(4.0), np.ones((4, 3)), {"way": np.ones((5, 2))})
    pictures.wall(np.arange(3.0), np.ones(3), np.ones(3), "bias")
    pictures.two_ways(np.array([3.0, 0.6]), 1.0, np.array([0.98, 0.2]), np.array([1.0, 0.6]))
    pictures.bends({"by value": [0.5, 1]}, {"by value": [10, 0]})
    pictures.adding_results((5, 10), {"a": [[0.1, 0.2], [0.1, 0.1]]})
    for number in plt.get_fignums():
        axes = plt.figure(number).axes
        assert all(ax.get_xlabel() or ax.get_label() == "<colorbar>" for ax in axes)
        assert all(ax.get_ylabel() for ax in axes)


def test_the_chain_has_a_box_for_every_state_and_the_loss():
    ax = pictures.chain(3)
    texts = [text.get_text() for text in ax.texts]
    assert {"$h_0$", "$h_{1}$", "$h_{3}$", "$J_{1}^T$", "$J_{3}^T$", "$L_T$"} <= set(texts)


def test_each_seed_is_a_dot_with_one_entry_in_the_legend_and_a_lost_network_is_drawn():
    ax = pictures.adding_results((5, 10), {"a": [[0.1, np.inf], [0.1, 0.1]], "b": [[0.1, 0.1], [0.2, 0.2]]})
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    assert max(max(line.get_ydata()) for line in ax.lines) == pictures.LOST


@pytest.mark.parametrize(("b", "degrees"), [([2, 0], 0), ([0, 3], 90), ([-1, 0], 180), ([1, 1], 45), ([0, 0], 0)])
def test_the_angle_between_gradients(b, degrees):
    assert angle({"x": np.array([1.0, 0.0])}, {"x": np.array(b, float)}) == pytest.approx(degrees, abs=1e-12)


def test_the_angle_is_over_all_arrays_together_and_exact_near_zero():
    a = {"x": np.array([[3.0]]), "y": np.array([4.0])}
    assert angle(a, {"y": np.array([8.0]), "x": np.array([[6.0]])}) == 0
    tilted = {"x": np.array([[3.0 - 4e-9]]), "y": np.array([4.0 + 3e-9])}
    assert angle(a, tilted) == pytest.approx(np.degrees(1e-9), rel=1e-6)
