"""Can written answers be marked with keys alone, by the mouse, without a script; and does Formgrader show the same?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

from grader.marking.course.course import COURSE_ID
from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.desk.web.written_cards import AT_ONCE
from grader.marking.steps.audit_records import AuditRecords
from tests.browser.conftest import PATIENCE
from tests.browser.test_safe_pages import PROVOKE, Watch
from tests.grader.marking.conftest import LESSON
from tests.grader.marking.desk.conftest import WRITTEN, put_answer
from tests.hostile.active_content import ATTACKS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]

PAGE = f"written/{LESSON}/{WRITTEN}"
STUDENTS = {
    "alice": "It predicts the next *letter* from those before: $p(x_{t+1})$.",
    "bob": "The state holds the last letters.",
    "carol": "I do not know.",
    "dave": "I do not know.",
}


@pytest.fixture(scope="module")
def desk(course) -> Iterator[str]:
    """The address that opens the desk of the course, served by `grader desk`."""
    release(course, LESSON, to_exchange=False)
    command = [sys.executable, "-u", "-m", "grader.cli", "desk", "--no-browser", "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | course.environment, stdout=subprocess.PIPE, text=True
    ) as server:
        lines = iter(server.stdout.readline, "")
        yield next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        server.terminate()


@pytest.fixture
def book(course):
    """book("alice"): points, does it wait, comment, as another program reads them."""

    def read(student):
        with Gradebook(course.db_url, COURSE_ID) as gradebook:
            grade = gradebook.find_grade(WRITTEN, LESSON, LESSON, student)
            comment = gradebook.find_comment(WRITTEN, LESSON, LESSON, student)
            return grade.manual_score, grade.needs_manual_grade, comment.manual_comment

    return read


@pytest.fixture
def open_page(page, desk, course):
    """open_page("?order=equal"): the answers of the four, none marked, as the instructor sees them."""
    for student, text in STUDENTS.items():
        put_answer(course, student, text)
        give(course, student, None, None)
    page.goto(desk)
    page.wait_for_url(lambda address: "token" not in address)

    def show(query: str = "") -> Page:
        page.goto(f"{desk.partition('?')[0]}{PAGE}{query}")
        return page

    return show


def give(course, student, points, comment):
    """As another program does."""
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        grade = gradebook.find_grade(WRITTEN, LESSON, LESSON, student)
        grade.manual_score, grade.needs_manual_grade, grade.extra_credit = points, points is None, None
        gradebook.find_comment(WRITTEN, LESSON, LESSON, student).manual_comment = comment
        gradebook.db.commit()


def card(page, student):
    return page.locator(".card").filter(has=page.get_by_role("heading", name=student, exact=True))


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_three_answers_are_marked_with_keys_alone(open_page, book):
    page = open_page()
    expect(page.locator("#progress")).to_have_text("0 of 4 marked, 4 wait")
    expect(page.locator(".scheme")).to_contain_text("Marking scheme")
    expect(page.locator(".scheme")).to_contain_text("A model answer")
    expect(card(page, "alice").locator("math")).to_have_count(1)
    press(page, "2", ".", "c")
    page.keyboard.type("From what?")
    press(page, "Enter", "0", "Enter", "3", "Alt+1", "Enter")
    expect(page.locator("#progress")).to_have_text("3 of 4 marked, 1 waits")
    assert [book(student) for student in STUDENTS] == [
        (2.5, False, "From what?"), (0.0, False, None), (3.0, False, "From what?"), (None, True, None)
    ]  # fmt: skip
    expect(page.locator("#place")).to_have_text("answer 4 of 4")
    press(page, "u")
    expect(card(page, "carol").locator(".state")).to_have_text("waits")
    assert book("carol") == (None, True, None)
    press(page, "k")
    expect(page.locator(".card.current h2")).to_have_text("bob")
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("take the last save back")


def test_a_killed_desk_has_saved_what_it_said(open_page, book):
    """There is no button for saving all: what is said to be saved is in the file."""
    page = open_page()
    press(page, "4", "Enter")
    expect(card(page, "alice").locator(".saving")).to_have_text("saved ✓")
    assert book("alice") == (4.0, False, None)


def test_the_mouse_alone_is_enough(open_page, book):
    page = open_page()
    alice = card(page, "alice")
    alice.get_by_label("Comment for the student").fill("Good.")
    alice.get_by_role("button", name="3.5", exact=True).click()
    expect(alice.locator(".state")).to_contain_text("3.5 of 4")
    bob = card(page, "bob")
    bob.get_by_text("The state holds").first.click()
    bob.get_by_label("Comment for the student").click()
    bob.get_by_role("button", name="Good.", exact=True).click()
    bob.get_by_label("extra credit").fill("1")
    bob.get_by_role("button", name="4", exact=True).click()
    expect(bob.locator(".state")).to_contain_text("5 of 4")
    assert [book("alice"), book("bob")] == [(3.5, False, "Good."), (4.0, False, "Good.")]


def test_it_works_without_a_script(browser, desk, open_page, book):
    open_page()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(desk)
    page.goto(f"{desk.partition('?')[0]}{PAGE}")
    card(page, "alice").locator("input[name=points]").fill("1.5")
    card(page, "alice").locator("input[name=points]").press("Enter")
    expect(page.get_by_text("Saved: alice.")).to_be_visible()
    assert book("alice") == (1.5, False, None)
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#progress")).to_have_text("0 of 4 marked, 4 wait")
    assert book("alice") == (None, True, None)
    context.close()


def test_what_another_program_changed_is_not_overwritten(open_page, course, book):
    page = open_page()
    give(course, "alice", 3.0, "In Formgrader.")
    press(page, "1", "c")
    page.keyboard.type("Mine.")
    press(page, "Enter")
    alice = card(page, "alice")
    expect(page.locator("#alert")).to_contain_text("changed elsewhere")
    expect(alice.locator(".state")).to_contain_text("3 of 4")
    expect(alice.locator("input[name=points]")).to_have_value("1")
    expect(alice.locator("textarea")).to_have_value("Mine.")
    assert book("alice") == (3.0, False, "In Formgrader.")
    page.locator("#alert").get_by_role("button", name="Go there").click()
    press(page, "Enter")
    expect(alice.locator(".state")).to_contain_text("1 of 4")
    assert book("alice") == (1.0, False, "Mine.")


def test_points_that_cannot_be_given_go_to_nobody_and_the_next_keys_correct_them(open_page, book):
    page = open_page()
    press(page, "7", "Enter")
    expect(card(page, "alice").locator(".tell-off")).to_contain_text("7 points are not between 0 and 4")
    expect(page.locator("#place")).to_have_text("answer 1 of 4")
    press(page, "0", "Enter")
    expect(card(page, "alice").locator(".saving")).to_have_text("saved ✓")
    expect(page.locator("#place")).to_have_text("answer 2 of 4")
    expect(page.locator("#alert")).to_be_empty()
    assert [book("alice"), book("bob")] == [(0.0, False, None), (None, True, None)]


def test_what_is_typed_while_a_save_is_refused_goes_to_nobody(open_page, course, book):
    page = open_page()
    give(course, "alice", 3.0, None)
    page.route(re.compile("written"), lambda route: (page.wait_for_timeout(500), route.continue_()))
    press(page, "1", "Enter", "2", "Enter")
    expect(card(page, "alice").locator(".tell-off")).to_contain_text("changed elsewhere")
    expect(page.locator("#place")).to_have_text("answer 1 of 4")
    expect(card(page, "alice").locator("input[name=points]")).to_have_value("1")
    assert [book("alice"), book("bob")] == [(3.0, False, None), (None, True, None)]


def test_what_is_typed_while_a_save_takes_long_goes_to_the_next(open_page, book):
    page = open_page()
    page.route(re.compile("written"), lambda route: (page.wait_for_timeout(300), route.continue_()))
    press(page, "1", "Enter", "2", "c", "Y", "e", "s", "Enter")
    expect(card(page, "bob").locator(".saving")).to_have_text("saved ✓")
    assert [book("alice"), book("bob")] == [(1.0, False, None), (2.0, False, "Yes")]


def test_equal_answers_are_marked_at_once(open_page, book):
    page = open_page("?order=equal")
    group = page.locator(".card").filter(has=page.get_by_role("heading", name="2 equal answers"))
    expect(group.get_by_role("checkbox")).to_have_count(2)
    group.get_by_role("button", name="0.5", exact=True).click()
    expect(page.locator("#progress")).to_have_text("2 of 4 marked, 2 wait")
    assert book("carol") == book("dave") == (0.5, False, None)


def test_the_same_is_given_again_with_one_key(open_page, course, book):
    earlier = {"points": 2.0, "of": 4.0, "comment": "Which letters?", "text": "The state holds letters."}
    record = {"tasks": {}, "not_marked": {}, "earlier": {WRITTEN: earlier}}
    AuditRecords(course, LESSON).write("bob", LESSON, record)
    page = open_page()
    press(page, "j")
    bob = card(page, "bob")
    expect(bob.locator("ins")).to_contain_text("the last")
    expect(bob).to_contain_text("An earlier attempt had 2 of 4 points. The comment was: Which letters?")
    press(page, "s")
    expect(bob.locator(".state")).to_contain_text("2 of 4")
    assert book("bob") == (2.0, False, "Which letters?")


def test_answers_further_down_are_there_when_one_comes_to_them(open_page, course, book):
    students = [f"zoe-{n:02}" for n in range(AT_ONCE + 10)]
    for student in students:
        put_answer(course, student, f"The answer of {student}.")
    page = open_page()
    expect(page.locator(".card.later").first).to_be_attached()
    press(page, *"j" * (len(STUDENTS) + len(students) - 1))
    last = card(page, students[-1])
    expect(last).to_contain_text(f"The answer of {students[-1]}.")
    press(page, "3", "Enter")
    expect(last.locator(".state")).to_contain_text("3 of 4")
    assert book(students[-1]) == (3.0, False, None)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for student in students:
            gradebook.remove_student(student)


def test_hostile_answers_do_nothing(open_page, course):
    """Whatever a cell of text can hold, as the answer."""
    texts = [attack for attack in ATTACKS if attack.markdown]
    shown = len(STUDENTS) + len(texts)
    for n, attack in enumerate(texts):

        def attach(nb, attack=attack):
            answer = next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN)
            answer["attachments"] = attack.attachments

        put_answer(course, f"mallory-{n:02}", attack.markdown, attach)
    page = open_page()
    watch = Watch(page)
    for start in range(0, shown, AT_ONCE):
        assert watch.open(f"{page.url.partition('?')[0]}?order=student&from={start}") == []
        assert page.evaluate(PROVOKE.replace("#notebook *", ".answer *, .scheme *")) == []
    expect(page.locator(".card")).to_have_count(shown)
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        for n in range(len(texts)):
            gradebook.remove_student(f"mallory-{n:02}")


def test_formgrader_shows_the_same_and_the_page_shows_what_formgrader_gave(open_page, page, instructor, course, book):
    open_page()
    press(page, "3", "c")
    page.keyboard.type("Fine.")
    press(page, "Enter")
    expect(card(page, "alice").locator(".saving")).to_have_text("saved ✓")
    with Gradebook(course.db_url, COURSE_ID) as gradebook:
        ids = {s: gradebook.find_submission_notebook(LESSON, LESSON, s).id for s in ("alice", "bob")}
    formgrader = page.context.new_page()
    formgrader.goto(instructor("lab"))
    told = formgrader.goto(instructor("formgrader/api/grades").replace("?", f"?submission_id={ids['alice']}&"))
    [grade] = [each for each in json.loads(told.text()) if each["name"] == WRITTEN]
    assert (grade["manual_score"], grade["needs_manual_grade"]) == (3.0, False)
    formgrader.goto(instructor(f"formgrader/submissions/{ids['bob']}/"))
    score = formgrader.locator("input.score").last
    score.fill("1.5")
    score.press("Tab")
    expect(formgrader.locator(".score-saved").last).to_be_hidden()
    shown = open_and_wait(page, book)
    expect(card(shown, "bob").locator(".state")).to_contain_text("1.5 of 4")


def open_and_wait(page, book) -> Page:
    """The page again, as soon as the gradebook has what Formgrader sent."""
    for _ in range(100):
        if book("bob")[0] is not None:
            break
        page.wait_for_timeout(100)
    page.reload()
    return page
