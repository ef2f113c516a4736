"""Markdown to harmless HTML, with formulas as MathML and pictures within the page."""

from __future__ import annotations

import base64
import mimetypes
from functools import lru_cache, partial
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

from grader.marking.feedback.pages.formulas import mathml
from grader.marking.feedback.pages.html import harmless
from grader.marking.feedback.pages.plainly import shown
from grader.marking.sandbox.limits import MIB

LARGEST_PICTURE = 4 * MIB
"""Bytes of a picture's file that is put into the page."""


class Renderer(IPythonRenderer):
    """nbconvert's renderer: formulas become MathML, headings get no anchors, pictures are embedded or left out."""

    def __init__(self, folder: str = "", attachments: dict[str, Any] | None = None) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, attachments=attachments or {})
        self.folder = folder

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display=True)

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre><code>{escape(code)}</code></pre>"

    def _embed_image_or_attachment(self, src: str) -> str:
        if not src.startswith("attachment:"):
            return picture(self.folder, src)
        try:
            return super()._embed_image_or_attachment(src)
        except (InvalidNotebook, StopIteration):
            return ""


def picture(folder: str, source: str) -> str:
    """The data URI of a picture's file beside the notebook; any other source stays as it is."""
    if not folder or source.startswith("data:"):
        return source
    try:
        place = Path(folder).resolve()
        file = (place / source).resolve()
        kind = mimetypes.guess_type(file.name)[0] or ""
        inside = file.is_relative_to(place) and file.is_file() and file.stat().st_size <= LARGEST_PICTURE
    except (OSError, ValueError):
        return source
    if not inside or not kind.startswith("image/"):
        return source
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode('ascii')}"


@pass_context
def safe_markdown(context: Context, source: str) -> str:
    """Replaces nbconvert's filter ``markdown2html``."""
    return shown(context, source, partial(_rendered, context))


def _rendered(context: Context, source: str) -> str:
    cell, resources = context.get("cell") or {}, context.get("resources") or {}
    attachments, folder = cell.get("attachments"), resources.get("metadata", {}).get("path", "")
    if attachments or "![" in source:
        return render(source, folder, attachments)
    return _render_text(source)


def render(source: str, folder: str = "", attachments: dict[str, Any] | None = None) -> str:
    """Markdown as harmless HTML; what the parser fails on is shown as it was written."""
    try:
        return harmless(MarkdownWithMath(renderer=Renderer(folder, attachments)).render(source))
    except Exception:  # whatever it is, one cell must not cost the page
        return f"<pre>{escape(source)}</pre>"


_render_text = lru_cache(maxsize=2048)(render)  # a lesson's own text is the same in every submission
