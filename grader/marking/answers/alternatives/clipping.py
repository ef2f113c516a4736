"""Lesson 03: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes


def _tensor(array):
    return torch.as_tensor(np.array(array), device=pick_device())


def _as_one_vector(gradients, limit):
    """All arrays as one vector, cut up again at the end."""
    flat = np.concatenate([g.ravel() for g in gradients.values()])
    top = np.abs(flat).max()
    if np.isinf(top) or np.isnan(top):
        flat, norm = np.zeros_like(flat), top
    elif top > 0:
        norm = np.linalg.norm(flat / top) * top
        flat = flat / max(1.0, norm / limit)
    else:
        norm = 0
    clipped, start = {}, 0
    for name, g in gradients.items():
        clipped[name] = flat[start : start + g.size].reshape(g.shape)
        start += g.size
    return clipped, norm


# --- clipping.jacobian_norms ----------------------------------------------------------------------------------------


def norms_in_loops(U, slopes):
    """Every product anew, with explicit diagonal matrices, row by row."""
    T, B, H = slopes.shape
    norms = np.ones((T + 1, B), U.dtype)
    for row in range(B):
        for lag in range(1, T + 1):
            product = np.eye(H, dtype=U.dtype)
            for t in range(T - lag, T):
                product = np.diag(slopes[t, row]) @ U @ product
            norms[lag, row] = np.linalg.svd(product)[1][0]
    return norms


def norms_by_eigenvalues(U, slopes):
    """The square root of the largest eigenvalue of PᵀP."""
    T, B, H = slopes.shape
    products = [np.stack([np.eye(H, dtype=U.dtype)] * B)]
    for t in range(T - 1, -1, -1):
        products.append(np.einsum("bij,bj,jk->bik", products[-1], slopes[t], U))
    products = np.stack(products)
    return np.sqrt(np.linalg.eigvalsh(products.swapaxes(-1, -2) @ products)[..., -1])


def norms_of_transposes(U, slopes):
    """The chain of the error terms, Uᵀ diag(f'), from the right."""
    _, B, H = slopes.shape
    norms = [np.ones(B, U.dtype)]
    chains = [np.eye(H, dtype=U.dtype) for _ in range(B)]
    for rows in reversed(slopes):
        chains = [U.T @ (slope[:, None] * chain) for slope, chain in zip(rows, chains, strict=True)]
        norms.append(np.array([np.linalg.norm(chain, ord=2) for chain in chains]))
    return norms


def norms_in_torch(U, slopes):
    U, slopes = _tensor(U), _tensor(slopes)
    T, B, H = slopes.shape
    product = torch.eye(H, dtype=U.dtype, device=U.device).repeat(B, 1, 1)
    norms = [product.new_ones(B)]
    for t in range(T):
        product = torch.bmm(product, torch.diag_embed(slopes[T - 1 - t]) @ U)
        norms.append(torch.linalg.matrix_norm(product, 2))
    return torch.stack(norms)


# --- clipping.predicted_gamma ---------------------------------------------------------------------------------------


def prediction_by_svd(U, slopes):
    sigma = np.linalg.svd(U, compute_uv=False)[0]
    rho = max(abs(value) for value in np.linalg.eig(U)[0])
    return sigma * np.max(slopes), rho * np.linalg.norm(slopes.ravel()) / math.sqrt(slopes.size)


def prediction_in_python(U, slopes):
    squares = [float(s) ** 2 for s in slopes.flat]
    sigma = math.sqrt(np.linalg.eigvalsh(U.T.astype(float) @ U).max())
    rho = max(math.hypot(value.real, value.imag) for value in np.linalg.eigvals(U.astype(float)))
    return sigma * max(slopes.flat), rho * math.sqrt(math.fsum(squares) / len(squares))


def prediction_in_torch(U, slopes):
    U, slopes = _tensor(U), _tensor(slopes)
    rho = torch.linalg.eigvals(U).abs().max()
    return torch.linalg.matrix_norm(U, 2) * slopes.amax(), (rho**2 * slopes.square().mean()).sqrt()


# --- clipping.measured_gamma ----------------------------------------------------------------------------------------


def gamma_by_polyfit(norms):
    return np.exp(np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0])


