"""Lesson 08, translation: what each task is given, must return, and is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice

import numpy as np
from numpy.random import Generator

from grader.checks.errors import WrongForm
from grader.checks.results import in_words, plain, unpacked
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import ask, differentiated, gradient_of, note_changes, one_tensor, tensors
from grader.checks.tasks.drawing import matrix, state

NOTHING = -1
"""Stands behind a translation's own end, where several are returned side by side."""


# --- teacher forcing --------------------------------------------------------------------------------------------------


def _pairs_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Sentences of all lengths from 1 (or 0) to S, of three one at least two short; behind their ends stand ordinary
    symbols."""
    S, B, K = n["S"], n["B"], 9
    begin, end, pad = (int(k) for k in K + rng.permutation(3))
    lengths = rng.integers(case.options.get("shortest", 1), S, B, endpoint=True)
    lengths[0] = S - 1 if S > 1 and B > 1 else lengths[0]
    if B > 2 and S > 2:
        lengths[1] = rng.integers(1, S - 1)
    lengths[-1] = case.options.get("last", S)
    given = {"targets": rng.integers(0, K, (S, B)), "lengths": lengths, "begin": begin, "end": end}
    return {**given, "pad": end if case.options.get("pad") == "end" else pad}


# --- attention --------------------------------------------------------------------------------------------------------


def _attend_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Scores of a size around 1, or the largest as the case says; states behind a sentence's own end are large on
    purpose, or what the case says."""
    S, T, B, H, E = (n[letter] for letter in "STBHE")
    lengths = np.full(B, T) if case.options.get("full") else rng.integers(1, T, B, endpoint=True)
    lengths[-1] = T
    if B > 1 and T > 1 and not case.options.get("full"):
        lengths[0] = T - 1
    A = 1.5 * matrix(rng, H, E)
    s, h = state(rng, S, B, H), state(rng, T, B, E)
    behind = np.arange(T)[:, None] >= lengths
    if "largest" in case.options:
        scores = np.where(behind, 0.0, np.einsum("sbh,he,tbe->stb", s, A, h)).ravel()
        s *= case.options["largest"] / scores[np.abs(scores).argmax()]
    h[behind] = case.options.get("padding", 3.0 * h[behind])
    return {
        "s": s,
        "h": h,
        "lengths": lengths,
        "A": A,
        "upstream": state(rng, S, B, E),
    }


def _call_attend(attend: Function, given: Inputs) -> Results:
    """Weights, context, and the gradient of Σ context ⊙ upstream with respect to s, A and h."""
    import torch

    drawn = tensors(given)
    upstream = drawn.pop("upstream")
    s, A, h = (drawn[name].requires_grad_() for name in ("s", "A", "h"))
    with torch.enable_grad():
        handed = {**drawn, "s": s.clone(), "A": A.clone(), "h": h.clone()}  # not leaves: they may be changed in place
        returned = unpacked(ask(attend, handed), ("the weights (S, T, B)", "the context (S, B, E)"), (3, 3))
        weights, context = (one_tensor(each) for each in returned)
        why = differentiated({"the context": (context, upstream)})
    note_changes(given, {**handed, "upstream": upstream})
    return weights, context, *(gradient_of(each, why) for each in (s, A, h))


# --- searching --------------------------------------------------------------------------------------------------------


def _tables(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """B tables of log-probabilities (L, K + 1, K); the end symbol becomes likelier from step to step.

    Where the case says nothing about ends, hardly anything goes on after the last step but one, so that only the cases
    about it need the last. Where it says nothing about ties there are none: see `_without_ties`.
    """
    B, L, K = n["B"], n["L"], n["K"]
    kind, end = case.options.get("kind"), int(rng.integers(1, K - 1)) if K > 2 else 0
    if kind == "ties":
        return {"table": rng.permuted(np.broadcast_to(EQUALS, (B, L, K + 1, K)), axis=-1), "end": end}
    if kind == "equal means":
        return {"table": _equal_means(rng, B, L, K, end), "end": end}
    scores = 1.5 * rng.standard_normal((B, L, K + 1, K))
    scores[..., end] += np.linspace(-1.5, 1.5, L)[:, None] + case.options.get("ends", 0.0)
    if kind == "garden path":
        scores = _garden_paths(rng, scores, end)
    if kind == "bad ends":
        scores = _bad_ends(rng, scores, end)
    if L > 1 and "ends" not in case.options:
        scores[:, -2, :, end] += 12.0
    return {"table": _without_ties(scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))), "end": end}


