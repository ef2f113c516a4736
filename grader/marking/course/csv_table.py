"""A table that a spreadsheet or an LMS wrote: its heads and its rows, whatever encoding and delimiter it chose."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.contents import MB, in_bytes, printable

LARGEST = 20 * MB
"""Bytes of a file that is taken for a table."""
DELIMITERS = ",;\t"
SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
"""The first line by which Excel is told the delimiter."""
FORMULA = "=+-@＝＋－＠"
"""Signs that make a cell a formula where it begins with one of them."""


@dataclass(frozen=True)
class Table:
    """What a file of comma-separated values holds.

    Attributes:
        name: what the file is called, to be said in messages.
        heads: the first line, as it is spelled.
        rows: each other line that is not empty, with the number by which an editor shows it.
        encoding: in which it was read.
        delimiter: what stands between its cells.
    """

    name: str
    heads: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str
    delimiter: str = ","

    def column(self, spellings: Iterable[str]) -> int | None:
        """The place of the first of these heads, by `plain_head`, that is there once; None where none is."""
        heads = [plain_head(head) for head in self.heads]
        return next((heads.index(one) for one in spellings if heads.count(one) == 1), None)


def plain_head(text: str) -> str:
    """A head without case, accents, spaces and signs: "E-Mail address" is "emailaddress", "Prénom" "prenom"."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in bare if sign.isalnum())


def read_table(path: Path, known: Iterable[str] = ()) -> Table:
    """Read a table: UTF-8, UTF-16 or Windows-1252; commas, semicolons or tabs; with a byte order mark or without.

    Args:
        path: the file.
        known: heads that are expected, by `plain_head`: the delimiter is the one that shows the most of them.

    Raises:
        GraderError: there is no such file, it is no such table, or nothing is in it.
    """
    name = printable(path.name)
    try:
        with path.open("rb") as reading:
            content = reading.read(LARGEST + 1)
    except OSError as failure:
        raise GraderError(f"{printable(str(path), 400)} cannot be read ({failure.strerror})") from None
    if len(content) > LARGEST:
        raise GraderError(f"{name} has more than {in_bytes(LARGEST)}: that is no list of a class")
    text, encoding = _decoded(content, name)
    if told := SEPARATOR.match(text):
        text = text[told.end() :]
    delimiter = told[1] if told else _delimiter(text, set(known))
    rows = list(_rows(text, delimiter, name, first=2 if told else 1))
    if not rows:
        raise GraderError(f"{name} is empty: its first line names the columns, such as id,name,email,lms_id")
    return Table(name, [cell.strip() for cell in rows[0][1]], rows[1:], encoding, delimiter)


def _decoded(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise GraderError(f"{name} is a workbook, and no CSV: in Excel choose Save As → CSV UTF-8")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = ["utf-16"]
    elif b"\0" in content[:200]:
        tries = ["utf-16-le" if content[1:2] == b"\0" else "utf-16-be"]
    else:
        tries = ["utf-8-sig", "cp1252", "mac_roman"]
    for encoding in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise GraderError(f"{name} is no text in UTF-8, UTF-16 or Windows-1252: save it as CSV UTF-8")


def _delimiter(text: str, known: set[str]) -> str:
    """The one by which the first line has the most known heads, and then the most cells."""
    line = next((line for line in text.splitlines() if line.strip()), "")

    def shown(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        return len({plain_head(cell) for cell in cells} & known), len(cells)

    return max(DELIMITERS, key=shown)


def _rows(text: str, delimiter: str, name: str, first: int) -> Iterable[tuple[int, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=False)
    line = first
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as why:
            raise GraderError(f"{name}, line {first + reader.line_num - 1}: {why}") from None
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = first + reader.line_num


def unguarded(cell: str) -> str:
    """A cell without the apostrophe that `guarded` puts before what would be a formula, and without odd spaces."""
    text = " ".join(unicodedata.normalize("NFC", cell).split())
    return text[1:] if text.startswith("'") and text[1:].startswith(tuple(FORMULA)) else text


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula, and that `unguarded` reads back."""
    return f"'{cell}" if cell.lstrip().startswith(tuple(FORMULA)) else cell
