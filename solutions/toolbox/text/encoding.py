"""Text as a network reads it: symbols as integers, as rows with a single one, as columns side by side."""

from __future__ import annotations

from collections import Counter

import numpy as np
import torch

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def most_frequent(symbols, size):
    """The ``size`` most frequent symbols of a text, the most frequent first, as one string."""
    return "".join(symbol for symbol, _ in Counter(symbols).most_common(size))


def encode(symbols, alphabet):
    """Each symbol's place in the alphabet, integers (T,); any other symbol gets the number ``len(alphabet)``."""
    place = {symbol: i for i, symbol in enumerate(alphabet)}
    return np.array([place.get(symbol, len(alphabet)) for symbol in symbols], dtype=np.int64)


def one_hot(ids, size):
    """Integers (T, …) as float32 rows of zeros with a single one, (T, …, size)."""
    return torch.nn.functional.one_hot(torch.as_tensor(ids), size).float()


def columns(sequence, B):
    """A long sequence (N, …) as B stretches side by side, time first: (N // B, B, …). The remainder is left out."""
    sequence = torch.as_tensor(sequence)
    N = len(sequence) // B
    return sequence[: N * B].reshape(B, N, *sequence.shape[1:]).transpose(0, 1)
