"""The lessons as a site of plain files, complete without a network: ``grader site``, ``make site``.

myst-nb (Sphinx) reads the notebooks with their stored outputs; pydata-sphinx-theme gives search, dark theme and narrow
screens. Both are kept by large communities, and that theme is the one whose own tests run axe-core on its pages.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import nbformat

from grader.checks.errors import GraderError
from grader.marking.authoring.claims import NAME as CLAIMS
from grader.marking.authoring.heads import in_hours
from grader.marking.authoring.lesson_table import LessonRow, lesson_table
from grader.marking.authoring.site_notebook import site_notebook
from grader.marking.course.paths import LESSON_FOLDER, ROOT

PAGES = Path(__file__).resolve().parent / "site_pages"
"""The site's own pages, its settings for Sphinx, and its style."""
FIDELITY = "grader/FIDELITY.md"
COVERAGE = "lessons/COVERAGE.md"
BESIDE = (f"lessons/{CLAIMS}", FIDELITY, "grader/margins.png")
"""Pages and pictures of the clone that the site shows as they are."""
PICTURES = ("lessons/whole.png", "lessons/check.png")
"""Pictures of the README that the start page shows with the README's words."""
ICONS = "grader/checks/lessons/{name}.png"
MUTANT = re.compile(r"`(\w+): [^`\n]* → [^`\n]*`")
"""How grader/FIDELITY.md shows a reference solution that was changed in one place: with a line of the solution."""
LEFT_OUT = (".buildinfo", "objects.inv", "jupyter_execute", "webpack-macros.html", "*.map")
"""What Sphinx writes beside the site for other programs."""
NEEDED = ("sphinx", "myst_nb", "pydata_sphinx_theme")
TABLE, LESSONS, CONTENTS = "<!-- table of lessons -->", "<!-- lessons, one by one -->", "<!-- names of lessons -->"
"""Where the site's own pages show what the lessons say of themselves."""


class NoSite(GraderError):
    """The site was not built; the message says why."""


@dataclass(frozen=True)
class Site:
    """What was built: the page to open, how many pages there are, and how large all files are together."""

    start: Path
    pages: int
    size: int


