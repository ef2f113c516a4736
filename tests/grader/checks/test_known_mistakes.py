"""Does `check` name the mistakes that it knows, and does what it knows of them give nothing away?"""

from __future__ import annotations

import json
import time
import zlib
from functools import cache

import numpy as np
import pytest

from grader.checks import signatures
from grader.checks.answers import collect
from grader.checks.as_html import html
from grader.checks.as_text import text
from grader.checks.check import public_report
from grader.checks.compare import compare
from grader.checks.expected import FOLDER, expected_outputs, file_of, noise_floors, public_seed
from grader.checks.fits import limit
from grader.checks.known_mistakes import ENDING, entries, known, sentences
from grader.checks.signatures import Signature, signature
from grader.checks.task import LESSONS, all_tasks, find_task
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references.live import reference

TASKS = list(all_tasks().values())
every_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
MOST_BYTES = 500_000


def told(task, answer) -> tuple[str, ...]:
    """What a check says of known mistakes; where it knows none, it says what came out, which is left out here."""
    says = {entry.says for entry in bank(task)}
    with np.errstate(all="ignore"):
        return tuple(said for said in public_report(task, answer).mistakes if said in says)


def named(task, entry) -> tuple[str, ...]:
    """What is told of a mistake by name; where it has none, what came out is told, too."""
    sentences = {each.says for each in bank(task)}
    return tuple(says for says in told(task, mistaken(task, entry)) if says in sentences)


@cache
def lines(module) -> list[dict]:
    return entries(file_of(FOLDER, module, ENDING))


# --- what is said ---------------------------------------------------------------------------------------------------


def step_with_another_U(x_t, h, W, U, b):
    return np.stack([np.tanh(W @ x + s @ U + b) for x, s in zip(x_t, h, strict=True)])


def test_the_sentence_stands_first_in_words_and_in_html():
    task = find_task("srn.step")
    says = next(entry.says for entry in bank(task) if entry.name == "transposed-U")
    report = public_report(task, step_with_another_U)
    assert report.mistakes == (says,)
    assert says.split()[0] in text(report).splitlines()[1]
    assert html(report).index(says[:20]) < html(report).index("<table")


def test_marking_says_the_same_in_the_same_words():
    from grader.marking.judge.plan import make_plan
    from grader.marking.judge.referee import mark

    task = find_task("srn.step")
    plan = make_plan(b"secret", "a submission", [task])[task.name]
    answers = [collect(task, step_with_another_U, task.case(label), seed) for label, seed in plan]
    assert mark(task, answers).remarks == told(task, step_with_another_U)


@every_task
def test_a_mistake_is_told_its_own_sentence_or_none(task):
    """The first three of each task here; all of them in `test_every_mistake_is_told_its_own_sentence_or_none`."""
    for entry in bank(task)[:3]:
        assert named(task, entry) in ((entry.says,), ()), entry.name


@pytest.mark.slow
@every_task
def test_every_mistake_is_told_its_own_sentence_or_none(task):
    """None where no public case shows it, or where another mistake comes out the same on the public cases."""
    for entry in bank(task):
        assert named(task, entry) in ((entry.says,), ()), entry.name


def test_nearly_all_that_a_public_case_shows_come_out_as_no_other():
    """Of those that do nothing is said."""
    shown = [(line["task"], json.dumps(line["made"])) for module in LESSONS for line in lines(module)]
    assert len(set(shown)) >= 0.99 * len(shown)


@every_task
def test_a_right_answer_is_told_no_mistake(task):
    assert told(task, reference(task)) == ()


def test_nothing_is_said_of_what_is_not_written_and_of_the_students_own_exceptions():
    def unwritten(*args, **inputs):
        raise NotImplementedError

    def broken(*args, **inputs):
        raise ValueError("the student's own")

    assert {task.name for task in TASKS if told(task, unwritten) or told(task, broken)} == set()


def test_noise_that_is_no_known_mistake_is_told_none():
    assert told(find_task("srn.step"), lambda x_t, h, W, U, b: np.tanh(x_t @ W.T + h @ U.T + b) + 1e-3) == ()


def test_of_mistakes_that_come_out_the_same_nothing_is_said(tmp_path):
    task = find_task("srn.step")
    own = [line for line in lines("srn") if line["task"] == task.name]
    path = file_of(tmp_path, "srn", ENDING)
    twice = [*own, *({**line, "says": "Something else."} for line in own)]
    path.write_text(json.dumps(twice), encoding="utf-8")
    cases = [case for case in task.cases if case.public]
    answers = [collect(task, step_with_another_U, case, public_seed(task, case)) for case in cases]
    findings = [
        finding
        for case, answer in zip(cases, answers, strict=True)
        for finding in compare(task, case, answer, expected_outputs(task, case), noise_floors(task, case))
    ]
    assert len(sentences(task, answers, findings)) == 1
    assert sentences(task, answers, findings, tmp_path) == ()
    assert sentences(task, answers, findings, tmp_path / "nothing here") == ()


def test_it_takes_no_longer_than_fifty_milliseconds():
    """CPU time, of the task with the most known mistakes; the files are read once in a notebook."""
    task = max(
        TASKS, key=lambda task: sum(len(line["made"]) for line in lines(task.module) if line["task"] == task.name)
    )
    entry = bank(task)[0]
    cases = [case for case in task.cases if case.public]
    answers = [collect(task, mistaken(task, entry), case, public_seed(task, case)) for case in cases]
    findings = [
        finding
        for case, answer in zip(cases, answers, strict=True)
        for finding in compare(task, case, answer, expected_outputs(task, case), noise_floors(task, case))
    ]
    spent = []
    for _ in range(3):
        start = time.process_time()
        assert sentences(task, answers, findings)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.05


# --- what it gives away ---------------------------------------------------------------------------------------------


@every_task
def test_no_signature_is_that_of_a_right_output(task):
    """With every signature stands the case's and the output's name; none passes for the right output there."""
    right = {
        (case.label, output.name): (
            expected_outputs(task, case)[output.name],
            limit(case, output, noise_floors(task, case)),
        )
        for case in task.cases
        if case.public
        for output in task.outputs
    }
    for mistake in known(task):
        for label, made in mistake.made.items():
            for name, kept in made.wrong.items():
                if isinstance(kept, Signature):
                    array, most = right[label, name]
                    assert (
                        signatures.same(signature(np.asarray(array)), kept, signatures.margin(array, most)) is not True
                    )


@pytest.mark.parametrize("module", LESSONS)
def test_a_line_holds_a_sentence_and_numbers_and_nothing_else(module):
    """No code, no name of an entry, nothing of a hidden case: every text in it is one of these."""
    sentences = {entry.says for task in TASKS if task.module == module for entry in bank(task)}
    for line in lines(module):
        task = find_task(line["task"])
        assert set(line) <= {"task", "says", "rest_is_right", "made"}
        assert line["says"] in sentences
        assert set(line["made"]) <= {case.label for case in task.cases if case.public}
        for made in line["made"].values():
            assert isinstance(made, int) or set(made) <= {output.name for output in task.outputs}
            for kept in () if isinstance(made, int) else made.values():
                assert kept in ("dtype", "changed", "value") or len(kept[0]) <= 4 * signatures.COUNT * 8 // 3 + 4


def test_all_of_it_is_small():
    """Compressed, as it lies in the wheel."""
    assert sum(len(zlib.compress(file_of(FOLDER, module, ENDING).read_bytes())) for module in LESSONS) < MOST_BYTES
