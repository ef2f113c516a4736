"""Lesson 02: what each task is given, must return, and is worth."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from grader.checks.results import Missing, in_words, plain, unpacked
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import ask
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

if TYPE_CHECKING:
    from torch import Tensor

STATES = ("time step", "row", "unit")
POINTS = 6
"""At how many random points a symbolic expression is evaluated."""
DERIVED = ("part k=1", "part k=2", "part k=3", "∂L₃/∂h₀")
SYMBOLS = ("u", "w", "b", "h0", "x1", "x2", "x3", "y")


def _gain(inputs: Inputs) -> float:
    return spectral_gain(inputs["U"])


# --- inputs ---------------------------------------------------------------------------------------------------------


def _slope_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    z = case.options.get("scale", 1.5) * rng.standard_normal(tuple(n.values()))
    return {"z": np.zeros_like(z) if case.options.get("zero") else z}


def _derivation_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    away = {name: vector(rng, POINTS) for name in SYMBOLS}
    return {**away, "y": rng.uniform(0, 1, POINTS)}


def _score_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    scores = case.options.get("scale", 1.5) * rng.standard_normal((n["T"], n["B"], n["O"]))
    return {"o": scores, "targets": rng.integers(0, n["O"], (n["T"], n["B"]))}


def _step_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    h_k = rng.uniform(-0.9, 0.9, (n["B"], n["H"]))
    return {"delta_next": state(rng, n["B"], n["H"]), "h_k": h_k, "U": matrix(rng, n["H"], n["H"])}


def _states(rng: Generator, n: Sizes) -> Inputs:
    """States and what arrives at them, without the inputs that made them."""
    return {
        "do": state(rng, n["T"], n["B"], n["O"]),
        "h": rng.uniform(-0.9, 0.9, (n["T"], n["B"], n["H"])),
        "h0": state(rng, n["B"], n["H"]),
        "U": matrix(rng, n["H"], n["H"]),
        "V": matrix(rng, n["O"], n["H"]),
    }


def _double_sum_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return _states(rng, n)


def _sweep_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    drawn = _states(rng, n)
    return {"do": drawn["do"], "h": drawn["h"], "dh": drawn["h0"], "U": drawn["U"], "V": drawn["V"]}


def _network_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {
        "x": state(rng, n["T"], n["B"], n["D"]),
        "h0": state(rng, n["B"], n["H"]),
        "targets": rng.integers(0, n["O"], (n["T"], n["B"])),
        "W": matrix(rng, n["H"], n["D"]),
        "U": matrix(rng, n["H"], n["H"]),
        "b": vector(rng, n["H"]),
        "V": matrix(rng, n["O"], n["H"]),
        "c": vector(rng, n["O"]),
    }


def _truncated_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**_network_inputs(rng, n, case), **case.options}


def _difference_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A function of an array: Σ a ⊙ sin θ + (Σ b ⊙ θ)³ / 6. Its third derivative is not 0, so the step matters."""
    theta = state(rng, *n.values())
    theta = theta.T.copy().T if case.options.get("by columns") else theta
    a, b = (vector(rng, theta.size).reshape(theta.shape) for _ in range(2))
    return {"theta": theta, "a": a, "b": b / np.sqrt(theta.size), "step": float(rng.uniform(0.05, 0.2))}


def checker_network(given: Inputs) -> tuple[Tensor, Tensor, Tensor, Tensor, tuple[Tensor, Tensor], Tensor]:
    """The checker's network in float64, whatever the case's dtype; the second bias of PyTorch's layer is 0."""
    import torch

    x, h0, W, U, b, m = (torch.tensor(given[name]).double() for name in ("x", "h0", "W", "U", "b", "m"))
    return x, h0, W, U, (b, torch.zeros_like(b)), m


# --- calls ----------------------------------------------------------------------------------------------------------


def call_derivation(derivation: Function, given: Inputs) -> Any:
    """Ask for the expressions, and turn each into numbers at the points of the inputs."""
    import sympy

    symbols = sympy.symbols(tuple(given))
    returned = ask(derivation, dict(zip(given, symbols, strict=True)))
    expressions = [_expression(each, symbols) for each in unpacked(returned, DERIVED)]
    known = [each for each in expressions if not isinstance(each, Missing)]
    values = iter(sympy.lambdify(symbols, known, "numpy", cse=True)(*given.values()))
    return tuple(each if isinstance(each, Missing) else _numbers(next(values)) for each in expressions)


