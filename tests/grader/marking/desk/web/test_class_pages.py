"""Do the pages show the class's figures, lead only to what there is, and escape what students wrote?"""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import nbformat
import pytest

from grader.checks.task import lessons
from grader.marking.desk.web.templating import address
from grader.marking.feedback.class_report import class_overview, class_report
from grader.marking.feedback.class_words import points, share
from grader.marking.feedback.task_figures import task_figures
from tests.grader.marking.feedback.filled_gradebook import add_lessons, fill

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, in making the marked class
HOSTILE = "<script>alert('x')</script>&\"'"


@pytest.fixture
def reader(serve, marked):
    """The instructor at the desk of a course in which alice and bob are marked, and a hostile name is not."""
    folder = marked.submission(HOSTILE.replace("/", ""), "01-srn")
    folder.mkdir(parents=True)
    nbformat.write(nbformat.read(marked.release / "01-srn" / "01-srn.ipynb", 4), folder / "01-srn.ipynb")
    visitor = serve(marked)
    visitor.come_in()
    return visitor


def text_of(page):
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", page)).split())


def test_a_course_of_which_nothing_is_there_says_what_to_do_next(visitor):
    visitor.desk.course.root.mkdir(exist_ok=True)
    (visitor.desk.course.root / "course.toml").write_text('[lessons.01]\ndue = "2026-12-11 23:59"\n', encoding="utf-8")
    page = text_of(visitor.ask("/").text)
    assert not visitor.desk.course.gradebook.exists(), "to look makes nothing"
    assert "Nothing is released yet" in page
    assert "press Release" in page
    assert "2026-12-11 23:59 not released" in page
    lesson = text_of(visitor.ask("/lesson/01-srn").text)
    assert "not released" in lesson
    assert "grader release 01-srn" in lesson


def test_a_lesson_that_nobody_handed_in_says_so(serve, released):
    visitor = serve(released)
    visitor.come_in()
    assert "Nobody has handed in yet" in visitor.ask("/lesson/01-srn").text


def test_every_lesson_that_is_taught_has_a_line_and_a_page(visitor):
    page = visitor.ask("/").text
    for lesson in lessons():
        assert f'href="/lesson/{lesson}"' in page
        assert visitor.ask(f"/lesson/{lesson}").status == 200


def test_numbers_are_those_of_the_report(serve, course):
    add_lessons(course, ["01-srn"])
    fill(course, ["01-srn"], 12)
    visitor = serve(course)
    visitor.come_in()
    [line] = [each for each in class_overview(course) if each.lesson == "01-srn"]
    report = class_report(course, "01-srn")
    page = text_of(visitor.ask("/lesson/01-srn").text)
    assert f"Handed in {line.handed_in} of {line.students}" in page
    assert f"Waits for you {line.waits}" in page
    assert f"Mean {points(line.mean)} of {points(line.most)}" in page
    for task in task_figures(report):
        if task.mean is not None:
            assert f"{task.title} {points(task.mean)} of {points(task.most)}" in page
            assert share(task.difficulty) in page
    for row in report.rows:
        assert re.search(rf"{row.name} {row.student} – .*? {points(row.total)} … waits", page)
        own = text_of(visitor.ask(address("/student", id=row.student)).text)
        assert f"{points(row.total)} of {points(line.most)}" in own
    for mistake in report.mistakes:
        assert f"{mistake.students} students {mistake.sentence}" in page


@pytest.mark.parametrize("path", ["/lesson/99-none", "/lesson/..", "/student", "/student?id=nobody", "/student?id=.."])
def test_what_is_not_there_is_not_found(reader, path):
    answer = reader.ask(path)
    assert answer.status == 404
    assert "no such page" in answer.text


def test_a_hostile_name_is_text_everywhere(reader):
    name = HOSTILE.replace("/", "")
    for path in ("/", "/lesson/01-srn", address("/student", id=name)):
        answer = reader.ask(path)
        assert answer.status == 200
        assert "<script>alert" not in answer.text
        assert re.findall(r"<script[^>]*>", answer.text) == ['<script src="/static/desk.js" defer>']
    assert html.escape(name, quote=False) in reader.ask("/lesson/01-srn").text.replace("&#39;", "'").replace(
        "&#34;", '"'
    )


def test_no_page_has_script_or_style_within(reader):
    for path in ("/", "/lesson/01-srn", "/student?id=alice", "/ask/01-srn/mark-all", "/none"):
        page = reader.ask(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page.replace(html.escape(HOSTILE), "")), path


def test_a_fault_in_the_settings_is_a_sentence(reader, marked):
    (marked.root / "course.toml").write_text("due = nonsense\n")
    for path in ("/", "/lesson/01-srn"):
        answer = reader.ask(path)
        assert answer.status == 409
        assert "course.toml" in answer.text
        assert "Traceback" not in answer.text
    assert reader.ask("/state").status == 200


def test_a_marked_notebook_is_shown_sealed_off(reader):
    page = reader.ask("/notebook?lesson=01-srn&id=alice&name=01-srn")
    assert page.status == 200
    [frame] = re.findall(r"<iframe[^>]*>", page.text)
    assert " sandbox " in frame
    inner = reader.ask(html.unescape(re.search(r'src="([^"]*)"', frame)[1]))
    assert inner.status == 200
    assert inner.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "allow-" not in inner.headers["Content-Security-Policy"] + frame


@pytest.mark.parametrize(
    "query",
    [
        "lesson=01-srn&id=nobody&name=01-srn",
        "lesson=01-srn&id=alice&name=02-bptt",
        f"lesson=01-srn&id=alice&name={quote('../../bob/01-srn/01-srn')}",
        f"lesson={quote('../..')}&id=alice&name=01-srn",
        f"lesson=01-srn&id={quote('../autograded/alice')}&name=01-srn",
        f"lesson=01-srn&id={quote('/etc')}&name=passwd",
        "",
    ],
)
def test_a_notebook_is_looked_up_and_never_a_path(reader, query):
    assert reader.ask(f"/notebook?{query}").status == 404
    assert reader.ask(f"/marked?{query}").status == 404


def test_an_address_encodes_what_students_wrote():
    assert address("/student", id="a&b=c #?/%<é") == "/student?id=a%26b%3Dc+%23%3F%2F%25%3C%C3%A9"
    assert address("/student", id="\udcff") == "/student", "no address can hold what is not text"
