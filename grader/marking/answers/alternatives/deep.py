"""Lesson 06: right answers written differently."""

from __future__ import annotations

import math
from itertools import count as counting

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes
from solutions import gru, lstm, srn
from solutions.cells import CELLS


def _tensor(array):
    return torch.as_tensor(np.array(array), device=pick_device())


# --- one step of each cell, written as in the lessons before, and in PyTorch ----------------------------------------


def _step(kind):
    steps = {
        "srn": lambda x_t, state, layer: (srn.step(x_t, *state, **layer),),
        "gru": lambda x_t, state, layer: (gru.step(x_t, *state, **layer),),
        "lstm": lambda x_t, state, layer: lstm.step(x_t, *state, **layer),
    }
    return steps[kind]


def _srn_in_torch(x_t, state, layer):
    return (torch.tanh(torch.nn.functional.linear(x_t, layer["W"], layer["b"]) + state[0] @ layer["U"].T),)


def _gru_in_torch(x_t, state, layer):
    (h,) = state
    of_x = torch.nn.functional.linear(x_t, layer["W"], layer["b"]).chunk(3, -1)
    of_h = (h @ layer["U"].T).chunk(3, -1)
    r, z = (torch.sigmoid(of_x[k] + of_h[k]) for k in (0, 1))
    n = torch.tanh(of_x[2] + r * (of_h[2] + layer["b_m"]))
    return (n + z * (h - n),)


def _lstm_in_torch(x_t, state, layer):
    h, c = state
    i, f, g, o = (torch.nn.functional.linear(x_t, layer["W"], layer["b"]) + h @ layer["U"].T).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def _torch_step(kind):
    return {"srn": _srn_in_torch, "gru": _gru_in_torch, "lstm": _lstm_in_torch}[kind]


def _roll(step, stack, x, starts, layers, kind, scales=None, residual=False):
    """Time in the outer loop, layers in the inner one: the states of every layer as a list of tuples, and y."""
    now, kept, ys = list(starts), [[] for _ in layers], []
    for t, below in enumerate(x):
        for k, layer in enumerate(layers):
            now[k] = step(kind)(below, now[k], layer)
            kept[k].append(now[k])
            above = now[k][0]
            if scales is not None and k < len(layers) - 1:
                above = above * scales[k][t]
            below = above + below if residual and k > 0 else above
        ys.append(below)
    return [tuple(stack(each) for each in zip(*states, strict=True)) for states in kept], stack(ys)


class _Tensors:
    """All that a stack is given, as leaves of a graph."""

    def __init__(self, x, starts, layers):
        self.x = _tensor(x).requires_grad_()
        self.starts = [tuple(_tensor(each).requires_grad_() for each in start) for start in starts]
        self.layers = [{name: _tensor(value).requires_grad_() for name, value in layer.items()} for layer in layers]

    def gradients(self, outputs, arriving):
        torch.autograd.backward(outputs, [_tensor(each) for each in arriving])

        def of(value):
            return torch.zeros_like(value) if value.grad is None else value.grad

        dstarts = [tuple(map(of, start)) for start in self.starts]
        return of(self.x), dstarts, [{name: of(value) for name, value in layer.items()} for layer in self.layers]


def _flat(tuples):
    return [each for entry in tuples for each in entry]


# --- deep.forward, deep.backward ------------------------------------------------------------------------------------


def forward_step_by_step(x, starts, layers, kind):
    return _roll(_step, np.stack, x, starts, layers, kind)[0]


def forward_in_torch(x, starts, layers, kind):
    given = _Tensors(x, starts, layers)
    return _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind)[0]


def forward_recursive(x, starts, layers, kind):
    if not layers:
        return []
    lowest = CELLS[kind].forward(x, starts[0], layers[0])
    return [lowest, *forward_recursive(lowest[0], starts[1:], layers[1:], kind)]


def backward_in_torch(dstates, x, starts, layers, kind):
    given = _Tensors(x, starts, layers)
    states, _ = _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind)
    return given.gradients(_flat(states), _flat(dstates))