def _numbers(value: object) -> Any:
    """The values of an expression at all points; `Missing` where they are no real numbers."""
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "biuf" or numbers.shape not in ((), (POINTS,)):
        return Missing("the expression has no real numbers for values", "array")
    return np.broadcast_to(numbers.astype(float), (POINTS,))


def _expression(given: object, symbols: Iterable[Any]) -> Any:
    """What is to be evaluated, or why it cannot be, as `Missing`. Text is refused: an expression is made of the symbols
    that were handed over."""
    import sympy

    if not isinstance(given, (sympy.Expr, Real)):
        return Missing(f"{in_words(given)}, wanted is an expression of SymPy")
    expression = sympy.sympify(given).doit()
    unknown = sorted(str(symbol) for symbol in expression.free_symbols - set(symbols))
    if unknown:
        return Missing(f"the expression holds symbols that were not given: {', '.join(unknown)}")
    return expression


def call_central_difference(central_difference: Function, given: Inputs) -> Any:
    """The student's function on a function of one array."""
    a, b = given["a"], given["b"]

    def loss(theta: np.ndarray) -> Any:
        return np.sum(a * np.sin(theta)) + np.sum(b * theta) ** 3 / 6

    return ask(central_difference, {"loss": loss, "theta": given["theta"], "step": given["step"]})


def call_checker(check_gradient: Function, given: Inputs) -> Results:
    """The student's verdict on every gradient, and at last on one of nan."""
    import torch

    x, h0, W, _, biases, m = checker_network(given)

    known: dict[bytes, float] = {}

    def loss(theta: np.ndarray) -> float:
        """Every gradient is checked at the same points, so each is computed once."""
        at = np.array(theta, dtype=float)
        if at.tobytes() not in known:
            with torch.no_grad():
                weights = [W, torch.as_tensor(at), *biases]
                h = torch.rnn_tanh(x, h0[None], weights, True, 1, 0.0, False, False, False)[0]
            known[at.tobytes()] = float((h * m).sum())
        return known[at.tobytes()]

    U = given["U"]

    def verdict(gradient: np.ndarray) -> np.ndarray:
        theta = U.copy()
        found = plain(ask(check_gradient, {"loss": loss, "theta": theta, "gradient": gradient.copy()}))
        change = theta - U if theta.shape == U.shape else np.nan
        given["U"] = given["U"] + change  # the next gradient is checked at the same point, and a change is seen
        return found

    nothing = np.full_like(U, np.nan)
    return tuple(np.stack([verdict(each) for each in (*given[name], nothing)]) for name in ("clear", "subtle"))


MISJUDGED = 3
"""How many of the gradients are named at most."""


def misjudged(gradients: np.ndarray, verdicts: np.ndarray, expected: np.ndarray) -> str:
    """Which gradients were judged wrongly, in words: "twice the right one: accepted".

    Args:
        gradients: those that were given, of one shape; at the end comes one of nan that is not among them.
        verdicts, expected: the student's, and the right ones.
    """
    right = next((gradient for gradient, yes in zip(gradients, expected, strict=False) if yes), gradients[0])
    names = [*(_named(gradient, right) for gradient in gradients), "one of nan alone"]
    wrong = [
        f"{name}: {'accepted' if said else 'rejected'}"
        for name, said, yes in zip(names, verdicts, expected, strict=True)
        if bool(said) != bool(yes)
    ]
    told = list(dict.fromkeys(wrong))
    return "; ".join([*told[:MISJUDGED], *([f"and {len(told) - MISJUDGED} more"] if len(told) > MISJUDGED else [])])


def _says_misjudged(name: str, given: Inputs, verdicts: np.ndarray, expected: np.ndarray) -> str:
    return misjudged(given[name], verdicts, expected)


