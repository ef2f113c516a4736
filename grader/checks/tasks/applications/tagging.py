"""Lesson 08, tagging: what each task is given, must return, and is worth."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.checks.errors import WrongForm
from grader.checks.results import MAX_ENTRIES, in_words, unpacked
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import ask, differentiated, gradient_of, note_changes, one_tensor, tensors
from grader.checks.tasks.drawing import state

KINDS = ("PER", "LOC", "ORG")
TAGS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))


def _lengths(rng: Generator, n: Sizes) -> np.ndarray:
    """One sentence fills the batch, one is a single token, the others are anywhere between."""
    drawn = rng.integers(1, n["T"] + 1, n["B"])
    drawn[: min(2, n["B"])] = (n["T"], 1)[: n["B"]]
    return rng.permutation(drawn) if n["B"] > 1 else np.array([max(n["T"] - 1, 1)])


def _loss_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Scores in padding are wilder than elsewhere, and the targets there are 0: a tag that real tokens have, too."""
    lengths = _lengths(rng, n)
    padding = np.arange(n["T"])[:, None] >= lengths
    o = state(rng, n["T"], n["B"], n["O"]) * np.where(padding, 4.0, 1.5)[..., None]
    targets = rng.integers(0, n["O"], (n["T"], n["B"]))
    targets[0] = np.arange(n["B"]) % n["O"]
    return {"o": o, "targets": np.where(padding, 0, targets), "lengths": lengths}


def call_loss(masked_loss: Function, given: Inputs) -> Results:
    """The loss and its gradient with respect to o; zero where none arrives, so that a right loss earns its share."""
    import torch

    handed = tensors(given)
    o = handed["o"].requires_grad_()
    with torch.enable_grad():
        handed["o"] = o.clone()  # not a leaf: it may be changed in place
        loss = one_tensor(ask(masked_loss, handed), 0)
        why = differentiated({"the loss": (loss, torch.ones_like(o[0, 0, 0]))})
    note_changes(given, handed)
    return loss, gradient_of(o, why)


def _confusion_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Tags that are found right more often than not; the same confusion occurs again and again."""
    lengths, shape = _lengths(rng, n), (n["T"], n["B"])
    padding = np.arange(n["T"])[:, None] >= lengths
    targets = rng.integers(0, n["K"], shape)
    found = np.where(rng.random(shape) < 0.5, targets, (targets + rng.integers(1, 3, shape)) % n["K"])
    zero_behind = np.where(padding, 0, targets), np.where(padding, rng.integers(0, n["K"], shape), found)
    return {"targets": zero_behind[0], "found": zero_behind[1], "lengths": lengths, "K": n["K"]}


MOTIFS = {
    "well formed": ("B I|B I", "B|B I I", "B I I", "B", "B I I I|b i"),
    "ill formed": ("I I", "B i", "B I i i", "I|B I", "b I|B"),
    "nothing": (),
}
"""Pieces of a sequence: big letters are tags of one kind, small ones of another; | is nothing, spaces part the tags."""


def _tag_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Pieces in random order with O between them. The first token and the last are spans of one kind, with other kinds
    between them: so no order by kinds is that of the starts."""
    pieces = MOTIFS[case.options.get("tags", "well formed")]
    if not pieces:
        return {"tags": np.zeros(n["T"], dtype=int)}
    ends = [1 + 2 * int(rng.integers(len(KINDS)))]
    if n["T"] == 1:
        return {"tags": np.array(ends)}
    tags = list(ends)
    for k in rng.permutation(len(pieces)):
        tags += [0] * int(rng.integers(1, 3)) + _piece(rng, pieces[k])
    return {"tags": np.array([*tags, 0, *ends])}


def _piece(rng: Generator, motif: str) -> list[int]:
    one, other = rng.permutation(len(KINDS))[:2]
    marks = motif.replace("|", " ").split()
    return [1 + 2 * int(one if mark.isupper() else other) + (mark in "Ii") for mark in marks]


def call_spans(spans: Function, given: Inputs) -> np.ndarray | None:
    """The triples as rows of three numbers; a kind is its place in `KINDS`. A set has no order: it is sorted."""
    returned = ask(spans, {"tags": [TAGS[number] for number in given["tags"]]})
    if returned is None:
        return None
    if not hasattr(returned, "__iter__") or isinstance(returned, (str, dict)):
        raise WrongForm(f"{in_words(returned)}, wanted is a list of triples (start, end, kind)")
    rows = [_row(triple) for triple in islice(returned, MAX_ENTRIES)]
    rows = sorted(rows) if isinstance(returned, (set, frozenset)) else rows
    return np.array(rows, dtype=int).reshape(len(rows), 3)


def _row(triple: object) -> tuple[int, int, int]:
    try:
        start, end, kind = unpacked(triple, ("start", "end", "kind"))
    except WrongForm:
        kind = None
    if kind not in KINDS:
        raise WrongForm(f"expected triples (start, end, kind) such as (1, 3, 'PER'); got {triple!r:.60}")
    return int(start), int(end), KINDS.index(kind)


