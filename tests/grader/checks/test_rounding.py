"""Does an answer that is rounded to TF32 lose points, and is the student told what may be the reason?

No TF32 is needed for that: its rounding to 10 bits of mantissa is emulated.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from grader.checks.answers import collect
from grader.checks.check import public_report
from grader.checks.compare import Finding
from grader.checks.report import passed
from grader.checks.rounding import MOST, TF32_MAY_BE_ON, rounded_coarsely
from grader.checks.task import all_tasks, find_task
from grader.marking.answers import references
from grader.marking.judge.referee import mark

TASKS = [task for task in all_tasks().values() if task.torch]
MULTIPLY = [task for task in TASKS if task.name.endswith((".module", ".packed", ".attend"))]
PRODUCTS = {"aten::mm", "aten::addmm", "aten::bmm", "aten::baddbmm"}


def tf32(value):
    """The value with 10 bits of mantissa, rounded to nearest, where it is a float32 tensor."""
    if not isinstance(value, torch.Tensor) or value.dtype != torch.float32:
        return value
    return ((value.detach().contiguous().view(torch.int32) + 0x1000) & ~0x1FFF).view(torch.float32)


class TF32Products(TorchDispatchMode):
    """Inside, the factors of matrix products are rounded as tensor cores round them."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function._schema.name in PRODUCTS:
            args = tree_map(tf32, args)
        return function(*args, **(kwargs or {}))


def with_products_rounded(task):
    """The task as a GPU with TF32 would compute it."""

    def call(answer, inputs):
        with TF32Products():
            return task.call(answer, inputs)

    return replace(task, call=call)


def with_results_rounded(task):
    def call(answer, inputs):
        returned = task.call(answer, inputs)
        return tuple(map(tf32, returned)) if isinstance(returned, tuple) else tf32(returned)

    return replace(task, call=call)


def test_the_emulation_rounds_to_10_bits():
    values = torch.tensor([1.0, 1 + 2**-10, 1 + 2**-11 + 2**-20, 1 + 2**-12, -3.14159265])
    assert tf32(values).tolist() == [1.0, 1 + 2**-10, 1 + 2**-10, 1.0, -3.140625]
    assert tf32(values.double()).tolist() == values.double().tolist()


ROUNDED = [*((with_results_rounded, task) for task in TASKS), *((with_products_rounded, task) for task in MULTIPLY)]
rounded = pytest.mark.parametrize(
    ("rounded", "task"), ROUNDED, ids=[f"{how.__name__.split('_')[1]}-{task.name}" for how, task in ROUNDED]
)


@pytest.mark.parametrize("task", MULTIPLY, ids=lambda task: task.name)
def test_a_public_check_fails_and_says_that_tf32_may_be_on(task):
    """Of the tasks with a matrix product: nothing else is rounded to TF32."""
    found = public_report(with_products_rounded(task), references.live.reference(task))
    assert not passed(found)
    assert TF32_MAY_BE_ON in found.remarks


@rounded
def test_it_loses_points_and_the_report_says_that_tf32_may_be_on(rounded, task):
    odd, seeds = rounded(task), references.recording(task.module).seeds[task.name]
    answers = [collect(odd, references.live.reference(task), case, seeds[case.label]) for case in task.cases]
    verdict = mark(task, answers)
    assert verdict.points < task.points
    assert TF32_MAY_BE_ON in verdict.remarks


# --- it is said of nothing else ---


def findings(**of_float32):
    task = find_task("srn.module")
    right = [Finding(output.name, case.label, "right", error=0.0) for case in task.cases for output in task.outputs]
    at = next(place for place, finding in enumerate(right) if finding.case == "float32")
    right[at] = replace(right[at], **of_float32)
    return task, right


def test_it_is_said_only_of_small_errors_in_float32_alone():
    assert rounded_coarsely(*findings(kind="value", error=MOST)) == TF32_MAY_BE_ON
    assert rounded_coarsely(*findings()) == ""
    assert rounded_coarsely(*findings(kind="value", error=1.1 * MOST)) == ""
    assert rounded_coarsely(*findings(kind="shape", error=float("nan"))) == ""


def test_a_wrong_float64_case_speaks_against_it():
    task, found = findings(kind="value", error=MOST)
    odd = next(at for at, finding in enumerate(found) if task.case(finding.case).dtype == "float64")
    assert (
        rounded_coarsely(task, [*found[:odd], replace(found[odd], kind="value", error=1e-4), *found[odd + 1 :]]) == ""
    )


def test_without_a_float64_case_nothing_is_known():
    task, found = findings(kind="value", error=MOST)
    assert rounded_coarsely(task, [finding for finding in found if finding.case == "float32"]) == ""


def test_numpy_has_no_tf32():
    _, found = findings(kind="value", error=MOST)
    assert rounded_coarsely(replace(find_task("srn.module"), torch=False), found) == ""


def test_half_precision_in_the_answer_is_told_the_same():
    class Half(references.live.reference(find_task("srn.module"))):
        def forward(self, x, h0):
            h = super().forward(x, h0)
            return h if h.dtype == torch.float64 else h.half().float()

    found = public_report(find_task("srn.module"), Half)
    assert TF32_MAY_BE_ON in found.remarks
    assert np.isfinite([finding.error for finding in found.findings]).all()
