"""A report as plain text."""

from __future__ import annotations

import textwrap

from grader.checks.report import HINTS, Report, Row, conclusion, footnote, passed, rows

WIDTH = 100


def text(report: Report) -> str:
    """The report in lines of at most 100 characters; the last one is its conclusion."""
    lines = [f"{report.task.name} · {report.task.title}"]
    table = rows(report)
    label = max((len(_label(row)) for row in table), default=0)
    lines += _remarks(report.sentences_first)
    for row in table:
        lines += _block(f"  {'✓' if row.right else '✗'} {_label(row):{label}}  ", (row.says, *row.lines))
    lines += _block("  ", (footnote(report),))
    lines += _remarks(report.sentences_last)
    if not passed(report):
        lines += _block("  ", (HINTS,))
    return "\n".join([*lines, conclusion(report)])


def _label(row: Row) -> str:
    return row.case + (" (edge case)" if row.edge else "") + (f", {row.output}" if row.output else "")


def _remarks(remarks: tuple[str, ...]) -> list[str]:
    return [line for remark in remarks for line in _block("  ! ", (remark,))]


def _block(head: str, sentences: tuple[str, ...]) -> list[str]:
    """Sentences below each other, with a head before the first and the same indent before the others."""
    lines = []
    for number, sentence in enumerate(sentences):
        before = " " * len(head) if number else head
        lines += textwrap.wrap(sentence, WIDTH, initial_indent=before, subsequent_indent=" " * len(head))
    return lines
