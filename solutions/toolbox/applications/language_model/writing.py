"""Texts that a model of characters writes, and two numbers for how they look."""

from __future__ import annotations

import re

import numpy as np
import torch

from solutions.toolbox.text.encoding import encode

WORD = "[A-Za-z']+"


@torch.no_grad()
def written(model, sample, symbols, tau, B, length, seed=0, start="\n\n"):
    """B texts, drawn side by side: the network reads a symbol, the next one is drawn and read.

    Args:
        model: called as the networks of this package are: ids (T, B), state → scores (T, B, K), state.
        sample: function of scores (B, K), tau and uniform random numbers (B,) that returns probabilities and symbols.
        symbols: the K symbols, a string.
        tau: the temperature.
        length: how many symbols are drawn for each text.

    Returns:
        a list of B strings, without ``start``.
    """
    device = next(model.parameters()).device
    rng, state, drawn = np.random.default_rng(seed), None, []
    read = torch.as_tensor(encode(start, symbols), device=device)[:, None].repeat(1, B)
    model.eval()
    for _ in range(length):
        scores, state = model(read, state)
        drawn.append(sample(scores[-1].double().cpu().numpy(), tau, rng.random(B))[1])
        read = torch.as_tensor(drawn[-1], device=device)[None]
    return ["".join(symbols[k] for k in column) for column in np.transpose(drawn)]


def known_words(texts):
    """The words of some texts in small letters, a set."""
    return {word.lower() for text in texts for word in re.findall(WORD, text)}


def looks(pages, known):
    """How pages look: the share of their words that are known, and of their pieces of 8 characters that differ.

    The first and the last word of a page may be cut off and do not count.
    """
    words = [word.lower() for page in pages for word in re.findall(WORD, page)[1:-1]]
    pieces = [page[k : k + 8] for page in pages for k in range(len(page) - 8)]
    return float(np.mean([word in known for word in words])), len(set(pieces)) / len(pieces)
