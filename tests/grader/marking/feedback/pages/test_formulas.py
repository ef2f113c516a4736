"""Are formulas shown, those of the lessons all, and those of nobody else's kindness without harm?"""

from __future__ import annotations

import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.feedback.pages.formulas import LONGEST, mathml
from grader.marking.feedback.pages.html import harmless
from grader.marking.feedback.pages.markdown import render

NOTEBOOKS = sorted(LESSON_FOLDER.glob("*/*.ipynb"))
PARTS = [
    "{",
    "}",
    "\\frac",
    "\\sqrt",
    "^",
    "_",
    "&",
    "\\\\",
    "\\text{",
    "\\left(",
    "\\begin{matrix}",
    "x",
    '"',
    "<",
    "'",
    "\\",
]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_formula_of_a_lesson_becomes_mathml(path):
    """A formula that cannot be read would stand in the feedback as it is written."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert "<code>$" not in render(cell.source), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_sanitiser_leaves_formulas_as_they_are(path):
    text = "\n".join(c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown")
    for formula in re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", text):
        assert parts(harmless(mathml(formula))) == parts(mathml(formula))


@pytest.mark.parametrize("opens", ["f(", "[", "\\{", "\\langle ", "\\lfloor ", "⟨", ") f(g("])
def test_a_formula_that_leaves_many_brackets_open_is_shown_as_it_was_written(opens):
    """Each doubles the time that the converter takes: 45 of them would take years. Few do no harm."""
    assert mathml(opens * 45 + "x").startswith("<code>")
    assert mathml(opens * 5 + "x").startswith("<math")


@pytest.mark.parametrize(
    "latex", ["f(" * 40 + "x" + ")" * 40, "[0, 1)" * 30, "(x) + " * 50 + "x", "\\left(x\\right) " * 30]
)
def test_brackets_that_are_closed_do_no_harm(latex):
    assert mathml(latex).startswith("<math")


def parts(html: str) -> list:
    soup = BeautifulSoup(html, "html.parser")
    return [(tag.name, tag.attrs) for tag in soup.find_all(True)] + [soup.get_text()]


@given(st.lists(st.sampled_from(PARTS), max_size=60).map("".join))
def test_any_formula_is_one_harmless_element(latex):
    found = mathml(latex)
    assert found.startswith(("<math>", "<code>"))
    assert "<x" not in found.replace("<x&", "")


@pytest.mark.parametrize("part", ["{", "\\sqrt ", "x^", "\\left(", "\\begin{matrix}", "{x_", "\\hat "])
def test_deep_nesting_ends_well(part):
    """What is too long to be read safely is shown as it is written."""
    assert mathml(part * (LONGEST // len(part)))
    assert mathml(part * LONGEST).startswith("<code>$")
