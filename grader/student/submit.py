"""One file to hand in: the lesson's notebooks and what the student put beside them, looked through and sealed.

    01-srn-ada.zip
        manifest.json       {"format": 1, "lesson": "01-srn", "name": "ada", "started_from": "<Given.version or empty>",
                             "files": {"01-srn.ipynb": {"bytes": 107071, "sha256": "<SHA-256>"}, …}}
        01-srn/01-srn.ipynb
        01-srn/…

The manifest lists every other file, by its path in the lesson's folder. The SHA-256 of its bytes as they lie in the zip
names the whole work: `Handed.digest`. The same work makes the same file, byte for byte; no date is in it. A student's
machine wrote the manifest: whoever reads it checks the files against it, and believes nothing else of it.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grader.checks.due import Due, moment_in_words, read_due
from grader.checks.errors import GraderError
from grader.checks.lesson_names import lesson_and_notebook
from grader.checks.task import LESSONS, Task, module_of, modules_of, tasks_by_grade_id, tasks_of
from grader.student import notebook
from grader.student.aside import dated
from grader.student.begin import FOLDER, command, how_to_begin
from grader.student.given import plain_files, recorded_in, sha256
from grader.student.notebook import Cell
from grader.student.whole import Trouble, troubles

MANIFEST = "manifest.json"
FORMAT = 1
LARGEST = 100 * 10**6
"""Bytes of a file that is handed in, as marking takes them."""
OF_THE_LESSON = ("data", "solutions")
"""Folders of a lesson; what lies in them is not handed in where it is not known what the student was given."""
EXERCISE = re.compile(r"^#+ (Exercise \d+[A-G]?\.\d+)", re.MULTILINE)
"""How the head of an exercise begins."""
LONG_AGO = datetime.min.replace(tzinfo=UTC)
BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The date of all files in the zip."""


@dataclass
class Handed:
    """What is handed in.

    Attributes:
        path: the zip.
        digest: SHA-256 of its manifest, in hexadecimal.
        notebooks: the lesson's notebooks in it.
        added: the student's other files in it.
        answered: what the answered exercises are called.
        open: what those are called that are not.
        remarks: what is missing, was left out, or is not Python.
        before: what a file of the same name with other content, which was there, is called now.
        saved: when the newest of its notebooks was saved.
        due: when the lesson is due, where the folder says so.
    """

    path: Path
    digest: str = ""
    notebooks: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    before: str = ""
    saved: datetime = LONG_AGO
    due: Due | None = None

    @property
    def short(self) -> str:
        """The beginning of the digest, as one reads it out: "3f2a-91bc-77de"."""
        return "-".join(self.digest[at : at + 4] for at in (0, 4, 8))


def folder_of(typed: str, lessons: Path, into: Path | None = None) -> Path:
    """The folder in which a student works on a lesson: the one that is named, or that lesson's among one's own.

    One in which a notebook is missing is such a folder, too.

    Args:
        typed: the lesson by any of its names, or the folder.
        lessons: the folder of one's lessons.
        into: the same where it was named, to be repeated in what is said.

    Raises:
        GraderError: there is none.
    """
    named = [Path(typed), lessons / typed] if typed.strip() else []
    if found := next(filter(_has_notebooks, named), None) or next(filter(_is_of_a_lesson, named), None):
        return found
    lesson, _ = lesson_and_notebook(typed)
    places = [lessons / lesson, Path(lesson), *([Path()] if Path.cwd().name == lesson else [])]
    found = next(filter(_has_notebooks, places), None) or next(filter(_is_of_a_lesson, places), None)
    if found is None:
        raise GraderError(_not_there(lesson, lessons, into))
    return found


def _has_notebooks(folder: Path) -> bool:
    return any(folder.glob("*.ipynb"))


def _is_of_a_lesson(folder: Path) -> bool:
    return folder.is_dir() and (folder.resolve().name in LESSONS.values() or recorded_in(folder) is not None)


def _not_there(lesson: str, lessons: Path, into: Path | None) -> str:
    elsewhere = lessons.is_absolute() or lessons.is_dir()
    return (
        f"{(lessons / lesson).absolute()} is not there: "
        + ("" if elsewhere else f"go to the folder that holds {lessons} and type it there, or ")
        + f"name the folder with your notebook, or {how_to_begin(lesson, into)}"
    )