def gamma_by_lstsq(norms):
    design = np.stack([np.ones(len(norms)), np.arange(len(norms))], axis=1)
    return np.exp(np.linalg.lstsq(design, np.log(norms), rcond=None)[0][1])


def gamma_by_sums(norms):
    """The textbook's sums, row by row."""
    n, gammas = len(norms), []
    for column in np.log(norms.astype(float)).T:
        sx, sy = sum(range(n)), column.sum()
        sxx, sxy = sum(i * i for i in range(n)), sum(i * y for i, y in enumerate(column))
        gammas.append(math.exp((n * sxy - sx * sy) / (n * sxx - sx * sx)))
    return gammas


def gamma_in_torch(norms):
    y = _tensor(norms).log()
    x = torch.arange(len(y), dtype=y.dtype, device=y.device)[:, None]
    x = x - x.mean()
    return ((x * (y - y.mean(0))).sum(0) / x.square().sum()).exp()


# --- clipping.clip_by_norm ------------------------------------------------------------------------------------------


def clip_by_hypot(gradients, limit):
    norm = math.hypot(*(float(value) for g in gradients.values() for value in g.flat))
    if not math.isfinite(norm):
        return {name: 0 * np.ones_like(g) for name, g in gradients.items()}, norm
    if norm <= limit:
        return {name: g.copy() for name, g in gradients.items()}, norm
    return {name: g * (limit / norm) for name, g in gradients.items()}, norm


def clip_one_long_vector(gradients, limit):
    return _as_one_vector(gradients, limit)


def clip_by_norm_of_norms(gradients, limit):
    """The norm of the arrays' norms, each by logarithms."""
    with np.errstate(divide="ignore", invalid="ignore"):
        halves = [np.logaddexp.reduce(2 * np.log(np.abs(g)), axis=None) / 2 for g in gradients.values()]
        norm = np.exp(np.logaddexp.reduce(2 * np.array(halves)) / 2)
    if not np.isfinite(norm):
        return {name: np.zeros(g.shape, g.dtype) for name, g in gradients.items()}, norm
    return {name: g.copy() if norm <= limit else g / norm * limit for name, g in gradients.items()}, norm


def clip_in_torch(gradients, limit):
    tensors = {name: _tensor(g) for name, g in gradients.items()}
    top = torch.stack([g.abs().max() for g in tensors.values()]).max()
    if not torch.isfinite(top) or top == 0:
        return {name: torch.zeros_like(g) for name, g in tensors.items()}, top
    norm = torch.stack([(g / top).norm() for g in tensors.values()]).norm() * top
    return {name: g * torch.clamp(limit / norm, max=1.0) for name, g in tensors.items()}, norm


# --- clipping.clip_by_value -----------------------------------------------------------------------------------------


def values_by_minimum(gradients, limit):
    return {name: np.minimum(limit, np.maximum(-limit, g)) for name, g in gradients.items()}


def values_by_where(gradients, limit):
    return {name: np.where(np.abs(g) > limit, np.sign(g) * limit, g) for name, g in gradients.items()}


def values_in_loops(gradients, limit):
    clipped = {}
    for name in sorted(gradients):
        clipped[name] = gradients[name].copy()
        for index, value in np.ndenumerate(gradients[name]):
            if value > limit:
                clipped[name][index] = limit
            elif value < -limit:
                clipped[name][index] = -limit
    return clipped


def values_in_torch(gradients, limit):
    return {name: _tensor(g).clamp(-limit, limit) for name, g in gradients.items()}


# --- clipping.sgd_step ----------------------------------------------------------------------------------------------


def step_by_shrinking(parameters, gradients, lr, decay, limit):
    """The decay as a factor on the parameter."""
    clipped, _ = _as_one_vector(gradients, limit)
    return {name: (1 - lr * decay) * p - lr * clipped[name] for name, p in parameters.items()}


def step_in_stages(parameters, gradients, lr, decay, limit):
    gradients = _as_one_vector(gradients, limit)[0]
    new = {}
    for name in gradients:
        direction = gradients[name] + decay * parameters[name]
        new[name] = np.subtract(parameters[name], np.multiply(direction, lr))
    return new


