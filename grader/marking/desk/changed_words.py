"""What changed between two texts, word by word; in Chinese, Japanese and Korean character by character."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]|[^\W_]+|\s+|.", re.DOTALL)
MOST_WORDS = 4000
"""Words, spaces and signs of both texts together that are compared; longer texts are compared line by line."""
MOST_LINES = 4000


@dataclass(frozen=True)
class Change:
    """A piece of text: the same in both, only in the new one, or only in the old one."""

    kind: Literal["same", "added", "removed"]
    text: str


def changed_words(old: str, new: str) -> list[Change]:
    """The pieces of both texts in their order; "same" and "added" together are the new text.

    Ends of lines, and spaces at them, are no change. Of very long texts only whether they differ is said.
    """
    old, new = _plain(old), _plain(new)
    if old == new:
        return [Change("same", new)] if new else []
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) + len(after) > MOST_WORDS:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) + len(after) > MOST_LINES:
        before, after = [old], [new]
    return list(_changes(before, after))


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def _changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Pieces next to each other of one kind are one; a space between two changes belongs to both."""
    found: list[Change] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(after[j1:j2])))
            continue
        if i1 < i2:
            found.append(Change("removed", "".join(before[i1:i2])))
        if j1 < j2:
            found.append(Change("added", "".join(after[j1:j2])))
    return found
