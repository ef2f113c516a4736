"""Does a feedback page open with all its exercises on one screen, and can it be read narrow, and on paper?"""

from __future__ import annotations

from contextlib import closing

import nbformat
import pytest
from nbgrader.utils import is_grade

from grader.checks.task import tasks_by_grade_id
from grader.marking.answers.misconceptions import bank
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.feedback.pages.marks import Mark, Marks, Said, Sum
from tests.grader.marking.feedback.pages.conftest import our_exporter

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]

SCREEN = {"width": 1280, "height": 800}
CASES = [("05-lstm", "05-lstm"), ("07-bidirectional", "07-bidirectional"), ("08-applications", "speech")]
LATE = {"handed_in": "2 May 2026, 23:30 UTC", "due": "30 April 2026, 22:00 UTC", "late": "2 days, 1 hour"}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """address(lesson, notebook): the page of the lesson's own notebook, every exercise wrong, with long sentences."""
    course = Course(tmp_path_factory.mktemp("pages"))

    def made(lesson, notebook):
        nb = nbformat.read(LESSON_FOLDER / lesson / f"{notebook}.ipynb", as_version=4)
        path = course.autograded / "alice" / lesson / f"{notebook}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, path)
        several = {name: Sum(1.25, 18, 4) for name in notebooks_of(lesson)}
        comments = {"lstm-written": Said("Why? " * 60, by_person=True)}
        marks = Marks(dict(map(wrong, filter(is_grade, nb.cells))), comments, Sum(0, 28, 4), 1.5, several, **LATE)
        about = {"student": "alice", "assignment": lesson, "notebook": notebook}
        with closing(our_exporter(course, "feedback")) as exporter:  # its process would hold the browser's pipes
            html, _ = exporter.from_filename(str(path), {"nbgrader": about, "marks": marks})
        path.with_suffix(".html").write_text(html, encoding="utf-8")
        return path.with_suffix(".html").as_uri()

    return made


def wrong(cell):
    """Grade id → no points, with the longest sentence that a known mistake has."""
    name = cell.metadata.nbgrader.grade_id
    task = tasks_by_grade_id().get(name)
    says = max((entry.says for entry in bank(task)), key=len, default="") if task else ""
    return name, Mark(
        0.0, float(cell.metadata.nbgrader.points), waits=task is None and name != "lstm-written", says=says
    )


@pytest.mark.parametrize(("lesson", "notebook"), CASES)
def test_all_exercises_stand_on_one_screen(page, address, lesson, notebook):
    page.set_viewport_size(SCREEN)
    page.goto(address(lesson, notebook))
    box = page.locator("#summary").bounding_box()
    assert box["y"] + box["height"] <= SCREEN["height"]
    assert page.locator(".lines li").count() >= 5


@pytest.mark.parametrize(("lesson", "notebook"), CASES)
def test_nothing_is_wider_than_a_narrow_window(page, address, lesson, notebook):
    page.set_viewport_size({"width": 620, "height": 800})
    page.goto(address(lesson, notebook))
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 620
    cut = """[...document.querySelectorAll("*")].filter(each => each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).overflowX == "auto" && !each.hasAttribute("tabindex")).map(each => each.className)"""
    assert page.evaluate(cut) == []  # what must be scrolled, the keyboard reaches


def test_links_lead_down_and_back_up(page, address):
    page.set_viewport_size(SCREEN)
    page.goto(address("05-lstm", "05-lstm"))
    page.locator(".lines a.name").nth(5).click()
    heading = page.locator("#lstm-backward h3")
    assert 0 <= heading.bounding_box()["y"] < 100
    page.locator("#lstm-backward a.up").click()
    assert 0 <= page.locator("#summary").bounding_box()["y"] < 100


def test_on_paper_what_was_asked_is_open_and_nothing_is_cut(page, address):
    page.goto(address("05-lstm", "05-lstm"))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})  # A4 without its margins
    asked = page.locator("#lstm-gates .asked > .text")
    assert asked.bounding_box()["height"] > 100
    cut = """[...document.querySelectorAll("#notebook .text, #notebook pre")]
        .filter(each => each.checkVisibility({contentVisibilityAuto: true}) && each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).overflowX != "visible").length"""
    assert page.evaluate(cut) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 680


def test_it_asks_for_nothing_and_says_nothing(page, address):
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    place = address("08-applications", "speech")
    page.goto(place)
    assert [url for url in asked if not url.startswith("data:")] == [place]
    assert said == []
