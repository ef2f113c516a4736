"""Lesson 06: what each task is given, must return, and is worth.

The inputs are flat arrays. Each call packs them as the student's function wants them: ``layers``, a list with a dict
of parameters for each layer, and ``starts``, a list with a tuple of start states for each layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.random import Generator

from grader.checks.errors import WrongForm
from grader.checks.results import Missing, in_words, part, plain, together, unpacked, values_of
from grader.checks.task import Case, Function, Inputs, Output, Results, Sizes, Task
from grader.checks.tasks.calling import (
    ask,
    differentiated,
    give,
    gradient_of,
    made,
    note_changes,
    one_tensor,
    tensors,
    trained_before,
)
from grader.checks.tasks.drawing import matrix, spectral_gain, state, vector

if TYPE_CHECKING:
    import torch

STATES = ("time step", "row", "unit")
BLOCKS = {"srn": 1, "gru": 3, "lstm": 4}
CARRIES = {"srn": 1, "gru": 1, "lstm": 2}
"""How many states a layer of that kind carries: h, or h and c."""

ALL_STATES = Output("states", ("layer", "state (h, c)", *STATES))
LAYERS = (
    Output("W_lowest", ("unit (all blocks)", "input")),
    Output("W_above", ("layer above", "unit (all blocks)", "unit below")),
    Output("U", ("layer", "unit (all blocks)", "unit before")),
    Output("b", ("layer", "unit (all blocks)")),
)
"""The parameters of all layers, those of one name side by side; the GRU's b_m stands at the end of b."""
GRADIENTS = (
    Output("dx", ("time step", "row", "input")),
    Output("dstarts", ("layer", "state (h, c)", "row", "unit")),
    *(Output(f"d{output.name}", output.axes) for output in LAYERS),
)


# --- what is drawn --------------------------------------------------------------------------------------------------


def _parameters(rng: Generator, D: int, H: int, L: int, kind: str) -> Inputs:
    """The parameters of all layers, those of one name side by side: W (GH, D), W_above (L − 1, GH, H), …"""
    size = BLOCKS[kind] * H
    drawn = {
        "W": matrix(rng, size, D),
        "W_above": np.array([matrix(rng, size, H) for _ in range(L - 1)]).reshape(L - 1, size, H),
        "U": np.array([matrix(rng, size, H) for _ in range(L)]),
        "b": np.array([vector(rng, size) for _ in range(L)]),
    }
    return drawn | ({"b_m": np.array([vector(rng, H) for _ in range(L)])} if kind == "gru" else {})


def _stack_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    kind, L = case.options["kind"], case.options["layers"]
    start = state(rng, L, CARRIES[kind], n["B"], n["H"])
    return {"x": state(rng, n["T"], n["B"], n["D"]), "start": start, **_parameters(rng, n["D"], n["H"], L, kind)} | {
        "kind": kind
    }


def _arriving(rng: Generator, n: Sizes, case: Case) -> np.ndarray:
    return state(rng, case.options["layers"], CARRIES[case.options["kind"]], n["T"], n["B"], n["H"])


def _backward_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**_stack_inputs(rng, n, case), "dstate": _arriving(rng, n, case)}


def _masks(rng: Generator, n: Sizes, case: Case, p: float) -> np.ndarray:
    """Masks in which something is kept and something is dropped."""
    kept = (rng.random((case.options["layers"] - 1, n["T"], n["B"], n["H"])) >= p).astype(float)
    for mask in kept:
        mask.flat[:2] = rng.permutation(2)
    return kept


def _dropout_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    p = float(rng.uniform(0.25, 0.4))
    given = _stack_inputs(rng, n, case)
    return {**given, "mask": _masks(rng, n, case, p), "p": p, "train": case.options.get("train", True)}


def _dropout_backward_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**_dropout_inputs(rng, n, case), "dstate": _arriving(rng, n, case)}


def _residual_backward_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {**_stack_inputs(rng, n, case), "dy": state(rng, n["T"], n["B"], n["H"])}


