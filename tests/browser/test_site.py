"""Is the site whole, quiet, reachable by keyboard and screen reader, and complete without a network?"""

from __future__ import annotations

import html
import re
import threading
import time
from functools import cache, partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import axe_playwright_python
import nbformat
import pytest
from playwright.sync_api import expect

from grader.marking.authoring.lesson_table import lesson_table
from grader.marking.authoring.site import build_site
from grader.marking.authoring.sync import BEGIN, END
from grader.marking.course.paths import LESSON_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SOLUTION = re.compile(rf"{BEGIN}\n(.*?){END}", re.DOTALL)
LESSON = "lessons/01-srn/01-srn.html"
RUN_AXE = """left_out => axe.run({exclude: left_out.map(what => [what])}, {resultTypes: ["violations"]})
    .then(found => found.violations)"""
SAME_EVERYWHERE = ["math", ".highlight"]
"""Formulas and code: thousands of parts a page, alike on all of them, so one page with them is enough."""
SECONDS, MEGABYTES = 180, 40


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    began = time.monotonic()
    built = build_site(tmp_path_factory.mktemp("built") / "site")
    return built, time.monotonic() - began


@pytest.fixture(scope="module")
def folder(site):
    return site[0].start.parent


@pytest.fixture(scope="module")
def address(folder):
    """address(path): the address of a page, served as a web server would."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield lambda path="index.html": f"http://127.0.0.1:{server.server_port}/{path}"
        server.shutdown()


@pytest.fixture(scope="module")
def pages(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))


@pytest.fixture
def quiet(page):
    """A page, and a list of whatever it complains of, or asks of another host."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if _is_here(request.url) else complaints.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
    return page, complaints


def _is_here(address: str) -> bool:
    return urlsplit(address).scheme in ("data", "blob", "file") or urlsplit(address).hostname == "127.0.0.1"


def test_it_is_built_in_three_minutes_and_has_40_megabytes_at_most(site):
    built, seconds = site
    assert built.pages > 15
    assert seconds < SECONDS
    assert built.size < MEGABYTES * 1e6


# --- links and pictures -----------------------------------------------------------------------------------------------


class Parts(HTMLParser):
    """The names, the links, what is loaded, and the pictures without words, of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.names, self.links, self.loaded, self.wordless = set(), set(), set(), []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.names.update(found[key] for key in ("id", "name") if found.get(key))
        if found.get("href"):
            (self.loaded if tag == "link" else self.links).add(found["href"])
        if found.get("src"):
            self.loaded.add(found["src"])
        # where Sphinx has no words, it writes the picture's address
        if tag == "img" and " " not in (found.get("alt") or "").strip():
            self.wordless.append(found.get("src"))


@pytest.fixture(scope="module")
def parts(folder):
    @cache
    def of(path: str) -> Parts:
        parser = Parts()
        parser.feed((folder / path).read_text("utf-8"))
        return parser

    return of


def test_every_link_leads_to_a_page_that_is_there_and_to_a_name_on_it(pages, parts, folder):
    broken = []
    for page in pages:
        for link in parts(page).links | parts(page).loaded:
            target = urlsplit(urljoin(f"site:///{page}", link))
            path = unquote(target.path).lstrip("/") or page
            if target.scheme == "site" and not _is_there(folder, parts, path, unquote(target.fragment)):
                broken.append(f"{page}: {link}")
    assert broken == []


def _is_there(folder, parts, path: str, name: str) -> bool:
    names = parts(path).names if path.endswith(".html") and (folder / path).is_file() else set()
    return (folder / path).is_file() and (not name or name in names)


def test_nothing_is_loaded_from_elsewhere(pages, parts, folder):
    for page in pages:
        assert [what for what in parts(page).loaded if urlsplit(what).scheme not in ("", "data")] == [], page
    for style in folder.rglob("*.css"):
        assert not re.search(r"""(url\(|@import) *["']?(https?:)?//""", style.read_text("utf-8")), style


def test_every_picture_has_words(pages, parts):
    """But for the lessons' icons, which say nothing that the title beside them does not."""
    icons = {f"_images/{row.notebook.partition('/')[2].removesuffix('.ipynb')}.png" for row in lesson_table()}
    wordless = {picture for page in pages for picture in parts(page).wordless}
    assert wordless == icons


# --- answers ----------------------------------------------------------------------------------------------------------


def telling_lines() -> set[str]:
    """Lines of solutions that stand nowhere else in a lesson, and are long enough not to be anybody's."""
    inside, outside = set(), set()
    for path in LESSON_FOLDER.glob("*/*.ipynb"):
        for cell in nbformat.read(path, as_version=4).cells:
            outside.update(line.strip() for line in SOLUTION.sub("", cell.source).splitlines())
            if cell.cell_type == "code":
                inside.update(line.strip() for text in SOLUTION.findall(cell.source) for line in text.splitlines())
    return {line for line in inside - outside if len(line) > 30}


def test_no_page_shows_an_answer(pages, folder):
    text = html.unescape("\n".join(re.sub(r"<[^>]*>", "", (folder / page).read_text("utf-8")) for page in pages))
    lines = telling_lines()
    assert len(lines) > 200
    assert [line for line in lines if line in text] == []
    assert "A model answer" not in text
    assert "BEGIN SOLUTION" not in text
    assert text.count("# YOUR CODE HERE") > 80


# --- in the browser ---------------------------------------------------------------------------------------------------


def test_no_page_complains_or_asks_another_host(quiet, pages, address):
    page, complaints = quiet
    for path in pages:
        page.goto(address(path))
        page.wait_for_load_state("networkidle")
        assert complaints == [], path


def test_opened_from_a_disk_it_is_as_quiet_and_finds_words(quiet, folder):
    page, complaints = quiet
    page.goto((folder / "search.html").as_uri() + "?q=peephole")
    page.locator("ul.search a[href*='05-lstm']").first.wait_for()
    page.goto((folder / LESSON).as_uri())
    page.wait_for_load_state("networkidle")
    assert complaints == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 375)])
