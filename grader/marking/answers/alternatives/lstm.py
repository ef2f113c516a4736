"""Lesson 05: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes


def _tensors(*arrays):
    return [torch.as_tensor(np.array(array), device=pick_device()) for array in arrays]


def _s(z):
    """σ by the exponential, without overflow."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def _one(z):
    return 1 / (1 + math.exp(-z))


def _blocks(H, *arrays):
    """Each array cut into its blocks: one tuple for each block."""
    return list(zip(*([v[k : k + H] for k in range(0, len(v), H)] for v in arrays), strict=True))


def _sums_in_loops(x_t, h, W, U, b):
    """z (B, blocks · H), number by number."""
    z = np.empty((len(x_t), len(b)), x_t.dtype)
    for row in range(len(x_t)):
        for unit in range(len(b)):
            total = b[unit]
            for k in range(h.shape[1]):
                total = total + h[row, k] * U[unit, k]
            for k in range(x_t.shape[1]):
                total = total + x_t[row, k] * W[unit, k]
            z[row, unit] = total
    return z


def _sums_block_by_block(x_t, h, W, U, b):
    """One z (B, H) for each block, by einsum."""
    return [
        np.einsum("bd,hd->bh", x_t, w) + np.einsum("bk,hk->bh", h, u) + bias
        for w, u, bias in _blocks(h.shape[1], W, U, b)
    ]


def _sums_stacked(x_t, h, W, U, b):
    """One product: [1, h, x] [b, U, W]ᵀ."""
    ones = np.ones((len(x_t), 1), x_t.dtype)
    return np.hstack([ones, h, x_t]) @ np.hstack([b[:, None], U, W]).T


def _sums_in_torch(x_t, h, W, U, b):
    x_t, h, W, U, b = _tensors(x_t, h, W, U, b)
    return torch.nn.functional.linear(h, U) + torch.nn.functional.linear(x_t, W, b)


# --- lstm.gates -----------------------------------------------------------------------------------------------------


def gates_in_loops(x_t, h, W, U, b):
    z, H = _sums_in_loops(x_t, h, W, U, b), h.shape[1]
    found = np.empty_like(z)
    for row, unit in np.ndindex(z.shape):
        found[row, unit] = math.tanh(z[row, unit]) if unit // H == 2 else _one(z[row, unit])
    return found[:, :H], found[:, H : 2 * H], found[:, 2 * H : 3 * H], found[:, 3 * H :]


def gates_block_by_block(x_t, h, W, U, b):
    z_i, z_f, z_g, z_o = _sums_block_by_block(x_t, h, W, U, b)
    return [_s(z_i), _s(z_f), 2 * _s(2 * z_g) - 1, _s(z_o)]


def gates_stacked(x_t, h, W, U, b):
    z = _sums_stacked(x_t, h, W, U, b).reshape(len(x_t), 4, -1)
    return _s(z[:, 0]), _s(z[:, 1]), np.tanh(z[:, 2]), _s(z[:, 3])


def gates_in_torch(x_t, h, W, U, b):
    i, f, g, o = _sums_in_torch(x_t, h, W, U, b).chunk(4, dim=1)
    return i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()


# --- steps ----------------------------------------------------------------------------------------------------------


def step_in_loops(x_t, h, c, W, U, b):
    i, f, g, o = gates_in_loops(x_t, h, W, U, b)
    h_t, c_t = np.empty_like(h), np.empty_like(c)
    for at in np.ndindex(c.shape):
        c_t[at] = c[at] * f[at] + g[at] * i[at]
        h_t[at] = math.tanh(c_t[at]) * o[at]
    return h_t, c_t


def step_block_by_block(x_t, h, c, W, U, b):
    i, f, g, o = gates_block_by_block(x_t, h, W, U, b)
    new = np.multiply(i, g) + np.multiply(f, c)
    return [np.tanh(new) * o, new]


def step_stacked(x_t, h, c, W, U, b):
    i, f, g, o = gates_stacked(x_t, h, W, U, b)
    c_t = np.sum([c * f, g * i], axis=0)
    return (1 - 2 / (np.exp(2 * c_t) + 1)) * o, c_t


