"""Deep recurrent networks: a stack of any of the three cells, forward and backward, with dropout and residual paths.

    h^(0)_t = x_t        h^(k)_t = cell^(k)(h^(k-1)_t, h^(k)_{t-1})        k = 1 … L

Every function takes the layers from below to the top: ``layers`` is a list with one dict of parameters for each layer,
``starts`` a list with one tuple of start states, (h0,) or (h0, c0), and ``kind`` one of the names in
`solutions.cells.CELLS`. The lowest layer reads D numbers, all others H. Shapes: ``x`` (T, B, D), states (T, B, H),
start states (B, H). Arrays are float64 or float32; a result has the dtype of its inputs, and inputs stay as they are.

Sources: J. Schmidhuber, Neural Computation 4 (1992); A. Graves, A. Mohamed, G. Hinton, arXiv:1303.5778 (2013);
R. Pascanu, C. Gulcehre, K. Cho, Y. Bengio, arXiv:1312.6026 (2013); W. Zaremba, I. Sutskever, O. Vinyals,
arXiv:1409.2329 (2014); K. He, X. Zhang, S. Ren, J. Sun, arXiv:1512.03385 (2015).
"""

from __future__ import annotations

import numpy as np
import torch

from solutions.cells import CELLS


def forward(x, starts, layers, kind):
    """A stack: every layer reads the hidden states of the layer below.

        h^(0) = x        h^(k) = cell(h^(k-1)), from its own start, with its own parameters

    Args:
        x: (T, B, D).
        starts, layers, kind: as above.

    Returns:
        states: for each layer, from below to the top, the tuple of its states: (h,) or (h, c), each (T, B, H).
    """
    states = []
    for start, parameters in zip(starts, layers, strict=True):
        states.append(CELLS[kind].forward(x, start, parameters))
        x = states[-1][0]
    return states


def backward(dstates, x, starts, layers, kind):
    """Gradients of a loss with respect to everything that `forward` is given, from the top layer to the lowest.

        what arrives at h^(k) = what comes from outside + what the layer above sends down (its dx)

    Args:
        dstates: for each layer what its states receive from outside, (dh,) or (dh, dc), each (T, B, H).
        x, starts, layers, kind: as for `forward`.

    Returns:
        dx (T, B, D); dstarts, a list of tuples; dlayers, a list of dicts: each in the shape of its variable.
    """
    states = forward(x, starts, layers, kind)
    inputs = [x, *(h for h, *_ in states)]
    dx, dstarts, dlayers = 0, [], []
    for k in reversed(range(len(layers))):
        dh, *rest = dstates[k]
        dx, dstart, dlayer = CELLS[kind].backward((dh + dx, *rest), inputs[k], starts[k], layers[k])
        dstarts.insert(0, dstart)
        dlayers.insert(0, dlayer)
    return dx, dstarts, dlayers


def from_torch(named, kind):
    """The layers of a torch.nn.RNN, GRU or LSTM with any number of layers.

    Args:
        named: PyTorch's names → arrays: weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_ih_l1, …; the
            order of the dict means nothing.
        kind: "srn", "gru" or "lstm".

    Returns:
        layers: one dict of parameters for each layer, the lowest first.
    """
    L = len(named) // 4
    parts = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    return [CELLS[kind].from_torch(*(named[f"{part}_l{k}"] for part in parts)) for k in range(L)]


def count(D, H, L, kind):
    """How many numbers a stack learns, without an output layer.

        lowest: G (HD + HH + H)        each above: G (HH + HH + H)        G = 1, 3, 4 blocks; the GRU's b_m: H a layer

    Args:
        D, H, L: sizes of input and state, number of layers.
        kind: "srn", "gru" or "lstm".

    Returns:
        an integer.
    """
    G = {"srn": 1, "gru": 3, "lstm": 4}[kind]
    second_bias = H if kind == "gru" else 0
    lowest = G * (H * D + H * H + H) + second_bias
    above = G * (H * H + H * H + H) + second_bias
    return lowest + (L - 1) * above


def width(size, D, L, kind):
    """The largest H with which a stack of L layers has at most ``size`` parameters (and 1 if even that has more).

    Args:
        size: how many parameters it may have, an integer.
        D, L, kind: as for `count`.

    Returns:
        H, an integer.
    """
    H = 1
    while count(D, H + 1, L, kind) <= size:
        H += 1
    return H


def dropout_forward(x, starts, layers, kind, masks, p, train):
    """A stack with dropout between its layers: never in time, never above the last one.

        training:    what layer k + 1 reads = h^(k) ⊙ mask^(k) / (1 − p)
        evaluation:  what layer k + 1 reads = h^(k)

    Args:
        x, starts, layers, kind: as for `forward`.
        masks: L − 1 arrays of 0 (dropped) and 1 (kept), (T, B, H); the first stands between layers 1 and 2.
        p: how likely a number is dropped, 0 ≤ p < 1.
        train: True in training, False in evaluation.

    Returns:
        states: as for `forward`; they are what the cells computed, nothing in them is dropped.
    """
    states = []
    for k in range(len(layers)):
        scale = masks[k - 1] / (1 - p) if train and k > 0 else 1
        states.append(CELLS[kind].forward(x * scale, starts[k], layers[k]))
        x = states[-1][0]
    return states


