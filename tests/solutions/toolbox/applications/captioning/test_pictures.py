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
    drawn.neighbours(album.pictures, np.arange(6).reshape(2, 3), ["asked", "one", "two"])
    drawn.learning({"seed 0": [2.0, 1.0]})
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
