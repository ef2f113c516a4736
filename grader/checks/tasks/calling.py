"""What several tasks do with a student's object: call it, hand it tensors, run a module with given weights."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from grader.checks.errors import WrongForm
from grader.checks.failure import failure_of, is_students
from grader.checks.results import MAX_ENTRIES, Missing, in_words
from grader.checks.task import Case, Function, Inputs, Output, Results

if TYPE_CHECKING:
    import torch

FRESH = 400
"""H of the fresh module whose parameters are looked at: see `starts_well`."""


def starts_well(extremes: np.ndarray, count: int) -> bool:
    """Did a fresh module draw its parameters from all of −1/√H … 1/√H, and from nowhere else?

    Asked of a module so large (H = `FRESH`) that one which does so reaches into the outer tenth on both sides: the
    chance that a bias of 400 numbers does not is 2 · 0.95⁴⁰⁰ < 10⁻⁸.

    Args:
        extremes: (count, 2), the lowest and the highest value of each parameter, from `start_values`.
        count: how many parameters there are.
    """
    if extremes.shape != (count, 2):
        return False
    (low, high), bound = extremes.T, FRESH**-0.5
    inner, outer = 0.9 * bound, 1.0001 * bound
    return bool(np.all((inner < high) & (high <= outer) & (-outer <= low) & (low < -inner)))


def start_output(count: int) -> Output:
    """The last result of a task that asks for a module with so many parameters, judged by `starts_well`."""
    return Output("start values", (), exact=True, judged=partial(starts_well, count=count), says=_says_of_start)


def _says_of_start(given: Inputs, got: np.ndarray, expected: np.ndarray) -> str:
    return "a new module's parameters are not drawn from all of −1/√H … 1/√H, or not from there alone"


START = start_output(3)
"""Of a module with W, U and b."""

AGAIN = Case("a second call", dict.fromkeys("TBDH"), edge=True, options={"again": True})
"""The module has run before, on an ``earlier`` x: nothing of that may be left."""


def ask(function: Function, given: Mapping[str, Any]) -> Any:
    """Call a student's function with these arguments, by position: their names are the student's to choose.

    What the student's own signature takes by name only is handed over by name.

    Args:
        function: a function, a class, a module of PyTorch, or whatever else can be called.
        given: the arguments, in the order of the signature in the lesson, by their names there.

    Raises:
        WrongForm: the function takes other arguments.
    """
    signature = None if _takes_positions(function) else _signature(function)
    positional, named = ([*given.values()], {}) if signature is None else _bound(signature, given)
    try:
        return function(*positional, **named)
    except TypeError:
        signature = signature or _signature(function)
        if signature is None or _fits(signature, positional, named):
            raise  # from inside the function
        order = f"the exercise hands over {len(given)}, in this order: {', '.join(given)}"
        raise WrongForm(f"your code takes {signature}; {order}", "arguments") from None


def _takes_positions(function: Function) -> bool:
    """Whether it is an ordinary function without arguments by name alone: most are, and signatures take time."""
    if not isinstance(function, FunctionType) or vars(function):
        return False
    code = function.__code__
    return not code.co_kwonlyargcount and not code.co_flags & inspect.CO_VARKEYWORDS


def _signature(function: Function) -> inspect.Signature | None:
    """What a function, class, or module's ``forward`` takes; None where that cannot be known (some of C are so)."""
    try:
        return inspect.signature(getattr(function, "forward", function) if _is_module(function) else function)
    except (TypeError, ValueError):
        return None


def _is_module(function: object) -> bool:
    return not isinstance(function, type) and hasattr(function, "named_parameters")


