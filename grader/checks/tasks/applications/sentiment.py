"""Lesson 08, sentiment: what each task is given, must return, and is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from grader.checks.results import unpacked
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import ask, differentiated, gradient_of, note_changes, one_tensor, tensors
from grader.checks.tasks.drawing import state

if TYPE_CHECKING:
    import torch

FEATURES = ("sentence", "unit")
FREE = {"T": None, "B": None, "H": None}
PLAIN = {"T": None, "B": None}


def _lengths(rng: Generator, T: int, B: int) -> np.ndarray:
    """Lengths from 1 to T in any order: one is T, another one is shorter where that can be."""
    lengths = rng.integers(1, T + 1, B)
    longest, shorter = rng.permutation(B)[[0, -1]]
    lengths[shorter] = max(1, T - 1 - int(rng.integers(0, max(1, T - 2))))
    lengths[longest] = T
    return lengths


def _padded(rng: Generator, values: np.ndarray, lengths: np.ndarray, size: float) -> np.ndarray:
    """The values with large numbers of both signs in the padding, so that whoever reads them is found out."""
    noise = size * (1 + rng.random(values.shape)) * rng.choice([-1.0, 1.0], values.shape)
    return np.where(_behind(values, lengths), noise, values)


def _behind(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Which steps stand behind a sentence's end, with as many axes as the values have."""
    behind = np.arange(len(values))[:, None] >= lengths
    return behind.reshape(behind.shape + (1,) * (values.ndim - 2))


def _pool_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    lengths = _lengths(rng, n["T"], n["B"])
    h = state(rng, n["T"], n["B"], n["H"])
    h[..., 0] = -np.abs(h[..., 0]) - 0.2  # of this unit, 0 would be the largest
    h = -np.abs(h) - 0.2 if case.options.get("negative") else h
    padded = np.where(_behind(h, lengths), case.options.get("padding", _padded(rng, h, lengths, 3.0)), h)
    return {"h": padded, "lengths": lengths, "upstream": state(rng, 3, n["B"], n["H"])}


def _loss_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    lengths = _lengths(rng, n["T"], n["B"])
    s, y = 2.0 * state(rng, n["T"], n["B"]), np.asarray(rng.uniform(0.05, 0.95, n["B"]))
    if case.options.get("sure"):  # exp of the first word's score is infinite in one sentence, 0 in the next
        s = rng.uniform(750, 1000, s.shape) * rng.choice([-1.0, 1.0], s.shape)
        s[0] = np.abs(s[0]) * np.where(np.arange(n["B"]) % 2, -1.0, 1.0)
    if case.options.get("ends"):
        y = np.asarray((np.arange(n["B"]) + 1.0) % 2)
    return {"s": _padded(rng, s, lengths, 8.0), "y": y, "lengths": lengths}


def _arriving_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    lengths, positive = _lengths(rng, n["T"], n["B"]), rng.random(n["B"]) < 0.5
    towards = np.where(positive, 1.0, -1.0) * (0.5 if n["B"] > 1 else 2.0)
    s = state(rng, n["T"], n["B"]) + towards
    if case.options.get("undecided"):
        s[rng.random(s.shape) < 0.3] = 0.0
    return {
        "s": _padded(rng, s, lengths, 3.0),
        "positive": positive,
        "lengths": lengths,
    }