def _without_ties(table: np.ndarray) -> np.ndarray:
    """The table with no two sequences of symbols that have the same sum, and with sums that are exact.

    Symbol k at place l costs besides k + 1 as a digit at place l of a number to the base K + 1, so that the sum tells
    the sequence. All is a multiple of one power of 2, and in the case in float32 small enough for sums that are exact.
    """
    L, _, K = table.shape[1:]
    digits = (np.arange(K) + 1.0) * (K + 1.0) ** np.arange(L)[:, None, None]
    coarse = np.floor(table * 64) / 64
    exact: np.ndarray = coarse - digits / (64 * 2.0 ** np.ceil(L * np.log2(K + 1)))
    return exact


EQUALS = -np.array([2.0, 2.0, 2.0, 3.0, 3.0])
"""Logarithms to base 2 of ¼, ¼, ¼, ⅛, ⅛: many sums of them are equal, and all are exact."""


def _equal_means(rng: Generator, B: int, L: int, K: int, end: int) -> np.ndarray:
    """Like `EQUALS`, but the end is one of the likeliest after every second symbol, and of the others elsewhere: three
    hypotheses side by side finish with the same mean, again and again."""
    table = np.empty((B, L, K + 1, K))
    for step in range(L):
        ends, rest = (EQUALS[0], EQUALS[1:]) if step % 2 else (EQUALS[-1], EQUALS[:-1])
        others = rng.permuted(np.broadcast_to(rest, (B, K + 1, K - 1)), axis=-1)
        table[:, step] = np.insert(others, end, ends, axis=-1)
    return table


def _garden_paths(rng: Generator, scores: np.ndarray, end: int) -> np.ndarray:
    """The second likeliest beginning ends at once. Behind the likeliest, the likeliest symbol leads to where nothing is
    likely; the second likeliest to where all is clear."""
    for table in scores:
        opening, first, second = _three_symbols(rng, scores.shape[-1], end)
        table[:2] = -2.0
        table[0, :, opening], table[0, :, end] = 4.0, 1.2
        table[1, :, first], table[1, :, second] = 2.0, 1.7
        table[2] *= 0.05
        after_second = (opening + second) % table.shape[1]
        table[2, after_second] = -3.0
        table[2, after_second, end] = 3.0
    return scores


def _bad_ends(rng: Generator, scores: np.ndarray, end: int) -> np.ndarray:
    """One symbol is clear at every step, and nothing ends but what ends at the second, which has a price."""
    scores *= 0.2
    scores[..., end] = -9.0
    scores[:, 1, :, end] = 4.0
    for table in scores:
        table[:, :, _three_symbols(rng, scores.shape[-1], end)[0]] = 6.0
    return scores


def _three_symbols(rng: Generator, K: int, end: int) -> list[int]:
    return [int(k) for k in rng.permutation([k for k in range(K) if k != end])[:3]]


def _beam_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**_tables(rng, n, case), "width": case.options.get("width", 3), "alpha": case.options.get("alpha", 0.0)}


def lookup(table: np.ndarray) -> Callable[[Iterable[int]], np.ndarray]:
    """next_log_probabilities(prefix) of a table (L, K + 1, K): its row depends on every symbol of the prefix."""

    def next_log_probabilities(prefix: Iterable[int]) -> np.ndarray:
        symbols = [int(k) for k in prefix]
        if len(symbols) >= len(table):
            raise ValueError(f"asked for symbol number {len(symbols) + 1}; longest is {len(table)}")
        row: np.ndarray = table[len(symbols), sum(symbols) % table.shape[1]].copy()
        return row

    return next_log_probabilities


def _search(function: Function, given: Inputs) -> Results:
    """The student's search on every table: symbols side by side, (B, L), and totals, (B,)."""
    more: Inputs = {name: given[name] for name in ("width", "alpha") if name in given}
    B, L = given["table"].shape[:2]
    symbols, totals = np.full((B, L), NOTHING), []
    for row, table in zip(symbols, given["table"], strict=True):
        asked: Inputs = {"next_log_probabilities": lookup(table), "end": given["end"], "longest": L, **more}
        found, total = unpacked(ask(function, asked), ("the symbols", "the sum of their log-probabilities"))
        if not hasattr(found, "__iter__") or isinstance(found, (str, Mapping)) or getattr(found, "ndim", 1) != 1:
            raise WrongForm(f"the symbols: {in_words(found)}, wanted is a list of whole numbers")
        found = [int(k) for k in islice(found, L + 1)]
        if len(found) > L:
            raise WrongForm(f"more than {L} symbols were returned; longest is {L}")
        row[: len(found)] = found
        totals.append(plain(total))
    return symbols, np.stack(totals)


FOUND = (
    Output("symbols", ("sentence", "place"), 2.0, exact=True),
    Output("log-probability", ("sentence",)),
)
STEPS = ("step", "sentence")
_OPEN = dict.fromkeys("STBHE")
_MANY = {"B": 6, "L": 8, "K": 5}
_SINGLE = {"B": 9, "L": 5, "K": 4}

