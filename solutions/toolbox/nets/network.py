"""A recurrent cell made into a whole network, and how many numbers a network learns."""

from __future__ import annotations

import torch


class Network(torch.nn.Module):
    """A recurrent cell with an output layer on top.

        h = cell(x, h0)        o_t = h_t Vᵀ + c

    Args:
        cell: module that maps x (T, B, D) and h0 (B, H) to the states h (T, B, H).
        H, O: sizes of state and output.
        embedding: module that turns the input into x first (for example a table of vectors); by default none.
    """

    def __init__(self, cell, H, O, embedding=None):
        super().__init__()
        self.cell, self.H = cell, H
        self.embedding = embedding or torch.nn.Identity()
        self.output = torch.nn.Linear(H, O)

    def tie(self):
        """Makes V and the embedding one table (K, H), drawn small; returns the network itself."""
        torch.nn.init.normal_(self.embedding.weight, std=0.1)
        self.output.weight = self.embedding.weight
        return self

    def forward(self, x, h0=None):
        """x (T, B, …) → scores o (T, B, O) and the last state h_T (B, H); h0 is zero by default."""
        if h0 is None:
            h0 = torch.zeros(x.shape[1], self.H, device=x.device)
        h = self.cell(self.embedding(x), h0)
        return self.output(h), h[-1]


def size(model):
    """How many numbers a module learns."""
    return sum(value.numel() for value in model.parameters())
