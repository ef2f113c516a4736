"""Is a feedback page short, the same every time, and readable for everybody?"""

from __future__ import annotations

import re
from itertools import pairwise

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.feedback.pages import TEMPLATES
from grader.marking.feedback.pages.html import BY_THE_CELL, flat_headings, harmless
from grader.marking.feedback.pages.marks import Mark, Marks, Said, Sum
from tests.grader.marking.feedback.pages.conftest import KINDS, LESSON
from tests.hostile.active_content import PIXEL

MARKS = Marks(
    {
        "srn-step": Mark(2.5, 3, says="`U` is transposed."),
        "srn-sequence": Mark(4, 4),
        "srn-written": Mark(0, 4, waits=True),
        "srn-f1_score": Mark(0, 3),
    },
    {"srn-step-answer": Said("# Good\n\nbut <script>alert(1)</script> $x$", by_person=True)},
    Sum(6.5, 28, 4),
    student="<b>Ada</b>",
)


@pytest.fixture(scope="module")
def lesson_page(page_of):
    """The page of the lesson's own notebook, with a student's headings and pictures in it."""
    cells = nbformat.read(LESSON_FOLDER / LESSON / f"{LESSON}.ipynb", as_version=4).cells
    cells[17:17] = [
        new_markdown_cell('# big\n\n###### small\n\n![](x.png) <img src="data:image/png;base64,AAAA" alt="">'),
        new_code_cell("plot", outputs=[new_output("display_data", data={"image/png": PIXEL})]),
    ]
    return page_of("feedback", cells, marks=MARKS)


@pytest.fixture(scope="module")
def soup(lesson_page):
    return BeautifulSoup(lesson_page, "html.parser")


def test_the_same_marks_give_the_same_page_byte_for_byte(page_of, lesson_page):
    cells = [new_code_cell("x = {1, 2}"), new_markdown_cell("$x$")]
    assert page_of("feedback", cells) == page_of("feedback", cells)
    assert "nonce" not in lesson_page


def test_it_opens_with_a_line_for_each_exercise(soup):
    lines = [" ".join(line.get_text(" ").split()) for line in soup.select(".lines li")]
    assert lines == [
        "◐ in part Exercise 1.1 · One step 2.5 of 3 points U is transposed. Comment",
        "✓ right Exercise 1.2 · A whole sequence 4 of 4 points",
        "✗ no points Exercise 1.8 · Precision, recall, F1 0 of 3 points",
        "… waits A written question 4 points wait Waits for a person.",
    ]
    assert soup.find(class_="sums").get_text() == "6.5 of 28 points · 4 points wait for a person"
    assert soup.find(class_="who").get_text() == "<b>Ada</b> (alice)"


def test_links_lead_down_and_up(soup):
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    links = [link["href"] for link in soup.find_all("a", href=re.compile("^#"))]
    assert {link[1:] for link in links} <= set(ids)
    for line in soup.select(".lines li"):
        exercise = soup.find(id=line.a["href"][1:])
        assert exercise.h3.get_text() == line.a.get_text()
        assert exercise.find("a", class_="up")["href"] == "#summary"


def test_cells_are_labelled_in_plain_words(soup):
    labels = [" ".join(label.get_text().split()) for label in soup.find(id="srn-step").find_all(class_="label")]
    assert labels == ["Your answer", "Your instructor's comment", "Check of Exercise 1.1: 2.5 of 3 points"]
    assert soup.find(id="srn-written").find(class_="label").get_text() == "Your answer: waits for a person"
    assert "Score" not in soup.get_text()


def test_the_lessons_own_text_is_left_out(soup, lesson_page):
    assert len(soup.find_all("article")) == len(MARKS.marks)
    assert "Why order matters" not in lesson_page
    assert soup.find("details", class_="asked").find("summary").get_text() == "What was asked"
    assert len(lesson_page) < 150_000


