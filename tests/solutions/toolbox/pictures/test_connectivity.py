"""Does the picture to explore hold the right bars and words, and nothing that a page forbids? Does its twin agree?"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from grader.marking.feedback.pages.html import harmless
from solutions.toolbox.pictures.connectivity import MISSING, TITLE, explored, maps
from solutions.toolbox.pictures.description import describe

ROWS = [[2.0], [1.0, 3.0], [0.0, 0.05, 0.95]]
EVEN = [[1.0], [1.0, 1.0], [1.0, 1.0, 1.0]]
FOUND = {
    "letters": "abcd",
    "starts": [0, 3],
    "norms": {name: {"before": EVEN, "after": ROWS} for name in ("SRN", "GRU", "LSTM")},
}
"""Two words, abc and d; the guess of d came from c after training, from all three letters before it."""


class Elements(HTMLParser):
    """All elements, as (name, attributes)."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


def page(found, *start):
    """What stands in the frame."""
    [frame] = Elements(explored(found, *start).data).all("iframe")
    return frame["srcdoc"]


@pytest.fixture
def text():
    return page(FOUND)


def test_there_is_a_button_for_each_letter_that_is_guessed(text):
    buttons = Elements(text).all("input")
    assert len(buttons) == 3
    assert len({button["name"] for button in buttons}) == 1
    assert ["checked" in button for button in buttons] == [False, False, True]


def test_another_letter_may_be_shown_first():
    assert ["checked" in button for button in Elements(page(FOUND, 1)).all("input")] == [True, False, False]


def test_a_button_says_in_words_what_its_bars_show(text):
    said = Elements(text).all("input")[1]["aria-label"]
    assert said.startswith(
        "Letter 3, c of “abc”. SRN: before training 95 % from the last 2, after it from the last 2, "
    )
    assert said.endswith("LSTM: before training 95 % from the last 2, after it from the last 2, most from b 75%, a 25%")
    assert "Letter 4, d of “d”" in text


def test_bars_stand_over_the_letters_that_a_guess_came_from_as_high_as_the_root_of_their_share(text):
    last = [path["d"] for path in Elements(text).all("path")][-2:]  # of the last letter, LSTM: before, after
    heights = [[int(h) for h in re.findall(r"v-(\d+)h", d)] for d in last]
    assert heights == [[15, 15, 15], [6, 25]]  # 26 √(1/3), 26 √0.05, 26 √0.95


def test_it_needs_no_script_and_nothing_from_elsewhere(text):
    elements = Elements(text)
    assert {tag for tag, _ in elements.found} <= {
        *("html", "meta", "title", "style", "fieldset", "svg"),
        *("text", "tspan", "label", "input", "path", "rect", "span"),
    }
    assert not [
        name for _, attributes in elements.found for name in attributes if name.startswith(("on", "src", "href"))
    ]
    assert not re.search(r"url\(|@import|https?:", text)


def test_the_frame_lets_nothing_run_and_has_a_name():
    [frame] = Elements(explored(FOUND).data).all("iframe")
    assert frame["sandbox"] is None  # the attribute stands there and allows nothing
    assert frame["title"] == TITLE


def test_where_frames_are_taken_away_a_sentence_says_where_it_is_shown():
    """As on a feedback page."""
    shown = explored(FOUND).data
    assert re.sub("<[^>]*>", "", harmless(shown)) == MISSING
    assert shown.startswith("<style>.came-from-missing {display:none}</style>")


def test_drawings_are_hidden_from_screen_readers_which_have_the_words(text):
    assert {svg.get("aria-hidden") for svg in Elements(text).all("svg")} == {"true"}


def test_two_such_pictures_of_a_notebook_do_not_share_their_buttons(text):
    other = page({**FOUND, "letters": "abce"})
    assert Elements(other).all("input")[0]["name"] != Elements(text).all("input")[0]["name"]


def test_the_twin_shows_the_same_shares():
    panels = maps(FOUND)
    assert [[ax.get_title() for ax in row] for row in panels][1] == [f"{n}, after training" for n in FOUND["norms"]]
    drawn = panels[1, 2].collections[0].get_array()
    np.testing.assert_allclose(drawn[2].compressed(), [0.25, 0.75])
    assert drawn[0].compressed().size == 0
    np.testing.assert_allclose(drawn[3].compressed(), [0.05, 0.95])  # no colour for a share of nothing


def test_the_twin_says_what_it_shows():
    said = describe(maps(FOUND)[0, 0].figure)
    assert said.startswith("Where each guess came from: a row for each letter guessed")
    assert "SRN, after training. Across: letter read, abc, d; up: letter guessed, abc, d. Map of 4 × 4 values" in said
