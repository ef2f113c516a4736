"""Answers as HTML that does nothing: the feedback pages' Markdown, in a process that ends where one takes too much."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from grader.marking.desk.changed_words import Change, changed_words
from grader.marking.desk.written_answers import Part
from grader.marking.feedback.pages.markdown import render
from grader.marking.feedback.pages.page_process import PageEnded, PageProcess, at_cell
from grader.marking.feedback.pages.plainly import MOST_TAGS, as_plain

MOST_KEPT, LARGEST_KEPT = 4000, 200_000
"""Pieces of HTML that are kept in memory, and the characters that one of them may have."""
PICTURE = re.compile(r'<img([^>]*?) src="data:(image/(?:png|jpeg|gif|webp|svg\+xml));base64,([^"]+)"')
"""A picture within HTML that `harmless` has made: in the value of an attribute a quotation mark is never bare."""


class Rendering:
    """Makes HTML of what students wrote; what takes too much time or memory is shown as plain text, once found out."""

    def __init__(self) -> None:
        self._process = PageProcess(_work)
        self._known: OrderedDict[str, Any] = OrderedDict()

    def text(self, part: Part, folder: str = "") -> str:
        """A cell as HTML: text with its pictures, code as it was written.

        Args:
            part: the cell.
            folder: where the pictures lie that its Markdown shows.
        """
        if part.kind != "markdown":
            return f"<pre>{escape(part.source)}</pre>"
        html = self._made("text", part.source, folder, dict(part.attachments))
        if html is None or html.count("<") > MOST_TAGS:
            return f"<pre>{as_plain(part.source)}</pre>"
        return str(html)

    def changes(self, old: str, new: str) -> list[Change] | None:
        """What changed between two texts; None where to find out takes too much."""
        found = self._made("changes", old, new)
        return None if found is None else [Change(kind, text) for kind, text in found]

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _made(self, *given: object) -> Any:
        digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
        if digest in self._known:
            self._known.move_to_end(digest)
            return self._known[digest]
        try:
            made = self._process.call(*given)["made"]
        except PageEnded:
            made = None
        if not isinstance(made, str) or len(made) <= LARGEST_KEPT:
            self._known[digest] = made
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return made


def with_pictures_at(html: str, address: Callable[[int], str]) -> str:
    """The HTML with an address in place of each picture that it holds, so that a page of many stays small.

    Args:
        html: of `Rendering`.
        address: of the picture with that number.
    """
    count = iter(range(len(html)))
    return PICTURE.sub(lambda found: f'<img{found[1]} loading="lazy" src="{escape(address(next(count)))}"', html)


def pictures_in(html: str) -> list[tuple[str, bytes]]:
    """Kind and content of the pictures that `with_pictures_at` gives addresses."""
    return [(kind, base64.b64decode(content)) for _, kind, content in PICTURE.findall(html)]


def _work(kind: str, *given: Any) -> dict[str, Any]:
    """In the process: HTML, or what changed."""
    at_cell(0)
    return {"made": WORK[kind](*given)}


def _changes(old: str, new: str) -> list[tuple[str, str]]:
    return [(change.kind, change.text) for change in changed_words(old, new)]


WORK: Mapping[str, Callable[..., Any]] = {"text": render, "changes": _changes}