def _f1_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Spans as rows: sentence, start, end, kind. Found ones are true, or off by a place, a kind, or a sentence."""
    some_found, some_true = case.options.get("some", (True, True))
    true = np.concatenate([_sentence_spans(rng, s) for s in range(n["S"])])
    found = true[rng.random(len(true)) < 0.85]
    change = rng.permutation(np.arange(len(found)) % 6)  # 0, 1, 5: left as they are
    found[:, 2] += change == 2
    found[:, 3] = (found[:, 3] + (change == 3)) % len(KINDS)
    found[:, 0] = (found[:, 0] + (change == 4)) % n["S"]
    found = np.unique(found, axis=0)
    if case.options.get("one"):
        found = true = true[:1]
    return {"found": found[: len(found) * some_found], "true": true[: len(true) * some_true], "S": n["S"]}


def _sentence_spans(rng: Generator, sentence: int) -> np.ndarray:
    """One to five spans, some of length 1; places and kinds recur from sentence to sentence."""
    count = int(rng.integers(1, 6))
    starts = 4 * rng.permutation(6)[:count]
    return np.stack(
        [np.full(count, sentence), starts, starts + rng.integers(1, 4, count), rng.integers(0, 3, count)], axis=1
    )


def call_span_f1(span_f1: Function, given: Inputs) -> Any:
    """The rows as lists of triples, one list a sentence."""
    return ask(span_f1, {name: _by_sentence(given[name], given["S"]) for name in ("found", "true")})


def _by_sentence(rows: np.ndarray, S: int) -> list[list[tuple[int, int, str]]]:
    lists: list[list[tuple[int, int, str]]] = [[] for _ in range(S)]
    for sentence, start, end, kind in rows.tolist():
        lists[sentence].append((start, end, KINDS[kind]))
    return lists


_LOSS, _COUNT = dict.fromkeys("TBO"), {"T": 12, "B": 7, "K": 5}

TASKS = (
    Task(
        name="tagging.masked_loss",
        title="The loss of a padded batch",
        points=4,
        inputs=_loss_inputs,
        call=call_loss,
        outputs=(Output("loss"), Output("∂o", ("time step", "sentence", "tag"))),
        cases=(
            Case("ordinary", _LOSS, public=True),
            Case("another", _LOSS),
            Case("float32", _LOSS, dtype="float32", public=True),
            Case("longer", {"T": 25, "B": None, "O": None}),
            Case("T = 1", {"T": 1, "B": 4, "O": 3}, edge=True),
            Case("one sentence", {"T": None, "B": 1, "O": None}, edge=True, public=True),
        ),
        reference="solutions.applications.tagging:masked_loss",
        torch=True,
    ),
    Task(
        name="tagging.confusion",
        title="A matrix of confusions",
        points=3,
        inputs=_confusion_inputs,
        call=ask,
        outputs=(Output("counts", ("true tag", "found tag"), exact=True),),
        cases=(
            Case("ordinary", _COUNT, public=True),
            Case("another", {"T": 9, "B": 6, "K": 4}),
            Case("longer", {"T": 40, "B": 5, "K": 3}),
            Case("tags that never occur", {"T": 2, "B": 3, "K": 9}, public=True),
            Case("one sentence", {"T": 8, "B": 1, "K": 3}, edge=True),
        ),
        reference="solutions.applications.tagging:confusion",
    ),
    Task(
        name="tagging.spans",
        title="From tags to spans",
        points=4,
        inputs=_tag_inputs,
        call=call_spans,
        outputs=(Output("spans", ("span", "start, end, kind"), exact=True),),
        cases=(
            Case("ordinary", {"T": 30}, public=True),
            Case("another", {"T": 30}),
            Case("ill formed", {"T": 30}, public=True, options={"tags": "ill formed"}),
            Case("ill formed too", {"T": 30}, options={"tags": "ill formed"}),
            Case("no span at all", {"T": 5}, edge=True, options={"tags": "nothing"}),
            Case("one token", {"T": 1}, edge=True),
        ),
        reference="solutions.applications.tagging:spans",
    ),
    Task(
        name="tagging.span_f1",
        title="Precision, recall, F1 of spans",
        points=3,
        inputs=_f1_inputs,
        call=call_span_f1,
        outputs=(Output("precision"), Output("recall"), Output("f1")),
        cases=(
            Case("ordinary", {"S": 8}, public=True),
            Case("another", {"S": 11}),
            Case("long", {"S": 60}),
            Case("nothing found", {"S": 5}, edge=True, public=True, options={"some": (False, True)}),
            Case("nothing to find", {"S": 6}, edge=True, options={"some": (True, False)}),
            Case("nothing found, nothing to find", {"S": 5}, edge=True, options={"some": (False, False)}),
            Case("one span, and it is right", {"S": 4}, edge=True, options={"one": True}),
        ),
        reference="solutions.applications.tagging:span_f1",
    ),
)
