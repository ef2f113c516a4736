"""The sentences for an answer: what came out, the outputs of which the same is true together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.checks import tolerance as policy
from grader.checks.answers import Answer
from grader.checks.compare import Finding
from grader.checks.recognise.arranged import arranged
from grader.checks.recognise.condition import condition
from grader.checks.recognise.constant import constant, says_nothing
from grader.checks.recognise.counted import counted
from grader.checks.recognise.elementwise import applied, signs
from grader.checks.recognise.evidence import Evidence, Recogniser, evidence_of
from grader.checks.recognise.exchanged import another_output, exchanged
from grader.checks.recognise.factor import UNNAMED, factor
from grader.checks.recognise.given import an_input
from grader.checks.recognise.narrow import narrow
from grader.checks.recognise.normalised import normalised
from grader.checks.recognise.part import in_part
from grader.checks.recognise.place import placed
from grader.checks.recognise.replaced import replaced
from grader.checks.recognise.shape import reshaped
from grader.checks.recognise.situation import Outputs, Situation
from grader.checks.recognise.spread import spread
from grader.checks.recognise.terms import added_number, terms
from grader.checks.recognise.transposed import transposed_factor
from grader.checks.recognise.weighted import weighted
from grader.checks.task import Task

RELATIONS: tuple[Recogniser, ...] = (
    counted,
    another_output,
    reshaped,
    factor,
    arranged,
    applied,
    an_input,
    added_number,
    narrow,
    spread,
    weighted,
    replaced,
    terms,
    transposed_factor,
)
"""How all of an output follows from the right one. They are asked in this order; the first that knows says it."""
OF_SHAPES = (another_output, reshaped)
"""Those that look at answers of another shape, too."""
OF_PARTS: tuple[Recogniser, ...] = (factor, applied, added_number, weighted, replaced, terms)
"""How a part of an output follows."""
MOST_OUTPUTS = 4
"""Of more outputs nothing is asked: what is wrong with the first ones mostly spoils the others."""
MOST_SENTENCES = 2


Tried = tuple[Answer, Outputs, Mapping[str, float]]
"""An answer, the right outputs, and the measured noise floor of each output."""


def recognised(task: Task, tried: Sequence[Tried], findings: Iterable[Finding]) -> tuple[str, ...]:
    """What came out in place of the right answers, in at most two sentences; () where no recogniser knows.

    Args:
        task: the task.
        tried: the answers, each with the right outputs and the measured noise floor of each output.
        findings: what comparing these answers found.
    """
    every = _evidence(task, tried)
    if both := exchanged(every):
        return (both,)
    exact, places = _by_sentence(every[:MOST_OUTPUTS])
    said = [_sentence(task, outputs, said) for said, outputs in (exact or places).items()][:MOST_SENTENCES]
    if len(said) < MOST_SENTENCES and not exact:
        wrong = {each.case for each in findings if not each.right and each.kind != "changed"}
        situations = [Situation(task, task.case(answer.case), answer.seed, right) for answer, right, _ in tried]
        said += filter(None, [condition(situations, [each.case.label in wrong for each in situations])])
    return tuple(said)


def true_again(task: Task, tried: Sequence[Tried], more: Iterable[Tried]) -> dict[str, bool]:
    """The sentences about all numbers of an output, or of a part, and whether each is true of further inputs as well.

    What is said is true of every case that was looked at: so what is said of an output again, where the further cases
    stand beside the first, is true of them, too. A place where something is wrong is no such sentence.

    Args:
        task: the task.
        tried: what the sentences are said of; as in `recognised`.
        more: the same of further inputs; asked for only where there is something to try.
    """
    every = _evidence(task, tried)
    both, (exact, _) = exchanged(every), _by_sentence(every[:MOST_OUTPUTS])
    if not both and not exact:
        return {}
    again = _evidence(task, [*tried, *more])
    if both:
        return {both: exchanged(again) == both}
    by_name = {each.output.name: each for each in again}
    return {
        _sentence(task, outputs, said): all(_of(by_name[name]) == (said, False) for name in outputs)
        for said, outputs in exact.items()
    }


def _evidence(task: Task, tried: Sequence[Tried]) -> list[Evidence]:
    limits = [_limits(task, answer, floors) for answer, _, floors in tried]
    return evidence_of(task, [answer for answer, _, _ in tried], [right for _, right, _ in tried], limits)


def _by_sentence(every: Sequence[Evidence]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Outputs by what is said of them: how they follow from the right ones, and where they are wrong."""
    exact: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    explained = True
    for each in every:
        said, is_place = _of(each)
        if said:
            (places if is_place else exact).setdefault(said, []).append(each.output.name)
        explained &= bool(said and not is_place) or not each.axes  # any single number is in proportion
        if len(exact) >= MOST_SENTENCES:
            break
    if not explained:
        exact.pop(UNNAMED, None)  # where another array is wrong otherwise, it may be by accident
    return exact, places


def _limits(task: Task, answer: Answer, floors: Mapping[str, float]) -> dict[str, float]:
    dtype = task.case(answer.case).dtype
    return {
        output.name: 0.0 if output.exact else policy.tolerance(dtype, floors.get(output.name, 0.0))
        for output in task.outputs
    }


def _of(evidence: Evidence) -> tuple[str, bool]:
    """What the first recogniser says that knows, and whether it is only a place."""
    if says_nothing(evidence):
        return constant(evidence), True
    for recogniser in RELATIONS:
        if said := recogniser(evidence):
            return said + _reach(evidence, of_shape=recogniser in OF_SHAPES), False
    if said := in_part(evidence, OF_PARTS) or signs(evidence) or normalised(evidence):
        return said + _reach(evidence), False
    said = placed(evidence)
    return said and said + _reach(evidence, of_place=True), True


def _reach(evidence: Evidence, of_shape: bool = False, of_place: bool = False) -> str:
    """Of which cases a sentence is true, where it is not of all: a place may be that of NaN, too."""
    if of_shape:
        return ""
    strange = not of_place and any(
        not trial.right and trial.same_shape and not trial.finite for trial in evidence.trials
    )
    limits = ["of the right shape"] if evidence.misshapen and evidence.wrong else []
    limits += ["finite"] if strange else []
    return f", where it is {' and '.join(limits)}" if limits else ""


def _sentence(task: Task, outputs: Sequence[str], said: str) -> str:
    if len(task.outputs) == 1:
        return f"What came out is {said}."
    quoted = [f"`{name}`" for name in outputs]
    return f"What came out as {' and as '.join(quoted)} is {said}."
