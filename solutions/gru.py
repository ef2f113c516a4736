"""The gated recurrent unit (GRU; Cho and others 2014), forward and backward, in NumPy and in PyTorch.

    r_t = σ(x_t W_rᵀ + h_{t-1} U_rᵀ + b_r)                 reset gate
    z_t = σ(x_t W_zᵀ + h_{t-1} U_zᵀ + b_z)                 update gate
    m_t = h_{t-1} U_nᵀ + b_m                               what the state says to the candidate
    n_t = tanh(x_t W_nᵀ + b_n + r_t ⊙ m_t)                 candidate: the reset gate acts after the product
    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t                  z → 1 keeps, z → 0 replaces

The parameters of the three are stacked in the order r, z, n: ``W`` (3H, D), ``U`` (3H, H), ``b`` (3H,). The candidate
has a second bias, ``b_m`` (H,), inside the reset gate's product: it cannot be merged with b_n, because r_t multiplies
it. (For r and z a second bias would add nothing, so there is none; PyTorch has it: see `from_torch`.) Functions take
the parameters in the order W, U, b, b_m. Shapes: ``x`` (T, B, D), ``h`` (T, B, H), ``h0`` (B, H). Arrays are float64 or
float32; a result has the dtype of its inputs.

Sources: K. Cho and others, arXiv:1406.1078 (2014); the form with the reset after the product is cuDNN's and PyTorch's.
"""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.nets.activations import sigmoid


def gates(x_t, h, W, U, b, b_m):
    """The two gates and the candidate of one step.

        r_t = σ(x_t W_rᵀ + h_{t-1} U_rᵀ + b_r)        z_t = σ(x_t W_zᵀ + h_{t-1} U_zᵀ + b_z)
        n_t = tanh(x_t W_nᵀ + b_n + r_t ⊙ (h_{t-1} U_nᵀ + b_m))

    Args:
        x_t: input of this step, (B, D).
        h: state of the step before, h_{t-1}, (B, H).
        W, U, b, b_m: parameters, (3H, D), (3H, H), (3H,), (H,).

    Returns:
        r_t, z_t, n_t, each (B, H).
    """
    a_r, a_z, a_n = np.split(x_t @ W.T + b, 3, axis=-1)
    u_r, u_z, u_n = np.split(h @ U.T, 3, axis=-1)
    r = sigmoid(a_r + u_r)
    z = sigmoid(a_z + u_z)
    n = np.tanh(a_n + r * (u_n + b_m))
    return r, z, n


def step(x_t, h, W, U, b, b_m):
    """One step of the cell: the new state.

        h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

    Args:
        x_t, h, W, U, b, b_m: as for `gates`.

    Returns:
        h_t, (B, H).
    """
    _, z, n = gates(x_t, h, W, U, b, b_m)
    return z * h + (1 - z) * n


def limits(x_t, h, W, U, b, b_m):
    """What a step becomes when its gates are all the way open or shut.

        z → 1              h_t = h_{t-1}
        z → 0, r → 0       h_t = tanh(x_t W_nᵀ + b_n)
        z → 0, r → 1       h_t = tanh(x_t W_nᵀ + b_n + h_{t-1} U_nᵀ + b_m)

    Args:
        x_t, h, W, U, b, b_m: as for `gates`.

    Returns:
        copy, forget, simple: the three states h_t, each (B, H).
    """
    _, _, a_n = np.split(x_t @ W.T + b, 3, axis=-1)
    _, _, u_n = np.split(h @ U.T, 3, axis=-1)
    return h, np.tanh(a_n), np.tanh(a_n + u_n + b_m)


def sequence(x, h0, W, U, b, b_m):
    """The states of a whole sequence: `step` applied T times, starting from ``h0``.

    Args:
        x: input, (T, B, D).
        h0: state before the first step, (B, H).
        W, U, b, b_m: as for `gates`.

    Returns:
        h, the states h_1 … h_T, (T, B, H).
    """
    h = h0
    states = []
    for x_t in x:
        h = step(x_t, h, W, U, b, b_m)
        states.append(h)
    return np.stack(states)


