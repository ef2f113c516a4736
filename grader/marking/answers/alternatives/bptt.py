"""Lesson 02: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import sympy as sp
import torch

from grader.marking.answers.alternatives import Alternatives, Axes


def _softmax(o):
    e = np.exp(o - np.logaddexp.reduce(o, axis=-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def _states(x, h0, W, U, b):
    states = [h0]
    for x_t in x:
        states.append(np.tanh(x_t @ W.T + states[-1] @ U.T + b))
    return np.stack(states)


def _torch_loss(x, h0, targets, W, U, b, V, c):
    """The whole network in PyTorch, with U or W as one matrix, or one for each step."""
    h, states = h0, []
    for t, x_t in enumerate(x):
        W_t, U_t, b_t = (each[t] if isinstance(each, list) else each for each in (W, U, b))
        h = torch.tanh(x_t @ W_t.T + h @ U_t.T + b_t)
        states.append(h)
    o = torch.stack(states) @ V.T + c
    return torch.nn.functional.cross_entropy(o.flatten(0, 1), targets.flatten())


def _swept(do, h, U, V):
    """∂L/∂z and ∂L/∂h0 of a whole sequence, from the first step's point of view."""
    if len(h) == 0:
        return h, np.zeros(h.shape[1:], h.dtype)
    later, arrives = _swept(do[1:], h[1:], U, V)
    first = (do[0] @ V + arrives) * (1 - h[0] ** 2)
    return np.concatenate([first[None], later]), first @ U


# --- bptt.slopes ----------------------------------------------------------------------------------------------------


def slopes_by_values(z):
    """Written with h = f(z), as in the table of lesson 01."""
    with np.errstate(over="ignore"):
        h = 1 / (1 + np.exp(-z))
    t = np.tanh(z)
    return h * (1 - h), (1 - t) * (1 + t), np.where(z > 0, 1, 0).astype(z.dtype), z * 0 + 1


def slopes_by_cosh(z):
    """sigmoid' = 1 / (4 cosh²(z/2)), tanh' = 1 / cosh² z; ∞ below the bar gives 0."""
    with np.errstate(over="ignore"):
        return (
            0.25 / np.cosh(z / 2) ** 2,
            1 / np.cosh(z) ** 2,
            np.heaviside(z, np.zeros_like(z)),
            np.ones(z.shape, z.dtype),
        )


def slopes_in_loops(z):
    found = np.zeros((4, *z.shape), z.dtype)
    for index in np.ndindex(z.shape):
        value = float(z[index])
        s = 0.5 * (1 + math.tanh(value / 2))
        found[(0, *index)] = s * (1 - s)
        found[(1, *index)] = 1 - math.tanh(value) ** 2
        found[(2, *index)] = 1.0 if value > 0 else 0.0
        found[(3, *index)] = 1.0
    return tuple(found)


def slopes_in_torch(z):
    found = []
    for f in (torch.sigmoid, torch.tanh, torch.relu, lambda z: 1 * z):
        at = torch.tensor(z, requires_grad=True)
        found.append(torch.autograd.grad(f(at).sum(), at)[0])
    return found


# --- bptt.derivation ------------------------------------------------------------------------------------------------


def derivation_by_copies(u, w, b, h0, x1, x2, x3, y):
    """A copy of w for every step; differentiate by each, then make the copies equal again."""
    copies = sp.symbols("w1:4")
    h = h0
    for w_k, x_k in zip(copies, (x1, x2, x3), strict=True):
        h = 1 / (1 + sp.exp(-u * h - w_k * x_k - b))
    loss = (h - y) ** 2 / 2
    again = dict.fromkeys(copies, w)
    return (*(sp.diff(loss, w_k).subs(again) for w_k in copies), sp.diff(loss, h0).subs(again))


def derivation_by_tanh(u, w, b, h0, x1, x2, x3, y):
    """σ(z) = ½ (1 + tanh ½z), σ' = ¼ (1 − tanh² ½z)."""
    h, slopes = h0, []
    for x in (x1, x2, x3):
        half = sp.tanh((u * h + w * x + b) / 2)
        h = (1 + half) / 2
        slopes.append((1 - half**2) / 4)
    error = h - y
    s1, s2, s3 = slopes
    return [error * s3 * u * s2 * u * s1 * x1, error * s3 * u * s2 * x2, error * s3 * x3, error * s3 * s2 * s1 * u**3]