def _torch_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """The parameters of a PyTorch layer by its own names, in an order of no help, and the kind of cell."""
    named, size = {}, BLOCKS[case.options["kind"]] * n["H"]
    for k in range(case.options["layers"]):
        named[f"weight_ih_l{k}"] = matrix(rng, size, n["D"] if k == 0 else n["H"])
        named[f"weight_hh_l{k}"] = matrix(rng, size, n["H"])
        named[f"bias_ih_l{k}"], named[f"bias_hh_l{k}"] = vector(rng, size), vector(rng, size)
    names = _in_no_order(rng, case.options["layers"])
    return {name: named[name] for name in names} | {"kind": case.options["kind"]}


def _in_no_order(rng: Generator, L: int) -> list[str]:
    """PyTorch's names, mixed. The lowest layer's come first in one part only, and never in that of the inputs: so the
    order is not turned round either."""
    parts = [f"{kind}_{way}" for kind in ("weight", "bias") for way in ("ih", "hh")]
    in_order = int(rng.integers(1, len(parts)))
    layers = {
        part: iter(np.roll(np.arange(L), 0 if at == in_order or L == 1 else int(rng.integers(1, L))).tolist())
        for at, part in enumerate(parts)
    }
    return [f"{part}_l{next(layers[part])}" for part in rng.permutation(np.repeat(parts, L)).tolist()]


def _count_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    return {"D": n["D"], "H": n["H"], "L": case.options["layers"], "kind": case.options["kind"]}


def _width_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A size that no stack of the cases has exactly, unless the case names one: counts leave other rests by 12."""
    size = case.options.get("size") or 12 * int(rng.integers(170, 1_000)) + 7
    return {"size": size, "D": n["D"], "L": case.options["layers"], "kind": case.options["kind"]}


def _transition_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    into = {"W": matrix(rng, n["M"], n["D"]), "U": matrix(rng, n["M"], n["H"]), "b": vector(rng, n["M"])}
    out = {"W2": matrix(rng, n["H"], n["M"]), "b2": vector(rng, n["H"])}
    return {"x": state(rng, n["T"], n["B"], n["D"]), "h0": state(rng, n["B"], n["H"]), **into, **out}


def _module_inputs(rng: Generator, n: Sizes, case: Case) -> Inputs:
    """A stack of GRU layers by PyTorch's parameters, those of one name side by side."""
    B, H, L, size = n["B"], n["H"], case.options["layers"], 3 * n["H"]
    p = float(rng.uniform(0.25, 0.4))
    return {
        "x": state(rng, n["T"], B, n["D"]),
        "h0": state(rng, L, B, H),
        "mask": _masks(rng, n, case, p),
        "weight_ih": matrix(rng, size, n["D"]),
        "weight_ih_above": np.array([matrix(rng, size, H) for _ in range(L - 1)]).reshape(L - 1, size, H),
        "weight_hh": np.array([matrix(rng, size, H) for _ in range(L)]),
        "bias_ih": np.array([vector(rng, size) for _ in range(L)]),
        "bias_hh": np.array([vector(rng, size) for _ in range(L)]),
        "upstream": state(rng, n["T"], B, H),
        "upstream_last": state(rng, L, B, H),
        "p": p,
        "train": case.options.get("train", True),
        "again": case.options.get("again", False),
    }


# --- how it is packed, and what comes back --------------------------------------------------------------------------


def _packed(given: Inputs) -> Inputs:
    """``layers`` and ``starts`` as the student's functions want them."""
    layers: list[Inputs] = []
    for k in range(len(given["U"])):
        W = given["W"] if k == 0 else given["W_above"][k - 1]
        layers.append({"W": W, **{name: given[name][k] for name in ("U", "b", "b_m") if name in given}})
    return {"x": given["x"], "starts": _tuples(given["start"]), "layers": layers, "kind": given["kind"]}


