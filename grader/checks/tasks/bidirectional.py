"""Lesson 07: what each task is given, must return, and is worth.

Padding is filled with numbers that must not matter, in one case with NaN. What belongs to the two directions is drawn
as one array, → first, and packed into pairs when the student's function is called; so is what belongs to layers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from grader.checks.results import part, together, unpacked, values_of
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import (
    ask,
    differentiated,
    give,
    gradient_of,
    made,
    note_changes,
    one_tensor,
    part_of,
    tensors,
    trained_before,
)
from grader.checks.tasks.drawing import matrix, spectral_gain, state, vector

if TYPE_CHECKING:
    import torch

PARAMETERS = {"srn": ("W", "U", "b"), "gru": ("W", "U", "b", "b_m"), "lstm": ("W", "U", "b")}
BLOCKS = {"srn": 1, "gru": 3, "lstm": 4}
CARRIED = {"srn": 1, "gru": 1, "lstm": 2}

VALUES = ("time step", "row", "entry")
STATES = ("time step", "row", "unit")
CARRIES = ("state (h, c)", *STATES)
STACKED = "unit (all blocks)"

GARBAGE = 3.0
"""Size of the numbers in the padding."""


def _cases(letters: str = "TBDH", kinds: bool = True) -> tuple[Case, ...]:
    """Batches of unequal length; with ``kinds``, every cell in turn."""
    rest = {letter: None for letter in letters if letter not in "TB"}
    free = {"T": 7, "B": 5, **rest}
    cases = [
        ("gru", Case("ordinary", free, public=True)),
        ("lstm", Case("another", free)),
        ("lstm", Case("float32", free, dtype="float32", public=True)),
        ("srn", Case("longer", {**free, "T": 20})),
        ("gru", Case("NaN in the padding", free, edge=True, public=True, options={"padding": np.nan})),
        ("gru", Case("nobody as long as the batch", free, edge=True, options={"full": False})),
        ("lstm", Case("T = 1", {**free, "T": 1}, edge=True, public=True)),
        ("lstm", Case("one row", {**free, "B": 1}, edge=True, options={"full": False})),
        ("srn", Case("every size 1", {**dict.fromkeys(rest, 1), "T": 4, "B": 1}, edge=True, options={"full": False})),
    ]
    if kinds and "H" in letters:
        return tuple(replace(case, options={**case.options, "kind": kind}) for kind, case in cases)
    return tuple(case for _, case in cases)


# --- how inputs are drawn -------------------------------------------------------------------------------------------


def _lengths(rng: Generator, n: Sizes, case: Case) -> np.ndarray:
    """From 1 to T, in any order: one is T (or T − 1 where nobody is full), and where there are several one is 1."""
    T, B = n["T"], n["B"]
    longest = max(1, T if case.options.get("full", True) else T - 1)
    lengths, places = rng.integers(1, longest + 1, B), rng.permutation(B)
    lengths[places[:2]] = (longest, 1)[: len(places[:2])]
    return lengths


def _sequences(rng: Generator, lengths: np.ndarray, case: Case, *shape: int) -> np.ndarray:
    """Numbers drawn for sequences (…, T, B, K), and garbage behind the end of each.

    Both are drawn here: a function that pads what it is given would be the answer to `keep`.
    """
    x = state(rng, *shape)
    if case.options.get("infinite"):
        x[0, rng.integers(len(lengths)), 0] = np.inf
    garbage = case.options.get("padding", GARBAGE * rng.standard_normal(shape))
    real = np.arange(shape[-3])[:, None] < lengths
    return np.where(real[:, :, None], x, garbage)


def _batch(rng: Generator, n: Sizes, case: Case, size: str = "D") -> Inputs:
    lengths = _lengths(rng, n, case)
    return {"x": _sequences(rng, lengths, case, n["T"], n["B"], n[size]), "lengths": lengths}


def _direction(rng: Generator, kind: str, D: int, H: int) -> Inputs:
    """The parameters of one direction; b_m is there for every kind, so that all kinds' inputs have the same names."""
    rows = BLOCKS[kind] * H
    return {"W": matrix(rng, rows, D), "U": matrix(rng, rows, H), "b": vector(rng, rows), "b_m": vector(rng, H)}


