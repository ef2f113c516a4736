"""Which of the letters read so far a guess came from: ‖∂y_t/∂x_s‖, by automatic differentiation.

Source: A. Madsen, "Visualizing memorization in RNNs", Distill (2019), https://doi.org/10.23915/distill.00016; there the
scores stand in place of the probabilities y.
"""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.text.encoding import one_hot


def connectivity(model, ids, places=None):
    """How much each letter read moves each guess of the next one.

        y_t = softmax(o_t)        norms[t, s] = ‖∂y_t/∂x_s‖ = √(Σ_kd (∂y_tk/∂x_sd)²),   0 for s > t

    Args:
        model: a `Network` (in `nets`) that reads one-hot letters and starts from zeros.
        ids: letters read, integers (T,).
        places: the steps t whose guesses are asked for, (P,); by default all.

    Returns:
        norms, (P, T), float64.
    """
    places = np.arange(len(ids)) if places is None else np.asarray(places)
    K = model.output.out_features
    x = one_hot(ids, K)[:, None].repeat(1, len(places) * K, 1).requires_grad_()  # a copy for each number of each guess
    y = torch.softmax(model(x)[0], -1)
    row = torch.arange(len(places) * K)
    y[torch.as_tensor(places).repeat_interleave(K), row, row % K].sum().backward()
    norms = x.grad.double().unflatten(1, (len(places), K)).pow(2).sum((2, 3)).sqrt()
    return norms.T.numpy()


def shares(norms):
    """The same as parts of each row's sum: of a guess, which part came from which letter."""
    norms = np.asarray(norms, dtype=float)
    return norms / norms.sum(-1, keepdims=True)


def reach(row, part=0.95):
    """How many of the last letters hold that part of the row's sum; the row ends with the letter read last."""
    back = np.cumsum(np.asarray(row, dtype=float)[::-1])
    return int(np.searchsorted(back, part * back[-1])) + 1
