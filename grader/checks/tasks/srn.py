"""Lesson 01: what each task is given, must return, and is worth."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from grader.checks.task import Case, Inputs, Output, Sizes, Task
from grader.checks.tasks.calling import AGAIN, START, ask, call_module
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

STATES = ("time step", "row", "unit")


def _parameters(rng: Generator, n: Sizes) -> Inputs:
    return {"W": matrix(rng, n["H"], n["D"]), "U": matrix(rng, n["H"], n["H"]), "b": vector(rng, n["H"])}


def _step_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x_t": state(rng, n["B"], n["D"]), "h": state(rng, n["B"], n["H"]), **_parameters(rng, n)}


def _sequence_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x": state(rng, n["T"], n["B"], n["D"]), "h0": state(rng, n["B"], n["H"]), **_parameters(rng, n)}


def _output_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """With ``shift``, all scores of a row move by the same, and that of class 0 apart from them.

    In the first step the first row moves up by it and the last one only apart; the last row of all moves down. The
    others stay, so that the scores have no other sizes by chance. With ``alone`` only the first row moves.
    """
    h, V, c = state(rng, n["T"], n["B"], n["H"]), matrix(rng, n["O"], n["H"]), vector(rng, n["O"])
    if shift := case.options.get("shift"):
        along, apart = np.linalg.qr(state(rng, n["H"], 2))[0].T
        up, away = np.zeros((2, n["T"], n["B"]))
        up[0, 0] = 1.0
        if not case.options.get("alone"):
            away[0, -1], up[-1, -1] = 1.0, -1.0
        for lengths, direction in ((up, along), (away, apart)):
            h += (lengths - h @ direction)[..., None] * direction
        V = V + shift * along
        V[0] += 2 * shift * apart
    return {"h": h, "V": V, "c": c}


def _loss_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Scores in −0.6 … 0.6 times a scale. The first target has the lowest score, by far where scores are large."""
    scale = case.options.get("scale", 1.0)
    scores, targets = (
        scale * rng.uniform(-0.6, 0.6, (n["T"], n["B"], n["O"])),
        rng.integers(0, n["O"], (n["T"], n["B"])),
    )
    targets[0, 0] = scores[0, 0].argmin()
    scores[0, 0, targets[0, 0]] -= 0.0 if scale == 1.0 else scale
    return {"o": scores, "targets": targets}


def _start_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Losses on a grid of 0.1 and a threshold between two grid points: no decision hangs on rounding.

    With ``exact`` the threshold is one of the rises, on a grid of 1/8, where differences are exact.
    """
    if case.options.get("exact"):
        losses = rng.permutation(n["T"]) / 8
        rises = np.diff(losses)
        return {"losses": losses, "rise": float(np.sort(rises[rises > 0])[len(rises) // 4])}
    losses = rng.integers(0, 60, n["T"]) / 10
    return {"losses": losses, "rise": case.options.get("sign", 1.0) * float(rng.integers(5, 25) / 10 + 0.05)}


def _score_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Without ``shares``, the numbers of cuts, of word starts and of hits are all different, and none is 0."""
    share_found, share_true = case.options.get("shares", (0.35, 0.25))
    while True:
        found, true = rng.random(n["T"]) < share_found, rng.random(n["T"]) < share_true
        found[0] = true[0] = True
        counts = {0, *(int(cuts[1:].sum()) for cuts in (found, true, found & true))}
        if len(counts) == 4 or "shares" in case.options:
            break
    if case.options.get("one"):
        found[rng.integers(1, n["T"])] = True
        true = found.copy()
    return {"found": found, "true": true}


def _count_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return dict(n)


def _module_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    given = {**_sequence_inputs(rng, n, case), "upstream": state(rng, n["T"], n["B"], n["H"])}
    return given | {"earlier": state(rng, *given["x"].shape)} if case.options.get("again") else given


def _gain(inputs: Inputs) -> float:
    return spectral_gain(inputs["U"])


_SIZES = {"T": None, "B": None, "H": None, "O": None}
_LONG = {"T": 40}

