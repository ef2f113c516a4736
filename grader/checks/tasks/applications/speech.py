"""Lesson 08, speech: what each task is given, must return, and is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.random import Generator

from grader.checks.results import MAX_ENTRIES
from grader.checks.task import Case, Function, Inputs, Output, Sizes, Task
from grader.checks.tasks.calling import ask
from grader.checks.tasks.drawing import state


def _dtw_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x": state(rng, n["N"], n["D"]), "y": state(rng, n["M"], n["D"])}


def _path_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A path of runs: labels said twice with a blank between them, and others with none, whatever the seed. The last
    run is that of the first only where the case says so, or where both are blanks."""
    blank = int(rng.integers(1, n["K"]))
    if case.options.get("silent"):
        return {"path": np.full(n["T"], blank), "blank": blank}
    a, b = rng.permutation([k for k in range(n["K"]) if k != blank])[:2]
    if n["T"] == 1:
        return {"path": np.array([a]), "blank": blank}
    blanks = [blank] if case.options.get("ends") == "blanks" else []
    runs = [*blanks, a, b, blank, b, a, *(k for _ in range(n["T"] // 8) for k in rng.permutation(n["K"]))]
    runs += blanks or ([blank, a] if case.options.get("ends") == "the same" else [blank, b])
    path = np.repeat(runs, rng.integers(1, 4, len(runs)))
    return {"path": np.insert(path, 0, path[0]), "blank": blank}


def _call_collapse(collapse: Function, given: Inputs) -> object:
    """An empty list holds no numbers that could show that they are integers: it becomes an array that does."""
    found = ask(collapse, given)
    found = list(islice(found, MAX_ENTRIES + 1)) if isinstance(found, Iterator) else found
    length = found.size if isinstance(found, np.ndarray) else len(found) if isinstance(found, list | tuple) else 1
    return found if length else np.zeros(0, dtype=int)


def _ctc_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Labels with one that follows itself (where there are three or more), no two others; the blank is not class 0."""
    logits = case.options.get("sharpness", 1.5) * state(rng, n["T"], n["K"])
    blank = int(rng.integers(1, n["K"]))
    L = n.get("L", 0)
    labels = _labels(rng, [k for k in range(n["K"]) if k != blank], L, case.options.get("repeats", L > 2))
    return {"log_p": logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), "labels": labels, "blank": blank}


def _labels(rng: Generator, classes: Sequence[int], L: int, repeats: bool) -> np.ndarray:
    labels: list[int] = []
    twice = int(rng.integers(1, L)) if repeats else -1
    for at in range(L):
        others = [k for k in classes if not labels or k != labels[-1]]
        labels.append(labels[-1] if at == twice else int(rng.choice(others)))
    return np.array(labels, dtype=int)


def _sequences_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """References of unequal length; each hypothesis is its reference with a deletion, an insertion, a substitution."""
    said, heard = [], []
    for at in range(n["N"]):
        reference = rng.integers(0, 10, n["L"] + 3 * at).tolist()
        hypothesis = reference[1 + at % 2 :]  # what is left out at the front shifts all the rest
        hypothesis[-1:] = [(hypothesis[-1] + 3) % 10] if at % 3 else [hypothesis[-1], 4, 7, 7]
        said.append(reference)
        heard.append(hypothesis)
    for which, sequences in (("said", said), ("heard", heard)):
        if case.options.get("empty") == which:
            sequences[0] = []
    if case.options.get("middle"):
        said = [rng.permutation(10)[: n["L"]].tolist() for _ in said]
        heard = [[k for at, k in enumerate(reference) if at != n["L"] // 2] for reference in said]
    if case.options.get("same"):
        heard = [list(reference) for reference in said]
    if case.options.get("long"):
        heard = [[*hypothesis, *rng.integers(0, 10, 3 * len(hypothesis) + 9).tolist()] for hypothesis in heard]
    return {**_flat("said", said), **_flat("heard", heard)}


def _flat(name: str, sequences: Sequence[Sequence[int]]) -> Inputs:
    joined = np.array([label for sequence in sequences for label in sequence], dtype=int)
    return {name: joined, f"{name}_lengths": np.array([len(sequence) for sequence in sequences])}


def _cut(given: Inputs, name: str) -> list[list[int]]:
    """The lists of labels that `_flat` joined."""
    ends = np.cumsum(given[f"{name}_lengths"])[:-1]
    return [part.tolist() for part in np.split(given[name], ends)]


def _call_error_rate(error_rate: Function, given: Inputs) -> object:
    return ask(error_rate, {"references": _cut(given, "said"), "hypotheses": _cut(given, "heard")})


_PAIRS = {"N": None, "M": None, "D": None}

TASKS = (
    Task(
        name="speech.dtw",
        title="Dynamic time warping",
        points=4,
        inputs=_dtw_inputs,
        call=ask,
        outputs=(Output("D", ("frame of x", "frame of y")),),
        cases=(
            Case("ordinary", _PAIRS, public=True),
            Case("another", _PAIRS),
            Case("float32", {"N": 9, "M": 6, "D": 4}, dtype="float32", public=True),
            Case("longer", {"N": 20, "M": 13, "D": 5}),
            Case("x has one frame", {"N": 1, "M": 6, "D": 3}, edge=True, public=True),
            Case("y has one frame", {"N": 5, "M": 1, "D": 2}, edge=True),
            Case("every size 1", {"N": 1, "M": 1, "D": 1}, edge=True),
        ),
        reference="solutions.applications.speech:dtw",
    ),
    Task(
        name="speech.collapse",
        title="From a path to labels",
        points=2,
        inputs=_path_inputs,
        call=_call_collapse,
        outputs=(Output("labels", ("label",), exact=True),),
        cases=(
            Case("ordinary", {"T": 16, "K": 4}, public=True),
            Case("another", {"T": 16, "K": 5}),
            Case("blank at both ends", {"T": 8, "K": 6}, options={"ends": "blanks"}, public=True),
            Case("longer", {"T": 40, "K": 7}, options={"ends": "blanks"}),
            Case("it ends as it begins", {"T": 16, "K": 5}, edge=True, options={"ends": "the same"}),
            Case("T = 1", {"T": 1, "K": 3}, edge=True),
            Case("blanks only", {"T": 5, "K": 3}, edge=True, public=True, options={"silent": True}),
        ),
        reference="solutions.applications.speech:collapse",
    ),
    Task(
        name="speech.ctc_loss",
        title="The CTC loss",
        points=5,
        inputs=_ctc_inputs,
        call=lambda ctc_loss, given: ask(ctc_loss, {**given, "labels": given["labels"].tolist()}),
        outputs=(Output("loss"),),
        cases=(
            Case("ordinary", {"T": 11, "K": 6, "L": 4}, public=True),
            Case("another", {"T": 9, "K": 5, "L": 3}),
            Case("no label twice", {"T": 8, "K": 7, "L": 4}, public=True, options={"repeats": False}),
            Case("float32", {"T": 13, "K": 7, "L": 5}, dtype="float32", public=True),
            Case("longer", {"T": 40, "K": 8, "L": 12}),
            Case("very long", {"T": 600, "K": 6, "L": 9}, edge=True, public=True, options={"sharpness": 3.0}),
            Case("T = 1", {"T": 1, "K": 4, "L": 1}, edge=True, public=True),
            Case("no label at all", {"T": 7, "K": 5}, edge=True, public=True),
            Case("just enough frames", {"T": 6, "K": 4, "L": 5}, edge=True),
            Case("a frame too few", {"T": 5, "K": 4, "L": 5}, edge=True, public=True),
        ),
        reference="solutions.applications.speech:ctc_loss",
    ),
    Task(
        name="speech.error_rate",
        title="The label error rate",
        points=3,
        inputs=_sequences_inputs,
        call=_call_error_rate,
        outputs=(Output("rate"),),
        cases=(
            Case("ordinary", {"N": 3, "L": 4}, public=True),
            Case("another", {"N": 5, "L": 6}),
            Case("one sequence", {"N": 1, "L": 7}, public=True),
            Case("many", {"N": 7, "L": 5}),
            Case("a label missed in the middle", {"N": 3, "L": 7}, options={"middle": True}),
            Case("all right", {"N": 3, "L": 5}, edge=True, options={"same": True}),
            Case("nothing heard", {"N": 4, "L": 5}, edge=True, public=True, options={"empty": "heard"}),
            Case("nothing said", {"N": 4, "L": 6}, edge=True, options={"empty": "said"}),
            Case("far too much heard", {"N": 3, "L": 3}, edge=True, options={"long": True}),
        ),
        reference="solutions.applications.speech:error_rate",
    ),
)
