"""The tables of a class on the terminal: a lesson's report, and the overview of a course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Column, Table

from grader.cli.printing import print_not_listed
from grader.cli.terminal import out, plain, say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    from grader.marking.feedback.class_report import ClassReport, LessonFigures, Row, Status

FOLLOWED = "→"
"""Stands beside points that are follow-through."""
WIDE = 100
"""Characters of a terminal that has room for names beside ids."""
IN_SHORT: dict[Status, str] = {
    "marked": "",
    "waits": "waits",
    "not marked": "not marked",
    "nothing handed in": "nothing",
}
"""Where a student's work stands."""


def print_overview(lines: Iterable[LessonFigures], zone: tzinfo) -> None:
    """Print a line for each lesson of a course, narrow enough for a terminal of 80 characters."""
    from grader.marking.feedback.class_words import moment, zone_name

    known = list(lines)
    due = [Column("due", no_wrap=True)] if any(line.due for line in known) else []
    heads = "in", "late", "marked", "wait", "not", "pages", "mean", "median", "of"
    numbers = [Column(head, justify="right", no_wrap=True) for head in heads]
    table = Table(Column("lesson", no_wrap=True), *due, *numbers, box=None, padding=(0, 1, 0, 0))
    for line in known:
        when = [moment(line.due, zone)[:10]] if due else []
        table.add_row(line.lesson, *when, *_numbers(line))
    out.print(table)
    zone_told = f"due: in {zone_name(zone)}; " if due else ""
    say(f"{zone_told}in: handed in, of all; wait: for a person; not: not marked; pages: of feedback; of: points")


def _numbers(line: LessonFigures) -> list[str]:
    if line.students + line.most == 0:  # never released
        return ["–"]
    counts = line.late, line.marked, line.waits, line.not_marked, line.feedback
    totals = line.mean, line.median, line.most
    return [f"{line.handed_in}/{line.students}", *(str(one or "–") for one in counts), *map(_points, totals)]


def print_report(found: ClassReport) -> None:
    """Print students × tasks (students × notebooks where there are several), the tasks, and the mistakes."""
    for table in (_students(found), _tasks(found), _mistakes(found)):
        out.print(table)
    if any(row.library for row in found.rows):
        out.print(_library_calls(found))
    for row in found.rows:
        for line in _lines(row):
            say(f"{row.student}: {line}")
    print_not_listed(found)
    _print_waiting(found)


def _print_waiting(found: ClassReport) -> None:
    """Print how many written answers wait for a person, where they are marked, and how many pages are out of date."""
    from grader.marking.desk.written_question import written_questions
    from grader.marking.feedback.given_feedback import IN_WORDS

    names = {question.name for question in written_questions(found.lesson)}
    count = sum(name in names for row in found.rows for name in row.waiting)
    if count:
        say(f"{count} written answer{' waits' if count == 1 else 's wait'} for you: grader desk")
    if found.figures.waits:
        say(
            f"{found.figures.waits} of {found.figures.handed_in} totals, and so the means, are without what still "
            "waits, which may add points"
        )
    if old := sum(row.feedback == "outdated" for row in found.rows):
        are, them = ("page of feedback is", "it") if old == 1 else ("pages of feedback are", "them")
        say(f"{old} {are} {IN_WORDS['outdated']}: grader feedback {found.lesson} makes {them} anew")


def _students(found: ClassReport) -> Table:
    groups = found.by_notebook()
    if len(groups) == 1:
        groups = {str(number): [name] for number, name in enumerate(found.most, start=1)}
    optional = {
        "name": [row.name if out.width >= WIDE else "" for row in found.rows],
        "": [IN_SHORT[row.status] for row in found.rows],
    }
    shown = {head: texts for head, texts in optional.items() if any(texts)}
    columns = [Column(name, overflow="fold") for name in groups]
    last = [Column(head, no_wrap=True) for head in ("total", *shown)]
    table = Table(Column("student", no_wrap=True), *columns, *last, title=found.lesson, title_justify="left")
    for place, row in enumerate(found.rows):
        points = (_sum(row, names) for names in groups.values())
        total = _points(row.total if row.has_marks else None)
        table.add_row(plain(row.student), *points, total, *(plain(texts[place]) for texts in shown.values()))
    if any(row.follow_through for row in found.rows):
        table.caption = f"{FOLLOWED} with points of a right answer that uses a wrong earlier one (follow-through)"
    return table


def _tasks(found: ClassReport) -> Table:
    from grader.marking.feedback.class_report import task_figures
    from grader.marking.feedback.class_words import share

    table = Table("", "task", "mean", "out of", "difficulty", "discrimination")
    for number, task in enumerate(task_figures(found), start=1):
        figures = share(task.difficulty), share(task.discrimination)
        table.add_row(str(number), task.grade_id, _points(task.mean), _points(task.most), *figures)
    table.caption = (
        "difficulty: mean share of the points; discrimination: correlation with the share in all other tasks"
    )
    return table


def _mistakes(found: ClassReport) -> Table:
    table = Table("students", "what went wrong", "in")
    for mistake in found.mistakes:
        name = f" ({mistake.name})" if mistake.name else ""
        what = f"{mistake.sentence or mistake.what}{name}"
        table.add_row(str(mistake.students), plain(what), ", ".join(mistake.tasks))
    return table


def _lines(row: Row) -> Iterable[str]:
    """What is to be said of a student beside the tables."""
    if row.late:
        yield f"for handing in late {_points(row.late)} {'point is' if row.late == 1 else 'points are'} taken off"
    for name in row.old:
        yield f"the marks of {name} are of an earlier attempt: the newest could not be marked"
    yield from row.notes
    yield from (f"not marked: {why}" for why in row.not_marked if why not in row.notes)


def _library_calls(found: ClassReport) -> Table:
    table = Table("student", "called from a library", title="To be programmed by oneself", title_justify="left")
    for row in (row for row in found.rows if row.library):
        table.add_row(plain(row.student), plain(row.library_calls))
    return table


def _sum(row: Row, names: list[str]) -> str:
    return _points(row.sum_of(names)) + (FOLLOWED if set(names) & set(row.follow_through) else "")


def _points(value: float | None) -> str:
    from grader.marking.feedback.class_words import points

    return points(value)
