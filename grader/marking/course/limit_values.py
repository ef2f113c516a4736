"""The value of a limit: seconds and processes are whole numbers; sizes are bytes, or a text such as "2 GiB"."""

from __future__ import annotations

import re
from collections.abc import Mapping

MIB = 2**20
SMALLEST = {"memory": 256 * MIB, "file": MIB, "disk": MIB, "output": MIB}
"""Bytes below which a limit of a size is a slip, such as MiB without their unit: no kernel works within them."""
UNITS = {"b": 1, "kib": 2**10, "mib": MIB, "gib": 2**30, "kb": 10**3, "mb": 10**6, "gb": 10**9}
SIZE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) ?([KMG]i?B|B)", re.IGNORECASE)
WAY = '"2 GiB" or "500 MiB"'


def amount(name: str, given: object) -> object:
    """What is given for a limit: a size as a number of bytes, everything else as it is.

    Raises:
        ValueError: it is a text that is no size, or a size too small for any kernel; the message says the way out.
    """
    if name not in SMALLEST:
        return given
    if isinstance(given, str):
        given = _bytes(name, given)
    if type(given) is int and 0 < given < SMALLEST[name]:
        meant = f': is "{given} MiB" meant?' if given * MIB >= SMALLEST[name] else ""
        raise ValueError(f"{name} must be at least {in_words(name, SMALLEST[name])}, not {given} bytes{meant}")
    return given


def _bytes(name: str, text: str) -> int:
    found = SIZE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{name} must be a size such as {WAY}, or a whole number of bytes, not {text!r:.60}")
    return round(float(found[1]) * UNITS[found[2].lower()])


def in_words(name: str, value: int) -> str:
    """The value of a limit, a size with its unit: "3072 MiB", "128"; of seconds the name tells."""
    if name not in SMALLEST:
        return str(value)
    return f"{value} bytes" if value % MIB else f"{value // MIB} MiB"


def amounts(given: object) -> object:
    """The same for a table of limits by name; what is no table stays as it is.

    Raises:
        ValueError: as `amount` does.
    """
    return {name: amount(name, value) for name, value in given.items()} if isinstance(given, Mapping) else given
