"""Is what is recorded of the known mistakes what they make today, and does marking go by it?"""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from grader.checks import signatures
from grader.checks.answers import Answer, Problem, collect
from grader.checks.compare import compare
from grader.checks.expected import FOLDER, expected_outputs, file_of, noise_floors, public_seed
from grader.checks.fits import Made, Seen, made, see
from grader.checks.known_mistakes import ENDING, entries, known
from grader.checks.signatures import Signature
from grader.checks.task import LESSONS, Case, Task, all_tasks, find_task, tasks_of
from grader.marking.answers import references
from grader.marking.answers.misconceptions import OutOfTime, Stopwatch, bank, mistaken, named, naming, outputs_of
from grader.marking.answers.misconceptions.stored import digest, stored
from grader.marking.answers.recording.mistakes import mistakes_of, out_of_date, shown
from grader.marking.answers.references import recorded

TASKS = list(all_tasks().values())
RECORD = "run `grader mistakes`, and commit the files that it names"
SAMPLE = 40
"""Entries of each module that are computed again."""


# --- what is recorded -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", LESSONS)
def test_every_entry_is_recorded_as_it_is_now(module):
    """The edit, the sentence, the module that it edits, and the inputs; of a GPU's, marking runs what is not."""
    assert out_of_date(module) == [], RECORD


@pytest.mark.parametrize("module", LESSONS)
def test_students_are_given_what_is_recorded_of_the_public_cases(module):
    lines = entries(file_of(recorded.FOLDER / "cpu", module, ENDING))
    assert entries(file_of(FOLDER, module, ENDING)) == [line for line in map(shown, lines) if line], RECORD


def agree(now: Seen, then: Made) -> bool:
    """Whether an entry's answer today is as it was recorded."""
    today = made(now)
    if today.problem != then.problem or today.wrong.keys() != then.wrong.keys():
        return False
    return all(
        signatures.same(now.outputs[name], kept, now.allowed[name])
        if isinstance(kept, Signature)
        else kept == today.wrong[name]
        for name, kept in then.wrong.items()
    )


def made_now(task: Task, entry, case: Case, seed: int, right, floors) -> Seen:
    answer = outputs_of(task, entry, case, seed)
    return see(task, answer, compare(task, case, answer, right, floors), right, floors)


def as_recorded(task: Task, entry) -> bool:
    seeds, floors = (
        references.recording(task.module).seeds[task.name],
        references.recorded_floors(task.module)[task.name],
    )
    public = [mistake.made for mistake in known(task) if mistake.says == entry.says]
    for case in task.cases:
        right = references.recording(task.module).outputs(task.name, case.label)
        if not agree(
            made_now(task, entry, case, seeds[case.label], right, floors[case.label]),
            stored(task.name, "cpu")[entry][case.label],
        ):
            return False
        if case.public:
            now = made_now(
                task, entry, case, public_seed(task, case), expected_outputs(task, case), noise_floors(task, case)
            )
            if not (any(agree(now, each.get(case.label, Made())) for each in public) or made(now) == Made()):
                return False
    return True


def test_one_entry_of_each_task_makes_what_is_recorded():
    chosen = [(task, random.Random(task.name).choice(bank(task))) for task in TASKS if not task.torch]
    assert [f"{task.name}: {entry.name}" for task, entry in chosen if not as_recorded(task, entry)] == [], RECORD


@pytest.mark.slow
@pytest.mark.parametrize("module", LESSONS)
def test_a_sample_of_entries_makes_what_is_recorded(module):
    every = [(task, entry) for task in tasks_of(module).values() for entry in bank(task)]
    chosen = random.Random(module).sample(every, min(SAMPLE, len(every)))
    assert [f"{task.name}: {entry.name}" for task, entry in chosen if not as_recorded(task, entry)] == [], RECORD


def test_only_what_has_changed_is_computed_again(tmp_path, monkeypatch):
    """And a file that holds it all already is not written."""
    module, asked = "applications.tagging", []
    for place in ("cpu", ""):
        for ending in ("json", "npz", ENDING):
            source = recorded.FOLDER / "cpu" if place else FOLDER
            target = file_of(tmp_path / ("r" if place else "e") / place, module, ending)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file_of(source, module, ending).read_bytes())
    own = file_of(tmp_path / "r" / "cpu", module, ENDING)
    whole = own.read_bytes()
    monkeypatch.setattr(
        "grader.marking.answers.recording.mistakes.outputs_of",
        lambda task, entry, case, seed: asked.append(entry.name) or outputs_of(task, entry, case, seed),
    )
    assert mistakes_of(module, "cpu", tmp_path / "r", tmp_path / "e", again=False) == []
    assert asked == []
    lines = json.loads(whole)
    lines[3]["digest"] = "of an older one"
    own.write_text(json.dumps(lines))
    assert mistakes_of(module, "cpu", tmp_path / "r", tmp_path / "e", again=False) == [own]
    assert set(asked) == {lines[3]["name"]}
    assert own.read_bytes() == whole


