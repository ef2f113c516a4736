"""Lesson 04: right answers written differently."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes


def _tensor(array):
    return torch.as_tensor(np.array(array), device=pick_device())


def _sigmoid(v):
    """The textbook's form; the inputs are not so large that it overflows."""
    return 1 / (1 + np.exp(-v))


def _blocks(A):
    """The parts for r, z and n of a stacked parameter."""
    H = len(A) // 3
    return A[:H], A[H : 2 * H], A[2 * H :]


# --- gru.gates ------------------------------------------------------------------------------------------------------


def gates_in_loops(x_t, h, W, U, b, b_m):
    """Unit by unit, with Python's own numbers."""
    (B, H), D = h.shape, x_t.shape[1]
    found = np.empty((3, B, H), dtype=h.dtype)
    for row in range(B):
        for j in range(H):
            driven, heard = [], []
            for k in range(3):
                i = k * H + j
                driven.append(math.fsum(float(W[i, d]) * float(x_t[row, d]) for d in range(D)) + float(b[i]))
                heard.append(math.fsum(float(U[i, d]) * float(h[row, d]) for d in range(H)))
            r, z = (1 / (1 + math.exp(-driven[k] - heard[k])) for k in (0, 1))
            found[:, row, j] = r, z, math.tanh(driven[2] + r * (heard[2] + float(b_m[j])))
    return tuple(found)


