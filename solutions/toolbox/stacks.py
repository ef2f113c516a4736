"""PyTorch's own stacks of recurrent layers, called as the lessons call theirs: for experiments that must be quick."""

from __future__ import annotations

import torch


class Layered(torch.nn.Module):
    """Several layers, computed by PyTorch; h0 is what every hidden state starts from, a cell state starts from zeros.

    Args:
        kind: "srn", "gru" or "lstm".
        D, H, L: sizes of input and state, number of layers.
        p: dropout between the layers, with masks that PyTorch draws.
    """

    def __init__(self, kind, D, H, L, p=0.0):
        super().__init__()
        make = {"srn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[kind]
        self.stack = make(D, H, L, dropout=p)

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states of the top layer, (T, B, H)."""
        start = h0.repeat(self.stack.num_layers, 1, 1)
        if isinstance(self.stack, torch.nn.LSTM):
            start = start, torch.zeros_like(start)
        return self.stack(x, start)[0]
