"""Networks that predict the next character: three recurrent ones and a convolutional one, called alike.

scores, state = model(ids, state)        ids (T, B) integers → scores (T, B, K); the state goes on to the next call
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.experiments.training import descend, symbol_loss, warm_up_and_decay

LAYERS = {"SRN": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}


class CharacterModel(torch.nn.Module):
    """Embedding (K, E) → recurrent layer of H units → scores (K).

    Args:
        kind: "SRN", "GRU" or "LSTM".
        K, H, E: symbols, units, size of the embedding.
        dropout: share of the layer's inputs and outputs that are set to 0 while training.
    """

    def __init__(self, kind, K, H, E=32, dropout=0.0):
        super().__init__()
        self.embedding = torch.nn.Embedding(K, E)
        self.layer = LAYERS[kind](E, H)
        self.output = torch.nn.Linear(H, K)
        self.dropout = torch.nn.Dropout(dropout)

    def forward(self, ids, state=None):
        h, state = self.layer(self.dropout(self.embedding(ids)), state)
        return self.output(self.dropout(h)), state


class CausalCNN(torch.nn.Module):
    """Embedding → layers of convolutions that look back 1, 2, 4, … steps, each added to its input → scores (K).

    Its "state" is the last ``reach`` characters: nothing before them can have an influence.

    Args:
        K, H, E: symbols, channels, size of the embedding.
        layers: the reach is 2**layers − 1 steps, besides the present one.
    """

    def __init__(self, K, H, E=32, layers=5):
        super().__init__()
        self.reach, self.K = 2**layers - 1, K
        self.embedding = torch.nn.Embedding(K + 1, E)  # one more for what stands before a text
        self.input = torch.nn.Linear(E, H)
        self.layers = torch.nn.ModuleList(torch.nn.Conv1d(H, H, 2, dilation=2**k) for k in range(layers))
        self.output = torch.nn.Linear(H, K)

    def forward(self, ids, state=None):
        if state is None:
            state = torch.full((self.reach, ids.shape[1]), self.K, device=ids.device)
        ids = torch.cat([state, ids])
        a = self.input(self.embedding(ids)).permute(1, 2, 0)  # (B, H, time)
        for layer in self.layers:
            a = a[..., layer.dilation[0] :] + torch.relu(layer(a))
        return self.output(torch.relu(a).permute(2, 0, 1)), ids[-self.reach :]


def detached(state):
    """The same state, cut off from what it was computed from."""
    if isinstance(state, tuple):
        return tuple(detached(part) for part in state)
    return state.detach()


def fit(model, x, y, updates, lr, then=None):
    """Adam on the windows of a text in their order, pass after pass; the state goes on from window to window.

    The learning rate rises for 5 % of the updates, then falls in a line to zero; gradients are clipped at norm 1.

    Args:
        x, y: inputs and targets, integers (windows, T, B), on the model's device.
        then: called with the number of updates done, after each; may be None.
    """
    optimizer, state = torch.optim.Adam(model.parameters(), lr=lr), None
    for k in range(updates):
        n = k % len(x)
        scores, state = model(x[n], None if n == 0 else detached(state))
        descend(optimizer, symbol_loss(scores, y[n]), lr * warm_up_and_decay(k, updates))
        if then:
            then(k + 1)


@torch.no_grad()
def losses_of(model, x, y):
    """−ln P of every target, in nats, read in one go from a fresh state, (windows · T, B), float64."""
    model.eval()
    rows, state = [], None
    for ids, targets in zip(x, y, strict=True):
        scores, state = model(ids, state)
        rows.append(torch.nn.functional.cross_entropy(scores.movedim(2, 1), targets, reduction="none"))
    model.train()
    return torch.cat(rows).double().cpu().numpy()


def save(model, path):
    """The weights in half precision, as plain arrays in one .npz file."""
    arrays = {name: value.detach().cpu().numpy().astype(np.float16) for name, value in model.state_dict().items()}
    np.savez_compressed(path, **arrays)


def load(model, path):
    """Gives the model the weights of such a file, and returns it."""
    with np.load(Path(path), allow_pickle=False) as arrays:
        model.load_state_dict({name: torch.as_tensor(arrays[name].astype(np.float32)) for name in arrays.files})
    return model
