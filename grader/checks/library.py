"""Library calls that would do an exercise in the student's place: which they are, and whether an answer makes one.

An exercise asks for the cell, its gradient or its loss to be programmed. ``torch.nn.GRU`` or autograd give the same
numbers. `LIBRARY` says which calls do what, `WRITTEN_BY_HAND` which of them each task wants to do without. While an
answer runs, `calls_noted` notes those it makes; what its source says is read elsewhere, by the trusted side. A note
is no proof: who wants to hide a call from a process of their own can.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from grader.checks.task import Task


@dataclass(frozen=True)
class Kind:
    """Calls that do the same work.

    Attributes:
        names: full dotted names, and all below them; "torch.nn.Conv*": whatever begins so; ".diff": a method that
            tells by itself, whatever it is called on.
        runs: names under which PyTorch's are seen while they run.
    """

    names: tuple[str, ...]
    runs: tuple[str, ...] = ()


_CELLS = ("rnn_tanh_cell", "rnn_relu_cell", "gru_cell", "lstm_cell")
_LAYERS = ("rnn_tanh", "rnn_relu", "gru", "lstm")
_SOFTMAX = ("softmax", "log_softmax", "logsumexp")
_METHODS = ("torch.Tensor.", ".TensorBase.")
_F = "torch.nn.functional."

LIBRARY: Mapping[str, Kind] = {
    "recurrent layer": Kind(
        (
            *(f"torch.nn.{layer}{cell}" for layer in ("RNN", "GRU", "LSTM") for cell in ("", "Cell")),
            "torch.nn.modules.rnn",
            *(f"{module}.{name}" for module in ("torch", "torch._VF") for name in (*_LAYERS, *_CELLS)),
        ),
        tuple(f"torch.{name}" for name in (*_LAYERS, *_CELLS)),
    ),
    "autograd": Kind(
        ("torch.autograd", "torch.func", "functorch", "jax", "autograd", ".imag"),
        ("torch.autograd.backward", "torch.autograd.grad", "torch.Tensor.backward", "torch._make_dual"),
    ),
    "symbolic derivative": Kind(("sympy.diff", "sympy.Derivative", "sympy.derive_by_array", ".diff", ".jacobian")),
    "softmax": Kind(
        (
            *(f"{module}{name}" for module in ("scipy.special.", "torch.", "torch.special.", _F) for name in _SOFTMAX),
            *("torch.nn.Softmax*", "torch.nn.LogSoftmax", "torch.nn.Softmin", f"{_F}softmin", "torch.distributions"),
        ),
        (
            *(f"{place}{name}" for place in ("torch.", "torch.special.", *_METHODS, _F) for name in _SOFTMAX),
            f"{_F}softmin",
        ),
    ),
    "cross-entropy": Kind(
        (f"{_F}cross_entropy", f"{_F}nll_loss", "torch.nn.CrossEntropyLoss", "torch.nn.NLLLoss"),
        (f"{_F}cross_entropy", f"{_F}nll_loss", "torch.cross_entropy_loss"),
    ),
    "clipping": Kind(("torch.nn.utils.clip_grad*",)),
    "orthogonal start": Kind(("torch.nn.init.orthogonal*", "torch.nn.utils.parametrizations.orthogonal")),
    "attention": Kind(
        (f"{_F}scaled_dot_product_attention", f"{_F}multi_head_attention_forward", "torch.nn.MultiheadAttention"),
        ("torch.nn.functional.scaled_dot_product_attention", "torch.nn.functional.multi_head_attention_forward"),
    ),
    "convolution": Kind(
        (f"{_F}conv*", "torch.nn.Conv*", "torch.conv*", "scipy.signal", "scipy.ndimage"),
        ("torch.conv1d", "torch.conv2d"),
    ),
    "CTC": Kind(
        (f"{_F}ctc_loss", "torch.nn.CTCLoss", "torch.ctc_loss"), ("torch.nn.functional.ctc_loss", "torch.ctc_loss")
    ),
    "score": Kind(("sklearn.metrics", "seqeval", "jiwer")),
}
"""Kind of work → the calls that do it."""

_FORWARD, _BACKWARD = ("recurrent layer",), ("recurrent layer", "autograd")

WRITTEN_BY_HAND: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("srn.step", "srn.sequence", "srn.module"), _FORWARD),
    "srn.output_layer": ("softmax",),
    "srn.cross_entropy": ("softmax", "cross-entropy"),
    "srn.f1_score": ("score",),
    "bptt.derivation": ("symbolic derivative",),
    "bptt.score_gradient": ("softmax", "autograd"),
    **dict.fromkeys(
        (f"bptt.{name}" for name in ("slopes", "delta_step", "double_sum", "sweep", "gradients", "truncated")),
        _BACKWARD,
    ),
    "bptt.central_difference": ("autograd",),
    "clipping.jacobian_norms": ("autograd",),
    **dict.fromkeys(("clipping.clip_by_norm", "clipping.clip_by_value", "clipping.sgd_step"), ("clipping",)),
    "clipping.orthogonal": ("orthogonal start",),
    **dict.fromkeys((f"gru.{name}" for name in ("gates", "step", "limits", "sequence", "forward", "module")), _FORWARD),
    **dict.fromkeys((f"gru.{name}" for name in ("jacobian", "error_terms", "backward")), _BACKWARD),
    **dict.fromkeys(
        (
            f"lstm.{name}"
            for name in ("step_1997", "gates", "step", "sequence", "peephole_step", "coupled_step", "module")
        ),
        _FORWARD,
    ),
    **dict.fromkeys(("lstm.step_back", "lstm.backward"), _BACKWARD),
    **dict.fromkeys(
        (f"deep.{name}" for name in ("forward", "dropout_forward", "residual_forward", "transition")), _FORWARD
    ),
    **dict.fromkeys((f"deep.{name}" for name in ("backward", "dropout_backward", "residual_backward")), _BACKWARD),
    **dict.fromkeys((f"bidirectional.{name}" for name in ("states", "final_states", "deep")), _FORWARD),
    **dict.fromkeys((f"bidirectional.{name}" for name in ("gradients", "deep_gradients")), _BACKWARD),
    **dict.fromkeys(("tagging.confusion", "tagging.span_f1", "speech.error_rate"), ("score",)),
    "translation.attend": ("attention",),
    "speech.ctc_loss": ("CTC",),
    "captioning.convolve": ("convolution",),
    **dict.fromkeys(("captioning.caption_states", "captioning.write"), _FORWARD),
}
"""Task → the kinds of `LIBRARY` that its answer does without. Where a task is not named, the lesson allows them."""


_SHOWN = {
    "torch._make_dual": "torch.autograd.forward_ad",
    **{f".TensorBase.{name}": f"torch.Tensor.{name}" for name in _SOFTMAX},
}
"""Hidden name → the public one."""
_SAID = {".imag": ".imag (a complex step)"}
"""Name → what a student is told in its place."""


def kinds_of(task: Task) -> tuple[str, ...]:
    """What the task's answer does without."""
    return WRITTEN_BY_HAND.get(task.name, ())


