"""A report as HTML with inline styles only, for JupyterLab, light and dark, and for nbgrader's feedback page.

Text takes the colour of the page around it. Right and wrong have a colour, a sign and a word.
"""

from __future__ import annotations

import re
from html import escape

from grader.checks.picture import error_picture
from grader.checks.report import (
    HINTS,
    Report,
    Row,
    conclusion,
    first_wrong_over_time,
    footnote,
    output_of,
    passed,
    rows,
)

RIGHT, WRONG, NEITHER = "#00795a", "#b8430a", "#6b7280"
"""Green and vermilion that stay apart for colour-blind eyes, and grey; white on each has a contrast above 4.5."""

MOST_ON_A_LINE = 24
"""Longest list of outputs that is not wrapped."""
_LINE = "rgba(128,128,128,.28)"
_CELL = "padding:6px 12px 6px 0;border:0;text-align:left;vertical-align:top;white-space:normal;background:none"
_FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:14px;line-height:1.45"
_CODE = (
    "font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:.92em;background:none;padding:0;"
    "color:inherit"
)
SMALL = "font-size:13px;opacity:.8"


def html(report: Report) -> str:
    """The report as one ``<div>``; the text of students and tasks is escaped."""
    parts = [
        head(report, _badge(report)),
        remarks_of(report.sentences_first),
        table_of(rows(report)),
        picture_of(report),
        remarks_of(report.sentences_last),
        _footnote(report),
        f'<div style="margin-top:{_gap(report, 10)}px;font-weight:600">{escape(conclusion(report))}</div>',
    ]
    return framed("".join(parts), _colour(report), _gap(report, 12))


def framed(inside: str, colour: str, gap: int) -> str:
    """The frame around a report: its colour, and so many pixels above and below what is in it."""
    frame = f"border:1px solid {_LINE};border-left:4px solid {colour};border-radius:6px;padding:{gap}px 16px"
    return f'<div style="{_FONT};{frame};max-width:820px;margin:4px 0;box-sizing:border-box">{inside}</div>'


def _gap(report: Report, wide: int) -> int:
    """So many pixels where all is right; less where there is more to read."""
    return wide if passed(report) else wide // 2


def _colour(report: Report) -> str:
    if report.marked and report.points is None:
        return NEITHER
    return RIGHT if passed(report) else WRONG


def head(report: Report, badge: str) -> str:
    """The task's title and name, and a badge."""
    task, colour = report.task, _colour(report)
    name = f'<code style="{_CODE};opacity:.75">{escape(task.name)}</code>'
    return (
        '<div style="display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;'
        f'margin-bottom:{_gap(report, 8)}px">'
        f'<span style="font-size:16px;font-weight:600">{escape(task.title)}</span>{name}'
        f'<span style="margin-left:auto;background:{colour};color:#fff;border-radius:999px;padding:1px 10px;'
        f'font-size:13px;font-weight:600;white-space:nowrap">{escape(badge)}</span></div>'
    )


def _badge(report: Report) -> str:
    if not report.marked:
        return "✓ passed" if passed(report) else "✗ failed"
    return "not marked" if report.points is None else f"{report.points:g} / {report.task.points:g} points"


def table_of(table: list[Row]) -> str:
    """The rows as a table."""
    if not table:
        return ""
    named = any(row.output for row in table)
    body, before = [], ""
    for row in table:
        body.append(_table_row(row, named, row.case == before))
        before = row.case
    style = "border-collapse:collapse;border:0;margin:0;width:100%;table-layout:auto;font-size:14px;background:none"
    return f'<table style="{style}"><tbody>{"".join(body)}</tbody></table>'


def _table_row(row: Row, named: bool, again: bool) -> str:
    """One row; a case that stands in the row above is not repeated."""
    word, sign, colour = ("right", "✓", RIGHT) if row.right else ("wrong", "✗", WRONG)
    mark = (
        f'<span role="img" aria-label="{word}" style="display:inline-block;width:20px;height:20px;line-height:20px;'
        f'border-radius:50%;background:{colour};color:#fff;text-align:center;font-size:12px;font-weight:700">{sign}</span>'
    )
    edge = f'<div style="{SMALL};white-space:nowrap">edge case</div>' if row.edge else ""
    case = "" if again else f'<span style="font-weight:600">{escape(row.case)}</span>{edge}'
    keep = ";white-space:nowrap" if len(row.output) <= MOST_ON_A_LINE else ";min-width:140px"
    output = f'<td style="{_CELL}{keep}"><code style="{_CODE}">{escape(row.output)}</code></td>' if named else ""
    line = f"border:0;border-top:1px solid {'transparent' if again else _LINE};background:none"
    return (
        f'<tr style="{line}"><td style="{_CELL};width:20px">{mark}</td>'
        f'<td style="{_CELL};min-width:100px">{case}</td>{output}'
        f'<td style="{_CELL};width:99%;overflow-wrap:anywhere">{_message(row)}</td></tr>'
    )


def _message(row: Row) -> str:
    if row.right:
        return f'<span style="{SMALL}">{prose(row.says)}</span>'
    lines = "".join(f'<div style="margin-top:2px">{prose(line)}</div>' for line in row.lines)
    return f'<div style="font-weight:600">{prose(row.says[:1].upper() + row.says[1:])}</div>{lines}'


def prose(sentence: str) -> str:
    """Escaped, with `code` between backticks set as code."""
    return re.sub(r"`([^`]+)`", rf'<code style="{_CODE}">\1</code>', escape(sentence))


def _footnote(report: Report) -> str:
    note = " ".join(filter(None, [footnote(report), "" if passed(report) else HINTS]))
    return f'<div style="{SMALL};margin-top:2px">{escape(note)}</div>' if note else ""


def picture_of(report: Report) -> str:
    """The picture of the error over time, where there is one to show."""
    finding = first_wrong_over_time(report)
    if finding is None or finding.errors is None:
        return ""
    output = output_of(report.task, finding.output)
    source = error_picture(finding.errors, output.axes, finding.tolerance, f"{output.name}, case “{finding.case}”")
    if source is None:
        return ""
    words = escape(
        f"Error of {output.name} over time in the case {finding.case}: {'; '.join(filter(None, [finding.hint]))}"
    )
    style = "display:block;margin:10px 0 2px;width:480px;max-width:100%;height:auto;border-radius:6px;background:#fff"
    return f'<img alt="{words}" src="{source}" style="{style}">'


def remarks_of(remarks: tuple[str, ...]) -> str:
    """Sentences below each other."""
    style = f"margin:4px 0;padding-left:10px;border-left:2px solid {_LINE}"
    return "".join(f'<div style="{style}">{_emphasised(prose(remark))}</div>' for remark in remarks)


def _emphasised(prose: str) -> str:
    """What a sentence has between asterisks, in italics."""
    return re.sub(r"(?<![\w*])\*(\w[^*<]*)\*(?![\w*])", r'<span style="font-style:italic">\1</span>', prose)
