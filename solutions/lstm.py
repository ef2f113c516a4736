"""Long short-term memory: the cell, its variants and their gradients by hand in NumPy, and the cell in PyTorch.

    i, f, o = σ(…), σ(…), σ(…)      g = tanh(…)      each … = x_t Wᵀ + h_{t-1} Uᵀ + b, with its own block of W, U, b
    c_t = f ⊙ c_{t-1} + i ⊙ g       h_t = o ⊙ tanh(c_t)

The blocks i (input gate), f (forget gate), g (candidate), o (output gate) are stacked in that order: ``W`` (4H, D),
``U`` (4H, H), ``b`` (4H,). The variants without one of them leave its block out and keep the order. Other shapes:
``x`` (T, B, D); ``h``, ``c`` (T, B, H); ``h0``, ``c0`` (B, H). Arrays are float64 or float32; a result has the dtype
of its inputs, and inputs are left as they are.

Sources: S. Hochreiter, J. Schmidhuber, "Long short-term memory", Neural Computation 9 (1997); F. A. Gers,
J. Schmidhuber, F. Cummins, "Learning to forget", Neural Computation 12 (2000); F. A. Gers, N. N. Schraudolph,
J. Schmidhuber, "Learning precise timing with LSTM recurrent networks", JMLR 3 (2002); K. Greff, R. K. Srivastava,
J. Koutník, B. R. Steunebrink, J. Schmidhuber, "LSTM: a search space odyssey", IEEE TNNLS 28 (2017).
"""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.nets.activations import sigmoid


def gates(x_t, h, W, U, b):
    """The four layers of the cell: three gates and the candidate.

        z = x_t Wᵀ + h_{t-1} Uᵀ + b = [z_i, z_f, z_g, z_o]
        i = σ(z_i)      f = σ(z_f)      g = tanh(z_g)      o = σ(z_o)

    Args:
        x_t, h: input (B, D) and hidden state before, h_{t-1}, (B, H).
        W, U, b: (4H, D), (4H, H), (4H,).

    Returns:
        i, f, g, o: each (B, H).
    """
    i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


def step(x_t, h, c, W, U, b):
    """One step of the cell.

        c_t = f ⊙ c_{t-1} + i ⊙ g        h_t = o ⊙ tanh(c_t)

    Args:
        x_t, h, c: input (B, D), hidden state and cell state before, h_{t-1} and c_{t-1}, (B, H).
        W, U, b: (4H, D), (4H, H), (4H,).

    Returns:
        h_t, c_t: each (B, H).
    """
    i, f, g, o = gates(x_t, h, W, U, b)
    c_t = f * c + i * g
    return o * np.tanh(c_t), c_t


def sequence(x, h0, c0, W, U, b):
    """All states of a sequence, and what its gates were: `step` applied T times.

    The products with x need no state: one multiplication makes them for all steps at once. And since
    σ(z) = ½ tanh(½ z) + ½, one tanh serves all four blocks: s ⊙ tanh(s ⊙ z) + 1 − s, with s = 1 for g and ½ for gates.

    Args:
        x, h0, c0: (T, B, D), (B, H), (B, H).
        W, U, b: (4H, D), (4H, H), (4H,).

    Returns:
        h, c: hidden and cell states after each step, (T, B, H).
        a: the gates of each step, [i, f, g, o], (T, B, 4H).
    """
    (T, B, D), H = x.shape, h0.shape[1]
    s = np.repeat(np.array([0.5, 0.5, 1, 0.5], dtype=x.dtype), H)
    a = (x.reshape(T * B, D) @ (s[:, None] * W).T + s * b).reshape(T, B, 4 * H)
    h, c = np.empty((T, B, H), x.dtype), np.empty((T, B, H), x.dtype)
    scaled_U, rest = (s[:, None] * U).T, 1 - s
    i, f, g, o = np.split(a, 4, axis=-1)  # views: they change with a
    for t in range(T):
        h_before, c_before = (h[t - 1], c[t - 1]) if t else (h0, c0)
        a[t] = s * np.tanh(a[t] + h_before @ scaled_U) + rest
        c[t] = f[t] * c_before + i[t] * g[t]
        h[t] = o[t] * np.tanh(c[t])
    return h, c, a


