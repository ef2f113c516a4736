"""The exporter of feedback pages, and the highlighting of code, which both kinds of page use."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import DataTypeFilter
from nbconvert.filters.highlight import Highlight2HTML
from nbformat import NotebookNode


class PageExporter(HTMLExporter):
    """HTMLExporter without its last step, which parses the finished page again and takes half of the time.

    That step only gives pictures an alternative text, and JupyterLab's cells a place in the tab order.
    """

    def from_notebook_node(  # type: ignore[override]  # it gives text, not a notebook
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        self.register_filter("filter_data_type", DataTypeFilter(parent=self))  # type: ignore[no-untyped-call]
        return TemplateExporter.from_notebook_node(self, nb, self._init_resources(resources), **kw)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=2048)
def _highlighted(source: str) -> str:
    html: str = Highlight2HTML("ipython3")(source)
    return html


def highlight_code(source: str, language: str | None = None, metadata: dict[str, Any] | None = None) -> str:
    """Replaces nbconvert's filter of that name: Python only, and cached, as a class shares most sources."""
    return _highlighted(source)