def _interval_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Two methods that are often right together; of the other sentences b has more than a."""
    N = n["N"]
    order, only_a, only_b = rng.permutation(N), N // 30, max(1, N // 8)
    both = order >= N - N // 2
    right_a, right_b = both | ((order >= only_b) & (order < only_b + only_a)), both | (order < only_b)
    return {"right_a": right_a, "right_b": right_b, "resamples": rng.integers(0, N, (n["R"], N))}


def _call_pool(pool: Function, inputs: Inputs) -> Results:
    """The three vectors, and of each the gradient of Σ vector ⊙ upstream with respect to the states."""
    import torch

    given = tensors(inputs)
    upstream = given.pop("upstream")
    h = given["h"].requires_grad_()
    with torch.enable_grad():
        handed = {**given, "h": h.clone()}  # not a leaf: it may be changed in place
        found = [one_tensor(value, 2) for value in unpacked(ask(pool, handed), ("last", "mean", "largest"))]
        gradients = [_gradient(value, weight, h) for value, weight in zip(found, upstream, strict=True)]
    note_changes(inputs, {**handed, "upstream": upstream})
    return *found, *gradients


def _call_masked_loss(masked_loss: Function, inputs: Inputs) -> Results:
    """Both means, and the gradient of each with respect to the scores; one that does not arrive is zero."""
    import torch

    given = tensors(inputs)
    s = given["s"].requires_grad_()
    with torch.enable_grad():
        handed = {**given, "s": s.clone()}  # not a leaf: it may be changed in place
        found = unpacked(ask(masked_loss, handed), ("the mean per word", "the mean per sentence"))
        results = [one_tensor(value, 0) for value in found]
        gradients = [_gradient(value, torch.ones_like(s[0, 0]), s) for value in results]
    note_changes(inputs, handed)
    return *results, *gradients


def _gradient(value: Any, upstream: torch.Tensor, leaf: torch.Tensor) -> Any:
    """The gradient of Σ value ⊙ upstream with respect to a leaf, which then has none again; see `differentiated`."""
    why = differentiated({"it": (value, upstream)}, keep=True)
    found, leaf.grad = gradient_of(leaf, why), None
    return found


_POOL_GRADIENTS = tuple(Output(f"∂{name}", ("word", *FEATURES), 0.5) for name in ("last", "mean", "largest"))

TASKS = (
    Task(
        name="sentiment.pool",
        title="One vector for each sentence",
        points=4,
        inputs=_pool_inputs,
        call=_call_pool,
        outputs=(Output("last", FEATURES, 2), Output("mean", FEATURES), Output("largest", FEATURES), *_POOL_GRADIENTS),
        cases=(
            Case("ordinary", FREE, public=True),
            Case("another", FREE),
            Case("float32", FREE, dtype="float32", public=True),
            Case("longer", {**FREE, "T": 30}),
            Case("every state negative", FREE, edge=True, options={"negative": True}),
            Case("NaN in the padding", FREE, edge=True, public=True, options={"padding": np.nan}),
            Case("T = 1", {**FREE, "T": 1}, edge=True, public=True),
            Case("one sentence", {**FREE, "B": 1}, edge=True, public=True),
            Case("every size 1", {"T": 1, "B": 1, "H": 1}, edge=True),
        ),
        reference="solutions.applications.sentiment:pool",
        torch=True,
    ),
    Task(
        name="sentiment.masked_loss",
        title="A loss without the padding, and its two means",
        points=4,
        inputs=_loss_inputs,
        call=_call_masked_loss,
        outputs=(
            Output("per_word"),
            Output("per_sentence"),
            Output("∂per_word", ("word", "sentence")),
            Output("∂per_sentence", ("word", "sentence")),
        ),
        cases=(
            Case("ordinary", PLAIN, public=True),
            Case("another", PLAIN),
            Case("float32", PLAIN, dtype="float32", public=True),
            Case("longer", {"T": 30, "B": None}),
            Case("very sure", PLAIN, edge=True, options={"sure": True}),
            Case("y of 0 and 1", PLAIN, edge=True, options={"ends": True}),
            Case("T = 1", {**PLAIN, "T": 1}, edge=True, public=True),
            Case("one sentence", {**PLAIN, "B": 1}, edge=True, public=True),
            Case("every size 1", {"T": 1, "B": 1}, edge=True),
        ),
        reference="solutions.applications.sentiment:masked_loss",
        torch=True,
    ),
    Task(
        name="sentiment.as_words_arrive",
        title="Accuracy as words arrive",
        points=4,
        inputs=_arriving_inputs,
        call=ask,
        outputs=(Output("accuracy", ("word",), 3), Output("sentences", ("word",), exact=True)),
        cases=(
            Case("ordinary", {"T": None, "B": 40}, public=True),
            Case("another", {"T": None, "B": 60}),
            Case("float32", {"T": None, "B": 50}, dtype="float32", public=True),
            Case("longer", {"T": 30, "B": 45}),
            Case("T = 1", {"T": 1, "B": 20}, edge=True, public=True),
            Case("one sentence", {"T": 5, "B": 1}, edge=True, public=True),
            Case("every size 1", {"T": 1, "B": 1}, edge=True),
            Case("scores of 0", {"T": None, "B": 50}, edge=True, options={"undecided": True}),
        ),
        reference="solutions.applications.sentiment:as_words_arrive",
    ),
    Task(
        name="sentiment.paired_interval",
        title="An interval for a difference",
        points=3,
        inputs=_interval_inputs,
        call=ask,
        outputs=(Output("difference"), Output("low"), Output("high")),
        cases=(
            Case("ordinary", {"N": 200, "R": 300}, public=True),
            Case("another", {"N": 250, "R": 400}),
            Case("a third", {"N": 150, "R": 350}),
            Case("one resample", {"N": 30, "R": 1}, edge=True, public=True),
            Case("one sentence", {"N": 1, "R": 7}, edge=True),
        ),
        reference="solutions.applications.sentiment:paired_interval",
    ),
)
