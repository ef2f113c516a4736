"""What a failing check shows at first: what fails, in a sentence; hints, opened one by one; and all the rest, folded.

The hints are of what failed, from where it is wrong to what it may be. Those on the exercise itself stand in the
notebook, below the check.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from html import escape

from grader.checks.as_html import NEITHER, SMALL, WRONG, framed, head, picture_of, prose, remarks_of, table_of
from grader.checks.as_text import WIDTH, label_of
from grader.checks.report import Report, conclusion, footnote, rows
from grader.checks.wording import ADVICE, NOT_FINITE_BEFORE

ON_THE_EXERCISE = "Hints on the exercise itself stand in the cell below."
RUNGS = ("Where it is wrong", "What it looks like", "What to look at", "What it may be")
"""Names of the hints, in the order in which they are opened; those that have nothing to say are left out."""
MOST_SENTENCES = 2
"""How many mistakes are told at first; more are counted."""
_FOLD = "margin-top:6px"
_INNER = "margin:4px 0 2px 16px"


def what_fails(report: Report) -> tuple[str, ...]:
    """What is wrong and in which cases, in a sentence or two."""
    wrong = [f"{label_of(row)}: {row.says}" for row in rows(report) if not row.right]
    more = len(wrong) - MOST_SENTENCES
    return (*wrong[:MOST_SENTENCES], *([f"… and {more} more: see the details."] if more > 0 else []))


def hints(report: Report) -> dict[str, tuple[str, ...]]:
    """The hints by their names, from gentle to nearly the answer."""
    wrong = [row for row in rows(report) if not row.right]
    said = [
        (_rung(line), f"{row.output}: {line}" if row.output and len(wrong) > 1 else line)
        for row in wrong
        for line in row.lines
    ]
    said += [(RUNGS[-1], sentence) for sentence in report.sentences_first]
    found = {name: tuple(dict.fromkeys(line for rung, line in said if rung == name)) for name in RUNGS}
    return {name: lines for name, lines in found.items() if lines}


def short_text(report: Report) -> str:
    """The sentence and the first hint, in lines of at most 100 characters; the last one is the report's conclusion.

    What it may be is nearly the answer, and no first hint.
    """
    task, found = report.task, hints(report)
    lines = [f"  ✗ {sentence}" for sentence in what_fails(report)]
    lines += [f"  ! {report.elsewhere}"] if report.elsewhere else []
    lines += [f"  {name}: {' '.join(said)}" for name, said in list(found.items())[:1] if name != RUNGS[-1]]
    lines += [f'  check("{task.name}", {task.function}, details=True) says all. {ON_THE_EXERCISE}']
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH, subsequent_indent="    ")]
    return "\n".join([f"{task.name} · {task.title}", *wrapped, conclusion(report)])


def short_html(report: Report) -> str:
    """The same as HTML, with every hint in the one before it, the picture in the first, and all the rest folded."""
    sentences = "".join(f'<div style="font-weight:600">{prose(sentence)}</div>' for sentence in what_fails(report))
    elsewhere = remarks_of((report.elsewhere,)) if report.elsewhere else ""
    parts = [head(report, f"✗ {conclusion(report)}"), sentences, elsewhere, _ladder(report), _details(report)]
    return framed("".join(parts), WRONG, 8)


def calm_text(report: Report, sentence: str) -> str:
    """One line on what is not finished."""
    return f"{report.task.name}: {sentence}"


def calm_html(sentence: str) -> str:
    """The same as HTML: neither right nor wrong."""
    return framed(f"<div>{prose(sentence)}</div>", NEITHER, 6)


def _rung(line: str) -> str:
    """Which hint a line of the table belongs to."""
    if line in ADVICE.values() or line == NOT_FINITE_BEFORE or line.startswith("Your code also"):
        return RUNGS[2]
    return RUNGS[1] if line.startswith("Pattern:") else RUNGS[0]


def _ladder(report: Report) -> str:
    """The hints, the next one always within the one before."""
    inner = f'<div style="{SMALL};{_FOLD}">{escape(ON_THE_EXERCISE)}</div>'
    for name, sentences in reversed(hints(report).items()):
        told = "".join(f"<div>{prose(sentence)}</div>" for sentence in sentences)
        inner = _folded(name, told + (picture_of(report) if name == RUNGS[0] else "") + inner)
    return inner


def _details(report: Report) -> str:
    """What is not told at first; "" where there is nothing more."""
    table = [replace(row, lines=()) for row in rows(report)]
    told = table_of(table) if len(table) > len(what_fails(report)) else ""
    note = f'<div style="{SMALL};margin-top:2px">{escape(footnote(report))}</div>' if footnote(report) else ""
    inside = told + remarks_of(report.remarks) + note
    return _folded("Details", inside) if inside else ""


def _folded(name: str, inside: str) -> str:
    summary = f'<summary style="cursor:pointer">{escape(name)}</summary>'
    return f'<details style="{_FOLD}">{summary}<div style="{_INNER}">{inside}</div></details>'
