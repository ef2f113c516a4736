"""Lesson 05: what each task is given, must return, and is worth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.random import Generator

from grader.checks.results import plain, unpacked, values_of
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import (
    START,
    ask,
    differentiated,
    give,
    gradient_of,
    made,
    note_changes,
    one_tensor,
    start_values,
    tensors,
    trained_before,
)
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

STATES = ("time step", "row", "unit")
ROWS = ("row", "unit")
STACKED = "unit (all blocks)"
GRADIENTS = (
    Output("W", (STACKED, "input"), 1.5),
    Output("U", (STACKED, "unit before"), 1.5),
    Output("b", (STACKED,)),
    Output("h0", ROWS, 1.5),
    Output("c0", ROWS, 1.5),
    Output("x", ("time step", "row", "input")),
)
RETURNED = ("the states h (T, B, H)", "the last cell state c_T (B, H)")
"""By `call_module`'s module."""
CELLS = ("SRN", "GRU", "LSTM", "LSTM of 1997", "with peepholes", "with coupled gates")


def _parameters(rng: Generator, n: Sizes, blocks: int = 4) -> Inputs:
    H = n["H"]
    return {"W": matrix(rng, blocks * H, n["D"]), "U": matrix(rng, blocks * H, H), "b": vector(rng, blocks * H)}


def _gates_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x_t": state(rng, n["B"], n["D"]), "h": state(rng, n["B"], n["H"]), **_parameters(rng, n)}


def _step_inputs(rng: Generator, n: Sizes, case: Case, blocks: int = 4) -> Inputs:
    given = {"x_t": state(rng, n["B"], n["D"]), "h": state(rng, n["B"], n["H"]), "c": state(rng, n["B"], n["H"])}
    return {**given, **_parameters(rng, n, blocks)}


def _three_blocks_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return _step_inputs(rng, n, case, blocks=3)


def _peephole_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Three rows of peepholes that differ in size: one that is mistaken for another shows."""
    p = np.stack([size * vector(rng, n["H"]) for size in (0.5, 1.0, 1.5)])
    return {**_step_inputs(rng, n, case), "p": p}


def _sequence_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    starts = {"h0": state(rng, n["B"], n["H"]), "c0": state(rng, n["B"], n["H"])}
    return {"x": state(rng, n["T"], n["B"], n["D"]), **starts, **_parameters(rng, n)}


def _step_back_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Gates that are neither open nor shut, so that every factor counts."""
    B, H = n["B"], n["H"]
    i, f, o = rng.uniform(0.15, 0.85, (3, B, H))
    a_t = np.concatenate([i, f, rng.uniform(-0.8, 0.8, (B, H)), o], axis=1)
    return {"dh": state(rng, B, H), "dc": state(rng, B, H), "a_t": a_t, "c_before": state(rng, B, H)}


def _backward_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    arriving = {"dh": state(rng, n["T"], n["B"], n["H"]), "dc": state(rng, n["B"], n["H"])}
    return {**arriving, **_sequence_inputs(rng, n, case)}


def _call_backward(backward: Function, given: Inputs) -> Results:
    return values_of(ask(backward, given), [output.name for output in GRADIENTS])


def _bias_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    size = 4 * n["H"]
    return {"b_ih": vector(rng, size), "b_hh": vector(rng, size), "value": float(rng.uniform(1.2, 3.0))}


def _call_set_forget_bias(set_forget_bias: Function, given: Inputs) -> Results:
    """The sum of the two biases: how ``value`` is shared between them is left to the student. And both as they are
    before and after what was given is overwritten, (2, 8H): see `_not_copied`."""
    biases = unpacked(ask(set_forget_bias, given), ("b_ih", "b_hh"))
    total, before = plain(biases[0]) + plain(biases[1]), _side_by_side(biases)
    kept = {name: given[name].copy() for name in ("b_ih", "b_hh")}
    for name in kept:
        given[name][...] = 1000.0
    after = _side_by_side(biases)
    for name, array in kept.items():
        given[name][...] = array
    return total, np.stack([before, after])


