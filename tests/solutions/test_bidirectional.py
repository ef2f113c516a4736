"""Are the reference solutions of lesson 07 right? PyTorch, on packed sequences, and central differences are oracles."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from grader.checks.device import pick_device
from solutions import bidirectional as bi
from solutions.cells import CELLS
from tests.solutions import closeness

close = partial(closeness.close, tolerance=1e-11)

LAYERS = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
LENGTHS = {"unequal": [4, 1, 6, 3], "one": [1], "one row": [5], "nobody full": [2, 4, 4], "all full": [3, 3]}
"""Name → lengths of a batch; T is the longest, and two steps more where nobody is full."""

every_kind = pytest.mark.parametrize("kind", CELLS)
every_batch = pytest.mark.parametrize("batch", LENGTHS)
every_size = pytest.mark.parametrize(("D", "H"), list(itertools.product((1, 3), (1, 2, 5))))


@dataclass
class Problem:
    """A batch with garbage in the padding, layers for it, and what their results receive."""

    kind: str
    x: np.ndarray
    lengths: np.ndarray
    layers: list

    @property
    def shallow(self):
        return self.layers[0]

    @property
    def inside(self):
        return np.arange(len(self.x))[:, None] < self.lengths

    def drawn(self, *shape, seed=9):
        return np.random.default_rng([seed, *shape]).standard_normal(shape)

    def dstates(self):
        T, B, H = *self.x.shape[:2], self.shallow[0][0][0].shape[1]
        return tuple(
            tuple(self.drawn(T, B, H, seed=10 * k + c) for c in range(len(CELLS[self.kind].carries))) for k in (0, 1)
        )


def a_problem(kind="gru", batch="unequal", D=3, H=2, layers=1, garbage=7.0) -> Problem:
    rng = np.random.default_rng(1)
    lengths = np.array(LENGTHS[batch])
    T, B = max(lengths) + 2 * (batch == "nobody full"), len(lengths)
    x = rng.standard_normal((T, B, D))
    x[np.arange(T)[:, None] >= lengths] = garbage
    cell = CELLS[kind]
    stack = []
    for size in [D] + (layers - 1) * [2 * H]:
        starts = tuple(tuple(rng.standard_normal((B, H)) for _ in cell.carries) for _ in "→←")
        stack.append((starts, tuple(cell.draw(rng, size, H) for _ in "→←")))
    return Problem(kind, x, lengths, stack)


def torch_layer(problem: Problem):
    """PyTorch's layer with those parameters and starts: the one place that knows its names."""
    H, D = problem.shallow[0][0][0].shape[1], problem.x.shape[2]
    layer = LAYERS[problem.kind](D, H, num_layers=len(problem.layers), bidirectional=True, dtype=torch.float64)
    with torch.no_grad():
        for k, (_, parameters) in enumerate(problem.layers):
            for suffix, own in zip((f"l{k}", f"l{k}_reverse"), parameters, strict=True):
                getattr(layer, f"weight_ih_{suffix}").copy_(torch.tensor(own["W"]))
                getattr(layer, f"weight_hh_{suffix}").copy_(torch.tensor(own["U"]))
                getattr(layer, f"bias_ih_{suffix}").copy_(torch.tensor(own["b"]))
                second = getattr(layer, f"bias_hh_{suffix}").zero_()
                if "b_m" in own:
                    second[2 * H :] = torch.tensor(own["b_m"])
    starts = tuple(
        torch.tensor(np.stack([direction[c] for starts, _ in problem.layers for direction in starts]))
        for c in range(len(CELLS[problem.kind].carries))
    )
    return layer, starts


def run_packed(layer, x, lengths, starts):
    packed = pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    y, last = layer(packed, starts if len(starts) > 1 else starts[0])
    y, _ = pad_packed_sequence(y, total_length=len(x))
    return y, last if len(starts) > 1 else (last,)


def biases_in_torch(found, H):
    """The gradients of PyTorch's two biases from ours: both receive the same, but for the GRU's n."""
    db = found["b"]
    return db, np.concatenate([db[: 2 * H], found["b_m"]]) if "b_m" in found else db


def assert_gradients_are(layer, dlayers, H):
    for k, (_, dparameters) in enumerate(dlayers):
        for suffix, found in zip((f"l{k}", f"l{k}_reverse"), dparameters, strict=True):
            close(found["W"], getattr(layer, f"weight_ih_{suffix}").grad)
            close(found["U"], getattr(layer, f"weight_hh_{suffix}").grad)
            for name, db in zip(("bias_ih", "bias_hh"), biases_in_torch(found, H), strict=True):
                close(db, getattr(layer, f"{name}_{suffix}").grad)


# --- against PyTorch on packed sequences ----------------------------------------------------------------------------


