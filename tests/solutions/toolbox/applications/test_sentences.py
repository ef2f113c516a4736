"""Are sentences cut, numbered and batched as they should be, and does the bag of words count them?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.applications import sentences as S


def sentence(text, rating=1.0):
    return S.Sentence(text, S.words_of(text), rating)


SOME = [
    sentence(text) for text in ("a good film", "a bad film", "not a good film, but a short one", "good, enjoyably so")
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't like it.", ("i", "do", "n't", "like", "it", ".")),
        ("It’s Bad!", ("it", "'s", "bad", "!")),
        ("can't, won't", ("ca", "n't", ",", "wo", "n't")),
        ("Amélie in 3 parts", ("amélie", "in", "3", "parts")),
    ],
)
def test_a_text_is_cut_into_words(text, words):
    assert S.words_of(text) == words


def test_negations_and_turns_are_found():
    assert [(s.negated, s.turned) for s in SOME] == [(False, False), (False, False), (True, True), (False, False)]


def test_a_file_is_read(tmp_path):
    (tmp_path / "some.tsv").write_text("-1.25\tIt isn't Good.\n2.00\tgood\n", encoding="utf-8")
    first, second = S.read(tmp_path / "some.tsv")
    assert (first.rating, first.words, second.text) == (-1.25, ("it", "is", "n't", "good", "."), "good")


def test_a_vocabulary_keeps_what_stands_in_two_sentences():
    vocabulary = S.Vocabulary(SOME)
    assert set(vocabulary.words) == {"a", "good", "film", ","}
    assert sorted(vocabulary.words.values()) == [1, 2, 3, 4]


def test_an_unknown_word_keeps_its_beginning():
    vocabulary = S.Vocabulary([sentence("enjoyable"), sentence("enjoyed it"), sentence("it")])
    numbers = vocabulary.numbers(("enjoyably", "it", "no"))
    assert numbers.tolist() == [[0, vocabulary.beginnings["enjoy"]], [vocabulary.words["it"], 2], [0, 0]]
    assert vocabulary.numbers(()).shape == (0, 2)


def test_padding_goes_to_the_end():
    x, lengths = S.padded([torch.ones(2, 2, dtype=torch.long), torch.ones(4, 2, dtype=torch.long)])
    assert x.shape == (4, 2, 2)
    assert lengths.tolist() == [2, 4]
    assert x[:, 0, 0].tolist() == [1, 1, 0, 0]


@pytest.mark.parametrize("generator", [None, torch.Generator().manual_seed(0)])
def test_batches_hold_every_sentence_once_and_little_padding(generator):
    lengths = np.random.default_rng(0).integers(1, 40, 100)
    parts = S.batches([torch.zeros(n, 2) for n in lengths], 10, generator)
    assert sorted(torch.cat(parts).tolist()) == list(range(100))
    assert max(np.ptp(lengths[part.numpy()]) for part in parts) < 15


class Sum(torch.nn.Module):
    """Adds a weight for each word number; padding's weight counts too, so lengths must be used."""

    def __init__(self):
        super().__init__()
        self.table = torch.nn.Embedding(5, 1)

    def forward(self, x, lengths):
        real = torch.arange(len(x))[:, None] < lengths
        return (self.table(x[..., 0])[..., 0] * real).sum(0)


def test_training_lowers_the_loss_and_is_the_same_for_the_same_seed():
    vocabulary = S.Vocabulary(SOME)
    numbers, targets = [vocabulary.numbers(s.words) for s in SOME], torch.tensor([1.0, 0.0, 0.0, 1.0])

    def loss(model, x, lengths, y):
        return torch.nn.functional.binary_cross_entropy_with_logits(model(x, lengths), y)

    curves = []
    for _ in range(2):
        torch.manual_seed(0)
        curves.append(S.train(Sum(), numbers, targets, loss, epochs=40, lr=0.1, B=2, seed=3))
    assert len(curves[0]) == 80
    assert np.mean(curves[0][-4:]) < np.mean(curves[0][:4])
    assert curves[0] == curves[1]


def test_scores_come_back_in_the_order_of_the_sentences():
    numbers = [torch.full((n, 2), n) for n in (3, 1, 4, 2)]
    model = Sum()
    expected = [n * model.table.weight[n].item() for n in (3, 1, 4, 2)]
    assert S.score_all(model, numbers, "cpu", B=3) == pytest.approx(expected, rel=1e-5)


# --- the bag of words -----------------------------------------------------------------------------------------------


def test_a_bag_forgets_the_order_and_repetitions():
    bag = S.BagOfWords(S.Vocabulary(SOME), beginnings=True)
    bag.w = torch.arange(len(bag.w), dtype=torch.float)
    s = bag.scores([("a", "good", "film"), ("film", "a", "good"), ("a", "a", "good", "film", "film")])
    assert s[0] == s[1] == s[2] > 0


def test_the_score_along_a_sentence_is_the_score_of_each_part():
    bag = S.BagOfWords(S.Vocabulary(SOME), beginnings=True)
    bag.w = torch.randn(len(bag.w), generator=torch.Generator().manual_seed(0))
    words = ("a", "good", "good", "film", "nobody", "a")
    parts = [bag.scores([words[:n]])[0] for n in range(1, 7)]
    assert bag.along(words) == pytest.approx(parts)


def test_an_unknown_word_adds_nothing():
    bag = S.BagOfWords(S.Vocabulary(SOME)).fit([s.words for s in SOME], torch.tensor([1.0, 0.0, 0.0, 1.0]), 1e-2)
    assert bag.w[0] == 0
    assert bag.scores([("nobody",)])[0] == pytest.approx(bag.b.item())


@pytest.mark.parametrize("beginnings", [False, True])
def test_the_fit_is_a_minimum(beginnings):
    """The gradient of mean cross-entropy + decay · Σ w², from dense zeros and ones, vanishes."""
    vocabulary = S.Vocabulary(SOME)
    y, decay = torch.tensor([0.9, 0.2, 0.3, 0.8]), 0.02
    bag = S.BagOfWords(vocabulary, beginnings).fit([s.words for s in SOME], y, decay)
    x = torch.zeros(4, len(bag.w))
    for row, s in enumerate(SOME):
        x[row, bag.features(s.words)[0]] = 1
    w = bag.w.clone().requires_grad_()
    error = torch.nn.functional.binary_cross_entropy_with_logits(x @ w + bag.b, y) + decay * w.pow(2).sum()
    (gradient,) = torch.autograd.grad(error, w)
    assert gradient.abs().max() < 1e-3
    assert bag.w.abs().max() > 0.05
