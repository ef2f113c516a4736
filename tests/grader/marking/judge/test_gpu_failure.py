"""Is a GPU that failed told apart from an answer that is wrong, and does nobody gain by saying that it failed?"""

from __future__ import annotations

import json

import pytest
import torch

from grader.checks.answers import MIME, collect, pack
from grader.checks.task import find_task
from grader.marking.answers.references.live import reference
from grader.marking.judge.referee import judge

TASK = find_task("srn.module")
PLAN = [(case.label, seed) for seed, case in enumerate(TASK.cases)]
MEMORY = "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 79.11 GiB"
FAILURES = [
    (torch.cuda.OutOfMemoryError(MEMORY), "the GPU's memory ran out"),
    (RuntimeError("CUDA error: out of memory\nCUDA kernel errors might be reported later"), "the GPU's memory ran out"),
    (RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate`"), "the GPU's memory ran out"),
    (RuntimeError("CUDA error: device-side assert triggered"), "CUDA failed"),
    (RuntimeError("CUDA driver error: unknown error"), "CUDA failed"),
    (RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"), "CUDA failed"),
]


def failing(error):
    """Right, but that it fails in float32."""

    class Module(reference(TASK)):
        def forward(self, x, h0):
            if x.dtype == torch.float32:
                raise error
            return super().forward(x, h0)

    return Module


def judged(answer, gpu, **more):
    bundle = pack(TASK, [collect(TASK, answer, TASK.case(label), seed) for label, seed in PLAN]) | more
    return judge(TASK, [{"data": {MIME: json.loads(json.dumps(bundle))}}], PLAN, gpu=gpu)


@pytest.mark.parametrize(("error", "why"), FAILURES, ids=lambda value: str(value)[:30])
def test_what_the_gpu_prevented_is_not_marked(error, why):
    verdict = judged(failing(error), gpu=True)
    assert verdict.points is None
    assert why in verdict.reason
    assert "mark it again" in verdict.reason


@pytest.mark.parametrize(("error", "why"), FAILURES, ids=lambda value: str(value)[:30])
def test_without_a_gpu_nobody_is_believed(error, why):
    verdict = judged(failing(error), gpu=False)
    assert verdict.points == 0


@pytest.mark.parametrize("error", [MemoryError("out of memory"), RuntimeError("no GPU"), ValueError("memory")])
def test_another_error_costs_its_points_on_a_gpu_too(error):
    assert judged(failing(error), gpu=True).points == 0


@pytest.mark.parametrize("gpu", [True, False])
def test_a_cell_that_the_gpu_stopped_is_not_marked_either(gpu):
    error = {"output_type": "error", "ename": "OutOfMemoryError", "evalue": MEMORY, "traceback": []}
    verdict = judge(TASK, [error], PLAN, gpu=gpu)
    assert verdict.points == (None if gpu else 0.0)


# --- where it was computed ---


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (["cuda"], ("cuda",)),
        (["cuda", "cpu"], ("cpu", "cuda")),
        (["<b>cuda</b>", "tpu"], ()),
        ("cuda", ()),
        (None, ()),
        ([["cuda"], 3, None], ()),
        ({"cuda": 1}, ()),
    ],
)
def test_what_the_kernel_says_of_its_device_is_one_of_the_devices_or_nothing(said, shown):
    verdict = judged(reference(TASK), False, devices=said)
    assert verdict.devices == shown
    assert verdict.points == TASK.points


def test_numpys_tasks_have_no_device():
    task = find_task("srn.step")
    plan = [(task.cases[0].label, 1)]
    bundle = pack(task, [collect(task, reference(task), task.cases[0], 1)]) | {"devices": ["cuda"]}
    assert judge(task, [{"data": {MIME: bundle}}], plan).devices == ()
