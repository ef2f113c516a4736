"""A student: by which id, name, e-mail and number in the LMS."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LONGEST = 128
"""Characters of an id, a name or an address: what nbgrader's gradebook has room for."""
NOT_IN_A_FOLDER = '/\\*?[]{}<>|:"'
"""Signs that the name of a student's folder must not have: some system or nbgrader takes them for something else."""


@dataclass(frozen=True)
class Student:
    """One student of a class.

    Attributes:
        id: the name of the student's folder, as in the exchange.
        name: first name and last name, as one says them.
        email, lms_id: the address, and the number by which the LMS knows the student; "" where not known.
        last: the last name, where it is known which part of the name that is.
    """

    id: str
    name: str = ""
    email: str = ""
    lms_id: str = ""
    last: str = ""

    @property
    def last_name(self) -> str:
        """The last name: the last word of the name, with what is written small before it, where it was not told."""
        return self.last or _last_of(self.name)

    @property
    def first_name(self) -> str:
        """The name without the last name, be it written first or last."""
        if self.name.endswith(self.last_name):
            return self.name.removesuffix(self.last_name).rstrip()
        return self.name.removeprefix(self.last_name).lstrip()

    @property
    def listed_name(self) -> str:
        """As in a list: "Curie, Marie"."""
        return ", ".join(part for part in (self.last_name, self.first_name) if part)


def _last_of(name: str) -> str:
    """ "van der Berg" of "Eva van der Berg"."""
    words = name.split()
    first = len(words) - 1
    while first > 1 and words[first - 1][:1].islower():
        first -= 1
    return " ".join(words[max(first, 0) :])


def split_name(name: str) -> tuple[str, str]:
    """Name and last name of a cell: "Curie, Marie" says which is the last name, "Marie Curie" does not."""
    last, comma, first = (part.strip() for part in name.partition(","))
    return (f"{first} {last}".strip(), last) if comma and "," not in first else (name.strip(), "")


def why_no_id(name: str) -> str:
    """Why that cannot be the name of a student's folder, or ""."""
    if not name:
        return "is empty"
    if len(name) > LONGEST or len(name.encode("utf-8", "replace")) > 200:
        return f"has more than {LONGEST} characters"
    if name.startswith((".", "-", "~")) or name != name.strip() or name.endswith("."):
        return "begins or ends with a sign that a folder's name must not begin or end with"
    if odd := next((sign for sign in name if sign in NOT_IN_A_FOLDER), ""):
        return f"has a {odd}, which a folder's name must not have"
    if any(unicodedata.category(sign).startswith(("C", "Z")) and sign != " " for sign in name):
        return "has a sign that cannot be seen"
    return ""