def submit(folder: Path, name: str, into: Path | None = None) -> Handed:
    """Look through a lesson's folder, and write the file to hand in; another of the same name is set aside.

    Args:
        folder: the student's folder of the lesson.
        name: what the student is called, in the file's name and in the manifest.
        into: where to write; otherwise beside the folder.

    Raises:
        GraderError: there is no notebook of the lesson, or one is damaged or holds the lesson's own answers.
        OSError: the file cannot be written.
    """
    given, lesson = recorded_in(folder), folder.resolve().name
    if given is not None:
        lesson = given.lesson
    done = Handed((into or folder / "..").resolve() / f"{lesson}-{_as_name(name)}.zip")
    done.due = read_due(folder)
    wanted = given.cells if given is not None else _notebooks(lesson, folder)
    theirs = {*given.files, *given.cells} if given is not None else None
    files = list(plain_files(folder))
    wrong = {each.name: each for each in troubles(folder, wanted)}
    if any(each.kind == "damaged" for each in wrong.values()):
        raise GraderError(_not_made(folder, lesson, wrong, into))
    for each in wanted:
        if each in files:
            _look_through(folder / each, lesson, done)
        else:
            done.remarks.append(wrong[each].says if each in wrong else f"{each} is missing")
    if not done.notebooks:
        raise GraderError(_not_made(folder, lesson, wrong, into))
    done.added = [each for each in files if each not in wanted and _is_own(folder, each, theirs, done)]
    _write(done, folder, lesson, name, given.version if given is not None else "")
    return done


def _not_made(folder: Path, lesson: str, wrong: Mapping[str, Trouble], into: Path | None) -> str:
    says = "; ".join(each.says for each in wrong.values())
    some = len(wrong) < len(_notebooks(lesson, folder))
    what = "nothing was made of {}" if some else f"{{}} holds no notebook of {lesson} that can be handed in"
    others = ". What is damaged, move away to hand in the others" if some else ""
    where = into or (None if folder.parent.name == FOLDER else folder.resolve().parent)
    anew = f"{command(lesson, where)} --again (what is there is kept under another name)"
    return f"{what.format(folder)}: {says}{others}. To begin anew: {anew}"


def _as_name(name: str) -> str:
    """A name that can stand in a file's."""
    return "".join(sign if sign.isalnum() or sign in "._-" else "-" for sign in name).strip(".-") or "me"


def _notebooks(lesson: str, folder: Path) -> dict[str, Sequence[str]]:
    """The notebooks that a lesson has, each with its exercises; of one not of the workbook those that are there."""
    modules = modules_of(lesson)
    if not modules:
        names = sorted(path.name for path in folder.glob("*.ipynb"))
    elif len(modules) == 1:
        names = [f"{lesson}.ipynb"]
    else:
        names = sorted(f"{module.rpartition('.')[2].replace('_', '-')}.ipynb" for module in modules)
    return {name: [task.grade_id for task in _tasks(lesson, Path(name).stem)] for name in names}


