"""The pages' templates: Jinja2, with everything escaped and an error for every name that is misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from grader.checks.visible import visible
from grader.marking.course.contents import is_text

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")


def templates() -> Environment:
    """The environment of all pages."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"points": points, "visible": visible_text}
    made.globals |= {"address": address}
    return made


def points(value: float | None) -> str:
    """Points as a person writes them, to two places; a dash where there are none."""
    return "–" if value is None else f"{round(value, 2):g}"


def visible_text(text: object) -> str:
    """Text in which whatever steers a reader, such as characters that turn the writing round, is shown."""
    return visible(str(text))


def address(path: str, query: Mapping[str, object] | None = None, **more: object) -> str:
    """An address of the desk's own: what a student may have written stands in the query, encoded."""
    asked = {name: str(value) for name, value in {**(query or {}), **more}.items() if is_text(str(value))}
    return f"{path}?{urlencode(asked)}" if asked else path
