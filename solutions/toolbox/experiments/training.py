"""Training a recurrent cell on long sequences, window by window."""

from __future__ import annotations

from itertools import islice

import torch


def joined(x, y, T):
    """Endless windows of T steps in the order of the text; the state goes on from one to the next.

    Args:
        x, y: inputs and targets, (N, B, …), time first; column b is one long stretch.

    Yields:
        x, y of the window, and whether the state starts at zero: only in the first window of each pass.
    """
    while True:
        for t in range(0, len(x) - T + 1, T):
            yield x[t : t + T], y[t : t + T], t == 0


def shuffled(x, y, T, seed):
    """Endless windows of T steps, torn apart and shuffled: each starts with a state of zeros.

    Args:
        x, y: inputs and targets, (N, B, …), as for `joined`; a batch holds B windows from anywhere.

    Yields:
        as `joined`; the last entry is always True.
    """
    generator = torch.Generator().manual_seed(seed)
    N, B = x.shape[:2]
    apart = [v[: N // T * T].unflatten(0, (-1, T)).transpose(0, 1).flatten(1, 2) for v in (x, y)]
    while True:
        for at in torch.randperm(apart[0].shape[1], generator=generator).split(B):
            if len(at) == B:
                yield apart[0][:, at], apart[1][:, at], True


def train(model, windows, loss, updates, lr, clip=1.0):
    """Adam on one window after another; the learning rate rises for 5 % of the updates, then falls in a line to zero.

    The gradient does not cross from a window into the one before (truncated back-propagation through time), and its
    norm is held at ``clip`` or below: lessons 02 and 03 say why.

    Args:
        model: a `Network` (in `nets`).
        windows: what `joined` or `shuffled` yields.
        loss: function of scores o (T, B, O) and targets y; returns a scalar.

    Returns:
        the loss of each update, a list of floats.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    curve, h = [], None
    for k, (x, y, fresh) in enumerate(islice(windows, updates)):
        o, h = model(x, None if fresh else h)
        h = h.detach()
        error = loss(o, y)
        descend(optimizer, error, lr * warm_up_and_decay(k, updates), clip)
        curve.append(error.item())
    return curve


def warm_up_and_decay(k, updates):
    """The learning rate of update k = 0, 1, … as a share of the largest, in (0, 1].

    It rises in a line for 5 % of the updates, then falls in a line to zero.
    """
    return min((k + 1) / (0.05 * updates), 1, (1 - k / updates) / 0.95)


def descend(optimizer, error, lr, clip=1.0):
    """One update against the gradient of ``error``, a scalar; the gradient's norm is held at ``clip`` or below.

    Args:
        optimizer: holds one group of parameters, all of the network's; its learning rate becomes ``lr``.
    """
    (group,) = optimizer.param_groups
    group["lr"] = lr
    optimizer.zero_grad()
    error.backward()
    torch.nn.utils.clip_grad_norm_(group["params"], clip)
    optimizer.step()


def symbol_loss(o, y):
    """Mean softmax cross-entropy of scores (T, B, O) and integer targets (T, B), in nats."""
    return torch.nn.functional.cross_entropy(o.flatten(0, 1), y.flatten())


def squared_error(o, y):
    """Mean squared error of sigmoid(o) against targets y, both (T, B, O)."""
    return (torch.sigmoid(o) - y).pow(2).mean()


@torch.no_grad()
def scores(model, x):
    """The scores o for one sequence x (T, …), read from a zero state in one go, as a NumPy array (T, 1, O)."""
    return model(x[:, None])[0].cpu().numpy()