def test_language_title_and_landmarks(soup):
    assert soup.html["lang"] == "en"
    assert soup.title.get_text() == "01 · SRN: the simple recurrent network · <b>Ada</b> (alice) · Feedback"
    assert [len(soup.find_all(tag)) for tag in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    for region in soup.find_all(attrs={"aria-labelledby": True}):
        assert soup.find(id=region["aria-labelledby"]).get_text()


def test_in_formgrader_graded_cells_bear_the_exercises_name(page_of):
    """Once, in the heading, whatever a student writes."""
    forged = '<span class="nbgrader-label">mine</span>'
    about = {"grade_id": "srn-written", "grade": True, "solution": True, "points": 4, "schema_version": 3}
    cells = [
        new_markdown_cell(forged, metadata={"nbgrader": about | {"locked": False, "task": False}}),
        new_markdown_cell(forged),
    ]
    page = BeautifulSoup(page_of("formgrade", cells), "html.parser")
    assert page.html["lang"] == "en"
    assert [label.get_text() for label in page.find_all(class_="nbgrader-label")] == [
        "A written question · Student's answer"
    ]
    assert page.get_text().count("A written question") == 1


def test_headings_are_in_order(soup):
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))
    names = {text: soup.find(string=text).parent.name for text in ("big", "small", "Good")}
    assert names == {"big": "h3", "small": "h3", "Good": "h4"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_picture_has_an_alternative_text(page_of, kind):
    drawn, words = {"image/png": PIXEL}, {"image/png": {"alt": 'My "own" <words>'}}
    html = {"text/html": f'<img src="data:image/png;base64,{PIXEL}">'}
    cells = [
        new_markdown_cell('![](x.png) ![a tree](x.png) <img alt="" src="data:image/png;base64,AAAA"><img>'),
        new_code_cell("plot", outputs=[new_output("display_data", drawn)]),
        new_code_cell("plot", outputs=[new_output("display_data", drawn, metadata=words)]),
        new_code_cell("html", outputs=[new_output("display_data", html)]),
    ]
    page = page_of(kind, cells)
    alts = [image.get("alt") for image in BeautifulSoup(page, "html.parser").find(id="notebook").find_all("img")]
    assert sorted(set(alts)) == sorted({BY_THE_CELL, "a tree", 'My "own" <words>'})
    assert "No description has been provided" not in page


@pytest.mark.parametrize("put", ["<img>", "<h1>", '<img src="x">', "<h1><img src=x onerror=alert(1)>"])
def test_what_stands_in_an_attribute_stays_there(put):
    """What is put into pictures and headings must not end the value of an attribute that looks like one."""
    html = f"<abbr title='{put}'>x</abbr>"
    found = BeautifulSoup(flat_headings(harmless(html), 4), "html.parser")
    assert [tag.name for tag in found.find_all(True)] == ["abbr"]
    assert set(found.abbr.attrs) == {"title"}


def test_text_has_a_contrast_of_four_and_a_half():
    """All colours of text in the style sheet, on the darkest ground on which they may stand."""
    style = (TEMPLATES / "feedback" / "feedback.css").read_text()
    grounds = [luminance(colour) for colour in re.findall(r"background: (#[0-9a-f]{3,6})", style)]
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))
    used = re.findall(r"(?<![-\w])color: (#[0-9a-f]{3,6}|var\(--\w+\))", style)
    colours = {named.get(colour[6:-1], colour) for colour in used}
    assert len(grounds) >= 3
    assert len(colours) > 10
    for colour in colours:
        assert (min(grounds) + 0.05) / (luminance(colour) + 0.05) >= 4.5, colour


def luminance(colour):
    """WCAG's relative luminance of "#rrggbb"."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_no_response_is_left_out_where_the_report_says_more(page_of):
    cells = nbformat.read(LESSON_FOLDER / LESSON / f"{LESSON}.ipynb", as_version=4).cells
    said = {"srn-step-answer": Said("No response."), "srn-written": Said("No response.")}
    page = page_of("feedback", cells, marks=Marks({"srn-step": Mark(0, 3, says="Not written.")}, said))
    page = BeautifulSoup(page, "html.parser")
    assert [note["id"] for note in page.find_all(role="note")] == ["srn-written-comment"]