def _look_through(path: Path, lesson: str, done: Handed) -> None:
    """Note which exercises of a notebook are answered, and what is not as it was released."""
    cells = notebook.read(path)["cells"]
    if notebook.is_the_instructors(cells):
        raise GraderError(f"{path} holds the lesson's own answers: hand in the folder in which you work yourself")
    done.notebooks.append(path.name)
    done.saved = max(done.saved, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    there = {notebook.grade_id(cell): cell for cell in cells}
    missing = [task.title for task in _tasks(lesson, path.stem) if not {task.grade_id, answer_of(task)} <= there.keys()]
    if missing:
        done.remarks.append(f"{path.name} lacks cells of the released notebook: {'; '.join(missing)}")
    head = ""
    for cell in cells:
        if cell["cell_type"] == "markdown" and (found := EXERCISE.findall(notebook.source_of(cell))):
            head = found[-1]
        if notebook.is_answer(cell):
            (done.answered if is_answered(cell) else done.open).append(_title(cell))
            if cell["cell_type"] == "code" and (why := _not_python(notebook.source_of(cell))):
                done.remarks.append(f"the cell of {head or _title(cell)} is not Python: {why}")


def _not_python(source: str) -> str:
    """Where a cell is not Python, as "line 2"; "" where it is, or is what Jupyter makes Python of."""
    try:
        _parse(source)
    except (SyntaxError, ValueError):
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            _parse(TransformerManager().transform_cell(source))
        except SyntaxError as error:
            return f"line {error.lineno or 1} ({error.msg})"
        except ValueError as error:
            return str(error)
    return ""


def _parse(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compile(source, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


def _tasks(lesson: str, name: str) -> list[Task]:
    return list(tasks_of(module_of(lesson, name)).values()) if lesson in LESSONS.values() else []


def answer_of(task: Task) -> str:
    """The grade id of a task's answer."""
    return f"{task.grade_id}-answer"


def is_answered(cell: Cell) -> bool:
    """Was something written into an answer cell, and nothing left of what stood for it?"""
    text = notebook.source_of(cell)
    return bool(text.strip()) and not notebook.is_untouched(cell) and notebook.STUBS[0] not in text


def _title(cell: Cell) -> str:
    """What an exercise is called."""
    name = notebook.grade_id(cell)
    task = tasks_by_grade_id().get(name.removesuffix("-answer"))
    if task is not None:
        return task.title
    return "the written answer" if cell["cell_type"] == "markdown" else name


def _is_own(folder: Path, name: str, theirs: set[str] | None, done: Handed) -> bool:
    """Is a file one that the student added? What is too large is left out, and named."""
    if name in theirs if theirs is not None else name.partition("/")[0] in OF_THE_LESSON:
        return False
    if (folder / name).stat().st_size > LARGEST:
        done.remarks.append(f"{name} is left out: it has more than {LARGEST // 10**6} MB")
        return False
    return True


def _write(done: Handed, folder: Path, lesson: str, name: str, version: str) -> None:
    """Write the zip under another name first, so that a half-written one is never handed in."""
    files = {each: (folder / each).read_bytes() for each in sorted(done.notebooks + done.added)}
    listed = {each: {"bytes": len(content), "sha256": sha256(content)} for each, content in files.items()}
    about = {"format": FORMAT, "lesson": lesson, "name": name, "started_from": version, "files": listed}
    manifest = (json.dumps(about, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
    draft = done.path.with_name(f".{done.path.name}")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            packed.writestr(_entry(MANIFEST), manifest)
            for each, content in files.items():
                packed.writestr(_entry(f"{lesson}/{each}"), content)
        if done.path.is_file() and done.path.read_bytes() != draft.read_bytes():
            done.before = done.path.rename(dated(done.path)).name
        draft.replace(done.path)
    finally:
        draft.unlink(missing_ok=True)
    done.digest = sha256(manifest)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, BEGINNING)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    return entry


def said_of(done: Handed) -> Iterator[str]:
    """What to tell the student, in a few lines."""
    added = f", and of your own: {', '.join(done.added)}" if done.added else ""
    if not done.answered:
        yield "– Nothing is answered yet: the file below holds no answer of yours."
    yield f"✓ {done.path} is the file to hand in. In it: {', '.join(done.notebooks)}{added}."
    if done.before:
        yield f"Another of that name was there, with other content: it is now {done.before}."
    total = len(done.answered) + len(done.open)
    yield f"Answered: {len(done.answered)} of {total}." + (f" Not yet: {'; '.join(done.open)}." if done.open else "")
    for remark in done.remarks:
        yield f"– {remark}"
    if done.due is not None:
        yield f"– The lesson is {done.due.says()}."
    yield f"As saved on {_saved(done)}: what is not saved in JupyterLab is not in it."
    yield f"Digest: {done.short}. Keep it: it belongs to exactly this work."


def _saved(done: Handed) -> str:
    """When it was saved, by the clocks by which the due date is told; by this machine's where there is none."""
    if done.due is not None:
        with suppress(OSError, LookupError, ValueError):  # a zone that this machine does not know
            zone = UTC if done.due.zone == "UTC" else ZoneInfo(done.due.zone)
            return moment_in_words(done.saved.astimezone(zone), done.due.zone)
    own = done.saved.astimezone()
    return f"{own:%Y-%m-%d, %H:%M} ({own.tzname()})"
