"""Lesson 08, captioning: what each task is given, must return, and is worth."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Function, Inputs, Output, Sizes, Task
from grader.checks.tasks.calling import ask
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

CELL = ("W", "U", "b", "b_m")


def _cell(rng: Generator, n: Sizes) -> Inputs:
    D, H = n["D"], n["H"]
    W = np.concatenate([matrix(rng, H, D) for _ in range(3)])
    return {"W": W, "U": matrix(rng, 3 * H, H), "b": vector(rng, 3 * H), "b_m": vector(rng, H)}


def _ask_with_cell(function: Function, given: Inputs) -> Any:
    """Call a student's function with the same inputs, those of the GRU packed into one dict, in the place of W."""
    cell = {name: given[name] for name in CELL}
    packed = {"cell" if name == "W" else name: cell if name == "W" else value for name, value in given.items()}
    return ask(function, {name: value for name, value in packed.items() if name not in CELL})


def _convolve_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    x, K = state(rng, n["B"], n["C"], n["P"], n["Q"]), state(rng, n["M"], n["C"], n["R"], n["S"])
    return {"x": x, "K": K / np.sqrt(K[0].size), "b": vector(rng, n["M"]), "stride": case.options.get("stride", 2)}


def _states_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    seen = {"features": state(rng, n["B"], n["F"]), "captions": rng.integers(0, n["O"], (n["T"], n["B"]))}
    return {**seen, "A": matrix(rng, n["H"], n["F"]), "a": vector(rng, n["H"]), **_writer(rng, n)}


def _writer(rng: Generator, n: Sizes) -> Inputs:
    return {"E": state(rng, n["O"] + 1, n["D"]), **_cell(rng, n)}


def _loss_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Captions of all lengths, the longest without padding; in the last one no end symbol where the case says so."""
    T, B, O = n["T"], n["B"], n["O"]
    end = int(rng.integers(1, O))
    targets = (end + rng.integers(1, max(O, 2), (T, B))) % O
    for row, length in enumerate(rng.permutation(np.arange(B) % T + 1)):
        targets[length - 1 :, row] = end
    if case.options.get("cut"):
        targets[:, -1] = (end + rng.integers(1, O, T)) % O
    return {"o": case.options.get("scale", 1.0) * state(rng, T, B, O), "targets": targets, "end": end}


def _write_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Scores that differ enough for no decision to hang on rounding. A unit that rises slowly brings the end symbol:
    sooner in one row, later in another. Whoever reads the end symbol sets that unit back, and goes on writing."""
    H, O = n["H"], n["O"]
    end, V, c = int(rng.integers(1, O)), 3 * state(rng, O, H), vector(rng, O)
    given = {"h0": np.tanh(state(rng, n["B"], H)), **_writer(rng, n)}
    given["E"][:-1] *= 3
    given["b"] *= 0.3
    given["h0"][:, 0] = rng.uniform(-1, 0.5, n["B"])
    given["W"][::H] *= 0.3
    given["b"][H::H] = 1.5, 2.0  # unit 0: it keeps much, and what is new is high
    given["E"][end] = np.linalg.pinv(given["W"][H::H]) @ (-6.0, -6.0)
    V[end, 0], c[end] = 12.0, case.options.get("liking", 1.0)
    return {**given, "V": V, "c": c, "end": end, "limit": n["T"]}


def _gain(inputs: Inputs) -> float:
    return spectral_gain(inputs["U"])


_PICTURE = {"B": 2, "C": 3, "M": 4, "R": None, "S": None, "P": 11, "Q": 13}
_CAPTION = dict.fromkeys("TBO")
_WRITTEN = {"T": 10, "B": 9, "D": None, "H": 8, "O": 11}

TASKS = (
    Task(
        name="captioning.convolve",
        title="A layer that sees",
        points=3,
        inputs=_convolve_inputs,
        call=ask,
        outputs=(Output("maps", ("picture", "map", "row", "column")),),
        cases=(
            Case("ordinary", _PICTURE, public=True),
            Case("another", _PICTURE, options={"stride": 3}),
            Case("float32", _PICTURE, dtype="float32", public=True),
            Case("stride 1", {**_PICTURE, "P": 9, "Q": 8}, options={"stride": 1}, public=True),
            Case("as large as the kernel", {**_PICTURE, "R": 6, "S": 7, "P": 6, "Q": 7}, edge=True),
            Case("one colour, one map", {**_PICTURE, "B": 1, "C": 1, "M": 1}, edge=True),
        ),
        reference="solutions.applications.captioning:convolve",
    ),
    Task(
        name="captioning.caption_states",
        title="From the picture to the states",
        points=4,
        inputs=_states_inputs,
        call=_ask_with_cell,
        outputs=(Output("h0", ("row", "unit")), Output("h", ("time step", "row", "unit"), 3)),
        cases=(
            *recurrent_cases("TBDHOF"),
            Case("F = H", {**dict.fromkeys("TBDO"), "F": 6, "H": 6}, edge=True),
        ),
        reference="solutions.applications.captioning:caption_states",
        gain=_gain,
    ),
    Task(
        name="captioning.caption_loss",
        title="The loss of captions",
        points=4,
        inputs=_loss_inputs,
        call=ask,
        outputs=(Output("per word"), Output("per caption")),
        cases=(
            Case("ordinary", _CAPTION, public=True),
            Case("another", {**_CAPTION, "B": 9}),
            Case("float32", _CAPTION, dtype="float32", public=True),
            Case("longer", {**_CAPTION, "T": 20, "B": 9}),
            Case("large scores", _CAPTION, edge=True, options={"scale": 2000.0}),
            Case("a caption without end", {**_CAPTION, "B": 4}, edge=True, public=True, options={"cut": True}),
            Case("T = 1", {**_CAPTION, "T": 1}, edge=True),
        ),
        reference="solutions.applications.captioning:caption_loss",
    ),
    Task(
        name="captioning.write",
        title="Writing a caption",
        points=4,
        inputs=_write_inputs,
        call=_ask_with_cell,
        outputs=(Output("words", ("time step", "row"), 3, exact=True), Output("log_p", ("row",))),
        cases=(
            Case("ordinary", _WRITTEN, public=True),
            Case("another", _WRITTEN),
            Case("longer", {**_WRITTEN, "T": 20, "B": 12}),
            Case("float32", _WRITTEN, dtype="float32", public=True),
            Case("it never ends", _WRITTEN, edge=True, options={"liking": -500.0}),
            Case("it ends at once", {**_WRITTEN, "T": 4}, edge=True, public=True, options={"liking": 500.0}),
            Case("one picture, one step", {**_WRITTEN, "T": 1, "B": 1}, edge=True),
        ),
        reference="solutions.applications.captioning:write",
        gain=_gain,
    ),
)