TASKS = (
    Task(
        name="translation.teacher_forcing",
        title="Feeding the right words",
        points=3,
        inputs=_pairs_inputs,
        call=ask,
        outputs=(
            Output("inputs", STEPS, exact=True),
            Output("wanted", STEPS, exact=True),
            Output("mask", STEPS, exact=True),
        ),
        cases=(
            Case("ordinary", {"S": 5, "B": 4}, public=True),
            Case("another", {"S": 7, "B": 6}),
            Case("longer", {"S": 30, "B": 9}),
            Case("an empty sentence", {"S": 4, "B": 5}, edge=True, public=True, options={"last": 0}),
            Case("pad is end", {"S": 6, "B": 3}, edge=True, options={"pad": "end"}),
            Case("one word", {"S": 1, "B": 3}, edge=True),
            Case("one sentence", {"S": 5, "B": 1}, edge=True, options={"last": 3}),
        ),
        reference="solutions.applications.translation:teacher_forcing",
    ),
    Task(
        name="translation.attend",
        title="Attention",
        points=4,
        inputs=_attend_inputs,
        call=_call_attend,
        outputs=(
            Output("weights", ("target step", "source step", "sentence"), 2.0),
            Output("context", ("target step", "sentence", "unit"), 2.0),
            Output("∂s", ("target step", "sentence", "unit")),
            Output("∂A", ("unit of the decoder", "unit of the encoder")),
            Output("∂h", ("source step", "sentence", "unit")),
        ),
        cases=(
            Case("ordinary", _OPEN, public=True),
            Case("another", _OPEN),
            Case("float32", _OPEN, dtype="float32", public=True),
            Case("no padding", _OPEN, options={"full": True}),
            Case("large scores", _OPEN, edge=True, options={"largest": 3000.0}),
            Case("NaN behind the ends", _OPEN, edge=True, public=True, options={"padding": np.nan}),
            Case("H = E", {**_OPEN, "H": 4, "E": 4}, edge=True),
            Case("one source word", {**_OPEN, "T": 1}, edge=True, public=True),
            Case("one sentence", {**_OPEN, "B": 1}, edge=True),
        ),
        reference="solutions.applications.translation:attend",
        torch=True,
    ),
    Task(
        name="translation.greedy",
        title="Greedy search",
        points=2,
        inputs=_tables,
        call=_search,
        outputs=FOUND,
        cases=(
            Case("ordinary", _MANY, public=True),
            Case("another", {"B": 7, "L": 9, "K": 4}),
            Case("float32", _SINGLE, dtype="float32", public=True),
            Case("ties", {"B": 6, "L": 7, "K": 5}, edge=True, public=True, options={"kind": "ties"}),
            Case("nothing ends", {"B": 3, "L": 6, "K": 5}, edge=True, options={"ends": -9.0}),
            Case("one step", {"B": 7, "L": 1, "K": 4}, edge=True, options={"ends": 1.5}),
        ),
        reference="solutions.applications.translation:greedy",
    ),
    Task(
        name="translation.beam_search",
        title="Beam search",
        points=5,
        inputs=_beam_inputs,
        call=_search,
        outputs=FOUND,
        cases=(
            Case("ordinary", _MANY, public=True),
            Case("another", {"B": 7, "L": 9, "K": 6}, options={"width": 4}),
            Case("float32", _SINGLE, dtype="float32", public=True),
            Case("garden path", {"B": 5, "L": 7, "K": 6}, options={"kind": "garden path", "width": 2}),
            Case("divided by the length", {**_MANY, "B": 20}, public=True, options={"alpha": 1.0}),
            Case("a power of the length", {"B": 20, "L": 8, "K": 6}, options={"alpha": 0.5}),
            Case("ties", {"B": 16, "L": 6, "K": 5}, edge=True, public=True, options={"kind": "ties", "width": 2}),
            Case(
                "equal scores",
                {"B": 6, "L": 4, "K": 5},
                edge=True,
                options={"kind": "equal means", "alpha": 1.0},
            ),
            Case("width 1", {"B": 6, "L": 7, "K": 5}, edge=True, options={"width": 1}),
            Case("very wide", {"B": 6, "L": 5, "K": 3}, edge=True, options={"width": 40}),
            Case("nothing ends", {"B": 3, "L": 6, "K": 5}, edge=True, options={"ends": -12.0}),
            Case("only a bad one ends", {"B": 3, "L": 6, "K": 5}, edge=True, options={"kind": "bad ends", "ends": 0.0}),
            Case("one step", {"B": 7, "L": 1, "K": 4}, edge=True, options={"width": 2, "ends": 1.5}),
        ),
        reference="solutions.applications.translation:beam_search",
    ),
)
