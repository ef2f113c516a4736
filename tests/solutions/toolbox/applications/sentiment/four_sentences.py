"""Four sentences, for the tests of this folder."""

from __future__ import annotations

from solutions.toolbox.applications.sentiment.sentences import Sentence, words_of


def sentence(text, rating=1.0):
    return Sentence(text, words_of(text), rating)


SOME = [
    sentence(text) for text in ("a good film", "a bad film", "not a good film, but a short one", "good, enjoyably so")
]
