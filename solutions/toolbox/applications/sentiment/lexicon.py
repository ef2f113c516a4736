"""The oldest way: a list of words with a degree each, how positive or negative they are by themselves, and a sum."""

from __future__ import annotations

import numpy as np


class Lexicon:
    """Adds the degrees of the words of a sentence, each as often as it occurs; other words add nothing.

        s = Σ_t degree(word_t)

    Args:
        path: a file with a line for each word: degree from −4 (very negative) to 4, tabulator, word.
    """

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        self.degrees = {word: float(degree) for degree, word in rows}

    def scores(self, sentences):
        """The score of each sentence, (N,); a sentence is a list of words."""
        return np.array([sum(self.degrees.get(word, 0.0) for word in words) for words in sentences])
