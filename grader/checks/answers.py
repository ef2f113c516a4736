"""Answers: what a student's function returned, as plain arrays, and how they travel.

`collect` runs in the kernel beside the student's code and needs no expected value. `pack` and `unpack` are the wire
format (MIME type `MIME`): JSON with ``.npy`` bytes in base64. `unpack` trusts nothing: it limits size, count, dtype and
shape, and never unpickles.
"""

from __future__ import annotations

import base64
import math
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np

from grader.checks.changes import weighted_sums
from grader.checks.endless import loop_in
from grader.checks.errors import BadAnswers, WrongForm
from grader.checks.failure import (
    MAX_TEXT,
    Failure,
    failure_of,
    is_students,
    printable,
    read,
    unwritten,
    without_numbers,
)
from grader.checks.library import calls_noted, notable
from grader.checks.results import MAX_AXES, MAX_ENTRIES, Missing, in_words, plain, unpacked
from grader.checks.task import Case, Output, Task
from grader.checks.time_limit import TookTooLong, within

MIME = "application/vnd.rnn-workbook.answers+json"
FORMAT = 1
MAX_BYTES = 4 * 2**20
"""Largest bundle, in characters of base64, that the trusted side reads."""

ALIGNED = 64
"""The numbers begin after a multiple of so many bytes."""
VERSION = b"\x93NUMPY\x01\x00"
HEADER = re.compile(
    rb"\{'descr': '([<|][biuf][1-8])', 'fortran_order': False, 'shape': \(((?:\d{1,7},(?: \d{1,7},?)*)?)\), \} *\n"
)
"""What `numpy.save` writes before the numbers of an array in C order: its dtype and its shape."""

ProblemKind = Literal["unwritten", "exception", "endless", "arguments", "none", "form", "count", "array", "uncompared"]
"""Why there is no array: not written yet, an exception, no end, other arguments, None, results of another form or
number, not a plain array; or nothing to compare with, as a gradient of what has another shape."""
PROBLEMS: tuple[ProblemKind, ...] = get_args(ProblemKind)


@dataclass(frozen=True)
class Problem:
    """Why a case, or one of its outputs, has no answer. What it says comes from the student's side: show it, don't
    trust it.

    Attributes:
        kind: one of `PROBLEMS`.
        detail: more in words, such as the name of the function that is not written; "" where there is nothing to add.
        failure: the exception, where it was one.
    """

    kind: ProblemKind
    detail: str = ""
    failure: Failure | None = None

    @property
    def text(self) -> str:
        """The details, or the exception with its place, in words: what is shown, and sent."""
        return self.detail if self.failure is None else str(self.failure)

    def like(self, other: Problem) -> bool:
        """Whether both say the same, apart from numbers (sizes differ from case to case) and the place in the code."""
        return self.kind == other.kind and self._said == other._said

    @property
    def digest(self) -> int:
        """CRC-32 of what `like` compares."""
        return zlib.crc32(f"{self.kind}: {self._said}".encode())

    @property
    def _said(self) -> str:
        return without_numbers(self.detail if self.failure is None else self.failure.said)


@dataclass(frozen=True)
class Answer:
    """What a student's function did in one case.

    Attributes:
        case: label of the case.
        seed: seed of the inputs.
        outputs: plain arrays by output's name; empty where there is a problem.
        problem: why there are no outputs, or None.
        missing: why an output is not among the others, by its name; empty where there is a problem.
        sums: weighted sums of the inputs as they are afterwards, by name; see `grader.checks.changes`. None where
            nobody looked: for answers that no student's code gave.
        called: library calls that it made, of those that the exercise does without; see `grader.checks.library`.
    """

    case: str
    seed: int
    outputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    problem: Problem | None = None
    sums: Mapping[str, float] | None = None
    called: tuple[str, ...] = ()
    missing: Mapping[str, Problem] = field(default_factory=dict)

    def problem_of(self, output: str) -> Problem | None:
        """Why that output did not come, or None where it did."""
        return self.problem or self.missing.get(output)


