"""Are the reference solutions of captioning right? PyTorch is the oracle."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch

from solutions import gru
from solutions.applications import captioning
from tests.solutions.closeness import close

SIZES = list(itertools.product((1, 3), (1, 4), (1, 2), (1, 5)))
"""T, B, D, H."""
sizes = pytest.mark.parametrize(("T", "B", "D", "H"), SIZES)
O, F, END = 6, 3, 4


def a_writer(D, H, dtype=torch.float64):
    """PyTorch's layers of a captioner: start, table, GRU, scores."""
    torch.manual_seed(1)
    layers = torch.nn.Linear(F, H), torch.nn.Embedding(O + 1, D), torch.nn.GRU(D, H), torch.nn.Linear(H, O)
    return [layer.to(dtype) for layer in layers]


def parameters_of(writer):
    """Those of the exercises by name, with the cell's packed into a dict."""
    start, table, layer, scores = writer
    cell = dict(
        zip(("W", "U", "b", "b_m"), gru.from_torch(*(p.detach().numpy() for p in layer.parameters())), strict=True)
    )
    named = {"A": start.weight, "a": start.bias, "E": table.weight, "V": scores.weight, "c": scores.bias}
    return {name: value.detach().numpy() for name, value in named.items()} | {"cell": cell}


def a_problem(T, B):
    """Features, and captions that end anywhere, or nowhere."""
    make = np.random.default_rng(2)
    targets = make.integers(0, O, (T, B))
    for row in range(B):
        ends = np.flatnonzero(targets[:, row] == END)
        targets[ends[0] if len(ends) else T :, row] = END
    return make.standard_normal((B, F)), targets


# --- convolve -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize(("C", "M", "R", "S"), [(1, 1, 1, 1), (3, 4, 2, 5), (2, 1, 5, 2), (1, 6, 7, 9)])
def test_the_maps_are_those_of_torch(C, M, R, S, stride):
    rng = np.random.default_rng(0)
    x, K, b = (rng.standard_normal(n) for n in ((2, C, 7, 9), (M, C, R, S), (M,)))
    expected = torch.nn.functional.conv2d(*map(torch.as_tensor, (x, K, b)), stride=stride).relu()
    close(captioning.convolve(x, K, b, stride), expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_have_the_dtype_of_the_inputs(dtype):
    x, K, b = (np.ones(n, dtype) for n in ((1, 2, 5, 5), (3, 2, 3, 3), (3,)))
    assert captioning.convolve(x, K, b, 2).dtype == dtype
    own = parameters_of(a_writer(2, 3, getattr(torch, dtype)))
    seen, captions = np.ones((4, F), dtype), np.zeros((5, 4), int)
    h0, h = captioning.caption_states(seen, captions, own["A"], own["a"], own["E"], own["cell"])
    _, log_p = captioning.write(h0, own["E"], own["cell"], own["V"], own["c"], END, 5)
    assert h0.dtype == h.dtype == log_p.dtype == dtype


# --- caption_states, caption_loss -----------------------------------------------------------------------------------


@sizes
def test_states_and_loss_are_those_of_torch(T, B, D, H):
    writer, (seen, captions) = a_writer(D, H), a_problem(T, B)
    start, table, layer, scores = writer
    own = parameters_of(writer)
    h0 = start(torch.as_tensor(seen)).tanh()
    read = torch.cat([torch.full((1, B), O), torch.as_tensor(captions[:-1])])
    expected = layer(table(read), h0[None])[0]
    found_h0, h = captioning.caption_states(seen, captions, own["A"], own["a"], own["E"], own["cell"])
    close(found_h0, h0)
    close(h, expected)
    o, targets = scores(expected), torch.as_tensor(captions)
    lengths = [min(int((captions[:, row] != END).sum()) + 1, T) for row in range(B)]
    total = sum(
        torch.nn.functional.cross_entropy(o[:n, row], targets[:n, row], reduction="sum")
        for row, n in enumerate(lengths)
    )
    per_word, per_caption = captioning.caption_loss(o.detach().numpy(), captions, END)
    close(per_word, total / sum(lengths))
    close(per_caption, total / B)


def test_padding_has_no_part_in_the_loss_and_the_first_end_symbol_has():
    o = np.random.default_rng(0).standard_normal((4, 1, O))
    targets = np.array([[1], [END], [END], [END]])
    changed = o.copy()
    changed[2:] *= 7
    assert captioning.caption_loss(changed, targets, END) == captioning.caption_loss(o, targets, END)
    changed[1] *= 7
    assert captioning.caption_loss(changed, targets, END) != captioning.caption_loss(o, targets, END)


def test_the_two_means_differ_by_the_mean_length():
    o, (_, targets) = np.random.default_rng(0).standard_normal((7, 5, O)), a_problem(7, 5)
    per_word, per_caption = captioning.caption_loss(o, targets, END)
    lengths = np.minimum((targets != END).sum(axis=0) + 1, 7)
    close(per_caption, per_word * lengths.mean())


# --- write ----------------------------------------------------------------------------------------------------------


def a_start(B, H):
    return np.tanh(np.random.default_rng(3).standard_normal((B, H)))


@sizes
def test_what_is_written_is_likeliest_and_has_the_loss_of_that_caption(T, B, D, H):
    own = parameters_of(a_writer(D, H))
    h0 = a_start(B, H)
    words, log_p = captioning.write(h0, own["E"], own["cell"], own["V"], own["c"], END, T)
    for row in range(B):
        read = np.concatenate([[O], words[:-1, row]])
        h = gru.sequence(own["E"][read][:, None], h0[row : row + 1], **own["cell"])
        o = h @ own["V"].T + own["c"]
        n = min(int((words[:, row] != END).sum()) + 1, T)
        assert (o[:n, 0].argmax(axis=1) == words[:n, row]).all()
        assert (words[n:, row] == END).all()
        close(-log_p[row], captioning.caption_loss(o, words[:, row : row + 1], END)[1])


@pytest.mark.parametrize(("liking", "length"), [(-1e3, 6), (1e3, 0)])
def test_it_stops_at_the_limit_or_at_once(liking, length):
    own = parameters_of(a_writer(2, 5))
    c = own["c"].copy()
    c[END] = liking
    words, log_p = captioning.write(a_start(4, 5), own["E"], own["cell"], own["V"], c, END, 6)
    assert ((words != END).sum(axis=0) == length).all()
    assert (log_p <= 0).all()


def test_inputs_are_left_as_they_are():
    own, (seen, captions) = parameters_of(a_writer(2, 5)), a_problem(4, 3)
    before = [seen.copy(), captions.copy(), own["E"].copy()]
    h0, _ = captioning.caption_states(seen, captions, own["A"], own["a"], own["E"], own["cell"])
    kept = h0.copy()
    captioning.write(h0, own["E"], own["cell"], own["V"], own["c"], END, 4)
    for a, b in zip([seen, captions, own["E"], h0], [*before, kept], strict=True):
        assert np.array_equal(a, b)
