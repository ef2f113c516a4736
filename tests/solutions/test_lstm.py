"""Are the reference solutions of lesson 05 right? PyTorch and central differences are the oracles."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.device import pick_device
from solutions import lstm
from tests.solutions import closeness

close = partial(closeness.close, tolerance=1e-11)

GRID = list(itertools.product((1, 4), (1, 3), (1, 2), (1, 5), (False, True)))
"""T, B, D, H, with initial states."""
grid = pytest.mark.parametrize(("T", "B", "D", "H", "start"), GRID)

CELLS = {
    "lstm": (4, lstm.step, lstm.sequence, lstm.backward),
    "1997": (3, lstm.step_1997, lstm.sequence_1997, lstm.backward_1997),
    "coupled": (3, lstm.coupled_step, lstm.coupled_sequence, lstm.coupled_backward),
    "peephole": (4, lstm.peephole_step, lstm.peephole_sequence, lstm.peephole_backward),
}
"""Name → number of blocks, step, sequence, backward."""
cells = pytest.mark.parametrize("cell", CELLS)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


def a_problem(cell: str, T: int, B: int, D: int, H: int, start: bool = True) -> dict:
    """Inputs, parameters and what arrives at h and c_T, for that cell."""
    blocks = CELLS[cell][0]
    given = {"x": drawn(T, B, D), "h0": start * drawn(B, H, seed=1), "c0": start * drawn(B, H, seed=2)}
    given |= {"W": drawn(blocks * H, D), "U": drawn(blocks * H, H) / H, "b": drawn(blocks * H)}
    if cell == "peephole":
        given["p"] = drawn(3, H, seed=3)
    return given


def arriving(given: dict) -> tuple[np.ndarray, np.ndarray]:
    T, (B, H) = len(given["x"]), given["h0"].shape
    return drawn(T, B, H, seed=4), drawn(B, H, seed=5)


def gradients(cell: str, given: dict) -> dict:
    return CELLS[cell][3](*arriving(given), **given)


def loss(cell: str, given: dict) -> float:
    h, c, _ = CELLS[cell][2](**given)
    dh, dc = arriving(given)
    return (h * dh).sum() + (c[-1] * dc).sum()


def torch_layer(given: dict) -> torch.nn.LSTM:
    """A torch.nn.LSTM with those parameters: the one place that knows torch's names."""
    layer = torch.nn.LSTM(given["x"].shape[2], given["h0"].shape[1], dtype=torch.float64)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(given["W"]))
        layer.weight_hh_l0.copy_(torch.tensor(given["U"]))
        layer.bias_ih_l0.copy_(torch.tensor(given["b"]))
        layer.bias_hh_l0.zero_()
    return layer


# --- the LSTM against torch.nn.LSTM ---------------------------------------------------------------------------------


@grid
def test_values_and_every_gradient_are_those_of_torch(T, B, D, H, start):
    given = a_problem("lstm", T, B, D, H, start)
    layer = torch_layer(given)
    x, h0, c0 = (torch.tensor(given[name], requires_grad=True) for name in ("x", "h0", "c0"))
    states, (_, last) = layer(x, (h0[None], c0[None]))
    dh, dc = arriving(given)
    torch.autograd.backward([states, last], [torch.tensor(dh), torch.tensor(dc)[None]])
    h, c, _ = lstm.sequence(**given)
    close(h, states)
    close(c[-1], last[0])
    expected = {"W": layer.weight_ih_l0, "U": layer.weight_hh_l0, "b": layer.bias_ih_l0, "h0": h0, "c0": c0, "x": x}
    ours = gradients("lstm", given)
    assert ours.keys() == expected.keys()
    for name, variable in expected.items():
        close(ours[name], variable.grad)


