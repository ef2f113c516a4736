"""Does the picture of where guesses came from follow the mouse and the arrow keys, alone, in light and in dark?"""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from solutions.toolbox.pictures.connectivity import explored

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
BLOCKED = "Blocked script execution"
"""What Chromium says when Playwright itself, to point at something, tries a script in the frame."""
LETTERS = "inthedays"
ROWS = [[1.0 / (t - s) for s in range(t)] for t in range(1, len(LETTERS))]
NORMS = {name: {"before": ROWS, "after": ROWS} for name in ("SRN", "GRU", "LSTM")}
FOUND = {"letters": LETTERS, "starts": [0, 2, 5], "norms": NORMS}


@pytest.fixture(params=["light", "dark"])
def page(request, browser):
    """A page with the picture, and whatever it complains of."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 900, "height": 700})
    page, complaints = context.new_page(), []
    page.on("console", lambda said: None if BLOCKED in said.text else complaints.append(said.text))
    page.on("request", lambda asked: complaints.append(asked.url))
    page.set_content(f"<!doctype html><html lang='en'><title>t</title><main><h1>t</h1>{explored(FOUND).data}</main>")
    yield page
    assert complaints == []
    context.close()


@pytest.fixture
def frame(page):
    return page.frame_locator("iframe")


def shown(frame):
    """The numbers of the letters whose bars are seen."""
    bars = frame.locator(".bars")
    seen = bars.evaluate_all("all => all.map(one => getComputedStyle(one).visibility === 'visible')")
    return [t + 1 for t, visible in enumerate(seen) if visible]


def test_it_begins_with_the_last_letter_and_shows_the_one_pointed_at(page, frame):
    assert shown(frame) == [8]
    frame.locator(".place").nth(3).hover()
    assert shown(frame) == [4]
    frame.locator(".place").nth(5).hover()
    assert shown(frame) == [6]


def test_the_arrow_keys_step_from_letter_to_letter_although_the_mouse_rests_on_it(page, frame):
    frame.locator(".place").nth(3).hover()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(frame.get_by_role("radio", name="Letter 7, a of “days”")).to_be_checked()
    assert shown(frame) == [6]


def test_it_has_a_white_ground_and_its_whole_height(page, frame):
    assert frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == "rgb(255, 255, 255)"
    assert frame.locator("html").evaluate("html => html.scrollHeight <= html.clientHeight + 1")
    expect(page.get_by_text("The picture to explore is shown")).to_be_hidden()


def test_axe_finds_nothing_serious(page):
    page.evaluate(AXE.read_text("utf-8"))
    violations = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)")
    assert [each["id"] for each in violations if each["impact"] in ("serious", "critical")] == []
