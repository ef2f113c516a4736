"""A report as plain text."""

from __future__ import annotations

import textwrap

from grader.checks.report import HINTS, Report, Row, conclusion, footnote, passed, rows

WIDTH = 100
LABEL = 28
"""Longest label that has what is said beside it."""


def text(report: Report) -> str:
    """The report in lines of at most 100 characters; the last one is its conclusion."""
    lines = [f"{report.task.name} · {report.task.title}"]
    table = rows(report)
    label = max((len(label_of(row)) for row in table if passed(report) or len(label_of(row)) <= LABEL), default=0)
    lines += _remarks(report.sentences_first)
    for row in table:
        lines += _row(row, label)
    lines += _block("  ", (footnote(report),))
    lines += _remarks(report.sentences_last)
    if not passed(report):
        lines += _block("  ", (HINTS,))
    return "\n".join([*lines, conclusion(report)])


def _row(row: Row, width: int) -> list[str]:
    """The label and, beside it where it is short, else below, what the row says."""
    sign, label = "✓" if row.right else "✗", label_of(row)
    if len(label) <= max(LABEL, width):
        return _block(f"  {sign} {label:{width}}  ", (row.says, *row.lines))
    return [*_block(f"  {sign} ", (label + ":",)), *_block("      ", (row.says, *row.lines))]


def label_of(row: Row) -> str:
    """Which case, and which output."""
    edge = (" (edge cases)" if row.case[:1].isdigit() else " (edge case)") if row.edge else ""
    return ", ".join(part for part in (row.case + edge, row.output) if part)


def _remarks(remarks: tuple[str, ...]) -> list[str]:
    return [line for remark in remarks for line in _block("  ! ", (remark,))]


def _block(head: str, sentences: tuple[str, ...]) -> list[str]:
    """Sentences below each other, with a head before the first and the same indent before the others."""
    lines = []
    for number, sentence in enumerate(sentences):
        before = " " * len(head) if number else head
        if len(before) + len(sentence) <= WIDTH and sentence.isprintable() and sentence.strip() == sentence != "":
            lines.append(before + sentence)  # what `wrap` would give, as most sentences fit
            continue
        lines += textwrap.wrap(sentence, WIDTH, initial_indent=before, subsequent_indent=" " * len(head))
    return lines
