"""What several of the instructor's commands print: outcomes and the class report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Column, Table

from grader.cli.terminal import out, plain, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grader.marking.autograde.outcome import Outcome, Summary
    from grader.marking.course.given_out import GivenOut
    from grader.marking.feedback.class_report import ClassReport, Row
    from grader.marking.feedback.pages.press import Page

FOLLOWED = "→"
"""Stands beside points that are follow-through."""


def print_outcome(outcome: Outcome) -> None:
    where = f", PyTorch on {' and '.join(outcome.devices)}" if outcome.devices else ""
    say(f"          {outcome.student}: {outcome.status}, {outcome.seconds:.1f} s{where}")


def losses(row: Row) -> str:
    """Why a student lost points, in a line."""
    why: dict[str, list[str]] = {}
    for task, loss in row.losses.items():
        why.setdefault(loss.what, []).append(task)
    return "; ".join(f"{reason} ({', '.join(tasks)})" for reason, tasks in why.items()) or "nothing lost"


def print_summary(summary: Summary) -> None:
    heads = "student", "", "points", "seconds", "what was not marked, not looked at, or failed"
    table = Table(*heads, title=summary.lesson, title_justify="left")
    for outcome in summary.outcomes:
        table.add_row(*_summary_row(outcome))
    out.print(table)
    counts = ", ".join(f"{summary.count(status)} {status}" for status in ("marked", "unchanged", "not marked"))
    rate = f"{summary.seconds:.1f} s, {60 * len(summary.outcomes) / max(summary.seconds, 1e-9):.0f} a minute"
    out.print(f"{counts}; {rate}", highlight=False)
    for line in summary.not_listed:
        say(f"not listed: {line}")


def _summary_row(outcome: Outcome) -> tuple[str, ...]:
    sign = "[red]✗ not marked[/]" if outcome.status == "not marked" else f"✓ {outcome.status}"
    points = f"{outcome.points:g} / {outcome.most:g}{', old' if outcome.old else ''}"
    return plain(outcome.student), sign, points, f"{outcome.seconds:.1f}", plain("\n".join(_remarks(outcome)))


def _remarks(outcome: Outcome) -> list[str]:
    """What was not marked, what was not looked at, and the first of the student's own cells that failed."""
    failed = [f"failed: {line}" for line in outcome.failed_cells[:1]]
    more = len(outcome.failed_cells) - 1
    return [*outcome.reasons, *outcome.notes, *failed, *([f"… and {more} more"] if more > 0 else [])]


def print_plain_pages(pages: Iterable[Page]) -> None:
    """Name the cells that are shown as plain text."""
    for page in pages:
        if page.plain:
            cells = ", ".join(map(str, page.plain))
            what = f"{page.student}, {page.path.stem}: cell {cells}"
            say(f"shown as plain text, as they take too much: {what}")


def print_held_back(held: Mapping[str, list[str]], lesson: str, anyway: bool) -> None:
    """Name those whose feedback is not ready: it was not given out, or was anyway."""
    for why, students in held.items():
        say(f"– {', '.join(students)}: {'given out although ' if anyway else ''}{why}")
    if held and not anyway:
        number = sum(map(len, held.values()))
        say(f"  These {number} pages are made, and not given out: `grader feedback {lesson} --anyway` gives them out.")


def print_feedback_states(states: Mapping[str, GivenOut]) -> None:
    """Say to how many students feedback is given out, and from whom it was taken back."""
    out_to = [state for state in states.values() if state.is_out]
    if out_to:
        say(f"feedback: given out to {len(out_to)} students, last at {max(state.at for state in out_to)}")
    for state in states.values():
        if not state.is_out:
            say(f"feedback: {state.student}: taken back at {state.at} by {state.by}")


def print_report(found: ClassReport) -> None:
    """Print students × tasks (students × notebooks where there are several), the tasks, and the mistakes."""
    columns = [str(number) for number in range(1, len(found.most) + 1)]
    groups = found.by_notebook()
    if len(groups) == 1:
        groups = {number: [name] for number, name in zip(columns, found.most, strict=True)}
    notebooks = [Column(name, overflow="fold") for name in groups]
    marks = Table(Column("student", no_wrap=True), *notebooks, "total", title=found.lesson, title_justify="left")
    for row in found.rows:
        marks.add_row(plain(row.student), *(_sum(row, names) for names in groups.values()), f"{row.total:g}")
    if any(row.follow_through for row in found.rows):
        marks.caption = f"{FOLLOWED} with points of a right answer that uses a wrong earlier one (follow-through)"
    tasks = Table("", "task", "mean", "out of")
    for number, (name, most) in zip(columns, found.most.items(), strict=True):
        tasks.add_row(number, name, _points(found.mean(name)), f"{most:g}")
    mistakes = Table("students", "what went wrong", "in")
    for mistake in found.mistakes:
        mistakes.add_row(str(mistake.students), plain(mistake.what), ", ".join(mistake.tasks))
    for table in (marks, tasks, mistakes):
        out.print(table)
    if any(row.library for row in found.rows):
        out.print(_library_calls(found))
    for row in found.rows:
        if row.late:
            say(f"{row.student}: {row.late:g} points are taken off for handing in late")
        for name in row.old:
            say(f"{row.student}: the marks of {name} are of an earlier attempt: the newest could not be marked")
        for note in row.notes:
            say(f"{row.student}: {note}")
    print_not_listed(found)
    _print_waiting(found)


def _print_waiting(found: ClassReport) -> None:
    """Print how many written answers wait for a person, and where they are marked."""
    from grader.marking.desk.written_question import written_questions

    names = {question.name for question in written_questions(found.lesson)}
    count = sum(name in names for row in found.rows for name in row.waiting)
    if count:
        say(f"{count} written answer{' waits' if count == 1 else 's wait'} for you: grader desk")


def print_not_listed(found: ClassReport) -> None:
    """Print who is in no table, and why."""
    for line in found.not_listed:
        say(f"not listed: {line}")


def _library_calls(found: ClassReport) -> Table:
    table = Table("student", "called from a library", title="To be programmed by oneself", title_justify="left")
    for row in (row for row in found.rows if row.library):
        table.add_row(plain(row.student), plain(row.library_calls))
    return table


def _sum(row: Row, names: list[str]) -> str:
    return _points(row.sum_of(names)) + (FOLLOWED if set(names) & set(row.follow_through) else "")


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"


def times(factor: float) -> str:
    return "∞" if factor == float("inf") else f"{factor:.3g} ×"