TASKS = (
    Task(
        name="srn.step",
        title="One step",
        points=3,
        inputs=_step_inputs,
        call=ask,
        outputs=(Output("h_t", ("row", "unit")),),
        cases=(*recurrent_cases("BDH"), Case("D = H", {"B": None, "D": 4, "H": 4}, edge=True)),
        reference="solutions.srn:step",
        gain=_gain,
    ),
    Task(
        name="srn.sequence",
        title="A whole sequence",
        points=4,
        builds_on=("srn.step",),
        inputs=_sequence_inputs,
        call=ask,
        outputs=(Output("h", STATES),),
        cases=(*recurrent_cases("TBDH"), Case("D = H", {"T": None, "B": None, "D": 4, "H": 4}, edge=True)),
        reference="solutions.srn:sequence",
        gain=_gain,
    ),
    Task(
        name="srn.parameter_count",
        title="Counting parameters",
        points=1,
        inputs=_count_inputs,
        call=ask,
        outputs=(Output("count", exact=True),),
        cases=(
            Case("ordinary", {"D": None, "H": None, "O": None}, public=True),
            Case("another", {"D": None, "H": None, "O": None}),
            Case("large", {"D": 300, "H": 128, "O": 5000}, public=True),
            Case("all ones", {"D": 1, "H": 1, "O": 1}),
        ),
        reference="solutions.srn:parameter_count",
    ),
    Task(
        name="srn.output_layer",
        title="The output layer",
        points=3,
        inputs=_output_inputs,
        call=ask,
        outputs=(Output("y", ("time step", "row", "class")),),
        cases=(
            Case("ordinary", _SIZES, public=True),
            Case("another", _SIZES),
            Case("float32", _SIZES, dtype="float32", public=True),
            Case("one class, one row", {"T": 3, "B": 1, "H": 2, "O": 1}, edge=True),
            Case("O = H", {"T": None, "B": None, "H": 4, "O": 4}, edge=True),
            Case("large scores", _SIZES, edge=True, public=True, options={"shift": 2000.0}),
            Case("large scores, float32", _SIZES, dtype="float32", edge=True, options={"shift": 150.0}),
            Case("low scores", _SIZES, edge=True, options={"shift": -2000.0, "alone": True}),
        ),
        reference="solutions.srn:output_layer",
    ),
    Task(
        name="srn.cross_entropy",
        title="Cross-entropy of a sequence",
        points=4,
        inputs=_loss_inputs,
        call=ask,
        outputs=(Output("loss", (), 2), Output("losses", ("time step", "row"), 2)),
        cases=(
            Case("ordinary", {"T": None, "B": None, "O": 3}, public=True),
            Case("another", {"T": None, "B": None, "O": 3}),
            Case("float32", {"T": None, "B": None, "O": None}, dtype="float32", public=True),
            Case("T = 1", {"T": 1, "B": None, "O": None}, edge=True),
            Case("one row", {"T": None, "B": 1, "O": None}, edge=True),
            Case("large scores", {"T": None, "B": None, "O": None}, edge=True, public=True, options={"scale": 4000.0}),
        ),
        reference="solutions.srn:cross_entropy",
    ),
    Task(
        name="srn.module",
        title="A PyTorch module",
        points=4,
        inputs=_module_inputs,
        call=call_module,
        outputs=(
            Output("h", STATES, 2),
            Output("∂W", ("unit", "input"), 1),
            Output("∂U", ("unit", "unit before"), 1),
            Output("∂b", ("unit",), 1),
            Output("∂x", ("time step", "row", "input"), 1),
            Output("∂h0", ("row", "unit"), 1),
            START,
        ),
        cases=(*recurrent_cases("TBDH"), AGAIN),
        reference="solutions.srn:SRN",
        gain=_gain,
        torch=True,
    ),
    Task(
        name="srn.word_starts",
        title="Word starts from the loss",
        points=2,
        inputs=_start_inputs,
        call=ask,
        outputs=(Output("starts", ("letter",), exact=True),),
        cases=(
            Case("ordinary", _LONG, public=True),
            Case("another", _LONG),
            Case("float32", {"T": 30}, dtype="float32"),
            Case("two letters", {"T": 2}),
            Case("a rise of exactly the threshold", _LONG, edge=True, options={"exact": True}),
            Case("a threshold below 0", _LONG, edge=True, options={"sign": -1.0}),
            Case("one letter", {"T": 1}, edge=True, public=True),
        ),
        reference="solutions.srn:word_starts",
    ),
    Task(
        name="srn.f1_score",
        title="Precision, recall, F1",
        points=3,
        inputs=_score_inputs,
        call=ask,
        outputs=(Output("precision"), Output("recall"), Output("f1")),
        cases=(
            Case("ordinary", _LONG, public=True),
            Case("another", {"T": 60}),
            Case("long", {"T": 500}),
            Case("nothing found", _LONG, edge=True, public=True, options={"shares": (0.0, 0.3)}),
            Case("nothing to find", _LONG, edge=True, options={"shares": (0.3, 0.0)}),
            Case("nothing found, nothing to find", _LONG, edge=True, options={"shares": (0.0, 0.0)}),
            Case("one cut, and it is right", _LONG, edge=True, options={"shares": (0.0, 0.0), "one": True}),
            Case("one letter", {"T": 1}, edge=True, options={"shares": (0.0, 0.0)}),
        ),
        reference="solutions.srn:f1_score",
    ),
)
