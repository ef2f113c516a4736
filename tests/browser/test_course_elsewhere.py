"""Does Formgrader work with a course outside of the clone, in a folder with brackets, spaces and umlauts?"""

from __future__ import annotations

import base64
import shutil

import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.previews import preview_folder
from grader.marking.desk.release import release
from tests.browser.test_course_in_jupyterlab import open_formgrader, row_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSON = "01-srn"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("Kurs [2026] für Übung") / "my course")
    release(course, LESSON)
    shutil.copytree(course.release / LESSON, course.autograded / "alice" / LESSON)
    (course.autograded / "alice" / LESSON / "mine.png").write_bytes(PIXEL)
    with Gradebook(course.db_url, COURSE_ID) as book:
        book.add_student("alice")
        book.add_submission(LESSON, "alice")
    yield course
    preview_folder(course).unlink(missing_ok=True)


def test_preview_leads_to_the_release(page, instructor):
    row = row_of(open_formgrader(page, instructor), LESSON)
    row.locator(".preview a").click()
    expect(page.locator(".jp-DirListing-item").filter(has_text=f"{LESSON}.ipynb")).to_be_visible()
    expect(page.locator(".jp-DirListing-item").filter(has_text="solutions")).to_be_visible()


def test_a_submission_and_the_files_beside_it_are_shown(page, instructor, course):
    with Gradebook(course.db_url, COURSE_ID) as book:
        [submission] = [each.id for each in book.notebook_submissions(LESSON, LESSON)]
    page.goto(instructor(f"formgrader/submissions/{submission}/"))
    expect(page.locator("h1").first).to_be_visible()
    found = page.request.get(instructor(f"formgrader/submissions/{submission}/mine.png"))
    assert (found.status, found.body()) == (200, PIXEL)
    outside = page.request.get(instructor(f"formgrader/submissions/{submission}/../../../secret.key"))
    assert outside.status in (403, 404)
