"""What a task declares: its inputs, the call, the named outputs, the cases, the points."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from grader.checks.elsewhere import generator, inputs_at_hand
from grader.checks.errors import UnknownTask

LESSONS = {
    "srn": "01-srn",
    "bptt": "02-bptt",
    "clipping": "03-clipping",
    "gru": "04-gru",
    "lstm": "05-lstm",
    "deep": "06-deep",
    "bidirectional": "07-bidirectional",
    "applications.language_model": "08-applications",
    "applications.sentiment": "08-applications",
    "applications.tagging": "08-applications",
    "applications.translation": "08-applications",
    "applications.speech": "08-applications",
    "applications.captioning": "08-applications",
    "applications.forecasting": "08-applications",
}
"""Module in `grader.checks.tasks` (and in `solutions`) → folder of the lesson in `lessons`. Where a folder has several
notebooks, each has its own module: "applications.language_model" is that of 08-applications/language-model.ipynb."""

BETWEEN = {"cells": "06-deep"}
"""Module in `solutions` that is no lesson's, but needs some of theirs → the first lesson that may import it."""

DRAWN = range(2, 8)
"""A size that a case leaves open is drawn from here; no two of a case are equal, so that no transposed matrix fits."""


DType = Literal["float64", "float32"]
Sizes = Mapping[str, int]
"""Sizes by letter: T, B, D, H, O, …"""
Inputs = dict[str, Any]
"""What a student's object is given, by name: arrays, here and there a number, a text or a list."""
Function = Callable[..., Any]
"""A student's function or class."""
Results = tuple[Any, ...]
"""What it returned, one value for each output: arrays, tensors, numbers, or anything else."""


@dataclass(frozen=True)
class Output:
    """One named result of a task.

    Attributes:
        name: what the report calls it.
        axes: what each axis of the array is, outermost first, such as ("time step", "row", "unit"); () for a scalar.
        weight: its share of the task's points, relative to the task's other outputs.
        exact: compare exactly (counts, decisions) instead of by the tolerance policy.
        judged: where what the kernel hands out is not yet the result: makes the result of that array, where answers are
            compared. So a yes or no is never the kernel's.
        says: where numbers would not tell: what is wrong, in words, made of the inputs, the result and the right one.
    """

    name: str
    axes: tuple[str, ...] = ()
    weight: float = 1.0
    exact: bool = False
    judged: Callable[[np.ndarray], Any] | None = None
    says: Callable[[Inputs, np.ndarray, np.ndarray], str] | None = None

    def result(self, handed_out: np.ndarray) -> np.ndarray:
        """What is compared, of what the kernel hands out."""
        return handed_out if self.judged is None else np.asarray(self.judged(handed_out))


@dataclass(frozen=True)
class Case:
    """One situation in which a task is tried.

    Attributes:
        label: what the report calls it.
        sizes: sizes by letter (T, B, D, H, O); None is drawn from `DRAWN`.
        dtype: "float64" or "float32", of all floating inputs.
        edge: an unusual situation; see `Task.edge_share`.
        public: shown to students, with a fixed seed.
        options: whatever else the task's ``inputs`` wants to know.
    """

    label: str
    sizes: Mapping[str, int | None]
    dtype: DType = "float64"
    edge: bool = False
    public: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def drawn_sizes(self, rng: np.random.Generator) -> dict[str, int]:
        """The sizes of this case, the open ones drawn: all different from each other.

        Raises:
            ValueError: more sizes are open than `DRAWN` holds.
        """
        open_letters = [letter for letter, size in self.sizes.items() if size is None]
        free = [size for size in DRAWN if size not in self.sizes.values()]
        if len(free) < len(open_letters):
            raise ValueError(
                f"{self.label}: {len(open_letters)} open sizes, but only {len(free)} different ones in {DRAWN}"
            )
        drawn = dict(zip(open_letters, rng.permutation(free), strict=False))
        return {letter: int(drawn[letter]) if size is None else size for letter, size in self.sizes.items()}


