"""Are sentences cut, numbered and batched as they should be?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.applications.sentiment import sentences as S
from tests.solutions.toolbox.applications.sentiment.four_sentences import SOME, sentence


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
