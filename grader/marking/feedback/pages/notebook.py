"""A marked notebook, built anew from what is known to be harmless, so that the template can show nothing else."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from html import escape
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Instance

from grader.marking.course.course import Course
from grader.marking.feedback.pages.html import BY_THE_CELL, PICTURE, harmless, harmless_report
from grader.marking.feedback.pages.lesson_text import lesson_text
from grader.marking.feedback.pages.markdown import render
from grader.marking.feedback.pages.page_process import NO_CELL, at_cell
from grader.marking.feedback.pages.plainly import ALL, MOST_TAGS, TO_SHOW_PLAINLY
from grader.marking.steps.find_near_work import NEAR
from grader.marking.steps.notes import FROM_GRADER
from grader.marking.steps.seal_reports import is_sealed

PICTURES = ("image/png", "image/jpeg", "image/gif")
LONGEST_ALT = 1000
"""Characters of a picture's own description."""
TEXTS = ("text/plain", "text/markdown", "text/latex", "text/html")
NAMES = ("student", "first_name", "last_name", "notebook_path")
"""What Formgrader's page shows of a student, as it is."""


class SafeNotebook(Preprocessor):
    """Reduces a notebook to sources, text, pictures, harmless HTML, and the sealed reports."""

    enabled = True
    course = Instance(Course, help="The course whose reports are sealed.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about, secret = _about(resources), self.course.secret()
        text = lesson_text(about["assignment"])
        own, names = text.sources, text.exercises.get(about["notebook"], {})
        plain = set(resources.get(TO_SHOW_PLAINLY, ()))
        cells = []
        for number, cell in enumerate(nb.cells):
            at_cell(number)
            made = _cell(number, cell, about, secret, own, bool(plain & {number, ALL}))
            cells.append(made if _tags(made) <= MOST_TAGS else _cell(number, cell, about, secret, own, True))
        for cell in cells:
            cell.metadata.exercise = names.get(cell.metadata.get("nbgrader", {}).get("grade_id"), "")
        at_cell(NO_CELL)
        nb.cells = cells
        nb.nbformat_minor = 5
        nb.metadata = NotebookNode(language_info={"name": "python", "pygments_lexer": "ipython3"})
        for name in NAMES:
            if isinstance(resources.get(name), str):
                resources[name] = escape(resources[name])
        return nb, resources


def _about(resources: ResourcesDict) -> dict[str, str]:
    """Whose notebook it is, as nbgrader's converters say it, or as Formgrader does."""
    if "nbgrader" in resources:
        return {name: resources["nbgrader"][name] for name in ("assignment", "student", "notebook")}
    names = {"assignment": "assignment_id", "student": "student", "notebook": "notebook_id"}
    return {name: str(resources.get(other, "")) for name, other in names.items()}


def _cell(
    number: int, cell: NotebookNode, about: dict[str, str], secret: bytes, own: frozenset[str], plain: bool
) -> NotebookNode:
    decided = cell.metadata.get("nbgrader")
    lessons_own = cell.source.strip() in own
    added = FROM_GRADER not in cell.metadata and not lessons_own  # marking drops a submission's metadata
    metadata = _node(nbgrader=decided) if decided else _node(added=added)
    metadata.update(near=NEAR in cell.metadata and not decided, lessons_own=lessons_own)
    metadata.update(plain_source=plain and added, plain_outputs=plain)
    safe = _node(id=f"cell-{number}", cell_type="code", source=cell.source, metadata=metadata)
    if cell.cell_type == "markdown":
        return _node(safe, cell_type="markdown", attachments={} if plain else cell.get("attachments", {}))
    if cell.cell_type != "code":  # raw: shown as code, as it was written
        return _node(safe, outputs=[], execution_count=None)
    return _node(safe, outputs=_outputs(cell, about, secret, plain), execution_count=cell.get("execution_count"))


def _outputs(cell: NotebookNode, about: dict[str, str], secret: bytes, plain: bool) -> list[NotebookNode]:
    sealed = [(is_sealed(secret, about, cell, output), output) for output in cell.outputs]
    if not plain:
        return [_report_output(output) if is_report else _output(output) for is_report, output in sealed]
    reports = [_report_output(output) for is_report, output in sealed if is_report]
    rest = [_plainest(output) for is_report, output in sealed if not is_report]
    return [*reports, _node(output_type="stream", name="stdout", text="\n".join(rest))] if rest else reports


def _report_output(output: NotebookNode) -> NotebookNode:
    return _display({"text/html": _report(output.data["text/html"])})


def _output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        return _node(output_type="stream", name="stderr" if output.name == "stderr" else "stdout", text=output.text)
    if output.output_type == "error":
        return _node(output_type="error", ename=output.ename, evalue=output.evalue, traceback=output.traceback)
    return _display(harmless_data(output.data, output.get("metadata", {})))


def _plainest(output: NotebookNode) -> str:
    """What an output says: what was printed, a traceback, or the plainest form of what it shows."""
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return "\n".join(output.traceback)
    return next((output.data[kind] for kind in TEXTS if isinstance(output.data.get(kind), str)), "(a picture)")


def _tags(cell: NotebookNode) -> int:
    """How many tags the HTML of a cell's outputs has."""
    shown = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ())]
    return sum(html.count("<") for html in shown)


def _display(data: dict[str, str]) -> NotebookNode:
    return _node(output_type="display_data", data=_node(**data), metadata=_node())


_node = NotebookNode  # nbformat's new_code_cell and the like check each against the schema: a third of a page's time


@lru_cache(maxsize=256)
def _report(html: str) -> str:
    return f'<div class="report">{harmless_report(html)}</div>'


def harmless_data(data: dict[str, Any], metadata: dict[str, Any]) -> dict[str, str]:
    """What an output shows: HTML of harmless parts, else its text."""
    text = data.get("text/plain")
    found = _rich(data, metadata)
    if found.strip():
        return {"text/html": f'<div class="shown">{found}</div>'}
    return {"text/plain": text if isinstance(text, str) else "This output has no form that can be shown here."}


def _rich(data: dict[str, Any], metadata: dict[str, Any]) -> str:
    """HTML of the first MIME type that there is, in nbconvert's order; "" where there is none."""
    if isinstance(html := data.get("text/html"), str) and (found := harmless(html)).strip():
        return found
    if isinstance(source := data.get("text/markdown"), str):
        return render(source)
    if isinstance(drawing := data.get("image/svg+xml"), str):
        return _picture("image/svg+xml", b64encode(drawing.encode("utf-8", "replace")).decode("ascii"), {})
    if isinstance(formula := data.get("text/latex"), str):
        return render(formula)
    kind = next((kind for kind in PICTURES if isinstance(data.get(kind), str)), None)
    return _picture(kind, data[kind], metadata.get(kind)) if kind else ""


def _picture(kind: str, content: str, sizes: object) -> str:
    source = f"data:{kind};base64,{content.strip()}"
    if not PICTURE.fullmatch(source):
        return ""
    known = sizes if isinstance(sizes, dict) else {}
    size = "".join(f' {name}="{known[name]}"' for name in ("width", "height") if type(known.get(name)) is int)
    words = known.get("alt")
    alt = escape(words[:LONGEST_ALT]) if isinstance(words, str) and words.strip() else BY_THE_CELL
    return f'<img alt="{alt}" src="{source}"{size}>'
