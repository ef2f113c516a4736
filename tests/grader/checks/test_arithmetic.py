"""Is PyTorch's arithmetic that of the references inside, and the user's own outside?"""

from __future__ import annotations

import subprocess
import sys
import warnings
from dataclasses import replace

import pytest
import torch

from grader.checks import arithmetic
from grader.checks import tolerance as policy
from grader.checks.arithmetic import reference_arithmetic
from grader.checks.check import public_report
from grader.checks.task import find_task
from grader.marking.answers import references
from grader.marking.answers.misconceptions import bank, naming

NEW = hasattr(torch._C, "_set_fp32_precision_setter")
needs_precisions = pytest.mark.skipif(not NEW, reason="PyTorch 2.9 and newer have a precision for each backend")


def settings() -> dict[str, object]:
    """All that decides how PyTorch computes, read anew; an older setting that contradicts a newer one as "mixed"."""
    found: dict[str, object] = {
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "cuDNN": torch.backends.cudnn.enabled,
    }
    older = {
        "matmul": torch.get_float32_matmul_precision,
        "TF32 in matmul": lambda: torch.backends.cuda.matmul.allow_tf32,
        "TF32 in cuDNN": lambda: torch.backends.cudnn.allow_tf32,
    }
    for name, read in older.items():
        try:
            found[name] = read()
        except RuntimeError:
            found[name] = "mixed"
    if NEW:
        found |= {place: torch._C._get_fp32_precision_getter(*place) for place in arithmetic.PRECISIONS}
    return found


INSIDE = {
    "deterministic": True,
    "warn only": True,
    "cuDNN": False,
    "matmul": "highest",
    "TF32 in matmul": False,
    "TF32 in cuDNN": False,
} | (dict.fromkeys(arithmetic.PRECISIONS, "ieee") if NEW else {})


def kept() -> arithmetic._Settings:
    """The settings as they were set, with "none" for a precision that is its parent's."""
    found = arithmetic._read(torch)
    arithmetic._write(torch, found)
    return found


def older_settings() -> None:
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.enabled = False
    torch._C._set_deterministic_algorithms(True, warn_only=False)


def newer_settings() -> None:
    torch.backends.fp32_precision = "tf32"
    torch.backends.cudnn.rnn.fp32_precision = "none"
    torch.backends.cudnn.conv.fp32_precision = "ieee"
    torch._C._set_deterministic_algorithms(True, warn_only=True)


def mixed_settings() -> None:
    torch.set_float32_matmul_precision("high")
    torch.backends.cuda.matmul.fp32_precision = "ieee"
    torch.backends.cudnn.rnn.fp32_precision = "ieee"


@pytest.fixture(
    params=[
        lambda: None,
        older_settings,
        pytest.param(newer_settings, marks=needs_precisions),
        pytest.param(mixed_settings, marks=needs_precisions),
    ],
    ids=["by default", "older settings", "newer settings", "mixed settings"],
)
def the_users(request):
    """Some user's own settings, as `settings` reads them; after the test those of before."""
    before = kept()
    request.param()
    try:
        yield settings()
    finally:
        arithmetic._write(torch, before)


def test_inside_it_is_the_references_and_afterwards_the_users(the_users):
    with reference_arithmetic():
        assert settings() == INSIDE
        with reference_arithmetic():
            assert settings() == INSIDE
        assert settings() == INSIDE
    assert settings() == the_users


def test_a_failure_inside_changes_nothing(the_users):
    def fails():
        with reference_arithmetic():
            older_settings()
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fails()
    assert settings() == the_users


@needs_precisions
def test_what_was_left_to_its_parent_still_follows_it(the_users):
    """Restored as it was set, not as it was read: "none" means that of the parent."""
    before = kept()
    with reference_arithmetic():
        pass
    assert kept() == before
    torch.backends.fp32_precision = "ieee"
    followed = torch.backends.cudnn.fp32_precision
    assert followed == "ieee"


