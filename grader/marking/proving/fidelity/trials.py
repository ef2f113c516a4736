"""How the referee marks answers whose worth is known: right ones, known mistakes, two mistakes at once, mutants.

A *submission* answers every case as in a marking run: on the recorded inputs, and on inputs drawn for it.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import Any

import numpy as np
import torch

from grader.checks.answers import Answer, collect
from grader.checks.arithmetic import let_cublas_repeat, reference_arithmetic
from grader.checks.compare import Finding
from grader.checks.device import gpu_seats, on_device, pick_device
from grader.checks.errors import GraderError
from grader.checks.expected import public_seed
from grader.checks.score import points
from grader.checks.task import Case, Task, find_task
from grader.checks.tolerance import tolerance
from grader.marking.answers import references
from grader.marking.answers.alternatives import alternatives
from grader.marking.answers.misconceptions import BadEdit, Misconception, bank, mistaken
from grader.marking.answers.misconceptions.entries import with_both
from grader.marking.answers.references.live import reference
from grader.marking.judge.referee import findings_of, floors_of, mark
from grader.marking.proving.fidelity.equivalents import LINES, NO_MISTAKES
from grader.marking.proving.fidelity.forms import argument_names, containers
from grader.marking.proving.fidelity.lesson_names import with_lesson_names
from grader.marking.proving.fidelity.names import points_under_names
from grader.marking.proving.fidelity.styles import styles

RIGHT = ("right", "containers", "argument names")
"""Kinds of right answers that must pass the public check, too."""
UNMARKED = ("mistake in the notebook", "said of other inputs")
"""Kinds of which it is asked only what is said of them."""
KINDS = (
    *RIGHT,
    "names of the lesson",
    "mistake",
    "mistake in another style",
    "two mistakes",
    "mutant",
    "twenty names",
    "follow-through",
    *UNMARKED,
)
SUBMISSIONS = (2000, 2001, 2002)
"""Seeds of the drawn inputs of imagined submissions; the noise was measured on others."""
SECOND = 1000
"""How much larger the seed of a second draw is."""
PAIRS = 15
"""At most so many pairs of mistakes are tried in each task."""
FAR = 1000.0
"""A wrong answer that is this many tolerances away on the recorded inputs is not tried on other drawn ones."""
SECONDS = 3
"""CPU seconds for one case. A mutant that needs more is taken to loop for ever."""
MEMORY = 12 * 2**30
"""Bytes of address space that a worker may use: a mutant may grow without bound."""


@dataclass(frozen=True)
class Trial:
    """What became of one answer.

    Attributes:
        task: the task's name.
        kind: one of `KINDS`.
        name: the answer, in words.
        is_right: whether it is a right answer.
        full: whether every submission (for a wrong answer: any of them) got full points.
        ratio: error / tolerance: of a right answer the largest of all outputs, cases and submissions; of a wrong one
            the largest in a submission, and of the submissions the smallest; ∞ for what is wrong but not by its value.
        error, tolerance, floor: the error with that ratio, the tolerance, and the measured noise floor.
        where: output and case with that ratio.
        wanted: the sentences of the mistakes that it has.
        told: the sentences of the mistakes that were named.
        explained: whether the student is told anything beside the numbers: a mistake, or that no public case shows it.
        public: whether it passes the public check; asked of right answers, mistakes and mutants that are wrong, and in
            the notebook.
        device: where it was computed; "cpu" for NumPy's.
    """

    task: str
    kind: str
    name: str
    is_right: bool
    full: bool
    ratio: float
    error: float
    tolerance: float
    floor: float
    where: str
    wanted: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    explained: bool = False
    public: bool = False
    device: str = "cpu"

    @property
    def marked_wrongly(self) -> bool:
        return self.full != self.is_right or (self.kind in RIGHT and not self.public)


def try_all(
    tasks: Sequence[Task],
    kinds: Sequence[str] = KINDS,
    workers: int | None = None,
    on_progress: Callable[[str], None] = lambda task: None,
) -> list[Trial]:
    """All trials of these kinds, task by task, in worker processes; ``on_progress`` gets each finished task's name.

    PyTorch's tasks are tried on every device. As many workers, if None, as there are processors, and on a GPU no more
    than its free memory holds.

    Raises:
        GraderError: mutants are asked for, and mutmut is not installed.
    """
    if "mutant" in kinds:
        _import_mutants()
    found: list[Trial] = []
    parts = [part for task in tasks for part in _parts(task, kinds)]
    context = multiprocessing.get_context("spawn")  # forked, PyTorch's threads would be missing
    with ProcessPoolExecutor(workers or gpu_seats(os.cpu_count() or 1), context, _limit_worker) as pool:
        for place, (part, trials) in enumerate(zip(parts, pool.map(_try, *zip(*parts, strict=True)), strict=True)):
            found += trials
            if place + 1 == len(parts) or parts[place + 1][0] != part[0]:
                on_progress(part[0])
    return found


def _limit_worker() -> None:
    """In a worker: one thread, no warnings, no more memory than is reasonable; the GPU warm."""
    let_cublas_repeat()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    if torch.cuda.is_available():
        torch.ones(2, 2, device="cuda").matmul(torch.ones(2, 2, device="cuda")).sum().item()  # not in `SECONDS`
    else:  # CUDA reserves address space by the terabyte
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _parts(task: Task, kinds: Sequence[str]) -> list[tuple[str, Sequence[str], str]]:
    """What a worker does at a time: a NumPy task; a kind of trials of a PyTorch task, on one device."""
    if not task.torch:
        return [(task.name, kinds, "cpu")]
    return [(task.name, (kind,), device) for kind in kinds for device in devices()]


def _try(name: str, kinds: Sequence[str], device: str) -> list[Trial]:
    task = find_task(name)
    with np.errstate(all="ignore"), reference_arithmetic(), on_device(device):
        return [replace(trial, device=device) for kind in kinds for trial in TRIALS[kind](task)]


def devices() -> list[str]:
    """Where answers can be tried on this machine."""
    return ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]


# --- right answers --------------------------------------------------------------------------------------------------


def right_answers(task: Task) -> Iterator[Trial]:
    """The reference and all that is written differently, in every style."""
    for function in (reference(task), *alternatives(task)):
        for style, styled in styles(task, function).items():
            yield _right(task, "right", f"{function.__qualname__}, {style}", styled(function))


def in_containers(task: Task) -> Iterator[Trial]:
    """The reference, its results in every container that can hold them."""
    for words, function in containers(task, reference(task)).items():
        yield _right(task, "containers", words, function, SUBMISSIONS[:1])


def with_arguments(task: Task) -> Iterator[Trial]:
    """The reference, its arguments taken in every way."""
    for words, function in argument_names(task, reference(task)).items():
        yield _right(task, "argument names", words, function, SUBMISSIONS[:1])


def _right(
    task: Task, kind: str, words: str, function: Callable[..., Any], submissions: Sequence[int] = SUBMISSIONS
) -> Trial:
    answers = [_submission(task, function, seed) for seed in submissions]
    words = ", ".join([words, *([str(pick_device())] if task.torch else [])])
    return _trial(task, kind, words, True, answers, public=_passes_public(task, function))


def using_lesson_names(task: Task) -> Iterator[Trial]:
    """The reference in a notebook, looking up every name that the lesson's experiments above it define."""
    names, verdict = with_lesson_names(task)
    if names:
        full, ratio = verdict.points == task.points, max(map(_ratio, verdict.findings), default=np.inf)
        words = f"with {', '.join(names)}"
        yield Trial(task.name, "names of the lesson", words, True, full, ratio, 0.0, 0.0, 0.0, verdict.reason)


