"""Lesson 03: what each task is given, must return, and is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator

from grader.checks.results import Missing, part, unpacked, values_of
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import ask
from grader.checks.tasks.drawing import matrix, recurrent_cases, spectral_gain, state, vector

NAMES = ("W", "U", "b")
"""The arrays of a gradient, in the order of the outputs."""
ARRAYS = (Output("W", ("unit", "input")), Output("U", ("unit", "unit before")), Output("b", ("unit",)))


def _jacobian_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Slopes that are not small, so that a product of many Jacobians still shows in the norms."""
    return {"U": 1.2 * matrix(rng, n["H"], n["H"]), "slopes": rng.uniform(0.4, 1.0, (n["T"], n["B"], n["H"]))}


def _prediction_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    slopes = rng.uniform(0.05, 1.0, (n["T"], n["B"], n["H"]))
    return {"U": rng.uniform(0.5, 2.0) * _with_complex_eigenvalues(rng, n["H"]), "slopes": slopes}


def _with_complex_eigenvalues(rng: Generator, H: int) -> np.ndarray:
    """A matrix whose largest eigenvalues are a complex pair (or, for H = 1, negative) and whose basis is skewed."""
    blocks = -np.diag(np.linspace(0.3, 0.6, H)) if H > 1 else np.array([[-0.9]])
    if H > 1:
        angle = rng.uniform(0.6, 1.2)
        blocks[:2, :2] = 0.9 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    basis = _well_conditioned(rng, H, H)
    skewed: np.ndarray = basis @ blocks @ np.linalg.inv(basis)
    return skewed


def _well_conditioned(rng: Generator, M: int, N: int) -> np.ndarray:
    """A matrix (M, N) with singular values between 0.5 and 2."""
    left, _, right = np.linalg.svd(rng.standard_normal((M, N)), full_matrices=False)
    composed: np.ndarray = left * rng.uniform(0.5, 2.0, min(M, N)) @ right
    return composed


def _norm_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Norms that fall or rise by a factor a step, with some noise, times a ``scale``."""
    lag = np.arange(n["T"] + 1)[:, None]
    slope = rng.choice([-1.0, 1.0], n["B"]) * rng.uniform(0.1, 0.3, n["B"])
    norms = np.exp(lag * slope + 0.2 * rng.standard_normal((n["T"] + 1, n["B"])))
    return {"norms": case.options.get("scale", 1.0) * norms}


def _gradients(rng: Generator, n: Sizes, size: float = 1.0) -> Inputs:
    drawn = {"W": state(rng, n["H"], n["D"]), "U": state(rng, n["H"], n["H"]), "b": vector(rng, n["H"])}
    return {name: size * value for name, value in drawn.items()}


def _clip_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A gradient and a limit that is ``share`` of its norm; ``size`` 0 is the zero gradient."""
    given = _gradients(rng, n)
    limit = case.options.get("share", 0.4) * float(np.sqrt(sum(np.sum(g**2) for g in given.values())))
    size = case.options.get("size", 1.0)
    return {
        **{name: size * value for name, value in given.items()},
        "limit": limit * (size or 1.0),
        "spoil": case.options.get("spoil", ""),
        "names": case.options.get("names", NAMES),
        "afterwards": case.options.get("afterwards", False),
    }


def gradients_of(given: Inputs, names: Sequence[str] = NAMES) -> Inputs:
    """The gradient of a case as a dict; one entry of U is spoiled where the case says so ("inf", "-inf" or "nan")."""
    gradients = {name: given[name] for name in names}
    if given.get("spoil"):
        gradients["U"] = gradients["U"].copy()
        gradients["U"][-1, 0] = float(given["spoil"])
    return gradients


def _call(function: Function, given: Inputs, dicts: Mapping[str, Inputs], rest: Inputs) -> Any:
    """What the student's function returns for these dicts of W, U and b, under the names of the case, and the rest.

    If the case says so, the dicts and their arrays change afterwards: what is new does not change with them.
    """
    named = {each: dict(zip(given["names"], values.values(), strict=True)) for each, values in dicts.items()}
    if not given["afterwards"]:
        return ask(function, named | rest)
    handed = {each: {name: array.copy() for name, array in values.items()} for each, values in named.items()}
    returned = ask(function, handed | rest)
    for values in handed.values():
        for name, array in values.items():
            array[...] = 1000.0
            values[name] = array + 1000.0
    return returned


