"""Is the page of a class complete, harmless whatever students wrote, and readable without colours and mouse?"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup

from grader.marking.feedback.class_mistakes import class_mistakes
from grader.marking.feedback.class_page import class_page
from grader.marking.feedback.class_report import ClassReport, Loss, Row
from grader.marking.feedback.class_words import lateness, points, sentence, share

NOW = datetime(2026, 5, 7, 8, 30, tzinfo=UTC)
EVIL = (
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "\u202egnp.exe\x1b[31m",
    "`<b>`",
    "javascript:alert(1)",
    "&#60;script&#62;",
)
MOST = {"srn-step": 3.0, "srn-sequence": 4.0, "srn-written": 4.0}


def report(rows, most=MOST, **more):
    rows = tuple(rows)
    notebooks = dict.fromkeys(most, "01-srn")
    return ClassReport("01-srn", most, rows, class_mistakes(rows), notebooks=notebooks, **more)


def soup(course, found):
    return BeautifulSoup(class_page(course, found, NOW), "html.parser")


@pytest.fixture
def page(course):
    step = Loss("swapped", says="`z` and 1 - z are swapped.")
    rows = [
        Row("ada", {"srn-step": 0.0, "srn-sequence": 4.0, "srn-written": None}, 4.0, {"srn.step": step}, name="Ada L.",
            follow_through=("srn-sequence",), status="waits", waiting=("srn-written",), attempts=2, feedback="made",
            handed_in=datetime(2026, 5, 6, 21, 58, tzinfo=UTC), late_seconds=90_000.0),
        Row("bob", {"srn-step": 3.0, "srn-sequence": 4.0, "srn-written": 2.333}, 8.333, {}, late=1.0),
        Row("cat", dict.fromkeys(MOST), 0.0, {}, status="nothing handed in"),
        Row("dan", dict.fromkeys(MOST), 0.0, {}, status="not marked", not_marked=("01-srn: the referee stopped",)),
    ]  # fmt: skip
    return soup(course, report(rows, due=datetime(2026, 5, 5, 20, 58, tzinfo=UTC)))


def cells(page, student):
    row = next(row for row in page.select("table.students tbody tr") if student in row.th.get_text())
    return [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]


def test_each_student_has_a_line(page):
    assert cells(page, "ada") == [
        *("Ada L. ada", "0", "4 →", "–", "4", "… waits", "2026-05-06 21:58", "1 d 1 h", "2", "made")
    ]
    assert cells(page, "bob")[1:6] == ["3", "4", "2.33", "8.33 (−1 late)", "✓ marked"]
    assert cells(page, "cat")[1:6] == ["–", "–", "–", "–", "nothing handed in"]


def test_mistakes_stand_in_their_sentences_with_those_who_made_them(page):
    [mistake] = page.select(".mistakes > li")
    assert "1 student" in mistake.get_text(" ", strip=True)
    assert "z and 1 - z are swapped." in mistake.get_text()
    assert mistake.code.get_text() == "z"
    assert "in srn.step · swapped" in mistake.get_text()
    assert "Ada L. ada" in mistake.get_text(" ", strip=True)


def test_what_could_not_be_marked_is_told_with_the_reason(page):
    assert "✗ not marked 01-srn: the referee stopped" in page.select_one("ul.odd").get_text(" ", strip=True)


def test_the_head_has_the_dates_and_why_there_is_no_discrimination(page):
    assert "4 students · due 2026-05-05 20:58 · as of 2026-05-07 08:30 (UTC)" in page.header.get_text(" ", strip=True)
    assert "No discrimination is told of any: fewer than 10" in page.get_text(" ", strip=True)


@pytest.mark.parametrize("evil", EVIL)
def test_whatever_students_wrote_is_text(course, evil):
    row = Row(
        evil, {"srn-step": 0.0}, 0.0, {"srn.step": Loss(evil, says=evil)}, library={evil: (evil,)}, notes=(evil,),
        old=(evil,), name=evil, status="not marked", not_marked=(evil + "!",),
    )  # fmt: skip
    page = soup(course, report([row], {"srn-step": 3.0}, not_listed=(evil,)))
    assert {tag.name for tag in page.find_all(True)} & {"script", "img", "iframe", "a", "link", "object", "b"} == set()
    for tag in page.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on") or name in ("src", "href", "style")], tag
    assert len(page.find_all("style")) == 1
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", str(page))
    assert page.get_text().count(evil.replace("\u202e", "\\u202e").replace("\x1b", "\\x1b").replace("`", "")) >= 5


def test_its_policy_allows_its_one_style_sheet_and_nothing_else(page):
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    digest = b64encode(sha256(page.style.string.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in page.style.string
    assert "@import" not in page.style.string


def test_tables_have_heads_pictures_have_words_and_headings_are_in_order(page):
    for table in page.find_all("table"):
        assert all(cell.get("scope") for cell in table.find_all("th"))
        assert table.thead
        assert all(row.find("th") for row in table.tbody.find_all("tr"))
    assert page.html["lang"] == "en"
    picture = page.select_one("svg.histogram")
    named = [picture.find(id=name) for name in picture["aria-labelledby"].split()]
    assert [one.name for one in named] == ["title", "desc"]
    assert "0 to 1.1 points: 0" in named[1].get_text()
    assert {name.name for name in page.find_all(re.compile("^h[1-6]$"))} == {"h1", "h2"}
    assert len({tag["id"] for tag in page.find_all(id=True)}) == len(page.find_all(id=True))


def test_of_a_lesson_with_several_notebooks_each_is_a_column_and_a_group_of_tasks(course):
    most = {"speech-dtw": 4.0, "tagging-spans": 4.0, "speech-written": 4.0}
    row = Row("ada", {"speech-dtw": 4.0, "tagging-spans": 1.5, "speech-written": 2.0}, 7.5, {})
    found = ClassReport("08-applications", most, (row,), (), notebooks={n: n.partition("-")[0] for n in most})
    page = soup(course, found)
    assert cells(page, "ada")[1:4] == ["6", "1.5", "7.5"]
    heads = [head.get_text() for head in page.select("th.group")]
    assert heads == ["speech", "tagging"]


def test_a_class_of_nobody_is_a_page_too(course):
    page = soup(course, report([]))
    assert "Nobody has marks yet." in page.get_text()
    assert "Nothing: all that was handed in is marked." in page.get_text()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (2.5, "2.5"),
        (0.0, "0"),
        (-0.001, "0"),
        (2.333, "2.33"),
        (100.0, "100"),
        (1234567.0, "1234567"),
        (-1.5, "−1.5"),
    ],
)
def test_points_are_written_to_two_places(value, text):
    assert points(value) == text


def test_a_share_has_two_places_and_a_lateness_two_units():
    assert (share(None), share(0.5), share(-0.126), share(-0.001)) == ("–", "0.50", "−0.13", "0.00")
    assert [lateness(seconds) for seconds in (0, 5, 3599, 3600, 90_000)] == [
        "",
        "1 min",
        "60 min",
        "1 h 0 min",
        "1 d 1 h",
    ]


def test_what_a_backquote_does_not_close_is_text():
    assert sentence("a `b` c") == "a <code>b</code> c"
    assert sentence("a `<b> c") == "a `&lt;b&gt; c"


def test_who_is_late_within_the_grace_is_counted_apart(course):
    rows = [Row(f"s{late}", {"srn-step": 3.0}, 3.0, {}, late_seconds=late) for late in (0, 60, 600, 601)]
    tiles = soup(course, report(rows, grace=600.0)).select_one(".tiles").get_text(" ", strip=True)
    assert "Late 3 2 within the grace" in tiles


@pytest.mark.parametrize(
    ("what", "says", "name"),
    [
        ("no answer: your code took long; is it a loop?", "No answer arrived: your code took long; is it a loop?", ""),
        ("not written", "Not written.", ""),
        ("swapped", "z and 1 - z are swapped.", "swapped"),
        ("no-bias", "", ""),
    ],
)
def test_a_mistake_is_not_told_twice(what, says, name):
    [mistake] = class_mistakes([Row("ada", {}, 0.0, {"srn.step": Loss(what, says=says)})])
    assert mistake.name == name