def collect(task: Task, answer: object, case: Case, seed: int, seconds: float = 0.0) -> Answer:
    """Call the student's object on the inputs of a case and turn what it returns into plain arrays. Never raises.

    Args:
        task, answer, case, seed: what is called, and on which inputs.
        seconds: how long it may take; 0 where something else keeps the time.
    """
    inputs = task.draw(case, seed)
    drawn = dict(inputs)
    outputs: dict[str, np.ndarray] = {}
    lacking: dict[str, Problem] = {}
    problem = None
    noted: set[str] = set()
    try:
        with calls_noted(task) as noted:
            outputs, lacking = within(seconds, lambda: _arrays(task, task.call(answer, inputs)))
    except WrongForm as wrong:
        problem = _problem(wrong)
    except TookTooLong as late:
        problem = Problem("endless", _endless(late, seconds))
    except (Exception, SystemExit) as failure:  # the student's code: anything may come
        problem = problem_of(failure)
    handed_back = {name: value for name, value in inputs.items() if not task.torch or value is not drawn[name]}
    sums, called = weighted_sums(handed_back), tuple(sorted(noted))
    return Answer(case.label, seed, outputs, problem, sums, called, lacking)


def problem_of(failure: BaseException) -> Problem:
    """Why there is no answer, where an exception ended the case: the student's, or the check's about what came."""
    if not is_students(failure):
        return Problem("form", f"the check cannot use it ({failure_of(failure).said})")
    if isinstance(failure, NotImplementedError):
        return Problem("unwritten", unwritten(failure))
    return Problem("exception", failure=failure_of(failure))


def _endless(late: TookTooLong, seconds: float) -> str:
    place = loop_in(late)
    return f"after {seconds:g} seconds it still ran" + (f", {place}" if place else "")


def _problem(wrong: WrongForm) -> Problem:
    return Problem(wrong.kind, printable(str(wrong), MAX_TEXT))


def _arrays(task: Task, returned: object) -> tuple[dict[str, np.ndarray], dict[str, Problem]]:
    """The results as plain arrays, and why the others are none.

    Raises:
        WrongForm: none is what is wanted.
    """
    if len(task.outputs) == 1:
        return {task.outputs[0].name: _only(task.outputs[0], returned)}, {}
    names = [output.name for output in task.outputs]
    arrays, lacking = {}, {}
    for name, value in zip(
        names, unpacked(returned, names, [len(output.axes) for output in task.outputs]), strict=True
    ):
        try:
            arrays[name] = _array(name, value)
        except WrongForm as wrong:
            lacking[name] = _problem(wrong)
    return arrays, lacking


def _only(output: Output, returned: object) -> np.ndarray:
    """The array of a task's only result: also of ``return h,``, which returns a tuple of one."""
    if returned is None or returned is ...:
        raise WrongForm("", "none" if returned is None else "unwritten")
    if isinstance(returned, Mapping):
        raise WrongForm(f"{in_words(returned)}, wanted is the result itself: {output.name}")
    try:
        array = _array(output.name, returned)
    except WrongForm as ragged:
        if isinstance(returned, tuple) and len(returned) > 1:
            raise WrongForm(f"{in_words(returned)}, wanted is 1 result: {output.name}", "count") from ragged
        raise
    one_too_many = array.ndim == len(output.axes) + 1 and len(array) == 1
    return array[0] if one_too_many and isinstance(returned, tuple) else array


def _array(name: str, value: object) -> np.ndarray:
    if value is None or value is ...:
        raise WrongForm(*((name, "none") if value is None else ("", "unwritten")))
    if isinstance(value, Missing):
        raise WrongForm(value.says, value.kind)
    try:
        return plain(value)
    except WrongForm as wrong:
        raise WrongForm(f"{name}: {wrong}", wrong.kind) from None


def pack(task: Task, answers: Iterable[Answer]) -> dict[str, Any]:
    """The bundle of a task's answers, ready for JSON.

    An answer that would make it longer than `MAX_BYTES` becomes a `Problem` of its case; the others still travel.
    """
    cases, left = [], MAX_BYTES
    for answer in answers:
        packed = _pack_one(answer)
        size = _size(packed)
        if size > left:
            packed = _pack_one(
                replace(answer, outputs={}, missing={}, problem=Problem("array", "together the arrays are too large"))
            )
        else:
            left -= size
        cases.append(packed)
    return {"format": FORMAT, "task": task.name, "cases": cases}


def _size(packed: Mapping[str, Any]) -> int:
    return sum(len(text) for text in packed["outputs"].values())


def _pack_one(answer: Answer) -> dict[str, Any]:
    return {
        "case": answer.case,
        "seed": answer.seed,
        "outputs": {name: to_npy(array) for name, array in answer.outputs.items()},
        "problem": None if answer.problem is None else [answer.problem.kind, answer.problem.text],
        "missing": {name: [problem.kind, problem.text] for name, problem in answer.missing.items()},
        "sums": dict(answer.sums or {}),
        "called": list(answer.called),
    }


