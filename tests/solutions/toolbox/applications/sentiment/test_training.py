"""Does a network of sentences learn, alike from one seed, and does every sentence get its own score?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.applications.sentiment.sentences import Vocabulary
from solutions.toolbox.applications.sentiment.training import score_all, train
from tests.solutions.toolbox.applications.sentiment.four_sentences import SOME


class Sum(torch.nn.Module):
    """Adds a weight for each word number; padding's weight counts too, so lengths must be used."""

    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(5, 1)

    def forward(self, x, lengths):
        real = torch.arange(len(x))[:, None] < lengths
        return (self.table(x[..., 0])[..., 0] * real).sum(0)


def test_training_lowers_the_loss_and_is_the_same_for_the_same_seed():
    vocabulary = Vocabulary(SOME)
    numbers, targets = [vocabulary.numbers(s.words) for s in SOME], torch.tensor([1.0, 0.0, 0.0, 1.0])

    def loss(model, x, lengths, y):
        return torch.nn.functional.binary_cross_entropy_with_logits(model(x, lengths), y)

    curves = []
    for _ in range(2):
        torch.manual_seed(0)
        curves.append(train(Sum(), numbers, targets, loss, epochs=40, lr=0.1, B=2, seed=3))
    assert len(curves[0]) == 80
    assert np.mean(curves[0][-4:]) < np.mean(curves[0][:4])
    assert curves[0] == curves[1]


def test_scores_come_back_in_the_order_of_the_sentences():
    numbers = [torch.full((n, 2), n) for n in (3, 1, 4, 2)]
    model = Sum()
    expected = [n * model.table.weight[n].item() for n in (3, 1, 4, 2)]
    assert score_all(model, numbers, "cpu", B=3) == pytest.approx(expected, rel=1e-5)