def _directions(rng: Generator, kind: str, D: int, H: int) -> Inputs:
    """The same for both directions, stacked along a first axis."""
    drawn = [_direction(rng, kind, D, H) for _ in "→←"]
    return {name: np.stack([each[name] for each in drawn]) for name in drawn[0]}


def _states_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    kind = case.options["kind"]
    starts = state(rng, 2, CARRIED[kind], n["B"], n["H"])
    return {**_batch(rng, n, case), "starts": starts, **_directions(rng, kind, n["D"], n["H"]), "kind": kind}


def _gradients_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    given = _states_inputs(rng, n, case)
    shape = 2, CARRIED[given["kind"]], n["T"], n["B"], n["H"]
    return {"dstates": _sequences(rng, given["lengths"], case, *shape), **given}


def _final_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """States that are zero behind the ends: as in `_sequences`, drawn and cut off in one place."""
    lengths = _lengths(rng, n, case)
    real = np.arange(n["T"])[:, None] < lengths
    right, left = np.where(real[:, :, None], state(rng, 2, n["T"], n["B"], n["H"]), 0)
    return {"right": right, "left": left, "lengths": lengths}


def _join_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    right, left = state(rng, 2, n["T"], n["B"], n["H"])
    return {"right": right, "left": left, "how": case.options["how"]}


def _losses_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    given = _batch(rng, {**n, "D": 1}, case)
    return {"losses": np.abs(given["x"][:, :, 0]), "lengths": given["lengths"]}


def _deep_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """The lowest layer's W, (2, G, D), has a name of its own; the other layers' are stacked, (layers − 1, 2, G, 2H)."""
    kind, layers, H = case.options["kind"], case.options["layers"], n["H"]
    lowest = _directions(rng, kind, n["D"], H)
    above = [_directions(rng, kind, 2 * H, H) for _ in range(layers - 1)]
    return {
        **_batch(rng, n, case),
        "starts": state(rng, layers, 2, CARRIED[kind], n["B"], H),
        "W_lowest": lowest["W"],
        "W_above": np.stack([each["W"] for each in above]),
        **{name: np.stack([each[name] for each in (lowest, *above)]) for name in ("U", "b", "b_m")},
        "kind": kind,
    }


def _deep_gradients_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    given = _deep_inputs(rng, n, case)
    return {"dy": _sequences(rng, given["lengths"], case, n["T"], n["B"], 2 * n["H"]), **given}


def _count_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**n, **case.options}


def _module_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """PyTorch's second bias too is not zero; what final states receive comes besides what y receives, which is not zero
    in the padding: there nothing may take it up."""
    given = _states_inputs(rng, n, case)
    B, H = n["B"], n["H"]
    upstream = state(rng, n["T"], B, 2 * H)
    drawn = {name: given[name] for name in ("x", "lengths", "W", "U", "b")}
    second = np.stack([vector(rng, 4 * H) for _ in "→←"])
    more = {"upstream": upstream, "upstream_final": state(rng, B, 2 * H), "again": case.options.get("again", False)}
    return {**drawn, "b_hh": second, **more}


# --- how a student's object is used ---------------------------------------------------------------------------------


def _packed(given: Inputs, at: int | tuple[()] = (), W: np.ndarray | None = None) -> tuple[list[Results], list[Inputs]]:
    """Starts and parameters as a student gets them: for each direction a tuple and a dict."""
    arrays = {name: given[name][at] for name in ("starts", "U", "b", "b_m")}
    arrays["W"] = given["W"] if W is None else W
    starts = [tuple(each) for each in arrays["starts"]]
    return starts, [{name: arrays[name][k] for name in PARAMETERS[given["kind"]]} for k in (0, 1)]


def _layers(given: Inputs) -> list[tuple[list[Results], list[Inputs]]]:
    matrices = [given["W_lowest"], *given["W_above"]]
    return [_packed(given, layer, W) for layer, W in enumerate(matrices)]


def _pair(returned: Any, what: str) -> Results:
    return unpacked(returned, (f"{what} of →", f"{what} of ←"))


def _carried(returned: object, kind: str, what: str = "the states") -> Any:
    """The states that a cell of that kind carries, h or h and c, side by side."""
    return together(unpacked(returned, ("h", "c")[: CARRIED[kind]]), np.stack, what)


def _all_carried(returned: object, kind: str) -> list[Any]:
    return [_carried(returned, kind)]


