"""Can the pictures of captioning be drawn?"""

import matplotlib.pyplot as plt
import numpy as np

from solutions.toolbox.applications.captioning import pictures as drawn


def test_the_pictures_can_be_drawn(album):
    some = album.pictures[:5]
    drawn.gallery(some, ["a\n(true: b)"] * 5, [True, False] * 2 + [True], columns=3)
    drawn.network(some[0], ("a", "b", "■"))
    drawn.maps(some[0], np.ones((2, 4, 4)), "maps")
    drawn.likely_words(some[0], ["a", "■"], np.full((2, 6), 1 / 6), list("abcdef"), shown=3)
    drawn.scores_by_part({"one": np.ones((1, 2)), "two": np.zeros((3, 2))}, ("x", "y"))
    shown = drawn.neighbours(album.pictures, ["a caption"] * 99, np.arange(6).reshape(2, 3), ["asked", "nearest"])
    assert [ax.get_title() for ax in shown.axes] == ["a caption"] * 6
    drawn.learning({"seed 0": [2.0, 1.0]})
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()


def test_the_ring_stands_at_the_lowest_loss_on_both_sides():
    left, right = drawn.loss_and_exact({"tone": np.array([[[3.0, 0.1], [1.0, 0.2], [2.0, 0.7]]])})
    assert left.lines[1].get_xydata().tolist() == [[2, 1.0]]
    assert right.lines[1].get_xydata().tolist() == [[2, 0.2]]
