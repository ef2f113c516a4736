"""Does nothing that a submission holds run, load or ask for anything in the browser of whoever opens a page with it?

The hostile notebook is marked in the sandbox, and looked at where people look: the feedback page, and Formgrader.
"""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.desk.release import release
from grader.marking.feedback.feedback import feedback
from grader.marking.feedback.pages.exporter import PageExporter, highlight_code
from grader.marking.feedback.pages.marks import Marks
from grader.marking.proving import samples
from tests.grader.marking.feedback.pages.conftest import our_config, plain_config
from tests.hostile.active_content import ATTACKS, script

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.filterwarnings("default")]

LESSON = "01-srn"
STUDENT = "mallory"
OWN_PAGE = f"<script>{script('own page')}</script><h1>own page</h1>"
PROVOKE = """async () => {
    const provoke = (tag, kinds) => kinds.forEach(kind => tag.dispatchEvent(new Event(kind, {bubbles: true})));
    for (const tag of document.querySelectorAll("#notebook *, .press")) {
        provoke(tag, ["mouseover", "pointerenter", "focus", "toggle", "load", "error", "begin", "animationstart"]);
        if (tag.matches("a, button") && !/^(https?|#|mailto)/.test(tag.getAttribute("href") || "#")) tag.click();
        if (tag.matches("summary, button.press, a.press")) tag.click();
    }
    await new Promise(done => setTimeout(done, 1500));
    return window.__pwned || [];
}"""


class Watch:
    """What a page did: names of scripts that ran, dialogs, windows, and requests to other hosts."""

    def __init__(self, page) -> None:
        self.page, self.dialogs, self.asked, self.windows = page, [], [], []
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("popup", lambda other: self.windows.append(other.url))
        page.route("**/*", self.answer)

    def answer(self, route) -> None:
        """What reaches this has passed the page's policy, and leaves for the network."""
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https") and address.hostname != "127.0.0.1":
            self.asked.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    def open(self, address: str) -> list[str]:
        """Open a page, provoke everything on it, and name what it did."""
        self.page.goto(address)
        ran = self.page.evaluate(PROVOKE)
        return [*ran, *self.dialogs, *self.windows, *self.asked]


@pytest.fixture(scope="module")
def hostile(course) -> Course:
    """The course with one marked submission that tries everything, and a page of its own beside it."""
    release(course, LESSON, to_exchange=False)
    own = samples.lesson_notebook(LESSON)
    nb = nbformat.read(course.release / LESSON / f"{LESSON}.ipynb", as_version=4)
    task = samples.tasks_of_notebook(own)[0]
    samples.answer_cell(nb, task).source = samples.answer_cell(own, task).source
    nb.cells[1:1] = [*(attack.cell() for attack in ATTACKS), new_markdown_cell("[my report](evil.html)")]
    folder = course.submission(STUDENT, LESSON)
    folder.mkdir(parents=True)
    (folder / "evil.html").write_text(OWN_PAGE)
    nbformat.write(nb, folder / f"{LESSON}.ipynb")
    assert autograde(course, LESSON, [STUDENT]).outcomes[0].points > 0
    return course


@pytest.fixture
def in_formgrader(page, hostile, instructor):
    """The address of the submission in Formgrader, or of a file of it, for a page that knows JupyterLab already."""
    page.goto(instructor("lab"))
    with Gradebook(hostile.db_url, COURSE_ID) as gradebook:
        number = gradebook.find_submission_notebook(LESSON, LESSON, STUDENT).id
    return lambda file="": instructor(f"formgrader/submissions/{number}/{file}")


def test_the_feedback_page_does_nothing(page, hostile):
    [made] = feedback(hostile, LESSON, [STUDENT], force=True, to_exchange=False)
    assert Watch(page).open(made.as_uri()) == []
    assert page.url == made.as_uri()
    assert page.locator(".report").count() == 8
    assert page.locator("math").count() > 10
    assert sorted(path.name for path in made.parent.iterdir()) == [f"{LESSON}.html"]


def test_formgrader_does_nothing_but_its_own_work(page, in_formgrader):
    """And its own work it does: marks come from the gradebook, and can be given."""
    assert Watch(page).open(in_formgrader()) == []
    assert page.locator(".report").count() == 8
    score = page.locator("input.score").first
    expect(score).to_have_attribute("placeholder", "3")
    page.locator(".glyphicon-eye-open").click()
    expect(page.locator("a.name-shown")).to_have_text(STUDENT)
    page.locator("button.no-credit").first.click()
    expect(score).to_have_value("0")


def test_a_page_beside_the_notebook_runs_nothing_in_formgrader(page, in_formgrader):
    page.goto(in_formgrader("evil.html"))
    assert page.evaluate("window.__pwned || []") == []
    assert page.locator("h1").inner_text() == "own page"


@pytest.fixture
def shown(tmp_path, hostile):
    """shown(exporter): the page of the attacks as that exporter makes it.

    Without those that lead the reader away: no policy keeps a page from that.
    """

    def made(exporter):
        path = tmp_path / "autograded" / STUDENT / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        cells = [attack.cell() for attack in ATTACKS if not attack.attachments and "refresh" not in attack.name]
        nbformat.write(new_notebook(cells=cells), path)
        about = {"student": STUDENT, "assignment": LESSON, "notebook": LESSON}
        about |= {"score": 0, "max_score": 0, "late_penalty": 0}
        html, _ = exporter.from_filename(str(path), resources={"nbgrader": about, "marks": Marks()})
        page = tmp_path / "page.html"
        page.write_text(html, encoding="utf-8")
        return page.as_uri()

    return made


def test_without_walls_it_does(page, shown):
    """Would these tests see it? nbgrader's own page runs and asks for a great deal."""
    did = Watch(page).open(shown(HTMLExporter(config=plain_config("feedback"))))
    assert len({what for what in did if " in " in what}) > 20
    assert len({what for what in did if "elsewhere.invalid" in what}) > 10


def test_the_policy_alone_holds(page, shown, hostile):
    """With the first wall down: whatever gets into the page, the page runs and loads nothing."""
    config = our_config(hostile, "feedback")
    del config.HTMLExporter["preprocessors"]
    config.HTMLExporter.filters = {"highlight_code": highlight_code}
    with closing(PageExporter(config=config)) as exporter:
        assert Watch(page).open(shown(exporter)) == []
    assert page.locator("#notebook *").count() > 100