def _call_states(states: Function, given: Inputs) -> Results:
    starts, parameters = _packed(given)
    batch = {name: given[name] for name in ("x", "lengths")}
    returned = ask(states, {**batch, "starts": starts, "parameters": parameters, "kind": given["kind"]})
    ways = zip(("→", "←"), _pair(returned, "the states"), strict=True)
    return tuple(part(way, 1, partial(_all_carried, one, given["kind"]))[0] for way, one in ways)


def _call_gradients(gradients: Function, given: Inputs) -> Results:
    starts, parameters = _packed(given)
    arriving = {"dstates": [tuple(each) for each in given["dstates"]], "x": given["x"], "lengths": given["lengths"]}
    returned = ask(gradients, {**arriving, "starts": starts, "parameters": parameters, "kind": given["kind"]})
    dx, dstarts, dparameters = unpacked(returned, ("dx", "dstarts", "dparameters"), (3, -1, -1))
    pairs = zip(
        part("dstarts", 2, lambda: _pair(dstarts, "dstart")),
        part("dparameters", 2, lambda: _pair(dparameters, "dparameters")),
        strict=True,
    )
    return dx, *(value for dstart, found in pairs for value in _direction_gradients(dstart, found, given["kind"]))


def _direction_gradients(dstart: object, dparameters: object, kind: str) -> Results:
    """dstart, dW, dU, and all biases in a row."""
    dW, dU, *biases = part("dparameters", len(PARAMETERS[kind]), lambda: values_of(dparameters, PARAMETERS[kind]))
    (start,) = part("dstart", 1, lambda: [_carried(dstart, kind, "dstart")])
    return start, dW, dU, together(biases, np.concatenate, "the biases")


def _call_deep(deep: Function, given: Inputs) -> Any:
    batch = {name: given[name] for name in ("x", "lengths")}
    return ask(deep, {**batch, "layers": _layers(given), "kind": given["kind"]})


def _call_deep_gradients(deep_gradients: Function, given: Inputs) -> Results:
    layers = _layers(given)
    arriving = {name: given[name] for name in ("dy", "x", "lengths")}
    returned = ask(deep_gradients, {**arriving, "layers": layers, "kind": given["kind"]})
    dx, dlayers = unpacked(returned, ("dx", "dlayers"), (3, -1))
    return dx, *part("dlayers", 5, lambda: _layers_gradients(dlayers, len(layers), given["kind"]))


def _layers_gradients(dlayers: object, count: int, kind: str) -> Results:
    """dstart, dW of the lowest layer, dW of the others, dU and all biases, of both directions."""
    found = []
    for dlayer in unpacked(dlayers, tuple(f"layer {k + 1}" for k in range(count))):
        dstarts, dparameters = unpacked(dlayer, ("dstarts", "dparameters"))
        pairs = zip(_pair(dstarts, "dstarts"), _pair(dparameters, "dparameters"), strict=True)
        both = [_direction_gradients(*each, kind) for each in pairs]
        found.append([together(values, np.stack, "→ and ←") for values in zip(*both, strict=True)])
    dstarts, dW, dU, db = zip(*found, strict=True)
    rest = {"dW": dW[1:], "dU": dU, "db": db}
    above = (together(each, np.stack, f"{name} of the layers") for name, each in rest.items())
    return together(dstarts, np.stack, "dstarts of the layers"), dW[0], *above


TORCH_NAMES = {"W": "weight_ih_l0", "U": "weight_hh_l0", "b": "bias_ih_l0", "b_hh": "bias_hh_l0"}


