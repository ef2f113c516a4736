"""What is wrong with ``course.toml``, in sentences: the key, what is wrong with it, and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from zoneinfo import available_timezones

from pydantic import ValidationError
from pydantic_core import ErrorDetails

KINDS = {
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "path_type": "must be a folder in quotes",
}
PATTERNS = {
    "id": 'must be letters, digits, "-", "_" and "." and begin with a letter or digit',
    "gradebook": 'must be an address such as "postgresql://user@server/rnn"',
}


def faults(found: ValidationError, keys: Mapping[str, Iterable[str]]) -> Iterator[str]:
    """A line for each fault.

    Args:
        found: what pydantic says.
        keys: those of each table, by its name; "" names the file's own, "lesson" those of a lesson.
    """
    for error in found.errors(include_url=False):
        path = [str(part) for part in error["loc"] if part != "[key]"]
        yield f"{'.'.join(path)}: {_fault(error, path, keys)}"


def _fault(error: ErrorDetails, path: list[str], keys: Mapping[str, Iterable[str]]) -> str:
    kind, given, about = error["type"], error["input"], error.get("ctx", {})
    if kind == "extra_forbidden" or (kind == "literal_error" and error["loc"][-1] == "[key]"):
        return no_such_key(path[-1], keys[_table(path)])
    if kind == "literal_error":
        return f"must be {about['expected']}, not {_shown(given)}"
    if kind in KINDS:
        return f"{KINDS[kind]}, not {_shown(given)}"
    if kind in ("value_error", "assertion_error"):
        return str(about["error"])
    if kind == "string_pattern_mismatch":
        return f"{PATTERNS[path[-1]]}, not {_shown(given)}"
    if kind == "less_than_equal" and path[-1] in ("share", "most"):
        return f"must be at most 1, not {_shown(given)}: 0.1 is 10 %"
    return f"{error['msg'].replace('Input should be', 'must be')}, not {_shown(given)}"


def _table(path: list[str]) -> str:
    """The table in which a key stands."""
    if len(path) < 2:
        return ""
    return "lesson" if path[0] == "lessons" and len(path) == 3 else path[-2]


def no_such_key(name: str, known: Iterable[str]) -> str:
    """That there is no key of that name, and which was probably meant."""
    names = list(known)
    begins = [known for known in names if known.startswith(name.casefold())]
    near = begins or get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"there is no such key; {meant}the keys here are: {', '.join(names)}"


def no_zone(name: str) -> str:
    """That there is no time zone of that name, and which was probably meant."""
    near = get_close_matches(name.replace(" ", "_"), sorted(one for one in available_timezones() if "/" in one), n=1)
    meant = f"did you mean {near[0]}?" if near else "name a place, such as Europe/Berlin, or UTC"
    return f"{name!r:.60} is no time zone, or more than one: {meant}"


def _shown(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"