def build_site(out: Path, *, answers: bool = False, lessons: Path = LESSON_FOLDER) -> Site:
    """Build the site into a folder, whose files it replaces.

    Args:
        out: the folder; what lies in it is removed, so it must be empty or hold a site.
        answers: show the solutions and the model answers too, for instructors.
        lessons: the folder of lessons.

    Raises:
        NoSite: packages are missing, the folder holds other things, or Sphinx finds a fault: a link that leads nowhere,
            a formula that cannot be read.
        NoLessonHead: a notebook's first cell lacks what the table of lessons shows.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise NoSite(f"{', '.join(missing)} is not installed; `pip install -e .[site]` brings what the site needs")
    if out.exists() and any(out.iterdir()) and not (out / "searchindex.js").exists():
        raise NoSite(f"{out} holds something that is no site; choose another folder")
    with tempfile.TemporaryDirectory() as folder:
        source, built = Path(folder) / "source", Path(folder) / "site"
        stage(source, answers=answers, lessons=lessons)
        _run_sphinx(source, built, answers)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(built, out, ignore=shutil.ignore_patterns(*LEFT_OUT))
    files = [path for path in out.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return Site(out / "index.html", pages, sum(path.stat().st_size for path in files))


def _run_sphinx(source: Path, built: Path, answers: bool) -> None:
    """Sphinx in a process of its own: it changes the process that it runs in. A warning is an error."""
    options = ["--quiet", "--fail-on-warning", "--keep-going", "--jobs=auto", "--conf-dir", str(PAGES)]
    tags = ["--tag", "answers"] if answers else []
    command = [sys.executable, "-m", "sphinx", *options, *tags, "--doctree-dir", str(source.parent / "trees")]
    done = subprocess.run([*command, str(source), str(built)], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).replace(f"{source}/", "")
        raise NoSite(f"Sphinx found faults:\n{said}")


# --- the pages that Sphinx reads ----------------------------------------------------------------------------------


def stage(source: Path, *, answers: bool, lessons: Path = LESSON_FOLDER) -> None:
    """Put the pages together in a folder, in the places that they have in the clone, so that their links hold.

    Raises:
        NoSite: the README lacks a picture that the start page shows as the README does.
    """
    rows = lesson_table(lessons)
    filled = {
        TABLE: "\n".join(_table(rows)),
        LESSONS: "\n".join(line for row in rows for line in _entry(row)),
        CONTENTS: "\n".join(row.notebook.removesuffix(".ipynb") for row in rows),
        **{f"<!-- {name} -->": _as_in_the_readme(name) for name in PICTURES},
    }
    for page in PAGES.rglob("*.md"):
        _write(source / page.relative_to(PAGES), _with_marks_filled(page.read_text("utf-8"), filled))
    for name in (*PICTURES, *BESIDE, *(ICONS.format(name=_stem(row)) for row in rows)):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    if not answers:
        _write(source / FIDELITY, MUTANT.sub(r"a mutant of `\1`", (ROOT / FIDELITY).read_text("utf-8")))
    _write(source / COVERAGE, _with_the_sites_anchors((ROOT / COVERAGE).read_text("utf-8")))
    for row in rows:
        notebook = site_notebook(nbformat.read(lessons / row.notebook, as_version=4), answers=answers)
        _write(source / "lessons" / row.notebook, nbformat.writes(notebook))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _with_the_sites_anchors(page: str) -> str:
    """A page's links into notebooks: JupyterLab calls a heading ``By-hand,-once``, the site ``by-hand-once``."""
    return re.sub(r"(\.ipynb)#([^)]+)\)", lambda link: f"{link[1]}#{_anchor(unquote(link[2]))})", page)


def _anchor(fragment: str) -> str:
    return re.sub(r"[^\w\u4e00-\u9fff-]", "", fragment.lower())


def _with_marks_filled(text: str, filled: dict[str, str]) -> str:
    for mark, what in filled.items():
        text = text.replace(mark, what)
    return text


def _as_in_the_readme(name: str) -> str:
    """A picture of the README with its words, so that they are written once."""
    found = re.search(rf"^!\[.+\]\({name}\)$", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    if found is None:
        raise NoSite(f"README.md does not show {name}, which the site's first page takes from it")
    return found[0]


def _stem(row: LessonRow) -> str:
    return Path(row.notebook).stem


def _table(rows: list[LessonRow]) -> Iterator[str]:
    """A row for each notebook, and one for all together. A lesson's icon says nothing that its title does not."""
    yield from (":::{list-table}", ":header-rows: 1", ":class: lessons", "* - Icon")
    yield from ("  - Lesson", "  - Minutes", "  - ★", "  - Points")
    for row in rows:
        yield f"* - ![]({ICONS.format(name=_stem(row))})"
        yield from (f"  - **[{row.number} · {row.title}](lessons/{row.notebook})**", "", f"    {row.subtitle}")
        yield from (f"  - {row.minutes}", f"  - {row.essentials or '–'}", f"  - {row.points:g}")
    minutes, essentials = sum(row.minutes for row in rows), sum(row.essentials for row in rows)
    yield from ("* -", f"  - all together: {in_hours(minutes)}; the essentials: {in_hours(essentials)}")
    yield from (f"  - {minutes}", f"  - {essentials}", f"  - {sum(row.points for row in rows):g}", ":::")


def _entry(row: LessonRow) -> Iterator[str]:
    """What a lesson teaches, as a section of the page of lessons."""
    yield from (f"## {row.number} · {row.title}", "", row.subtitle, "")
    yield from (f"[Read the lesson]({row.notebook}) · {row.minutes} minutes · {row.points:g} points", "")
    yield from ("Afterwards you will be able to", "")
    yield from (f"- {ability}" for ability in row.abilities)
    yield ""