def _call_clip_by_norm(clip: Function, given: Inputs) -> Results:
    returned = _call(clip, given, {"gradients": gradients_of(given)}, {"limit": given["limit"]})
    if isinstance(returned, Mapping) and set(returned) & set(given["names"]):
        returned = returned, Missing("only the dictionary came; wanted is the norm, too", "count")
    clipped, norm = unpacked(returned, ("the clipped gradients (a dictionary)", "the norm"))
    return *part("the clipped gradients", 3, lambda: values_of(clipped, given["names"])), norm


def _call_clip_by_value(clip: Function, given: Inputs) -> Results:
    returned = _call(clip, given, {"gradients": gradients_of(given)}, {"limit": given["limit"]})
    return values_of(returned, given["names"])


def _step_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """Parameters p_W, p_U, p_b beside the gradient; the limit is well below its norm, or above it."""
    parameters = {f"p_{name}": 2 * value for name, value in _gradients(rng, n).items()}
    rates = {"lr": float(rng.uniform(0.1, 0.4)), "decay": float(rng.uniform(0.2, 0.6))}
    return {**parameters, **_clip_inputs(rng, n, case), **rates}


def _call_sgd_step(sgd_step: Function, given: Inputs) -> Results:
    parameters = {name: given[f"p_{name}"] for name in NAMES}
    rates = {name: given[name] for name in ("lr", "decay", "limit")}
    both = {"parameters": parameters, "gradients": gradients_of(given)}
    return values_of(_call(sgd_step, given, both, rates), given["names"])


def _orthogonal_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"A": _well_conditioned(rng, n["M"], n["N"]), "gain": float(rng.uniform(0.5, 0.8) * rng.choice([1, 3]))}


def _irnn_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    std, scale = rng.uniform(0.1, 0.5), rng.uniform(0.5, 0.9)
    return {"A": state(rng, n["H"], n["D"]), "std": float(std), "scale": float(scale)}


_FREE = {"H": None, "D": None}
_CLIP_CASES = (
    Case("ordinary", _FREE, public=True),
    Case("another", _FREE),
    Case("float32", _FREE, dtype="float32", public=True),
    Case("short gradient", _FREE, public=True, options={"share": 1.7}),
    Case("every size 1", {"H": 1, "D": 1}, edge=True),
)
_ZERO = Case("zero gradient", _FREE, edge=True, public=True, options={"size": 0.0})
_NAMES = Case("other names", _FREE, edge=True, options={"names": ("V", "W", "c")})
_AFTERWARDS = Case("what was given changes afterwards", _FREE, edge=True, options={"share": 1.7, "afterwards": True})
_VALUE_CASES = (
    Case("ordinary", _FREE, public=True, options={"share": 0.1}),
    Case("another", _FREE, options={"share": 0.1}),
    Case("float32", _FREE, dtype="float32", public=True, options={"share": 0.1}),
    Case("small entries", _FREE, public=True, options={"share": 6.0}),
    Case("every size 1", {"H": 1, "D": 1}, edge=True, options={"share": 0.1}),
    Case("zero gradient", _FREE, edge=True, options={"share": 0.1, "size": 0.0}),
    Case("an infinite entry", _FREE, edge=True, public=True, options={"share": 0.1, "spoil": "-inf"}),
    Case("other names", _FREE, edge=True, options={"share": 0.1, "names": _NAMES.options["names"]}),
    Case("what was given changes afterwards", _FREE, edge=True, options={"share": 6.0, "afterwards": True}),
)