def backward_recursive(dstates, x, starts, layers, kind):
    """The layers above are a stack of their own, whose dx arrives at the lowest layer."""
    h = CELLS[kind].forward(x, starts[0], layers[0])[0]
    arriving, dstarts, dlayers = list(dstates[0]), [], []
    if len(layers) > 1:
        dx, dstarts, dlayers = backward_recursive(dstates[1:], h, starts[1:], layers[1:], kind)
        arriving[0] = arriving[0] + dx
    dx, dstart, dlayer = CELLS[kind].backward(tuple(arriving), x, starts[0], layers[0])
    return dx, [dstart, *dstarts], [dlayer, *dlayers]


def _alone(dstates, k):
    """What arrives at layer k, and zeros at all others."""
    return [tuple(d if j == k else 0 * d for d in each) for j, each in enumerate(dstates)]


def _summed(found):
    """The sum of several results of a backward pass."""
    dx, dstarts, dlayers = zip(*found, strict=True)
    starts = [tuple(map(sum, zip(*each, strict=True))) for each in zip(*dstarts, strict=True)]
    layers = [{name: sum(one[name] for one in each) for name in each[0]} for each in zip(*dlayers, strict=True)]
    return sum(dx), starts, layers


def backward_by_superposition(dstates, x, starts, layers, kind):
    """A gradient is linear in what arrives: each layer's part alone, then the sum."""
    parts = [backward_recursive(_alone(dstates, k), x, starts, layers, kind) for k in range(len(layers))]
    return _summed(parts)


# --- deep.from_torch, deep.count, deep.width ------------------------------------------------------------------------


def from_torch_by_hand(named, kind):
    layers = []
    for k in counting():
        if f"weight_ih_l{k}" not in named:
            return layers
        b_ih, b_hh = named[f"bias_ih_l{k}"].copy(), named[f"bias_hh_l{k}"].copy()
        layer = {"W": named[f"weight_ih_l{k}"].copy(), "U": named[f"weight_hh_l{k}"].copy(), "b": b_hh + b_ih}
        if kind == "gru":
            H = len(b_ih) // 3
            layer["b"][2 * H :] -= b_hh[2 * H :]
            layer["b_m"] = b_hh[2 * H :]
        layers.append(layer)


def from_torch_by_sorting(named, kind):
    """Names cut at their last l, numbers sorted as numbers."""
    found = {}
    for name, value in named.items():
        part, _, number = name.rpartition("_l")
        found.setdefault(int(number), {})[part] = value
    return [CELLS[kind].from_torch(**found[number]) for number in sorted(found)]


def from_torch_by_growing_names(named, kind):
    """The k-th layer is that of the k-th shortest name, and names of one length in their order."""
    order = sorted((name for name in named if name.startswith("bias_hh")), key=lambda name: (len(name), name))
    ends = [name.removeprefix("bias_hh") for name in order]
    return [
        CELLS[kind].from_torch(
            weight_hh=named["weight_hh" + end],
            weight_ih=named["weight_ih" + end],
            bias_hh=named["bias_hh" + end],
            bias_ih=named["bias_ih" + end],
        )
        for end in ends
    ]


def count_by_shapes(D, H, L, kind):
    shapes = [CELLS[kind].shapes(H if k else D, H) for k in range(L)]
    return sum(math.prod(shape) for layer in shapes for shape in layer.values())


def count_from_torch(D, H, L, kind):
    """PyTorch's parameters without its second biases, of which the GRU needs a third."""
    make = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind]
    stack = make(D, H, L, device="meta")
    useless = {"srn": 1, "gru": 2, "lstm": 4}[kind] * H * L
    return np.int64(sum(value.numel() for value in stack.parameters()) - useless)


def count_by_drawing(D, H, L, kind):
    """Draw a stack and count its numbers."""
    drawn = [CELLS[kind].draw(np.random.default_rng(0), size, H) for size in [D] + [H] * (L - 1)]
    return float(sum(value.size for layer in drawn for value in layer.values()))


