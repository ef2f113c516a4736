"""The exporters of both kinds of page: each page is computed in a process that can be ended."""

from __future__ import annotations

import os
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import DataTypeFilter, ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config

from grader.marking.feedback.pages import TEMPLATES
from grader.marking.feedback.pages.given_marks import GivenMarks
from grader.marking.feedback.pages.html import flat_headings
from grader.marking.feedback.pages.marks import read_marks
from grader.marking.feedback.pages.page_process import NO_CELL, PageEnded, PageProcess
from grader.marking.feedback.pages.plainly import ALL, SHOWN_PLAINLY, TO_SHOW_PLAINLY, shown
from grader.marking.steps.notebook_json import refuse_many_values
from grader.marking.steps.settle import settle

ENDINGS = 3
"""So often a cell may end the process that computes a page; then all that is the student's is shown as plain text."""


class LimitedExporter(HTMLExporter):
    """HTMLExporter, for Formgrader, that computes each page in a `PageProcess`.

    A cell that ends it is shown as plain text; ``resources["shown_plainly"]`` lists the numbers of such cells.
    """

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)  # type: ignore[no-untyped-call]
        self._process = PageProcess(self._page)
        self._known: dict[tuple[str, int, int], set[int]] = {}

    def from_filename(  # type: ignore[override]  # it gives text, not a notebook
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook's file.

        Raises:
            GraderError: it cannot be made within the limits.
        """
        facts = os.stat(filename)
        plain = self._known.setdefault((filename, facts.st_mtime_ns, facts.st_size), set())
        given = dict(resources or {})
        while True:
            try:
                page = self._process.call(filename, given | {TO_SHOW_PLAINLY: sorted(plain)})
                break
            except PageEnded as ended:
                if ALL in plain:
                    raise
                again = ended.cell in plain | {NO_CELL} or len(plain) == ENDINGS
                plain.add(ALL if again else ended.cell)
        given |= {"metadata": {"name": Path(filename).stem, "path": os.path.dirname(filename)}}
        given |= {SHOWN_PLAINLY: page[SHOWN_PLAINLY]}
        return page["html"], self._init_resources(given)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _page(self, filename: str, resources: dict[str, Any]) -> dict[str, Any]:
        """In the process: the page, and which cells it shows as plain text."""
        refuse_many_values(Path(filename).read_text(encoding="utf-8"))
        html, resources = super().from_filename(filename, resources=resources)
        return {"html": html, SHOWN_PLAINLY: sorted(resources.get(SHOWN_PLAINLY, ()))}


class PageExporter(LimitedExporter):
    """The exporter of feedback pages: without HTMLExporter's last step, which parses the finished page again.

    That step takes half of the time, and only gives pictures an alternative text, and JupyterLab's cells a place in the
    tab order. The marks are read before, if ``resources["marks"]`` does not hold them. The same notebook and marks give
    the same page, byte for byte.
    """

    def from_filename(  # type: ignore[override]
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        given = dict(resources or {})
        if "marks" not in given:
            given["marks"] = _marks(given["nbgrader"], self.config)
        return super().from_filename(filename, given, **kw)

    def from_notebook_node(  # type: ignore[override]  # it gives text, not a notebook
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        self.register_filter("filter_data_type", DataTypeFilter(parent=self))  # type: ignore[no-untyped-call]
        self.register_filter("flat_headings", flat_headings)  # type: ignore[no-untyped-call]
        given = (resources or {}) | {"style": _style(), "style_digest": _digest(_style())}
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(given), **kw)  # type: ignore[no-untyped-call]

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """`GivenMarks` in place of GetGrades: no gradebook is opened in a process that was forked; no other styles."""
        if preprocessor is CSSHTMLHeaderPreprocessor:
            return None
        step = GivenMarks if preprocessor is GetGrades else preprocessor
        return super().register_preprocessor(step, enabled)  # type: ignore[no-untyped-call]


@cache
def _style() -> str:
    """The page's style sheet."""
    return (TEMPLATES / "feedback" / "feedback.css").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """As a Content-Security-Policy names what it allows: by it no other style sheet gets into the page."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _marks(about: dict[str, str], config: Config) -> Any:
    with Gradebook(about["db_url"]) as gradebook:
        settle(gradebook, config)
        return read_marks(gradebook, config, about["assignment"], about["student"])[about["notebook"]]


@lru_cache(maxsize=2048)
def _highlighted(source: str) -> str:
    html: str = Highlight2HTML("ipython3")(source)
    return html


@pass_context
def highlight_code(
    context: Context, source: str, language: str | None = None, metadata: dict[str, Any] | None = None
) -> str:
    """Replaces nbconvert's filter of that name: Python only, and cached, as a class shares most sources."""
    return shown(context, source, _highlighted)


@pass_context
def safe_ansi(context: Context, text: str) -> str:
    """Replaces nbconvert's filter ``ansi2html``, which stands within a ``<pre>``."""
    return shown(context, text, ansi2html, output=True)
