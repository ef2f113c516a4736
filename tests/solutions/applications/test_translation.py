"""Are the reference solutions of lesson 08, translation, right? By hand, by autograd, by searching everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.task import find_task
from grader.checks.tasks.applications.translation import lookup
from solutions.applications import translation

BEGIN, END, PAD = 10, 11, 12


# --- teacher forcing --------------------------------------------------------------------------------------------------


def test_two_words_and_none_by_hand():
    targets = np.array([[1, 7], [2, 7], [7, 7]])
    inputs, wanted, mask = translation.teacher_forcing(targets, np.array([2, 0]), BEGIN, END, PAD)
    assert inputs.T.tolist() == [[BEGIN, 1, 2, PAD], [BEGIN, PAD, PAD, PAD]]
    assert wanted.T.tolist() == [[1, 2, END, PAD], [END, PAD, PAD, PAD]]
    assert mask.T.tolist() == [[True, True, True, False], [True, False, False, False]]


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), min_size=1, max_size=5))
def test_what_is_wanted_is_what_is_fed_one_step_later(sentences):
    S = max(map(len, sentences))
    targets = np.array([sentence + [9] * (S - len(sentence)) for sentence in sentences], dtype=int).T
    inputs, wanted, mask = translation.teacher_forcing(targets, np.array([*map(len, sentences)]), BEGIN, END, PAD)
    for b, sentence in enumerate(sentences):
        assert inputs[mask[:, b], b].tolist() == [BEGIN, *sentence]
        assert wanted[mask[:, b], b].tolist() == [*sentence, END]
        assert set(inputs[~mask[:, b], b]) | set(wanted[~mask[:, b], b]) <= {PAD}


# --- attention --------------------------------------------------------------------------------------------------------


def an_attention(S=3, T=4, B=2, H=3, E=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    s, h, A = (
        torch.randn(*shape, generator=generator, dtype=torch.float64) for shape in ((S, B, H), (T, B, E), (H, E))
    )
    lengths = torch.arange(T, T - B, -1).clamp(min=1)
    return s, h, lengths, A


@pytest.mark.parametrize(
    ("S", "T", "B", "H", "E"), [(3, 4, 2, 3, 5), (1, 4, 3, 2, 2), (3, 1, 2, 4, 1), (2, 5, 1, 1, 3)]
)
def test_attention_is_that_of_each_sentence_alone(S, T, B, H, E):
    s, h, lengths, A = an_attention(S, T, B, H, E)
    weights, context = translation.attend(s, h, lengths, A)
    for b, n in enumerate(lengths.tolist()):
        alone = (s[:, b] @ A @ h[:n, b].T).softmax(dim=1)
        torch.testing.assert_close(weights[:, :n, b], alone)
        torch.testing.assert_close(context[:, b], alone @ h[:n, b])
        assert (weights[:, n:, b] == 0).all()


def test_its_gradients_are_those_of_finite_differences():
    s, h, lengths, A = an_attention()
    variables = [value.requires_grad_() for value in (s, h, A)]
    assert torch.autograd.gradcheck(lambda s, h, A: translation.attend(s, h, lengths, A), variables)


def test_the_gradient_of_a_score_is_the_notebooks_equation():
    """∂L/∂e_t = α_t (g·h_t − g·c)."""
    h, e, g = torch.randn(5, 3).double(), torch.randn(5).double().requires_grad_(), torch.randn(3).double()
    alpha = e.softmax(0)
    c = alpha @ h
    c.backward(g)
    torch.testing.assert_close(e.grad, (alpha * (h @ g - c @ g)).detach())


# --- searching --------------------------------------------------------------------------------------------------------


def a_table(L=5, K=4, seed=0):
    scores = 1.5 * np.random.default_rng(seed).standard_normal((L, K + 1, K))
    return scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))


def price(table, symbols):
    ask = lookup(table)
    return sum(ask(symbols[:i])[k] for i, k in enumerate(symbols))


def everything(table, end):
    """Every finished translation of at most L steps, and its total."""
    L, _, K = table.shape
    words = [k for k in range(K) if k != end]
    for n in range(L):
        for symbols in itertools.product(words, repeat=n):
            yield list(symbols), price(table, [*symbols, end])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
def test_a_beam_as_wide_as_everything_finds_the_best_of_all(seed, alpha):
    table = a_table(seed=seed)
    symbols, total = translation.beam_search(lookup(table), 1, 5, 4**5, alpha)
    best = max(everything(table, 1), key=lambda found: found[1] / (len(found[0]) + 1) ** alpha)
    assert (symbols, pytest.approx(total)) == best


@pytest.mark.parametrize("seed", range(10))
def test_a_beam_of_one_is_greedy(seed):
    table = a_table(seed=seed)
    assert translation.beam_search(lookup(table), 2, 5, 1) == translation.greedy(lookup(table), 2, 5)


@pytest.mark.parametrize("seed", range(10))
def test_the_total_is_that_of_the_symbols(seed):
    table = a_table(seed=seed)
    for symbols, total in (
        translation.greedy(lookup(table), 3, 5),
        translation.beam_search(lookup(table), 3, 5, 3, 0.7),
    ):
        ended = [*symbols, 3] if len(symbols) < 5 else symbols
        assert total == pytest.approx(price(table, ended))


def test_nothing_that_ends_gives_the_best_of_the_longest():
    table = np.log(np.array([[[0.0, 0.4, 0.6]] * 4] * 3) + 1e-12)
    assert translation.greedy(lookup(table), 0, 3)[0] == [2, 2, 2]
    assert translation.beam_search(lookup(table), 0, 3, 2)[0] == [2, 2, 2]


def test_of_equals_the_smaller_symbol_and_the_one_that_finished_first():
    table = np.full((3, 4, 3), -np.log2(3))
    assert translation.greedy(lookup(table), 2, 3)[0] == [0, 0, 0]
    symbols, total = translation.beam_search(lookup(table), 2, 3, 3, alpha=1.0)
    assert (symbols, total) == ([], -np.log2(3))


def test_on_the_garden_path_the_beam_beats_greedy():
    """The hidden case is what it says."""
    task = find_task("translation.beam_search")
    given = task.draw(task.case("garden path"), 1)
    better = [
        translation.beam_search(lookup(table), given["end"], len(table), given["width"])[1]
        - translation.greedy(lookup(table), given["end"], len(table))[1]
        for table in given["table"]
    ]
    assert min(better) > 0
