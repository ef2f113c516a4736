import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures import clipping as pictures


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