def call_packed(make: Function, inputs: Inputs) -> Results:
    """Build the student's module, give its layer the parameters, run it, and differentiate Σ y ⊙ upstream + Σ final ⊙
    upstream_final. A gradient that does not arrive is zero, so that right states still earn their share. Where the case
    asks again, the module has run before, on other inputs."""
    import torch

    given = tensors({name: value for name, value in inputs.items() if name != "lengths"})
    lengths, x = torch.tensor(inputs["lengths"]), given["x"].clone().requires_grad_()
    sizes = {"D": x.shape[-1], "H": inputs["U"].shape[-1]}
    with torch.enable_grad():
        module = made(make, sizes, x)
        own = {name: _give_both(module, torchs, given[name]) for name, torchs in TORCH_NAMES.items()}
        if inputs["again"]:
            trained_before(module, {"x": given["x"][:-1, :1], "lengths": lengths[:1].clamp(max=len(x) - 1)})
            trained_before(module, {"x": -given["x"], "lengths": lengths})  # of the same sizes
        handed = x.clone()  # not a leaf: it may be changed in place
        returned = ask(module, {"x": handed, "lengths": lengths})
        wanted = ("y (T, B, 2H)", "the final states (B, 2H)")
        results = [one_tensor(each) for each in unpacked(returned, wanted, (3, 2))]
        weights = given["upstream"], given["upstream_final"]
        why = differentiated(dict(zip(("y", "final"), zip(results, weights, strict=True), strict=True)))
    parameters = {name: torch.stack(pair) for name, pair in own.items()}
    note_changes(inputs, {**given, **parameters, "x": handed, "lengths": lengths})
    gradients = (together([gradient_of(one, why) for one in own[name]], np.stack, name) for name in ("W", "U", "b"))
    return *results, gradient_of(x, why), *gradients


