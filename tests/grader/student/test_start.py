"""Does starting a lesson never take away what a student wrote, and say what it did?"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from grader.checks import GraderError
from grader.checks.due import Due, read_due
from grader.student.bring import Source, source_at
from grader.student.notebook import source_of
from grader.student.start import start

TODAY = date.today().isoformat()


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_of_ones_own_holds_what_is_released(lesson):
    said = lesson.start()
    assert said.startswith(f"✓ {lesson.own / '01-srn'} is yours: the lesson without its answers.\nOpen it: jupyter lab")
    assert everything(lesson.released).items() < everything(lesson.own / "01-srn").items()
    assert lesson.names() == ["01-srn"]


def test_what_is_there_stays_as_it_is(begun):
    before = everything(begun.own)
    said = begun.start()
    assert "is there already" in said
    assert "grader start 01 --again" in said
    assert everything(begun.own) == before


def test_a_newer_lesson_lies_beside_it(begun):
    before = everything(begun.own / "01-srn")
    begun.revise(lambda cells: cells[0].update(source="# A better title"))
    said = begun.start()
    assert "01-srn-new" in said
    assert "grader start 01 --merge" in said
    assert everything(begun.own / "01-srn") == before
    assert source_of(begun.cells("01-srn-new")[0]) == "# A better title"


def test_a_still_newer_one_takes_the_place_of_one_in_which_nobody_wrote(begun):
    for title in ("# A better title", "# The best title"):
        begun.revise(lambda cells, title=title: cells[0].update(source=title))
        begun.start()
        assert begun.start() == begun.start()
    assert begun.names() == ["01-srn", "01-srn-new"]
    assert source_of(begun.cells("01-srn-new")[0]) == "# The best title"


def test_one_in_which_somebody_wrote_is_kept(begun):
    begun.revise(lambda cells: cells[0].update(source="# A better title"))
    begun.start()
    written = begun.own / "01-srn-new" / "01-srn.ipynb"
    begun.edit(written, lambda cells: cells[1].update(source="my notes"))
    begun.revise(lambda cells: cells[0].update(source="# The best title"))
    begun.start()
    assert begun.names() == ["01-srn", "01-srn-new", f"01-srn-new-{TODAY}"]
    assert source_of(begun.cells(f"01-srn-new-{TODAY}")[1]) == "my notes"


def test_beginning_again_keeps_the_old_one_under_a_dated_name(begun):
    before = everything(begun.own / "01-srn")
    said = begun.start(again=True)
    assert f"What was there is now 01-srn-{TODAY}." in said
    assert everything(begun.own / f"01-srn-{TODAY}") == before
    assert everything(begun.own / "01-srn") != before
    begun.start(again=True)
    assert begun.names() == ["01-srn", f"01-srn-{TODAY}", f"01-srn-{TODAY}-2"]


@pytest.mark.parametrize("how", [{}, {"again": True}, {"merge": True}])
def test_a_lesson_that_cannot_be_brought_changes_nothing(begun, how):
    def fail(folder):
        (folder / "half").write_text("x")
        raise GraderError("no space")

    before = everything(begun.own)
    with pytest.raises(GraderError, match="no space"):
        start(Source("01-srn", "01", fail), begun.own, **how)
    assert everything(begun.own) == before


def test_a_folder_that_was_made_in_another_way_is_not_touched(lesson):
    (lesson.own / "01-srn").mkdir(parents=True)
    (lesson.own / "01-srn" / "notes.txt").write_text("mine")
    said = lesson.start()
    assert "01-srn-new" in said
    assert [path.name for path in (lesson.own / "01-srn").iterdir()] == ["notes.txt"]


def test_a_damaged_record_is_as_none(begun):
    (begun.own / "01-srn" / ".lesson.json").write_text("{")
    assert "01-srn-new" in begun.start()
    assert "1 answer and 0 cells" in begun.start(merge=True)


def test_a_folder_that_came_with_answers_is_never_removed(begun):
    """Somebody worked in a release, and brought it over: its answers are in no other place."""
    begun.revise(lambda cells: cells[0].update(source="# A better title"))
    begun.start(again=True)
    brought = begun.own / f"01-srn-{TODAY}"
    start(source_at(brought.rename(begun.own.parent / "01-srn")), begun.own)
    assert any("# mine" in source_of(cell) for cell in begun.cells("01-srn-new"))
    begun.revise(lambda cells: cells[0].update(source="# The best title"))
    begun.start()
    assert any("# mine" in source_of(cell) for cell in begun.cells(f"01-srn-new-{TODAY}"))


# --- when it is due ---------------------------------------------------------------------------------------------------

SOON = Due(datetime.now(UTC) + timedelta(days=2, minutes=59), "UTC", "nothing counts that is late")


def test_it_says_when_the_lesson_is_due_and_follows_when_the_date_moves(lesson):
    SOON.write(lesson.released)
    assert f"01-srn is {SOON.says()}." in lesson.start()
    later = replace(SOON, when=SOON.when + timedelta(days=7))
    later.write(lesson.released)
    said = lesson.start()
    assert "nothing was changed" in said
    assert f"{later.date}, in 9 days" in said
    assert "; handing in late: nothing counts that is late." in said
    assert lesson.names() == ["01-srn"]


def test_a_date_comes_with_a_folder_and_with_a_zip_and_survives_a_merge(lesson, tmp_path):
    SOON.write(lesson.released)
    packed = shutil.make_archive(str(tmp_path / "01-srn"), "zip", lesson.released.parent, lesson.released.name)
    for number, path in enumerate((lesson.released, Path(packed))):
        own = tmp_path / f"own-{number}"
        assert f"{SOON.date}, in 2 days" in start(source_at(path), own).says[1]
        lesson.revise(lambda cells, number=number: cells[0].update(source=f"# A better title {number}"))
        start(source_at(lesson.released), own, merge=True)
        assert read_due(own / source_at(path).lesson) == SOON