TASKS = (
    Task(
        name="clipping.jacobian_norms",
        title="Norms of Jacobian products",
        points=5,
        inputs=_jacobian_inputs,
        call=ask,
        outputs=(Output("norms", ("lag", "row")),),
        cases=recurrent_cases("TBH"),
        reference="solutions.clipping:jacobian_norms",
        gain=lambda given: spectral_gain(given["U"]),
    ),
    Task(
        name="clipping.predicted_gamma",
        title="Predicting γ",
        points=3,
        inputs=_prediction_inputs,
        call=ask,
        outputs=(Output("bound"), Output("predicted")),
        cases=recurrent_cases("TBH"),
        reference="solutions.clipping:predicted_gamma",
    ),
    Task(
        name="clipping.measured_gamma",
        title="Measuring γ",
        points=3,
        inputs=_norm_inputs,
        call=ask,
        outputs=(Output("γ", ("row",)),),
        cases=(
            Case("ordinary", {"T": None, "B": None}, public=True),
            Case("another", {"T": None, "B": None}),
            Case("float32", {"T": None, "B": None}, dtype="float32", public=True),
            Case("longer", {"T": 30, "B": None}),
            Case("one row", {"T": None, "B": 1}, edge=True, public=True),
            Case("T = 1", {"T": 1, "B": None}, edge=True),
            Case("tiny norms", {"T": None, "B": None}, edge=True, options={"scale": 1e-30}),
        ),
        reference="solutions.clipping:measured_gamma",
    ),
    Task(
        name="clipping.clip_by_norm",
        title="Clip by norm",
        points=5,
        inputs=_clip_inputs,
        call=_call_clip_by_norm,
        outputs=(*ARRAYS, Output("norm")),
        cases=(
            *_CLIP_CASES,
            _ZERO,
            Case("huge entries", _FREE, "float32", edge=True, public=True, options={"size": 1e25}),
            Case("an infinite entry", _FREE, edge=True, public=True, options={"spoil": "inf"}),
            Case("an entry of minus infinity", _FREE, edge=True, options={"spoil": "-inf"}),
            Case("an entry that is NaN", _FREE, edge=True, options={"spoil": "nan"}),
            Case("huge entries, float64", _FREE, edge=True, options={"size": 1e200}),
            _NAMES,
            _AFTERWARDS,
            Case("zero gradient that changes afterwards", _FREE, edge=True, options={"size": 0.0, "afterwards": True}),
        ),
        reference="solutions.clipping:clip_by_norm",
    ),
    Task(
        name="clipping.clip_by_value",
        title="Clip by value",
        points=2,
        inputs=_clip_inputs,
        call=_call_clip_by_value,
        outputs=ARRAYS,
        cases=_VALUE_CASES,
        reference="solutions.clipping:clip_by_value",
    ),
    Task(
        name="clipping.sgd_step",
        title="A step with clipping and decay",
        points=4,
        builds_on=("clipping.clip_by_norm",),
        inputs=_step_inputs,
        call=_call_sgd_step,
        outputs=ARRAYS,
        cases=(
            *_CLIP_CASES,
            _ZERO,
            Case("an infinite entry", _FREE, edge=True, options={"spoil": "inf"}),
            Case("an entry that is NaN", _FREE, edge=True, options={"spoil": "nan"}),
            _NAMES,
            _AFTERWARDS,
        ),
        reference="solutions.clipping:sgd_step",
    ),
    Task(
        name="clipping.orthogonal",
        title="Orthogonal weights",
        points=4,
        inputs=_orthogonal_inputs,
        call=ask,
        outputs=(Output("U", ("row", "column")),),
        cases=(
            Case("square", {"M": 5, "N": 5}, public=True),
            Case("another square", {"M": 4, "N": 4}),
            Case("tall", {"M": 7, "N": 3}),
            Case("float32", {"M": 6, "N": 4}, dtype="float32", public=True),
            Case("wide", {"M": 3, "N": 5}, edge=True, public=True),
            Case("wide, float32", {"M": 2, "N": 7}, dtype="float32", edge=True),
            Case("one column", {"M": 4, "N": 1}, edge=True),
            Case("every size 1", {"M": 1, "N": 1}, edge=True),
        ),
        reference="solutions.clipping:orthogonal",
    ),
    Task(
        name="clipping.irnn",
        title="Identity weights: the IRNN",
        points=2,
        inputs=_irnn_inputs,
        call=ask,
        outputs=(Output("W", ("unit", "input"), 1), Output("U", ("unit", "unit before"), 2), Output("b", ("unit",), 1)),
        cases=(
            Case("ordinary", _FREE, public=True),
            Case("another", _FREE),
            Case("float32", _FREE, dtype="float32", public=True),
            Case("every size 1", {"H": 1, "D": 1}, edge=True),
        ),
        reference="solutions.clipping:irnn",
    ),
)