def test_another_way_to_keep_exceptions_asks_for_a_new_record(monkeypatch):
    task = find_task("srn.step")
    entry = bank(task)[0]
    before = digest(task, entry)
    monkeypatch.setattr("grader.marking.answers.misconceptions.stored.SAID", "said otherwise")
    assert digest(task, entry) != before


def test_the_digest_tells_another_entry_another_source_and_other_inputs():
    from dataclasses import replace

    task = find_task("srn.step")
    first, second, *_ = bank(task)
    assert digest(task, first) == digest(task, first)
    assert digest(task, first) != digest(task, second)
    assert digest(task, first) != digest(task, replace(first, says="Another sentence."))
    assert digest(task, first) != digest(task, first, {"ordinary": 1})
    assert digest(task, first) != digest(replace(task, reference="solutions.gru:step"), first, {}) != ""


# --- naming by it ---------------------------------------------------------------------------------------------------

PLAN_SEED = 4321


def answers_to(task: Task, function) -> list[Answer]:
    """To the recorded inputs, and to a draw."""
    recorded_seeds = references.recording(task.module).seeds[task.name]
    with np.errstate(all="ignore"):
        return [
            collect(task, function, case, seed)
            for case in task.cases
            for seed in (recorded_seeds[case.label], PLAN_SEED)
        ]


@pytest.fixture
def runs(monkeypatch) -> list[tuple[str, int]]:
    """Name and seed of every entry that naming runs."""
    seen: list[tuple[str, int]] = []

    def counted(task, entry, case, seed):
        seen.append((entry.name, seed))
        return outputs_of(task, entry, case, seed)

    naming._theirs.cache_clear()
    monkeypatch.setattr(naming, "outputs_of", counted)
    return seen


def test_only_the_entry_that_fits_is_run_and_only_on_drawn_inputs(runs):
    task = find_task("lstm.sequence")
    entry = bank(task)[3]
    assert named(task, answers_to(task, mistaken(task, entry))) == [entry]
    assert sorted(runs) == sorted((entry.name, PLAN_SEED) for _ in task.cases)


def test_nothing_is_run_for_an_answer_that_is_a_problem_in_every_case(runs):
    def broken(*args, **inputs):
        raise ValueError("the student's own")

    for task in TASKS:
        answers = [
            Answer(case.label, seed, {}, Problem("form", "a set of 2"))
            for case in task.cases
            for seed in (references.recording(task.module).seeds[task.name][case.label], PLAN_SEED)
        ]
        assert named(task, answers, right=[{} for _ in answers]) == []
    task = find_task("lstm.module")
    assert named(task, answers_to(task, broken)) == []
    assert runs == []


def test_an_entry_that_is_not_recorded_as_it_is_now_is_run_everywhere(runs, monkeypatch):
    task = find_task("srn.step")
    entry = bank(task)[0]
    rest = {other: kept for other, kept in stored(task.name, "cpu").items() if other != entry}
    monkeypatch.setattr(naming, "stored", lambda name, device: rest)
    assert named(task, answers_to(task, mistaken(task, entry))) == [entry]
    assert len(runs) == 2 * len(task.cases)


def test_an_entry_that_fits_the_recorded_inputs_alone_is_not_named():
    task = find_task("srn.step")
    entry = bank(task)[0]
    answers = answers_to(task, mistaken(task, entry))
    right = answers_to(task, references.live.reference(task))
    mixed = [one if one.seed != PLAN_SEED else other for one, other in zip(answers, right, strict=True)]
    assert named(task, mixed) == []


def test_when_the_time_is_up_it_says_so(monkeypatch):
    task = find_task("srn.step")
    answers = answers_to(task, mistaken(task, bank(task)[0]))
    naming._theirs.cache_clear()
    with pytest.raises(OutOfTime, match="time"):
        named(task, answers, clock=Stopwatch(0.0))


def test_the_time_of_several_tasks_adds_up():
    clock = Stopwatch(10.0)
    for _ in range(2):
        before = clock.left
        task = find_task("srn.step")
        named(task, answers_to(task, mistaken(task, bank(task)[0])), clock=clock)
        assert clock.left < before
