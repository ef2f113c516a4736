"""What a report says, before it is text or HTML: its rows, its counts, its last line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.checks.compare import Finding, FindingKind
from grader.checks.failure import without_numbers
from grader.checks.score import shares
from grader.checks.task import Case, Output, Task, earlier_of
from grader.checks.wording import ADVICE, IN_SHORT, details, verdict

HINTS = "Hints stand in the cell below, from gentle to nearly the answer."
"""Where to look when a check fails: the hints are in the notebook, and nowhere else."""
MOST_ROWS = 5
"""How many rows tell what is wrong."""
MOST_LINES = 9
"""How many lines say more of it, in all rows together."""
MOST_NAMES = 7
"""How many cases or outputs are named; more are counted."""
WRONG_IN, RIGHT_IN = "Wrong in: ", "Right in: "
"""Heads of the lines that name cases."""
OF_A_CASE: tuple[FindingKind, ...] = ("value", "shape", "nonfinite", "exception")
"""Kinds whose words may hold for one case alone."""


HALF_WRITTEN: tuple[FindingKind, ...] = ("unwritten", "none")
"""Kinds of what is no mistake yet."""


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
        begun: does the answer have code of its own, so that None is a mistake? See `grader.checks.begun`.
        devices: where PyTorch computed the answers, as the run says; empty where that is not known.
    """

    task: Task
    findings: Sequence[Finding]
    marked: bool = False
    points: float | None = None
    remarks: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    elsewhere: str = ""
    begun: bool = False

    @cached_property
    def tally(self) -> tuple[int, int]:
        """How many runs failed, and how many count: a run fails when an output is wrong; a spared one is left out."""
        width = len(self.task.outputs)
        runs = [self.findings[start : start + width] for start in range(0, len(self.findings), width)]
        failed = sum(not all(finding.right for finding in run) for run in runs)
        passed = sum(all(finding.kind == "right" for finding in run) for run in runs)
        return failed, failed + passed

    @property
    def sentences_first(self) -> tuple[str, ...]:
        """What is said before the table: a marker's sentences, and known mistakes."""
        return (*self.mistakes, *(self.remarks if self.marked else ()))

    @property
    def sentences_last(self) -> tuple[str, ...]:
        """What is said after the table."""
        return () if self.marked else (*filter(None, [self.elsewhere]), *self.remarks)


