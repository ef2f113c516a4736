"""Are real sentences tagged, batched and learned as they should be?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.toolbox.experiments import segmentation
from solutions.toolbox.text.corpora import peoples_daily

SENTENCES = [("abc", "bes"), ("d", "s"), ("efgh", "bmme")]


@pytest.mark.parametrize(
    ("starts", "tags"), [([1], "s"), ([1, 0], "be"), ([1, 0, 0, 1], "bmes"), ([1, 1, 0], "sbe"), ([1, 0, 0, 0], "bmme")]
)
def test_tags_follow_from_where_words_start(starts, tags):
    assert segmentation.bmes(np.array(starts, dtype=bool)) == tags


def test_sentences_are_those_of_the_text_within_the_lengths():
    found = segmentation.tagged_sentences(0, 40, 5, 20)
    assert found
    assert all(5 <= len(symbols) == len(tags) <= 20 for symbols, tags in found)
    texts = [peoples_daily(k, k + 1).symbols for k in range(40)]
    assert [symbols for symbols, _ in found] == [text for text in texts if 5 <= len(text) <= 20]


def test_a_batch_is_padded_and_knows_its_lengths():
    ids, tags, lengths = next(segmentation.batches(SENTENCES, "abcdefg", 3))
    assert lengths.tolist() == [3, 1, 4]
    assert ids.T.tolist() == [[0, 1, 2, 7], [3, 7, 7, 7], [4, 5, 6, 7]]
    assert tags.T.tolist() == [[0, 2, 3, -1], [3, -1, -1, -1], [0, 1, 1, 2]]


def test_shuffled_batches_hold_every_sentence_once():
    lengths = torch.cat([batch[2] for batch in segmentation.batches(SENTENCES * 5, "abc", 4, seed=1)])
    assert sorted(lengths.tolist()) == sorted([3, 1, 4] * 5)
    again = torch.cat([batch[2] for batch in segmentation.batches(SENTENCES * 5, "abc", 4, seed=1)])
    assert torch.equal(lengths, again)


def test_the_loss_does_not_count_the_padding():
    _, tags, _ = next(segmentation.batches(SENTENCES, "abcdefg", 3))
    scores = torch.randn(4, 3, 4)
    changed = torch.where((tags < 0)[..., None], 1e3, scores)
    assert segmentation.tag_loss(scores, tags) == pytest.approx(segmentation.tag_loss(changed, tags).item())


def test_a_network_learns_its_sentences_by_heart():
    torch.manual_seed(0)

    class Window(torch.nn.Module):
        def forward(self, x, lengths):
            return x

    model = segmentation.Tagger(Window(), 8, 16, 16)
    segmentation.learn(model, lambda epoch: segmentation.batches(SENTENCES, "abcdefgh", 2, epoch), 60, 0.05)
    found, true = segmentation.guesses(model, segmentation.batches(SENTENCES, "abcdefgh", 2))
    assert len(true) == 8
    assert np.array_equal(found, true)