def step_back(dh, dc, a_t, c_before):
    """One step of back-propagation: from the gradients after the step to those before it.

        total = dc + dh ⊙ o ⊙ (1 − tanh²(c_t))                                what arrives at c_t, by both ways
        dz_i = total ⊙ g ⊙ i(1 − i)          dz_f = total ⊙ c_{t-1} ⊙ f(1 − f)
        dz_g = total ⊙ i ⊙ (1 − g²)          dz_o = dh ⊙ tanh(c_t) ⊙ o(1 − o)
        dc_before = total ⊙ f

    Args:
        dh, dc: what arrives at h_t, and at c_t from the step after it, (B, H).
        a_t: the gates of the step, [i, f, g, o], (B, 4H).
        c_before: c_{t-1}, (B, H).

    Returns:
        dz: gradient of the sums before the activations, [z_i, z_f, z_g, z_o], (B, 4H).
        dc_before: what goes back to c_{t-1} along the conveyor belt, (B, H).
    """
    i, f, g, o = np.split(a_t, 4, axis=-1)
    tanh_c = np.tanh(f * c_before + i * g)
    total = dc + dh * o * (1 - tanh_c**2)
    dz_i = total * g * i * (1 - i)
    dz_f = total * c_before * f * (1 - f)
    dz_g = total * i * (1 - g**2)
    dz_o = dh * tanh_c * o * (1 - o)
    return np.concatenate([dz_i, dz_f, dz_g, dz_o], axis=-1), total * f


def backward(dh, dc, x, h0, c0, W, U, b):
    """Gradients of a loss L with respect to everything that `sequence` is given, in one backward sweep.

    What needs no gradient is computed before the sweep, for all steps at once: the slope of each z of [i, f, g, o],
    and ``expose``, through which h_t lets a gradient into c_t. The sweep itself then only multiplies and adds.

    Args:
        dh: what each h_t receives from outside the cell, (T, B, H).
        dc: what the last cell state c_T receives from outside, (B, H).
        x, h0, c0, W, U, b: as for `sequence`.

    Returns:
        dict with the gradients of W, U, b, h0, c0 and x, each in the shape of its variable.
    """
    h, c, a = sequence(x, h0, c0, W, U, b)
    (T, B, D), H = x.shape, h0.shape[1]
    i, f, g, o = np.split(a, 4, axis=-1)
    h_before, c_before = np.concatenate([h0[None], h[:-1]]), np.concatenate([c0[None], c[:-1]])
    tanh_c = np.tanh(c)
    expose = o * (1 - tanh_c**2)
    slopes = [g * i * (1 - i), c_before * f * (1 - f), i * (1 - g**2), tanh_c * o * (1 - o)]
    dz = np.concatenate(slopes, axis=-1)
    through_c, through_h = np.split(dz.reshape(T, B, 4, H), [3], axis=2)  # views: they change dz
    dh_before, dc_before = np.zeros_like(h0), dc
    for t in reversed(range(T)):
        dh_t = dh[t] + dh_before
        dc_t = dc_before + dh_t * expose[t]
        through_c[t] *= dc_t[:, None]
        through_h[t] *= dh_t[:, None]
        dh_before = dz[t] @ U
        dc_before = dc_t * f[t]
    rows = dz.reshape(T * B, 4 * H)
    return {
        "W": rows.T @ x.reshape(T * B, D),
        "U": rows.T @ h_before.reshape(T * B, H),
        "b": rows.sum(axis=0),
        "h0": dh_before,
        "c0": dc_before,
        "x": (rows @ W).reshape(T, B, D),
    }


# --- variants -------------------------------------------------------------------------------------------------------


def step_1997(x_t, h, c, W, U, b):
    """One step of the first LSTM: it has no forget gate, and its cell keeps everything.

        c_t = c_{t-1} + i ⊙ g        h_t = o ⊙ tanh(c_t)

    Args:
        x_t, h, c: (B, D), (B, H), (B, H).
        W, U, b: blocks i, g, o: (3H, D), (3H, H), (3H,).

    Returns:
        h_t, c_t: each (B, H).
    """
    i, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=-1)
    c_t = c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


def peephole_step(x_t, h, c, W, U, b, p):
    """One step of the LSTM whose gates see the cell state, each unit its own.

        i = σ(z_i + p_i ⊙ c_{t-1})     f = σ(z_f + p_f ⊙ c_{t-1})     c_t = f ⊙ c_{t-1} + i ⊙ tanh(z_g)
        o = σ(z_o + p_o ⊙ c_t)         h_t = o ⊙ tanh(c_t)

    Args:
        x_t, h, c: (B, D), (B, H), (B, H).
        W, U, b: (4H, D), (4H, H), (4H,).
        p: peephole weights, rows p_i, p_f, p_o, (3, H).

    Returns:
        h_t, c_t: each (B, H).
    """
    i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)
    c_t = sigmoid(f + p[1] * c) * c + sigmoid(i + p[0] * c) * np.tanh(g)
    return sigmoid(o + p[2] * c_t) * np.tanh(c_t), c_t


