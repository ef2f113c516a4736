"""A tagged text of three sentences, for the tests of this folder."""

from __future__ import annotations

from solutions.toolbox.applications.tagging.data import Sentence


def sentence(text):
    return Sentence(*zip(*(token.rpartition("/")[::2] for token in text.split()), strict=True))


TRAIN = [
    sentence("the/DET plan/NOUN works/VERB"),
    sentence("the/DET works/NOUN plan/VERB"),
    sentence("plan/NOUN the/DET works/NOUN"),
]