def _named(gradient: np.ndarray, right: np.ndarray) -> str:
    """What a gradient has to do with the right one."""
    if np.isnan(gradient).any():
        return "the right one but for a nan" if np.isnan(gradient).sum() == 1 else "one with nan"
    if np.array_equal(gradient, right):
        return "the right one"
    for factor, name in ((2.0, "twice"), (-1.0, "minus"), (0.5, "half"), (1.01, "1.01 times")):
        if np.allclose(gradient, factor * right, rtol=1e-12, atol=0.0):
            return f"{name} the right one"
    off = gradient - right
    if gradient.size > 1 and np.count_nonzero(off) == 1:
        return "the right one but for one entry"
    if right.size > 1 and np.array_equal(gradient, right.T):
        return "the right one, transposed"
    if np.ptp(np.abs(off)) <= 1e-9 * np.abs(off).max() and np.abs(off).max() <= 0.02 * np.abs(right).max():
        return "one that is off by 1 % of the largest entry everywhere"
    return "one that is off in several entries"


# --- tasks ----------------------------------------------------------------------------------------------------------

_PLANE = {"B": None, "H": None}
_SCORES = {"T": None, "B": None, "O": None}
_NETWORK = {"B": None, "D": None, "H": None, "O": None}
_THETA = {"H": None, "D": None}
_SMALL = {"T": None, "B": None, "D": None, "H": 3}