def gates_by_einsum(x_t, h, W, U, b, b_m):
    """Each gate with its own parameters."""
    (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = _blocks(W), _blocks(U), _blocks(b)

    def product(v, M):
        return np.einsum("bi,ji->bj", v, M)

    r = _sigmoid(product(x_t, W_r) + product(h, U_r) + b_r)
    z = _sigmoid(product(x_t, W_z) + product(h, U_z) + b_z)
    return r, z, np.tanh(product(x_t, W_n) + b_n + r * (product(h, U_n) + b_m))


def gates_stacked(x_t, h, W, U, b, b_m):
    """r and z by one product with [x, h], n by itself."""
    H = h.shape[1]
    joined = np.concatenate([x_t, h], axis=1) @ np.concatenate([W, U], axis=1)[: 2 * H].T + b[: 2 * H]
    open_ = np.exp(-np.logaddexp(0, -joined))
    n = np.tanh(x_t @ W[2 * H :].T + b[2 * H :] + open_[:, :H] * h.dot(U[2 * H :].T) + open_[:, :H] * b_m)
    return open_[:, :H], open_[:, H:], n


def gates_with_columns(x_t, h, W, U, b, b_m):
    """On paper's columns instead of rows."""
    H = h.shape[1]
    a, u = W @ x_t.T + b[:, None], U @ h.T
    r, z = _sigmoid((a + u)[:H]), _sigmoid((a + u)[H : 2 * H])
    return r.T, z.T, np.tanh(a[2 * H :] + r * (u[2 * H :] + b_m[:, None])).T


def gates_by_torch(x_t, h, W, U, b, b_m):
    x_t, h, W, U, b, b_m = map(_tensor, (x_t, h, W, U, b, b_m))
    a, u = torch.nn.functional.linear(x_t, W, b).chunk(3, 1), torch.nn.functional.linear(h, U).chunk(3, 1)
    r = torch.sigmoid(a[0] + u[0])
    return r, torch.sigmoid(a[1] + u[1]), torch.tanh(torch.addcmul(a[2], r, u[2] + b_m))


# --- gru.step -------------------------------------------------------------------------------------------------------


def step_as_correction(x_t, h, W, U, b, b_m):
    """The candidate, corrected by a share of the distance to the old state."""
    _, z, n = gates_by_einsum(x_t, h, W, U, b, b_m)
    return n + z * (h - n)


def step_unit_by_unit(x_t, h, W, U, b, b_m):
    _, z, n = gates_in_loops(x_t, h, W, U, b, b_m)
    h_t = h.copy()
    for index in np.ndindex(h_t.shape):
        h_t[index] = z[index] * h_t[index] + (1 - z[index]) * n[index]
    return h_t


def step_with_the_other_gate(x_t, h, W, U, b, b_m):
    """1 − z by the sigmoid of the opposite."""
    _, z, n = gates_stacked(x_t, h, W, U, b, b_m)
    take = 1 - z
    return h - take * h + take * n


def step_by_torch_cell(x_t, h, W, U, b, b_m):
    """torch.nn.GRUCell's own arithmetic, with these parameters."""
    x_t, h, W, U, b, b_m = map(_tensor, (x_t, h, W, U, b, b_m))
    inside = torch.cat([torch.zeros_like(b[: -len(b_m)]), b_m])
    return torch.gru_cell(x_t, h, W, U, b, inside)


# --- gru.limits -----------------------------------------------------------------------------------------------------


def limits_by_large_biases(x_t, h, W, U, b, b_m):
    """The gates themselves, pushed to their ends by biases of ±1000."""
    H = len(b_m)

    def pushed(reset, update):
        moved = b.astype(float)
        moved[:H] += reset
        moved[H : 2 * H] += update
        with np.errstate(over="ignore"):
            return step_as_correction(x_t, h, W, U, moved, b_m)

    return tuple(pushed(*to).astype(h.dtype) for to in ((0, 1000), (-1000, -1000), (1000, -1000)))


def limits_by_einsum(x_t, h, W, U, b, b_m):
    W_n, U_n, b_n = _blocks(W)[2], _blocks(U)[2], _blocks(b)[2]
    forget = np.einsum("bi,ji->bj", x_t, W_n) + b_n
    simple = np.einsum("bi,ji->bj", h, U_n) + (b_m + forget)
    return 1.0 * h, np.sinh(forget) / np.cosh(forget), np.tanh(simple)


def limits_by_torch(x_t, h, W, U, b, b_m):
    x_t, h, W, U, b, b_m = map(_tensor, (x_t, h, W, U, b, b_m))
    forget = torch.nn.functional.linear(x_t, W.chunk(3)[2], b.chunk(3)[2])
    return h, forget.tanh(), torch.tanh(forget + torch.nn.functional.linear(h, U.chunk(3)[2], b_m))


# --- gru.sequence, gru.forward --------------------------------------------------------------------------------------


def forward_step_by_step(x, h0, W, U, b, b_m):
    """The textbook's loop: each gate with its own parameters, all products inside."""
    (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = _blocks(W), _blocks(U), _blocks(b)
    h, rows = h0, []
    for x_t in x:
        r = _sigmoid(x_t @ W_r.T + h @ U_r.T + b_r)
        z = _sigmoid(x_t @ W_z.T + h @ U_z.T + b_z)
        m = h @ U_n.T + b_m
        n = np.tanh(x_t @ W_n.T + b_n + r * m)
        h = z * h + (1 - z) * n
        rows.append((h, r, z, n, m))
    return tuple(np.array(column) for column in zip(*rows, strict=True))


def forward_row_by_row(x, h0, W, U, b, b_m):
    """Each row of the batch by itself, with vectors."""
    (T, B, _), H = x.shape, h0.shape[1]
    kept = np.empty((5, T, B, H), dtype=x.dtype)
    for row in range(B):
        h = h0[row]
        for t in range(T):
            a, u = W @ x[t, row] + b, U @ h
            r, z = _sigmoid(a[:H] + u[:H]), _sigmoid(a[H:-H] + u[H:-H])
            m = u[-H:] + b_m
            n = np.tanh(a[-H:] + r * m)
            h = z * h + (1 - z) * n
            kept[:, t, row] = h, r, z, n, m
    return tuple(kept)


def forward_in_torch(x, h0, W, U, b, b_m):
    x, h, W, U, b, b_m = map(_tensor, (x, h0, W, U, b, b_m))
    rows = []
    for a in torch.einsum("tbd,kd->tbk", x, W) + b:
        u = h.matmul(U.mT)
        H = h.shape[1]
        r, z = torch.sigmoid((a + u)[:, : 2 * H]).split(H, dim=1)
        m = u[:, 2 * H :] + b_m
        n = torch.tanh(a[:, 2 * H :] + r * m)
        h = torch.lerp(n, h, z)
        rows.append(torch.stack([h, r, z, n, m]))
    return torch.stack(rows, dim=1).unbind()


def sequence_of_forward(x, h0, W, U, b, b_m):
    return forward_step_by_step(x, h0, W, U, b, b_m)[0]


def sequence_recursive(x, h0, W, U, b, b_m):
    """The last state needs the states before it."""
    if len(x) == 0:
        return np.empty((0, *h0.shape), dtype=h0.dtype)
    before = sequence_recursive(x[:-1], h0, W, U, b, b_m)
    h = before[-1] if len(before) else h0
    return np.concatenate([before, step_with_the_other_gate(x[-1], h, W, U, b, b_m)[None]])


def sequence_by_torch_layer(x, h0, W, U, b, b_m):
    """torch.nn.GRU's own arithmetic, with these parameters."""
    x, h0, W, U, b, b_m = map(_tensor, (x, h0, W, U, b, b_m))
    inside = torch.cat([b.new_zeros(2 * len(b_m)), b_m])
    return torch.gru(x, h0[None], [W, U, b, inside], True, 1, 0.0, False, False, False)[0]


# --- gru.parameter_count --------------------------------------------------------------------------------------------


def count_by_torch(D, H):
    layer = torch.nn.GRU(D, H)
    total = sum(p.numel() for p in layer.parameters())
    return total - 2 * H, total


def count_by_gates(D, H):
    return sum(H * (D + H + 1) for _ in "rzn") + H, sum(H * (D + H + 2) for _ in "rzn")


def count_by_shapes(D, H):
    ours = ((3 * H, D), (3 * H, H), (3 * H,), (H,))
    total = sum(math.prod(shape) for shape in ours)
    return total, total - H + 3 * H


# --- gru.from_torch -------------------------------------------------------------------------------------------------


def parameters_by_blocks(weight_ih, weight_hh, bias_ih, bias_hh):
    (r, z, n), (r2, z2, n2) = _blocks(bias_ih), _blocks(bias_hh)
    return weight_ih.copy(), weight_hh.copy(), np.hstack([r + r2, z + z2, n]), n2.copy()


def parameters_by_mask(weight_ih, weight_hh, bias_ih, bias_hh):
    H = len(bias_ih) // 3
    mask = np.repeat(np.array([1, 1, 0], bias_ih.dtype), H)
    return weight_ih, weight_hh, bias_ih + mask * bias_hh, bias_hh[-H:]


def parameters_in_torch(weight_ih, weight_hh, bias_ih, bias_hh):
    weight_ih, weight_hh, bias_ih, bias_hh = map(_tensor, (weight_ih, weight_hh, bias_ih, bias_hh))
    outside, inside = bias_ih.chunk(3), bias_hh.chunk(3)
    return weight_ih, weight_hh, torch.cat([outside[0] + inside[0], outside[1] + inside[1], outside[2]]), inside[2]


# --- gru.jacobian ---------------------------------------------------------------------------------------------------


def jacobian_by_autograd(x_t, h, W, U, b, b_m):
    x_t, W, U, b, b_m = map(_tensor, (x_t, W, U, b, b_m))
    inside = torch.cat([b.new_zeros(2 * len(b_m)), b_m])

    def step(row, state):
        return torch.gru_cell(row[None], state[None], W, U, b, inside)[0]

    with torch.enable_grad():
        pairs = zip(x_t, _tensor(h), strict=True)
        rows = [torch.autograd.functional.jacobian(partial(step, x), state) for x, state in pairs]
    return torch.stack(rows)


def jacobian_with_diagonals(x_t, h, W, U, b, b_m):
    """Row by row, with explicit diagonal matrices and the chain rule as it stands."""
    (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = _blocks(W), _blocks(U), _blocks(b)
    found = []
    for x, s in zip(x_t, h, strict=True):
        r, z, m = _sigmoid(W_r @ x + U_r @ s + b_r), _sigmoid(W_z @ x + U_z @ s + b_z), U_n @ s + b_m
        n = np.tanh(W_n @ x + b_n + r * m)
        dr, dz = np.diag(r * (1 - r)) @ U_r, np.diag(z * (1 - z)) @ U_z
        dn = np.diag(1 - n * n) @ (np.diag(m) @ dr + np.diag(r) @ U_n)
        found.append(np.diag(z) + np.diag(s) @ dz - np.diag(n) @ dz + np.diag(1 - z) @ dn)
    return np.array(found)


def jacobian_by_einsum(x_t, h, W, U, b, b_m):
    r, z, n = gates_stacked(x_t, h, W, U, b, b_m)
    U_r, U_z, U_n = U.reshape(3, -1, U.shape[1])
    m = np.einsum("bj,ij->bi", h, U_n) + b_m
    d = (1 - z) * (1 - n) * (1 + n)
    J = np.einsum("bi,ij->bij", d * r, U_n) + np.einsum("bi,ij->bij", d * m * (r - r * r), U_r)
    J += np.einsum("bi,ij->bij", (h - n) * (z - z * z), U_z)
    np.einsum("bii->bi", J)[:] += z
    return J


# --- gru.error_terms ------------------------------------------------------------------------------------------------


def errors_in_loops(dh, before, r, z, n, m):
    found = np.empty((3, *dh.shape), dtype=dh.dtype)
    for i in np.ndindex(dh.shape):
        to_n = float(dh[i]) * (1 - float(z[i])) * (1 - float(n[i]) ** 2)
        to_z = float(dh[i]) * (float(before[i]) - float(n[i])) * float(z[i]) * (1 - float(z[i]))
        found[(slice(None), *i)] = to_n * float(m[i]) * float(r[i]) * (1 - float(r[i])), to_z, to_n
    return tuple(found)


def errors_multiplied_out(dh, before, r, z, n, m):
    inner = dh - dh * z - dh * n * n + dh * z * n * n
    return (r - r * r) * m * inner, (dh * before - dh * n) * (z - z * z), inner


def errors_by_autograd(dh, before, r, z, n, m):
    """What goes into σ and tanh, found backwards from r, z and n; then PyTorch differentiates."""
    dh, before, m, r, z, n = map(_tensor, (dh, before, m, r, z, n))
    with torch.enable_grad():
        in_r, in_z = torch.logit(r).requires_grad_(), torch.logit(z).requires_grad_()
        in_n = (torch.atanh(n) - r * m).requires_grad_()
        gate, keep = torch.sigmoid(in_r), torch.sigmoid(in_z)
        candidate = torch.tanh(in_n + gate * m)
        (dh * (keep * before + (1 - keep) * candidate)).sum().backward()
    return in_r.grad, in_z.grad, in_n.grad


# --- gru.backward ---------------------------------------------------------------------------------------------------


def backward_step_by_step(dh, x, h0, W, U, b, b_m):
    """Everything added up inside the sweep, each gate with its own parameters."""
    h, r, z, n, m = forward_step_by_step(x, h0, W, U, b, b_m)
    found = {"W": np.zeros_like(W), "U": np.zeros_like(U), "b": np.zeros_like(b), "b_m": np.zeros_like(b_m)}
    dx, back, H = np.zeros_like(x), np.zeros_like(h0), h0.shape[1]
    for t in range(len(x) - 1, -1, -1):
        old = h[t - 1] if t else h0
        d_r, d_z, d_n = errors_multiplied_out(dh[t] + back, old, r[t], z[t], n[t], m[t])
        d_m = d_n * r[t]
        for k, (to_W, to_U) in enumerate(((d_r, d_r), (d_z, d_z), (d_n, d_m))):
            rows = slice(k * H, (k + 1) * H)
            found["W"][rows] += to_W.T @ x[t]
            found["U"][rows] += to_U.T @ old
            found["b"][rows] += to_W.sum(axis=0)
            dx[t] += to_W @ W[rows]
        found["b_m"] += d_m.sum(axis=0)
        U_r, U_z, U_n = _blocks(U)
        back = z[t] * (dh[t] + back) + d_r @ U_r + d_z @ U_z + d_m @ U_n
    return {**found, "h0": back, "x": dx}


def backward_by_jacobians(dh, x, h0, W, U, b, b_m):
    """The states' gradients by the Jacobians, the parameters' from them."""
    h, r, z, n, m = forward_row_by_row(x, h0, W, U, b, b_m)
    old = np.concatenate([h0[None], h[:-1]])
    total = dh.copy()
    for t in range(len(x) - 1, 0, -1):
        total[t - 1] += np.einsum("bi,bij->bj", total[t], jacobian_by_einsum(x[t], old[t], W, U, b, b_m))
    start = np.einsum("bi,bij->bj", total[0], jacobian_by_einsum(x[0], h0, W, U, b, b_m))
    d_r, d_z, d_n = errors_multiplied_out(total, old, r, z, n, m)
    to_W, to_U = np.concatenate([d_r, d_z, d_n], axis=2), np.concatenate([d_r, d_z, d_n * r], axis=2)
    return {
        "x": np.einsum("tbk,kd->tbd", to_W, W),
        "h0": start,
        "b_m": np.einsum("tbk->k", d_n * r),
        "b": np.einsum("tbk->k", to_W),
        "U": np.tensordot(to_U, old, axes=((0, 1), (0, 1))),
        "W": np.tensordot(to_W, x, axes=((0, 1), (0, 1))),
    }


def backward_by_autograd(dh, x, h0, W, U, b, b_m):
    names = ("x", "h0", "W", "U", "b", "b_m")
    with torch.enable_grad():
        given = [_tensor(value).requires_grad_() for value in (x, h0, W, U, b, b_m)]
        inside = torch.cat([given[4].new_zeros(2 * len(b_m)), given[5]])
        h = torch.gru(given[0], given[1][None], [*given[2:5], inside], True, 1, 0.0, False, False, False)[0]
        found = torch.autograd.grad((h * _tensor(dh)).sum(), given)
    return dict(zip(names, found, strict=True))


# --- gru.module -----------------------------------------------------------------------------------------------------


class Functional(torch.nn.Module):
    """The same with torch.nn.functional, and states joined as they come."""

    def __init__(self, D, H):
        super().__init__()
        for name, shape in {"W": (3 * H, D), "U": (3 * H, H), "b": (3 * H,), "b_m": (H,)}.items():
            self.register_parameter(name, torch.nn.Parameter((2 * torch.rand(shape) - 1) / H**0.5))

    def forward(self, x, h0):
        h, states = h0, x.new_empty(0, *h0.shape)
        for t in range(x.shape[0]):
            a = torch.nn.functional.linear(x[t], self.W, self.b).split(h.shape[1], dim=1)
            u = torch.nn.functional.linear(h, self.U).split(h.shape[1], dim=1)
            r, z = (a[0] + u[0]).sigmoid(), (a[1] + u[1]).sigmoid()
            h = torch.lerp((a[2] + r * u[2] + r * self.b_m).tanh(), h, z)
            states = torch.cat([states, h[None]])
        return states


class SeparateGates(Functional):
    """Each gate with its own parameters, by einsum."""

    def forward(self, x, h0):
        (W_r, W_z, W_n), (U_r, U_z, U_n), (b_r, b_z, b_n) = self.W.chunk(3), self.U.chunk(3), self.b.chunk(3)

        def product(v, M):
            return torch.einsum("bi,ji->bj", v, M)

        h, states = h0, []
        for x_t in x.unbind():
            r = 1 / (1 + torch.exp(-product(x_t, W_r) - product(h, U_r) - b_r))
            z = 1 / (1 + torch.exp(-product(x_t, W_z) - product(h, U_z) - b_z))
            n = torch.tanh(product(x_t, W_n) + b_n + r * (product(h, U_n) + self.b_m))
            h = n - z * n + z * h
            states += [h]
        return torch.stack(states, dim=0)


class AroundTorchLayer(Functional):
    """torch.nn.GRU's own arithmetic, with these parameters."""

    def forward(self, x, h0):
        inside = torch.cat([torch.zeros_like(self.b[: -len(self.b_m)]), self.b_m])
        weights = [self.W, self.U, self.b, inside]
        return torch.gru(x, h0[None], weights, True, 1, 0.0, self.training, False, False)[0]


# Stacked rows (3H) cannot be permuted along with H, so only the other letters are free.
PARAMETERS = "W:KD U:KH b:K b_m:H"
ALTERNATIVES = {
    "gru.gates": Alternatives(
        (gates_in_loops, gates_by_einsum, gates_stacked, gates_with_columns, gates_by_torch),
        Axes(f"x_t:BD h:BH {PARAMETERS}", "r_t:BH z_t:BH n_t:BH", free="BD"),
    ),
    "gru.step": Alternatives(
        (step_as_correction, step_unit_by_unit, step_with_the_other_gate, step_by_torch_cell),
        Axes(f"x_t:BD h:BH {PARAMETERS}", "h_t:BH", free="BD"),
    ),
    "gru.limits": Alternatives(
        (limits_by_large_biases, limits_by_einsum, limits_by_torch),
        Axes(f"x_t:BD h:BH {PARAMETERS}", "copy:BH forget:BH simple:BH", free="BD"),
    ),
    "gru.sequence": Alternatives(
        (sequence_of_forward, sequence_recursive, sequence_by_torch_layer),
        Axes(f"x:TBD h0:BH {PARAMETERS}", "h:TBH", free="BD"),
    ),
    "gru.parameter_count": Alternatives(
        (count_by_torch, count_by_gates, count_by_shapes),
        Axes("", ""),
    ),
    "gru.from_torch": Alternatives(
        (parameters_by_blocks, parameters_by_mask, parameters_in_torch),
        Axes("weight_ih:KD weight_hh:KH bias_ih:K bias_hh:K", "W:KD U:KH b:K b_m:H", free="D"),
    ),
    "gru.jacobian": Alternatives(
        (jacobian_by_autograd, jacobian_with_diagonals, jacobian_by_einsum),
        Axes(f"x_t:BD h:BH {PARAMETERS}", "J:BHH", free="BD"),
    ),
    "gru.forward": Alternatives(
        (forward_step_by_step, forward_row_by_row, forward_in_torch),
        Axes(f"x:TBD h0:BH {PARAMETERS}", "h:TBH r:TBH z:TBH n:TBH m:TBH", free="BD"),
    ),
    "gru.error_terms": Alternatives(
        (errors_in_loops, errors_multiplied_out, errors_by_autograd),
        Axes("dh:TBH before:TBH r:TBH z:TBH n:TBH m:TBH", "δ_r:TBH δ_z:TBH δ_n:TBH", free="TBH"),
    ),
    "gru.backward": Alternatives(
        (backward_step_by_step, backward_by_jacobians, backward_by_autograd),
        Axes(f"dh:TBH x:TBD h0:BH {PARAMETERS}", "W:KD U:KH b:K b_m:H h0:BH x:TBD", free="BD"),
    ),
    "gru.module": Alternatives(
        (Functional, SeparateGates, AroundTorchLayer),
        Axes(f"x:TBD h0:BH {PARAMETERS} upstream:TBH", "h:TBH ∂W:KD ∂U:KH ∂b:K ∂b_m:H ∂x:TBD ∂h0:BH", free="BD"),
    ),
}
