"""Print to terminals and files that know fewer characters than Unicode: plain ones take the others' places."""

from __future__ import annotations

import codecs
import sys

PLAIN = {"✓": "ok", "✗": "x", "…": "...", "–": "-", "—": "-", "×": "x", "∞": "inf", "→": "->", "ᵀ": "^T"}
"""What stands for our own signs; any other character becomes an escape such as ``\\u5317``."""


def _plain(failure: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(failure, UnicodeEncodeError):
        raise failure
    sign = PLAIN.get(failure.object[failure.start])
    if sign is None:
        rest = UnicodeEncodeError(failure.encoding, failure.object, failure.start, failure.start + 1, failure.reason)
        return codecs.backslashreplace_errors(rest)
    return sign, failure.start + 1


codecs.register_error("plain-characters", _plain)


def print_any_character() -> None:
    """From now on nothing that is printed fails because of the encoding of stdout or stderr, such as ASCII."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="plain-characters")
