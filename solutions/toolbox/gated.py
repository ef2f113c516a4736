"""PyTorch's own gated layers, called as the lessons call theirs: for experiments that must be quick."""

from __future__ import annotations

import torch


class Gated(torch.nn.Module):
    """A GRU or an LSTM, computed by PyTorch; the LSTM's cell state starts from zeros.

    Args:
        kind: "GRU" or "LSTM".
        D, H: sizes of input and state.
    """

    def __init__(self, kind, D, H):
        super().__init__()
        self.layer = getattr(torch.nn, kind)(D, H)

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states h_1 … h_T, (T, B, H)."""
        h0 = h0[None]
        return self.layer(x, (h0, torch.zeros_like(h0)) if isinstance(self.layer, torch.nn.LSTM) else h0)[0]