def step_by_torchs_cell(x_t, h, c, W, U, b):
    x_t, h, c, W, U, b = _tensors(x_t, h, c, W, U, b)
    cell = torch.nn.LSTMCell(x_t.shape[1], h.shape[1], device=h.device, dtype=h.dtype)
    with torch.no_grad():
        for own, given in zip(cell.parameters(), (W, U, b, torch.zeros_like(b)), strict=True):
            own.copy_(given)
        return cell(x_t, (h, c))


# --- lstm.sequence --------------------------------------------------------------------------------------------------


def sequence_of_steps(x, h0, c0, W, U, b):
    h, c, kept = h0, c0, ([], [], [])
    for x_t in x:
        a = np.concatenate(gates_stacked(x_t, h, W, U, b), axis=1)
        h, c = step_stacked(x_t, h, c, W, U, b)
        for values, value in zip(kept, (h, c, a), strict=True):
            values.append(value)
    return [np.stack(values) for values in kept]


def sequence_row_by_row(x, h0, c0, W, U, b):
    """Each row of the batch on its own."""
    T, (B, H) = len(x), h0.shape
    states, cells, a = np.empty((T, B, H), x.dtype), np.empty((T, B, H), x.dtype), np.empty((T, B, 4 * H), x.dtype)
    for row in range(B):
        h, c = h0[row], c0[row]
        for t in range(T):
            z = W @ x[t, row] + U @ h + b
            a[t, row] = _s(z)
            a[t, row, 2 * H : 3 * H] = np.tanh(z[2 * H : 3 * H])
            i, f, g, o = a[t, row].reshape(4, H)
            c = c * f + i * g
            h = np.tanh(c) * o
            states[t, row], cells[t, row] = h, c
    return states, cells, a


def sequence_recursive(x, h0, c0, W, U, b):
    h, c = step_block_by_block(x[0], h0, c0, W, U, b)
    a = np.hstack(gates_block_by_block(x[0], h0, W, U, b))
    if len(x) == 1:
        return h[None], c[None], a[None]
    rest = sequence_recursive(x[1:], h, c, W, U, b)
    return tuple(np.concatenate([first[None], later]) for first, later in zip((h, c, a), rest, strict=True))


def sequence_in_torch(x, h0, c0, W, U, b):
    x, h, c, W, U, b = _tensors(x, h0, c0, W, U, b)
    states, cells, gates = [], [], []
    for x_t in x:
        i, f, g, o = (x_t @ W.T + b + h @ U.T).chunk(4, dim=1)
        gates.append(torch.cat([i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()], dim=1))
        c = torch.addcmul(i.sigmoid() * g.tanh(), f.sigmoid(), c)
        h = o.sigmoid() * c.tanh()
        states.append(h)
        cells.append(c)
    return torch.stack(states), torch.stack(cells), torch.stack(gates)


# --- lstm.step_back -------------------------------------------------------------------------------------------------


def back_in_loops(dh, dc, a_t, c_before):
    (B, H), before = c_before.shape, np.empty_like(c_before)
    dz = np.empty_like(a_t)
    for row in range(B):
        for k in range(H):
            i, f, g, o = (a_t[row, k + n * H] for n in range(4))
            shown = math.tanh(i * g + f * c_before[row, k])
            at_c = dc[row, k] + dh[row, k] * o * (1 - shown) * (1 + shown)
            dz[row, k] = at_c * g * (i - i * i)
            dz[row, k + H] = at_c * c_before[row, k] * (f - f * f)
            dz[row, k + 2 * H] = at_c * i * (1 - g) * (1 + g)
            dz[row, k + 3 * H] = dh[row, k] * shown * (o - o * o)
            before[row, k] = f * at_c
    return dz, before


def back_by_slopes(dh, dc, a_t, c_before):
    """The slopes of all blocks at once, then what each block is multiplied by."""
    a = a_t.reshape(len(a_t), 4, -1)
    i, f, g, o = np.moveaxis(a, 1, 0)
    slopes = a - a**2
    slopes[:, 2] = 1 - g * g
    c_t = i * g + f * c_before
    total = dh * o / np.cosh(c_t) ** 2 + dc
    arriving = np.stack([total * g, total * c_before, total * i, np.tanh(c_t) * dh], axis=1)
    return (arriving * slopes).reshape(a_t.shape), f * total