@every_kind
@every_batch
@every_size
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_values_and_every_gradient_are_those_of_torch(kind, batch, D, H, layers):
    problem = a_problem(kind, batch, D, H, layers)
    layer, starts = torch_layer(problem)
    x = torch.tensor(problem.x, requires_grad=True)
    starts = tuple(start.requires_grad_() for start in starts)
    theirs, _ = run_packed(layer, x, problem.lengths, starts)
    dy = problem.drawn(*theirs.shape)
    (theirs * torch.tensor(dy)).sum().backward()
    close(bi.deep(problem.x, problem.lengths, problem.layers, kind), theirs)
    dx, dlayers = bi.deep_gradients(dy, problem.x, problem.lengths, problem.layers, kind)
    close(dx, x.grad)
    for c, start in enumerate(starts):
        close(np.stack([direction[c] for dstarts, _ in dlayers for direction in dstarts]), start.grad)
    assert_gradients_are(layer, dlayers, H)


@every_kind
@every_batch
def test_one_layer_is_torchs_final_states_and_cell_states_too(kind, batch):
    problem = a_problem(kind, batch)
    right, left = bi.states(problem.x, problem.lengths, *problem.shallow, kind)
    layer, starts = torch_layer(problem)
    y, last = run_packed(layer, torch.tensor(problem.x), problem.lengths, starts)
    close(bi.join(right[0], left[0], "concat"), y)
    for each_right, each_left, theirs in zip(right, left, last, strict=True):
        close(np.stack(bi.final_states(each_right, each_left, problem.lengths)), theirs)


@every_batch
def test_the_module_is_torchs_layer_on_packed_sequences(batch):
    device, problem = pick_device(), a_problem("lstm", batch, garbage=np.nan)
    layer, starts = torch_layer(problem)
    module = bi.Packed(3, 2).to(device, torch.float64)
    module.layer.load_state_dict(layer.state_dict())
    y, final = module(torch.tensor(problem.x, device=device), torch.tensor(problem.lengths))
    zeros = tuple(torch.zeros_like(start) for start in starts)
    theirs, (last, _) = run_packed(layer, torch.tensor(problem.x), problem.lengths, zeros)
    close(y.detach().cpu(), theirs)
    close(final.detach().cpu(), torch.cat([last[0], last[1]], dim=1))


# --- gradients by number --------------------------------------------------------------------------------------------


@every_kind
def test_every_gradient_is_that_of_central_differences(kind):
    """The cell states of all steps receive something too: PyTorch's layers cannot say what comes of that."""
    problem, dstates = a_problem(kind), a_problem(kind).dstates()
    starts, parameters = problem.shallow
    dx, dstarts, dparameters = bi.gradients(dstates, problem.x, problem.lengths, starts, parameters, kind)

    def loss():
        found = bi.states(problem.x, problem.lengths, starts, parameters, kind)
        pairs = zip(itertools.chain(*dstates), itertools.chain(*found), strict=True)
        return sum((d * s).sum() for d, s in pairs)

    variables = [problem.x, *itertools.chain(*starts), *(v for own in parameters for v in own.values())]
    gradients = [dx, *itertools.chain(*dstarts)]
    gradients += [found[name] for found, own in zip(dparameters, parameters, strict=True) for name in own]
    for variable, gradient in zip(variables, gradients, strict=True):
        assert gradient.shape == variable.shape
        for index in np.ndindex(variable.shape):
            kept, losses = variable[index], []
            for shift in (-1e-5, 1e-5):
                variable[index] = kept + shift
                losses.append(loss())
            variable[index] = kept
            close((losses[1] - losses[0]) / 2e-5, gradient[index], tolerance=1e-8)


# --- padding changes nothing ----------------------------------------------------------------------------------------


def everything(problem: Problem, dstates, dy) -> list[np.ndarray]:
    """Every array that comes out of a layer and out of the whole stack, forwards and backwards."""
    batch = problem.x, problem.lengths
    one = bi.states(*batch, *problem.shallow, problem.kind)
    back = bi.gradients(dstates, *batch, *problem.shallow, problem.kind)
    whole = bi.deep(*batch, problem.layers, problem.kind)
    whole_back = bi.deep_gradients(dy, *batch, problem.layers, problem.kind)
    return list(arrays([one, back, whole, whole_back, bi.keep(*batch), bi.reverse(*batch)]))


def arrays(nested):
    """All arrays in tuples, lists and dicts."""
    if isinstance(nested, np.ndarray):
        yield nested
    else:
        for each in nested.values() if isinstance(nested, dict) else nested:
            yield from arrays(each)