def _side_by_side(biases: Iterable[object]) -> np.ndarray:
    return np.concatenate([plain(bias).ravel() for bias in biases])


def _not_copied(before_and_after: np.ndarray) -> int:
    """How many of two biases change with what was given: they are no copies."""
    if before_and_after.ndim != 2 or len(before_and_after) != 2:
        return 2
    halves = np.array_split(before_and_after, 2, axis=1)
    return sum(not np.array_equal(before, after, equal_nan=True) for before, after in halves)


def _says_of_copies(given: Inputs, got: np.ndarray, expected: np.ndarray) -> str:
    which = "one of the two returned biases is no new array: it changes" if got == 1 else "they change"
    return f"{which} when the given ones are changed"


def _count_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return dict(n)


def _module_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    upstream = {"upstream": state(rng, n["T"], n["B"], n["H"]), "upstream_c": state(rng, n["B"], n["H"])}
    return {**_sequence_inputs(rng, n, case), **upstream, "again": case.options.get("again", False)}


def call_module(make: Function, inputs: Inputs) -> Results:
    """Build the student's module, give it W, U, b, run it, and differentiate Σ h ⊙ upstream + Σ c_T ⊙ upstream_c.

    A gradient that does not arrive is zero, so that right states still earn their share; it is `Missing` where h or c_T
    cannot be differentiated. The last result are the
    `start_values`. Where the case asks again, the module has run before, on other inputs.
    """
    import torch

    given = tensors(inputs)
    x, weights = given["x"], (given["upstream"], given["upstream_c"])
    with torch.enable_grad():
        module = made(make, {"D": x.shape[2], "H": given["h0"].shape[1]}, x)
        parameters = {name: give(module, name, given[name]) for name in ("W", "U", "b")}
        if inputs["again"]:
            trained_before(module, {"x": x[:-1, :1].flip(0), "h0": given["h0"][:1], "c0": given["c0"][:1]})
            trained_before(module, {"x": -x, "h0": -given["h0"], "c0": -given["c0"]})  # of the same sizes
        leaves = {name: given[name].requires_grad_() for name in ("x", "h0", "c0")}
        handed = {name: leaf.clone() for name, leaf in leaves.items()}  # not leaves: they may be changed in place
        returned = ask(module, handed)
        found = [one_tensor(each) for each in unpacked(returned, RETURNED, (3, 2))]
        why = differentiated(dict(zip(("h", "c_T"), zip(found, weights, strict=True), strict=True)))
    note_changes(inputs, given | handed | parameters)
    gradients = (gradient_of(each, why) for each in (parameters | leaves).values())
    return *found, *gradients, start_values(make, ("W", "U", "b"))


def _gain(inputs: Inputs) -> float:
    return spectral_gain(inputs["U"])


_SIZES = {"D": None, "H": None}
NO_COPIES = Output("results that are no copies", exact=True, weight=0.25, judged=_not_copied, says=_says_of_copies)
STEP = (Output("h_t", ROWS), Output("c_t", ROWS))

