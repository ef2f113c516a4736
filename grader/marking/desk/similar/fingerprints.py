"""The pieces by which two answers are compared: winnowing, after Schleimer, Wilkerson and Aiken (SIGMOD 2003)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from grader.marking.desk.similar.tokens import Token

PIECE = 7
"""Tokens in a piece, k: an operation with what it works on. Shorter ones are in every answer."""
WINDOW = 2
"""Neighbouring pieces of which one is kept, w: whatever two answers share of k + w - 1 tokens or more is found."""
WORDS = 4
"""Words in a piece of a written answer."""
FEWEST = 15
"""Pieces that an answer must have to be compared: shorter ones, of a line or three, are equal by chance."""

Pieces = dict[int, set[int]]
"""Fingerprint of a piece → the lines in which its tokens stand, wherever it does."""


def pieces(tokens: Sequence[Token], length: int = PIECE, window: int = WINDOW) -> Pieces:
    """The fingerprints of an answer: of each window of neighbouring pieces the smallest, the last of equal ones."""
    hashed = [_fingerprint(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
    kept = {_smallest(hashed, at, at + window) for at in range(max(1, len(hashed) - window + 1))} if hashed else set()
    found: Pieces = {}
    for at in sorted(kept):
        found.setdefault(hashed[at], set()).update(token.line for token in tokens[at : at + length])
    return found


def _smallest(hashed: Sequence[int], start: int, stop: int) -> int:
    """Where the smallest fingerprint of a window stands; of equal ones, the last."""
    return min(range(start, min(stop, len(hashed))), key=lambda at: (hashed[at], -at))


def _fingerprint(part: Sequence[Token]) -> int:
    """The same number for the same texts, in every run."""
    text = "\0".join(token.text for token in part)
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
