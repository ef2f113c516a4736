"""The commands of maintainers: demo, cluster-demo, bench, margins, fidelity, record, mistakes, sync, site."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from grader.checks.device import GPU_SHARE
from grader.checks.task import Task, all_tasks, lessons
from grader.cli.app import MAINTAINER, Lesson, OneOrAll, app
from grader.cli.class_tables import print_report
from grader.cli.printing import losses, print_outcome, print_summary, times
from grader.cli.terminal import err, out, plain, say
from grader.marking.course.course import Course

if TYPE_CHECKING:
    from grader.marking.proving.demo import Demo
    from grader.marking.proving.fidelity.trials import Trial


class Device(enum.StrEnum):
    """Where references are computed."""

    cpu = "cpu"
    cuda = "cuda"


@app.command(rich_help_panel=MAINTAINER)
def demo(
    lesson: Lesson,
    gpu: Annotated[bool, typer.Option("--gpu", help="Mark once more on this machine's GPU, and compare.")] = False,
) -> None:
    """Play a whole course with made-up submissions, in a folder of its own: release, mark, return, report."""
    from grader.marking.proving.demo import demo

    folder = Course.from_environment().root / "demo"
    done = demo(lesson, folder, gpu=gpu, say=say, on_progress=print_outcome)
    _print_demo(done)
    print_report(done.report)
    say(f"The gradebook:  {done.course.gradebook}")
    say("The feedback pages, as the students fetched them:")
    for page in done.pages:
        say(f"  {page}")
    raise typer.Exit(0 if done.as_expected else 1)


def _print_demo(done: Demo) -> None:
    table = Table("student", "what was handed in", "points", "expected")
    for name, student in done.students.items():
        wanted = "some, not all" if student.points is None else f"{student.points:g}"
        table.add_row(name, student.story, f"{done.marks[name]:g} / {done.most:g}", wanted)
    out.print(table)
    out.print("✓ every mark is as expected" if done.as_expected else "[red]✗[/] a mark is not as expected")
    if done.on_cpu is not None:
        same = "the same marks as" if done.on_cpu == done.marks else "OTHER MARKS THAN"
        say(f"PyTorch computed on {' and '.join(done.devices) or 'nothing'}: {same} on the CPU")
    for row in done.report.rows:
        say(f"{row.student}: {losses(row)}")


@app.command(rich_help_panel=MAINTAINER)
def cluster_demo(lesson: Lesson) -> None:
    """Start a Dask scheduler and two workers on this machine, and mark made-up submissions through them."""
    from grader.marking.proving.cluster_demo import cluster_demo

    summary = cluster_demo(lesson, say=say, on_progress=print_outcome)
    print_summary(summary)
    raise typer.Exit(1 if summary.not_marked else 0)


@app.command(rich_help_panel=MAINTAINER)
def bench(
    lesson: Annotated[list[str] | None, typer.Argument(help="Lessons such as 01; by default 01, 05 and 08.")] = None,
    submissions: Annotated[int, typer.Option(min=1, help="How many submissions to mark each way.")] = 24,
    size: Annotated[
        list[int] | None, typer.Option(min=1, help="So many in a large class; may be given several times.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Draw where the time goes, into this PNG file.", dir_okay=False)
    ] = None,
) -> None:
    """Time the marking of the same submissions: by plain nbgrader, by this grader in several ways, and the floor.

    The command that is timed is `grader autograde` as it is typed, and it says how long each stage took. Several sizes
    show whether a large class takes more time a submission, or more memory.
    """
    from grader.marking.proving.bench import LESSONS, SIZES, bench
    from grader.marking.proving.where_time_goes import draw

    bars = [found.bar for one in lesson or LESSONS for found in bench(one, submissions, size or SIZES, say=say)]
    if picture:
        draw(bars, picture)
        say(f"written: {picture}")


@app.command(rich_help_panel=MAINTAINER)
def margins(
    lesson: OneOrAll = None,
    picture: Annotated[Path | None, typer.Option(help="Draw them too, into this PNG file.", dir_okay=False)] = None,
) -> None:
    """Measure, for every task, how far right answers stay under the tolerance and wrong ones above it.

    Wrong ones are the known mistakes, and the mutants of the reference solution. Exit code 1 if a margin is too small.
    """
    from grader.marking.proving.fidelity.margins import ENOUGH, KINDS, margins
    from grader.marking.proving.fidelity.picture import draw

    trials = _tried(_tasks(lesson), KINDS)
    found = margins(trials)
    heads = "task", "noise floor", "tolerance", "right: largest error", "in", "margin", "wrong: smallest error", "of"
    table = Table(Column(heads[0], no_wrap=True), *heads[1:], "margin")
    for one in found:
        right, wrong = one.noisiest, one.mildest
        numbers = f"{right.floor:.1e}", f"{right.tolerance:.0e}", f"{right.error:.1e}", plain(right.where)
        error = "–" if wrong.ratio == float("inf") else f"{wrong.error:.1e}"
        task = one.task if one.device == "cpu" else f"{one.task}, {one.device}"
        table.add_row(task, *numbers, times(one.right), error, plain(wrong.name), times(one.wrong))
    out.print(table)
    if picture is not None:
        draw(trials, picture)
        out.print(picture, highlight=False)
    narrow = list(dict.fromkeys(one.task for one in found if not one.enough))
    out.print(f"Wanted are margins of at least {ENOUGH:g} ×. Less have: {', '.join(narrow) or 'none'}.")
    raise typer.Exit(1 if narrow else 0)


@app.command(rich_help_panel=MAINTAINER)
def fidelity(
    traps: Annotated[bool, typer.Option("--traps", help="Only write the table of the lessons' traps anew.")] = False,
) -> None:
    """Mark all answers whose worth is known, and write what came of it into grader/FIDELITY.md and the README.

    Exit code 1 if an answer was marked wrongly or a margin is too small.
    """
    if traps:
        from grader.marking.course.paths import ROOT
        from grader.marking.proving.fidelity.traps import write_section

        return write_section(ROOT / "grader" / "FIDELITY.md")
    from grader.marking.proving.fidelity.margins import margins
    from grader.marking.proving.fidelity.page import table, write, wrongly_marked
    from grader.marking.proving.fidelity.trials import KINDS

    trials = _tried(_tasks(None), KINDS)
    written = write(trials)
    print(table(trials))
    for path in written:
        out.print(path, highlight=False)
    wrong = wrongly_marked(trials)
    for trial in wrong:
        out.print(f"[red]✗[/] marked wrongly: {trial.task}, {plain(trial.name)}", highlight=False)
    raise typer.Exit(1 if wrong or not all(one.enough for one in margins(trials)) else 0)


def _tried(tasks: list[Task], kinds: Sequence[str]) -> list[Trial]:
    """The trials of these tasks, with a progress bar."""
    from grader.marking.proving.fidelity.trials import try_all

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        job = bar.add_task("Marking answers whose worth is known", total=len(tasks))

        def advance(task: str) -> None:
            bar.advance(job)
            if not err.is_terminal:  # where no bar is drawn
                say(f"marked: {task}")

        return try_all(tasks, kinds, on_progress=advance)


def _tasks(lesson: str | None) -> list[Task]:
    from grader.marking.course.lessons import lesson_id

    chosen = lesson_id(lesson) if lesson else None
    return [task for task in all_tasks().values() if chosen in (None, task.lesson)]


@app.command(rich_help_panel=MAINTAINER)
def record(
    device: Annotated[Device, typer.Option(help="Where to compute.")] = Device.cpu,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many modules side by side; one a core, and on a GPU no more than its free memory holds at "
            f"{GPU_SHARE / 2**30:g} GiB each.",
        ),
    ] = None,
) -> None:
    """Record the reference outputs anew, after a task or a solution has changed.

    Exit code 1 if something could not be recorded; what failed is listed, and stops nothing else.
    """
    from grader.marking.answers.recording.record import Recording, record, side_by_side

    def tell(recording: Recording) -> None:
        for line in (*recording.written, *recording.failed):
            say(line)

    with err.status(f"Recording on {device} …"):
        record(device.value, jobs=jobs or side_by_side(device.value), on_progress=tell)


@app.command(rich_help_panel=MAINTAINER)
def mistakes(
    device: Annotated[Device, typer.Option(help="Where to compute.")] = Device.cpu,
    again: Annotated[bool, typer.Option("--all", help="Also those that are recorded as they are now.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if one is not recorded as it is now.")
    ] = False,
) -> None:
    """Record what known mistakes make of the recorded inputs: those that are new, or have changed since."""
    from grader.checks.task import LESSONS
    from grader.marking.answers.recording.mistakes import out_of_date, record_mistakes
    from grader.marking.answers.recording.record import side_by_side

    if check:
        changed = [line for module in LESSONS for line in out_of_date(module, device.value)]
    else:
        with err.status(f"Recording on {device} …"):
            jobs = side_by_side(device.value)
            changed = [str(path) for path in record_mistakes(device.value, again=again, jobs=jobs)]
    for line in changed:
        say(f"not recorded as it is now: {line}" if check else line)
    if not changed:
        out.print("✓ all known mistakes are recorded as they are now.", highlight=False)
    raise typer.Exit(1 if check and changed else 0)


@app.command(rich_help_panel=MAINTAINER)
def sync(
    lesson: OneOrAll = None,
    check: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit code 1 if a lesson is out of step.")
    ] = False,
) -> None:
    """Bring the lessons in step: their solutions, links to neighbours, claims, list and table in the README."""
    from grader.marking.authoring.claims import sync_claims
    from grader.marking.authoring.heads import sync_heads
    from grader.marking.authoring.lesson_pages import sync_pages
    from grader.marking.authoring.sync import sync

    chosen = [lesson] if lesson else lessons()
    changed = [
        *(what for each in chosen for what in sync(each, check)),
        *sync_heads(check),
        *sync_pages(check),
        *sync_claims(check),
    ]
    for what in changed:
        say(f"{'differs' if check else 'written'}: {what}")
    if not changed:
        out.print("✓ lessons and solutions are in step.", highlight=False)
    raise typer.Exit(1 if check and changed else 0)


@app.command(rich_help_panel=MAINTAINER)
def site(
    answers: Annotated[
        bool, typer.Option("--answers", help="With the solutions and model answers, for instructors.")
    ] = False,
    out_folder: Annotated[Path | None, typer.Option("--out", help="The folder to fill; site/ in the clone.")] = None,
) -> None:
    """Build the lessons as a site of plain files, which needs no network: to read, or to put on a web server."""
    from grader.marking.authoring.site import build_site
    from grader.marking.course.paths import ROOT

    with err.status("Building the site …"):
        built = build_site(out_folder or ROOT / "site", answers=answers)
    say(f"{built.pages} pages, {built.size / 1e6:.0f} MB; open {built.start}")