def _give_both(module: Any, name: str, values: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    layer = part_of(module, "layer")
    return [give(layer, name + suffix, value) for suffix, value in zip(("", "_reverse"), values, strict=True)]


def _gain(inputs: Inputs) -> float:
    """The largest of all directions and layers."""
    return max(spectral_gain(U) for U in inputs["U"].reshape(-1, *inputs["U"].shape[-2:]))


# --- the tasks ------------------------------------------------------------------------------------------------------


def _with(cases: Iterable[Case], **options: Any) -> tuple[Case, ...]:
    return tuple(replace(case, options={**case.options, **options}) for case in cases)


_DEEP = tuple(
    replace(
        case,
        sizes={**case.sizes, "D": case.sizes["D"] or 3},
        options={**case.options, "layers": 3 if case.label in ("ordinary", "one row") else 2},
    )
    for case in _cases()
    if case.label != "longer"
)
"""D is odd, so that it is never 2H, what the other layers read."""
_LSTM = (
    *_with(_cases(), kind="lstm"),
    Case("called again", {"T": 7, "B": 5, "D": None, "H": None}, edge=True, options={"kind": "lstm", "again": True}),
)
_INFINITE = Case("a real ∞", {"T": 7, "B": 5}, edge=True, options={"padding": np.nan, "infinite": True})
_JOINED = (
    Case("concat", dict.fromkeys("TBH"), public=True, options={"how": "concat"}),
    Case("sum", dict.fromkeys("TBH"), public=True, options={"how": "sum"}),
    Case("mean", dict.fromkeys("TBH"), public=True, options={"how": "mean"}),
    *(Case(f"float32, {how}", dict.fromkeys("TBH"), "float32", options={"how": how}) for how in ("concat", "mean")),
    Case("every size 1", dict.fromkeys("TBH", 1), edge=True, options={"how": "mean"}),
)
_COUNTED = (
    Case("one layer", {"D": 5, "H": None}, public=True, options={"layers": 1, "kind": "lstm"}),
    Case("two layers", {"D": 7, "H": None}, public=True, options={"layers": 2, "kind": "gru"}),
    Case("three layers", {"D": 3, "H": None}, options={"layers": 3, "kind": "srn"}),
    Case("large", {"D": 300, "H": 128}, options={"layers": 4, "kind": "lstm"}),
    Case("all ones", {"D": 1, "H": 1}, options={"layers": 2, "kind": "gru"}),
)
_DIRECTION = {"dstart": ("state (h, c)", "row", "unit"), "dW": (STACKED, "input"), "dU": (STACKED, "unit before")}
_DIRECTION["db"] = ("bias (all)",)

TASKS = (
    Task(
        name="bidirectional.join",
        title="Concat, sum, mean",
        points=2,
        inputs=_join_inputs,
        call=ask,
        outputs=(Output("y", STATES),),
        cases=_JOINED,
        reference="solutions.bidirectional:join",
    ),
    Task(
        name="bidirectional.keep",
        title="Zeros in the padding",
        points=2,
        inputs=lambda rng, n, case: _batch(rng, n, case, "K"),
        call=ask,
        outputs=(Output("x", VALUES),),
        cases=(*_cases("TBK"), replace(_INFINITE, sizes={**_INFINITE.sizes, "K": None})),
        reference="solutions.bidirectional:keep",
    ),
    Task(
        name="bidirectional.reverse",
        title="Reverse within the length",
        points=3,
        builds_on=("bidirectional.keep",),
        inputs=lambda rng, n, case: _batch(rng, n, case, "K"),
        call=ask,
        outputs=(Output("reversed", VALUES),),
        cases=(*_cases("TBK"), replace(_INFINITE, sizes={**_INFINITE.sizes, "K": None})),
        reference="solutions.bidirectional:reverse",
    ),
    Task(
        name="bidirectional.states",
        title="Both directions",
        points=5,
        builds_on=("bidirectional.keep", "bidirectional.reverse"),
        inputs=_states_inputs,
        call=_call_states,
        outputs=(Output("→", CARRIES, 2), Output("←", CARRIES, 3)),
        cases=_cases(),
        reference="solutions.bidirectional:states",
        gain=_gain,
    ),
    Task(
        name="bidirectional.final_states",
        title="Final states",
        points=2,
        inputs=_final_inputs,
        call=ask,
        outputs=(Output("→", ("row", "unit")), Output("←", ("row", "unit"))),
        cases=_cases("TBH", kinds=False),
        reference="solutions.bidirectional:final_states",
    ),
    Task(
        name="bidirectional.mean_loss",
        title="The mean loss of real steps",
        points=2,
        builds_on=("bidirectional.keep",),
        inputs=_losses_inputs,
        call=ask,
        outputs=(Output("mean"),),
        cases=(*_cases("TB"), _INFINITE),
        reference="solutions.bidirectional:mean_loss",
    ),
    Task(
        name="bidirectional.gradients",
        title="The backward pass",
        points=7,
        builds_on=("bidirectional.keep", "bidirectional.reverse", "bidirectional.states"),
        inputs=_gradients_inputs,
        call=_call_gradients,
        outputs=(
            Output("dx", ("time step", "row", "input"), 2),
            *(Output(arrow + name, axes) for arrow in "→←" for name, axes in _DIRECTION.items()),
        ),
        cases=_cases(),
        reference="solutions.bidirectional:gradients",
        gain=_gain,
    ),
    Task(
        name="bidirectional.deep",
        title="Deep and bidirectional",
        points=4,
        builds_on=("bidirectional.join", "bidirectional.states"),
        inputs=_deep_inputs,
        call=_call_deep,
        outputs=(Output("y", ("time step", "row", "unit (→, then ←)")),),
        cases=_DEEP,
        reference="solutions.bidirectional:deep",
        gain=_gain,
    ),
    Task(
        name="bidirectional.deep_gradients",
        title="Back through the layers",
        points=4,
        builds_on=("bidirectional.join", "bidirectional.states", "bidirectional.gradients", "bidirectional.deep"),
        inputs=_deep_gradients_inputs,
        call=_call_deep_gradients,
        outputs=(
            Output("dx", ("time step", "row", "input")),
            Output("dstarts", ("layer", "direction", *_DIRECTION["dstart"])),
            Output("dW_lowest", ("direction", STACKED, "input")),
            Output("dW_above", ("layer above the lowest", "direction", STACKED, "unit below")),
            Output("dU", ("layer", "direction", STACKED, "unit before")),
            Output("db", ("layer", "direction", "bias (all)")),
        ),
        cases=_DEEP,
        reference="solutions.bidirectional:deep_gradients",
        gain=_gain,
    ),
    Task(
        name="bidirectional.parameter_count",
        title="Counting parameters",
        points=2,
        inputs=_count_inputs,
        call=ask,
        outputs=(Output("parameters", exact=True),),
        cases=_COUNTED,
        reference="solutions.bidirectional:parameter_count",
    ),
    Task(
        name="bidirectional.packed",
        title="PyTorch and packed sequences",
        points=5,
        inputs=_module_inputs,
        call=call_packed,
        outputs=(
            Output("y", ("time step", "row", "unit (→, then ←)"), 2),
            Output("final", ("row", "unit (→, then ←)"), 2),
            Output("∂x", ("time step", "row", "input")),
            Output("∂W", ("direction", STACKED, "input")),
            Output("∂U", ("direction", STACKED, "unit before")),
            Output("∂b", ("direction", STACKED)),
        ),
        cases=_LSTM,
        reference="solutions.bidirectional:Packed",
        gain=_gain,
        torch=True,
    ),
)
