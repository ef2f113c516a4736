"""How follow-through marks answers of known worth: right and wrong ones that call a wrong earlier one.

Every pair of tasks of which one builds on the other is tried where an answer is known that calls the earlier one: the
reference, or one of `CALLING`. Both passes are those of a marking run, but for the sandbox: the stand-in asks the same
`reference_process.answer`, by way of JSON.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from grader.checks.answers import Answer
from grader.checks.earlier import functions_used
from grader.checks.task import Task, earlier_of
from grader.inside import values
from grader.inside.stand_ins import StandIns
from grader.marking.answers.misconceptions import Misconception, bank
from grader.marking.answers.misconceptions.entries import BadEdit, edited
from grader.marking.judge.follow_through import followed, second_tries
from grader.marking.judge.referee import mark
from grader.marking.judge.reference_process import answer
from grader.marking.proving.fidelity import trials
from grader.marking.proving.fidelity.trials import SUBMISSIONS, Trial

KIND = "follow-through"

CALLING = {
    "bptt.sweep": """
def sweep(do, h, dh, U, V):
    dz = np.zeros_like(h)
    dz[-1] = (1 - h[-1] ** 2) * (do[-1] @ V + dh)
    for k in reversed(range(len(h) - 1)):
        dz[k] = (1 - h[k] ** 2) * (do[k] @ V) + delta_step(dz[k + 1], h[k], U)
    return dz, dz[0] @ U
""",
    "gru.forward": """
def forward(x, h0, W, U, b, b_m):
    h = sequence(x, h0, W, U, b, b_m)
    kept = []
    for x_t, before in zip(x, [h0, *h[:-1]]):
        kept.append([*gates(x_t, before, W, U, b, b_m), before @ U[-len(b_m) :].T + b_m])
    return h, *(np.stack(each) for each in zip(*kept))
""",
    "lstm.sequence": """
def sequence(x, h0, c0, W, U, b):
    h, c, found = h0, c0, []
    for x_t in x:
        a = np.concatenate(gates(x_t, h, W, U, b), axis=1)
        h, c = step(x_t, h, c, W, U, b)
        found.append((h, c, a))
    return tuple(np.stack(each) for each in zip(*found))
""",
    "lstm.backward": """
def backward(dh, dc, x, h0, c0, W, U, b):
    h, c, a = sequence(x, h0, c0, W, U, b)
    dz, dh_before = np.zeros_like(a), np.zeros_like(h0)
    for t in reversed(range(len(x))):
        dz[t], dc = step_back(dh[t] + dh_before, dc, a[t], c[t - 1] if t else c0)
        dh_before = dz[t] @ U
    before = np.concatenate([h0[None], h[:-1]])
    W_, U_ = np.einsum("tbk,tbd->kd", dz, x), np.einsum("tbk,tbh->kh", dz, before)
    return {"W": W_, "U": U_, "b": dz.sum(axis=(0, 1)), "h0": dh_before, "c0": dc, "x": dz @ W}
""",
    "deep.residual_forward": """
def residual_forward(x, starts, layers, kind):
    found, y = [], x
    for k, (start, layer) in enumerate(zip(starts, layers)):
        found += forward(y, [start], [layer], kind)
        y = found[-1][0] + (y if k else 0)
    return found, y
""",
    "deep.dropout_forward": """
def dropout_forward(x, starts, layers, kind, masks, p, train):
    found = []
    for k, (start, layer) in enumerate(zip(starts, layers)):
        found += forward(x * masks[k - 1] / (1 - p) if train and k else x, [start], [layer], kind)
        x = found[-1][0]
    return found
""",
    "bidirectional.mean_loss": """
def mean_loss(losses, lengths):
    return keep(losses[:, :, None], lengths).sum() / lengths.sum()
