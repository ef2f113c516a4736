"""The instructor's desk, as it is used: opened, read, sorted, filtered, and made to mark, in a real Chromium."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import axe_playwright_python
import nbformat
import pytest
from playwright.sync_api import expect

from grader.marking.course.paths import ROOT
from grader.marking.desk.release import release
from grader.marking.proving import samples
from grader.marking.proving.demo import typical_mistakes

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]

LESSON = "01-srn"
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RUN_AXE = """() => axe.run({exclude: [["iframe"]]}, {resultTypes: ["violations"]}).then(found => found.violations)"""
HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    '"><script>window.pwned=1<',
    "javascript:window.pwned=1",
    "' onmouseover='window.pwned=1",
    "\u202eneerg",
    "a&b=c#d%2e",
)
"""Names of folders that students chose."""
PATIENCE = 150_000


@pytest.fixture(scope="module")
def class_of_all_kinds(course):
    """Lesson 01 handed in, and not marked: one right, one with mistakes, one untouched, and all the hostile names."""
    release(course, LESSON)
    own = samples.lesson_notebook(LESSON)
    mistakes = typical_mistakes(own, 0)

    def hand_in(student, make, day=1):
        notebook = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4)
        folder = course.submission(student, LESSON)
        folder.mkdir(parents=True)
        nbformat.write(make(notebook), folder / f"{LESSON}.ipynb")
        (folder / "timestamp.txt").write_text(f"2026-05-{day:02} 10:00:00 UTC")

    hand_in("anna", lambda nb: samples.solve(nb, own))
    hand_in("bea", lambda nb: samples.make_mistakes(nb, own, mistakes), 4)
    hand_in("cleo", lambda nb: nb, 2)
    for name in HOSTILE:
        hand_in(name, lambda nb: nb)
    (course.root / "course.toml").write_text(
        'name = "RNNs"\ntimezone = "Europe/Berlin"\n[lessons.01]\ndue = "2026-05-03 12:00"\n'
    )
    return course


class Served:
    """The desk as `grader desk` serves it."""

    def __init__(self, course) -> None:
        command = [sys.executable, "-m", "grader.cli", "desk", "--no-browser", "--port", "0"]
        environment = {**os.environ, **course.environment, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said = []
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"(http://127\.0\.0\.1:\d+/)\?token=\S+", line):
                self.first, self.address = found[0], found[1]
                return
        pytest.fail(f"the desk did not open: {''.join(self.said)}", pytrace=False)

    def close(self) -> str:
        """Close it as Ctrl-C does; returns all that it said."""
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        return "".join(self.said) + rest


@pytest.fixture(scope="module")
def served(class_of_all_kinds):
    served = Served(class_of_all_kinds)
    yield served
    if served.process.poll() is None:
        served.close()


@pytest.fixture(scope="module")
def marked(served, browser):
    """The class, marked: by the button, pressed by a person who watches."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(served.first)
    page.wait_for_url(served.address)
    page.goto(f"{served.address}lesson/{LESSON}")
    page.get_by_role("button", name="Mark", exact=True).click()
    page.wait_for_load_state("load")
    page.evaluate("window.stayed = true")
    page.get_by_label("Find").fill("an")
    expect(page.locator("#command-state")).to_have_text(re.compile("is done|last lines say why"), timeout=PATIENCE)
    said = page.locator("#command-lines").text_content()
    total = page.locator("#students-body tr", has_text="anna").locator("td strong")
    expect(total).to_have_text("24")
    seen = {
        "said": said,
        "stayed": page.evaluate("window.stayed"),
        "find": page.get_by_label("Find").input_value(),
        "shown": page.locator("#students-body tr:visible").count(),
        "pwned": page.evaluate("window.pwned"),
    }
    page.context.close()
    return seen