@dataclass(frozen=True)
class Row:
    """One line of the table: outputs in one case, or in several that say the same.

    Attributes:
        case: label of the case; "every case" or "3 of 8 cases" where several say the same.
        edge: whether all these are edge cases.
        output: names of the outputs; "" where the row is about all, or the only one.
        right: whether they are right.
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
    """The lines of the table: where all is right, one for each case; else what is wrong, folded, and what is right.

    Equal mistakes of an output in several cases make one line, and equal ones of several outputs another.
    """
    findings = _counted(report)
    if all(finding.right for finding in findings):
        labels = dict.fromkeys(finding.case for finding in findings)
        return [_right_row(report.task, case, findings) for case in report.task.cases if case.label in labels]
    right = [] if report.marked else _right_outputs(report.task, findings)  # the last line names them
    return _advise_once([*_wrong_rows(report.task, findings), *right])


def footnote(report: Report) -> str:
    """What an error is measured against, where the report names one; and, where known, what PyTorch computed on."""
    exact = {output.name for output in report.task.outputs if output.exact}
    named = any(finding.kind == "value" and finding.output not in exact for finding in _counted(report))
    notes = ["Errors are relative to the largest right value, or to 1 if larger."] if named else []
    notes += [f"Computed by PyTorch on {' and '.join(report.devices)}."] if report.devices else []
    return " ".join(notes)


def passed(report: Report) -> bool:
    """Whether there is at least one finding, and nothing is wrong."""
    return bool(report.findings) and report.tally[0] == 0


def half_written(report: Report) -> str:
    """Where nothing came because the code is not written to its end: what to do, in a sentence; otherwise ""."""
    if report.mistakes or not report.findings or any(each.kind not in HALF_WRITTEN for each in report.findings):
        return ""
    first, function = report.findings[0], report.task.function
    if report.begun and any(each.kind == "none" for each in report.findings):
        return ""
    if first.kind == "none":
        return f"`{function}` is not written yet: it returns None. Write it to its end, and `return` the result."
    if first.detail in {each.function for each in earlier_of(report.task)}:
        return f"`{function}` calls your `{first.detail}`, which is not written yet: write that one first."
    return (
        f"`{function}` is not written yet: put your code where `raise NotImplementedError()` stands, and run its cell."
    )


def stopped(report: Report) -> bool:
    """Whether the code was stopped, in the last case that was tried."""
    return any(finding.kind == "endless" for finding in report.findings)


def conclusion(report: Report) -> str:
    """The last line: "public checks passed", "1 of 3 public checks failed", or points and what they are for."""
    failed, total = report.tally
    if not report.marked and stopped(report):
        return f"stopped at public check {total} of {len([case for case in report.task.cases if case.public])}"
    if not report.marked:
        return "public checks passed" if passed(report) else f"{failed} of {total} public checks failed"
    if report.points is None:
        return "not marked: no points given, none taken"
    score = f"{report.points:g} of {report.task.points:g} points"
    if passed(report) or not total:
        return f"{f'all {total} checks passed' if total else 'no answer'} · {score}"
    return f"{score} · {_what_is_right(report)}"


def _what_is_right(report: Report) -> str:
    """Which outputs are right, right in part, and wrong, in words."""
    earned = shares(report.task, report.findings)
    kinds = {finding.kind for finding in report.findings if not finding.right}
    if kinds == {"unwritten"} and not any(earned.values()):
        return IN_SHORT["unwritten"]
    part = "right, but inputs are changed in place" if kinds == {"changed"} else "right but for edge cases"
    says = {1.0: "right", report.task.edge_share: part, 0.0: "wrong"}
    groups = {word: [name for name, share in earned.items() if share == at] for at, word in says.items()}
    if len([names for names in groups.values() if names]) == 1:
        return next(word for word, names in groups.items() if names)
    return " · ".join(f"{word}: {_listed(names, 'outputs')}" for word, names in groups.items() if names)


def first_wrong_over_time(report: Report) -> Finding | None:
    """The first output with a time axis that is wrong in a part of its entries, which a picture shows; or None.

    None too where a marker's sentence says what is wrong.
    """
    if report.marked and report.remarks:
        return None
    timed = {output.name for output in report.task.outputs if len(output.axes) > 1 and output.axes[0] == "time step"}
    for finding in _counted(report):
        if (
            finding.output in timed
            and finding.kind == "value"
            and finding.errors is not None
            and len(finding.errors) > 1
            and finding.wrong < finding.entries
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
    """The same rows, with `MOST_LINES`; advice, and in which cases something is wrong, only where it comes first."""
    seen: set[str] = set()
    kept: list[Row] = []
    for row in table:
        left = MOST_LINES - sum(len(each.lines) for each in kept)
        kept.append(replace(row, lines=tuple(line for line in row.lines if line not in seen)[:left]))
        seen |= {line for line in row.lines if line in ADVICE.values() or line.startswith((WRONG_IN, RIGHT_IN))}
    return kept


def _right_row(task: Task, case: Case, findings: list[Finding]) -> Row:
    """A case that is right: the output nearest to its tolerance speaks."""
    here = [finding for finding in findings if finding.case == case.label]
    shown = max(here, key=lambda finding: finding.error / (finding.tolerance or 1.0))
    return Row(case.label, case.edge, "", True, verdict(shown, output_of(task, shown.output)), ())


@dataclass(frozen=True)
class _Mistake:
    """What is wrong with outputs in the same way in the same cases.

    Attributes:
        outputs: names.
        findings: of the first of them, the first wrong one of each case.
        shown: of these, the one that is told.
        runs: in how many of how many runs of its case that one is wrong.
    """

    outputs: tuple[str, ...]
    findings: tuple[Finding, ...]
    shown: Finding
    runs: tuple[int, int]

    @property
    def alike(self) -> object:
        """What another output's mistake must have in common to be told with it; itself where it has to stand alone."""
        shown, cases = self.shown, tuple(finding.case for finding in self.findings)
        foldable = not shown.detail or shown.gist or shown.kind == "dtype"
        same = (shown.kind, shown.gist, shown.hint, shown.case, shown.wrong == shown.entries, cases)
        return (*same, "" if foldable else self.outputs)

    def with_(self, other: _Mistake) -> _Mistake:
        """Both in one; the larger error is told, and no place of one of them."""
        shown = replace(self.shown, error=max(self.shown.error, other.shown.error))
        shown = shown if shown.wrong == shown.entries else replace(shown, entries=0)
        return replace(self, outputs=self.outputs + other.outputs, shown=shown)