def test_axe_finds_nothing_serious(browser, pages, address, theme, width):
    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": 900})
    page, found = context.new_page(), []
    some = ["index.html", "search.html", LESSON, "lessons/CLAIMS.html", "lessons/COVERAGE.html"]
    for path in pages if theme == "light" else some:
        page.goto(address(path))
        page.wait_for_load_state("networkidle")
        page.evaluate(AXE.read_text("utf-8"))
        violations = page.evaluate(RUN_AXE, [] if path == LESSON else SAME_EVERYWHERE)
        for violation in violations:
            if violation["impact"] in ("serious", "critical"):
                found += [f"{path}: {violation['id']}: {node['html'][:150]}" for node in violation["nodes"]]
    context.close()
    assert found == []


def test_search_and_navigation_are_reached_by_keyboard(page, address):
    page.goto(address())
    page.keyboard.press("Tab")
    expect(page.locator("#pst-skip-link a")).to_be_focused()
    _tab_to(page, page.get_by_role("link", name="Claims", exact=True).first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Claims put to the test")
    page.keyboard.press("Control+k")
    expect(page.locator("#pst-search-dialog input[type=search]")).to_be_focused()
    page.keyboard.type("peephole")
    result = page.locator("ul.search a[href*='05-lstm']").first
    result.wait_for()
    _tab_to(page, result)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("05 · LSTM")


def _tab_to(page, target) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("link => link === document.activeElement"):
            return
    pytest.fail(f"60 times Tab, and never there: {target}")


@pytest.mark.parametrize("width", [620, 375])
def test_a_narrow_window_does_not_move_sideways(page, pages, address, width):
    page.set_viewport_size({"width": width, "height": 900})
    wide = []
    for path in pages:
        page.goto(address(path))
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    assert wide == []


def test_a_window_of_620_pixels_shows_equation_1_1_whole(page, address):
    page.set_viewport_size({"width": 620, "height": 900})
    page.goto(address(LESSON))
    page.wait_for_load_state("networkidle")
    formula = page.locator(".formula").filter(has_text="(1.1)").first
    assert formula.evaluate("frame => frame.scrollWidth <= frame.clientWidth + 1")


def test_formulas_are_drawn_in_the_font_that_comes_with_the_site(page, address):
    page.goto(address(LESSON))
    page.wait_for_load_state("networkidle")
    assert page.locator("math").count() > 100
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert page.evaluate("[...document.fonts].some(font => font.status === 'loaded' && font.family.includes('STIX'))")
