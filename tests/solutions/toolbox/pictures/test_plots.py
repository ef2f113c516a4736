import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures import plots
from solutions.toolbox.text.corpora import run_together


def test_the_letters_stand_under_the_curve():
    text = run_together(["in", "the"])
    ax = plots.loss_per_symbol(np.arange(5.0), text.symbols, text.starts, text.starts)
    assert "".join(label.get_text() for label in ax.get_xticklabels()) == "inthe"


def test_without_letters_the_axis_counts():
    """Chinese characters may have no font here: then no label needs one."""
    ax = plots.loss_per_symbol(np.arange(5.0), None, np.array([True, False, True, False, False]))
    assert "position" in ax.get_xlabel()


def test_each_seed_is_a_dot():
    ax = plots.dots_by_method({"a": [(0.1, 0.2, 0.3), (0.2, 0.3, 0.4)], "b": [(0.1, 0.2, 0.3)]})
    assert sum(len(line.get_xdata()) for line in ax.lines) == 9


def test_the_phase_plot_averages_over_places():
    errors = np.tile([0.2, 0.3, 0.0], (2, 8))
    right = plots.error_by_phase(errors, period=3, chance=0.25)[1]
    np.testing.assert_allclose([line.get_ydata()[0] for line in right.lines[:3]], [0.2, 0.3, 0.0])


def test_every_axis_is_labelled():
    plots.growth([1, 2, 4], {"time": [1, 2, 4]}, "milliseconds")
    plots.error_per_letter({"all": np.ones(4)}, "diib")
    for number in plt.get_fignums():
        assert all(ax.get_xlabel() for ax in plt.figure(number).axes)


def test_cuts_show_hits_misses_and_false_cuts():
    text = run_together(["ab", "cd", "ef"])
    shown = plots.cuts(text, np.array([True, False, True, True, False, False])).data
    body = shown.split("</p>")[0]
    assert [body.count(mark) for mark in "│╎✗"] == [1, 1, 1]