TASKS = (
    Task(
        name="lstm.step_1997",
        title="The step of 1997",
        points=2,
        inputs=_three_blocks_inputs,
        call=ask,
        outputs=STEP,
        cases=recurrent_cases("BDH"),
        reference="solutions.lstm:step_1997",
        gain=_gain,
    ),
    Task(
        name="lstm.gates",
        title="The four layers",
        points=3,
        inputs=_gates_inputs,
        call=ask,
        outputs=tuple(Output(name, ROWS) for name in "ifgo"),
        cases=recurrent_cases("BDH"),
        reference="solutions.lstm:gates",
        gain=_gain,
    ),
    Task(
        name="lstm.step",
        title="One step",
        points=3,
        builds_on=("lstm.gates",),
        inputs=_step_inputs,
        call=ask,
        outputs=STEP,
        cases=recurrent_cases("BDH"),
        reference="solutions.lstm:step",
        gain=_gain,
    ),
    Task(
        name="lstm.sequence",
        title="A whole sequence",
        points=4,
        builds_on=("lstm.gates", "lstm.step"),
        inputs=_sequence_inputs,
        call=ask,
        outputs=(Output("h", STATES, 2), Output("c", STATES, 2), Output("a", ("time step", "row", STACKED))),
        cases=recurrent_cases("TBDH"),
        reference="solutions.lstm:sequence",
        gain=_gain,
    ),
    Task(
        name="lstm.step_back",
        title="One step back",
        points=4,
        inputs=_step_back_inputs,
        call=ask,
        outputs=(Output("dz", ("row", STACKED), 3), Output("dc_before", ROWS)),
        cases=recurrent_cases("BH"),
        reference="solutions.lstm:step_back",
    ),
    Task(
        name="lstm.backward",
        title="The backward pass",
        points=8,
        builds_on=("lstm.gates", "lstm.sequence", "lstm.step_back"),
        inputs=_backward_inputs,
        call=_call_backward,
        outputs=GRADIENTS,
        cases=recurrent_cases("TBDH"),
        reference="solutions.lstm:backward",
        gain=_gain,
    ),
    Task(
        name="lstm.set_forget_bias",
        title="The bias of the forget gate",
        points=2,
        inputs=_bias_inputs,
        call=_call_set_forget_bias,
        outputs=(Output("b_ih + b_hh", (STACKED,)), NO_COPIES),
        cases=(
            Case("ordinary", {"H": 5}, public=True),
            Case("another", {"H": 7}),
            Case("float32", {"H": 6}, dtype="float32", public=True),
            Case("one unit", {"H": 1}, edge=True),
        ),
        reference="solutions.lstm:set_forget_bias",
    ),
    Task(
        name="lstm.peephole_step",
        title="A step with peepholes",
        points=3,
        inputs=_peephole_inputs,
        call=ask,
        outputs=STEP,
        cases=recurrent_cases("BDH"),
        reference="solutions.lstm:peephole_step",
        gain=_gain,
    ),
    Task(
        name="lstm.coupled_step",
        title="A step with coupled gates",
        points=2,
        inputs=_three_blocks_inputs,
        call=ask,
        outputs=STEP,
        cases=recurrent_cases("BDH"),
        reference="solutions.lstm:coupled_step",
        gain=_gain,
    ),
    Task(
        name="lstm.parameter_counts",
        title="Counting parameters",
        points=2,
        inputs=_count_inputs,
        call=ask,
        outputs=tuple(Output(name, exact=True) for name in CELLS),
        cases=(
            Case("ordinary", _SIZES, public=True),
            Case("another", _SIZES),
            Case("large", {"D": 300, "H": 128}, public=True),
            Case("all ones", {"D": 1, "H": 1}),
        ),
        reference="solutions.lstm:parameter_counts",
    ),
    Task(
        name="lstm.module",
        title="A PyTorch module",
        points=5,
        inputs=_module_inputs,
        call=call_module,
        outputs=(
            Output("h", STATES, 2),
            Output("c_T", ROWS),
            Output("∂W", (STACKED, "input")),
            Output("∂U", (STACKED, "unit before")),
            Output("∂b", (STACKED,)),
            Output("∂x", ("time step", "row", "input")),
            Output("∂h0", ROWS, 0.5),
            Output("∂c0", ROWS, 0.5),
            START,
        ),
        cases=(
            *recurrent_cases("TBDH"),
            Case("called again", dict.fromkeys("TBDH"), edge=True, options={"again": True}),
        ),
        reference="solutions.lstm:LSTM",
        gain=_gain,
        torch=True,
    ),
)