def to_npy(array: np.ndarray) -> str:
    """The array, which is plain, as ``.npy`` bytes in base64: as `numpy.save` writes them, and five times as fast."""
    array = np.ascontiguousarray(array).reshape(array.shape)  # which makes one entry of none
    about = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': {array.shape}, }}".encode("ascii")
    header = about.ljust(-(len(about) + 11) % ALIGNED + len(about)) + b"\n"
    raw = b"".join((VERSION, len(header).to_bytes(2, "little"), header, array.tobytes()))
    return base64.b64encode(raw).decode("ascii")


def unpack(task: Task, bundle: object, wanted: Iterable[tuple[str, int]]) -> list[Answer]:
    """Read a bundle strictly: exactly the wanted (case, seed) pairs, in their order.

    Raises:
        BadAnswers: the bundle is not what `pack` writes for this task and these cases.
    """
    pairs = [(str(label), int(seed)) for label, seed in wanted]
    try:
        return _unpack(task, bundle, pairs)
    except BadAnswers:
        raise
    except Exception as odd:  # NumPy's header parser alone raises five kinds; whatever it is, it is the bundle's fault
        raise BadAnswers(f"the answers of {task.name} cannot be read ({type(odd).__name__})") from odd


def _unpack(task: Task, bundle: object, wanted: list[tuple[str, int]]) -> list[Answer]:
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT or bundle.get("task") != task.name:
        raise BadAnswers(f"this is not a bundle of answers to {task.name}")
    entries = bundle["cases"]
    if not isinstance(entries, list) or [(entry["case"], entry["seed"]) for entry in entries] != wanted:
        raise BadAnswers(f"the answers of {task.name} are not to the cases of this run")
    size = sum(_size(entry) for entry in entries)
    if size > MAX_BYTES:
        raise BadAnswers(f"the answers of {task.name} are {size} bytes long; at most {MAX_BYTES} are read")
    return [_unpack_one(task, entry, *pair) for entry, pair in zip(entries, wanted, strict=True)]


def _unpack_one(task: Task, entry: Mapping[str, Any], case: str, seed: int) -> Answer:
    problem = _unpack_problem(task, entry["problem"])
    names = [output.name for output in task.outputs]
    missing = {name: _unpack_problem(task, packed) for name, packed in dict(entry.get("missing", {})).items()}
    if sorted([*entry["outputs"], *missing]) != ([] if problem else sorted(names)):
        raise BadAnswers(f"the answers of {task.name} do not name exactly its outputs: {', '.join(names)}")
    sums = entry["sums"]
    if not isinstance(sums, dict) or not all(
        type(value) in (int, float) and abs(value) < 1e301 for value in sums.values()
    ):
        raise BadAnswers(f"the answers of {task.name} have sums of inputs that are not numbers")
    outputs = {name: from_npy(entry["outputs"][name]) for name in names if name in entry["outputs"]}
    called = tuple(sorted(notable(task).intersection(entry.get("called", ()))))
    lacking = {name: each for name, each in missing.items() if each is not None}
    if len(lacking) < len(missing):
        raise BadAnswers(f"the answers of {task.name} lack an output without a reason")
    return Answer(case, seed, outputs, problem, sums, called, lacking)


def _unpack_problem(task: Task, packed: Any) -> Problem | None:
    if packed is None:
        return None
    kind, detail = packed
    if kind not in PROBLEMS or not isinstance(detail, str):
        raise BadAnswers(f"the answers of {task.name} name an unknown problem")
    text = printable(detail, 2 * MAX_TEXT)
    return Problem(kind, failure=read(text)) if kind == "exception" else Problem(kind, text)


def from_npy(text: str) -> np.ndarray:
    """The array that `to_npy` wrote. Its header must be one of its form, and modest; the numbers come from the bytes.

    Raises:
        BadAnswers: it has another header, or is too large.
        ValueError: it is not base64.
    """
    raw = base64.b64decode(text, validate=True)
    end = 10 + int.from_bytes(raw[8:10], "little")
    header = HEADER.fullmatch(raw[10:end])
    if raw[:8] != VERSION or header is None:
        raise BadAnswers("an array with a header that is not of its form")
    shape = tuple(int(size) for size in header[2].split(b",") if size.strip())
    dtype = np.dtype(header[1].decode("ascii"))
    if dtype.itemsize > 8 or len(shape) > MAX_AXES or math.prod(shape) > MAX_ENTRIES:
        raise BadAnswers(f"an array of dtype {dtype} and shape {shape}")
    data = raw[end:]
    if len(data) != math.prod(shape) * dtype.itemsize:
        raise BadAnswers("an array with bytes missing or left over")
    return np.frombuffer(data, dtype).reshape(shape).copy()
