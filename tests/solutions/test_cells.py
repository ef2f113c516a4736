"""Do the three cells behind one interface compute what PyTorch's layers compute, every gradient too?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from solutions.cells import CELLS

LAYERS = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
SIZES = [(1, 1, 1, 1), (5, 3, 2, 4), (2, 1, 6, 3), (9, 4, 1, 5)]

every_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
every_size = pytest.mark.parametrize(("T", "B", "D", "H"), SIZES)


def drawn(cell, T, B, D, H):
    rng = np.random.default_rng(3)
    x, *rest = rng.normal(size=(T, B, D)), *(rng.normal(size=(B, H)) for _ in cell.carries)
    return x, tuple(rest), tuple(rng.normal(size=(T, B, H)) for _ in cell.carries)


def layer_and_parameters(cell, D, H):
    torch.manual_seed(4)
    layer = LAYERS[cell.name](D, H).double()
    return layer, cell.from_torch(*(value.detach().numpy() for value in layer.parameters()))


@every_cell
@every_size
def test_forward_is_pytorchs(cell, T, B, D, H):
    x, start, _ = drawn(cell, T, B, D, H)
    layer, parameters = layer_and_parameters(cell, D, H)
    first = tuple(torch.tensor(each)[None] for each in start)
    h, last = layer(torch.tensor(x), first if len(first) > 1 else first[0])
    states = cell.forward(x, start, parameters)
    np.testing.assert_allclose(states[0], h.detach(), atol=1e-12)
    for state, end in zip(states, last if len(first) > 1 else (last,), strict=True):
        np.testing.assert_allclose(state[-1], end[0].detach(), atol=1e-12)


@every_cell
@every_size
def test_backward_is_the_gradient_of_all_states_by_everything(cell, T, B, D, H):
    """By central differences: PyTorch does not show the cell states of all steps."""
    x, start, dstates = drawn(cell, T, B, D, H)
    parameters = cell.draw(np.random.default_rng(5), D, H)
    dx, dstart, dparameters = cell.backward(dstates, x, start, parameters)
    found = [dx, *dstart, *(dparameters[name] for name in parameters)]

    def loss():
        return sum(np.sum(d * s) for d, s in zip(dstates, cell.forward(x, start, parameters), strict=True))

    for variable, gradient in zip([x, *start, *parameters.values()], found, strict=True):
        assert gradient.shape == variable.shape
        for index in np.ndindex(variable.shape):
            kept = variable[index]
            variable[index] = kept + 1e-6
            above = loss()
            variable[index] = kept - 1e-6
            below = loss()
            variable[index] = kept
            assert gradient[index] == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-8)


@every_cell
def test_float32_stays_float32(cell):
    x, start, dstates = drawn(cell, 4, 3, 2, 5)
    single = [tuple(each.astype("float32") for each in part) for part in (start, dstates)]
    parameters = {k: v.astype("float32") for k, v in cell.draw(np.random.default_rng(5), 2, 5).items()}
    states = cell.forward(x.astype("float32"), single[0], parameters)
    dx, dstart, dparameters = cell.backward(single[1], x.astype("float32"), single[0], parameters)
    assert {each.dtype for each in (*states, dx, *dstart, *dparameters.values())} == {np.dtype("float32")}


@every_cell
def test_pytorchs_parameters_may_be_given_by_name(cell):
    layer, by_position = layer_and_parameters(cell, 2, 3)
    named = {name.removesuffix("_l0"): value.detach().numpy() for name, value in layer.named_parameters()}
    by_name = cell.from_torch(**named)
    assert by_name.keys() == by_position.keys()
    assert all(np.array_equal(by_name[name], by_position[name]) for name in by_name)


@every_cell
def test_parameters_are_drawn_in_their_shapes(cell):
    drawn = cell.draw(np.random.default_rng(0), 3, 4)
    assert {name: value.shape for name, value in drawn.items()} == cell.shapes(3, 4)
    assert all(0 < np.abs(value).max() <= 0.5 for value in drawn.values())