def derivation_by_chain(u, w, b, h0, x1, x2, x3, y):
    """One step differentiated in general, and put together."""
    before, x = sp.symbols("before x")
    step = 1 / (1 + sp.exp(-(u * before + w * x + b)))
    states = [h0]
    for x_k in (x1, x2, x3):
        states.append(step.subs({before: states[-1], x: x_k}, simultaneous=True))
    back, parts = states[3] - y, []
    for x_k, state in reversed(list(zip((x1, x2, x3), states[:3], strict=True))):
        at = {before: state, x: x_k}
        parts.append(back * sp.diff(step, w).subs(at, simultaneous=True))
        back *= sp.diff(step, before).subs(at, simultaneous=True)
    return (*parts[::-1], back)


# --- bptt.score_gradient --------------------------------------------------------------------------------------------


def score_gradient_in_loops(o, targets):
    T, B, O = o.shape
    do = np.zeros_like(o)
    for t in range(T):
        for row in range(B):
            scores = [float(score) for score in o[t, row]]
            terms = [math.exp(score - max(scores)) for score in scores]
            for k in range(O):
                do[t, row, k] = (terms[k] / math.fsum(terms) - (k == targets[t, row])) / (T * B)
    return do


def score_gradient_in_place(o, targets):
    do = _softmax(o)
    t, row = np.indices(targets.shape)
    do[t, row, targets] -= 1
    return do / targets.size