TASKS = (
    Task(
        name="bptt.slopes",
        title="Slopes of activation functions",
        points=2,
        inputs=_slope_inputs,
        call=ask,
        outputs=tuple(Output(name, ("row", "unit")) for name in ("sigmoid'", "tanh'", "relu'", "linear'")),
        cases=(
            Case("ordinary", _PLANE, public=True),
            Case("another", _PLANE),
            Case("float32", _PLANE, dtype="float32", public=True),
            Case("far from 0", _PLANE, edge=True, public=True, options={"scale": 2000.0}),
            Case("far from 0, float32", _PLANE, dtype="float32", edge=True, options={"scale": 2000.0}),
            Case("at 0", _PLANE, edge=True, options={"zero": True}),
            Case("every size 1", {"B": 1, "H": 1}, edge=True),
            Case("one axis", {"H": None}, edge=True),
            Case("three axes", {"T": None, "B": None, "H": None}, edge=True),
        ),
        reference="solutions.bptt:slopes",
    ),
    Task(
        name="bptt.derivation",
        title="A derivation in symbols",
        points=3,
        inputs=_derivation_inputs,
        call=call_derivation,
        outputs=tuple(Output(name, ("point",)) for name in DERIVED),
        cases=(Case("ordinary", {}, public=True), Case("another", {}), Case("a third", {})),
        reference="solutions.bptt:derivation",
    ),
    Task(
        name="bptt.score_gradient",
        title="The gradient by the scores",
        points=2,
        inputs=_score_inputs,
        call=ask,
        outputs=(Output("do", ("time step", "row", "class")),),
        cases=(
            Case("ordinary", _SCORES, public=True),
            Case("another", _SCORES),
            Case("float32", _SCORES, dtype="float32", public=True),
            Case("T = 1", {**_SCORES, "T": 1}, edge=True, public=True),
            Case("one row", {**_SCORES, "B": 1}, edge=True),
            Case("one class", {"T": 3, "B": 2, "O": 1}, edge=True),
            Case("large scores", _SCORES, edge=True, public=True, options={"scale": 2000.0}),
        ),
        reference="solutions.bptt:score_gradient",
    ),
    Task(
        name="bptt.delta_step",
        title="One step back",
        points=3,
        inputs=_step_inputs,
        call=ask,
        outputs=(Output("δ_{t,k}", ("row", "unit")),),
        cases=recurrent_cases("BH"),
        reference="solutions.bptt:delta_step",
        gain=_gain,
    ),
    Task(
        name="bptt.double_sum",
        title="The double sum",
        points=4,
        builds_on=("bptt.delta_step",),
        inputs=_double_sum_inputs,
        call=ask,
        outputs=(
            Output("delta", ("loss of step t", "step k", "row", "unit"), 3),
            Output("∂U", ("unit", "unit before")),
        ),
        cases=recurrent_cases("TBHO"),
        reference="solutions.bptt:double_sum",
        gain=_gain,
    ),
    Task(
        name="bptt.sweep",
        title="One backward sweep",
        points=4,
        builds_on=("bptt.delta_step",),
        inputs=_sweep_inputs,
        call=ask,
        outputs=(Output("dz", STATES, 3), Output("∂h0", ("row", "unit"))),
        cases=recurrent_cases("TBHO"),
        reference="solutions.bptt:sweep",
        gain=_gain,
    ),
    Task(
        name="bptt.gradients",
        title="All gradients",
        points=7,
        builds_on=("bptt.score_gradient", "bptt.sweep"),
        inputs=_network_inputs,
        call=ask,
        outputs=(
            Output("∂W", ("unit", "input")),
            Output("∂U", ("unit", "unit before")),
            Output("∂b", ("unit",)),
            Output("∂V", ("class", "unit")),
            Output("∂c", ("class",)),
            Output("∂h0", ("row", "unit")),
            Output("∂x", ("time step", "row", "input")),
        ),
        cases=(
            *recurrent_cases("TBDHO"),
            Case("D = H = O", {"T": None, "B": None, **dict.fromkeys("DHO", 4)}, edge=True),
        ),
        reference="solutions.bptt:gradients",
        gain=_gain,
    ),
    Task(
        name="bptt.central_difference",
        title="Central differences",
        points=2,
        inputs=_difference_inputs,
        call=call_central_difference,
        outputs=(Output("gradient", ("first index", "second index")),),
        cases=(
            Case("ordinary", _THETA, public=True),
            Case("another", _THETA),
            Case("float32", _THETA, dtype="float32", public=True),
            Case("one column", {**_THETA, "D": 1}, edge=True),
            Case("every size 1", {"H": 1, "D": 1}, edge=True, public=True),
            Case("one axis", {"H": None}, edge=True),
            Case("three axes", {"H": None, "D": None, "O": None}, edge=True),
            Case("a transposed array", _THETA, edge=True, options={"by columns": True}),
        ),
        reference="solutions.bptt:central_difference",
    ),
    Task(
        name="bptt.check_gradient",
        title="A gradient checker",
        points=4,
        builds_on=("bptt.central_difference",),
        inputs="grader.marking.answers.inputs.bptt:checker_inputs",
        call=call_checker,
        outputs=(
            *(
                Output(f"verdicts, {name}", ("gradient",), 1, exact=True, says=partial(_says_misjudged, name))
                for name in ("clear", "subtle")
            ),
        ),
        cases=(
            Case("ordinary", _SMALL, public=True),
            Case("another", _SMALL),
            Case("longer", {**_SMALL, "T": 12}),
            Case("every size 1", {"T": 4, "B": 1, "D": 1, "H": 1}),
            Case("small loss", _SMALL, edge=True, public=True, options={"scale": 1e-7}),
            Case("large loss", _SMALL, edge=True, options={"scale": 1e7}),
            Case("loss that is 0", _SMALL, edge=True, options={"scale": 0.0}),
        ),
        reference="solutions.bptt:check_gradient",
    ),
    Task(
        name="bptt.truncated",
        title="Truncated BPTT",
        points=4,
        builds_on=("bptt.score_gradient", "bptt.sweep"),
        inputs=_truncated_inputs,
        call=ask,
        outputs=(Output("∂W", ("unit", "input")), Output("∂U", ("unit", "unit before"), 2), Output("∂b", ("unit",))),
        cases=(
            Case("ordinary", {"T": 11, **_NETWORK}, public=True, options={"k1": 3, "k2": 5}),
            Case("another", {"T": 10, **_NETWORK}, options={"k1": 2, "k2": 7}),
            Case("float32", {"T": 9, **_NETWORK}, dtype="float32", public=True, options={"k1": 2, "k2": 4}),
            Case("after every step", {"T": 8, **_NETWORK}, public=True, options={"k1": 1, "k2": 3}),
            Case("windows, k1 = k2", {"T": 10, **_NETWORK}, options={"k1": 4, "k2": 4}),
            Case("one step back", {"T": 6, **_NETWORK}, edge=True, options={"k1": 1, "k2": 1}),
            Case("k2 beyond the start", {"T": 7, **_NETWORK}, edge=True, options={"k1": 2, "k2": 20}),
            Case("k1 beyond the end", {"T": 5, **_NETWORK}, edge=True, public=True, options={"k1": 9, "k2": 9}),
            Case("T = 1", {"T": 1, **_NETWORK}, edge=True, options={"k1": 1, "k2": 2}),
            Case("every size 1", {"T": 6, **dict.fromkeys("BDHO", 1)}, edge=True, options={"k1": 2, "k2": 3}),
        ),
        reference="solutions.bptt:truncated",
        gain=_gain,
    ),
)
