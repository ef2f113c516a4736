"""The `grader` command: it reads what was typed, calls `grader.marking`, and prints. `grader --help` lists all of it.

Exit codes: 0 all fine; 1 something is missing, differs or was not marked; 2 the command was typed wrongly.
"""

from __future__ import annotations

import dataclasses
import enum
import gc
import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table
from typer.core import TyperGroup

from grader.checks.errors import GraderError
from grader.checks.task import Task, all_tasks, lessons

if TYPE_CHECKING:
    from grader.marking.demo import Demo
    from grader.marking.fidelity.trials import Trial
    from grader.marking.outcome import Outcome, Summary
    from grader.marking.pools import Pool
    from grader.marking.report import ClassReport, Row

out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)


class OneLineErrors(TyperGroup):
    """Shows the grader's own errors, and that one was interrupted, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            err.print("[red]✗[/] Stopped. What is done is saved; the same command goes on from here.")
            raise typer.Exit(130) from None
        except GraderError as failure:
            err.print(f"[red]✗[/] {_plain(failure)}", highlight=False)
            raise typer.Exit(1) from None


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Release lessons, mark what students hand in, and give it back. A lesson is named 01-srn, 01 or srn.",
    epilog="A course goes: release → (students work and submit) → collect → autograde → feedback → report.",
)

Lesson = Annotated[str, typer.Argument(help="The lesson: 01-srn, 01 or srn.", metavar="LESSON")]
OneOrAll = Annotated[str | None, typer.Argument(help="The lesson; all lessons if none is named.", metavar="[LESSON]")]


class Role(enum.StrEnum):
    """Whose JupyterLab it is."""

    instructor = "instructor"
    student = "student"


class Device(enum.StrEnum):
    """Where references are computed."""

    cpu = "cpu"
    cuda = "cuda"


@app.command()
def release(lesson: Lesson) -> None:
    """Make a lesson's student version and put it where students can fetch it."""
    from grader.marking.release import release

    with err.status(f"Making the student version of {lesson} …"):
        lesson = release(lesson)
    out.print(f"✓ {lesson} is released: students fetch it in JupyterLab (Nbgrader → Assignment List).", highlight=False)


@app.command()
def collect(lesson: Lesson) -> None:
    """Fetch what students handed in."""
    from grader.marking.collect import collect

    with err.status(f"Collecting {lesson} …"):
        students = collect(lesson)
    out.print(f"✓ {len(students)} students handed in {lesson}.", highlight=False)


@app.command()
def autograde(
    lesson: Lesson,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Mark again what is marked already. Marks given by hand stay.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="How many notebooks run side by side; as many as there are cores.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Run them on a Dask cluster: its scheduler's address.", metavar="TCP://…")
    ] = None,
    gpu: Annotated[bool, typer.Option("--gpu", help="Run them where there is a GPU, and let them use it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
) -> None:
    """Mark what was handed in. Exit code 1 if something could not be marked.

    What is marked and has not changed is left as it is, so a run that was cut off goes on where it stopped. One line a
    submission goes into autograde.log in the course folder.
    """
    from grader.marking.autograde import autograde
    from grader.marking.course import lesson_id
    from grader.marking.submissions import submitters

    if scheduler and workers:
        raise typer.BadParameter("a cluster has its own workers: give --workers or --scheduler, not both")
    gc.freeze()  # what is imported stays: no use in looking through it again and again
    with _Marking(lesson, len(student or submitters(lesson_id(lesson)))) as bar:
        summary = autograde(
            lesson,
            student or None,
            force=force,
            gpu=gpu,
            pool=_pool(workers, scheduler, gpu),
            on_progress=bar.advance,
        )
    print(_as_json(summary)) if as_json else _print_summary(summary)
    raise typer.Exit(1 if summary.not_marked else 0)


def _pool(workers: int | None, scheduler: str | None, gpu: bool) -> Callable[[str], Pool]:
    """Makes the pool for a lesson: this machine's, or a cluster's."""
    if scheduler:
        from grader.marking.cluster import DaskPool

        return lambda lesson: DaskPool(scheduler, lesson, gpu, say=lambda line: err.print(_plain(line)))
    from grader.marking.pools import LocalPool

    return lambda lesson: LocalPool(lesson, workers, gpu)


class _Marking:
    """The progress of marking: bar, rate, time left, and how many fared how."""

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
        self._count: Counter[str] = Counter()
        self._begin = monotonic()

    def __enter__(self) -> _Marking:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def advance(self, outcome: Outcome) -> None:
        """Count one submission."""
        self._count[outcome.status] += 1
        rate = 60 * self._count.total() / (monotonic() - self._begin)
        totals = ", ".join(f"{number} {status}" for status, number in self._count.items())
        self._bar.update(self._job, advance=1, rate=f"{rate:.0f} a minute", totals=totals)


@app.command()
def feedback(
    lesson: Lesson,
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be given several times.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Make also the pages whose notebook and marks have not changed since.")
    ] = False,
) -> None:
    """Give the reports back: one page a student, fetched in JupyterLab."""
    from grader.marking.course import lesson_id
    from grader.marking.feedback import feedback, marked_students

    total = len(student or marked_students(lesson_id(lesson)))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        job = bar.add_task(f"Feedback of {lesson}", total=total)
        pages = feedback(lesson, student or None, force=force, on_progress=lambda page: bar.advance(job))
    for page in pages:
        out.print(page, highlight=False)
    out.print(f"✓ {len(pages)} feedback pages.", highlight=False)