@dataclass(frozen=True)
class Task:
    """One exercise that is checked and marked by number.

    Attributes:
        name: "lesson.task", as in ``check("srn.step", step)``, or "notebook.task" where a lesson has several.
        title: a few words for tables.
        points: what it is worth.
        builds_on: names of the earlier tasks of the same notebook that an answer may call; see `earlier_of`.
        inputs: draws the inputs, ``inputs(rng, sizes, case) → dict of arrays``, in float64; floating arrays are cast to
            the case's dtype afterwards. Where drawing them takes the right answer, the generator's place on the
            trusted side, "module:name"; see `grader.checks.elsewhere`.
        call: ``call(answer, inputs) → tuple`` with one value for each of ``outputs``: how the student's object is used.
        outputs: the named results.
        cases: the situations in which it is tried.
        reference: where the right answer lives, "module:name"; imported by the trusted side only.
        gain: ``gain(inputs) → float``, the largest singular value of the recurrence, or None where nothing recurs.
        torch: the answer computes with PyTorch, on the device at hand; otherwise with NumPy.
        edge_share: what an output keeps of its points when it is right in every ordinary case, but not in an edge case;
            and when it is right, but the student's code changes its inputs in place.
    """

    name: str
    title: str
    points: int
    inputs: Callable[[np.random.Generator, Sizes, Case], Inputs] | str
    call: Callable[[Any, Inputs], Any]
    outputs: tuple[Output, ...]
    cases: tuple[Case, ...]
    reference: str
    gain: Callable[[Inputs], float] | None = None
    torch: bool = False
    edge_share: float = 0.5
    builds_on: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Callable[..., Task], tuple[object, ...]]:
        """Pickled by its name: its generators and calls are functions without names of their own."""
        if tasks_of(self.module).get(self.name) is not self:
            raise TypeError(f"only declared tasks can be pickled, and {self.name} is another")
        return find_task, (self.name,)

    @property
    def function(self) -> str:
        """What the answer is called in the notebook, as the reference is in its module: "step"."""
        return self.reference.partition(":")[2]

    @property
    def grade_id(self) -> str:
        """The task's name as nbgrader allows it in a cell: "srn-step" (no dots)."""
        return self.name.replace(".", "-")

    @property
    def module(self) -> str:
        """Module that the task belongs to, such as "srn" or "applications.speech"."""
        own = self.name.partition(".")[0]
        return next(module for module in LESSONS if module.rpartition(".")[2] == own)

    @property
    def lesson(self) -> str:
        """Folder of that lesson, such as "01-srn"."""
        return LESSONS[self.module]

    @property
    def of_results(self) -> Task:
        """The same task for what is the result already, such as a reference's outputs: nothing is `Output.judged`."""
        return replace(self, outputs=tuple(replace(output, judged=None) for output in self.outputs))

    def case(self, label: str) -> Case:
        """The case of that label.

        Raises:
            KeyError: there is none.
        """
        return {case.label: case for case in self.cases}[label]

    def draw(self, case: Case, seed: int) -> Inputs:
        """The inputs of a case: the same for the same seed, on every machine and device."""
        generate = generator(self.inputs) if isinstance(self.inputs, str) else self.inputs
        if generate is None:
            return inputs_at_hand(self.module, (self.name, case.label, seed))
        rng = np.random.default_rng(seed)
        inputs = generate(rng, case.drawn_sizes(rng), case)
        return {name: _cast(value, case.dtype) for name, value in inputs.items()}


def _cast(value: Any, dtype: DType) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(dtype)
    return value


def lessons() -> list[str]:
    """The lessons' folders, in the order of the course."""
    return list(dict.fromkeys(LESSONS.values()))


def modules_of(lesson: str) -> list[str]:
    """The modules of a lesson's folder: one for each of its notebooks."""
    return [module for module, folder in LESSONS.items() if folder == lesson]


def module_of(lesson: str, notebook: str) -> str:
    """The module of a lesson's only notebook, or that of the notebook's own name where the lesson has several.

    Args:
        lesson: the lesson's folder.
        notebook: the notebook's name, without ``.ipynb``.
    """
    modules = modules_of(lesson)
    own = f"{modules[0].partition('.')[0]}.{notebook.replace('-', '_')}"
    return own if own in modules else modules[0]


def modules_before(lesson: str) -> list[str]:
    """The modules of `solutions` that a lesson may import: those of the lessons before it, and what stands between."""
    order = lessons()
    before = order[: order.index(lesson)]
    between = [module for module, first in BETWEEN.items() if first <= lesson]
    return [module for module, folder in LESSONS.items() if folder in before] + between


@cache
def tasks_of(module: str) -> dict[str, Task]:
    """All tasks of a module, by name, in the order of its notebook."""
    found: tuple[Task, ...] = importlib.import_module(f"grader.checks.tasks.{module}").TASKS
    return {task.name: task for task in found}


def earlier_of(task: Task) -> tuple[Task, ...]:
    """All tasks that a task builds on, directly or through others, in the order of the notebook."""
    known, names, new = tasks_of(task.module), set[str](), {*task.builds_on}
    while new:
        names |= new
        new = {name for each in new for name in known[each].builds_on} - names
    return tuple(each for each in known.values() if each.name in names)


def all_tasks() -> dict[str, Task]:
    """All tasks of all lessons, by name."""
    return {name: task for module in LESSONS for name, task in tasks_of(module).items()}


def tasks_by_grade_id() -> dict[str, Task]:
    """All tasks, by the grade id of their grade cell."""
    return {task.grade_id: task for task in all_tasks().values()}


def find_task(name: str) -> Task:
    """The task of that name.

    Raises:
        UnknownTask: there is none; the message names the one that was probably meant, or lists those there are.
    """
    known = all_tasks()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1) or [task for task in known if task.endswith(f".{name}")]
    advice = f"did you mean {near[0]!r}?" if near else f"the tasks are: {', '.join(known)}"
    raise UnknownTask(f"there is no task {name!r}; {advice}")
