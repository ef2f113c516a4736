"""The commands of a course: release, collect, autograde, feedback, report, lab, doctor."""

from __future__ import annotations

import dataclasses
import enum
import gc
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.checks.device import GPU_SHARE
from grader.cli.app import COURSE, Lesson, app
from grader.cli.class_tables import print_overview, print_report
from grader.cli.printing import (
    print_feedback_states,
    print_held_back,
    print_not_listed,
    print_plain_pages,
    print_summary,
)
from grader.cli.terminal import err, out, plain, say
from grader.marking.course.course import Course

if TYPE_CHECKING:
    from grader.marking.autograde.outcome import Outcome, Summary
    from grader.marking.feedback.pages.press import Page
    from grader.marking.sandbox.pool import Pool


class Role(enum.StrEnum):
    """Whose JupyterLab it is."""

    instructor = "instructor"
    student = "student"


@app.command(rich_help_panel=COURSE)
def release(
    lesson: Lesson,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also where somebody wrote answers into the release: they are lost.")
    ] = False,
) -> None:
    """Make a lesson's student version and put it where students can fetch it."""
    from grader.marking.course.rights import closed_folder, reach_the_exchange
    from grader.marking.desk.release import release

    course = Course.from_environment()
    with err.status(f"Making the student version of {lesson} …"):
        lesson = release(course, lesson, overwrite=overwrite)
    if (closed := closed_folder(course)) is not None:
        say(f"– other accounts cannot reach the exchange: {closed} is closed to them. {reach_the_exchange(closed)}")
    out.print(f"✓ {lesson} is released: students fetch it in JupyterLab (Nbgrader → Assignment List).", highlight=False)


@app.command(rich_help_panel=COURSE)
def collect(
    lesson: Lesson,
    any_owner: Annotated[
        bool,
        typer.Option(
            "--any-owner", help="Take also what belongs to another account than the student's: where names differ."
        ),
    ] = False,
) -> None:
    """Fetch what students handed in. Exit code 1 if something could not be collected; what was before is kept.

    A folder in the exchange must belong to the account that is called as the student is, or to you.
    """
    from grader.marking.desk.collect import collect

    with err.status(f"Collecting {lesson} …"):
        done = collect(Course.from_environment(), lesson, any_owner=any_owner)
    for line in done.refused:
        say(f"✗ not collected: {line}")
    for line in done.notes:
        say(f"– {line}")
    number, new = len(done.students), len(done.new)
    students = f"{number} student{'' if number == 1 else 's'}"
    say(f"✓ {students} handed in {lesson}; {new or 'nothing'} new since the last time.")
    raise typer.Exit(1 if done.refused else 0)