def coupled_step(x_t, h, c, W, U, b):
    """One step of the LSTM with one gate for both: it writes exactly as much as it forgets.

        c_t = f ⊙ c_{t-1} + (1 − f) ⊙ g        h_t = o ⊙ tanh(c_t)

    Args:
        x_t, h, c: (B, D), (B, H), (B, H).
        W, U, b: blocks f, g, o: (3H, D), (3H, H), (3H,).

    Returns:
        h_t, c_t: each (B, H).
    """
    f, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=-1)
    f = sigmoid(f)
    c_t = f * c + (1 - f) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_t), c_t


def set_forget_bias(b_ih, b_hh, value):
    """The two biases of a `torch.nn.LSTM`, changed so that the forget gate's bias is ``value``. The rest stays.

    PyTorch adds the two: a bias of 1 in both is a bias of 2.

    Args:
        b_ih, b_hh: blocks i, f, g, o, (4H,).
        value: the forget gate's bias: σ(value) is what the gate starts with.

    Returns:
        b_ih, b_hh: new arrays, (4H,); in the block f their sum is ``value``.
    """
    H = len(b_ih) // 4
    b_ih, b_hh = b_ih.copy(), b_hh.copy()
    b_ih[H : 2 * H], b_hh[H : 2 * H] = value, 0
    return b_ih, b_hh


def parameter_counts(D, H):
    """How many numbers each cell learns, without an output layer. Every block has one bias; the GRU's b_m is one more.

    Args:
        D, H: sizes of input and state.

    Returns:
        counts of the SRN, the GRU, the LSTM, the LSTM of 1997, the LSTM with peepholes, the LSTM with coupled gates.
    """
    block = H * D + H * H + H
    return block, 3 * block + H, 4 * block, 3 * block, 4 * block + 3 * H, 3 * block


class LSTM(torch.nn.Module):
    """The layer as a PyTorch module, on any device.

    ``LSTM(D, H)`` has the parameters W (4H, D), U (4H, H), b (4H,), drawn uniformly from ±1/√H as `torch.nn.LSTM` does.
    """

    def __init__(self, D, H):
        super().__init__()
        bound = H**-0.5
        self.W = torch.nn.Parameter(torch.empty(4 * H, D).uniform_(-bound, bound))
        self.U = torch.nn.Parameter(torch.empty(4 * H, H).uniform_(-bound, bound))
        self.b = torch.nn.Parameter(torch.empty(4 * H).uniform_(-bound, bound))

    def forward(self, x, h0, c0):
        """x (T, B, D), h0 and c0 (B, H) → h, the states h_1 … h_T, (T, B, H), and the last cell state c_T (B, H)."""
        h, c, states = h0, c0, []
        for x_t in x:
            i, f, g, o = (x_t @ self.W.T + h @ self.U.T + self.b).chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            states.append(h)
        return torch.stack(states), c


# --- whole sequences of the variants, with their gradients -----------------------------------------------------------


def sequence_1997(x, h0, c0, W, U, b):
    """As `sequence`, for the cell of `step_1997`; ``a`` is [i, g, o], (T, B, 3H)."""
    return _roll(x, h0, c0, W, U, b, lambda c, i, g: c + i * g)


def coupled_sequence(x, h0, c0, W, U, b):
    """As `sequence`, for the cell of `coupled_step`; ``a`` is [f, g, o], (T, B, 3H)."""
    return _roll(x, h0, c0, W, U, b, lambda c, f, g: f * c + (1 - f) * g)


def _roll(x, h0, c0, W, U, b, update):
    """The states of a cell with three blocks, gate, candidate, output gate; ``update`` makes c_t."""
    (T, B, D), H = x.shape, h0.shape[1]
    s = np.repeat(np.array([0.5, 1, 0.5], dtype=x.dtype), H)
    a = (x.reshape(T * B, D) @ (s[:, None] * W).T + s * b).reshape(T, B, 3 * H)
    h, c = np.empty((T, B, H), x.dtype), np.empty((T, B, H), x.dtype)
    scaled_U, rest = (s[:, None] * U).T, 1 - s
    gate, g, o = np.split(a, 3, axis=-1)  # views: they change with a
    for t in range(T):
        h_before, c_before = (h[t - 1], c[t - 1]) if t else (h0, c0)
        a[t] = s * np.tanh(a[t] + h_before @ scaled_U) + rest
        c[t] = update(c_before, gate[t], g[t])
        h[t] = o[t] * np.tanh(c[t])
    return h, c, a


def backward_1997(dh, dc, x, h0, c0, W, U, b):
    """As `backward`, for `sequence_1997`: ∂c_t/∂c_{t-1} along the belt is 1."""
    h, c, a = sequence_1997(x, h0, c0, W, U, b)
    i, g, o = np.split(a, 3, axis=-1)
    dz, dh0, dc0 = _sweep(dh, dc, c, U, np.ones_like(i), [g * i * (1 - i), i * (1 - g**2)], o)
    return _gradients(x, h0, h, W, dz, dh0, dc0)


