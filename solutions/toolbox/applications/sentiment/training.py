"""Training and asking networks that give a sentence one score."""

from __future__ import annotations

import numpy as np
import torch

from solutions.toolbox.applications.sentiment.sentences import batches, padded
from solutions.toolbox.experiments.training import descend, warm_up_and_decay


def train(model, sentences, targets, loss, epochs, lr, B, seed, clip=1.0):
    """Adam on batches of B sentences; the learning rate rises for 5 % of the updates, then falls in a line to zero.

    Args:
        model: a module, on the device where it is to be trained.
        sentences, targets: tensors (n, 2), and one target for each sentence, (N,).
        loss: function of model, x (T, B, 2), lengths (B,), y (B,) that returns a scalar.

    Returns:
        the loss of each update, a list of floats.
    """
    device, generator = next(model.parameters()).device, torch.Generator().manual_seed(seed)
    optimizer, curve = torch.optim.Adam(model.parameters(), lr=lr, fused=True), []
    order = [at for _ in range(epochs) for at in batches(sentences, B, generator)]
    model.train()
    for k, at in enumerate(order):
        x, lengths = padded([sentences[i] for i in at])
        error = loss(model, x.to(device), lengths.to(device), targets[at].to(device))
        descend(optimizer, error, lr * warm_up_and_decay(k, len(order)), clip)
        curve.append(error.item())
    model.eval()
    return curve


@torch.no_grad()
def score_all(score, sentences, device, B=200):
    """One score for each sentence, (N,), as a NumPy array: ``score(x, lengths)`` → (B,), batch by batch."""
    found = np.empty(len(sentences))
    for at in batches(sentences, B):
        x, lengths = padded([sentences[i] for i in at])
        found[at.numpy()] = score(x.to(device), lengths.to(device)).cpu().numpy()
    return found