@app.command(rich_help_panel=COURSE)
def autograde(
    lesson: Lesson,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Mark again what is marked already. Marks given by hand stay.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many notebooks run side by side; as many as there are cores, and with --gpu no more than fit "
            f"into the GPU's free memory at {GPU_SHARE / 2**30:g} GiB each.",
        ),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Run them on a Dask cluster: its scheduler's address.", metavar="TCP://…")
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Run them where there is a GPU, and let them use it.")] = False,
    take_copies: Annotated[
        bool,
        typer.Option(
            "--take-copies",
            help="Where a notebook is untouched or missing and one copy beside it has answers, mark that.",
        ),
    ] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=NUMBER",
            help="What a submission may use: cell_seconds, notebook_seconds (of the exercises), other_seconds (of "
            'other cells), memory, output, … Sizes are bytes, or such as memory="2 GiB". May be given several times; '
            "nbgrader_config.py says it for every run.",
        ),
    ] = None,
    preview: Annotated[
        bool,
        typer.Option("--preview", help="Show first whose points would change, and why; ask before anything is saved."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --preview: save those marks without a question.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Mark what was handed in. Exit code 1 if something could not be marked.

    What is marked and has not changed is left as it is, so a run that was cut off goes on where it stopped. One line a
    submission goes into autograde.log in the course folder.
    """
    from grader.marking.course.lessons import lesson_id
    from grader.marking.course.submissions import submitters

    if scheduler and workers:
        raise typer.BadParameter("a cluster has its own workers: give --workers or --scheduler, not both")
    if (take_copies and preview) or (yes and not preview):
        raise typer.BadParameter(
            "--preview changes nothing that was handed in: no --take-copies; and --yes is its answer"
        )
    _need("nbgrader", "nh3", "math_core", "pydantic")  # told before the sandbox is started, or missed
    course, lesson, but = Course.from_environment(), lesson_id(lesson), dict(map(_limit, limit or ()))
    count = len(student or submitters(course, lesson))
    with _pool(course, lesson, workers, scheduler, gpu) as pool:  # first of all: meanwhile the rest is imported
        gc.disable()  # what is imported stays: the garbage collector need not scan it
        from grader.marking.autograde.autograde import autograde

        gc.freeze()
        gc.enable()
        with _MarkingProgress(lesson, count) as bar:
            if preview:
                from grader.cli.preview import show_preview

                show_preview(course, lesson, student, bar, yes, as_json, force=force, gpu=gpu, but=but, pool=pool)
            summary = autograde(
                course,
                lesson,
                student or None,
                force=force,
                gpu=gpu,
                take_copies=take_copies,
                but=but,
                pool=pool,
                on_progress=bar.advance,
            )
    print(_as_json(summary)) if as_json else print_summary(summary)
    raise typer.Exit(1 if summary.not_marked else 0)


def _need(*packages: str) -> None:
    """Fail as importing the first package that is not installed does, without the time to import the others."""
    for name in packages:
        if find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def _limit(given: str) -> tuple[str, int]:
    """The name and the number of a limit."""
    from grader.marking.course.limit_values import amount

    name, _, said = (part.strip() for part in given.partition("="))
    try:
        number = amount(name, int(said) if said.isdecimal() else said)
    except ValueError as why:
        raise typer.BadParameter(str(why)) from None
    if not isinstance(number, int):
        raise typer.BadParameter(
            f'a limit is given as NAME=NUMBER, such as cell_seconds=60 or memory="2 GiB", not {given!r}'
        )
    return name, number


@contextmanager
def _pool(
    course: Course, lesson: str, workers: int | None, scheduler: str | None, gpu: bool
) -> Iterator[Callable[[str], Pool]]:
    """A function that makes the pool for a lesson: a cluster's, or gives this machine's, which is started here."""
    if scheduler:
        from grader.marking.sandbox.dask_pool import DaskPool

        yield lambda lesson: DaskPool(scheduler, lesson, gpu, say=lambda line: err.print(plain(line)))
        return
    from grader.marking.sandbox.local_pool import LocalPool

    with closing(LocalPool(course, lesson, workers, gpu)) as pool:
        yield lambda _: pool


class _MarkingProgress:
    """The progress of marking: bar, rate, time left, and the number of submissions by status."""

    def __init__(self, lesson: str, total: int) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[totals]}"),
        )
        self._bar = Progress(*columns, console=err, transient=True)
        self._job = self._bar.add_task(f"Marking {lesson}", total=total, rate="", totals="")
        self._total = total
        self._count: Counter[str] = Counter()
        self._begin = monotonic()

    def __enter__(self) -> _MarkingProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Take it from the terminal."""
        self._bar.stop()

    def advance(self, outcome: Outcome) -> None:
        """Count one submission."""
        self._count[outcome.status] += 1
        rate = 60 * self._count.total() / (monotonic() - self._begin)
        totals = ", ".join(f"{number} {status}" for status, number in self._count.items())
        self._bar.update(self._job, advance=1, rate=f"{rate:.0f} a minute", totals=totals)
        if not err.is_terminal:  # a page or a log, which shows no bar
            points = f", {outcome.points:g} of {outcome.most:g} points" if outcome.most else ""
            reason = f": {outcome.reasons[0]}" if outcome.reasons else ""
            line = f"{self._count.total()} of {self._total}: {outcome.student}, {outcome.status}{points}{reason}"
            err.print(plain(line), highlight=False)


def _as_json(summary: Summary) -> str:
    return json.dumps(dataclasses.asdict(summary), indent=1)


@app.command(rich_help_panel=COURSE)
def feedback(
    lesson: Lesson,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make also the pages whose notebook and marks have not changed since.")
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Give out also where work waits for a person or is not marked.")
    ] = False,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Take what was given out back, instead: out of the exchange.")
    ] = False,
) -> None:
    """Give the reports back: one page a student, fetched in JupyterLab. Exit code 1 if a page could not be made.

    Where work waits for a person, or is not marked, the page is made and not given out, and the student is named. A
    cell that takes too much time or memory is shown as plain text; such cells are named at the end.
    """
    from grader.marking.course.lessons import lesson_id
    from grader.marking.feedback.feedback import feedback, held_back, marked_students, through_exchange, without_page

    course = Course.from_environment()
    if take_back:
        if force or anyway:
            raise typer.BadParameter("--take-back takes back: neither --force nor --anyway goes with it")
        _take_back(course, lesson, student)
    total = len(student or marked_students(course, lesson_id(lesson)))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    made: list[Page] = []
    try:
        with Progress(*columns, console=err, transient=True) as bar:
            job = bar.add_task(f"Feedback of {lesson}", total=total)

            def tell(page: Page) -> None:
                made.append(page)
                bar.advance(job)

            pages = feedback(course, lesson, student or None, force=force, anyway=anyway, on_progress=tell)
        for path in pages:
            say(path)
        out.print(f"✓ {len(pages)} feedback page{'' if len(pages) == 1 else 's'}.", highlight=False)
        held = held_back(course, lesson_id(lesson), student)
        here = {name for names in held.values() for name in names if through_exchange(course, lesson_id(lesson), name)}
        print_held_back(held, here, lesson, anyway)
        for line in () if student else without_page(course, lesson_id(lesson)):
            say(f"– {line}")
    finally:
        print_plain_pages(made)


