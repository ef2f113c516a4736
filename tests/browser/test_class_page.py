"""Is the page of a class whole without a network and a script, in the light, in the dark, on a phone and on paper?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.checks.task import all_tasks
from grader.marking.course.course import Course
from grader.marking.feedback.class_mistakes import class_mistakes
from grader.marking.feedback.class_page import class_page
from grader.marking.feedback.class_report import ClassReport, Loss, Row

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST = {"srn-step": 3.0, "srn-sequence": 4.0, "srn-written": 4.0}
LONG = "X" * 200


@pytest.fixture
def address(tmp_path):
    """A page of 30 students, one with a name that does not end."""
    rows = []
    for number in range(30):
        points = {"srn-step": number % 4.0, "srn-sequence": number % 5.0, "srn-written": None}
        loss = {"srn.step": Loss(f"mistake-{number}", says=f"{LONG if number == 3 else 'Something'} is wrong.")}
        name = LONG if number == 7 else f"Pupil {number}"
        rows.append(Row(f"s{number}", points, sum(p for p in points.values() if p), loss, name=name, status="waits"))
    report = ClassReport("01-srn", MOST, tuple(rows), class_mistakes(rows), notebooks=dict.fromkeys(MOST, "01-srn"))
    path = tmp_path / "class.html"
    path.write_text(class_page(Course(tmp_path), report, datetime(2026, 5, 6, tzinfo=UTC)), encoding="utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1240])
def test_the_page_fits_and_loads_and_complains_of_nothing(browser, address, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=True)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert (said, asked) == ([], [address])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 31)"}[scheme]
    assert page.locator("svg.histogram rect.bar").first.evaluate("bar => getComputedStyle(bar).fill") != ground
    page.close()


@pytest.mark.parametrize(("media", "width"), [("screen", 1100), ("print", 718)])
def test_no_column_is_cut_in_a_window_of_middle_size_or_on_upright_paper(browser, tmp_path, media, width):
    names = [task.grade_id for task in all_tasks().values() if task.lesson == "01-srn"] + ["srn-written"]
    rows = [
        Row(f"s{n}", dict.fromkeys(names, 2.5), 22.5, {}, name="Hans Peter Zimmermann", late=2.5, late_seconds=82_000.0,
            status="waits", handed_in=datetime(2026, 5, 6, tzinfo=UTC), attempts=3, feedback="outdated")
        for n in range(3)
    ]  # fmt: skip
    report = ClassReport("01-srn", dict.fromkeys(names, 4.0), tuple(rows), (), notebooks=dict.fromkeys(names, "01-srn"))
    path = tmp_path / "class.html"
    path.write_text(class_page(Course(tmp_path), report), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.emulate_media(media=media)
    page.goto(path.as_uri())
    too_wide = "those => those.map(each => each.scrollWidth - each.parentElement.clientWidth)"
    assert max(page.locator(".wide > table").evaluate_all(too_wide)) <= 0
    page.close()


def test_what_is_folded_is_reached_by_the_keyboard_and_stands_on_paper(browser, address):
    page = browser.new_page(color_scheme="dark")
    page.goto(address)
    hidden = page.get_by_text("mistake-9", exact=False).last
    assert not hidden.is_visible()
    page.get_by_text("10 more").focus()
    page.keyboard.press("Enter")
    assert hidden.is_visible()
    page.keyboard.press("Enter")
    page.emulate_media(media="print")
    assert hidden.is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.close()


def test_a_reader_that_does_not_see_gets_the_histogram_in_words(browser, address):
    page = browser.new_page()
    page.goto(address)
    picture = page.get_by_role("img", name="How many students have how many points")
    assert picture.count() == 1
    assert page.get_by_role("region", name="Students").get_by_role("row").count() == 31
    page.close()