""",
}
"""Task → an answer that calls earlier ones as the reference does not."""


def follow_throughs(task: Task) -> Iterator[Trial]:
    """For each earlier task: a right answer that calls a wrong one of it; and answers with a mistake of their own."""
    for earlier in earlier_of(task):
        for written in ("", CALLING.get(task.name)):
            if written is not None and earlier.function in _used(task, written):
                yield from _with_wrong(task, earlier, written)


def _used(task: Task, written: str) -> Mapping[str, object]:
    return functions_used(_namespace(task, (), written)[task.function])


def _with_wrong(task: Task, earlier: Task, written: str) -> Iterator[Trial]:
    """Of the earlier task's mistakes the first that costs points here too; of this task's own the first that can be."""
    for entry in bank(earlier):
        namespace = _namespace(task, [(earlier, entry)], written)
        first = [trials._submission(task, namespace[task.function], seed) for seed in SUBMISSIONS]
        own = mark(earlier, trials._submission(earlier, namespace[earlier.function], SUBMISSIONS[0]))
        if not entry.where and task.name in second_tries([own, mark(task, first[0])]):
            words = f"on {earlier.function}, {entry.name}{', called' if written else ''}"
            yield _trial(task, earlier, words, True, namespace, first, ())
            if not written:
                yield from _own_mistake(task, earlier, entry)
            return


def _own_mistake(task: Task, earlier: Task, entry: Misconception) -> Iterator[Trial]:
    for own in bank(task):
        try:
            namespace = _namespace(task, [(earlier, entry), (task, own)], "")
        except BadEdit:
            continue
        if not own.where:
            first = [trials._submission(task, namespace[task.function], seed) for seed in SUBMISSIONS]
            words = f"{own.name}, on {earlier.function}, {entry.name}"
            yield _trial(task, earlier, words, False, namespace, first, (own.says,))
            return


def _namespace(task: Task, mistakes: Sequence[tuple[Task, Misconception]], written: str) -> dict[str, Any]:
    """The module of the lesson's references with these mistakes in it, and an answer written otherwise."""
    module, _, _ = task.reference.partition(":")
    source = inspect.getsource(importlib.import_module(module))
    for whose, entry in mistakes:
        source = edited(source, whose, entry)
    namespace: dict[str, Any] = {"__name__": f"{module} with mistakes"}
    exec(compile(source + written, f"<{task.name}>", "exec"), namespace)
    return namespace


def _trial(
    task: Task,
    earlier: Task,
    name: str,
    is_right: bool,
    namespace: dict[str, Any],
    first: list[list[Answer]],
    wanted: tuple[str, ...],
) -> Trial:
    """Mark both passes; the trial is about the answers of the pass that counts."""
    asked: list[str] = []
    stand_ins = StandIns({earlier.name: earlier.function}, _asking(asked))
    stand_ins.open = (earlier.name,)
    stand_ins.put(namespace)
    counting: list[list[Answer]] = []
    told: tuple[str, ...] = ()
    for seed, before in zip(SUBMISSIONS, first, strict=True):
        asked.clear()
        again = trials._submission(task, namespace[task.function], seed)
        both = followed(mark(task, before), mark(task, again), tuple(dict.fromkeys(asked)))
        counting.append(before if both.first is None else again)
        told = told or both.misconceptions
    says = {entry.name: entry.says for entry in bank(task)}
    tried = trials._trial(task, KIND, name, is_right, counting, wanted)
    return replace(tried, told=tuple(says[each] for each in told))


def _asking(asked: list[str]) -> Callable[..., dict[str, Any]]:
    """Asks the references in this process, in the form in which it travels; notes what was asked for and answered."""

    def ask(question: dict[str, Any], call: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        def called(number: int, given: tuple[Any, ...]) -> Any:
            return values.unpack(call({"call": number, "given": values.pack(given)})["returned"])

        found = answer(cast(dict[str, Any], json.loads(json.dumps(question))), called)
        if "answer" in found:
            asked.append(question["task"])
        return cast(dict[str, Any], json.loads(json.dumps(found)))

    return ask