def width_by_the_square(size, D, L, kind):
    """a H² + b H ≤ size, solved for H."""
    G = {"srn": 1, "gru": 3, "lstm": 4}[kind]
    a, b = G * (2 * L - 1), G * (D + L) + (L if kind == "gru" else 0)
    return (math.isqrt(b * b + 4 * a * size) - b) // (2 * a)


def width_by_bisection(size, D, L, kind):
    low, high = 1, 4096
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count_by_shapes(D, middle, L, kind) <= size else (low, middle)
    return low


def width_from_above(size, D, L, kind):
    H = math.isqrt(size) + 1
    while count_by_shapes(D, H, L, kind) > size:
        H -= 1
    return H


# --- dropout --------------------------------------------------------------------------------------------------------


def _scales(masks, p, train=True):
    return [np.where(mask > 0, 1 / (1 - p), 0).astype(mask.dtype) for mask in masks] if train else None


def dropout_forward_step_by_step(x, starts, layers, kind, masks, p, train):
    return _roll(_step, np.stack, x, starts, layers, kind, _scales(masks, p, train))[0]


def dropout_forward_in_torch(x, starts, layers, kind, masks, p, train):
    given = _Tensors(x, starts, layers)
    scales = [_tensor(each) for each in _scales(masks, p)] if train else None
    return _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind, scales)[0]


def dropout_forward_by_weights(x, starts, layers, kind, masks, p, train):
    """The factor in the weights of the layer that reads, the mask on what it reads."""
    states = []
    for k, layer in enumerate(layers):
        if train and k > 0:
            x = np.where(masks[k - 1] == 1, x, np.zeros_like(x))
            layer = {**layer, "W": layer["W"] / (1 - p)}
        states.append(CELLS[kind].forward(x, starts[k], layer))
        x = states[-1][0]
    return states


def dropout_backward_in_torch(dstates, x, starts, layers, kind, masks, p):
    given, scales = _Tensors(x, starts, layers), [_tensor(each) for each in _scales(masks, p)]
    states, _ = _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind, scales)
    return given.gradients(_flat(states), _flat(dstates))


def dropout_backward_recursive(dstates, x, starts, layers, kind, masks, p):
    h = CELLS[kind].forward(x, starts[0], layers[0])[0]
    dh, dstarts, dlayers = dstates[0][0], [], []
    if len(layers) > 1:
        scale = _scales(masks[:1], p)[0]
        above = dstates[1:], h * scale, starts[1:], layers[1:], kind, masks[1:], p
        dx, dstarts, dlayers = dropout_backward_recursive(*above)
        dh = dh + scale * dx
    dx, dstart, dlayer = CELLS[kind].backward((dh, *dstates[0][1:]), x, starts[0], layers[0])
    return dx, [dstart, *dstarts], [dlayer, *dlayers]


def dropout_backward_by_superposition(dstates, x, starts, layers, kind, masks, p):
    rest = x, starts, layers, kind, masks, p
    return _summed([dropout_backward_recursive(_alone(dstates, k), *rest) for k in range(len(layers))])


# --- residual paths -------------------------------------------------------------------------------------------------


def residual_forward_step_by_step(x, starts, layers, kind):
    return _roll(_step, np.stack, x, starts, layers, kind, residual=True)


def residual_forward_in_torch(x, starts, layers, kind):
    given = _Tensors(x, starts, layers)
    return _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind, residual=True)


def residual_forward_by_sums(x, starts, layers, kind):
    """Each layer reads the sum of all h below it."""
    states = []
    for start, layer in zip(starts, layers, strict=True):
        read = np.sum([h for h, *_ in states], axis=0) if states else x
        states.append(CELLS[kind].forward(read, start, layer))
    return states, np.sum([h for h, *_ in states], axis=0)


def residual_backward_in_torch(dy, x, starts, layers, kind):
    given = _Tensors(x, starts, layers)
    _, y = _roll(_torch_step, torch.stack, given.x, given.starts, given.layers, kind, residual=True)
    return given.gradients([y], [dy])


