"""Lesson 04: what each task is given, must return, and is worth."""

from __future__ import annotations

from functools import partial

from numpy.random import Generator

from grader.checks.results import values_of
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import AGAIN, ask, call_module, start_output
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

STATES = ("time step", "row", "unit")
STACKED = ("stacked unit",)
"""The rows of W, U and b: H of the reset gate, H of the update gate, H of the candidate."""
GRADIENTS = {
    "W": (*STACKED, "input"),
    "U": (*STACKED, "unit before"),
    "b": STACKED,
    "b_m": ("unit",),
    "h0": ("row", "unit"),
    "x": ("time step", "row", "input"),
}


def _parameters(rng: Generator, n: Sizes) -> Inputs:
    """W is large enough for gates that differ; all three blocks of U together do not stretch."""
    D, H = n["D"], n["H"]
    return {
        "W": 2 * matrix(rng, 3 * H, D),
        "U": matrix(rng, 3 * H, H),
        "b": vector(rng, 3 * H),
        "b_m": vector(rng, H),
    }


def _step_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x_t": state(rng, n["B"], n["D"]), "h": state(rng, n["B"], n["H"]), **_parameters(rng, n)}


def _sequence_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"x": state(rng, n["T"], n["B"], n["D"]), "h0": state(rng, n["B"], n["H"]), **_parameters(rng, n)}


def _error_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Gates in (0, 1) and candidates in (−1, 1), neither near their ends: each could come from some input."""
    shape = tuple(n[letter] for letter in "TBH" if letter in n)
    drawn = {"dh": state(rng, *shape), "before": state(rng, *shape)}
    gates = {"r": rng.uniform(0.1, 0.9, shape), "z": rng.uniform(0.1, 0.9, shape)}
    return {**drawn, **gates, "n": rng.uniform(-0.9, 0.9, shape), "m": state(rng, *shape)}


def _backward_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"dh": state(rng, n["T"], n["B"], n["H"]), **_sequence_inputs(rng, n, case)}


def _module_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    given = {**_sequence_inputs(rng, n, case), "upstream": state(rng, n["T"], n["B"], n["H"])}
    return given | {"earlier": state(rng, *given["x"].shape)} if case.options.get("again") else given


def _torch_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Parameters in PyTorch's form, all biases different."""
    H = n["H"]
    weights = {"weight_ih": matrix(rng, 3 * H, n["D"]), "weight_hh": matrix(rng, 3 * H, H)}
    return {**weights, "bias_ih": vector(rng, 3 * H), "bias_hh": vector(rng, 3 * H)}


def _call_backward(backward: Function, given: Inputs) -> Results:
    return values_of(ask(backward, given), list(GRADIENTS))


def _gain(inputs: Inputs) -> float:
    return spectral_gain(inputs["U"])


