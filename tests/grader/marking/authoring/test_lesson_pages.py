"""Do README and start page say of the lessons what the lessons say?"""

from __future__ import annotations

import re

import pytest

from grader.checks.errors import GraderError
from grader.checks.lesson_list import PICTURES, lesson_list
from grader.marking.authoring.heads import in_order
from grader.marking.authoring.lesson_pages import BEGIN, END, sync_pages
from grader.marking.authoring.lesson_pictures import DRAWN, SAYS, WHOLE, draw_lesson
from grader.marking.course.paths import LESSON_FOLDER, ROOT

STUB = f"before\n{BEGIN}old\n{END}\nafter\n"


@pytest.fixture
def pages(tmp_path):
    """Where to write: a README with the marks, and the list."""
    (tmp_path / "README.md").write_text(STUB)
    return {"readme": tmp_path / "README.md", "listed": tmp_path / "lessons.json"}


def test_both_are_written_once_and_the_rest_of_the_readme_stays(pages):
    assert sync_pages(**pages) == [
        "README.md: what it says of the lessons",
        "lessons.json: what it says of the lessons",
    ]
    assert sync_pages(check=True, **pages) == []
    said = pages["readme"].read_text()
    assert said.startswith("before\n")
    assert said.endswith(f"{END}\nafter\n")


def test_check_writes_nothing(pages):
    assert len(sync_pages(check=True, **pages)) == 2
    assert pages["readme"].read_text() == STUB
    assert not pages["listed"].exists()


def test_a_readme_without_the_marks_is_an_error(pages):
    pages["readme"].write_text("before\n")
    with pytest.raises(GraderError, match="lacks the marks"):
        sync_pages(**pages)


def test_the_table_has_a_row_for_every_notebook_and_its_links_and_pictures_exist(pages):
    sync_pages(**pages)
    table = pages["readme"].read_text()
    links = re.findall(r"\]\((lessons/[^)]+\.ipynb)\)", table)
    assert links == [path.relative_to(ROOT).as_posix() for path in in_order()]
    pictures = re.findall(r'<img src="([^"]+)"', table)
    assert len(pictures) == len(links)
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_the_sums_are_those_of_the_rows(pages):
    sync_pages(**pages)
    *rows, sums = [line.split("|")[1:-1] for line in pages["readme"].read_text().splitlines() if line.startswith("| ")][
        1:
    ]
    minutes = sum(int(re.match(r" (\d+)", row[3])[1]) for row in rows[1:])
    essential = sum(int(found[1]) for row in rows if (found := re.search(r"★ (\d+)\)", row[3])))
    points = sum(float(row[4]) for row in rows[1:])
    assert f"{minutes // 60} h {minutes % 60} min" in sums[3]
    assert f"★ {essential // 60} hours" in sums[3]
    assert float(sums[4]) == points


def test_the_list_in_the_clone_is_in_step():
    assert sync_pages(check=True) == []
    assert [entry.notebook for entry in lesson_list()] == [
        path.relative_to(LESSON_FOLDER).as_posix() for path in in_order()
    ]


def test_every_notebook_has_its_picture_and_none_is_left_over():
    names = {path.stem for path in in_order()}
    assert set(DRAWN) == names == {path.stem for path in PICTURES.glob("*.png")}


def test_the_readme_shows_the_whole_and_says_it_in_words():
    assert f"![{SAYS}](lessons/{WHOLE.name})" in (ROOT / "README.md").read_text()
    assert WHOLE.is_file()


def test_the_links_of_readme_and_teaching_lead_somewhere():
    for page in (ROOT / "README.md", ROOT / "grader" / "TEACHING.md"):
        links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        assert links
        assert all((page.parent / link).exists() for link in links)


def test_pictures_are_drawn_alike_every_time(tmp_path):
    draw_lesson("forecasting", tmp_path / "one.png")
    draw_lesson("forecasting", tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
