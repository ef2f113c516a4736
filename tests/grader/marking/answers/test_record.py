"""Do the recorded references hold, and does recording again give them again?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from grader.checks import expected as public
from grader.checks import tolerance as policy
from grader.checks.answers import Answer
from grader.checks.compare import compare
from grader.checks.device import on_device
from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, all_tasks
from grader.checks.tasks.drawing import MAX_GAIN
from grader.cli import app
from grader.marking.answers import alternatives, references
from grader.marking.answers.recording import noise
from grader.marking.answers.recording.record import Failed, NotRecorded, Recording, _record_in_a_process, record
from grader.marking.answers.references import recorded

ROOT = Path(__file__).resolve().parents[4]
MODULES = list(LESSONS)
TASKS = list(all_tasks().values())
every_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
load = cache(references.load)
"""The files in the tree, read once."""


def recorded_again(module, folder) -> dict[Path, Path]:
    """A lesson's CPU references recorded once more, from the seeds of those in the tree: the files by their place."""
    shutil.copytree(recorded.FOLDER / "cpu", folder / "references" / "cpu")
    paths = record("cpu", [module], references=folder / "references", expected=folder / "expected")
    return {path.relative_to(folder): path for path in paths}


@every_task
def test_todays_code_reproduces_the_recorded_outputs(task):
    """On the CPU; where this machine has a GPU and its references were recorded, there too."""
    here = [device for device in references.devices(task.module) if device == "cpu" or torch.cuda.is_available()]
    assert "cpu" in here
    for device in here:
        stored = load(task.module, device)
        for case in task.cases:
            seed = stored.seeds[task.name][case.label]
            with on_device(device):
                live = Answer(case.label, seed, references.reference_outputs(task, case, seed))
            floors = references.recorded_floors(task.module)[task.name][case.label]
            findings = compare(task.of_results, case, live, stored.outputs(task.name, case.label), floors)
            assert [finding.kind for finding in findings] == ["right"] * len(task.outputs), (device, case.label)


@every_task
def test_float32_misses_float64_by_no_more_than_the_tolerance(task):
    stored = load(task.module, "cpu")
    for case in (case for case in task.cases if case.dtype == "float32"):
        double, single = (stored.outputs(task.name, case.label, dtype) for dtype in ("float64", "float32"))
        for output in task.outputs:
            limit = policy.tolerance("float32", stored.floors[task.name][case.label][output.name])
            assert np.all(policy.error(single[output.name], double[output.name]) <= limit)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_recording_again_gives_the_same_seeds_and_outputs(module, tmp_path):
    """Seeds exactly; outputs within the tolerance, for this machine may not be the one that recorded."""
    recorded_again(module, tmp_path)
    old, new = references.load(module, "cpu"), references.load(module, "cpu", tmp_path / "references")
    assert new.seeds == old.seeds
    assert new.arrays.keys() == old.arrays.keys()
    for key, array in old.arrays.items():
        assert new.arrays[key].dtype == array.dtype
        assert np.all(policy.error(new.arrays[key], array) <= policy.LEAST["float32" if "@" in key else "float64"]), key


@pytest.mark.parametrize("module", MODULES)
def test_the_public_files_hold_the_worst_floors_of_all_devices(module):
    stored = json.loads(public.file_of(public.FOLDER, module, "json").read_text())
    assert stored["floors"] == references.floors(module)


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_same_machine_writes_the_same_bytes(module, tmp_path, monkeypatch):
    """Noise floors included, measured on fewer seeds here."""
    monkeypatch.setattr(noise, "floor", partial(noise.floor, seeds=noise.SEEDS[:2]))
    one, other = (recorded_again(module, tmp_path / name) for name in ("one", "other"))
    assert one.keys() == other.keys()
    assert [place for place in one if one[place].read_bytes() != other[place].read_bytes()] == []


@pytest.mark.parametrize("task", [task for task in TASKS if task.gain], ids=lambda task: task.name)
def test_recurrences_are_contractive(task):
    """Those recorded, and those that any seed draws; `record` refuses others."""
    for case in task.cases:
        seeds = (load(task.module, "cpu").seeds[task.name][case.label], *range(20))
        assert max(task.gain(task.draw(case, seed)) for seed in seeds) <= MAX_GAIN


def test_a_wild_recurrence_is_not_recorded(tmp_path, monkeypatch):
    wild = replace(TASKS[0], gain=lambda inputs: 2.5)
    monkeypatch.setattr("grader.marking.answers.recording.record.tasks_of", lambda module: {wild.name: wild})
    with pytest.raises(NotRecorded, match=r"srn / srn.step / ordinary: TooWild: .*gain 2.50"):
        record("cpu", ["srn"], tmp_path, tmp_path)
    assert not list(tmp_path.iterdir())


def fails(task, case) -> bool:
    return (task.name, case.label) in {("srn.step", "float32"), ("srn.f1_score", "ordinary")}