@app.command()
def report(
    lesson: Lesson,
    csv: Annotated[Path | None, typer.Option(help="Write the table to this file as CSV.", dir_okay=False)] = None,
) -> None:
    """Read the class: points of every student in every task, and the most frequent mistakes."""
    from grader.marking.report import class_report

    found = class_report(lesson)
    if csv is not None:
        csv.write_text(found.as_csv(), encoding="utf-8")
        out.print(f"✓ {len(found.rows)} students in {csv}", highlight=False)
    else:
        _print_report(found)


@app.command()
def lab(
    role: Annotated[Role, typer.Option(help="Whose view to open.")] = Role.instructor,
    options: Annotated[
        list[str] | None, typer.Argument(help="Options for `jupyter lab`, after --", metavar="[-- …]")
    ] = None,
) -> None:
    """Start JupyterLab, with the lessons and Formgrader, or as a student sees the course."""
    from grader.marking.lab import desk, start

    place = desk(role.value)
    out.print(place.what_to_click, highlight=False)
    start(place, options or [])


@app.command()
def demo(lesson: Lesson) -> None:
    """Play a whole course with made-up submissions, in a folder of its own: release, mark, return, report."""
    from grader.marking.demo import demo

    done = demo(lesson, say=lambda line: out.print(line, markup=False, highlight=False), on_progress=_print_outcome)
    _print_demo(done)
    _print_report(done.report)
    out.print(f"The gradebook:  {done.course / 'gradebook.db'}", markup=False, highlight=False)
    out.print("The feedback pages, as the students fetched them:", highlight=False)
    for page in done.pages:
        out.print(f"  {page}", markup=False, highlight=False)
    raise typer.Exit(0 if done.as_expected else 1)


@app.command()
def cluster_demo(lesson: Lesson) -> None:
    """Start a Dask scheduler and two workers on this machine, and mark made-up submissions through them."""
    from grader.marking.cluster_demo import cluster_demo

    summary = cluster_demo(
        lesson, say=lambda line: out.print(line, markup=False, highlight=False), on_progress=_print_outcome
    )
    _print_summary(summary)
    raise typer.Exit(1 if summary.not_marked else 0)


@app.command()
def bench(
    lesson: Lesson,
    submissions: Annotated[int, typer.Option(min=1, help="How many submissions to mark each way.")] = 24,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="A class to mark with 2 workers; may be given several times.")
    ] = None,
) -> None:
    """Time the marking of the same submissions: by plain nbgrader, by this grader in several ways, and the floor."""
    from grader.marking.bench import SIZES, bench

    bench(lesson, submissions, size or SIZES, say=lambda line: out.print(line, markup=False, highlight=False))