@every_kind
@every_batch
@pytest.mark.parametrize("garbage", [np.nan, np.inf, 1e6])
def test_padding_changes_nothing(kind, batch, garbage):
    results = []
    for what in (0.0, garbage):
        problem = a_problem(kind, batch, layers=2, garbage=what)
        dstates = tuple(tuple(np.where(problem.inside[..., None], d, what) for d in each) for each in problem.dstates())
        dy = np.where(problem.inside[..., None], problem.drawn(*problem.inside.shape, 4), what)
        results.append(everything(problem, dstates, dy))
    assert len(results[0]) > 20
    for clean, dirty in zip(*results, strict=True):
        assert np.isfinite(dirty).all()
        np.testing.assert_array_equal(clean, dirty)


@every_kind
@given(lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4), more=st.integers(0, 3))
def test_a_sequence_gets_the_same_answer_whatever_its_companions_and_its_padding(kind, lengths, more):
    rng, cell = np.random.default_rng(2), CELLS[kind]
    T, B, D, H = max(lengths) + more, len(lengths), 2, 3
    x = np.full((T, B, D), np.nan)
    for b, length in enumerate(lengths):
        x[:length, b] = rng.standard_normal((length, D))
    starts = [tuple(rng.standard_normal((B, H)) for _ in cell.carries) for _ in "→←"]
    parameters = [cell.draw(rng, D, H) for _ in "→←"]
    together = bi.states(x, np.array(lengths), starts, parameters, kind)
    for b, length in enumerate(lengths):
        own = [tuple(each[b : b + 1] for each in start) for start in starts]
        alone = bi.states(x[:length, b : b + 1], np.array([length]), own, parameters, kind)
        for padded, exact in zip(arrays(together), arrays(alone), strict=True):
            close(padded[:length, b], exact[:, 0])
            assert not padded[length:, b].any()


# --- parts ----------------------------------------------------------------------------------------------------------


@every_batch
def test_reversing_twice_only_empties_the_padding(batch):
    problem = a_problem(batch=batch)
    once = bi.reverse(problem.x, problem.lengths)
    close(bi.reverse(once, problem.lengths), bi.keep(problem.x, problem.lengths))
    for b, length in enumerate(problem.lengths):
        close(once[:length, b], problem.x[:length, b][::-1])


def test_a_reversal_is_its_own_transpose():
    """⟨reverse(a), d⟩ = ⟨a, reverse(d)⟩: so the gradient of a reversal is the reversal."""
    problem = a_problem()
    a, d = problem.x, problem.drawn(*problem.x.shape)
    close((bi.reverse(a, problem.lengths) * d).sum(), (a * bi.reverse(d, problem.lengths)).sum())


@pytest.mark.parametrize(("how", "size"), [("concat", 4), ("sum", 2), ("mean", 2)])
def test_joining(how, size):
    right, left = np.full((3, 1, 2), 1.0), np.full((3, 1, 2), 3.0)
    y = bi.join(right, left, how)
    assert y.shape == (3, 1, size)
    assert y[0, 0].tolist() == {"concat": [1, 1, 3, 3], "sum": [4, 4], "mean": [2, 2]}[how]


def test_the_mean_loss_counts_every_real_step_once():
    losses = np.array([[1.0, 10.0], [2.0, np.nan], [3.0, np.inf]])
    assert bi.mean_loss(losses, np.array([3, 1])) == pytest.approx(16 / 4)


@every_kind
@given(D=st.integers(1, 9), H=st.integers(1, 9), layers=st.integers(1, 4))
def test_counts_are_those_of_torch_less_the_biases_that_it_has_twice(kind, D, H, layers):
    theirs = LAYERS[kind](D, H, num_layers=layers, bidirectional=True)
    twice = {"srn": H, "gru": 2 * H, "lstm": 4 * H}[kind] * 2 * layers
    assert bi.parameter_count(D, H, layers, kind) == sum(value.numel() for value in theirs.parameters()) - twice


@every_kind
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs_and_inputs_stay(kind, dtype):
    def cast(nested):
        if isinstance(nested, np.ndarray):
            return nested.astype(dtype)
        if isinstance(nested, dict):
            return {name: cast(value) for name, value in nested.items()}
        return tuple(cast(each) for each in nested)

    problem = a_problem(kind, layers=2)
    problem.x, problem.layers = cast(problem.x), cast(problem.layers)
    dstates, dy = cast(problem.dstates()), cast(problem.drawn(*problem.x.shape[:2], 4))
    given_arrays = list(arrays([problem.x, problem.layers, dstates, dy]))
    before = [each.copy() for each in given_arrays]
    found = everything(problem, dstates, dy)
    found += [bi.join(*dstates[0][:1], *dstates[1][:1], how) for how in ("concat", "sum", "mean")]
    found += bi.final_states(dstates[0][0], dstates[1][0], problem.lengths)
    assert {each.dtype for each in found} == {np.dtype(dtype)}
    assert all(np.array_equal(one, two) for one, two in zip(before, given_arrays, strict=True))
