"""Notes on what a cell lacks come from the student's side: what can be done with forged ones?"""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, ZERO, hands_in

pytestmark = pytest.mark.hostile

FORGED = """
from IPython.display import display

note = {"line": 1, "source": "`</div><script>alert(1)</script>", "error": "Error: " + "x" * 100_000, "missing": {}}
note["missing"] = {name: [1, "<b>"] for name in ("step", "sequence", "check")}
for each in (note, note, 3, None, [], {"missing": {str(n): n for n in range(10_000)}}):
    display({"application/vnd.rnn-workbook.note+json": each, "text/plain": ""}, raw=True)
"""
ALL_KNOWING = """
import ast, builtins, re, IPython

def full(*given, **named):
    return None

ast.parse = ast.walk = re.match = full
exec_before = builtins.exec
builtins.exec = builtins.compile = full
get_ipython().transform_cell = full
raise ImportError("none")
"""


@hands_in(first=(FORGED,), before={"srn.step": FORGED})
def test_forged_notes_earn_nothing(mark):
    assert mark.points == ZERO
    assert mark.status == "marked"


@hands_in(solved=None, first=(FORGED,), last=(FORGED,))
def test_forged_notes_cost_nothing(mark):
    assert mark.points == FULL
    pages = [page.read_text("utf-8") for page in mark.path("feedback").glob("*.html")]
    assert pages
    assert "<script>" not in "".join(pages)


@hands_in(first=(ALL_KNOWING,))
def test_to_break_what_makes_definitions_earns_nothing(mark):
    assert mark.points == ZERO


@hands_in(solved=None, last=(ALL_KNOWING,))
def test_to_break_it_in_the_end_costs_nothing(mark):
    assert mark.points == FULL