def coupled_backward(dh, dc, x, h0, c0, W, U, b):
    """As `backward`, for `coupled_sequence`: f decides about both terms, so its slope has both."""
    h, c, a = coupled_sequence(x, h0, c0, W, U, b)
    f, g, o = np.split(a, 3, axis=-1)
    c_before = np.concatenate([c0[None], c[:-1]])
    slopes = [(c_before - g) * f * (1 - f), (1 - f) * (1 - g**2)]
    dz, dh0, dc0 = _sweep(dh, dc, c, U, f, slopes, o)
    return _gradients(x, h0, h, W, dz, dh0, dc0)


def _sweep(dh, dc, c, U, keep, slopes, o):
    """The backward sweep of `backward`, for any blocks whose slopes are given; the output gate o is the last block."""
    tanh_c = np.tanh(c)
    expose = o * (1 - tanh_c**2)
    dz = np.concatenate([*slopes, tanh_c * o * (1 - o)], axis=-1)
    dh_before, dc_before = np.zeros_like(dc), dc
    through_c, through_h = np.split(dz.reshape(*c.shape[:2], -1, c.shape[2]), [len(slopes)], axis=2)
    for t in reversed(range(len(c))):
        dh_t = dh[t] + dh_before
        dc_t = dc_before + dh_t * expose[t]
        through_c[t] *= dc_t[:, None]
        through_h[t] *= dh_t[:, None]
        dh_before = dz[t] @ U
        dc_before = dc_t * keep[t]
    return dz, dh_before, dc_before


def peephole_sequence(x, h0, c0, W, U, b, p):
    """As `sequence`, for the cell of `peephole_step`; ``a`` is [i, f, g, o], (T, B, 4H)."""
    (T, B, D), H = x.shape, h0.shape[1]
    a = (x.reshape(T * B, D) @ W.T + b).reshape(T, B, 4 * H)
    h, c = np.empty((T, B, H), x.dtype), np.empty((T, B, H), x.dtype)
    i, f, g, o = np.split(a, 4, axis=-1)  # views: what is written into them stands in a
    for t in range(T):
        h_before, c_before = (h[t - 1], c[t - 1]) if t else (h0, c0)
        a[t] += h_before @ U.T
        i[t], f[t], g[t] = sigmoid(i[t] + p[0] * c_before), sigmoid(f[t] + p[1] * c_before), np.tanh(g[t])
        c[t] = f[t] * c_before + i[t] * g[t]
        o[t] = sigmoid(o[t] + p[2] * c[t])
        h[t] = o[t] * np.tanh(c[t])
    return h, c, a


def peephole_backward(dh, dc, x, h0, c0, W, U, b, p):
    """As `backward`, for `peephole_sequence`, with the gradient of p besides: each peephole is one more way into c."""
    h, c, a = peephole_sequence(x, h0, c0, W, U, b, p)
    i, f, g, o = np.split(a, 4, axis=-1)
    c_before, tanh_c = np.concatenate([c0[None], c[:-1]]), np.tanh(c)
    expose = o * (1 - tanh_c**2)
    dz = np.concatenate([g * i * (1 - i), c_before * f * (1 - f), i * (1 - g**2), tanh_c * o * (1 - o)], axis=-1)
    dz_i, dz_f, dz_g, dz_o = np.split(dz, 4, axis=-1)
    dh_before, dc_before = np.zeros_like(h0), dc
    for t in reversed(range(len(x))):
        dh_t = dh[t] + dh_before
        dz_o[t] *= dh_t
        dc_t = dc_before + dh_t * expose[t] + dz_o[t] * p[2]
        for block in (dz_i, dz_f, dz_g):
            block[t] *= dc_t
        dh_before = dz[t] @ U
        dc_before = dc_t * f[t] + dz_i[t] * p[0] + dz_f[t] * p[1]
    peepholes = [dz_i * c_before, dz_f * c_before, dz_o * c]
    return {
        **_gradients(x, h0, h, W, dz, dh_before, dc_before),
        "p": np.stack([each.sum(axis=(0, 1)) for each in peepholes]),
    }


def _gradients(x, h0, h, W, dz, dh0, dc0):
    """The gradients of a whole sequence from those of its sums z, dz (T, B, blocks · H)."""
    rows, h_before = dz.reshape(-1, dz.shape[-1]), np.concatenate([h0[None], h[:-1]])
    return {
        "W": rows.T @ x.reshape(-1, x.shape[-1]),
        "U": rows.T @ h_before.reshape(-1, h0.shape[1]),
        "b": rows.sum(axis=0),
        "h0": dh0,
        "c0": dc0,
        "x": (rows @ W).reshape(x.shape),
    }