def _wrong_rows(task: Task, findings: list[Finding]) -> list[Row]:
    """What is wrong, in `MOST_ROWS` at most; what could not be compared last."""
    folded: dict[object, _Mistake] = {}
    for mistake in (each for output in task.outputs for each in _mistakes(_of(output.name, findings))):
        before = folded.get(mistake.alike)
        folded[mistake.alike] = before.with_(mistake) if before else mistake
    told = sorted(folded.values(), key=lambda mistake: mistake.shown.kind == "uncompared")
    shown = told if len(told) <= MOST_ROWS else told[: MOST_ROWS - 1]
    table = [_wrong_row(task, mistake, findings) for mistake in shown]
    named = {name for mistake in shown for name in mistake.outputs}
    rest = [name for name in dict.fromkeys(n for each in told[len(shown) :] for n in each.outputs) if name not in named]
    return [*table, *([Row("", False, ", ".join(rest), False, "wrong, too", ())] if rest else [])]


def _mistakes(findings: list[Finding]) -> list[_Mistake]:
    """Of one output: the wrong cases, those of one kind together. Wrong numbers speak before changed inputs."""
    groups: dict[tuple[str, str], dict[str, Finding]] = {}
    cases = {case: [each for each in findings if each.case == case] for case in dict.fromkeys(f.case for f in findings)}
    for case, here in cases.items():
        wrong = sorted((each for each in here if not each.right), key=lambda each: each.kind == "changed")
        if wrong:
            gist = "" if wrong[0].kind == "exception" else wrong[0].gist
            groups.setdefault((wrong[0].kind, gist), {})[case] = wrong[0]
    if any(finding.changed for (kind, _), group in groups.items() if kind != "changed" for finding in group.values()):
        groups = {key: group for key, group in groups.items() if key[0] != "changed"}  # the other line says it, too
    return [_mistake(tuple(group.values()), cases) for group in groups.values()]


def _mistake(group: tuple[Finding, ...], cases: Mapping[str, list[Finding]]) -> _Mistake:
    """The finding that is told has the pattern that most have, and no edge case before an ordinary one."""
    patterns = [without_numbers(finding.hint) for finding in group]
    shown = group[patterns.index(max(patterns, key=patterns.count))]
    here = cases[shown.case]
    return _Mistake((shown.output,), group, shown, (sum(not each.right for each in here), len(here)))


def _wrong_row(task: Task, mistake: _Mistake, findings: list[Finding]) -> Row:
    shown, total = mistake.shown, len({finding.case for finding in findings})
    wrong = [finding.case for finding in mistake.findings]
    output, edge = output_of(task, shown.output), all(task.case(label).edge for label in wrong)
    says = verdict(shown, output)
    if shown.kind in OF_A_CASE and len({finding.gist or verdict(finding, output) for finding in mistake.findings}) > 1:
        says = f"in the case “{shown.case}”, {says}"
    if mistake.runs[0] < mistake.runs[1]:
        says += f" (with some inputs of {'this case' if len(wrong) == 1 else 'that case'}, not with all)"
    lines = details(shown, output)
    if 1 < len(wrong) < total:
        lines = [*lines, _where(wrong, _right_cases(mistake.outputs, findings), total)]
    names = "" if set(mistake.outputs) == {each.name for each in task.outputs} else ", ".join(mistake.outputs)
    return Row(_cases(wrong, total), edge, names, False, says, tuple(lines))


def _cases(wrong: list[str], total: int) -> str:
    if len(wrong) == 1:
        return wrong[0]
    return "every case" if len(wrong) == total else f"{len(wrong)} of {total} cases"


def _right_cases(outputs: Sequence[str], findings: list[Finding]) -> list[str]:
    wrong = {finding.case for finding in findings if finding.output in outputs and not finding.right}
    return [case for case in dict.fromkeys(finding.case for finding in findings) if case not in wrong]


def _where(wrong: list[str], right: list[str], total: int) -> str:
    """In which cases it is wrong, or, where that is shorter, in which it is right."""
    if len(right) < len(wrong) and len(right) + len(wrong) == total:
        return f"{RIGHT_IN}{_listed(right, 'cases', '; ')}."
    return f"{WRONG_IN}{_listed(wrong, 'cases', '; ')}."


def _listed(names: Sequence[str], what: str, between: str = ", ") -> str:
    return between.join(names) if len(names) <= MOST_NAMES else f"{len(names)} {what}"


def _right_outputs(task: Task, findings: list[Finding]) -> list[Row]:
    """One row for the outputs that are right in every case, where there are some."""
    names = [output.name for output in task.outputs if all(finding.right for finding in _of(output.name, findings))]
    return [Row("every case", False, ", ".join(names), True, "right", ())] if names else []


def _of(name: str, findings: list[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.output == name]