def back_by_autograd(dh, dc, a_t, c_before):
    """autograd, from sums z that are found by inverting the activation functions."""
    dh, dc, a_t, c = _tensors(dh, dc, a_t, c_before)
    i, f, g, o = a_t.double().chunk(4, dim=1)
    z = torch.cat([i.logit(), f.logit(), g.atanh(), o.logit()], dim=1).requires_grad_()
    before = c.double().requires_grad_()
    with torch.enable_grad():
        i, f, g, o = z.chunk(4, dim=1)
        c_t = f.sigmoid() * before + i.sigmoid() * g.tanh()
        h_t = o.sigmoid() * c_t.tanh()
        found = torch.autograd.grad([h_t, c_t], [z, before], [dh.double(), dc.double()])
    return tuple(value.to(a_t.dtype) for value in found)


# --- lstm.backward --------------------------------------------------------------------------------------------------


def backward_step_by_step(dh, dc, x, h0, c0, W, U, b):
    """Everything added up inside the loop."""
    h, c, a = sequence_of_steps(x, h0, c0, W, U, b)
    found = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b), "x": np.empty_like(x)}
    carried = np.zeros_like(h0)
    for t in range(len(x) - 1, -1, -1):
        h_before, c_before = (h0, c0) if t == 0 else (h[t - 1], c[t - 1])
        dz, dc = back_by_slopes(carried + dh[t], dc, a[t], c_before)
        found["W"] += np.einsum("bk,bd->kd", dz, x[t])
        found["U"] += np.einsum("bk,bh->kh", dz, h_before)
        found["b"] += dz.sum(0)
        found["x"][t] = np.einsum("bk,kd->bd", dz, W)
        carried = np.einsum("bk,kh->bh", dz, U)
    return {**found, "h0": carried, "c0": dc}


def backward_row_by_row(dh, dc, x, h0, c0, W, U, b):
    """Each row of the batch on its own, with column vectors."""
    _, c, a = sequence_row_by_row(x, h0, c0, W, U, b)
    h = a[..., -h0.shape[1] :] * np.tanh(c)
    found = {name: np.zeros_like(value) for name, value in {"W": W, "U": U, "b": b, "h0": h0, "c0": c0, "x": x}.items()}
    for row in range(len(h0)):
        to_h, to_c = np.zeros_like(h0[row]), dc[row]
        for t in reversed(range(len(x))):
            h_before, c_before = (h[t - 1, row], c[t - 1, row]) if t else (h0[row], c0[row])
            dz, to_c = back_in_loops(*((v[None]) for v in (dh[t, row] + to_h, to_c, a[t, row], c_before)))
            dz, to_c = dz[0], to_c[0]
            to_h = U.T @ dz
            found["W"] += np.outer(dz, x[t, row])
            found["U"] += np.outer(dz, h_before)
            found["b"] += dz
            found["x"][t, row] = W.T @ dz
        found["h0"][row], found["c0"][row] = to_h, to_c
    return found


def backward_by_autograd(dh, dc, x, h0, c0, W, U, b):
    names = ("x", "h0", "c0", "W", "U", "b")
    dh, dc, *values = _tensors(dh, dc, x, h0, c0, W, U, b)
    x, h, c, W, U, b = (value.requires_grad_() for value in values)
    states = []
    with torch.enable_grad():
        for x_t in x:
            i, f, g, o = torch.addmm(b, torch.cat([x_t, h], 1), torch.cat([W, U], 1).T).chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            states.append(h)
        found = torch.autograd.grad([torch.stack(states), c], values, [dh, dc])
    return dict(zip(names, found, strict=True))


def backward_by_torchs_layer(dh, dc, x, h0, c0, W, U, b):
    dh, dc, *values = _tensors(dh, dc, x, h0, c0, W, U, b)
    x, h0, c0, W, U, b = (value.requires_grad_() for value in values)
    layer = torch.nn.LSTM(x.shape[2], h0.shape[1], device=x.device, dtype=x.dtype)
    with torch.enable_grad():
        parameters = dict(zip([name for name, _ in layer.named_parameters()], (W, U, b, 0 * b.detach()), strict=True))
        h, (_, c) = torch.func.functional_call(layer, parameters, (x, (h0[None], c0[None])))
        found = torch.autograd.grad([h, c], values, [dh, dc[None]])
    return dict(zip(("x", "h0", "c0", "W", "U", "b"), found, strict=True))


# --- variants -------------------------------------------------------------------------------------------------------


