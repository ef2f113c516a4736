"""Does JupyterLab open on the list of lessons, and lead from there into a lesson and on to the next?"""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import expect

from grader.checks.task import LESSONS
from grader.marking.course.paths import LESSON_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def notebook_of(page):
    notebook = page.locator(".jp-NotebookPanel:visible")
    expect(notebook.locator("h1").first).to_be_visible()
    return notebook


def test_the_instructor_s_jupyterlab_opens_on_the_lessons_and_a_click_opens_one(page, instructor):
    page.goto(instructor(""))
    start = notebook_of(page)
    expect(start.locator("h1")).to_contain_text("the lessons")
    expect(start.locator("tbody tr")).to_have_count(len(LESSONS))
    start.get_by_role("link", name="with answers").first.click()
    expect(page.locator(".jp-NotebookPanel:visible h1").first).to_contain_text("01 · SRN")


def test_running_its_cell_brings_it_up_to_date(page, instructor):
    page.goto(instructor(""))
    start = notebook_of(page)
    expect(page.get_by_text("| Idle")).to_be_visible()  # the kernel is there
    start.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(start.locator(".jp-CodeCell .jp-InputPrompt").first).to_have_text("[1]:")
    expect(start.locator("tbody tr")).to_have_count(len(LESSONS))


def test_a_lesson_leads_on_to_the_next_and_a_missing_one_does_no_harm(page, student, course):
    folder = course.root / "student"
    for lesson in ("01-srn", "02-bptt"):  # 03 is not there
        (folder / lesson).mkdir(parents=True)
        shutil.copy(LESSON_FOLDER / lesson / f"{lesson}.ipynb", folder / lesson)
    page.goto(student("lab/tree/01-srn/01-srn.ipynb"))
    notebook_of(page).get_by_role("link", name="02 · BPTT").first.click()
    expect(page.locator(".jp-NotebookPanel:visible h1").first).to_contain_text("02 · BPTT")
    page.locator(".jp-NotebookPanel:visible").get_by_role("link", name="03 · Clipping").first.click()
    page.wait_for_timeout(3000)
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-NotebookPanel:visible h1").first).to_contain_text("02 · BPTT")
    for lesson in ("01-srn", "02-bptt"):
        shutil.rmtree(folder / lesson)
