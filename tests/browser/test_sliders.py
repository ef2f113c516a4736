"""Does every slider of the lessons move its picture, by mouse and by keys, without an error? Does it have a name?"""

from __future__ import annotations

import shutil

import nbformat
import pytest
from playwright.sync_api import expect

from grader.marking.course.paths import LESSON_FOLDER, ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 180_000
"""Milliseconds that the cells above the last slider may take on a busy machine."""


def with_sliders():
    """Each notebook that has sliders, and how many."""
    for path in sorted(LESSON_FOLDER.glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        if number := sum(is_slider(cell) for cell in cells):
            yield path, number


def is_slider(cell):
    return cell.cell_type == "code" and cell.source.rpartition("\n")[2].startswith("slider(")


NOTEBOOKS = list(with_sliders())


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda param: param[0].stem)
def lesson(request, course):
    """A copy of a lesson that ends with its last slider, and how many sliders it has; other pictures are left out."""
    path, number = request.param
    folder = course.root / "sliders" / path.parent.name
    shutil.copytree(path.parent, folder, dirs_exist_ok=True)
    nb = nbformat.read(path, as_version=4)
    last = max(place for place, cell in enumerate(nb.cells) if is_slider(cell))
    nb.cells = [cell for cell in nb.cells[: last + 1] if cell.cell_type == "code"]
    for cell in nb.cells:
        cell.outputs, cell.execution_count = [], None
    nbformat.write(nb, folder / path.name)
    return folder / path.name, number


@pytest.fixture(scope="module")
def opened(lesson, browser, instructor):
    """The sliders' cells of a lesson in JupyterLab, all cells run."""
    path, number = lesson
    page = browser.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.set_default_timeout(60_000)
    page.goto(instructor(f"lab/tree/{path.relative_to(ROOT)}"))
    expect(page.get_by_text("| Idle")).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    cells = page.locator(".jp-CodeCell").filter(has=page.locator(".widget-slider"))
    expect(cells.nth(number - 1).locator(".jp-OutputArea-output").nth(1)).to_be_attached(timeout=LONG)
    yield [cells.nth(k) for k in range(number)]
    page.context.close()


def each(cells):
    """The cells one after the other, each brought into view: what is not, JupyterLab does not lay out."""
    for cell in cells:
        cell.evaluate("node => node.scrollIntoView({block: 'center'})")
        expect(cell.locator("label[for]")).to_be_visible()
        yield cell


def shown(cell):
    """What stands below the slider: the picture's bytes, or the text."""
    below = cell.locator(".jp-OutputArea-output").nth(1)
    picture = below.locator("img")
    return picture.get_attribute("src") if picture.count() else below.inner_text()


def changes(cell, before):
    """Whether something else is shown soon."""
    for _ in range(100):
        if shown(cell) != before:
            return True
        cell.page.wait_for_timeout(100)
    return False


def error(cell):
    """What the cell says where something went wrong, or nothing."""
    kinds = [f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("stderr", "error")]
    said = [*cell.locator(", ".join(kinds)).all_inner_texts(), *cell.locator(".jp-OutputArea").all_inner_texts()[:1]]
    return [text for text in said if "Error" in text or "Traceback" in text]


def test_keys_on_the_bar_move_the_picture(opened):
    for cell in each(opened):
        before = shown(cell)
        cell.locator(".noUi-handle").focus()
        cell.page.keyboard.press("ArrowRight")
        assert changes(cell, before)
        assert error(cell) == []
        name = cell.locator("label[for]").inner_text()
        assert cell.get_by_role("slider", name=name, exact=True).count() == 1


def test_the_mouse_moves_the_picture(opened):
    """To a place that is neither where the keys have left the bar nor its end, to which the field moves it."""
    for cell in each(opened):
        before = shown(cell)
        cell.locator(".noUi-target").scroll_into_view_if_needed()
        box = cell.locator(".noUi-target").bounding_box()
        cell.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
        assert changes(cell, before)
        assert error(cell) == []


def test_the_picture_has_its_alternative_text(opened):
    for cell in each(opened):
        picture = cell.locator(".jp-OutputArea-output").nth(1).locator("img")
        assert all(len(alt) > 20 for alt in picture.evaluate_all("found => found.map(one => one.alt)"))


def test_the_field_has_a_name_and_moves_picture_and_bar(opened):
    for cell in each(opened):
        before, handle = shown(cell), cell.locator(".noUi-handle")
        name = cell.locator("label[for]").inner_text()
        field = cell.get_by_role("spinbutton", name=name, exact=True)
        place = handle.get_attribute("aria-valuenow")
        field.fill(field.get_attribute("min"))
        field.press("Enter")
        assert name
        assert changes(cell, before)
        assert error(cell) == []
        assert handle.get_attribute("aria-valuenow") != place
