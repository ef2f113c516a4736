"""Does each row of lessons/COVERAGE.md lead to a section that there is, and is each equation of the chapter found?"""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import unquote

import nbformat
import pytest

from grader.marking.course.paths import LESSON_FOLDER

PAGE = (LESSON_FOLDER / "COVERAGE.md").read_text(encoding="utf-8")
TOPICS, _, EQUATIONS = PAGE.partition("## The equations of the textbook chapter")
LINK = r"\[(?P<title>[^\]]+)\]\((?P<path>[^)#]+\.ipynb)(?:#(?P<section>[^)]+))?\)"


def rows(text):
    return [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]


@cache
def text_of(path):
    nb = nbformat.read(LESSON_FOLDER / path, as_version=4)
    return "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")


def anchors(path):
    """The fragments that JupyterLab gives a notebook's headings."""
    return {heading.strip().replace(" ", "-") for heading in re.findall(r"^#{1,4} (.+)$", text_of(path), re.MULTILINE)}


TABLE = [row for row in rows(TOPICS) if not row.startswith("| topic |")]


@pytest.mark.parametrize("row", TABLE, ids=[row.split("|")[1].strip()[:40] for row in TABLE])
def test_a_topic_leads_to_a_section_that_there_is(row):
    (link,) = re.finditer(LINK, row)
    section = unquote(link["section"])
    assert section in anchors(link["path"])
    assert link["title"].replace(" ", "-") in section


def test_every_notebook_is_led_to_and_no_topic_stands_twice():
    topics = [row.split("|")[1].strip() for row in TABLE]
    assert len(topics) >= 110
    led_to = {link["path"] for link in re.finditer(LINK, TOPICS)}
    assert led_to == {path.relative_to(LESSON_FOLDER).as_posix() for path in LESSON_FOLDER.glob("*/*.ipynb")}


def test_every_equation_of_the_chapter_has_its_row_and_ours_stands_where_it_is_said_to():
    found = [row.split("|")[1:4] for row in rows(EQUATIONS) if row.startswith("| 8-")]
    assert [number.strip() for number, _, _ in found] == [f"8-{n}" for n in range(1, 43)]
    for _, here, _ in found:
        if here.strip() != "–":
            (link,) = re.finditer(LINK, here)
            number = re.search(r"\(\d\.\d+\)", here)[0]
            assert f"\\qquad{number}" in text_of(link["path"]), here