def _bound(signature: inspect.Signature, given: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments to hand over by position, and by name."""
    parameters = signature.parameters.values()
    by_name = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
    rest = [name for name in given if name not in by_name]
    if any(one.kind is one.VAR_KEYWORD for one in parameters) and not any(
        one.kind is one.VAR_POSITIONAL for one in parameters
    ):
        places = sum(one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD) for one in parameters)
        rest = rest[:places]  # **named takes what is left over
    return [given[name] for name in rest], {name: value for name, value in given.items() if name not in rest}


def _fits(signature: inspect.Signature, positional: Sequence[Any], named: Mapping[str, Any]) -> bool:
    try:
        signature.bind(*positional, **named)
    except TypeError:
        return False
    return True


def tensors(inputs: Inputs) -> dict[str, torch.Tensor]:
    """The arrays of a case as tensors on the device at hand: see `note_changes`."""
    import torch

    from grader.checks.device import pick_device

    device = pick_device()
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray)}
    return {name: torch.tensor(value, device=device) for name, value in arrays.items()}


def note_changes(inputs: Inputs, given: Mapping[str, torch.Tensor]) -> None:
    """Put a tensor's numbers after the student's code in place of its array, whatever they are.

    So `grader.checks.answers.collect` hands out what they are, as of an array; what is not put back counts as changed.

    Args:
        inputs: of the case.
        given: tensors by the name of the input that they were made of: all of `tensors`; parameters too.
    """
    inputs.update({name: tensor.detach().cpu().numpy() for name, tensor in given.items() if name in inputs})


def one_tensor(value: object, axes: int | None = None) -> Any:
    """A list (tuple, iterator) of tensors of one shape as one tensor, however deeply nested; anything else as it is.

    Args:
        value: what a module returned.
        axes: how many axes are wanted: a tuple of one, as ``return h,`` makes it, is then taken for what is in it.
    """
    import torch

    if not isinstance(value, Iterable) or hasattr(value, "__array__") or isinstance(value, (str, bytes, Mapping)):
        return value  # a tensor has __array__, too
    parts = [one_tensor(part) for part in islice(value, MAX_ENTRIES)]
    shapes = {part.shape if isinstance(part, torch.Tensor) else None for part in parts}
    if len(shapes) != 1 or None in shapes:
        return parts
    return parts[0] if isinstance(value, tuple) and len(parts) == 1 and parts[0].ndim == axes else torch.stack(parts)


def call_module(
    make: Function, inputs: Inputs, names: Sequence[str] = ("W", "U", "b"), starts: Sequence[str] = ("h0",)
) -> Results:
    """Build the student's module, give it its parameters, run it, and differentiate Σ h ⊙ upstream.

    A gradient that does not arrive is zero, so that right states still earn their share; of an h that cannot be
    differentiated it is `Missing`. Where the inputs have an
    ``earlier`` x, the module has run once before: on that, and with the initial states turned round.

    Args:
        make: the student's class, called with D and H.
        inputs: x, upstream, and what follows.
        names: of the parameters, in the order of the gradients.
        starts: of the initial states, in the order of the call.

    Returns:
        h, the gradients of each parameter, of x and of each initial state, and the `start_values`.
    """
    import torch

    given = tensors(inputs)
    x, upstream = given["x"], given["upstream"]
    sizes = {"D": x.shape[-1], "H": given["h0"].shape[-1]}
    with torch.enable_grad():
        module = made(make, sizes, x)
        parameters = {name: give(module, name, given[name]) for name in names}
        if "earlier" in given:
            ask(module, {"x": given["earlier"], **{name: -given[name] for name in starts}})
        leaves = {name: given[name].requires_grad_() for name in ("x", *starts)}
        handed = {name: leaf.clone() for name, leaf in leaves.items()}  # not leaves: they may be changed in place
        h = only_tensor(ask(module, handed), "h", upstream.ndim)
        why = differentiated({"h": (h, upstream)})
    note_changes(inputs, given | handed | parameters)
    return h, *(gradient_of(each, why) for each in (parameters | leaves).values()), start_values(make, names)


def made(make: Function, sizes: Mapping[str, Any], like: torch.Tensor) -> Any:
    """The student's module of these sizes, on the device and in the dtype of a tensor.

    Raises:
        WrongForm: it is no module of PyTorch.
    """
    import torch

    module = ask(make, sizes)
    if not isinstance(module, torch.nn.Module):
        raise WrongForm(f"{in_words(module)}, wanted is a torch.nn.Module: derive the class from it")
    return module.to(device=like.device, dtype=like.dtype)


def only_tensor(returned: object, name: str, axes: int) -> Any:
    """What a module returned, as one tensor; `Missing` where that are several things, or it is something else.

    Args:
        returned: by the module.
        name: of what is wanted.
        axes: how many axes it has.
    """
    h = one_tensor(returned, axes)
    if isinstance(h, list):
        return Missing(f"{in_words(returned)}, wanted is one tensor: {name}", "count")
    return h


def differentiated(results: Mapping[str, tuple[Any, torch.Tensor]], keep: bool = False) -> str:
    """Differentiate Σ result ⊙ upstream, over all results; why that cannot be done, in words, or "".

    Args:
        results: by name, each with what arrives at it, of the same shape.
        keep: what is needed to differentiate another result of the same computation.
    """
    import torch

    for name, (value, upstream) in results.items():
        if isinstance(value, Missing):
            return f"{name} is missing"
        if not isinstance(value, torch.Tensor):
            return f"{name} is no tensor, but {in_words(value)}"
        if value.shape != upstream.shape:
            return f"{name} has the wrong shape"
    total = torch.as_tensor(sum((value * upstream).sum() for value, upstream in results.values()))
    try:
        if total.requires_grad:
            total.backward(retain_graph=keep)
    except Exception as failure:
        if is_students(failure):
            raise
        return f"PyTorch cannot differentiate {' and '.join(results)} ({failure_of(failure).said})"
    return ""


def gradient_of(value: torch.Tensor, why: str = "") -> Any:
    """The gradient that arrived at a tensor; zeros where none did, so that right states still earn their share.

    Args:
        value: the tensor.
        why: there can be none, from `differentiated`: then it is `Missing`.
    """
    import torch

    if why:
        return Missing(why, "uncompared")
    return torch.zeros_like(value) if value.grad is None else value.grad


def trained_before(module: Any, given: Mapping[str, torch.Tensor]) -> None:
    """Run the module and differentiate the sum of what it returns, as in a step of training. Nothing of it may stay.

    Args:
        module: the student's.
        given: what it is handed, as by `ask`: copies of it, which may be changed in place.
    """
    import torch

    returned = ask(module, {name: value.clone() for name, value in given.items()})
    values = returned if isinstance(returned, (tuple, list)) else (returned,)
    total = sum(value.sum() for value in values if isinstance(value, torch.Tensor))
    if isinstance(total, torch.Tensor) and total.requires_grad:
        total.backward()
    module.zero_grad()


def start_values(make: Function, names: Sequence[str]) -> np.ndarray:
    """The lowest and the highest value of each parameter of a fresh module, (parameters, 2): see `starts_well`."""
    module = ask(make, {"D": 3, "H": FRESH})
    parameters = [getattr(module, name).detach() for name in names]
    return np.array([[float(value.min()), float(value.max())] for value in parameters])


def part_of(module: Any, name: str) -> Any:
    """The module's attribute of that name.

    Raises:
        WrongForm: there is none.
    """
    if not hasattr(module, name):
        raise WrongForm(f"a {type(module).__name__} has no attribute {name!r}; look for `self.{name}`")
    return getattr(module, name)


def give(module: Any, name: str, value: torch.Tensor) -> torch.Tensor:
    """Copy the value into the module's parameter of that name, and return the parameter.

    Raises:
        WrongForm: there is none, or it has another shape.
    """
    import torch

    parameter = part_of(module, name)
    if not isinstance(parameter, torch.Tensor):
        raise WrongForm(f"{name} is {in_words(parameter)}; it must be a torch.nn.Parameter")
    if tuple(parameter.shape) != tuple(value.shape):
        raise WrongForm(f"{name} has shape {tuple(parameter.shape)}; it must have {tuple(value.shape)}")
    with torch.no_grad():
        given: torch.Tensor = parameter.copy_(value)
    return given