# --- known mistakes -------------------------------------------------------------------------------------------------


def mistakes(task: Task) -> Iterator[Trial]:
    """Each entry of the bank by itself."""
    for entry in bank(task):
        yield _wrong(task, "mistake", entry.name, mistaken(task, entry), (entry,))


def mistakes_in_other_styles(task: Task) -> Iterator[Trial]:
    """Each entry in every style but the one in which it is written."""
    for entry in bank(task):
        function = mistaken(task, entry)
        for style, styled in styles(task, function).items():
            if style != "as written":
                yield _wrong(task, "mistake in another style", f"{entry.name}, {style}", styled(function), (entry,))


def two_mistakes(task: Task) -> Iterator[Trial]:
    """Pairs of entries whose edits can both be made, drawn by the task's name."""
    pairs = list(combinations(bank(task), 2))
    random.Random(task.name).shuffle(pairs)
    tried = 0
    for pair in pairs:
        try:
            function = with_both(task, *pair)
        except (BadEdit, SyntaxError):
            continue
        yield _wrong(task, "two mistakes", " + ".join(entry.name for entry in pair), function, pair)
        tried += 1
        if tried == PAIRS:
            return


def _wrong(task: Task, kind: str, name: str, function: object, entries: tuple[Misconception, ...]) -> Trial:
    submissions = (_submission(task, function, seed) for seed in SUBMISSIONS)
    if (task.name, name) in NO_MISTAKES:
        return _trial(task, kind, name, True, submissions)
    public = _passes_public(task, function)
    return _trial(task, kind, name, False, submissions, tuple(entry.says for entry in entries), public)