@pytest.fixture
def inside(page, served):
    """inside("lesson/01-srn"): that page of the desk, and what it complained of, or asked of another host."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith(served.address) else complaints.append(asked.url))
    page.goto(served.first)
    page.wait_for_url(served.address)

    def go(path=""):
        page.goto(served.address + path)
        page.wait_for_load_state("load")
        return page, complaints

    return go


def test_pressing_mark_brings_points_to_the_page_that_stays(marked):
    assert "of 9" in marked["said"]
    assert marked["stayed"] is True
    assert (marked["find"], marked["shown"]) == ("an", 1)


@pytest.mark.usefixtures("marked")
def test_no_name_runs_or_loads_or_hides_anything(inside):
    page, complaints = inside(f"lesson/{LESSON}")
    names = page.locator("#students-body th a").all_text_contents()
    assert {"anna", *HOSTILE[:4], r"\u202eneerg"} <= set(names)
    for name in HOSTILE:
        inside(f"lesson/{LESSON}")
        page.locator("#students-body th a").filter(has_text=name.replace("\u202e", r"\u202e")).first.click()
        page.wait_for_load_state("load")
        expect(page.locator("h1")).to_contain_text(name.replace("\u202e", r"\u202e"))
        assert page.evaluate("window.pwned") is None
    assert complaints == []


@pytest.mark.usefixtures("marked")
def test_students_are_sorted_and_filtered_by_keyboard(inside):
    page, _ = inside(f"lesson/{LESSON}")
    heads, rows = page.locator("#students thead th"), page.locator("#students-body tr:visible th")
    total = heads.filter(has_text="Total")
    total.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert total.get_attribute("aria-sort") == "descending"
    assert [name.strip() for name in rows.all_text_contents()][:2] == ["anna", "bea"]
    page.keyboard.press("Enter")
    assert total.get_attribute("aria-sort") == "ascending"
    assert [name.strip() for name in rows.all_text_contents()][-1] == "anna"
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Find")).to_be_focused()
    page.keyboard.type("BEA")
    expect(rows).to_have_count(1)
    page.get_by_label("Find").fill("")
    page.get_by_label("Show").select_option("late")
    expect(rows).to_have_text(["bea"])
    expect(page.locator("#shown")).to_have_text("1 of 9 students")


@pytest.mark.usefixtures("marked")
def test_a_mistake_leads_to_who_made_it_and_to_their_notebook(inside):
    page, complaints = inside(f"lesson/{LESSON}")
    first = page.locator(".mistakes > li").first
    expect(first).to_contain_text("Exercise 1.")
    first.get_by_role("link", name="bea").click()
    expect(page.locator("h1")).to_have_text("bea")
    page.get_by_role("link", name=f"{LESSON}, as marked").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_contain_text("SRN")
    expect(frame.locator("#summary")).to_contain_text("points")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".crumbs")).to_contain_text("cleo")
    assert complaints == []


@pytest.mark.usefixtures("marked")
def test_what_changes_meanwhile_comes_to_the_page_without_losing_its_place(inside, class_of_all_kinds):
    page, _ = inside(f"lesson/{LESSON}")
    page.get_by_label("Show").select_option("nothing")
    expect(page.locator("#students-body tr:visible")).to_have_count(0)
    page.evaluate("window.stayed = true; scrollTo(0, 120)")
    roster = class_of_all_kinds.root / "roster.csv"
    roster.write_text("id,first_name,last_name,email,lms_id\nanna,Anna,Arndt,,\ndora,Dora,Dorn,,\n")
    try:
        expect(page.locator("#students-body tr:visible")).to_have_text(re.compile("Dora Dorn"))
        assert page.evaluate("[window.stayed, scrollY]") == [True, 120]
    finally:
        roster.unlink()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.usefixtures("marked")
def test_axe_finds_nothing_serious(browser, served, theme):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page, found = context.new_page(), []
    page.goto(served.first)
    page.wait_for_url(served.address)
    paths = ["", f"lesson/{LESSON}", "lesson/02-bptt", "student?id=bea", f"ask/{LESSON}/mark-all", "nothing"]
    for path in [*paths, f"notebook?lesson={LESSON}&id=bea&name={LESSON}"]:
        page.goto(served.address + path)
        page.wait_for_load_state("load")
        page.evaluate(AXE.read_text("utf-8"))
        for violation in page.evaluate(RUN_AXE):
            if violation["impact"] in ("serious", "critical"):
                found += [f"{path}: {violation['id']}: {node['html'][:150]}" for node in violation["nodes"][:3]]
    context.close()
    assert found == []


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize("width", [620, 375])
def test_a_narrow_window_does_not_move_sideways(inside, width):
    for path in ["", f"lesson/{LESSON}", "student?id=bea", f"ask/{LESSON}/mark-all"]:
        page, _ = inside(path)
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.usefixtures("marked")
def test_on_paper_there_are_no_buttons_and_all_students(inside):
    page, _ = inside(f"lesson/{LESSON}")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Mark", exact=True).is_visible()
    assert page.locator("#students-body tr:visible").count() == 9
    page.set_viewport_size({"width": 1050, "height": 700})  # A4 without its margins, on its side
    assert page.evaluate("document.documentElement.scrollWidth") <= 1050


@pytest.mark.usefixtures("marked")
def test_without_scripts_everything_is_there(browser, served):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.first)
    page.wait_for_url(served.address)
    page.get_by_role("link", name="SRN").click()
    expect(page.locator("#students-body tr")).to_have_count(9)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Mark all again").click()
    page.get_by_role("link", name="No, back").click()
    expect(page.locator("h1")).to_contain_text("SRN")
    context.close()


def test_a_stranger_and_a_page_from_elsewhere_get_nothing(browser, served):
    context = browser.new_context()
    page = context.new_page()
    assert page.goto(served.address).status == 403
    assert page.goto(f"{served.address}?token=wrong").status == 403
    expect(page.locator("h1")).to_have_text("Not here")
    page.goto(served.first)
    page.wait_for_url(served.address)
    cookies = [cookie for cookie in context.cookies() if cookie["name"].startswith("rnn-desk")]
    assert cookies
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)
    page.goto("about:blank")
    page.set_content(
        f"<form method=post action='{served.address}do'><input name=lesson value={LESSON}>"
        "<input name=action value=release><button>Press</button></form>"
    )
    with page.expect_navigation() as there:
        page.get_by_role("button").click()
    assert there.value.status == 403
    context.close()


def test_it_closes_with_a_sentence_and_stops_what_runs(class_of_all_kinds, browser):
    served = Served(class_of_all_kinds)
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.first)
    page.wait_for_url(served.address)
    page.goto(f"{served.address}ask/{LESSON}/mark-all")
    page.get_by_role("button", name="Mark all again").click()
    expect(page.locator("#command-state")).to_have_text("runs")
    assert page.get_by_role("button", name="Collect").is_disabled()
    said = served.close()
    assert served.process.returncode == 0
    assert f"“Mark all again · {LESSON}” still runs: it is stopped" in said
    assert said.rstrip().endswith("The desk is closed. `grader desk` opens it again.")
    expect(page.get_by_role("alert")).to_be_visible()
    context.close()
