"""Start a lesson in a folder of one's own, in which nothing is ever overwritten."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.checks.due import read_due
from grader.checks.errors import GraderError
from grader.checks.lesson_list import lesson_list
from grader.student import notebook
from grader.student.aside import dated
from grader.student.bring import Source
from grader.student.given import Given, given_in, recorded_in
from grader.student.merge import Merged, merge_folders
from grader.student.whole import Trouble, troubles


@dataclass(frozen=True)
class Started:
    """What was done.

    Attributes:
        folder: the student's own folder of the lesson.
        says: what was done, and what to do next, in a few lines.
    """

    folder: Path
    says: tuple[str, ...]


def start(source: Source, lessons: Path, *, merge: bool = False, again: bool = False) -> Started:
    """Make the folder in which a student works on a lesson; leave one that is there as it is.

    Args:
        source: the lesson.
        lessons: the folder of one's lessons, which need not exist.
        merge: where the lesson is newer than what was started from, take its cells over and keep the answers.
        again: begin anew; what is there gets another name.

    Raises:
        GraderError: the lesson cannot be brought, or a notebook in the folder is missing, has another name or is
            damaged; nothing was changed then.
        OSError: something cannot be written.
    """
    folder = lessons / source.lesson
    lessons.mkdir(parents=True, exist_ok=True)
    with _draft(source, lessons) as (draft, newer):
        if not folder.exists():
            draft.rename(folder)
            return _says(folder, f"{folder} is yours: the lesson without its answers.", _open(source, folder, newer))
        if again:
            aside = _set_aside(folder, draft)
            return _says(folder, f"{folder} is new. What was there is now {aside.name}.", _open(source, folder, newer))
        _take_due_date(draft, folder)
        given = recorded_in(folder)
        wrong = _wrong(folder, given, newer)
        if any(not merge or each.kind != "missing" for each in wrong):
            raise GraderError(_said_of_wrong(folder, wrong, source, newer))
        if given is not None and given.version == newer.version and not wrong:
            there = f"{folder} is there already, from this version of the lesson; nothing was changed."
            anew = f"To begin anew: {_command(source)} --again (what is there is kept under another name)."
            return _says(folder, there, _open(source, folder, newer), anew)
        if merge:
            done = merge_folders(folder, draft, given, newer)
            aside = _set_aside(folder, draft)
            _remove_if_untouched(_beside(folder))
            return Started(folder, tuple(_merged(folder, aside, done)))
        return _offer(folder, draft, newer, source)


@contextmanager
def _draft(source: Source, lessons: Path) -> Iterator[tuple[Path, Given]]:
    """The lesson in a folder of another name, with its record; it is removed if it still has that name afterwards."""
    draft = lessons / f".{source.lesson}.{secrets.token_hex(4)}"
    draft.mkdir()
    try:
        source.bring(draft)
        newer = given_in(draft, source.lesson)
        newer.write(draft)
        yield draft, newer
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _wrong(folder: Path, given: Given | None, newer: Given) -> list[Trouble]:
    """What is wrong with the folder's notebooks. One that was begun in another way may never have had some of them."""
    found = troubles(folder, newer.cells if given is None else given.cells)
    return [each for each in found if given is not None or each.kind != "missing"]


def _said_of_wrong(folder: Path, wrong: list[Trouble], source: Source, newer: Given) -> str:
    says = [f"{folder} is there, but {'; '.join(each.says for each in wrong)}. Nothing was changed."]
    if len(newer.cells) > 1:
        says += ["What is damaged, move away first." if any(each.kind == "damaged" for each in wrong) else ""]
        says += [f"To put the lesson's own where one is missing, and keep all others: {_command(source)} --merge."]
    says += [f"To begin anew: {_command(source)} --again (what is there is kept under another name)."]
    return " ".join(filter(None, says))


def _set_aside(folder: Path, draft: Path) -> Path:
    """Give the folder a dated name, and the draft its place; returns where the folder is now."""
    aside = dated(folder)
    folder.rename(aside)
    try:
        draft.rename(folder)
    except OSError:
        aside.rename(folder)
        raise
    return aside


def _beside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-new")


def _offer(folder: Path, draft: Path, newer: Given, source: Source) -> Started:
    """Put the newer version beside the folder."""
    beside = _beside(folder)
    given = recorded_in(beside)
    if given is None or given.version != newer.version:
        _remove_if_untouched(beside)
        if beside.exists():
            _set_aside(beside, draft)
        else:
            draft.rename(beside)
    return _says(
        folder,
        f"{folder} was started from another version of the lesson, and is as it was. This one is in {beside.name}.",
        f"To take its text over and keep your answers: {_command(source)} --merge",
    )


def _remove_if_untouched(folder: Path) -> None:
    """Remove a copy of a lesson into which nobody wrote."""
    given = recorded_in(folder)
    try:
        untouched = given is not None and given_in(folder, given.lesson).version == given.version
        answered = any(_has_answers(folder / name) for name in (given.cells if given is not None else ()))
    except (OSError, GraderError):
        return
    if untouched and not answered:
        shutil.rmtree(folder)


def _has_answers(path: Path) -> bool:
    """Is there an answer, though perhaps from the start, as where a folder with answers was brought?"""
    cells = notebook.read(path)["cells"]
    return any(notebook.is_answer(cell) and not notebook.is_untouched(cell) for cell in cells)


def _merged(folder: Path, aside: Path, done: Merged) -> Iterator[str]:
    kept = f"{_count(len(done.answers), 'answer')} and {_count(done.added, 'cell')} of your own"
    yield f"✓ {folder} has the lesson's new text, with {kept}. What was there is now {aside.name}."
    if done.compare:
        yield f"Compare with {aside.name}: the lesson's own lines have changed in {', '.join(done.compare)}."
    if done.gone:
        yield f"No longer an exercise, so kept as a plain cell: {', '.join(done.gone)}."
    if done.replaced:
        yield f"The lesson's again, though you had changed it (yours is in {aside.name}): {', '.join(done.replaced)}."
    yield "Where it is open in JupyterLab: File → Reload Notebook from Disk. Then Run → Run All Cells."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _take_due_date(draft: Path, folder: Path) -> None:
    """A date may move though the lesson stays the same."""
    if (due := read_due(draft)) is not None:
        due.write(folder)


def _says(folder: Path, done: str, *then: str) -> Started:
    due = read_due(folder)
    dated = [f"{folder.name} is {due.says()}."] if due is not None else []
    return Started(folder, (f"✓ {done}", *dated, *then))


def _open(source: Source, folder: Path, given: Given) -> str:
    """How to open the notebook that was named, or the first in the order in which they are learned."""
    order = [source.notebook, *(Path(each.notebook).name for each in lesson_list()), *given.cells]
    first = next((name for name in order if name in given.cells), "")
    return f'Open it: jupyter lab "{folder / first}"'


def _command(source: Source) -> str:
    return f"grader start {source.typed}"
