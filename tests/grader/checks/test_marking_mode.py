"""Does `check` in a marking run hand out answers, and do nothing else?"""

from __future__ import annotations

import json

import numpy as np
import pytest

import grader.checks.expected
from grader.checks import check
from grader.checks.answers import MIME, unpack
from grader.checks.device import pick_device
from grader.checks.errors import GraderError
from grader.checks.run_file import RUN
from grader.checks.task import find_task
from solutions.srn import SRN, step
from tests.grader.checks.wrong_sequences import forgets, right

PLAN = {"srn.sequence": [["ordinary", 123], ["ordinary", 456], ["every size 1", 7]], "srn.module": [["T = 1", 2**47]]}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The bundles that checks of this marking run publish; the expected outputs cannot be read."""
    import importlib

    module = importlib.import_module("grader.checks.check")
    file = tmp_path / "run.json"
    file.write_text(json.dumps({"format": 1, "tasks": PLAN}))
    monkeypatch.setenv(RUN, str(file))
    monkeypatch.setattr(grader.checks.expected, "_load", None)
    bundles = []
    monkeypatch.setattr(module, "_publish", bundles.append)
    return bundles


@pytest.mark.parametrize("answer", [right, forgets, None, 3, lambda: 1 / 0, SRN, SRN(1, 1)])
def test_any_answer_gives_exactly_one_bundle_and_no_exception(published, answer):
    check("srn.sequence", answer)
    (bundle,) = published
    assert set(bundle) == {MIME, "text/plain"}
    assert bundle["text/plain"] == "answers recorded"
    given = unpack(find_task("srn.sequence"), json.loads(json.dumps(bundle[MIME])), map(tuple, PLAN["srn.sequence"]))
    assert (given[0].problem is None) is (answer in (right, forgets))


def test_the_answers_are_to_the_seeds_of_the_run(published):
    check("srn.sequence", right)
    task = find_task("srn.sequence")
    given = unpack(task, published[0][MIME], PLAN["srn.sequence"])
    for answer in given:
        expected = right(**task.draw(task.case(answer.case), answer.seed))
        assert np.array_equal(answer.outputs["h"], expected)


def test_a_torch_module_is_recorded(published):
    check("srn.module", SRN)
    (answer,) = unpack(find_task("srn.module"), published[0][MIME], PLAN["srn.module"])
    assert list(answer.outputs) == ["h", "∂W", "∂U", "∂b", "∂x", "∂h0", "start values"]


def test_the_bundle_says_where_pytorch_computed(published):
    check("srn.module", SRN)
    check("srn.sequence", right)
    assert [bundle[MIME]["devices"] for bundle in published] == [[pick_device().type], []]


@pytest.mark.parametrize("arguments", [("srn.step", step), ("no.such", step), (step, "srn.step"), (["a"], 1)])
def test_what_the_run_does_not_ask_for_is_not_recorded(published, arguments):
    check(*arguments)
    (bundle,) = published
    assert MIME not in bundle
    assert bundle["text/plain"].startswith("nothing recorded")


@pytest.mark.parametrize(
    "content", [None, "", "[]", '{"format": 2, "tasks": {}}', '{"format": 1}', '{"format": 1, "tasks": 3}']
)
def test_a_run_without_a_readable_file_is_loud(tmp_path, monkeypatch, content):
    """The grader itself broke: that is never a student's zero."""
    file = tmp_path / "run.json"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv(RUN, str(file))
    with pytest.raises(GraderError, match="the file of this marking run"):
        check("srn.sequence", right)