TASKS = (
    Task(
        name="gru.gates",
        title="Two gates and a candidate",
        points=4,
        inputs=_step_inputs,
        call=ask,
        outputs=(Output("r_t", ("row", "unit")), Output("z_t", ("row", "unit")), Output("n_t", ("row", "unit"), 2)),
        cases=recurrent_cases("BDH"),
        reference="solutions.gru:gates",
        gain=_gain,
    ),
    Task(
        name="gru.step",
        title="One step",
        points=2,
        builds_on=("gru.gates",),
        inputs=_step_inputs,
        call=ask,
        outputs=(Output("h_t", ("row", "unit")),),
        cases=recurrent_cases("BDH"),
        reference="solutions.gru:step",
        gain=_gain,
    ),
    Task(
        name="gru.limits",
        title="Gates all the way",
        points=3,
        inputs=_step_inputs,
        call=ask,
        outputs=(
            Output("copy", ("row", "unit")),
            Output("forget", ("row", "unit")),
            Output("simple", ("row", "unit")),
        ),
        cases=recurrent_cases("BDH"),
        reference="solutions.gru:limits",
        gain=_gain,
    ),
    Task(
        name="gru.sequence",
        title="A whole sequence",
        points=2,
        builds_on=("gru.step",),
        inputs=_sequence_inputs,
        call=ask,
        outputs=(Output("h", STATES),),
        cases=recurrent_cases("TBDH"),
        reference="solutions.gru:sequence",
        gain=_gain,
    ),
    Task(
        name="gru.parameter_count",
        title="Counting parameters",
        points=1,
        inputs=lambda rng, n, case: dict(n),
        call=ask,
        outputs=(Output("ours", exact=True), Output("PyTorch's", exact=True)),
        cases=(
            Case("ordinary", {"D": None, "H": None}, public=True),
            Case("another", {"D": None, "H": None}),
            Case("large", {"D": 300, "H": 128}, public=True),
            Case("all ones", {"D": 1, "H": 1}),
        ),
        reference="solutions.gru:parameter_count",
    ),
    Task(
        name="gru.from_torch",
        title="PyTorch's parameters",
        points=2,
        inputs=_torch_inputs,
        call=ask,
        outputs=(
            Output("W", (*STACKED, "input"), 1),
            Output("U", (*STACKED, "unit before"), 1),
            Output("b", STACKED, 3),
            Output("b_m", ("unit",), 3),
        ),
        cases=(
            Case("ordinary", {"D": None, "H": None}, public=True),
            Case("another", {"D": None, "H": None}),
            Case("float32", {"D": None, "H": None}, dtype="float32", public=True),
            Case("every size 1", {"D": 1, "H": 1}, edge=True),
        ),
        reference="solutions.gru:from_torch",
    ),
    Task(
        name="gru.jacobian",
        title="The way from state to state",
        points=4,
        builds_on=("gru.gates",),
        inputs=_step_inputs,
        call=ask,
        outputs=(Output("J", ("row", "unit", "unit before")),),
        cases=recurrent_cases("BDH"),
        reference="solutions.gru:jacobian",
        gain=_gain,
    ),
    Task(
        name="gru.forward",
        title="Quick, and with a memory",
        points=3,
        builds_on=("gru.gates", "gru.step", "gru.sequence"),
        inputs=_sequence_inputs,
        call=ask,
        outputs=(
            Output("h", STATES, 2),
            Output("r", STATES),
            Output("z", STATES),
            Output("n", STATES),
            Output("m", STATES),
        ),
        cases=recurrent_cases("TBDH"),
        reference="solutions.gru:forward",
        gain=_gain,
    ),
    Task(
        name="gru.error_terms",
        title="Back through one step",
        points=4,
        inputs=_error_inputs,
        call=ask,
        outputs=(Output("δ_r", STATES), Output("δ_z", STATES), Output("δ_n", STATES)),
        cases=(*recurrent_cases("TBH"), Case("one step, (B, H)", {"B": None, "H": None}, edge=True)),
        reference="solutions.gru:error_terms",
    ),
    Task(
        name="gru.backward",
        title="The whole backward pass",
        points=6,
        builds_on=("gru.forward", "gru.error_terms"),
        inputs=_backward_inputs,
        call=_call_backward,
        outputs=tuple(Output(name, axes, 2 if name == "U" else 1) for name, axes in GRADIENTS.items()),
        cases=recurrent_cases("TBDH"),
        reference="solutions.gru:backward",
        gain=_gain,
    ),
    Task(
        name="gru.module",
        title="A PyTorch module",
        points=4,
        inputs=_module_inputs,
        call=partial(call_module, names=("W", "U", "b", "b_m")),
        outputs=(
            Output("h", STATES, 3),
            Output("∂W", (*STACKED, "input"), 1),
            Output("∂U", (*STACKED, "unit before"), 1),
            Output("∂b", STACKED, 1),
            Output("∂b_m", ("unit",), 1),
            Output("∂x", ("time step", "row", "input"), 1),
            Output("∂h0", ("row", "unit"), 1),
            start_output(4),
        ),
        cases=(*recurrent_cases("TBDH"), AGAIN),
        reference="solutions.gru:GRU",
        gain=_gain,
        torch=True,
    ),
)