def score_gradient_in_torch(o, targets):
    o = torch.tensor(o, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(o.flatten(0, 1), torch.as_tensor(targets).flatten())
    return torch.autograd.grad(loss, o)[0]


# --- bptt.delta_step ------------------------------------------------------------------------------------------------


def delta_step_in_columns(delta_next, h_k, U):
    """diag(f') Uᵀ δ, row by row."""
    return np.stack([np.diag(1 - h**2) @ U.T @ d for d, h in zip(delta_next, h_k, strict=True)])


def delta_step_by_einsum(delta_next, h_k, U):
    return np.einsum("bj,jh,bh->bh", delta_next, U, (1 - h_k) * (1 + h_k))


def delta_step_in_loops(delta_next, h_k, U):
    found = np.zeros_like(h_k)
    for row in range(len(h_k)):
        for unit in range(len(U)):
            arrived = sum(float(delta_next[row, j] * U[j, unit]) for j in reversed(range(len(U))))
            found[row, unit] = arrived - h_k[row, unit] ** 2 * arrived
    return found


def delta_step_in_torch(delta_next, h_k, U):
    delta_next, h_k, U = map(torch.as_tensor, (delta_next, h_k, U))
    return (1 - h_k.square()) * torch.nn.functional.linear(delta_next, U.T)


# --- bptt.double_sum ------------------------------------------------------------------------------------------------


def double_sum_lag_by_lag(do, h, h0, U, V):
    """All pairs of the same lag t − k at once."""
    T, slope = len(h), 1 - h**2
    delta = np.zeros((T, T, *h.shape[1:]), h.dtype)
    now = slope * np.einsum("tbo,oh->tbh", do, V)
    for lag in range(T):
        for t in range(lag, T):
            delta[t, t - lag] = now[t - lag]
        now = slope[: T - lag - 1] * np.einsum("tbj,jh->tbh", now[1:], U)
    return delta, np.einsum("tkbi,kbj->ij", delta, np.concatenate([h0[None], h[:-1]]))


def double_sum_of_jacobians(do, h, h0, U, V):
    """Each δ_{t,k} by itself, as a product of Jacobians; one row of the batch at a time."""
    T, B, H = h.shape
    delta, dU = np.zeros((T, T, B, H), h.dtype), np.zeros_like(U)
    for row in range(B):
        for k in range(T):
            product, before = np.eye(H, dtype=h.dtype), h0[row] if k == 0 else h[k - 1, row]
            for t in range(k, T):
                if t > k:
                    product = product @ (U.T @ np.diag(1 - h[t, row] ** 2))
                delta[t, k, row] = np.diag(1 - h[k, row] ** 2) @ product @ V.T @ do[t, row]
                dU += np.outer(delta[t, k, row], before)
    return delta, dU


def double_sum_by_recursion(do, h, h0, U, V):
    T, before = len(h), [h0, *h[:-1]]

    def term(t, k):
        arrives = do[t].dot(V) if t == k else term(t, k + 1).dot(U)
        return arrives * (1 - h[k] * h[k])

    delta = np.array([[term(t, k) if k <= t else np.zeros_like(h0) for k in range(T)] for t in range(T)])
    return delta, sum(delta[:, k].sum(0).T @ before[k] for k in range(T))


# --- bptt.sweep -----------------------------------------------------------------------------------------------------


def sweep_by_recursion(do, h, dh, U, V):
    if len(h) == 0:
        return h, dh
    later, arrives = sweep_by_recursion(do[1:], h[1:], dh, U, V)
    first = (do[0] @ V + arrives) * (1 - h[0] ** 2)
    return np.concatenate([first[None], later]), first @ U


def sweep_outputs_first(do, h, dh, U, V):
    """What the outputs send back in one product before the loop; everything as columns."""
    sent, found = np.einsum("oh,tbo->thb", V, do), []
    dh = dh.T
    for sent_k, h_k in zip(sent[::-1], h[::-1], strict=True):
        dz = (sent_k + dh) * (1 - h_k.T) * (1 + h_k.T)
        dh = U.T @ dz
        found.insert(0, dz.T)
    return found, dh.T


def sweep_as_sum_of_terms(do, h, dh, U, V):
    """Every loss's error terms apart, then added."""
    T, slope = len(h), 1 - h**2
    dz, dh0 = np.zeros_like(h), np.zeros_like(dh)
    for t in range(T):
        arrives = np.einsum("bo,oh->bh", do[t], V) + (dh if t == T - 1 else 0)
        for k in reversed(range(t + 1)):
            dz[k] += slope[k] * arrives
            arrives = np.einsum("bj,jh->bh", slope[k] * arrives, U)
        dh0 = dh0 + arrives
    return dz, dh0


def sweep_in_torch(do, h, dh, U, V):
    do, h, dh, U, V = map(torch.as_tensor, (do, h, dh, U, V))
    found = []
    for k in range(len(h) - 1, -1, -1):
        found.append(torch.addmm(dh, do[k], V) * (1 - h[k] ** 2))
        dh = torch.mm(found[-1], U)
    return torch.stack(found[::-1]), dh


# --- bptt.gradients -------------------------------------------------------------------------------------------------


def gradients_in_torch(x, h0, targets, W, U, b, V, c):
    variables = [torch.tensor(each, requires_grad=True) for each in (W, U, b, V, c, h0, x)]
    W, U, b, V, c, h0, x = variables
    return torch.autograd.grad(_torch_loss(x, h0, torch.as_tensor(targets), W, U, b, V, c), variables)


def gradients_of_flat_rows(x, h0, targets, W, U, b, V, c):
    """Time and batch as one axis, so that each gradient is one product of matrices."""
    states = _states(x, h0, W, U, b)
    h, before = states[1:], states[:-1]
    do = (_softmax(h @ V.T + c) - np.eye(len(c), dtype=c.dtype)[targets]) / targets.size
    dz, dh0 = _swept(do, h, U, V)
    rows, scores = dz.reshape(-1, len(b)), do.reshape(-1, len(c))
    dW, dU = rows.T @ x.reshape(len(rows), -1), rows.T @ before.reshape(len(rows), -1)
    dV = scores.T @ h.reshape(len(rows), -1)
    return dW, dU, rows.T @ np.ones(len(rows), b.dtype), dV, scores.sum(0), dh0, (rows @ W).reshape(x.shape)


def gradients_row_by_row(x, h0, targets, W, U, b, V, c):
    """Each row of the batch by itself, with outer products, added while going back."""
    T, B, _ = x.shape
    states = _states(x, h0, W, U, b)
    y = _softmax(states[1:] @ V.T + c)
    dW, dU, db, dV, dc, dh0, dx = (np.zeros_like(each) for each in (W, U, b, V, c, h0, x))
    for row in reversed(range(B)):
        dh = np.zeros_like(b)
        for t in reversed(range(T)):
            do = y[t, row].copy()
            do[targets[t, row]] -= 1
            do /= T * B
            dV += np.outer(do, states[t + 1, row])
            dc += do
            dz = (V.T @ do + dh) * (1 - states[t + 1, row] ** 2)
            dW += np.outer(dz, x[t, row])
            dU += np.outer(dz, states[t, row])
            db += dz
            dx[t, row] = W.T @ dz
            dh = U.T @ dz
        dh0[row] = dh
    return dW, dU, db, dV, dc, dh0, dx


# --- bptt.central_difference ----------------------------------------------------------------------------------------


def difference_by_basis(loss, theta, step):
    """One direction of the identity matrix after the other."""
    directions = step * np.eye(theta.size, dtype=theta.dtype).reshape(-1, *theta.shape)
    return np.array([(loss(theta + e) - loss(theta - e)) / (2 * step) for e in directions]).reshape(theta.shape)


def difference_in_a_copy(loss, theta, step):
    moved, found = theta.copy(), np.empty(theta.shape, theta.dtype)
    for i in range(theta.size):
        kept = moved.flat[i]
        moved.flat[i] = kept + step
        above = loss(moved)
        moved.flat[i] = kept - step
        found.flat[i] = 0.5 * above / step - 0.5 * loss(moved) / step
        moved.flat[i] = kept
    return found


def difference_as_mean_of_two(loss, theta, step):
    """The mean of the forward and the backward difference."""
    here, found = loss(theta), []
    for index in np.ndindex(theta.shape):
        shift = np.zeros_like(theta)
        shift[index] = step
        found.append(((loss(theta + shift) - here) / step + (here - loss(theta - shift)) / step) / 2)
    return np.reshape(found, theta.shape)


# --- bptt.check_gradient --------------------------------------------------------------------------------------------


def checker_by_largest_entry(loss, theta, gradient):
    numeric = difference_by_basis(loss, theta, 1e-4)
    return np.abs(gradient - numeric).max() <= 1e-4 * np.abs(numeric).max()


def checker_by_sum_of_norms(loss, theta, gradient):
    """‖a − n‖ / (‖a‖ + ‖n‖), where 0 / 0 counts as 0."""
    numeric = difference_in_a_copy(loss, theta, 3e-6)
    size = np.linalg.norm(gradient) + np.linalg.norm(numeric)
    return True if size == 0 else bool(np.linalg.norm(gradient - numeric) / size < 1e-5)


def checker_by_allclose(loss, theta, gradient):
    numeric = difference_as_mean_of_two(loss, theta, 1e-5)
    return np.allclose(gradient, numeric, rtol=1e-4, atol=1e-4 * np.abs(numeric).max())


# --- bptt.truncated -------------------------------------------------------------------------------------------------


def truncated_by_double_sum(x, h0, targets, W, U, b, V, c, k1, k2):
    """Every δ_{t,k}, and a rule that says which of them count."""
    states = _states(x, h0, W, U, b)
    do = (_softmax(states[1:] @ V.T + c) - np.eye(len(c), dtype=c.dtype)[targets]) / targets.size
    dz = np.zeros_like(states[1:])
    for t in range(len(x)):
        delta, end = do[t] @ V * (1 - states[t + 1] ** 2), min((t // k1 + 1) * k1, len(x))
        for k in reversed(range(t + 1)):
            if k >= end - k2:
                dz[k] += delta
            delta = delta @ U * (1 - states[k] ** 2)
    return np.einsum("kbh,kbd->hd", dz, x), np.einsum("kbh,kbj->hj", dz, states[:-1]), dz.sum((0, 1))


def truncated_by_detaching(x, h0, targets, W, U, b, V, c, k1, k2):
    """For each block a graph of its own in PyTorch, started from a detached state k2 steps before its end."""
    states = torch.as_tensor(_states(x, h0, W, U, b))
    given = [torch.tensor(each, requires_grad=True) for each in (W, U, b)]
    x, V, c, targets = map(torch.as_tensor, (x, V, c, targets))
    for first in range(0, len(x), k1):
        end = min(first + k1, len(x))
        start = max(0, end - k2)
        h, loss = states[start], 0
        for t in range(start, end):
            h = torch.tanh(x[t] @ given[0].T + h @ given[1].T + given[2])
            if t >= first:
                loss = loss + torch.nn.functional.cross_entropy(h @ V.T + c, targets[t], reduction="sum")
        (loss / targets.numel()).backward()
    return [each.grad for each in given]


def truncated_step_by_step(x, h0, targets, W, U, b, V, c, k1, k2):
    """From each block's end, step by step, added while going back."""
    states = _states(x, h0, W, U, b)
    do = (_softmax(states[1:] @ V.T + c) - np.eye(len(c), dtype=c.dtype)[targets]) / targets.size
    dW, dU, db = np.zeros_like(W), np.zeros_like(U), np.zeros_like(b)
    for first in range(0, len(x), k1):
        end, dh = min(first + k1, len(x)), np.zeros_like(h0)
        for k in range(end - 1, max(0, end - k2) - 1, -1):
            dz = (1 - states[k + 1] ** 2) * (dh + (do[k] @ V if k >= first else 0))
            dW, dU, db = dW + dz.T @ x[k], dU + dz.T @ states[k], db + dz.sum(0)
            dh = dz @ U
    return dW, dU, db


NETWORK = "x:TBD h0:BH targets:TB W:HD U:HH b:H V:OH c:O"
ALTERNATIVES = {
    "bptt.slopes": Alternatives(
        (slopes_by_values, slopes_by_cosh, slopes_in_loops, slopes_in_torch),
        Axes("z:BH", "sigmoid':BH tanh':BH relu':BH linear':BH", free="BH"),
    ),
    "bptt.derivation": Alternatives(
        (derivation_by_copies, derivation_by_tanh, derivation_by_chain),
        Axes("", ""),
    ),
    "bptt.score_gradient": Alternatives(
        (score_gradient_in_loops, score_gradient_in_place, score_gradient_in_torch),
        Axes("o:TBO targets:TB", "do:TBO", free="TB"),
    ),
    "bptt.delta_step": Alternatives(
        (delta_step_in_columns, delta_step_by_einsum, delta_step_in_loops, delta_step_in_torch),
        Axes("delta_next:BH h_k:BH U:HH", "δ_{t,k}:BH", free="BH"),
    ),
    "bptt.double_sum": Alternatives(
        (double_sum_lag_by_lag, double_sum_of_jacobians, double_sum_by_recursion),
        Axes("do:TBO h:TBH h0:BH U:HH V:OH", "delta:TTBH ∂U:HH", free="BHO"),
    ),
    "bptt.sweep": Alternatives(
        (sweep_by_recursion, sweep_outputs_first, sweep_as_sum_of_terms, sweep_in_torch),
        Axes("do:TBO h:TBH dh:BH U:HH V:OH", "dz:TBH ∂h0:BH", free="BHO"),
    ),
    "bptt.gradients": Alternatives(
        (gradients_in_torch, gradients_of_flat_rows, gradients_row_by_row),
        Axes(NETWORK, "∂W:HD ∂U:HH ∂b:H ∂V:OH ∂c:O ∂h0:BH ∂x:TBD", free="BDH"),
    ),
    "bptt.central_difference": Alternatives(
        (difference_by_basis, difference_in_a_copy, difference_as_mean_of_two),
        Axes("theta:HD a:HD b:HD", "gradient:HD", free="HD"),
    ),
    "bptt.check_gradient": Alternatives(
        (checker_by_largest_entry, checker_by_sum_of_norms, checker_by_allclose),
        Axes("", ""),
    ),
    "bptt.truncated": Alternatives(
        (truncated_by_double_sum, truncated_by_detaching, truncated_step_by_step),
        Axes(NETWORK, "∂W:HD ∂U:HH ∂b:H", free="BDH"),
    ),
}