def first_in_loops(x_t, h, c, W, U, b):
    z, H = _sums_in_loops(x_t, h, W, U, b), h.shape[1]
    h_t, c_t = np.empty_like(h), np.empty_like(c)
    for row, k in np.ndindex(c.shape):
        c_t[row, k] = c[row, k] + _one(z[row, k]) * math.tanh(z[row, k + H])
        h_t[row, k] = _one(z[row, k + 2 * H]) * math.tanh(c_t[row, k])
    return h_t, c_t


def first_block_by_block(x_t, h, c, W, U, b):
    z_i, z_g, z_o = _sums_block_by_block(x_t, h, W, U, b)
    c_t = _s(z_i) * (2 * _s(2 * z_g) - 1) + c
    return np.tanh(c_t) * _s(z_o), c_t


def first_as_lstm(x_t, h, c, W, U, b):
    """The LSTM with a forget gate that a bias of 60 holds open."""
    H = h.shape[1]
    shut = [np.zeros_like(W[:H]), np.zeros_like(U[:H]), np.full_like(b[:H], 60)]
    W, U, b = (np.concatenate([v[:H], wall, v[H:]]) for v, wall in zip((W, U, b), shut, strict=True))
    return step_stacked(x_t, h, c, W, U, b)


def first_in_torch(x_t, h, c, W, U, b):
    i, g, o = _sums_in_torch(x_t, h, W, U, b).chunk(3, dim=1)
    c_t = torch.addcmul(_tensors(c)[0], i.sigmoid(), g.tanh())
    return o.sigmoid() * c_t.tanh(), c_t


def peephole_in_loops(x_t, h, c, W, U, b, p):
    z, H = _sums_in_loops(x_t, h, W, U, b), h.shape[1]
    h_t, c_t = np.empty_like(h), np.empty_like(c)
    for row, k in np.ndindex(c.shape):
        i = _one(z[row, k] + p[0, k] * c[row, k])
        f = _one(z[row, k + H] + p[1, k] * c[row, k])
        c_t[row, k] = f * c[row, k] + i * math.tanh(z[row, k + 2 * H])
        h_t[row, k] = _one(z[row, k + 3 * H] + p[2, k] * c_t[row, k]) * math.tanh(c_t[row, k])
    return h_t, c_t


def peephole_by_matrices(x_t, h, c, W, U, b, p):
    """A peephole is a diagonal matrix from the cell state."""
    see_i, see_f, see_o = (np.diag(row) for row in p)
    z_i, z_f, z_g, z_o = _sums_block_by_block(x_t, h, W, U, b)
    c_t = _s(z_f + c @ see_f) * c + _s(z_i + c @ see_i) * np.tanh(z_g)
    return _s(z_o + c_t @ see_o) * np.tanh(c_t), c_t


def peephole_stacked(x_t, h, c, W, U, b, p):
    z = _sums_stacked(x_t, h, W, U, b).reshape(len(x_t), 4, -1)
    early = _s(z[:, :2] + p[:2] * c[:, None])
    c_t = (early[:, ::-1] * np.stack([c, np.tanh(z[:, 2])], axis=1)).sum(1)
    return np.tanh(c_t) * _s(z[:, 3] + c_t * p[2]), c_t


def peephole_in_torch(x_t, h, c, W, U, b, p):
    i, f, g, o = _sums_in_torch(x_t, h, W, U, b).chunk(4, dim=1)
    c, p = _tensors(c, p)
    c_t = torch.sigmoid(f + c * p[1]) * c + torch.sigmoid(i + c * p[0]) * g.tanh()
    return torch.sigmoid(o + c_t * p[2]) * c_t.tanh(), c_t


def coupled_in_loops(x_t, h, c, W, U, b):
    z, H = _sums_in_loops(x_t, h, W, U, b), h.shape[1]
    h_t, c_t = np.empty_like(h), np.empty_like(c)
    for row, k in np.ndindex(c.shape):
        f, g = _one(z[row, k]), math.tanh(z[row, k + H])
        c_t[row, k] = g + f * (c[row, k] - g)
        h_t[row, k] = _one(z[row, k + 2 * H]) * math.tanh(c_t[row, k])
    return h_t, c_t


def coupled_by_sigmoid_of_minus(x_t, h, c, W, U, b):
    """1 − σ(z) = σ(−z)."""
    z_f, z_g, z_o = _sums_block_by_block(x_t, h, W, U, b)
    c_t = _s(z_f) * c + _s(-z_f) * np.tanh(z_g)
    return _s(z_o) * np.tanh(c_t), c_t


