"""Does the bag of words count words, forget their order, and fit?"""

from __future__ import annotations

import pytest
import torch

from solutions.toolbox.applications.sentiment.bag_of_words import BagOfWords
from solutions.toolbox.applications.sentiment.sentences import Vocabulary
from tests.solutions.toolbox.applications.sentiment.four_sentences import SOME


def test_a_bag_forgets_the_order_and_repetitions():
    bag = BagOfWords(Vocabulary(SOME), beginnings=True)
    bag.w = torch.arange(len(bag.w), dtype=torch.float)
    s = bag.scores([("a", "good", "film"), ("film", "a", "good"), ("a", "a", "good", "film", "film")])
    assert s[0] == s[1] == s[2] > 0


def test_the_score_along_a_sentence_is_the_score_of_each_part():
    bag = BagOfWords(Vocabulary(SOME), beginnings=True)
    bag.w = torch.randn(len(bag.w), generator=torch.Generator().manual_seed(0))
    words = ("a", "good", "good", "film", "nobody", "a")
    parts = [bag.scores([words[:n]])[0] for n in range(1, 7)]
    assert bag.along(words) == pytest.approx(parts)


def test_an_unknown_word_adds_nothing():
    bag = BagOfWords(Vocabulary(SOME)).fit([s.words for s in SOME], torch.tensor([1.0, 0.0, 0.0, 1.0]), 1e-2)
    assert bag.w[0] == 0
    assert bag.scores([("nobody",)])[0] == pytest.approx(bag.b.item())


@pytest.mark.parametrize("beginnings", [False, True])
def test_the_fit_is_a_minimum(beginnings):
    """The gradient of mean cross-entropy + decay · Σ w², from dense zeros and ones, vanishes."""
    vocabulary = Vocabulary(SOME)
    y, decay = torch.tensor([0.9, 0.2, 0.3, 0.8]), 0.02
    bag = BagOfWords(vocabulary, beginnings).fit([s.words for s in SOME], y, decay)
    x = torch.zeros(4, len(bag.w))
    for row, s in enumerate(SOME):
        x[row, bag.features(s.words)[0]] = 1
    w = bag.w.clone().requires_grad_()
    error = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + bag.b, y) + decay * w.pow(2).sum()
    (gradient,) = torch.autograd.grad(error, w)
    assert gradient.abs().max() < 1e-3
    assert bag.w.abs().max() > 0.05
