"""Does a page end, whatever a cell holds, and is the cell then shown as plain text, and nothing but that cell?"""

from __future__ import annotations

import json
from functools import cache

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.server_extensions.formgrader import formgrader

from grader.checks.errors import GraderError
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.feedback.pages import exporter as exporting
from grader.marking.feedback.pages import page_process
from grader.marking.feedback.pages.exporter import LimitedExporter
from grader.marking.feedback.pages.plainly import NOTE, SHOWN_PLAINLY
from grader.marking.sandbox.limits import MIB
from tests.grader.marking.feedback.pages.conftest import LESSON, given, our_config, our_exporter

BEFORE = new_markdown_cell("Before: **bold**, $x_1$")
AFTER = new_code_cell("after = 1", outputs=[new_output("stream", text="\x1b[31mred\x1b[0m")])


def showing(data=None, **what):
    """A code cell with one output."""
    output = new_output("display_data", data) if data else new_output("stream", **what)
    return new_code_cell("mine = 1", outputs=[output])


ENDLESS = {
    "a blank line, often": new_code_cell("x = 1" + "\n" * 100_000 + "y"),
    "attributes of attributes": new_code_cell("x" + ".a" * 100_000),
    "nested elements": showing({"text/html": "<div>" * 300_000}),
    "nested elements in markdown": new_markdown_cell("<div>" * 300_000),
    "colours": showing(text="\x1b[31m.\x1b[0m" * 750_000),
    "environments": new_markdown_cell("\\begin{a}" * 60_000),
    "formulas that begin": new_markdown_cell("\\\\(" * 100_000),
    "quotations of quotations": new_markdown_cell(">" * 20_000),
    "emphasis": new_markdown_cell("*a **a " * 30_000),
    "brackets opened and closed wrongly": new_markdown_cell("$" + "[(" * 40 + ")" * 60 + "f(" * 45 + "$"),
    "formula as an output": showing({"text/latex": "$" + ")" * 60 + "f(" * 45 + "$"}),
    "links": new_markdown_cell("[" * 50_000),
    "many tags": showing({"text/html": "<b>x</b>" * 400_000}),
}


ALSO_IN_FORMGRADER = ("nested elements", "many tags", "a blank line, often")


@pytest.fixture(scope="module", autouse=True)
def shorter():
    """Less time for a cell, so that the tests take less."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_process, "CELL_SECONDS", 0.7)
        yield


@pytest.fixture(scope="module")
def made(course):
    """made("feedback", cells): the page by the exporter that all roads use, and the numbers of its plain cells."""
    exporter = cache(lambda kind: our_exporter(course, kind))

    def page(kind, *cells, fresh=False):
        exporter.cache_clear() if fresh else None
        path = course.autograded / "bob" / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**new_notebook(), "cells": cells}))
        html, resources = exporter(kind).from_filename(str(path), given(kind))
        return html, resources[SHOWN_PLAINLY]

    return page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "what"), [*(("feedback", what) for what in ENDLESS), *(("formgrade", what) for what in ALSO_IN_FORMGRADER)]
)
def test_what_computes_without_end_is_shown_as_text_and_the_rest_as_ever(made, what, kind):
    html, plain = made(kind, BEFORE, ENDLESS[what], AFTER)
    assert plain in ([1], [])  # a cell that a faster library can show is as good
    assert (NOTE in html) == bool(plain)
    assert "<strong>bold</strong>" in html
    assert "<math" in html
    assert '<span class="ansi-red-fg">red</span>' in html


@pytest.mark.parametrize(
    ("kind", "what"), [("feedback", "nested elements"), ("feedback", "a blank line, often"), ("formgrade", "links")]
)
def test_the_measured_ones_are_shown_as_text(made, kind, what):
    assert made(kind, BEFORE, ENDLESS[what], AFTER)[1] == [1]


@pytest.mark.parametrize("attachments", [{"x.png": {}}, {"x.png": {"image/png": [1]}}, {"x.png": {"image/png": 7}}])
def test_attachments_of_any_kind_cost_nothing_but_their_cell(made, attachments):
    odd = new_markdown_cell("![x](attachment:x.png) mine") | {"attachments": attachments}
    html, plain = made("feedback", BEFORE, nbformat.from_dict(odd), AFTER)
    assert plain in ([1], [])
    assert "<strong>bold</strong>" in html
    assert "mine" in html


def test_what_fails_at_a_cell_is_shown_as_text_and_the_page_is_made(made, monkeypatch):
    """Whatever the libraries raise: that cell costs no page."""

    def breaks(source):
        raise KeyError(source)

    monkeypatch.setattr(exporting, "_highlighted", breaks)
    assert made("feedback", BEFORE, new_code_cell("mine"), fresh=True)[1] == [1]


def test_where_many_cells_take_too_long_the_lessons_own_text_is_shown_as_ever(made):
    own = nbformat.read(LESSON_FOLDER / LESSON / f"{LESSON}.ipynb", as_version=4).cells[0]
    many = [new_code_cell("x = 1" + "\n" * 100_000 + str(number)) for number in range(10)]
    html, plain = made("formgrade", own, *many, AFTER)
    assert plain == [*range(1, 12)]
    assert "<h1>" in html


def test_memory_has_a_limit(made, monkeypatch):
    """What takes all of it ends with its own page; the next one is made."""
    monkeypatch.setattr(page_process, "MEMORY", 16 * MIB)
    process = page_process.PageProcess(lambda number: {"made": len(bytes(number))})
    with pytest.raises(GraderError, match="MiB"):
        process.call(10**9)
    assert process.call(10) == {"made": 10}
    process.close()


def test_formgrader_uses_that_exporter(course):
    """nbgrader has no option for it: it is put in its place when Formgrader reads its configuration."""
    our_config(course, "formgrade")
    assert formgrader.HTMLExporter is LimitedExporter
