"""`check`: the line that ends every exercise.

On a student's machine it tries the public cases and says at once what is wrong. In a marking run, which says what it
asks for (`run_file`), it compares nothing: it hands out the answers, for a referee elsewhere to judge.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from grader.checks import answers, earlier, known_mistakes, progress, report, run_file
from grader.checks.as_html import html
from grader.checks.as_text import text
from grader.checks.begun import is_begun
from grader.checks.compare import Finding, compare
from grader.checks.device import devices_seen
from grader.checks.errors import BadCall, CheckFailed, by_nbgrader
from grader.checks.expected import expected_outputs, noise_floors, public_seed
from grader.checks.first_look import calm_html, calm_text, short_html, short_text, what_fails
from grader.checks.library import library_remark
from grader.checks.rounding import rounded_coarsely
from grader.checks.task import Task, find_task
from grader.checks.time_limit import seconds_asked
from grader.checks.undisturbed import remarks, undisturbed

if TYPE_CHECKING:
    from grader.checks.recognise.sentences import Tried


def check(name: str, answer: object, *, seconds: float | None = None, details: bool = False) -> None:
    """Check your answer to a task: ``check("srn.step", step)``.

    In a notebook nothing is raised for an answer that is not written to its end, so that Run All goes on.

    Args:
        name: the task's name.
        answer: your function, or your class; not what it returns.
        seconds: how long your code may compute in each case, or 0 for no limit; see `grader.checks.time_limit`.
        details: whether to show all at once of what fails, nothing folded.

    Raises:
        CheckFailed: a public check failed; the report says which and where.
        BadCall: ``check`` was given something else.
        UnknownTask: there is no such task.
    """
    if (plan := run_file.asked()) is not None:
        _publish(_recorded(name, answer, plan))
        return
    if not isinstance(name, str):
        raise BadCall(_swapped(name, answer))
    task = find_task(name)
    _refuse_misuse(task, answer)
    found = public_report(task, answer, seconds_asked(seconds))
    earlier.note(task, answer, report.passed(found))
    progress.remember(task, answer, report.passed(found))
    if not report.passed(found):
        found = replace(found, elsewhere=earlier.look_there_first(task, answer))
    sentence = report.half_written(found)
    _publish(_shown(found, sentence, details))
    if not report.passed(found) and not (sentence and _by_hand()):
        raise CheckFailed(_summary(found, sentence)) from None


def _shown(found: report.Report, sentence: str, details: bool) -> dict[str, Any]:
    """The report as a notebook shows it: whole where it passed, or where that is asked for."""
    if report.passed(found) or details:
        return {"text/plain": text(found), "text/html": html(found)}
    if sentence:
        return {"text/plain": calm_text(found, sentence), "text/html": calm_html(sentence)}
    return {"text/plain": short_text(found), "text/html": short_html(found)}


def public_report(task: Task, answer: object, seconds: float = 0.0) -> report.Report:
    """The report of the public cases. The notebook's random states, warnings and error handling stay as they are.

    Args:
        task, answer: a student's.
        seconds: how long it may take in each case; 0 for no limit. After one that takes longer no other is tried.

    Raises:
        MissingExpected: the expected outputs were not recorded.
    """
    findings, called, tried = [], set[str](), []
    with undisturbed(task.torch) as caught:
        for case in (case for case in task.cases if case.public):
            given = answers.collect(task, answer, case, public_seed(task, case), seconds)
            called |= set(given.called)
            tried.append((given, expected_outputs(task, case), noise_floors(task, case)))
            findings += compare(task, case, *tried[-1])
            if given.problem and given.problem.kind == "endless":
                break
    whole = not any(finding.kind == "endless" for finding in findings)
    mistakes = known_mistakes.sentences(task, [given for given, _, _ in tried], findings) if whole else ()
    right = all(finding.right for finding in findings)
    came_out = () if right or mistakes or not whole else _came_out(task, tried, findings)
    said = (*library_remark(called), *filter(None, [rounded_coarsely(task, findings)]))
    begun = not right and is_begun(answer)
    return report.Report(task, findings, remarks=said + remarks(caught), mistakes=(*mistakes, *came_out), begun=begun)


def _came_out(task: Task, tried: Sequence[Tried], findings: Sequence[Finding]) -> tuple[str, ...]:
    """What came out, in words. Imported only here: while a submission is marked, kernels do not have it."""
    from grader.checks.recognise import recognised

    return recognised(task, tried, findings)


def _recorded(name: object, answer: object, asked: run_file.Plan) -> dict[str, Any]:
    """The bundle of a marking run: the answers, or only a sentence where the run does not ask for this task."""
    if not isinstance(name, str) or name not in asked:
        return {"text/plain": f"nothing recorded: this run does not ask for {name!r:.80}"}
    task = find_task(name)
    with undisturbed(task.torch), devices_seen() as devices:
        given = [answers.collect(task, answer, task.case(label), seed) for label, seed in asked[name]]
    packed = {**answers.pack(task, given), "devices": sorted(devices)}
    return {answers.MIME: packed, "text/plain": "answers recorded"}


def _publish(bundle: dict[str, Any]) -> None:
    """Display the bundle in a notebook; elsewhere print its text."""
    if _shell() is None:
        print(bundle["text/plain"])
        return
    sys.modules["IPython"].display.display(bundle, raw=True)


def _shell() -> Any:
    """IPython's shell in this process, or None."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _by_hand() -> bool:
    """Is it run in a notebook by a person, or as a person would?"""
    return _shell() is not None and not by_nbgrader()


def _swapped(name: object, answer: object) -> str:
    if isinstance(answer, str):
        return f"the name comes first: check({answer!r}, {getattr(name, '__name__', 'your_function')})"
    return (
        f'check needs the name of a task first, such as check("srn.step", step); this is of type {type(name).__name__}'
    )


def _refuse_misuse(task: Task, answer: object) -> None:
    """Say so when a result, an instance or a class came where the task wants a function or a class."""
    wanted, got = task.reference.partition(":")[2], type(answer).__name__
    advice = f'write check("{task.name}", {wanted}), without brackets after {wanted}'
    if wanted[0].isupper() and not isinstance(answer, type) and (not callable(answer) or hasattr(answer, "forward")):
        raise BadCall(f"{task.name} wants your class {wanted} itself, not an instance of {got}: {advice}")
    if wanted[0].islower() and isinstance(answer, type):
        raise BadCall(f"{task.name} wants your function {wanted}, not the class {answer.__name__}: {advice}")
    if not callable(answer):
        raise BadCall(f"{task.name} wants your function {wanted} itself, not its result (here of type {got}): {advice}")


def _summary(found: report.Report, sentence: str) -> str:
    """One line, for whoever reads the exception: programs, and nbgrader's Validate."""
    if sentence:
        return f"{found.task.name}: {sentence}"
    says = textwrap.shorten(what_fails(found)[0], 160, placeholder=" …")
    return f"{found.task.name}: {report.conclusion(found)} ✗ {says}"
