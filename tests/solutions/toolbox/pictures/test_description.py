"""Does the description of a figure say what is seen in it?"""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from solutions.toolbox.pictures import bidirectional, bptt, gates, plots, srn
from solutions.toolbox.pictures.alt_text import says_what_it_shows
from solutions.toolbox.pictures.description import LONGEST, describe


def described(draw, *args, **kwargs):
    draw(*args, **kwargs)
    return describe(plt.gcf())


def test_a_drawing_is_its_sentence_and_what_is_written_in_it():
    text = described(srn.folded)
    assert text.startswith("Elman's own drawing: four layers of units")
    assert "hidden h_t" in text
    assert "$" not in text


def test_an_arrow_over_a_letter_is_written_before_it():
    text = described(bidirectional.two_directions, 2)
    assert "→h_1, →h_2, →W, →U" in text
    assert "←h_2" in text
    assert "arrow" not in text


def test_a_drawing_says_what_was_asked_for_in_numbers():
    text = described(bptt.unfolded_with_losses, 2, back=True)
    assert "(here: T 2, back)" in text


def test_lines_are_told_by_name_from_their_first_to_their_last_value():
    text = described(plots.growth, [50, 100, 1600], {"time": [1, 9, 4]}, "milliseconds", "Longer input")
    assert "Longer input. Across: length of the sequence, T (steps), 50 to 1600, logarithmic" in text
    assert "time: 1 at 50, 9 at 100, 4 at 1600" in text


def test_dots_of_several_seeds_are_told_by_their_mean_at_each_place():
    text = described(plots.dots_by_method, {"net": [(0.1, 0.2, 0.3), (0.3, 0.4, 0.5)], "counts": [(0.5, 0.5, 0.5)]})
    assert "net: precision 0.2, recall 0.3, F1 0.4" in text


def test_hollow_and_filled_dots_of_one_colour_are_kept_apart():
    starts = np.array([True, False, True])
    text = described(plots.loss_per_symbol, np.array([1.0, 2.0, 3.0]), "abc", starts)
    assert "first symbol of a word: a 1, c 3; inside a word: 2 at 1" in text


def test_a_map_has_its_size_its_values_and_what_its_colours_mean():
    text = described(gates.gates_over_text, {"z": np.array([[0.25, 0.5], [0.75, 1.0]])}, "in", title="Gates")
    assert "Gates. Across: letter that is read, i, n; up: z: unit" in text
    assert "Map of 2 × 2 values, 0.25 to 1. Colours: how far open" in text


def test_panels_are_counted():
    text = described(plots.error_per_letter, {"all": np.ones(4), "some": np.arange(4.0)}, "diib")
    assert "Panel 1 of 2: all." in text
    assert "Panel 2 of 2: some." in text


def test_bars_are_told_one_by_one_where_they_are_few_and_named():
    plt.figure()
    plt.bar(["a", "b"], [0.25, 0.75])
    assert "a 0.25, b 0.75" in describe(plt.gcf())
    plt.figure()
    plt.hist([1, 1, 1, 5], bins=4)
    assert "4 bars, the highest 3 at 1.5" in describe(plt.gcf())


def test_words_at_the_ticks_are_told_and_numbers_that_only_count_are_not():
    ax = plots.axes()
    ax.plot([0, 1, 2], [3, 4, 5])
    ax.set_xticks([0, 1, 2], [0, 1, 2])
    ax.set_xlabel("n")
    assert "n, 0 to 2" in describe(ax.figure)
    ax.set_xticks([0, 1, 2], [10, 20, 50])
    assert "n, 10, 20, 50" in describe(ax.figure)


def test_pictures_in_a_grid_are_told_by_their_titles():
    for ax, title in zip(plt.subplots(1, 2)[1], ("a cat", "a dog"), strict=True):
        ax.imshow(np.zeros((2, 2, 3)))
        ax.set_axis_off()
        ax.set_title(title)
    assert describe(plt.gcf()) == "2 pictures: a cat; a dog."


def test_it_is_never_empty_and_never_endless():
    assert len(describe(plt.figure())) > 20
    ax = plots.axes()
    for k in range(100):
        ax.plot([1, 2, 3], [k, 2, 3], label=f"a line with a rather long name, number {k}")
    assert len(describe(ax.figure)) <= LONGEST


@pytest.mark.parametrize("values", [[np.nan, np.nan, np.nan], [np.nan, 1.0, np.nan]])
def test_what_is_not_a_number_is_passed_over(values):
    ax = plots.axes()
    ax.plot(values, label="lost")
    assert "nan" not in describe(ax.figure)


def test_a_docstring_s_words_about_arguments_are_left_out():
    @says_what_it_shows
    def draw(rows, title=""):
        """Rows of dots. A ring marks the best. ``rows`` maps a name to values.

        Args:
            title: above.
        """
        plots.axes().set_title(title)

    assert described(draw, {}, "Best of all") == "Rows of dots. A ring marks the best. Best of all."