def coupled_as_lstm(x_t, h, c, W, U, b):
    """The LSTM whose input gate has the forget gate's parameters with the sign turned."""
    H = h.shape[1]
    return step_stacked(x_t, h, c, *(np.concatenate([-v[:H], v]) for v in (W, U, b)))


def coupled_in_torch(x_t, h, c, W, U, b):
    f, g, o = _sums_in_torch(x_t, h, W, U, b).chunk(3, dim=1)
    c_t = torch.lerp(g.tanh(), _tensors(c)[0], f.sigmoid())
    return o.sigmoid() * c_t.tanh(), c_t


# --- lstm.set_forget_bias -------------------------------------------------------------------------------------------


def bias_halved(b_ih, b_hh, value):
    """Half of it in each."""
    found = []
    for b in (b_ih, b_hh):
        rows = b.reshape(4, -1).copy()
        rows[1] = value / 2
        found.append(rows.ravel())
    return found


def bias_in_the_second(b_ih, b_hh, value):
    """All in b_hh: what is missing is added there."""
    H = b_ih.size // 4
    block = (np.arange(4 * H) >= H) & (np.arange(4 * H) < 2 * H)
    return b_ih.copy(), np.where(block, value - b_ih, b_hh).astype(b_hh.dtype)


def bias_in_lists(b_ih, b_hh, value):
    H = len(b_ih) // 4
    return [*b_ih[:H], *[value] * H, *b_ih[2 * H :]], [*b_hh[:H], *[0.0] * H, *b_hh[2 * H :]]


def bias_by_concatenate(b_ih, b_hh, value):
    i, _, g, o = np.split(b_ih + b_hh, 4)
    return np.concatenate([i, np.full_like(i, value), g, o]), np.zeros_like(b_hh)


# --- lstm.parameter_counts ------------------------------------------------------------------------------------------


def counts_by_shapes(D, H):
    def size(blocks, *more):
        return sum(math.prod(shape) for shape in [(blocks * H, D), (blocks * H, H), (blocks * H,), *more])

    return size(1), size(3, (H,)), size(4), size(3), size(4, (3, H)), size(3)


def counts_factored(D, H):
    block = H * (D + H + 1)
    extra = {"gru": H, "peepholes": 3 * H}
    return [block, 3 * block + extra["gru"], 4 * block, 3 * block, 4 * block + extra["peepholes"], 3 * block]


def counts_of_torch(D, H):
    """PyTorch's layers, less the biases that they have twice."""
    srn, gru, lstm = (
        sum(v.numel() for v in kind(D, H).parameters()) - surplus * H
        for kind, surplus in ((torch.nn.RNN, 1), (torch.nn.GRU, 2), (torch.nn.LSTM, 4))
    )
    return srn, gru, lstm, lstm - srn, lstm + 3 * H, 3 * srn


# --- lstm.module ----------------------------------------------------------------------------------------------------


class Functional(torch.nn.Module):
    """`torch.nn.functional.linear`, states written with torch.cat."""

    def __init__(self, D, H):
        super().__init__()
        joined = (2 * torch.rand(4 * H, D + H + 1) - 1) / H**0.5
        self.W, self.U = (torch.nn.Parameter(part.clone()) for part in joined[:, :-1].split([D, H], dim=1))
        self.b = torch.nn.Parameter(joined[:, -1].clone())

    def forward(self, x, h0, c0):
        h, c, states = h0, c0, x.new_empty(0, *h0.shape)
        for t in range(len(x)):
            z = torch.nn.functional.linear(x[t], self.W, self.b) + torch.nn.functional.linear(h, self.U)
            i, f, g, o = z.split(h0.shape[1], dim=1)
            c = i.sigmoid() * g.tanh() + f.sigmoid() * c
            h = c.tanh() * o.sigmoid()
            states = torch.cat([states, h[None]])
        return states, c


class Stacked(Functional):
    """One product with [W, U], one with [x, h]; one sigmoid for three gates."""

    def forward(self, x, h0, c0):
        h, c, states, H = h0, c0, [], h0.shape[1]
        for x_t in x.unbind():
            z = torch.cat([x_t, h], dim=1) @ torch.cat([self.W, self.U], dim=1).T + self.b
            gates = torch.sigmoid(torch.cat([z[:, : 2 * H], z[:, 3 * H :]], dim=1))
            c = torch.addcmul(gates[:, :H] * z[:, 2 * H : 3 * H].tanh(), gates[:, H : 2 * H], c)
            h = gates[:, 2 * H :] * c.tanh()
            states += [h]
        return torch.stack(states, dim=0), c