def _take_back(course: Course, lesson: str, students: list[str] | None) -> None:
    """Take feedback back, say what was, and end."""
    from grader.marking.course.line_file import in_zone
    from grader.marking.course.settings import settings_of
    from grader.marking.feedback.take_back import take_back

    done = take_back(course, lesson, students or None)
    for student, since in done.students.items():
        fetched = f"; it could be fetched since {in_zone(since, settings_of(course).zone)}" if since else ""
        say(f"{student}: taken back{fetched}")
    for line in done.failed:
        say(f"✗ {line}")
    number = len(done.students)
    out.print(f"✓ feedback taken back from {number} student{'' if number == 1 else 's'}.", highlight=False)
    if done.students:
        say(f"– Who has fetched a page already keeps that copy. `grader feedback {lesson}` gives the pages out again.")
    raise typer.Exit(1 if done.failed else 0)


@app.command(rich_help_panel=COURSE)
def report(
    lesson: Annotated[
        str | None, typer.Argument(help="A lesson, such as 01 or 01-srn; all in a line each, if none.")
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file as CSV.", dir_okay=False)] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a page to this file: to read, print and keep.", dir_okay=False)
    ] = None,
) -> None:
    """Read the class: points of every student in every task, the most frequent mistakes; of all lessons a line.

    Difficulty is the mean share of a task's points; discrimination its correlation with all other tasks.
    """
    from grader.marking.course.given_out import feedback_states
    from grader.marking.course.settings import settings_of
    from grader.marking.feedback.class_page import class_page
    from grader.marking.feedback.class_report import class_overview, class_report
    from grader.marking.feedback.class_words import zone_of

    course = Course.from_environment()
    if lesson is None:
        if csv is not None or html is not None:
            raise typer.BadParameter("a file is of one lesson: name it, such as 01")
        print_overview(class_overview(course), zone_of(course))
        return
    found = class_report(course, lesson)
    if csv is not None:
        csv.write_text(found.as_csv(), encoding="utf-8")
        say(f"✓ {len(found.rows)} students in {csv}")
    if html is not None:
        html.write_text(class_page(course, found), encoding="utf-8")
        say(f"✓ the class as a page: {html}")
    if csv is not None or html is not None:
        print_not_listed(found)
    else:
        print_report(found)
        print_feedback_states(feedback_states(course, found.lesson), settings_of(course).zone)


@app.command(rich_help_panel=COURSE)
def lab(
    role: Annotated[Role, typer.Option(help="Whose view to open.")] = Role.instructor,
    options: Annotated[
        list[str] | None, typer.Argument(help="Options for `jupyter lab`, after --", metavar="[-- …]")
    ] = None,
) -> None:
    """Start JupyterLab, with the lessons and Formgrader, or as a student sees the course."""
    from grader.marking.desk.lab import desk, start

    place = desk(Course.from_environment(), role.value)
    out.print(place.what_to_click, highlight=False)
    start(place, options or [])


@app.command(rich_help_panel=COURSE)
def doctor(
    only: Annotated[
        list[str] | None, typer.Argument(help="Only these checks, such as gpu.", metavar="[CHECK …]")
    ] = None,
) -> None:
    """Say what this machine lacks, and how to get it. Exit code 1 if something needed is missing."""
    from grader.marking.desk.doctor import LOOKS, examine

    known = [look.__name__ for look in LOOKS]
    if unknown := sorted(set(only or ()) - set(known)):
        raise typer.BadParameter(f"no check {', '.join(unknown)}; the checks are: {', '.join(known)}")
    findings = []
    for name in [name for name in known if name in (only or known)]:
        with err.status(f"{name.replace('_', ' ')} …"):  # on a terminal alone: some take seconds
            found = list(examine(Course.from_environment(), [name]))
        findings += found
        for finding in found:
            say(finding)
    raise typer.Exit(1 if any(finding.blocks for finding in findings) else 0)