def jacobian(x_t, h, W, U, b, b_m):
    """How the new state depends on the one before, ∂h_t/∂h_{t-1}: the shortcut diag(z), and three more paths.

        ∂h_t/∂h_{t-1} = diag(z) + diag((h_{t-1} − n) ⊙ z ⊙ (1 − z)) U_z
                        + diag((1 − z) ⊙ (1 − n²)) · (diag(r) U_n + diag(m ⊙ r ⊙ (1 − r)) U_r)

    Args:
        x_t, h, W, U, b, b_m: as for `gates`.

    Returns:
        J, (B, H, H): J[b, i, j] = ∂h_t[b, i] / ∂h_{t-1}[b, j].
    """
    r, z, n = gates(x_t, h, W, U, b, b_m)
    U_r, U_z, U_n = np.split(U, 3)
    m = h @ U_n.T + b_m
    shortcut = z[:, :, None] * np.eye(len(b_m), dtype=U.dtype)
    by_update = ((h - n) * z * (1 - z))[:, :, None] * U_z
    by_candidate = r[:, :, None] * U_n + (m * r * (1 - r))[:, :, None] * U_r
    return shortcut + by_update + ((1 - z) * (1 - n**2))[:, :, None] * by_candidate


def forward(x, h0, W, U, b, b_m):
    """`sequence`, quicker, with all that the backward pass needs. The inputs of all steps are multiplied at once.

        x Wᵀ + b (before the loop)        u_t = h_{t-1} Uᵀ        m_t = u_n + b_m

    One array holds x Wᵀ + b first; step by step the gates and the candidate take its place.

    Args:
        x, h0, W, U, b, b_m: as for `sequence`.

    Returns:
        h, r, z, n, m: the states, gates, candidates, and m_t, each (T, B, H).
    """
    (T, B, D), H = x.shape, len(b_m)
    kept = (x.reshape(T * B, D) @ W.T).reshape(T, B, 3 * H)
    kept += b
    rz, r, z, n = kept[..., : 2 * H], *np.split(kept, 3, axis=-1)
    h, m = np.empty((2, T, B, H), dtype=kept.dtype)
    before = h0
    for t in range(T):
        u = before @ U.T
        rz[t] = sigmoid(rz[t] + u[:, : 2 * H])
        m[t] = u[:, 2 * H :] + b_m
        n[t] = np.tanh(n[t] + r[t] * m[t])
        h[t] = n[t] + z[t] * (before - n[t])
        before = h[t]
    return h, r, z, n, m


def error_terms(dh, before, r, z, n, m):
    """From the gradient of a step's new state to those of what goes into its two gates and its candidate.

        δ_n = dh ⊙ (1 − z) ⊙ (1 − n²)        δ_z = dh ⊙ (h_{t-1} − n) ⊙ z ⊙ (1 − z)
        δ_r = δ_n ⊙ m ⊙ r ⊙ (1 − r)

    Unit by unit, so that the arrays may have any shape, as long as it is the same for all.

    Args:
        dh: ∂L/∂h_t.
        before: h_{t-1}.
        r, z, n, m: what `forward` keeps of the step.

    Returns:
        δ_r, δ_z, δ_n: ∂L/∂ of what σ, σ and tanh are applied to.
    """
    delta_n = dh * (1 - z) * (1 - n**2)
    delta_z = dh * (before - n) * z * (1 - z)
    delta_r = delta_n * m * r * (1 - r)
    return delta_r, delta_z, delta_n


