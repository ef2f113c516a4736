"""Are the site's pages put together from what the lessons say, and is nobody's folder overwritten?"""

from __future__ import annotations

import importlib.util
import re

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from grader.marking.authoring import site
from grader.marking.authoring.lesson_table import lesson_table
from grader.marking.authoring.site import FIDELITY, NoSite, build_site, stage
from grader.marking.course.paths import LESSON_FOLDER, ROOT


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    stage(folder, answers=False)
    return folder


def test_the_start_page_lists_every_notebook_with_minutes_and_points(staged):
    text = (staged / "index.md").read_text("utf-8")
    rows = lesson_table()
    for row in rows:
        entry = text.partition(f"(lessons/{row.notebook})")[2].partition("* -")[0]
        numbers = [f"{row.minutes}\n", f"{row.essentials or '–'}\n", f"{row.points:g}\n"]
        assert entry.split("  - ")[1:] == numbers, row.notebook
    assert f"  - {sum(row.minutes for row in rows)}\n" in text


def test_every_picture_of_the_start_page_is_there_and_those_of_the_readme_have_its_words(staged):
    found = re.findall(r"!\[(.*?)\]\((.+?)\)", (staged / "index.md").read_text("utf-8"))
    assert all((staged / path).read_bytes().startswith(b"\x89PNG") for _, path in found)
    assert len(found) == len(lesson_table()) + 2
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path for words, path in found if words and f"![{words}]({path})" in readme] == list(site.PICTURES)


def test_no_mark_of_a_page_is_left_open(staged):
    for page in staged.rglob("*.md"):
        assert not re.search(r"<!-- (table|names|lessons|lessons/.*) ", page.read_text("utf-8")), page


def test_a_picture_that_the_readme_no_longer_shows_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "PICTURES", ("lessons/gone.png",))
    with pytest.raises(NoSite, match=r"README\.md does not show lessons/gone\.png"):
        stage(tmp_path, answers=False)


def test_the_page_on_fidelity_shows_lines_of_solutions_to_instructors_alone(staged, tmp_path):
    stage(tmp_path, answers=True)
    assert (tmp_path / FIDELITY).read_text("utf-8") == (ROOT / FIDELITY).read_text("utf-8")
    assert "slopes: sigmoid =" in (tmp_path / FIDELITY).read_text("utf-8")
    assert "slopes: sigmoid =" not in (staged / FIDELITY).read_text("utf-8")


def test_links_to_sections_have_the_sites_names_for_them(staged):
    page = (staged / "lessons/COVERAGE.md").read_text("utf-8")
    assert "(01-srn/01-srn.ipynb#by-hand-once)" in page
    assert "(01-srn/01-srn.ipynb#part-5--shapes-of-tasks-and-the-family-of-networks)" in page


def test_a_folder_with_other_things_stays_as_it_is(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(NoSite, match="holds something that is no site"):
        build_site(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_missing_packages_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "NEEDED", ("sphinx", "no_such_theme"))
    assert importlib.util.find_spec("no_such_theme") is None
    with pytest.raises(NoSite, match=r"no_such_theme is not installed; `pip install -e \.\[site\]`"):
        build_site(tmp_path / "site")


@pytest.mark.slow
def test_a_formula_that_cannot_be_read_and_a_broken_link_end_the_build(tmp_path):
    lesson = tmp_path / "lessons/01-srn/01-srn.ipynb"
    lesson.parent.mkdir(parents=True)
    notebook = nbformat.read(LESSON_FOLDER / "01-srn/01-srn.ipynb", as_version=4)
    notebook.cells = [notebook.cells[0], new_markdown_cell("$\\frac{1$ and [there](nowhere.md)")]
    nbformat.write(notebook, lesson)
    with pytest.raises(NoSite, match="Sphinx found faults") as raised:
        build_site(tmp_path / "site", lessons=tmp_path / "lessons")
    assert r"a formula cannot be read: \frac{1" in str(raised.value)
    assert "nowhere.md" in str(raised.value)
    assert not (tmp_path / "site").exists()
