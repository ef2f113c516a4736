"""Does `check` on a student's machine say what is wrong, raise cleanly, and leave the notebook's state alone?"""

from __future__ import annotations

import importlib
import random
import subprocess
import sys
import warnings
import zlib
from contextlib import suppress

import numpy as np
import pytest
import torch

import grader.checks
from grader.checks import CheckFailed, check
from grader.checks.errors import STOPS_HERE, BadCall, GraderError, MissingExpected, UnknownTask
from grader.checks.expected import expected_outputs, public_seed
from grader.checks.task import all_tasks, find_task
from solutions import srn
from tests.grader.checks.wrong_sequences import forgets, right


@pytest.mark.parametrize("task", all_tasks().values(), ids=lambda task: task.name)
def test_the_reference_passes_its_public_checks(task, capsys):
    module, name = task.reference.split(":")
    assert check(task.name, getattr(importlib.import_module(module), name)) is None
    out, err = capsys.readouterr()
    assert out.endswith("public checks passed\n")
    assert err == ""


def test_a_wrong_answer_is_reported_and_raises(capsys):
    says = r"^srn\.sequence: 3 of 4 public checks failed ✗ 3 of 4 cases: in the case “ordinary”, 60 of 72"
    with pytest.raises(CheckFailed, match=says):
        check("srn.sequence", forgets)
    assert capsys.readouterr().out.endswith("3 of 4 public checks failed\n")


def test_a_failed_check_is_an_assertion_error_without_a_cause(monkeypatch):
    """nbgrader's Validate and pytest know assertion errors. A notebook shows one line, and nbgrader what failed."""
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    with pytest.raises(AssertionError) as caught:
        check("srn.sequence", lambda **inputs: 1 / 0)
    assert caught.value.__suppress_context__
    assert caught.value._render_traceback_() == [STOPS_HERE.format("srn.sequence")]
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert caught.value._render_traceback_() == [str(caught.value)]


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (("srn.stpe", srn.step), UnknownTask, "did you mean 'srn.step'"),
        ((srn.step, "srn.step"), BadCall, "the name comes first: check('srn.step', step)"),
        ((1, srn.step), BadCall, "needs the name of a task first"),
        ((["srn.step"], srn.step), BadCall, "needs the name of a task first"),
        (("srn.step", np.ones(3)), BadCall, "wants your function step itself, not its result (here of type ndarray)"),
        (("srn.step", None), BadCall, "not its result (here of type NoneType)"),
        (("srn.step", "step"), BadCall, "not its result (here of type str)"),
        (("srn.step", srn.SRN), BadCall, "wants your function step, not the class SRN"),
        (("srn.module", srn.SRN(2, 3)), BadCall, "wants your class SRN itself, not an instance of SRN"),
        (("srn.module", 3), BadCall, "not an instance of int"),
    ],
)
def test_a_misuse_has_its_own_message(arguments, kind, says):
    with pytest.raises(kind) as caught:
        check(*arguments)
    assert says in str(caught.value)
    assert caught.value._render_traceback_() == [f"{kind.__name__}: {caught.value}"]


def test_a_function_that_makes_a_module_will_do(capsys):
    check("srn.module", lambda D, H: srn.SRN(D, H))


def test_numpys_warnings_are_remarks_and_not_on_stderr(capsys):
    def output_layer(h, V, c):
        e = np.exp(h @ V.T + c)
        return e / e.sum(axis=-1, keepdims=True)

    with pytest.raises(CheckFailed):
        check("srn.output_layer", output_layer, details=True)
    out, err = capsys.readouterr()
    assert out.count("! Python warned: overflow encountered in exp") == 1
    assert err == ""


def test_what_the_student_writes_to_stderr_does_not_stay_there(capsys):
    """nbgrader's Validate takes any text on stderr for a failure."""

    def noisy(**inputs):
        print("50 %", file=sys.stderr)
        return right(**inputs)

    check("srn.sequence", noisy)
    assert capsys.readouterr().err == ""


def careless():
    """Changes every global state there is."""
    np.seterr(all="raise")
    np.random.seed(0)
    random.seed(0)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)


def careless_module(D, H):
    careless()
    return srn.SRN(D, H)


def careless_sequence(x, h0, W, U, b):
    careless()
    return right(x, h0, W, U, b)


def state():
    return (
        np.geterr(),
        np.random.get_state()[1].tolist(),
        np.random.get_state()[2:],
        random.getstate(),
        list(warnings.filters),
        torch.get_rng_state().tolist(),
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        sys.stderr,
    )


@pytest.mark.parametrize(
    ("name", "answer"),
    [("srn.module", srn.SRN), ("srn.module", careless_module), ("srn.sequence", careless_sequence)],
)
def test_the_notebooks_state_is_left_as_it_was(name, answer, capsys):
    with np.errstate(over="raise", divide="ignore"):
        before = state()
        with suppress(CheckFailed):
            check(name, answer)
        assert state() == before


def test_a_state_set_by_the_student_changes_no_verdict(capsys):
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        check("srn.output_layer", srn.output_layer)


def test_the_import_is_light():
    script = (
        "import sys, grader.checks\n"
        "heavy = {'torch', 'matplotlib', 'IPython', 'solutions'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_public_surface_is_small():
    assert grader.checks.__all__ == ["CheckFailed", "GraderError", "check", "earned"]
    assert issubclass(CheckFailed, GraderError)


def test_a_public_seed_is_the_same_for_everybody():
    step = find_task("srn.step")
    assert public_seed(step, step.case("ordinary")) == zlib.crc32(b"srn.step/ordinary")
    assert len({public_seed(step, case) for case in step.cases}) == len(step.cases)


def test_missing_recordings_say_what_to_do(tmp_path):
    step = find_task("srn.step")
    with pytest.raises(MissingExpected, match=r"srn.npz is missing: .* `grader record`"):
        expected_outputs(step, step.case("ordinary"), tmp_path)
    np.savez(tmp_path / "srn.npz", a=1)
    (tmp_path / "srn.json").write_text('{"floors": {}}')
    with pytest.raises(MissingExpected, match=r"srn\.step/ordinary/h_t was not recorded"):
        expected_outputs(step, step.case("ordinary"), tmp_path)


def test_public_outputs_are_recorded_for_the_public_cases_alone():
    """Hidden cases have no recorded outputs on a student's machine."""
    for task in all_tasks().values():
        for case in task.cases:
            if case.public:
                assert set(expected_outputs(task, case)) == {output.name for output in task.outputs}
            else:
                with pytest.raises(MissingExpected):
                    expected_outputs(task, case)


def test_a_broken_gpu_harms_no_task_of_numpys(monkeypatch):
    """After an error of CUDA every call there fails until the kernel is restarted."""

    def broken(*_):
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_rng_state_all", broken)
    monkeypatch.setattr(torch.cuda, "set_rng_state_all", broken)
    check("srn.step", srn.step)
