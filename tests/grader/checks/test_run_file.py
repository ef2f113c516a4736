"""Is a plan read as it was written, and anything else refused with the reason?"""

from __future__ import annotations

import pytest

from grader.checks import run_file
from grader.checks.errors import GraderError

PLAN = {"srn.step": [("ordinary", 123), ("T = 1", 2**47)], "srn.module": []}


def test_a_plan_is_read_as_it_was_written(tmp_path):
    path = tmp_path / "run.json"
    path.write_text(run_file.dump(PLAN), encoding="utf-8")
    assert run_file.load(path) == PLAN


def test_a_run_that_was_begun_needs_no_file(monkeypatch):
    monkeypatch.setattr(run_file, "_begun", None)
    monkeypatch.delenv(run_file.RUN, raising=False)
    assert run_file.asked() is None
    run_file.begin(run_file.dump(PLAN))
    assert run_file.asked() == PLAN


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (run_file.dump(PLAN).replace('"format": 1', '"format": 2'), "format 2"),
        ("{}", "'format'"),
        ("[" * 3, "Expecting value"),
        ('{"format": 1, "tasks": {"srn.step": [["ordinary"]]}}', "not enough values"),
    ],
)
def test_what_is_no_plan_is_refused_with_the_reason(tmp_path, content, reason):
    path = tmp_path / "run.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GraderError, match=f"named by RNN_WORKBOOK_RUN, cannot be read: .*{reason}"):
        run_file.load(path)