def test_pytorch_before_2_9_has_the_older_settings_alone(monkeypatch):
    monkeypatch.setattr(arithmetic, "_has_precisions", lambda torch: False)
    before = settings()
    torch.set_float32_matmul_precision("high")
    try:
        with reference_arithmetic():
            inside = settings()
            assert inside.items() >= {name: INSIDE[name] for name in ("matmul", "TF32 in matmul", "cuDNN")}.items()
            assert inside["TF32 in cuDNN"] is False
        assert torch.get_float32_matmul_precision() == "high"
        assert torch.backends.cudnn.allow_tf32 == before["TF32 in cuDNN"]
    finally:
        torch.set_float32_matmul_precision("highest")


# --- everyone who computes answers --------------------------------------------------------------------------------


def test_a_students_check_runs_in_it(the_users):
    seen = []
    task = find_task("srn.module")
    public_report(task, lambda D, H: seen.append(settings()))
    assert seen
    assert all(each == INSIDE for each in seen)
    assert settings() == the_users


def test_so_does_a_reference(the_users):
    seen = []
    task = replace(find_task("srn.parameter_count"), call=lambda answer, inputs: seen.append(settings()) or 1)
    references.reference_outputs(task, task.cases[0], 1)
    assert seen == [INSIDE]
    assert settings() == the_users


def test_so_does_a_known_mistake(the_users, monkeypatch):
    seen = []
    monkeypatch.setattr(naming, "outputs_of", lambda *_: seen.append(settings()))
    naming._theirs.__wrapped__("srn.step", bank(find_task("srn.step"))[0], "ordinary", 1, "cpu")
    assert seen == [INSIDE]
    assert settings() == the_users


# --- what has no deterministic algorithm --------------------------------------------------------------------------


def put(target: torch.Tensor) -> torch.Tensor:
    """PyTorch has no deterministic algorithm for it, on any device, and refuses it where only such are allowed."""
    return target.put_(torch.tensor([0]), torch.ones(1))


def test_what_has_no_deterministic_algorithm_is_computed_all_the_same(the_users):
    with reference_arithmetic(), warnings.catch_warnings(record=True) as caught:
        assert put(torch.ones(2)).tolist() == [1, 1]
    assert caught == []


def test_a_student_is_not_told_of_it():
    from solutions.srn import SRN

    class Putting(SRN):
        def forward(self, x, h0):
            put(torch.ones(2))
            warnings.warn("of the student's own", stacklevel=1)
            return super().forward(x, h0)

    found = public_report(find_task("srn.module"), Putting)
    assert all(finding.right for finding in found.findings)
    assert found.remarks == ("Python warned: of the student's own",)


# --- what it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unwanted", ["torch", "torch._inductor.config"])
def test_nothing_large_is_imported_for_it(unwanted):
    """Neither PyTorch where it was not imported, nor PyTorch's compiler."""
    first = "" if unwanted == "torch" else "import torch"
    code = (
        f"import sys; {first}\nfrom grader.checks.arithmetic import reference_arithmetic\n"
        f"with reference_arithmetic(): pass\nprint({unwanted!r} in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


# --- on a GPU ---


@pytest.mark.gpu
@pytest.mark.parametrize("layer", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("training", [True, False])
def test_pytorchs_own_layers_are_right_on_a_gpu_with_gradients(layer, training):
    """Also in evaluation mode, and whatever the notebook says of TF32."""
    torch.manual_seed(0)
    double = getattr(torch.nn, layer)(5, 7, bidirectional=True).double().train(training)
    x = torch.randn(11, 3, 5, dtype=torch.float64)
    single = getattr(torch.nn, layer)(5, 7, bidirectional=True).cuda().train(training)
    single.load_state_dict(double.state_dict())
    before = kept()
    torch.backends.cudnn.allow_tf32 = True
    try:
        with reference_arithmetic():
            got, wanted = single(x.float().cuda())[0], double(x)[0]
            for result in (got, wanted):
                result.square().sum().backward()
    finally:
        arithmetic._write(torch, before)
    gradients = [(mine.grad, other.grad) for mine, other in zip(single.parameters(), double.parameters(), strict=True)]
    for mine, other in ((got.detach(), wanted.detach()), *gradients):
        assert (policy.error(mine.cpu().numpy(), other.numpy()) <= policy.LEAST["float32"] / 10).all()