@app.command()
def margins(
    lesson: OneOrAll = None,
    picture: Annotated[Path | None, typer.Option(help="Draw them too, into this PNG file.", dir_okay=False)] = None,
) -> None:
    """Measure, for every task, how far right answers stay under the tolerance and wrong ones above it.

    Wrong ones are the known mistakes, and the mutants of the reference solution. Exit code 1 if a margin is too small.
    """
    from grader.marking.fidelity.margins import ENOUGH, KINDS, margins
    from grader.marking.fidelity.picture import draw

    trials = _tried(_tasks(lesson), KINDS)
    found = margins(trials)
    heads = "task", "noise floor", "tolerance", "right: largest error", "in", "margin", "wrong: smallest error", "of"
    table = Table(Column(heads[0], no_wrap=True), *heads[1:], "margin")
    for one in found:
        right, wrong = one.noisiest, one.mildest
        numbers = f"{right.floor:.1e}", f"{right.tolerance:.0e}", f"{right.error:.1e}", _plain(right.where)
        error = "–" if wrong.ratio == float("inf") else f"{wrong.error:.1e}"
        table.add_row(one.task, *numbers, _times(one.right), error, _plain(wrong.name), _times(one.wrong))
    out.print(table)
    if picture is not None:
        draw(trials, picture)
        out.print(picture, highlight=False)
    narrow = [one.task for one in found if not one.enough]
    out.print(f"Wanted are margins of at least {ENOUGH:g} ×. Less have: {', '.join(narrow) or 'none'}.")
    raise typer.Exit(1 if narrow else 0)


@app.command()
def fidelity() -> None:
    """Mark all answers whose worth is known, and write what came of it into grader/FIDELITY.md and the README.

    Exit code 1 if an answer was marked wrongly or a margin is too small.
    """
    from grader.marking.fidelity.margins import margins
    from grader.marking.fidelity.page import table, write, wrongly_marked
    from grader.marking.fidelity.trials import KINDS

    trials = _tried(_tasks(None), KINDS)
    written = write(trials)
    print(table(trials))
    for path in written:
        out.print(path, highlight=False)
    wrong = wrongly_marked(trials)
    for trial in wrong:
        out.print(f"[red]✗[/] marked wrongly: {trial.task}, {_plain(trial.name)}", highlight=False)
    raise typer.Exit(1 if wrong or not all(one.enough for one in margins(trials)) else 0)


def _tried(tasks: list[Task], kinds: Sequence[str]) -> list[Trial]:
    """The trials of these tasks, with a progress bar."""
    from grader.marking.fidelity.trials import try_all

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        job = bar.add_task("Marking answers whose worth is known", total=len(tasks))
        return try_all(tasks, kinds, on_progress=lambda task: bar.advance(job))


@app.command()
def doctor() -> None:
    """Say what this machine lacks, and how to get it. Exit code 1 if something needed is missing."""
    from grader.marking.doctor import examine

    findings = []
    for finding in examine():
        findings.append(finding)
        out.print(str(finding), markup=False, highlight=False)
    raise typer.Exit(1 if any(finding.blocks for finding in findings) else 0)


@app.command()
def record(device: Annotated[Device, typer.Option(help="Where to compute.")] = Device.cpu) -> None:
    """Record the reference outputs anew, after a task or a solution has changed."""
    from grader.marking.record import record

    with err.status(f"Recording on {device} …"):
        written = record(device.value)
    for path in written:
        out.print(path, highlight=False)


@app.command()
def sync(
    lesson: OneOrAll = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a lesson is out of step.")
    ] = False,
) -> None:
    """Write the solutions into the lessons' solution regions, and the lessons' claims into lessons/CLAIMS.md."""
    from grader.marking.claims import sync_claims
    from grader.marking.sync import sync

    chosen = [lesson] if lesson else lessons()
    changed = [*(what for each in chosen for what in sync(each, check)), *sync_claims(check)]
    for what in changed:
        out.print(f"{'differs' if check else 'written'}: {what}", markup=False, highlight=False)
    if not changed:
        out.print("✓ lessons and solutions are in step.", highlight=False)
    raise typer.Exit(1 if check and changed else 0)