def test_the_module_is_torch_nn_lstm_on_the_device():
    device, given = pick_device(), a_problem("lstm", 4, 3, 2, 5)
    layer, module = torch_layer(given).to(device), lstm.LSTM(2, 5).to(device, torch.float64)
    with torch.no_grad():
        for own, name in zip((module.W, module.U, module.b), "WUb", strict=True):
            own.copy_(torch.tensor(given[name]))
    x, h0, c0 = (torch.tensor(given[name], device=device) for name in ("x", "h0", "c0"))
    ours, (states, (_, last)) = module(x, h0, c0), layer(x, (h0[None], c0[None]))
    for got, expected in zip(ours, (states, last[0]), strict=True):
        close(got.detach().cpu(), expected.cpu())
    for h, c in (ours, (states, last)):
        ((h**2).sum() + c.sum()).backward()
    pairs = [(module.W, layer.weight_ih_l0), (module.U, layer.weight_hh_l0), (module.b, layer.bias_ih_l0)]
    for own, torchs in pairs:
        close(own.grad.cpu(), torchs.grad.cpu())


def test_the_module_registers_its_parameters_and_draws_them_within_the_bound():
    module = lstm.LSTM(3, 16)
    shapes = {name: tuple(value.shape) for name, value in module.named_parameters()}
    assert shapes == {"W": (64, 3), "U": (64, 16), "b": (64,)}
    assert all(0.2 < value.abs().max() <= 0.25 for value in module.parameters())


# --- every cell -----------------------------------------------------------------------------------------------------


@cells
@grid
def test_a_sequence_is_its_step_again_and_again(cell, T, B, D, H, start):
    given = a_problem(cell, T, B, D, H, start)
    _, step, sequence, _ = CELLS[cell]
    states, cell_states, _ = sequence(**given)
    h, c = given["h0"], given["c0"]
    parameters = {name: given[name] for name in "WUbp" if name in given}
    for t in range(T):
        h, c = step(given["x"][t], h, c, **parameters)
        close(states[t], h)
        close(cell_states[t], c)


def in_torch(cell: str, x, h0, c0, W, U, b, p=None):
    """h and c_T of every cell, from the equations, for autograd."""
    h, c, states = h0, c0, []
    for x_t in x:
        z = (x_t @ W.T + h @ U.T + b).chunk(CELLS[cell][0], dim=-1)
        if cell == "1997":
            c, z_o = c + z[0].sigmoid() * z[1].tanh(), z[2]
        elif cell == "coupled":
            c, z_o = z[0].sigmoid() * c + (1 - z[0].sigmoid()) * z[1].tanh(), z[2]
        else:
            see_i, see_f, see_o = (0, 0, 0) if p is None else p
            c = (z[1] + see_f * c).sigmoid() * c + (z[0] + see_i * c).sigmoid() * z[2].tanh()
            z_o = z[3] + see_o * c
        h = z_o.sigmoid() * c.tanh()
        states.append(h)
    return torch.stack(states), c


@cells
@grid
def test_every_gradient_is_that_of_autograd(cell, T, B, D, H, start):
    given = a_problem(cell, T, B, D, H, start)
    variables = {name: torch.tensor(value, requires_grad=True) for name, value in given.items()}
    h, c = in_torch(cell, **variables)
    dh, dc = arriving(given)
    torch.autograd.backward([h, c], [torch.tensor(dh), torch.tensor(dc)])
    ours = gradients(cell, given)
    assert ours.keys() == given.keys()
    for name, variable in variables.items():
        close(ours[name], variable.grad)


@cells
def test_every_gradient_is_that_of_central_differences(cell):
    given = a_problem(cell, 3, 2, 3, 4)
    for name, gradient in gradients(cell, given).items():
        for index in np.ndindex(gradient.shape):
            losses = []
            for shift in (-1e-5, 1e-5):
                moved = given[name].copy()
                moved[index] += shift
                losses.append(loss(cell, {**given, name: moved}))
            close((losses[1] - losses[0]) / 2e-5, gradient[index], tolerance=1e-8)


