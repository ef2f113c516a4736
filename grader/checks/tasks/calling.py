"""What several tasks do with a student's object: run a module with given weights, read a dict of results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from grader.checks.task import Function, Inputs, Output, Results

if TYPE_CHECKING:
    import torch

START = Output("start values", (), exact=True)
"""The last result of a task that asks for a module: see `starts_well`."""


def values_of(returned: object, names: Sequence[str]) -> Results:
    """The values of a dict that has exactly these names, in their order.

    Raises:
        TypeError: it is something else; the message says what.
    """
    if not isinstance(returned, dict) or set(returned) != set(names):
        what = f"a dict with {', '.join(map(str, returned))}" if isinstance(returned, dict) else type(returned).__name__
        raise TypeError(f"expected a dict with the names {', '.join(names)}; got {what}")
    return tuple(returned[name] for name in names)


def call_module(
    make: Function, inputs: Inputs, names: Sequence[str] = ("W", "U", "b"), starts: Sequence[str] = ("h0",)
) -> Results:
    """Build the student's module, give it its parameters, run it, and differentiate Σ h ⊙ upstream.

    A gradient that does not arrive is zero, so that right states still earn their share.

    Args:
        make: the student's class, called with D and H.
        inputs: x, upstream, and what follows.
        names: of the parameters, in the order of the gradients.
        starts: of the initial states, in the order of the call.

    Returns:
        h, the gradient of each parameter, and whether the module `starts_well`.
    """
    import torch

    from grader.checks.device import pick_device

    device = pick_device()
    given = {name: torch.tensor(value, device=device) for name, value in inputs.items()}
    D, H = inputs["x"].shape[-1], inputs["h0"].shape[-1]
    with torch.enable_grad():
        module = make(D, H).to(device=device, dtype=given["x"].dtype)
        parameters = [give(module, name, given[name]) for name in names]
        h = module(given["x"], *(given[name] for name in starts))
        if isinstance(h, torch.Tensor) and h.requires_grad and h.shape == given["upstream"].shape:
            (h * given["upstream"]).sum().backward()
    gradients = (torch.zeros_like(value) if value.grad is None else value.grad for value in parameters)
    return h, *gradients, starts_well(make, names)


def trained_before(module: Any, *given: torch.Tensor) -> None:
    """Run the module and differentiate the sum of what it returns, as in a step of training. Nothing of it may stay."""
    import torch

    returned = module(*given)
    values = returned if isinstance(returned, (tuple, list)) else (returned,)
    total = sum(value.sum() for value in values if isinstance(value, torch.Tensor))
    if isinstance(total, torch.Tensor) and total.requires_grad:
        total.backward()
    module.zero_grad()


def starts_well(make: Function, names: Sequence[str]) -> bool:
    """Does a fresh module draw its parameters from all of −1/√H … 1/√H, and from nowhere else?

    Asked of a module so large (H = 400) that one which does so reaches into the outer tenth on both sides: the chance
    that a bias of 400 numbers does not is 2 · 0.95⁴⁰⁰ < 10⁻⁸.
    """
    module, bound = make(3, 400), 400**-0.5
    parameters = [getattr(module, name).detach() for name in names]
    return all(
        0.9 * bound < value.max() <= 1.0001 * bound and -1.0001 * bound <= value.min() < -0.9 * bound
        for value in parameters
    )


def give(module: Any, name: str, value: torch.Tensor) -> torch.Tensor:
    """Copy the value into the module's parameter of that name, and return the parameter."""
    import torch

    parameter = getattr(module, name)
    if tuple(parameter.shape) != tuple(value.shape):
        raise ValueError(f"{name} has shape {tuple(parameter.shape)}; it must have {tuple(value.shape)}")
    with torch.no_grad():
        given: torch.Tensor = parameter.copy_(value)
    return given
