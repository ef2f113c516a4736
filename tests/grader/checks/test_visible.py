"""Is what would steer a terminal shown, and every other text left as it is?"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.visible import HARMLESS, STEERING, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]8;;http://evil\x07here", "\\x1b]8;;http://evil\\x07here"),
        ("\x9b2J", "\\x9b2J"),
        ("24 of 24\rx", "24 of 24\\rx"),
        ("a\u202eb", "a\\u202eb"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_what_steers_is_shown(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["", "Jürgen 李 O'Neill", "two\nlines\tand tabs", "می‌خواهم", "👩‍🔬", "[red]x[/]", "a\u3000b"]
)
def test_every_other_text_stays(text):
    assert visible(text) == text


@given(st.text(alphabet=st.characters()))
def test_nothing_that_steers_is_left(text):
    assert not any(unicodedata.category(c) in STEERING and c not in HARMLESS for c in visible(text))