def residual_backward_recursive(dy, x, starts, layers, kind):
    def through(k, y_below):
        """dx of layer k and of all above it; the lists of dstarts and dlayers from k upwards."""
        h = CELLS[kind].forward(y_below, starts[k], layers[k])[0]
        arriving, dstarts, dlayers = dy, [], []
        if k + 1 < len(layers):
            arriving, dstarts, dlayers = through(k + 1, h + y_below if k else h)
        zeros = [np.zeros_like(dy)] * (len(starts[k]) - 1)
        dx, dstart, dlayer = CELLS[kind].backward((arriving, *zeros), y_below, starts[k], layers[k])
        return (dx + arriving if k else dx), [dstart, *dstarts], [dlayer, *dlayers]

    return through(0, x)


def residual_backward_by_sums(dy, x, starts, layers, kind):
    """y is the sum of all h, each layer reads the sum of those below: each h receives dy and every dx from above."""
    states, _ = residual_forward_by_sums(x, starts, layers, kind)
    arriving, dstarts, dlayers = [dy], {}, {}
    for k in range(len(layers) - 1, -1, -1):
        read = sum([h for h, *_ in states[1:k]], states[0][0]) if k else x
        zeros = [np.zeros_like(dy)] * (len(starts[k]) - 1)
        dx, dstarts[k], dlayers[k] = CELLS[kind].backward(
            (np.sum(arriving, axis=0), *zeros), read, starts[k], layers[k]
        )
        arriving.append(dx)
    return dx, *([found[k] for k in range(len(layers))] for found in (dstarts, dlayers))


# --- deep.transition ------------------------------------------------------------------------------------------------


def transition_in_loops(x, h0, W, U, b, W2, b2):
    T, B, _ = x.shape
    h = np.empty((T, B, len(b2)), x.dtype)
    for t in range(T):
        for row in range(B):
            before = h[t - 1, row] if t else h0[row]
            s = [
                math.tanh(sum(map(float, W[m] * x[t, row])) + sum(map(float, U[m] * before)) + b[m])
                for m in range(len(b))
            ]
            for unit in range(len(b2)):
                h[t, row, unit] = math.tanh(sum(w * v for w, v in zip(W2[unit].tolist(), s, strict=True)) + b2[unit])
    return h


def transition_by_einsum(x, h0, W, U, b, W2, b2):
    driven, states = np.einsum("tbd,md->tbm", x, W) + b, [h0]
    for a in driven:
        s = np.tanh(a + np.einsum("bh,mh->bm", states[-1], U))
        states.append(np.tanh(np.einsum("bm,hm->bh", s, W2) + b2))
    return np.array(states[1:])


def transition_in_torch(x, h0, W, U, b, W2, b2):
    x, h, W, U, b, W2, b2 = map(_tensor, (x, h0, W, U, b, W2, b2))
    states, linear = [], torch.nn.functional.linear
    for x_t in x:
        h = linear(torch.tanh(linear(torch.cat([x_t, h], 1), torch.cat([W, U], 1), b)), W2, b2).tanh()
        states.append(h)
    return torch.stack(states)


# --- deep.module ----------------------------------------------------------------------------------------------------


class StackOfCells(torch.nn.Module):
    """Time in the outer loop; what goes up is chosen by the mask."""

    def __init__(self, D, H, L, p):
        super().__init__()
        self.keep = 1 - p
        self.layers = torch.nn.ModuleList([torch.nn.GRU(D, H)] + [torch.nn.GRU(H, H) for _ in range(L - 1)])

    def forward(self, x, h0, masks):
        states, tops = list(h0), []
        for t in range(len(x)):
            below = x[t]
            for k, layer in enumerate(self.layers):
                if k and self.training:
                    below = torch.where(masks[k - 1, t] > 0, below / self.keep, torch.zeros_like(below))
                below = states[k] = layer(below[None], states[k][None])[0][0]
            tops.append(below)
        return torch.stack(tops), torch.stack(states)


