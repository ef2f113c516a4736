"""What a report says, before it is text or HTML: its rows, its counts, its last line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.checks.compare import Finding
from grader.checks.task import Output, Task
from grader.checks.wording import ADVICE, WHOLE, details, verdict

HINTS = "Hints stand in the cell below, from gentle to nearly the answer."
"""Where to look when a check fails: the hints are in the notebook, and nowhere else."""


@dataclass(frozen=True)
class Report:
    """What a student is told about one task.

    Attributes:
        task: the task.
        findings: what `compare` found: for every run of a case one finding for each output.
        marked: the instructor's feedback, with points; otherwise a public check.
        points: what was earned, or None where nothing was marked.
        remarks: further sentences, such as Python's warnings; of a marked one also what a known mistake says.
        mistakes: what known mistakes say that a public check found; these sentences come first.
        devices: where PyTorch computed the answers, as the run says; empty where that is not known.
    """

    task: Task
    findings: Sequence[Finding]
    marked: bool = False
    points: float | None = None
    remarks: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()

    @property
    def sentences_first(self) -> tuple[str, ...]:
        """What is said before the table: a marker's sentences, and known mistakes."""
        return (*self.mistakes, *(self.remarks if self.marked else ()))

    @property
    def sentences_last(self) -> tuple[str, ...]:
        """What is said after the table."""
        return () if self.marked else self.remarks


@dataclass(frozen=True)
class Row:
    """One line of the table: an output in all runs of a case, or a whole case, or all cases.

    Attributes:
        case: label of the case; "every case" where all say the same.
        edge: whether it is an edge case.
        output: name of the output; "" where the row is about all, or the only one.
        right: whether every run is right.
        says: the verdict.
        lines: where, which pattern, what to do; empty where right.
    """

    case: str
    edge: bool
    output: str
    right: bool
    says: str
    lines: tuple[str, ...]


def rows(report: Report) -> list[Row]:
    """The lines of the table, in the order of the task's cases."""
    task, findings = report.task, _counted(report)
    if findings and _same_whole(findings):
        return [_row(task, "every case", False, "", findings[:1], runs=1)]
    found = []
    for case in task.cases:
        here = [finding for finding in findings if finding.case == case.label]
        if here and (_same_whole(here) or all(finding.right for finding in here)):
            found.append(_row(task, case.label, case.edge, "", here))
        elif here:
            found += [_row(task, case.label, case.edge, _name(task, out), _of(out.name, here)) for out in task.outputs]
    return _advise_once(found)


def footnote(report: Report) -> str:
    """What an error is measured against, where the report names one; and, where known, what PyTorch computed on."""
    exact = {output.name for output in report.task.outputs if output.exact}
    named = any(finding.kind == "value" and finding.output not in exact for finding in _counted(report))
    notes = ["Errors are relative to the largest right value, or to 1 where that is larger."] if named else []
    notes += [f"Computed by PyTorch on {' and '.join(report.devices)}."] if report.devices else []
    return " ".join(notes)


def tally(report: Report) -> tuple[int, int]:
    """How many runs failed, and how many count: a run fails when an output is wrong; a spared one is left out."""
    width = len(report.task.outputs)
    runs = [report.findings[start : start + width] for start in range(0, len(report.findings), width)]
    failed = sum(not all(finding.right for finding in run) for run in runs)
    passed = sum(all(finding.kind == "right" for finding in run) for run in runs)
    return failed, failed + passed


def passed(report: Report) -> bool:
    """Whether there is at least one finding, and nothing is wrong."""
    return bool(report.findings) and tally(report)[0] == 0


def conclusion(report: Report) -> str:
    """The last line: "public checks passed", "1 of 3 public checks failed", or points."""
    failed, total = tally(report)
    if not report.marked:
        return "public checks passed" if passed(report) else f"{failed} of {total} public checks failed"
    if report.points is None:
        return "not marked: no points given, none taken"
    checks = f"all {total} checks passed" if passed(report) else f"{failed} of {total} checks failed"
    return f"{checks if total else 'no answer'} · {report.points:g} of {report.task.points:g} points"


def first_wrong_over_time(report: Report) -> Finding | None:
    """The first wrong output with a time axis and errors to draw, or None."""
    timed = {output.name for output in report.task.outputs if len(output.axes) > 1 and output.axes[0] == "time step"}
    for finding in _counted(report):
        if (
            finding.output in timed
            and finding.kind == "value"
            and finding.errors is not None
            and len(finding.errors) > 1
        ):
            return finding
    return None


def _counted(report: Report) -> list[Finding]:
    """The findings without the spared ones, of which a remark tells."""
    return [finding for finding in report.findings if not finding.spared]


def output_of(task: Task, name: str) -> Output:
    """The task's output of that name."""
    return {output.name: output for output in task.outputs}[name]


def _advise_once(table: list[Row]) -> list[Row]:
    """The same rows; each piece of advice only where it comes first."""
    seen: set[str] = set()
    kept = []
    for row in table:
        kept.append(replace(row, lines=tuple(line for line in row.lines if line not in seen)))
        seen |= set(row.lines) & set(ADVICE.values())
    return kept


def _same_whole(findings: list[Finding]) -> bool:
    """Whether all say the same about their whole case, apart from numbers (sizes differ from case to case)."""
    said = {(finding.kind, finding.gist) for finding in findings}
    return findings[0].kind in WHOLE and len(said) == 1


def _name(task: Task, output: Output) -> str:
    return output.name if len(task.outputs) > 1 else ""


def _of(name: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.output == name]


def _row(task: Task, case: str, edge: bool, name: str, findings: list[Finding], runs: int | None = None) -> Row:
    """One row for several runs of the same: the first wrong one speaks, else the one nearest to its tolerance.

    Wrong numbers speak before inputs that were changed.

    Args:
        runs: number of runs; by default the findings of one output are counted.
    """
    wrong = sorted((finding for finding in findings if not finding.right), key=lambda found: found.kind == "changed")
    shown = wrong[0] if wrong else max(findings, key=lambda finding: finding.error / (finding.tolerance or 1.0))
    runs = runs or len(_of(shown.output, findings))
    says = verdict(shown, output_of(task, shown.output))
    if wrong and runs > 1:
        says = f"wrong in {len(_of(shown.output, wrong))} of {runs} runs. {says[:1].upper()}{says[1:]}"
    lines = details(shown, output_of(task, shown.output)) if wrong else ()
    return Row(case, edge, name, not wrong, says, tuple(lines))
