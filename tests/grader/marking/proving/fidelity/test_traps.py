"""Is every trap that a lesson warns of named, and do the lesson's words stand where the table says?"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grader.checks.task import all_tasks, find_task
from grader.cli import app
from grader.marking.answers.misconceptions import bank
from grader.marking.course.paths import ROOT
from grader.marking.proving.fidelity.traps import (
    BEGIN,
    END,
    GENERAL,
    section,
    stands_in_its_notebook,
    traps,
    write_section,
)

PAGE = ROOT / "grader" / "FIDELITY.md"


def test_every_task_has_traps_and_none_stands_twice():
    found = traps()
    assert {trap.task for trap in found} == set(all_tasks())
    assert len({(trap.task, trap.quote) for trap in found}) == len(found)


def test_each_is_named_by_entries_of_its_task():
    known = {name: {entry.name for entry in bank(task)} for name, task in all_tasks().items()}
    assert [(t.task, name) for t in traps() for name in t.entries if name not in {*known[t.task], *GENERAL}] == []


def test_each_is_in_the_lessons_own_words():
    assert [(trap.task, trap.quote) for trap in traps() if not stands_in_its_notebook(trap)] == []


def test_words_of_another_lesson_do_not_count():
    trap = next(trap for trap in traps() if find_task(trap.task).module == "srn")
    assert not stands_in_its_notebook(type(trap)("gru.step", trap.quote, trap.entries))


def test_the_page_has_them_all():
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    assert BEGIN + rest.partition(END)[0] + END == section(), "`grader fidelity --traps` writes it anew"


@pytest.mark.parametrize("before", ["", f"{BEGIN}an older one\n{END}"])
def test_the_section_is_written_alone(tmp_path, before):
    page = tmp_path / "FIDELITY.md"
    page.write_text(f"# Page\n\n{before}## Every task\n", encoding="utf-8")
    write_section(page)
    assert page.read_text(encoding="utf-8") == f"# Page\n\n{section()}## Every task\n"


def test_the_command_marks_nothing_for_it(monkeypatch):
    written = []
    monkeypatch.setattr("grader.marking.proving.fidelity.traps.write_section", written.append)
    assert CliRunner().invoke(app, ["fidelity", "--traps"]).exit_code == 0
    assert written == [PAGE]
