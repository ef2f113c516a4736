"""Whose folder that is in Gradescope's export: its ``submission_metadata.yml``.

submission_101:                      the folder
  :submitters:
  - :name: Anna Ott
    :sid: '1001'
    :email: anna@example.org
  :created_at: 2026-05-06 21:58:00.471000000 Z
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from grader.marking.course.contents import MB
from grader.marking.course.times import read_time
from grader.marking.desk.lms.download import Entry, NotTaken
from grader.marking.desk.lms.naming import Person

METADATA = "submission_metadata.yml"
LARGEST = 200 * MB
"""Bytes of the list: it holds all results of Gradescope's own tests."""


@dataclass(frozen=True)
class Submitted:
    """What the list says of a folder: who handed it in, together with whom, and when (in UTC without a zone)."""

    people: tuple[Person, ...]
    when: datetime | None


class _Loader(yaml.CSafeLoader):
    """Plain data alone; what Ruby tags is no plain data and is left out."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: None)


def submissions(metadata: Entry) -> dict[str, Submitted]:
    """Folder → whose it is.

    Raises:
        NotTaken: the list is no such list.
    """
    text = metadata.content(LARGEST)
    try:
        found = yaml.load(text, Loader=_Loader)
        return {str(folder): _submitted(about) for folder, about in found.items() if isinstance(about, dict)}
    except (yaml.YAMLError, AttributeError, TypeError, ValueError, RecursionError):
        raise NotTaken(f"{METADATA} is not the list that Gradescope makes: export the submissions again") from None


def _submitted(about: dict[str, Any]) -> Submitted:
    given = about.get(":submitters")
    people = tuple(_people(given)) if isinstance(given, list) else ()
    return Submitted(people, _time(about.get(":created_at")))


def _people(given: list[Any]) -> Iterator[Person]:
    for one in given:
        if isinstance(one, dict):
            said = {name: str(one.get(f":{name}") or "").strip() for name in ("name", "sid", "email")}
            yield Person(said["name"], said["sid"], said["email"], said["sid"])


def _time(given: object) -> datetime | None:
    if isinstance(given, datetime):
        return given.astimezone(UTC).replace(tzinfo=None) if given.tzinfo else given
    try:
        return read_time(str(given))
    except ValueError:
        return None