def backward(dh, x, h0, W, U, b, b_m):
    """Gradients of L, given its direct gradient by each state, by back-propagation through time in one sweep.

        total_T = dh_T        total_{t-1} = dh_{t-1} + total_t ⊙ z_t + [δ_r, δ_z, δ_n ⊙ r]_t U        (dh_0 = 0)

    total_t = ∂L/∂h_t counts all paths, ``dh[t]`` only those that leave the cell at step t. The error terms are
    proportional to total_t, unit by unit: their factors are computed for all steps at once, before the sweep.

    Args:
        dh: the gradient that each state receives from outside (from the output layer), (T, B, H).
        x, h0, W, U, b, b_m: as for `sequence`.

    Returns:
        dict with the gradients of W, U, b, b_m, h0 and x, each in the shape of its variable.
    """
    h, r, z, n, m = forward(x, h0, W, U, b, b_m)
    (T, B, H), D = h.shape, x.shape[2]
    before = np.concatenate([h0[None], h[:-1]])
    to_W = np.stack(error_terms(np.ones_like(h), before, r, z, n, m), axis=2)
    to_U = to_W.copy()
    to_U[:, :, 2] *= r
    total = np.concatenate([np.zeros_like(h0)[None], dh])
    for t in reversed(range(T)):
        total[t] += total[t + 1] * z[t] + (total[t + 1][:, None] * to_U[t]).reshape(B, 3 * H) @ U
    to_W = (total[1:, :, None] * to_W).reshape(T * B, 3 * H)
    to_U = (total[1:, :, None] * to_U).reshape(T * B, 3 * H)
    return {
        "W": to_W.T @ x.reshape(T * B, D),
        "U": to_U.T @ before.reshape(T * B, H),
        "b": to_W.sum(axis=0),
        "b_m": to_U[:, 2 * H :].sum(axis=0),
        "h0": total[0],
        "x": (to_W @ W).reshape(T, B, D),
    }


def from_torch(weight_ih, weight_hh, bias_ih, bias_hh):
    """The parameters of a ``torch.nn.GRU`` in this module's form.

    PyTorch stacks r, z, n too, and has two biases for each. Those of r and z always act as their sum, so they are
    added. Those of n stay apart: bias_ih's part stands outside the reset gate's product, bias_hh's inside.

    Args:
        weight_ih, weight_hh, bias_ih, bias_hh: (3H, D), (3H, H), (3H,), (3H,).

    Returns:
        W (3H, D), U (3H, H), b (3H,), b_m (H,).
    """
    H = weight_hh.shape[1]
    b = bias_ih.copy()
    b[: 2 * H] += bias_hh[: 2 * H]
    return weight_ih, weight_hh, b, bias_hh[2 * H :]


def to_torch(W, U, b, b_m):
    """The other way round: weight_ih, weight_hh, bias_ih, bias_hh of a ``torch.nn.GRU``; bias_hh of r and z is 0."""
    return W, U, b, np.concatenate([np.zeros_like(b[: -len(b_m)]), b_m])


def parameter_count(D, H):
    """How many numbers the cell learns, and how many PyTorch's, which has two biases for each gate and the candidate.

    Args:
        D, H: sizes of input and state.

    Returns:
        ours, torchs: two ints.
    """
    weights = 3 * (H * D + H * H)
    return weights + 4 * H, weights + 6 * H


class GRU(torch.nn.Module):
    """The layer as a PyTorch module, on any device.

    ``GRU(D, H)`` has the parameters W (3H, D), U (3H, H), b (3H,) and b_m (H,), drawn uniformly from ±1/√H, as
    ``torch.nn.GRU`` does.
    """

    def __init__(self, D, H):
        super().__init__()
        bound = H**-0.5
        self.W = torch.nn.Parameter(torch.empty(3 * H, D).uniform_(-bound, bound))
        self.U = torch.nn.Parameter(torch.empty(3 * H, H).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(3 * H).uniform_(-bound, bound))
        self.b_m = torch.nn.Parameter(torch.empty(H).uniform_(-bound, bound))

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states h_1 … h_T, (T, B, H). Differentiable in every parameter and input."""
        h = h0
        states = []
        for a in x @ self.W.T + self.b:
            a_r, a_z, a_n = a.chunk(3, dim=-1)
            u_r, u_z, u_n = (h @ self.U.T).chunk(3, dim=-1)
            r = torch.sigmoid(a_r + u_r)
            z = torch.sigmoid(a_z + u_z)
            n = torch.tanh(a_n + r * (u_n + self.b_m))
            h = z * h + (1 - z) * n
            states.append(h)
        return torch.stack(states)
