"""PyTorch's own recurrent layers, called as the lessons call theirs: for experiments that must be quick."""

from __future__ import annotations

import torch


class Recurrent(torch.nn.Module):
    """The simple recurrent layer, computed by PyTorch: h_t = f(x_t Wᵀ + h_{t-1} Uᵀ + b).

    Args:
        D, H: sizes of input and state.
        f: "tanh" or "relu".
        W, U: starting values, arrays or tensors (H, D), (H, H); by default PyTorch's own, uniform in ±1/√H.
            Where U is given the bias starts at zero.
    """

    def __init__(self, D, H, f="tanh", W=None, U=None):
        super().__init__()
        self.layer = torch.nn.RNN(D, H, nonlinearity=f)
        with torch.no_grad():
            self.layer.bias_hh_l0.zero_().requires_grad_(False)  # one bias is enough
            if W is not None:
                self.layer.weight_ih_l0.copy_(torch.as_tensor(W))
            if U is not None:
                self.layer.weight_hh_l0.copy_(torch.as_tensor(U))
                self.layer.bias_ih_l0.zero_()

    @property
    def U(self):
        """The matrix from state to state, (H, H)."""
        return self.layer.weight_hh_l0

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states h_1 … h_T, (T, B, H)."""
        return self.layer(x, h0[None])[0]


class Gated(torch.nn.Module):
    """A gated layer, computed by PyTorch and called as the lessons call theirs; every state starts from h0, a cell
    state from zeros.

    Args:
        kind: "GRU" or "LSTM".
        D, H: sizes of input and state.
    """

    def __init__(self, kind, D, H):
        super().__init__()
        self.layer = getattr(torch.nn, kind)(D, H)

    def forward(self, x, h0):
        """x (T, B, D) and h0 (B, H) → the states h_1 … h_T, (T, B, H)."""
        start = h0[None]
        if isinstance(self.layer, torch.nn.LSTM):
            start = start, torch.zeros_like(start)
        return self.layer(x, start)[0]


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