def _tasks(lesson: str | None) -> list[Task]:
    from grader.marking.course import lesson_id

    chosen = lesson_id(lesson) if lesson else None
    return [task for task in all_tasks().values() if chosen in (None, task.lesson)]


def _times(factor: float) -> str:
    return "∞" if factor == float("inf") else f"{factor:.3g} ×"


def _plain(text: object) -> str:
    """Text that rich does not take for markup."""
    return str(text).replace("[", r"\[")


def _print_outcome(outcome: Outcome) -> None:
    out.print(f"          {outcome.student}: {outcome.status}, {outcome.seconds:.1f} s", markup=False, highlight=False)


def _print_demo(done: Demo) -> None:
    table = Table("student", "what was handed in", "points", "expected")
    for student, (points, story) in done.expected.items():
        wanted = "some, not all" if points is None else f"{points:g}"
        table.add_row(student, story, f"{done.marks[student]:g} / {done.most:g}", wanted)
    out.print(table)
    out.print("✓ every mark is as expected" if done.as_expected else "[red]✗[/] a mark is not as expected")
    for row in done.report.rows:
        out.print(f"{row.student}: {_losses(row)}", markup=False, highlight=False)


def _losses(row: Row) -> str:
    """Why a student lost points, in a line."""
    why: dict[str, list[str]] = {}
    for task, loss in row.losses.items():
        why.setdefault(loss.what, []).append(task)
    return "; ".join(f"{reason} ({', '.join(tasks)})" for reason, tasks in why.items()) or "nothing lost"


def _as_json(summary: Summary) -> str:
    return json.dumps(dataclasses.asdict(summary), indent=1, ensure_ascii=False)


def _print_summary(summary: Summary) -> None:
    table = Table("student", "", "points", "seconds", "what was not marked", title=summary.lesson, title_justify="left")
    for outcome in summary.outcomes:
        table.add_row(*_summary_row(outcome))
    out.print(table)
    counts = ", ".join(f"{summary.count(status)} {status}" for status in ("marked", "unchanged", "not marked"))
    rate = f"{summary.seconds:.1f} s, {60 * len(summary.outcomes) / max(summary.seconds, 1e-9):.0f} a minute"
    out.print(f"{counts}; {rate}", highlight=False)


def _summary_row(outcome: Outcome) -> tuple[str, ...]:
    sign = "[red]✗ not marked[/]" if outcome.status == "not marked" else f"✓ {outcome.status}"
    points = f"{outcome.points:g} / {outcome.most:g}"
    return _plain(outcome.student), sign, points, f"{outcome.seconds:.1f}", _plain("\n".join(outcome.reasons))


def _print_report(found: ClassReport) -> None:
    """The class with the tasks as numbered columns (the notebooks, where there are several), what the numbers mean, and
    the mistakes."""
    columns = [str(number) for number in range(1, len(found.most) + 1)]
    groups = found.by_notebook()
    if len(groups) == 1:
        groups = {number: [name] for number, name in zip(columns, found.most, strict=True)}
    notebooks = [Column(name, overflow="fold") for name in groups]
    marks = Table(Column("student", no_wrap=True), *notebooks, "total", title=found.lesson, title_justify="left")
    for row in found.rows:
        marks.add_row(_plain(row.student), *(_points(row.sum_of(names)) for names in groups.values()), f"{row.total:g}")
    tasks = Table("", "task", "mean", "out of")
    for number, (name, most) in zip(columns, found.most.items(), strict=True):
        tasks.add_row(number, name, _points(found.mean(name)), f"{most:g}")
    mistakes = Table("students", "what went wrong", "in")
    for mistake in found.mistakes:
        mistakes.add_row(str(mistake.students), _plain(mistake.what), ", ".join(mistake.tasks))
    for table in (marks, tasks, mistakes):
        out.print(table)


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


if __name__ == "__main__":
    app()