def watched(task: Task) -> frozenset[str]:
    """The names under which such calls of PyTorch's are noted while the task's answer runs."""
    return _watched(kinds_of(task))


@cache
def _watched(kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for kind in kinds for name in LIBRARY[kind].runs)


def notable(task: Task) -> frozenset[str]:
    """All that `calls_noted` may note of a task."""
    return _notable(kinds_of(task))


@cache
def _notable(kinds: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_SHOWN.get(name, name) for name in _watched(kinds))


@contextmanager
def calls_noted(task: Task) -> Iterator[set[str]]:
    """Inside, the calls of `watched` are noted. Does not import torch: what was not imported is not called.

    Yields:
        the set that their names are put into.
    """
    noted: set[str] = set()
    names = watched(task)
    torch = sys.modules.get("torch")
    if torch is None or not names:
        yield noted
        return
    with _watcher(names, noted):
        yield noted


def _watcher(names: frozenset[str], noted: set[str]) -> Any:
    return _watchers_class()(names, noted)


@cache
def _watchers_class() -> Any:
    """Made once, as making a class takes longer than an answer; and late, as it needs PyTorch."""
    from torch.overrides import TorchFunctionMode

    class Watcher(TorchFunctionMode):
        """Sees every call of PyTorch's, and lets it pass."""

        def __init__(self, names: frozenset[str], noted: set[str]) -> None:
            super().__init__()
            self._names, self._noted = names, noted

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = _name(func)
            if name in self._names:
                self._noted.add(_SHOWN.get(name, name))
            return func(*args, **(kwargs or {}))

    return Watcher


def _name(func: Any) -> str:
    """A function's dotted name, without the hidden module or class that it comes from: "torch.gru"."""
    module, name = getattr(func, "__module__", None) or "", getattr(func, "__qualname__", "")
    if module == "torch._ops.aten":  # torch.ops.aten.gru.input
        return f"torch.{func.__name__.partition('.')[0].lstrip('_')}"
    if module == "torch._C._special":
        return f"torch.special.{name.removeprefix('special_')}"
    if name.startswith("TensorBase."):
        return f"torch.Tensor.{name.removeprefix('TensorBase.')}"
    if module == "torch._C._nn":
        return f"{_F}{name}"
    if module == "torch._tensor":
        return f"torch.{name}"
    return f"{module}.{name.removeprefix('_VariableFunctionsClass.')}"


def library_remark(called: Iterable[str]) -> tuple[str, ...]:
    """What a student is told of such calls: one sentence, or none."""
    names = ", ".join(_SAID.get(name, name) for name in sorted(called))
    asked = "the exercise asks you to program yourself what that does. Your instructor will see this"
    return (f"Your answer calls {names}, but {asked}.",) if names else ()