# --- mutants --------------------------------------------------------------------------------------------------------


def mutants(task: Task) -> Iterator[Trial]:
    """Every mutant of the reference; those judged to be right answers must keep all points."""
    every, answer_of = _import_mutants()
    for mutant in every(task):
        function = answer_of(mutant)
        words = f"{mutant.function}: {mutant.before} → {mutant.after}"
        if function is None:
            yield Trial(
                task=task.name,
                kind="mutant",
                name=words,
                is_right=False,
                full=False,
                ratio=np.inf,
                error=np.inf,
                tolerance=0.0,
                floor=0.0,
                where="it cannot be imported",
            )
            continue
        submissions = (_submission(task, function, seed) for seed in SUBMISSIONS)
        if (task.name, mutant.after) in LINES:
            yield _trial(task, "mutant", words, True, submissions)
        else:
            yield _trial(task, "mutant", words, False, submissions, public=_passes_public(task, function))


def _import_mutants() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`mutants.mutants` and `mutants.answer_of`, imported only when needed, as they need mutmut."""
    try:
        from grader.marking.proving.fidelity.mutants import answer_of, mutants
    except ModuleNotFoundError as missing:
        package, _, _ = str(missing.name).partition(".")
        raise GraderError(
            f"mutants need the package {package}: `make setup` installs it, or `pip install -e .[dev]`"
        ) from None
    return mutants, answer_of


# --- the same answer under many names -------------------------------------------------------------------------------


def twenty_names(task: Task) -> Iterator[Trial]:
    """Every right answer and every known mistake: each must get one number of points, under whatever name."""
    right = [(function.__qualname__, function) for function in (reference(task), *alternatives(task))]
    for name, function in right + [(entry.name, mistaken(task, entry)) for entry in bank(task)]:
        earned = points_under_names(task, function)
        words = f"{name}: {', '.join(f'{each:g}' for each in sorted(earned))} of {task.points:g} points"
        yield Trial(task.name, "twenty names", words, True, len(earned) == 1, 0.0, 0.0, 0.0, 0.0, "")


# --- follow-through -------------------------------------------------------------------------------------------------


def follow_throughs(task: Task) -> Iterator[Trial]:
    """Answers that call a wrong earlier one; see `grader.marking.proving.fidelity.follow_through`."""
    from grader.marking.proving.fidelity.follow_through import follow_throughs  # which imports this module

    return follow_throughs(task)


# --- what the notebook says -----------------------------------------------------------------------------------------


def mistakes_in_the_notebook(task: Task) -> Iterator[Trial]:
    """Each entry of the bank as the public check names it; see `grader.marking.proving.fidelity.in_the_notebook`."""
    from grader.marking.proving.fidelity.in_the_notebook import mistakes_in_the_notebook  # which imports this module

    return mistakes_in_the_notebook(task)


def said_of_other_inputs(task: Task) -> Iterator[Trial]:
    """What is said of what came out, tried on other inputs; see the same module."""
    from grader.marking.proving.fidelity.in_the_notebook import said_of_other_inputs

    return said_of_other_inputs(task)


# --- the marking ----------------------------------------------------------------------------------------------------

TRIALS: dict[str, Callable[[Task], Iterator[Trial]]] = {
    "right": right_answers,
    "containers": in_containers,
    "argument names": with_arguments,
    "names of the lesson": using_lesson_names,
    "mistake": mistakes,
    "mistake in another style": mistakes_in_other_styles,
    "two mistakes": two_mistakes,
    "mutant": mutants,
    "twenty names": twenty_names,
    "follow-through": follow_throughs,
    "mistake in the notebook": mistakes_in_the_notebook,
    "said of other inputs": said_of_other_inputs,
}


def _submission(task: Task, function: object, seed: int) -> list[Answer]:
    """The answers to the recorded inputs, to the first draw, and to the second where the first leaves a doubt."""
    recorded = references.recording(task.module).seeds[task.name]
    answers = _answers(task, function, [(case, recorded[case.label]) for case in task.cases])
    answers += _answers(task, function, [(case, seed) for case in task.cases])
    findings = findings_of(task, answers)
    lost = {(finding.case, finding.output) for finding in _on_recorded_inputs(task, findings) if not finding.right}
    doubtful = {each.case for each in findings if not each.right and (each.case, each.output) not in lost}
    return answers + _answers(task, function, [(case, seed + SECOND) for case in task.cases if case.label in doubtful])


def _answers(task: Task, function: object, wanted: Sequence[tuple[Case, int]]) -> list[Answer]:
    """The answers to these cases and seeds; once one has run for too long, the others are not tried."""
    answers: list[Answer] = []
    for case, seed in wanted:
        problem = answers[-1].problem if answers else None
        if problem is not None and problem.failure is not None and problem.failure.type == TooLong.__name__:
            answers.append(Answer(case.label, seed, problem=problem))
        else:
            with _time_limit():
                answers.append(collect(task, function, case, seed))
    return answers


class TooLong(Exception):
    """An answer took more than `SECONDS` of CPU time for one case."""


@contextmanager
def _time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooLong(f"more than {SECONDS} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _passes_public(task: Task, function: object) -> bool:
    """Does the public check pass? It asks the public cases, each with its own seed."""
    answers = _answers(task, function, [(case, public_seed(task, case)) for case in task.cases if case.public])
    return all(finding.right for finding in findings_of(task, answers))


def _trial(
    task: Task,
    kind: str,
    name: str,
    is_right: bool,
    submissions: Iterable[list[Answer]],
    wanted: tuple[str, ...] = (),
    public: bool = False,
) -> Trial:
    """Mark the submissions; those of a wrong answer only until one is `FAR` off on the recorded inputs.

    What the student is told comes from the first one, of right answers, mistakes and what passes the public check.
    """
    others = iter(submissions)
    first = next(others)
    farthest: list[tuple[float, Finding]] = []
    full: list[bool] = []
    verdict = mark(task, first) if is_right or wanted or public else None
    for answers in chain([first], others):
        findings = findings_of(task, answers)
        farthest.append(_farthest(task, findings))
        full.append(points(task, findings) == task.points)
        if not is_right and _farthest(task, _on_recorded_inputs(task, findings))[0] > FAR:
            break
    ratio, finding = (max if is_right else min)(farthest, key=lambda pair: pair[0])
    told = {entry.name: entry.says for entry in bank(task)}
    named = verdict.misconceptions if verdict else ()
    return Trial(
        task=task.name,
        kind=kind,
        name=name,
        is_right=is_right,
        full=(all(full) and not named) if is_right else any(full),
        ratio=ratio,
        error=finding.error,
        tolerance=_tolerance(task, finding),
        floor=floors_of(task, finding.case)[finding.output],
        where=f"{finding.output}, {finding.case}",
        wanted=wanted,
        told=tuple(told[name] for name in named),
        explained=bool(verdict and verdict.remarks),
        public=public,
    )


def _on_recorded_inputs(task: Task, findings: Sequence[Finding]) -> list[Finding]:
    """In each case the first answer is to recorded inputs; each answer has one finding for each output."""
    by_case = ([finding for finding in findings if finding.case == case.label] for case in task.cases)
    return [finding for own in by_case for finding in own[: len(task.outputs)]]


def _farthest(task: Task, findings: Sequence[Finding]) -> tuple[float, Finding]:
    """The largest error / tolerance, and where it is; ∞ for what is wrong otherwise than by its value."""
    return max(((_ratio(finding), finding) for finding in findings), key=lambda pair: pair[0])


def _ratio(finding: Finding) -> float:
    if finding.kind not in ("right", "value"):
        return np.inf
    if not finding.tolerance:  # an exact output
        return 0.0 if finding.right else np.inf
    return finding.error / finding.tolerance


def _tolerance(task: Task, finding: Finding) -> float:
    return tolerance(task.case(finding.case).dtype, floors_of(task, finding.case)[finding.output])