def step_by_torchs_optimizer(parameters, gradients, lr, decay, limit):
    clipped, _ = _as_one_vector(gradients, limit)
    tensors = {name: torch.nn.Parameter(_tensor(p)) for name, p in parameters.items()}
    for name, tensor in tensors.items():
        tensor.grad = _tensor(clipped[name])
    torch.optim.SGD(tensors.values(), lr=lr, weight_decay=decay).step()
    return tensors


# --- clipping.orthogonal --------------------------------------------------------------------------------------------


def orthogonal_by_gram_schmidt(A, gain):
    """Column after column, each made orthogonal to those before it, twice for accuracy."""
    if A.shape[0] < A.shape[1]:
        return orthogonal_by_gram_schmidt(A.T, gain).T
    Q = np.zeros_like(A)
    for j in range(A.shape[1]):
        column = A[:, j].copy()
        for _ in range(2):
            column -= Q[:, :j] @ (Q[:, :j].T @ column)
        Q[:, j] = column / np.linalg.norm(column)
    return gain * Q


def orthogonal_by_cholesky(A, gain):
    """A = Q R with RᵀR = AᵀA."""
    wide = A.shape[0] < A.shape[1]
    A = A.T if wide else A
    Q = np.linalg.solve(np.linalg.cholesky(A.T @ A), A.T).T
    return (Q.T if wide else Q) * gain


def orthogonal_in_torch(A, gain):
    A = _tensor(A)
    flat = A if A.shape[0] >= A.shape[1] else A.T
    Q, R = torch.linalg.qr(flat)
    Q = Q @ torch.diag(torch.where(R.diagonal() < 0, -1.0, 1.0).to(A.dtype))
    return (Q if flat is A else Q.T).mul(gain)


# --- clipping.irnn --------------------------------------------------------------------------------------------------


def irnn_by_diag(A, std, scale):
    H, _ = A.shape
    return A * std, np.diag(np.full(H, scale, A.dtype)), 0 * A[:, 0]


def irnn_in_lists(A, std, scale):
    W = [[std * float(a) for a in row] for row in A]
    return W, [[scale if i == j else 0.0 for j in range(len(W))] for i in range(len(W))], [0.0] * len(W)


def irnn_in_torch(A, std, scale):
    A = _tensor(A)
    U = torch.nn.init.eye_(A.new_empty(len(A), len(A))) * scale
    return A * std, U, A.new_zeros(len(A))


GRADIENT = "W:HD U:HH b:H"
ALTERNATIVES = {
    "clipping.jacobian_norms": Alternatives(
        (norms_in_loops, norms_by_eigenvalues, norms_of_transposes, norms_in_torch),
        Axes("U:HH slopes:TBH", "norms:LB", free="BH"),
    ),
    "clipping.predicted_gamma": Alternatives(
        (prediction_by_svd, prediction_in_python, prediction_in_torch),
        Axes("U:HH slopes:TBH", "", free="TBH"),
    ),
    "clipping.measured_gamma": Alternatives(
        (gamma_by_polyfit, gamma_by_lstsq, gamma_by_sums, gamma_in_torch),
        Axes("norms:LB", "γ:B", free="B"),
    ),
    "clipping.clip_by_norm": Alternatives(
        (clip_by_hypot, clip_one_long_vector, clip_by_norm_of_norms, clip_in_torch),
        Axes(GRADIENT, GRADIENT, free="HD"),
    ),
    "clipping.clip_by_value": Alternatives(
        (values_by_minimum, values_by_where, values_in_loops, values_in_torch),
        Axes(GRADIENT, GRADIENT, free="D"),  # not H: one entry of U is spoiled afterwards
    ),
    "clipping.sgd_step": Alternatives(
        (step_by_shrinking, step_in_stages, step_by_torchs_optimizer),
        Axes(f"{GRADIENT} p_W:HD p_U:HH p_b:H", GRADIENT, free="HD"),
    ),
    "clipping.orthogonal": Alternatives(
        (orthogonal_by_gram_schmidt, orthogonal_by_cholesky, orthogonal_in_torch),
        Axes("A:MN", "U:MN"),  # another order of the columns is another matrix
    ),
    "clipping.irnn": Alternatives(
        (irnn_by_diag, irnn_in_lists, irnn_in_torch),
        Axes("A:HD", GRADIENT, free="HD"),
    ),
}
