"""Are the tagger's loss, counts and scores right: against torch, by hand, and whatever stands in padding?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solutions.applications.tagging import confusion, masked_loss, span_f1, spans
from solutions.toolbox.applications.tagging.viterbi import well_formed

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
sequences = st.lists(st.sampled_from(TAGS), max_size=12)


def batch(T, B, O, seed=0):
    rng = np.random.default_rng(seed)
    o = torch.tensor(rng.standard_normal((T, B, O)), requires_grad=True)
    return o, torch.tensor(rng.integers(0, O, (T, B))), torch.tensor(rng.integers(1, T + 1, B))


@pytest.mark.parametrize("T", [1, 2, 7])
@pytest.mark.parametrize("B", [1, 3, 5])
@pytest.mark.parametrize("O", [1, 2, 6])
def test_the_loss_and_its_gradient_are_those_of_the_sentences_without_padding(T, B, O):
    o, targets, lengths = batch(T, B, O)
    together = torch.cat([o[:n, b] for b, n in enumerate(lengths)])
    wanted = torch.nn.functional.cross_entropy(together, torch.cat([targets[:n, b] for b, n in enumerate(lengths)]))
    loss = masked_loss(o, targets, lengths)
    torch.testing.assert_close(loss, wanted)
    torch.testing.assert_close(*(torch.autograd.grad(value, o, retain_graph=True)[0] for value in (loss, wanted)))


def test_the_gradient_is_softmax_minus_one_hot_over_the_number_of_real_tokens():
    o, targets, lengths = batch(5, 4, 3)
    masked_loss(o, targets, lengths).backward()
    real = (torch.arange(5)[:, None] < lengths)[..., None]
    wanted = (o.softmax(-1) - torch.nn.functional.one_hot(targets, 3)) * real / lengths.sum()
    torch.testing.assert_close(o.grad, wanted.detach())


def test_the_gradient_agrees_with_finite_differences():
    o, targets, lengths = batch(4, 3, 3)
    assert torch.autograd.gradcheck(lambda scores: masked_loss(scores, targets, lengths), o)


def test_what_stands_in_padding_does_not_matter_not_even_nan():
    o, targets, lengths = batch(6, 3, 4)
    padding = torch.arange(6)[:, None] >= lengths
    other = o.detach().masked_fill(padding[..., None], torch.nan).requires_grad_()
    loss = masked_loss(other, targets.masked_fill(padding, 0), lengths)
    loss.backward()
    torch.testing.assert_close(loss, masked_loss(o, targets, lengths))
    assert (other.grad[padding] == 0).all()


def test_confusions_are_counted_as_often_as_they_occur():
    targets, found = np.array([[0, 1], [0, 1], [2, 0]]), np.array([[1, 1], [1, 0], [2, 2]])
    assert confusion(targets, found, np.array([3, 2]), 3).tolist() == [[0, 2, 0], [1, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(("T", "B", "K"), [(1, 1, 1), (4, 3, 5), (20, 6, 2)])
def test_the_matrix_holds_every_real_token_once(T, B, K):
    rng = np.random.default_rng(T)
    targets, found, lengths = rng.integers(0, K, (T, B)), rng.integers(0, K, (T, B)), rng.integers(1, T + 1, B)
    counts = confusion(targets, found, lengths, K)
    real = np.arange(T)[:, None] < lengths
    assert counts.shape == (K, K)
    assert counts.sum() == lengths.sum()
    assert np.trace(counts) == (targets == found)[real].sum()
    assert (counts.sum(axis=1) == np.bincount(targets[real], minlength=K)).all()


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ("", []),
        ("O O", []),
        ("B-PER", [(0, 1, "PER")]),
        ("O B-PER I-PER", [(1, 3, "PER")]),
        ("B-PER I-PER O B-LOC O", [(0, 2, "PER"), (3, 4, "LOC")]),
        ("B-PER B-PER I-PER", [(0, 1, "PER"), (1, 3, "PER")]),
        ("O I-PER I-PER O", [(1, 3, "PER")]),
        ("B-PER I-LOC I-LOC", [(0, 1, "PER"), (1, 3, "LOC")]),
        ("I-PER B-PER", [(0, 1, "PER"), (1, 2, "PER")]),
        ("B-LOC O I-LOC", [(0, 1, "LOC"), (2, 3, "LOC")]),
    ],
)
def test_spans_follow_the_rule(tags, wanted):
    assert spans(tags.split()) == wanted


@given(sequences)
def test_every_tag_but_O_is_in_exactly_one_span_of_its_kind(tags):
    covered = {t: kind for start, end, kind in spans(tags) for t in range(start, end)}
    assert sum(end - start for start, end, _ in spans(tags)) == len(covered)
    assert covered == {t: tag[2:] for t, tag in enumerate(tags) if tag != "O"}


@given(sequences)
def test_spans_written_as_tags_again_are_the_same_spans_and_well_formed(tags):
    again = ["O"] * len(tags)
    for start, end, kind in spans(tags):
        again[start:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - start - 1)]
    allowed, places = well_formed(TAGS), [len(TAGS), *map(TAGS.index, again)]
    assert spans(again) == spans(tags)
    assert all(allowed[i, j] == 0 for i, j in pairwise(places))


def test_f1_by_hand():
    found = [[(0, 2, "PER"), (3, 4, "LOC")], [], [(0, 2, "LOC")]]
    true = [[(0, 2, "PER"), (3, 5, "LOC")], [(0, 2, "PER")], [(0, 2, "LOC")]]
    assert span_f1(found, true) == pytest.approx((2 / 3, 2 / 4, 4 / 7))


def test_f1_is_the_harmonic_mean():
    precision, recall, f1 = span_f1([[(0, 1, "A"), (2, 3, "A"), (4, 5, "A")]], [[(0, 1, "A"), (6, 7, "A")]])
    assert f1 == pytest.approx(2 * precision * recall / (precision + recall))


def test_a_span_of_another_sentence_is_no_hit():
    assert span_f1([[(0, 1, "A")], []], [[], [(0, 1, "A")]]) == (0, 0, 0)


@pytest.mark.parametrize(("found", "true"), [([[]], [[]]), ([[]], [[(0, 1, "A")]]), ([[(0, 1, "A")]], [[]]), ([], [])])
def test_nothing_divided_by_nothing_is_0(found, true):
    assert span_f1(found, true) == (0, 0, 0)


def test_as_many_sentences_must_be_found_as_there_are():
    with pytest.raises(ValueError, match="zip"):
        span_f1([[]], [[], []])