def dropout_backward(dstates, x, starts, layers, kind, masks, p):
    """As `backward`, for the stack of `dropout_forward` in training.

        what arrives at h^(k) = what comes from outside + (what the layer above sends down) ⊙ mask^(k) / (1 − p)

    Args:
        dstates, x, starts, layers, kind: as for `backward`.
        masks, p: as for `dropout_forward`.

    Returns:
        dx, dstarts, dlayers: as for `backward`.
    """
    states = dropout_forward(x, starts, layers, kind, masks, p, train=True)
    scales = [mask / (1 - p) for mask in masks]
    inputs = [x, *(h * scale for (h, *_), scale in zip(states, scales, strict=False))]
    arriving, dstarts, dlayers = 0, [], []
    for k in reversed(range(len(layers))):
        dh, *rest = dstates[k]
        dx, dstart, dlayer = CELLS[kind].backward((dh + arriving, *rest), inputs[k], starts[k], layers[k])
        arriving = dx * scales[k - 1] if k > 0 else dx
        dstarts.insert(0, dstart)
        dlayers.insert(0, dlayer)
    return dx, dstarts, dlayers


def residual_forward(x, starts, layers, kind):
    """A stack in which every layer but the lowest adds to what it reads.

        y^(1) = h^(1)        y^(k) = h^(k) + y^(k-1) for k > 1        layer k reads y^(k-1), the lowest reads x

    Args:
        x, starts, layers, kind: as for `forward`.

    Returns:
        states: as for `forward`, the h^(k) (and c^(k)).
        y: y^(L), what the stack puts out, (T, B, H).
    """
    states, y = [], x
    for k in range(len(layers)):
        states.append(CELLS[kind].forward(y, starts[k], layers[k]))
        y = states[k][0] + y if k > 0 else states[k][0]
    return states, y


def residual_backward(dy, x, starts, layers, kind):
    """As `backward`, for the stack of `residual_forward`: what arrives at y^(k) reaches y^(k-1) by two ways.

        dy^(k-1) = what layer k sends down + dy^(k)        for k > 1

    Args:
        dy: what y^(L) receives from outside, (T, B, H).
        x, starts, layers, kind: as for `forward`.

    Returns:
        dx, dstarts, dlayers: as for `backward`.
    """
    states, _ = residual_forward(x, starts, layers, kind)
    inputs = [x, *np.cumsum([h for h, *_ in states], axis=0)]
    dstarts, dlayers = [], []
    for k in reversed(range(len(layers))):
        rest = [np.zeros_like(dy) for _ in starts[k][1:]]
        dx, dstart, dlayer = CELLS[kind].backward((dy, *rest), inputs[k], starts[k], layers[k])
        dy = dx + dy if k > 0 else dx
        dstarts.insert(0, dstart)
        dlayers.insert(0, dlayer)
    return dx, dstarts, dlayers


def transition(x, h0, W, U, b, W2, b2):
    """A simple network with a deep transition: two layers inside each step.

        s_t = tanh(x_t Wᵀ + h_{t-1} Uᵀ + b)        h_t = tanh(s_t W_2ᵀ + b_2)

    Args:
        x, h0: (T, B, D), (B, H).
        W, U, b: (M, D), (M, H), (M,): into the layer in between.
        W2, b2: (H, M), (H,): out of it.

    Returns:
        h, the states h_1 … h_T, (T, B, H).
    """
    h, states = h0, []
    for x_t in x:
        s = np.tanh(x_t @ W.T + h @ U.T + b)
        h = np.tanh(s @ W2.T + b2)
        states.append(h)
    return np.stack(states)


class Stack(torch.nn.Module):
    """A stack of GRU layers with dropout between them, on any device.

    ``Stack(D, H, L, p)`` has the submodules layers.0 … layers.(L−1), each a `torch.nn.GRU` of one layer.
    """

    def __init__(self, D, H, L, p):
        super().__init__()
        self.p = p
        self.layers = torch.nn.ModuleList(torch.nn.GRU(H if k else D, H) for k in range(L))

    def forward(self, x, h0, masks):
        """x (T, B, D), h0 (L, B, H), masks (L − 1, T, B, H) → h of the top layer (T, B, H), last states (L, B, H)."""
        last = []
        for k, layer in enumerate(self.layers):
            if k > 0 and self.training:
                x = x * masks[k - 1] / (1 - self.p)
            x, h_T = layer(x, h0[k : k + 1])
            last.append(h_T)
        return x, torch.cat(last)