@cells
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_results_have_the_dtype_of_their_inputs_and_inputs_stay(cell, dtype):
    given = {name: value.astype(dtype) for name, value in a_problem(cell, 3, 2, 3, 4).items()}
    before = {name: value.copy() for name, value in given.items()}
    _, step, sequence, backward = CELLS[cell]
    parameters = {name: given[name] for name in "WUbp" if name in given}
    h, c, a = sequence(**given)
    dh, dc = (value.astype(dtype) for value in arriving(given))
    kept = dh.copy(), dc.copy()
    found = backward(dh, dc, **given)
    results = [h, c, a, *step(given["x"][0], given["h0"], given["c0"], **parameters), *found.values()]
    assert {result.dtype for result in results} == {np.dtype(dtype)}
    assert all(np.array_equal(given[name], before[name]) for name in given)
    assert all(np.array_equal(one, two) for one, two in zip(kept, (dh, dc), strict=True))


# --- parts ----------------------------------------------------------------------------------------------------------


def test_the_sweep_is_step_back_again_and_again():
    given = a_problem("lstm", 4, 3, 2, 5)
    _, c, a = lstm.sequence(**given)
    dh, dc = arriving(given)
    dh_before, b = np.zeros((3, 5)), 0
    for t in reversed(range(4)):
        dz, dc = lstm.step_back(dh[t] + dh_before, dc, a[t], c[t - 1] if t else given["c0"])
        dh_before, b = dz @ given["U"], b + dz.sum(axis=0)
    found = gradients("lstm", given)
    for name, value in {"h0": dh_before, "c0": dc, "b": b}.items():
        close(found[name], value)


def test_the_gates_of_a_sequence_are_those_of_each_step():
    given = a_problem("lstm", 3, 2, 3, 4)
    h, _, a = lstm.sequence(**given)
    close(np.hstack(lstm.gates(given["x"][1], h[0], given["W"], given["U"], given["b"])), a[1])


def test_a_forget_gate_held_open_makes_the_lstm_of_1997():
    given = a_problem("1997", 4, 3, 2, 5)
    blocks = {name: np.split(given[name], 3) for name in "WUb"}
    open_gate = {"W": 0, "U": 0, "b": 40.0}
    wide = {name: np.concatenate([i, np.full_like(i, open_gate[name]), g, o]) for name, (i, g, o) in blocks.items()}
    close(lstm.sequence(**{**given, **wide})[0], lstm.sequence_1997(**given)[0])


def test_without_peepholes_the_peephole_cell_is_the_lstm():
    given = a_problem("lstm", 4, 3, 2, 5)
    close(lstm.peephole_sequence(**given, p=np.zeros((3, 5)))[0], lstm.sequence(**given)[0])


def test_the_forget_bias_is_what_the_gate_of_torch_starts_with():
    layer = torch.nn.LSTM(2, 5)
    before = [layer.bias_ih_l0.detach().numpy(), layer.bias_hh_l0.detach().numpy()]
    after = lstm.set_forget_bias(*before, 1.5)
    total = sum(after)
    close(total[5:10], np.full(5, 1.5), tolerance=1e-6)
    close(np.delete(total, range(5, 10)), np.delete(sum(before), range(5, 10)))
    assert [bias.dtype for bias in after] == [np.float32] * 2


@given(*[st.integers(1, 20)] * 2)
def test_counts_are_those_of_torch_without_its_second_biases(D, H):
    def numbers(kind):
        return sum(value.numel() for value in kind(D, H).parameters())

    srn, gru, plain, *_ = lstm.parameter_counts(D, H)
    assert srn == numbers(torch.nn.RNN) - H
    assert gru == numbers(torch.nn.GRU) - 2 * H
    assert plain == numbers(torch.nn.LSTM) - 4 * H == numbers(lstm.LSTM)


@cells
def test_counts_are_those_of_the_cells(cell):
    given = a_problem(cell, 1, 1, 3, 4)
    at = {"lstm": 2, "1997": 3, "peephole": 4, "coupled": 5}[cell]
    assert lstm.parameter_counts(3, 4)[at] == sum(given[name].size for name in "WUbp" if name in given)