def test_what_fails_is_named_and_stops_nothing_else(tmp_path, monkeypatch):
    """Every case of every module is tried; a module with a failed one keeps the files that it had."""
    tried = []

    def floor(task, case, device):
        tried.append((task.name, case.label))
        if fails(task, case):
            raise RuntimeError("cudnn RNN backward can\nonly be called in training mode")
        return {output.name: 0.0 for output in task.outputs}

    monkeypatch.setattr(noise, "floor", floor)
    told = []
    with pytest.raises(NotRecorded) as failure:
        record("cpu", ["srn", "applications.tagging"], tmp_path / "r", tmp_path / "e", on_progress=told.append)
    assert str(failure.value).splitlines() == [
        "not recorded:",
        "  srn / srn.step / float32: RuntimeError: cudnn RNN backward can only be called in training mode",
        "  srn / srn.f1_score / ordinary: RuntimeError: cudnn RNN backward can only be called in training mode",
    ]
    wanted = [task for task in TASKS if task.module in ("srn", "applications.tagging")]
    assert tried == [(task.name, case.label) for task in wanted for case in task.cases]
    assert {one.module: (len(one.written), len(one.failed)) for one in told} == {
        "srn": (0, 2),
        "applications.tagging": (6, 0),
    }
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    kinds = "json", "npz", "mistakes.json"
    assert written == {f"{place}/applications/tagging.{kind}" for place in ("r/cpu", "e") for kind in kinds}


class Deadly:
    """Ends the process that unpickles it."""

    def __reduce__(self):
        return os._exit, (3,)


def test_a_process_that_dies_is_a_failure_of_its_module_alone(tmp_path):
    found = _record_in_a_process("srn", "cpu", Deadly(), tmp_path)
    assert found.written == []
    assert [str(one).partition(":")[0] for one in found.failed] == ["srn"]


def test_what_has_no_deterministic_algorithm_is_recorded(tmp_path, monkeypatch):
    """As the loss of part-of-speech tags on CUDA; here by an operation that has none on any device."""
    plain = TASKS[0]

    def call(function, inputs):
        torch.ones(2).put_(torch.tensor([0]), torch.ones(1))
        return plain.call(function, inputs)

    monkeypatch.setattr(noise, "floor", partial(noise.floor, seeds=range(1)))
    odd = {plain.name: replace(plain, call=call)}
    monkeypatch.setattr("grader.marking.answers.recording.record.tasks_of", lambda module: odd)
    assert len(record("cpu", ["srn"], tmp_path, tmp_path / "expected")) == 6


@pytest.mark.slow
def test_side_by_side_the_same_is_written_as_one_after_the_other(tmp_path):
    modules = ["applications.sentiment", "applications.tagging"]
    for name, jobs in (("one", 1), ("two", 2)):
        shutil.copytree(recorded.FOLDER / "cpu", tmp_path / name / "references" / "cpu")
        record("cpu", modules, tmp_path / name / "references", tmp_path / name / "expected", jobs)
    one, two = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("one", "two")
    )
    assert one == two


def test_the_command_lists_what_failed_and_exits_with_1(monkeypatch):
    failed = Failed("gru", "gru.module", "ordinary", "RuntimeError: no")

    def none(device, jobs, on_progress):
        on_progress(Recording("gru", failed=[failed]))
        raise NotRecorded([failed])

    monkeypatch.setattr("grader.marking.answers.recording.record.record", none)
    done = CliRunner().invoke(app, ["record", "--jobs", "2"])
    assert done.exit_code == 1
    assert done.output.count("gru / gru.module / ordinary: RuntimeError: no") == 2


def test_a_wrong_alternative_cannot_raise_the_noise_floor(monkeypatch):
    task = TASKS[0]
    monkeypatch.setattr(noise, "alternatives", lambda task: (lambda x_t, h, W, U, b: h,))
    with pytest.raises(noise.Noisy, match="h_t of"):
        noise.floor(task, task.cases[0], "cpu", seeds=range(1))


def test_permuting_and_undoing_it_leaves_right_answers_right():
    """Are the axes that a lesson declares the true ones? A wrong letter would show as a large error."""
    for task in TASKS:
        inputs = task.draw(task.cases[0], 5)
        reference = references.live.reference(task)
        right = references.live.run(task, reference, inputs)
        for answer in alternatives.answers_in_other_orders(task, reference, inputs, np.random.default_rng(5)):
            for name in right:
                assert np.all(policy.error(answer[name], right[name]) <= policy.LEAST["float64"])


def test_a_float32_case_is_computed_in_float64_from_rounded_inputs():
    task = TASKS[0]
    case = task.case("float32")
    inputs = {name: value.astype("float64") for name, value in task.draw(case, 7).items()}
    got = references.reference_outputs(task, case, 7)["h_t"]
    assert got.dtype == np.float64
    assert np.array_equal(got, references.live.reference(task)(**inputs))


def test_floors_are_rounded_up_to_two_digits():
    assert [noise._round_up(value) for value in (0.0, 1.234e-16, 9.99e-8, 2e-7)] == [0.0, 1.3e-16, 1e-7, 2e-7]


@pytest.mark.parametrize(
    ("device", "lessons", "message"), [("tpu", ["srn"], "no device 'tpu'"), ("cpu", ["no"], "no lesson")]
)
def test_unknown_devices_and_lessons_are_named(device, lessons, message, tmp_path):
    with pytest.raises(GraderError, match=message):
        record(device, lessons, tmp_path, tmp_path)


def test_a_missing_recording_says_how_to_make_it(tmp_path):
    with pytest.raises(references.MissingRecording, match="grader record --device cuda"):
        references.load("srn", "cuda", tmp_path)


def test_all_devices_record_the_same_inputs():
    for module in MODULES:
        seeds = [references.load(module, device).seeds for device in references.devices(module)]
        assert all(other == seeds[0] for other in seeds)


def test_the_recorder_needs_numpy_and_torch_alone():
    """Does it start on a bare machine, where nothing of Jupyter, nbgrader and matplotlib is installed?"""
    absent = ["IPython", "ipykernel", "matplotlib", "nbformat", "nbgrader", "rich", "traitlets", "typer"]
    code = f"import sys; sys.modules.update(dict.fromkeys({absent})); import grader.marking.answers.recording.record"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
