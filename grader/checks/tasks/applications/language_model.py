"""Lesson 08, language model: what each task is given, must return, and is worth."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Output, Sizes, Task
from grader.checks.tasks.calling import ask


def _window_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A text of a few whole windows and ``left`` symbols more: one of them is the last target. No symbol comes twice,
    so that no place of the text looks like another."""
    length = n["N"] * n["B"] * n["T"] + case.options.get("left", 1 + n["T"])
    return {"ids": rng.permutation(length), "B": n["B"], "T": n["T"]}


def _measure_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Losses of texts of different lengths; the longest has T characters, and what pads the others is no loss.
    ``impossible``: one character had no chance."""
    lengths = rng.integers(1, max(n["T"], 2), n["B"])
    lengths[rng.integers(n["B"])] = n["T"]
    mask = np.arange(n["T"])[:, None] < lengths
    padding = case.options.get("padding", 7.0)
    losses = np.where(mask, rng.gamma(2.0, 0.7, (n["T"], n["B"])), padding)
    if case.options.get("impossible"):
        losses[0, rng.integers(n["B"])] = np.inf
    return {"losses": losses, "mask": mask}


def _count_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Counts that fall as the context grows; every context was seen, but for some with ``unseen``."""
    share = case.options.get("share", 0.5)
    counts = rng.integers(1, 6, (n["N"], n["B"], n["K"])) * (rng.random((n["N"], n["B"], n["K"])) < share)
    counts[0, np.arange(n["B"]), rng.integers(0, n["K"], n["B"])] += 2
    every, some = np.arange(n["B"]), rng.integers(0, n["K"], n["B"])
    counts[-1, every, some] = np.maximum(counts[-1, every, some], 1)
    if case.options.get("unseen"):
        counts[-1, 0] = 0
        counts[(1 if n["N"] > 1 else 0) :, -1] = 0
    if case.options.get("once"):
        counts[-1] = np.eye(n["K"])[rng.integers(0, n["K"], n["B"])]
    counts = np.cumsum(counts[::-1], axis=0)[::-1].astype(float)  # whoever followed k symbols followed k − 1 of them
    return {"counts": counts, "d": rng.uniform(0.2, 0.9, n["N"])}


_TEXT = {"N": None, "B": None, "T": None}
_LOSSES = {"T": None, "B": None}
_SCORES = {"B": None, "K": None}
_COUNTS = {"N": None, "B": None, "K": None}

TASKS = (
    Task(
        name="language_model.windows",
        title="A text in windows",
        points=3,
        inputs=_window_inputs,
        call=ask,
        outputs=(
            Output("x", ("window", "time step", "column"), exact=True),
            Output("y", ("window", "time step", "column"), exact=True),
        ),
        cases=(
            Case("ordinary", _TEXT, public=True),
            Case("another", _TEXT),
            Case("many windows", {"N": 30, "B": None, "T": None}),
            Case("one column", {**_TEXT, "B": 1}, edge=True, public=True),
            Case("windows of one step", {**_TEXT, "T": 1}, edge=True, options={"left": 1}),
            Case("one window", {**_TEXT, "N": 1}, edge=True),
            Case("nothing left over", _TEXT, edge=True, public=True, options={"left": 1}),
            Case("no target for the last", _TEXT, edge=True, options={"left": 0}),
        ),
        reference="solutions.applications.language_model:windows",
    ),
    Task(
        name="language_model.measures",
        title="Bits per character and perplexity",
        points=3,
        inputs=_measure_inputs,
        call=ask,
        outputs=(Output("bits of each text", ("text",)), Output("bits"), Output("perplexity")),
        cases=(
            Case("ordinary", _LOSSES, public=True),
            Case("another", _LOSSES),
            Case("float32", _LOSSES, dtype="float32", public=True),
            Case("longer", {"T": 60, "B": None}),
            Case("one text", {**_LOSSES, "B": 1}, edge=True),
            Case("one character", {"T": 1, "B": None}, edge=True),
            Case("padding of ∞", _LOSSES, edge=True, public=True, options={"padding": float("inf")}),
            Case("a real loss of ∞", _LOSSES, edge=True, options={"impossible": True}),
        ),
        reference="solutions.applications.language_model:measures",
    ),
    Task(
        name="language_model.back_off",
        title="n-grams that back off",
        points=4,
        inputs=_count_inputs,
        call=ask,
        outputs=(Output("P", ("row", "symbol")),),
        cases=(
            Case("ordinary", _COUNTS, public=True),
            Case("another", _COUNTS),
            Case("float32", _COUNTS, dtype="float32", public=True),
            Case("sparse", {"N": 6, "B": None, "K": 9}, options={"share": 0.15}),
            Case("one order", {**_COUNTS, "N": 1}, edge=True),
            Case("one row", {**_COUNTS, "B": 1}, edge=True),
            Case("contexts never seen", _COUNTS, edge=True, public=True, options={"unseen": True}),
            Case("contexts seen once", _COUNTS, edge=True, options={"once": True}),
        ),
        reference="solutions.applications.language_model:back_off",
    ),
    Task(
        name="language_model.sample",
        title="Drawing a symbol",
        points=4,
        inputs="grader.marking.answers.inputs.language_model:sample_inputs",
        call=ask,
        outputs=(Output("p", ("row", "symbol")), Output("drawn", ("row",), exact=True)),
        cases=(
            Case("ordinary", _SCORES, public=True),
            Case("another", _SCORES),
            Case("float32", _SCORES, dtype="float32", public=True),
            Case("many symbols", {"B": 30, "K": 60}),
            Case("one row", {**_SCORES, "B": 1}, edge=True),
            Case("one symbol", {"B": None, "K": 1}, edge=True),
            Case("nearly cold", _SCORES, edge=True, public=True, options={"tau": 0.001, "cold": True}),
            Case("u = 0", _SCORES, edge=True, options={"tau": 0.1, "u": 0.0}),
            Case("u just below 1", {"B": 200, "K": 50}, edge=True, public=True, options={"tau": 1.0, "last": True}),
        ),
        reference="solutions.applications.language_model:sample",
    ),
)
