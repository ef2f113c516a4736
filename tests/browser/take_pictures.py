"""Take the README's picture anew: ``python -m tests.browser.take_pictures``. Look at it before you commit it.

A student's JupyterLab, with a lesson open in which every step starts from ``h0`` again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Page, expect, sync_playwright

from grader.checks.progress import PLACE
from grader.marking.course.course import Course
from grader.marking.course.paths import LESSON_FOLDER, ROOT
from grader.marking.desk.release import release
from tests.browser.conftest import BROWSER_ARGUMENTS, PATIENCE, serving

LESSON = "01-srn"
STEP = "    return np.tanh(x_t @ W.T + h @ U.T + b)"
WRONG = "    return np.stack([step(x_t, h0, W, U, b) for x_t in x])"
PICTURE = LESSON_FOLDER / "check.png"


def main() -> None:
    os.environ[PLACE] = "off"  # what passes here is earned by nobody
    (ROOT / "course").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "course") as folder:
        course = Course(Path(folder))
        release(course, LESSON)
        with serving(course, "student", Path(folder) / "log") as address, sync_playwright() as playwright:
            write_the_mistake(course)
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER_ARGUMENTS)
            page = browser.new_page(viewport={"width": 1200, "height": 1040}, device_scale_factor=1.25)
            page.set_default_timeout(PATIENCE)
            expect.set_options(timeout=PATIENCE)
            page.goto(address(f"lab/tree/{LESSON}/{LESSON}.ipynb"))
            take(page)
            browser.close()
    print(PICTURE)


def write_the_mistake(course: Course) -> None:
    """A fetched lesson with a wrong `sequence`; only the cells that the picture needs."""
    target = course.root / "student" / LESSON
    shutil.copytree(course.release / LESSON, target)
    nb = nbformat.read(target / f"{LESSON}.ipynb", as_version=4)
    step, sequence = cell_of(nb, "srn-step-answer"), cell_of(nb, "srn-sequence-answer")
    for place, text in ((step, STEP), (sequence, WRONG)):
        nb.cells[place].source = nb.cells[place].source.split("    # YOUR CODE HERE")[0] + text
    nb.cells = [nb.cells[1], *nb.cells[step : step + 2], *nb.cells[sequence - 1 : sequence + 3]]
    nbformat.write(nb, target / f"{LESSON}.ipynb")


def cell_of(nb: nbformat.NotebookNode, grade_id: str) -> int:
    return next(i for i, cell in enumerate(nb.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def take(page: Page) -> None:
    expect(page.get_by_text("| Idle")).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    expect(page.get_by_text("Not passed yet").last).to_be_visible()
    for folded in ("Where it is wrong", "What it looks like", "What it may be"):
        page.locator(".jp-OutputArea-output summary", has_text=folded).last.click()
    page.keyboard.press("Control+b")  # no file browser
    page.wait_for_timeout(3000)
    page.locator(".jp-Cell").nth(3).locator("h3").first.evaluate("heading => heading.scrollIntoView()")
    page.wait_for_timeout(1000)
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