class BlockByBlock(Functional):
    """Eight products, by einsum; all products with x first."""

    def forward(self, x, h0, c0):
        states, c = [h0], c0
        driven = [torch.einsum("tbd,hd->tbh", x, W) + b for W, b in zip(self.W.chunk(4), self.b.chunk(4), strict=True)]
        for i, f, g, o in zip(*driven, strict=True):
            u_i, u_f, u_g, u_o = (torch.einsum("bk,hk->bh", states[-1], U) for U in self.U.chunk(4))
            c = torch.sigmoid(f + u_f) * c + torch.sigmoid(i + u_i) * torch.tanh(g + u_g)
            states.append(torch.sigmoid(o + u_o) * torch.tanh(c))
        return torch.stack(states[1:]), c


class AroundTorchsLayer(Functional):
    """torch's own arithmetic, with these parameters."""

    def forward(self, x, h0, c0):
        weights = [self.W, self.U, self.b, torch.zeros_like(self.b)]
        h, _, c = torch.lstm(x, (h0[None], c0[None]), weights, True, 1, 0.0, self.training, False, False)
        return h, c[0]


STEP = "x_t:BD h:BH c:BH W:GD U:GH b:G"  # G: the stacked blocks; their order and that of the units cannot be changed
SEQUENCE = "x:TBD h0:BH c0:BH W:GD U:GH b:G"
ALTERNATIVES = {
    "lstm.gates": Alternatives(
        (gates_in_loops, gates_block_by_block, gates_stacked, gates_in_torch),
        Axes("x_t:BD h:BH W:GD U:GH b:G", "i:BH f:BH g:BH o:BH", free="BD"),
    ),
    "lstm.step": Alternatives(
        (step_in_loops, step_block_by_block, step_stacked, step_by_torchs_cell),
        Axes(STEP, "h_t:BH c_t:BH", free="BD"),
    ),
    "lstm.sequence": Alternatives(
        (sequence_of_steps, sequence_row_by_row, sequence_recursive, sequence_in_torch),
        Axes(SEQUENCE, "h:TBH c:TBH a:TBG", free="BD"),
    ),
    "lstm.step_back": Alternatives(
        (back_in_loops, back_by_slopes, back_by_autograd),
        Axes("dh:BH dc:BH a_t:BG c_before:BH", "dz:BG dc_before:BH", free="B"),
    ),
    "lstm.backward": Alternatives(
        (backward_step_by_step, backward_row_by_row, backward_by_autograd, backward_by_torchs_layer),
        Axes(f"dh:TBH dc:BH {SEQUENCE}", "W:GD U:GH b:G h0:BH c0:BH x:TBD", free="BD"),
    ),
    "lstm.step_1997": Alternatives(
        (first_in_loops, first_block_by_block, first_as_lstm, first_in_torch),
        Axes(STEP, "h_t:BH c_t:BH", free="BD"),
    ),
    "lstm.set_forget_bias": Alternatives(
        (bias_halved, bias_in_the_second, bias_in_lists, bias_by_concatenate),
        Axes("b_ih:G b_hh:G", "b:G"),
    ),
    "lstm.peephole_step": Alternatives(
        (peephole_in_loops, peephole_by_matrices, peephole_stacked, peephole_in_torch),
        Axes(f"{STEP} p:PH", "h_t:BH c_t:BH", free="BD"),
    ),
    "lstm.coupled_step": Alternatives(
        (coupled_in_loops, coupled_by_sigmoid_of_minus, coupled_as_lstm, coupled_in_torch),
        Axes(STEP, "h_t:BH c_t:BH", free="BD"),
    ),
    "lstm.parameter_counts": Alternatives(
        (counts_by_shapes, counts_factored, counts_of_torch),
        Axes("", ""),
    ),
    "lstm.module": Alternatives(
        (Functional, Stacked, BlockByBlock, AroundTorchsLayer),
        Axes(f"{SEQUENCE} upstream:TBH upstream_c:BH", "h:TBH c_T:BH ∂W:GD ∂U:GH ∂b:G ∂x:TBD ∂h0:BH ∂c0:BH", free="BD"),
    ),
}
