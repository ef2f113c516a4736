"""What several tasks do with a student's object: run a module with given weights, read a dict of results."""

from __future__ import annotations

from collections.abc import Sequence


def values_of(returned: object, names: Sequence[str]) -> tuple:
    """The values of a dict that has exactly these names, in their order.

    Raises:
        TypeError: it is something else; the message says what.
    """
    if not isinstance(returned, dict) or set(returned) != set(names):
        what = f"a dict with {', '.join(map(str, returned))}" if isinstance(returned, dict) else type(returned).__name__
        raise TypeError(f"expected a dict with the names {', '.join(names)}; got {what}")
    return tuple(returned[name] for name in names)


def call_module(make, inputs, names=("W", "U", "b"), starts=("h0",)) -> tuple:
    """Build the student's module, give it its parameters, run it, and differentiate Σ h ⊙ upstream.

    A gradient that does not arrive is zero, so that right states still earn their share.

    Args:
        make: the student's class, called with D and H.
        inputs: x, upstream, and what follows.
        names: of the parameters, in the order of the gradients.
        starts: of the initial states, in the order of the call.

    Returns:
        h, and the gradient of each parameter.
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
    return h, *(torch.zeros_like(value) if value.grad is None else value.grad for value in parameters)


def give(module, name: str, value):
    """Copy the value into the module's parameter of that name, and return the parameter."""
    import torch

    parameter = getattr(module, name)
    if tuple(parameter.shape) != tuple(value.shape):
        raise ValueError(f"{name} has shape {tuple(parameter.shape)}; it must have {tuple(value.shape)}")
    with torch.no_grad():
        return parameter.copy_(value)
