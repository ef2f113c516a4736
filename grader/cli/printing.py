"""What several of the instructor's commands print: outcomes, and who is in no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from grader.cli.terminal import out, plain, say
from grader.marking.course.line_file import in_zone

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import tzinfo

    from grader.marking.autograde.outcome import Outcome, Summary
    from grader.marking.course.given_out import GivenOut
    from grader.marking.feedback.class_report import ClassReport, Row
    from grader.marking.feedback.pages.press import Page


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


def print_held_back(held: Mapping[str, list[str]], fetchable: Collection[str], lesson: str, anyway: bool) -> None:
    """Name those whose feedback is not ready: it was not given out, or was anyway.

    Args:
        held: why → the students.
        fetchable: those of them who could fetch a page, as they handed in through the exchange.
        lesson, anyway: as they were typed.
    """
    for why, students in held.items():
        if out_now := [student for student in students if anyway and student in fetchable]:
            say(f"– {', '.join(out_now)}: given out although {why}")
        if rest := [student for student in students if student not in out_now]:
            say(f"– {', '.join(rest)}: {why}")
    if fetchable and not anyway:
        pages, them = ("This page is", "it") if len(fetchable) == 1 else (f"These {len(fetchable)} pages are", "them")
        less = "" if len(fetchable) == sum(map(len, held.values())) else f" ({', '.join(sorted(fetchable))})"
        say(f"  {pages} made, and not given out{less}: `grader feedback {lesson} --anyway` gives {them} out.")


def print_feedback_states(states: Mapping[str, GivenOut], zone: tzinfo) -> None:
    """Say to how many students feedback is given out, and from whom it was taken back."""
    out_to = [state for state in states.values() if state.is_out]
    if out_to:
        last = in_zone(max(state.at for state in out_to), zone)
        say(f"feedback: given out to {len(out_to)} student{'' if len(out_to) == 1 else 's'}, last at {last}")
    for state in states.values():
        if not state.is_out:
            say(f"feedback: {state.student}: taken back at {in_zone(state.at, zone)} by {state.by}")


def print_not_listed(found: ClassReport) -> None:
    """Print who is in no table, and why."""
    for line in found.not_listed:
        say(f"not listed: {line}")


def times(factor: float) -> str:
    return "∞" if factor == float("inf") else f"{factor:.3g} ×"