class StackRecursive(torch.nn.Module):
    """The dropped numbers by a product that is 1 in evaluation; the last states by indexing."""

    def __init__(self, D, H, L, p):
        super().__init__()
        self.L, self.scale = L, 1 / (1 - p)
        self.layers = torch.nn.ModuleList()
        for k in range(L):
            self.layers.append(torch.nn.GRU([D, H][min(k, 1)], H))

    def forward(self, x, h0, masks):
        factors = masks * self.scale if self.training else torch.ones_like(masks)
        h = self.run(0, x, h0, factors)
        return h[-1], torch.stack([each[-1] for each in h])

    def run(self, k, x, h0, factors):
        if k == self.L:
            return []
        h, _ = self.layers[k](x, h0[k][None].contiguous())
        return [h, *self.run(k + 1, h * factors[k] if k + 1 < self.L else h, h0, factors)]


class StackOfParts(torch.nn.Module):
    """Each layer with its own dropped numbers, in turn; the layers above read a matrix product with a diagonal."""

    def __init__(self, D, H, L, p):
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.GRU(size, H) for size in [D, *[H] * (L - 1)])
        self.p = p

    def forward(self, x, h0, masks):
        h, last = self.layers[0](x, h0[:1])
        found = [last[0]]
        for layer, mask, start in zip(self.layers[1:], masks, h0[1:], strict=True):
            kept = h.masked_fill(mask == 0, 0.0).div(1 - self.p) if self.training else h
            h, last = layer(kept, start.unsqueeze(0))
            found.append(last[0])
        return [h, torch.stack(found)]


STACK, STATES = "x:TBD W:GD start:LSBH", "h_top:TBH states:LSTBH"
FOUND = "dx:TBD dstarts:LSBH dW_lowest:GD"
ALTERNATIVES = {
    "deep.forward": Alternatives(
        (forward_step_by_step, forward_in_torch, forward_recursive),
        Axes(STACK, STATES, free="BD"),
    ),
    "deep.from_torch": Alternatives(
        (from_torch_by_hand, from_torch_by_sorting, from_torch_by_growing_names),
        Axes("weight_ih_l0:GD", "W_lowest:GD", free="D"),
    ),
    "deep.count": Alternatives(
        (count_by_shapes, count_from_torch, count_by_drawing),
        Axes("", ""),
    ),
    "deep.width": Alternatives(
        (width_by_the_square, width_by_bisection, width_from_above),
        Axes("", ""),
    ),
    "deep.backward": Alternatives(
        (backward_in_torch, backward_recursive, backward_by_superposition),
        Axes(f"{STACK} dstate:LSTBH", FOUND, free="BD"),
    ),
    "deep.dropout_forward": Alternatives(
        (
            dropout_forward_step_by_step,
            dropout_forward_in_torch,
            dropout_forward_by_weights,
        ),
        Axes(f"{STACK} mask:KTBH", STATES, free="BD"),
    ),
    "deep.dropout_backward": Alternatives(
        (
            dropout_backward_in_torch,
            dropout_backward_recursive,
            dropout_backward_by_superposition,
        ),
        Axes(f"{STACK} mask:KTBH dstate:LSTBH", FOUND, free="BD"),
    ),
    "deep.residual_forward": Alternatives(
        (residual_forward_step_by_step, residual_forward_in_torch, residual_forward_by_sums),
        Axes(STACK, "y:TBH states:LSTBH", free="BD"),
    ),
    "deep.residual_backward": Alternatives(
        (
            residual_backward_in_torch,
            residual_backward_recursive,
            residual_backward_by_sums,
        ),
        Axes(f"{STACK} dy:TBH", FOUND, free="BD"),
    ),
    "deep.transition": Alternatives(
        (transition_in_loops, transition_by_einsum, transition_in_torch),
        Axes("x:TBD W:MD h0:BH U:MH W2:HM b2:H b:M", "h:TBH", free="BDHM"),
    ),
    "deep.module": Alternatives(
        (StackOfCells, StackRecursive, StackOfParts),
        Axes(
            "x:TBD h0:LBH mask:KTBH weight_ih:GD upstream:TBH upstream_last:LBH",
            "h_top:TBH last:LBH dx:TBD dh0:LBH dweight_ih_lowest:GD",
            free="BD",
        ),
    ),
}
