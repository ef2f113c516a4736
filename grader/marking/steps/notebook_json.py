"""A notebook's bytes as JSON: limits before anything is built of them, and the cause where they are no notebook."""

from __future__ import annotations

import json
import re
from typing import Any

from grader.checks.errors import GraderError

MOST_CONTAINERS, MOST_VALUES = 300_000, 3_000_000
"""Lists and objects, and values in all: 9 MB of ``{}`` would take 4.5 GB. A notebook has a few thousand; an interactive
picture in it, a few hundred thousand numbers."""
STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
CONFLICT = re.compile(r"^<{7} ?.*$", re.MULTILINE)
OTHER_KINDS = {
    b"PK\x03\x04": ("a ZIP archive that was renamed", "unpack it and hand in what is inside"),
    b"\x1f\x8b": ("a packed file (gzip) that was renamed", "unpack it and hand in what is inside"),
    b"%PDF": ("a PDF", "ask for the .ipynb file itself"),
    b"<": ("a web page", "ask for the .ipynb file itself (in JupyterLab: File → Download)"),
}
"""How files of other kinds begin: what they are, and the way out."""


class NotANotebook(GraderError):
    """Bytes that are not JSON, or too much of it; the message completes a sentence that begins with the file's name."""


def parsed(raw: bytes) -> Any:
    """What the bytes hold, as JSON has it.

    Raises:
        NotANotebook: too many values, or not JSON; the message says what it is instead, and the way out.
    """
    try:
        text = raw.decode(json.detect_encoding(raw), "surrogatepass")
    except UnicodeDecodeError:
        raise NotANotebook(_not_text(raw)) from None
    refuse_many_values(text)
    try:
        return json.loads(text)
    except RecursionError:
        raise NotANotebook("nests lists and objects too deeply; ask for it saved by JupyterLab") from None
    except ValueError as why:
        raise NotANotebook(_not_json(raw, text, why)) from None


def refuse_many_values(text: str) -> None:
    """Count the values in a JSON text without building them.

    Raises:
        NotANotebook: there are more than `MOST_CONTAINERS` or `MOST_VALUES`.
    """
    if _within(text) or _within(STRING.sub("", text)):  # most texts need not be looked at closely
        return
    limit = f"{MOST_CONTAINERS:,} lists and objects, or {MOST_VALUES:,} values"
    raise NotANotebook(f"holds more than {limit}, too many to be read; ask for it with its outputs cleared")


def _within(text: str) -> bool:
    containers = text.count("{") + text.count("[")
    return containers <= MOST_CONTAINERS and containers + text.count(",") <= MOST_VALUES


def _not_text(raw: bytes) -> str:
    if kind := _other_kind(raw):
        return kind
    if raw.lstrip()[:1] == b"{" and b"\0" not in raw:
        return (
            "is not written in UTF-8 but in another encoding, such as GB18030 or Latin-1; "
            "ask for it saved by JupyterLab, or convert it (iconv -f GB18030 -t UTF-8)"
        )
    return "is not a notebook: it is not JSON; ask for the .ipynb file itself"


def _not_json(raw: bytes, text: str, why: ValueError) -> str:
    if kind := _other_kind(raw):
        return kind
    if marker := CONFLICT.search(text):
        line = text.count("\n", 0, marker.start()) + 1
        return f"holds two versions: line {line} is the mark of a merge conflict (<<<<<<<); ask for one of them"
    cut = isinstance(why, json.JSONDecodeError) and ("Unterminated string" in why.msg or why.pos >= len(text.rstrip()))
    if text.lstrip().startswith("{") and cut:
        return "is cut off: its end is missing, and it is not JSON; ask for the notebook again"
    return "is not a notebook: it is not JSON; ask for the .ipynb file itself"


def _other_kind(raw: bytes) -> str:
    begin = raw[:100].lstrip()
    known = next((OTHER_KINDS[start] for start in OTHER_KINDS if begin.startswith(start)), None)
    return f"is not a notebook but {known[0]}; {known[1]}" if known and not begin.startswith(b"<<") else ""
