import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.pictures import plots
from solutions.toolbox.text.corpora import run_together


def test_the_letters_stand_under_the_curve():
    text = run_together(["in", "the"])
    ax = plots.loss_per_symbol(np.arange(5.0), text.symbols, text.starts, text.starts)
    assert "".join(label.get_text() for label in ax.get_xticklabels()) == "inthe"


def test_each_seed_is_a_dot():
    ax = plots.dots_by_method({"a": [(0.1, 0.2, 0.3), (0.2, 0.3, 0.4)], "b": [(0.1, 0.2, 0.3)]})
    assert sum(len(line.get_xdata()) for line in ax.lines) == 9


def test_the_phase_plot_averages_over_places():
    errors = np.tile([0.2, 0.3, 0.0], (2, 8))
    right = plots.error_by_phase(errors, period=3, chance=0.25)[1]
    np.testing.assert_allclose([line.get_ydata()[0] for line in right.lines[:3]], [0.2, 0.3, 0.0])


def test_growth_names_the_lengths_and_no_others():
    ax = plots.growth([50, 100, 1600], {"time": [1, 2, 4]}, "milliseconds")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["50", "100", "1600"]
    assert list(ax.get_xticks(minor=True)) == []


def test_growth_draws_where_it_is_told():
    left, right = plots.axes(columns=2)
    assert plots.growth([1, 2], {"time": [1, 2], "memory": [1, 4]}, "milliseconds", ax=right) is right
    assert (len(left.lines), len(right.lines)) == (0, 2)


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


def test_each_character_has_its_loss_its_bar_and_itself():
    shown = plots.loss_per_character([2.5, 0.5], "中文", [True, False], title="two <characters>").data
    assert "two &lt;characters&gt;" in shown
    assert [shown.index(part) for part in ("2.5", "height:30px", "中", "0.5", "height:6px", "文")] == sorted(
        shown.index(part) for part in ("2.5", "height:30px", "中", "0.5", "height:6px", "文")
    )


def test_a_bar_inside_a_word_is_hollow():
    first, inside = (
        plots.loss_per_character([1.0], "中", [start]).data.partition("</div>")[0] for start in (True, False)
    )
    assert f"background:{plots.NETWORK}" in first
    assert "background:transparent" in inside