def _tuples(stacked: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    return [tuple(each) for each in stacked]


def _states(returned: Any, given: Inputs, what: str = "states") -> Any:
    """All states in one array (L, S, …).

    Raises:
        WrongForm: it does not unpack into a tuple of states for each layer.
    """
    L, S = given["start"].shape[:2]
    try:
        rows = [unpacked(each, ("h", "c")[:S]) for each in unpacked(returned, _numbered(L))]
    except WrongForm as wrong:
        if returned is None:
            raise
        raise WrongForm(
            f"{what}: expected a list with one tuple for each layer, the lowest first; "
            f"with {L} of kind {given['kind']!r}: {L} tuples of {S}; came {str(wrong) or in_words(returned)}"
        ) from None
    layers = [together(row, np.stack, f"{what} of layer {k + 1}") for k, row in enumerate(rows)]
    return together(layers, np.stack, what)


def _numbered(L: int) -> list[str]:
    return [f"layer {k + 1}" for k in range(L)]


def _layers(returned: Any, given_names: Sequence[str], L: int, what: str) -> Results:
    """The parameters (or their gradients) of all layers, those of one name side by side, as `LAYERS` names them.

    Raises:
        WrongForm: it does not unpack into a dict for each layer.
    """
    try:
        dicts = unpacked(returned, _numbered(L))
        rows = [values_of(each, given_names) for each in dicts]
    except WrongForm as wrong:
        if returned is None:
            raise
        raise WrongForm(
            f"{what}: expected a list with one dict for each layer, the lowest first; here {L}; "
            f"came {str(wrong) or in_words(returned)}"
        ) from None
    W, U, *biases = zip(*rows, strict=True)
    stacked = together(U, np.stack, f"{what}, U")
    above = together(W[1:], np.stack, f"{what}, W above the lowest layer") if L > 1 else _none_like(stacked)
    both = [together(each, np.concatenate, f"{what}, biases") for each in zip(*biases, strict=True)]
    return W[0], above, stacked, together(both, np.stack, f"{what}, biases")


def _none_like(stacked: Any) -> Any:
    """No array of the shape of those that are stacked; each may be an iterator, which can be read once."""
    return stacked if isinstance(stacked, Missing) else stacked[:0]


def _names(kind: str) -> tuple[str, ...]:
    return ("W", "U", "b", "b_m") if kind == "gru" else ("W", "U", "b")


_ONLY_FIRST = (3, -1, -1)
"""Axes of what the gradients are returned as: a single array is dx; no array is one of the lists."""


def _gradients(returned: Any, given: Inputs) -> Results:
    dx, dstarts, dlayers = unpacked(returned, ("dx", "dstarts", "dlayers"), _ONLY_FIRST)
    L, kind = len(given["U"]), given["kind"]
    layers = part("dlayers", len(LAYERS), lambda: _layers(dlayers, _names(kind), L, "dlayers"))
    return dx, *part("dstarts", 1, lambda: [_states(dstarts, given, "dstarts")]), *layers


def _call_forward(forward: Function, given: Inputs) -> Results:
    states = plain(_states(ask(forward, _packed(given)), given))
    return states[-1, 0], states


def _call_backward(backward: Function, given: Inputs) -> Results:
    return _gradients(ask(backward, {"dstates": _tuples(given["dstate"]), **_packed(given)}), given)


def _dropout(given: Inputs) -> Inputs:
    return {**_packed(given), "masks": list(given["mask"]), "p": given["p"]}


def _call_dropout_forward(dropout_forward: Function, given: Inputs) -> Results:
    states = plain(_states(ask(dropout_forward, {**_dropout(given), "train": given["train"]}), given))
    return states[-1, 0], states


def _call_dropout_backward(dropout_backward: Function, given: Inputs) -> Results:
    return _gradients(ask(dropout_backward, {"dstates": _tuples(given["dstate"]), **_dropout(given)}), given)


def _call_residual_forward(residual_forward: Function, given: Inputs) -> Results:
    states, y = unpacked(ask(residual_forward, _packed(given)), ("states", "y"), (-1, 3))
    return y, *part("states", 1, lambda: [_states(states, given)])


def _call_residual_backward(residual_backward: Function, given: Inputs) -> Results:
    return _gradients(ask(residual_backward, {"dy": given["dy"], **_packed(given)}), given)


def _call_from_torch(from_torch: Function, given: Inputs) -> Results:
    """What is taken out of the dict counts as changed."""
    named, kind = {name: value for name, value in given.items() if name != "kind"}, given["kind"]
    parts = [*named]
    returned = ask(from_torch, {"named": named, "kind": kind})
    for name in set(parts) - set(named):
        del given[name]
    return _layers(returned, _names(kind), len(parts) // 4, "layers")


def call_module(make: Function, inputs: Inputs) -> Results:
    """Build the student's module, give it its parameters, run it, and differentiate what the loss of the task is.

    A gradient that does not arrive is zero, so that right states still earn their share; it is `Missing` where they
    cannot be differentiated. Where the case asks again, the module has run before, on other inputs.
    """
    import torch

    given = tensors(inputs)
    x, (L, _, H) = given["x"], inputs["h0"].shape
    with torch.enable_grad():
        module = made(make, {"D": x.shape[2], "H": H, "L": L, "p": inputs["p"]}, x).train(inputs["train"])
        parameters = _fill(module, given, L)
        if inputs["again"]:
            earlier = {"x": x[:-1, :1].flip(0), "h0": given["h0"][:, :1], "masks": given["mask"][:, :-1, :1]}
            trained_before(module, earlier)
            trained_before(module, {"x": -x, "h0": -given["h0"], "masks": given["mask"]})  # of the same sizes
        leaves = {name: given[name].requires_grad_() for name in ("x", "h0")}
        handed = {**{name: leaf.clone() for name, leaf in leaves.items()}, "masks": given["mask"]}
        returned = ask(module, handed)
        found = [one_tensor(each) for each in unpacked(returned, RETURNED, (3, 3))]
        weights = given["upstream"], given["upstream_last"]
        why = differentiated(dict(zip(("h_top", "last"), zip(found, weights, strict=True), strict=True)))
    changed = {"x": handed["x"], "h0": handed["h0"], "mask": handed["masks"]}
    note_changes(inputs, given | changed | _side_by_name(parameters))
    gradients = [{name: gradient_of(value, why) for name, value in layer.items()} for layer in parameters]
    inward = (gradient_of(leaf, why) for leaf in leaves.values())
    return *found, *inward, *_layers(gradients, tuple(gradients[0]), L, "gradients")


RETURNED = ("h of the top layer (T, B, H)", "the last states of all layers (L, B, H)")
"""By `call_module`'s module."""


def _side_by_name(parameters: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """The parameters of all layers, under the names of the inputs that they were given."""
    import torch

    lowest, *above = (layer["weight_ih"] for layer in parameters)
    stacked = {name: torch.stack([layer[name] for layer in parameters]) for name in ("weight_hh", "bias_ih", "bias_hh")}
    return {"weight_ih": lowest, **stacked, **({"weight_ih_above": torch.stack(above)} if above else {})}


def _fill(module: Any, given: Inputs, L: int) -> list[dict[str, torch.Tensor]]:
    """Give every layer its parameters; returns them by PyTorch's names.

    Raises:
        WrongForm: the module does not know its layers.
    """
    missing = {f"layers.{k}" for k in range(L)} - set(dict(module.named_modules()))
    if missing:
        raise WrongForm(
            f"the module has no submodule {min(missing)}: self.layers must be a torch.nn.ModuleList of {L} layers"
        )
    found = []
    for k in range(L):
        values = {name: given[name][k] for name in ("weight_hh", "bias_ih", "bias_hh")}
        values = {"weight_ih": given["weight_ih"] if k == 0 else given["weight_ih_above"][k - 1], **values}
        found.append({name: give(module.layers[k], f"{name}_l0", value) for name, value in values.items()})
    return found


# --- the cases ------------------------------------------------------------------------------------------------------

_TBDH = dict.fromkeys("TBDH")


def _case(label: str, kind: str, layers: int, sizes: Mapping[str, int] | None = None, **more: Any) -> Case:
    options = {"kind": kind, "layers": layers, **more.pop("options", {})}
    return Case(label, {**_TBDH, **(sizes or {})}, options=options, **more)


_ORDINARY = (
    _case("GRU, 3 layers", "gru", 3, public=True),
    _case("LSTM, 2 layers", "lstm", 2, public=True),
    _case("SRN, 3 layers", "srn", 3),
    _case("LSTM, 3 layers, float32", "lstm", 3, dtype="float32", public=True),
    _case("GRU, 2 layers, longer", "gru", 2, {"T": 30}),
    _case("SRN, 4 layers", "srn", 4),
)
_EDGES = (
    _case("T = 1", "lstm", 3, {"T": 1}, edge=True, public=True),
    _case("one row", "gru", 2, {"B": 1}, edge=True),
    _case("one layer", "lstm", 1, edge=True, public=True),
    _case("every size 1", "lstm", 2, {"T": 4, "B": 1, "D": 1, "H": 1}, edge=True),
)
_SAME_SIZE = _case("D = H", "gru", 3, {"D": 4, "H": 4}, edge=True, public=True)
_EVALUATION = (
    _case("LSTM, 3 layers, evaluation", "lstm", 3, public=True, options={"train": False}),
    _case("SRN, 2 layers, evaluation", "srn", 2, options={"train": False}),
)
_DH = {"D": None, "H": None}


def _gain(inputs: Inputs) -> float:
    return max(spectral_gain(U) for U in inputs["U"])


TASKS = (
    Task(
        name="deep.forward",
        title="A stack, forward",
        points=4,
        inputs=_stack_inputs,
        call=_call_forward,
        outputs=(Output("h_top", STATES), ALL_STATES),
        cases=_ORDINARY + _EDGES,
        reference="solutions.deep:forward",
        gain=_gain,
    ),
    Task(
        name="deep.from_torch",
        title="From PyTorch's names to layers",
        points=3,
        inputs=_torch_inputs,
        call=_call_from_torch,
        outputs=LAYERS,
        cases=(
            _case("GRU, 3 layers", "gru", 3, public=True),
            _case("LSTM, 2 layers", "lstm", 2, public=True),
            _case("SRN, 4 layers, float32", "srn", 4, dtype="float32"),
            _case("one layer", "gru", 1, edge=True),
            _case("twelve layers", "lstm", 12, edge=True, public=True),
            _case("every size 1", "gru", 2, {"D": 1, "H": 1}, edge=True),
        ),
        reference="solutions.deep:from_torch",
    ),
    Task(
        name="deep.count",
        title="Counting the parameters of a stack",
        points=2,
        inputs=_count_inputs,
        call=ask,
        outputs=(Output("count", exact=True),),
        cases=(
            Case("GRU, 3 layers", _DH, public=True, options={"kind": "gru", "layers": 3}),
            Case("LSTM, 2 layers", _DH, public=True, options={"kind": "lstm", "layers": 2}),
            Case("SRN, 4 layers", _DH, options={"kind": "srn", "layers": 4}),
            Case("large", {"D": 300, "H": 128}, options={"kind": "lstm", "layers": 3}),
            Case("one layer", _DH, edge=True, options={"kind": "gru", "layers": 1}),
        ),
        reference="solutions.deep:count",
    ),
    Task(
        name="deep.width",
        title="The width for a number of parameters",
        points=2,
        builds_on=("deep.count",),
        inputs=_width_inputs,
        call=ask,
        outputs=(Output("H", exact=True),),
        cases=(
            Case("GRU, 3 layers", {"D": None}, public=True, options={"kind": "gru", "layers": 3}),
            Case("LSTM, 2 layers", {"D": None}, public=True, options={"kind": "lstm", "layers": 2}),
            Case("SRN, 1 layer", {"D": 27}, options={"kind": "srn", "layers": 1}),
            Case("GRU, 2 layers", {"D": 27}, options={"kind": "gru", "layers": 2}),
            Case("very wide", {"D": 27}, options={"kind": "srn", "layers": 1, "size": 100_000}),
            Case("half a unit more", {"D": 3}, options={"kind": "lstm", "layers": 2, "size": 7_400}),
            Case("a GRU's second biases", {"D": 3}, options={"kind": "gru", "layers": 3, "size": 6_419}),
            Case("one more would be too many", {"D": 3}, options={"kind": "lstm", "layers": 2, "size": 7_999}),
            Case("exactly", {"D": 3}, edge=True, public=True, options={"kind": "lstm", "layers": 2, "size": 8_000}),
            Case("room for one unit", {"D": 3}, edge=True, options={"kind": "gru", "layers": 3, "size": 60}),
        ),
        reference="solutions.deep:width",
    ),
    Task(
        name="deep.backward",
        title="A stack, backward",
        points=6,
        builds_on=("deep.forward",),
        inputs=_backward_inputs,
        call=_call_backward,
        outputs=GRADIENTS,
        cases=_ORDINARY + _EDGES,
        reference="solutions.deep:backward",
        gain=_gain,
    ),
    Task(
        name="deep.dropout_forward",
        title="Dropout between the layers, forward",
        points=4,
        builds_on=("deep.forward",),
        inputs=_dropout_inputs,
        call=_call_dropout_forward,
        outputs=(Output("h_top", STATES), ALL_STATES),
        cases=_ORDINARY + _EVALUATION + _EDGES,
        reference="solutions.deep:dropout_forward",
        gain=_gain,
    ),
    Task(
        name="deep.dropout_backward",
        title="Dropout between the layers, backward",
        points=4,
        builds_on=("deep.backward", "deep.dropout_forward"),
        inputs=_dropout_backward_inputs,
        call=_call_dropout_backward,
        outputs=GRADIENTS,
        cases=_ORDINARY + _EDGES,
        reference="solutions.deep:dropout_backward",
        gain=_gain,
    ),
    Task(
        name="deep.residual_forward",
        title="Residual paths, forward",
        points=3,
        builds_on=("deep.forward",),
        inputs=_stack_inputs,
        call=_call_residual_forward,
        outputs=(Output("y", STATES), ALL_STATES),
        cases=(*_ORDINARY, *_EDGES, _SAME_SIZE),
        reference="solutions.deep:residual_forward",
        gain=_gain,
    ),
    Task(
        name="deep.residual_backward",
        title="Residual paths, backward",
        points=4,
        builds_on=("deep.backward", "deep.residual_forward"),
        inputs=_residual_backward_inputs,
        call=_call_residual_backward,
        outputs=GRADIENTS,
        cases=(*_ORDINARY, *_EDGES, _SAME_SIZE),
        reference="solutions.deep:residual_backward",
        gain=_gain,
    ),
    Task(
        name="deep.transition",
        title="A deep transition",
        points=3,
        inputs=_transition_inputs,
        call=ask,
        outputs=(Output("h", STATES),),
        cases=(
            Case("ordinary", dict.fromkeys("TBDHM"), public=True),
            Case("another", dict.fromkeys("TBDHM")),
            Case("float32", dict.fromkeys("TBDHM"), dtype="float32", public=True),
            Case("longer", {**dict.fromkeys("TBDHM"), "T": 30}),
            Case("T = 1", {**dict.fromkeys("TBDHM"), "T": 1}, edge=True, public=True),
            Case("one row", {**dict.fromkeys("TBDHM"), "B": 1}, edge=True),
            Case("M = H", {**dict.fromkeys("TBD"), "H": 4, "M": 4}, edge=True),
            Case("every size 1", {**dict.fromkeys("TBDHM", 1), "T": 4}, edge=True),
        ),
        reference="solutions.deep:transition",
        gain=lambda inputs: spectral_gain(inputs["U"]) * spectral_gain(inputs["W2"]),
    ),
    Task(
        name="deep.module",
        title="A PyTorch module",
        points=5,
        inputs=_module_inputs,
        call=call_module,
        outputs=(
            Output("h_top", STATES, 2),
            Output("last", ("layer", "row", "unit")),
            Output("dx", ("time step", "row", "input")),
            Output("dh0", ("layer", "row", "unit")),
            *(Output(f"d{out.name}".replace("W", "weight_ih").replace("U", "weight_hh"), out.axes) for out in LAYERS),
        ),
        cases=(
            _case("3 layers", "gru", 3, public=True),
            _case("2 layers", "gru", 2),
            _case("3 layers, evaluation", "gru", 3, public=True, options={"train": False}),
            _case("2 layers, float32", "gru", 2, dtype="float32", public=True),
            _case("longer", "gru", 2, {"T": 30}),
            _case("4 layers", "gru", 4),
            _case("called again", "gru", 2, edge=True, options={"again": True}),
            _case("T = 1", "gru", 3, {"T": 1}, edge=True),
            _case("one row", "gru", 2, {"B": 1}, edge=True),
            _case("one layer", "gru", 1, edge=True, public=True),
            _case("every size 1", "gru", 2, {"T": 4, "B": 1, "D": 1, "H": 1}, edge=True),
        ),
        reference="solutions.deep:Stack",
        gain=lambda inputs: max(spectral_gain(U) for U in inputs["weight_hh"]),
        torch=True,
    ),
)
