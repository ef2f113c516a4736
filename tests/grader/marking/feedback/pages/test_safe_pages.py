"""Does a page hold nothing that acts, whatever the submission holds? In a browser: tests/browser/test_safe_pages.py."""

from collections import Counter

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from grader.marking.feedback.pages.html import LINK, PICTURE
from grader.marking.steps.seal_reports import SEAL, seal
from tests.grader.marking.feedback.pages.conftest import KINDS, LESSON
from tests.hostile.active_content import ATTACKS, ELSEWHERE, PIXEL

ACTS = ("script", "style", "link", "meta", "base", "iframe", "frame", "object", "embed", "applet", "form", "input")
ACTS += ("button", "textarea", "select", "svg", "video", "audio", "source", "template", "noscript", "annotation-xml")
LOADS = ("href", "src", "srcset", "action", "data", "poster", "background")
REPORT = '<div style="border-left:4px solid green;padding:12px"><span style="color:#fff">24 / 24 points</span></div>'


def acting(page: str) -> Counter:
    """What acts on a page: elements that do, handlers, links and sources that are not harmless."""
    found = Counter()
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        if tag.name in ACTS:
            found[tag.name, tag.get("id"), tag.get("src") or tag.get("href")] += 1
        for name, value in tag.attrs.items():
            known = {"href": LINK, "src": PICTURE}.get(name, LINK)
            harmless = known.fullmatch(str(value)) or (name == "href" and value.startswith("#"))
            if name.startswith("on") or (name in LOADS and not harmless):
                found[name, value] += 1
    return found


def shown(page: str):
    """The part of a page that shows the notebook."""
    return BeautifulSoup(page, "html.parser").find(id="notebook")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_nothing_of_a_submission_acts(page_of, kind, attack):
    """Is all that acts on the page also on the page of an empty notebook?"""
    page = page_of(kind, [attack.cell()])
    assert not acting(page) - acting(page_of(kind, []))
    assert ELSEWHERE not in "".join(str(tag.attrs) for tag in shown(page).find_all(True))


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_walls_it_acts(page_of, kind):
    """Would the test above see it? On nbgrader's own pages it does, for most attacks."""
    innocent = page_of(kind, [], plain=True)
    pages = [page_of(kind, [attack.cell()], plain=True) for attack in ATTACKS[::5] if not attack.attachments]
    assert sum(bool(acting(page) - acting(innocent)) for page in pages) > 15


def test_names_in_formgrader_are_text(page_of):
    """A student's names come from lists that others write."""
    page = BeautifulSoup(page_of("formgrade", []), "html.parser").find("nav")
    assert "<script>alert(1)</script>" in page.get_text()
    assert not page.find("img")
    assert [tag["onclick"] for tag in page.find_all(onclick=True)] == ["toggle_name(true);", "toggle_name(false);"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_students_show_still_shows(page_of, kind):
    """Tables, pictures, formulas, code, links: what a lesson asks for is there."""
    table = '<table border="1" class="dataframe"><tr><th>loss</th><td>0.5</td></tr></table>'
    cells = [
        new_markdown_cell(
            "## Title\n\n**bold** $h_t$ [paper](https://doi.org/1)\n\n$$\\sum_t L_t$$\n\n| a |\n|-|\n| b |"
        ),
        new_code_cell("x = 1", outputs=[new_output("stream", text="\x1b[31mred\x1b[0m")]),
        new_code_cell("df", outputs=[new_output("execute_result", data={"text/html": table, "text/plain": "loss"})]),
        new_code_cell("plot", outputs=[new_output("display_data", data={"image/png": PIXEL, "text/plain": "Figure"})]),
        new_code_cell("expr", outputs=[new_output("display_data", data={"text/latex": "$\\frac12$"})]),
        new_raw_cell("raw <b>text</b>"),
    ]
    page = shown(page_of(kind, cells))
    assert page.find(["h2", "h3"], string="Title").name == {"feedback": "h3", "formgrade": "h2"}[kind]
    assert page.find("a", href="https://doi.org/1")["rel"]
    assert len(page.find_all("math")) == 3
    assert page.find("math", display="block")
    assert page.find("table", class_="dataframe").get_text() == "loss0.5"
    assert page.find("img", src=True)["src"].endswith(PIXEL)
    assert page.find("span", class_="ansi-red-fg").get_text() == "red"
    assert "raw <b>text</b>" in page.get_text()


@pytest.fixture
def of(course):
    """of("alice", "srn-step"): the metadata of a report that is sealed for that student and cell."""

    def metadata(student="alice", grade_id="srn-step"):
        about = {"assignment": LESSON, "student": student, "notebook": LESSON}
        return {SEAL: seal(course.secret(), about, grade_id, REPORT)}

    return metadata


def graded(grade_id, metadata):
    decided = {"grade_id": grade_id, "grade": False, "solution": False, "locked": True, "schema_version": 3}
    output = new_output("display_data", data={"text/html": REPORT}, metadata=metadata)
    return new_code_cell("check", metadata={"nbgrader": decided}, outputs=[output])


@pytest.mark.parametrize("kind", KINDS)
def test_a_sealed_report_keeps_its_look(page_of, of, kind):
    page = shown(page_of(kind, [graded("srn-step", of())]))
    assert page.find("div", class_="report").find("span")["style"] == "color:#fff"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "cell",
    [
        lambda of: graded("srn-step", {}),
        lambda of: graded("srn-step", {SEAL: "0" * 64}),
        lambda of: graded("srn-step", {SEAL: {"of": "another kind"}}),
        lambda of: graded("srn-step", of(student="bob")),
        lambda of: graded("srn-sequence", of()),
        lambda of: new_code_cell("forged", outputs=graded("srn-step", of()).outputs),
        lambda of: new_markdown_cell(f'<div class="report">{REPORT}</div>'),
    ],
    ids=["unsealed", "false seal", "odd seal", "of another student", "of another cell", "of no cell", "as text"],
)
def test_a_forged_report_looks_like_the_students(page_of, of, kind, cell):
    """A copy of a report has no style, and a frame that says whose it is."""
    page = shown(page_of(kind, [cell(of)]))
    assert "24 / 24 points" in page.get_text()
    assert not page.find(class_="report")
    assert not page.find(style=True)
    assert page.find(class_=["shown", "added"])


def test_a_headings_name_does_not_catch_the_link_to_the_mark(page_of):
    """The page's list of marks links to names that a student's heading could bear too."""
    page = shown(page_of("feedback", [new_markdown_cell('# srn-step\n\n<a name="srn-step" id="srn-step">x</a>')]))
    assert not page.find(id="srn-step")
    assert not page.find(attrs={"name": "srn-step"})


def test_a_picture_beside_the_notebook_comes_into_the_page(page_of, course, tmp_path):
    """And no other file, wherever a link leads."""
    folder = course.autograded / "alice" / LESSON
    (folder / "plot.png").write_bytes(b"a picture")
    (folder / "page.html").write_text("<script>alert(1)</script>")
    (tmp_path / "secret.png").write_bytes(b"another's")
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    text = "![a](plot.png) ![b](page.html) ![c](../../../../secret.png) ![d](link.png)"
    pictures = shown(page_of("feedback", [new_markdown_cell(text)])).find_all("img")
    assert [bool(picture.get("src")) for picture in pictures] == [True, False, False, False]
