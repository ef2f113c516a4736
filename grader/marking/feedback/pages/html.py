"""Untrusted HTML, made harmless by nh3: only what is on the lists below is kept."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

TEXT = {
    *("a", "abbr", "b", "blockquote", "br", "cite", "code", "dd", "del", "details", "dfn", "div", "dl", "dt", "em"),
    *("figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "ol", "p"),
    *("pre", "q", "s", "samp", "small", "span", "strong", "sub", "summary", "sup", "u", "ul", "var"),
}
TABLES = {"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"}
FORMULAS = {
    *("math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom"),
    *("mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd"),
    *("mtext", "mtr", "munder", "munderover"),
}
OF_FORMULAS = {
    *("accent", "accentunder", "columnalign", "columnspacing", "depth", "display", "displaystyle", "fence", "form"),
    *("height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "notation"),
    *("rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "details": {"open"},
    "img": {"alt", "src", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
CLASSES = {
    "div": {"highlight"},
    "span": {name for name in STANDARD_TYPES.values() if name},  # of highlighted code
    "table": {"dataframe"},
}
STYLES = {
    *("align-items", "background", "border", "border-collapse", "border-left", "border-radius", "border-top"),
    *("box-sizing", "color", "cursor", "display", "flex-wrap", "font-family", "font-size", "font-weight", "gap"),
    *("height", "line-height", "margin", "margin-bottom", "margin-left", "margin-top", "max-width", "min-width"),
    *("opacity", "overflow-wrap", "padding", "padding-left", "table-layout", "text-align", "vertical-align"),
    *("white-space", "width"),
}
"""Properties that a report uses; none of them can leave its place on the page."""
LINK = re.compile(r"(https?://|mailto:)[^\s\\]+", re.IGNORECASE)
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/\s]++={0,2}\s*+")
"""A picture within the page. SVG runs and loads nothing in an ``<img>``."""
LOADS = re.compile(r"url|image|\\|@|expression", re.IGNORECASE)
"""What could load something in a style, or hide that it does."""


BY_THE_CELL = "picture made by the student's cell"
"""The alternative text of a picture that has none."""
IMAGE = re.compile(r"<img((?: [a-z-]+=\"[^\"]*\")*)>")
"""An image as nh3 writes it: in the value of an attribute a quotation mark is never bare."""


def harmless(html: str) -> str:
    """A submission's HTML: text, tables, pictures within the page and links to other sites; no style, no names."""
    return _described(_SUBMISSION.clean(html))


def _described(clean: str) -> str:
    """Every picture gets an alternative text; those without a source, and without anything else, go."""
    return IMAGE.sub(_with_alt, clean) if "<img" in clean else clean


def _with_alt(image: re.Match[str]) -> str:
    if not image[1]:  # could also stand in the value of an attribute, where nothing with a quotation mark may be put
        return ""
    if re.search(r' alt="[^"]*[^"\s]', image[1]):
        return image[0]
    rest = image[1].replace(' alt=""', "")
    return f'<img alt="{BY_THE_CELL}"{rest}>'


def inline(html: str) -> str:
    """HTML that fits into a line: its words, emphasis, code and formulas."""
    return _LINE.clean(html).strip()


def flat_headings(html: str, level: int) -> str:
    """Harmless HTML with all headings on one level of a page; nothing is put in that has a quotation mark."""
    return HEADING.sub(rf"\1h{level}>", html)


HEADING = re.compile(r"(</?)h[1-6]>")
"""A heading as nh3 writes it, without attributes; `<h1>` in an attribute's value becomes `<h4>`, which does no harm."""


def harmless_report(html: str) -> str:
    """A sealed report's HTML: the same, and its styles."""
    return _REPORT.clean(html)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """An attribute's value, or None where it is not harmless."""
    if attribute == "href":
        return value if LINK.fullmatch(value.strip()) else None
    if attribute == "src":
        return value if PICTURE.fullmatch(value) else None
    if attribute == "style":
        return None if LOADS.search(value) else value
    return value


def _cleaner(
    tags: set[str],
    attributes: dict[str, set[str]],
    keep: Callable[[str, str, str], str | None],
    styles: set[str] | None = None,
) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        attribute_filter=keep,
        clean_content_tags={"script", "style", "template", "title", "iframe", "object", "svg", "noscript", "textarea"},
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=styles,
    )


_SUBMISSION = _cleaner(TEXT | TABLES | FORMULAS, ATTRIBUTES | dict.fromkeys(FORMULAS, OF_FORMULAS), _keep)
_REPORT = _cleaner(TEXT | TABLES, ATTRIBUTES | {"*": {"aria-label", "role", "style"}}, _keep, STYLES)
_LINE = _cleaner({"b", "code", "em", "i", "strong"} | FORMULAS, dict.fromkeys(FORMULAS, OF_FORMULAS), _keep)
