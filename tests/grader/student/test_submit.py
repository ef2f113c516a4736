"""Does the file to hand in hold a student's work, the same each time, and is said what is missing in it?"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from grader.checks import GraderError
from grader.checks.due import Due
from grader.checks.task import tasks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.desk.student_version import student_version
from grader.student import submit as module
from grader.student.bring import Source
from grader.student.notebook import grade_id
from grader.student.start import start
from grader.student.submit import folder_of, said_of, submit


@pytest.fixture
def folder(begun):
    (begun.own / "01-srn" / "notes").mkdir()
    (begun.own / "01-srn" / "notes" / "plan.txt").write_text("mine")
    return begun.own / "01-srn"


def content(path):
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_it_holds_the_notebook_and_what_the_student_added_and_nothing_of_the_lesson(folder):
    done = submit(folder, "ada")
    assert done.path == folder.parent / "01-srn-ada.zip"
    assert content(done.path).keys() == {"manifest.json", "01-srn/01-srn.ipynb", "01-srn/notes/plan.txt"}
    assert content(done.path)["01-srn/01-srn.ipynb"] == (folder / "01-srn.ipynb").read_bytes()


def test_the_manifest_names_every_file_and_the_digest_names_the_manifest(folder):
    done = submit(folder, "ada")
    inside = content(done.path)
    about = json.loads(inside["manifest.json"])
    assert (about["format"], about["lesson"], about["name"]) == (1, "01-srn", "ada")
    assert done.digest == hashlib.sha256(inside["manifest.json"]).hexdigest()
    assert done.short.replace("-", "") == done.digest[:12]
    for name, listed in about["files"].items():
        file = inside[f"01-srn/{name}"]
        assert listed == {"bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}
    assert len(about["files"]) == len(inside) - 1


def test_the_same_work_makes_the_same_file_and_other_work_another_digest(folder):
    first = submit(folder, "ada")
    made = first.path.read_bytes()
    os.utime(folder / "01-srn.ipynb", (1, 1))
    assert submit(folder, "ada").digest == first.digest
    assert first.path.read_bytes() == made
    with zipfile.ZipFile(first.path) as packed:
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    (folder / "notes" / "plan.txt").write_text("changed")
    assert submit(folder, "ada").digest != first.digest


def test_it_says_what_is_answered_and_what_is_not(folder, begun):
    begun.work(lambda cells: next(c for c in cells if grade_id(c) == "srn-written").update(source="In words."))
    said = "\n".join(said_of(submit(folder, "ada")))
    assert "Answered: 2 of 9. Not yet: A whole sequence; Counting parameters; " in said
    assert "written" not in said
    assert "of your own: notes/plan.txt." in said
    assert "Digest: " in said


@pytest.mark.parametrize("text", ["", "  \n", "def step(x):\n    # half\n    raise NotImplementedError()"])
def test_a_half_written_answer_is_not_yet_one(folder, begun, text):
    begun.work(lambda cells: next(c for c in cells if grade_id(c) == "srn-step-answer").update(source=text))
    assert submit(folder, "ada").open[0] == "One step"


def test_cells_that_are_missing_are_named(folder, begun):
    begun.work(lambda cells: [cell for cell in cells if grade_id(cell) not in ("srn-step", "srn-module-answer")])
    assert submit(folder, "ada").remarks == [
        "01-srn.ipynb lacks cells of the released notebook: One step; A PyTorch module"
    ]


def test_a_file_that_is_too_large_is_left_out_and_named(folder, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 3)
    done = submit(folder, "ada")
    assert done.added == []
    assert done.remarks[0].startswith("notes/plan.txt is left out")


def test_links_and_hidden_files_are_not_handed_in(folder, tmp_path):
    (tmp_path / "secret").write_text("x")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    (folder / ".token").write_text("x")
    assert submit(folder, "ada").added == ["notes/plan.txt"]


def test_one_answer_that_was_copied_from_the_lessons_own_is_handed_in(folder, begun):
    text = "### BEGIN SOLUTION\nmine = 1"
    begun.work(lambda cells: next(c for c in cells if grade_id(c) == "srn-step-answer").update(source=text))
    assert submit(folder, "ada").answered == ["One step"]


def test_without_a_notebook_or_with_the_lessons_answers_nothing_is_made(folder, tmp_path):
    (folder / "01-srn.ipynb").unlink()
    with pytest.raises(GraderError, match=r"holds no notebook of 01-srn"):
        submit(folder, "ada")
    shutil.copytree(LESSON_FOLDER / "01-srn", tmp_path / "read" / "01-srn")
    with pytest.raises(GraderError, match="own answers"):
        submit(tmp_path / "read" / "01-srn", "ada")
    assert not list(tmp_path.rglob("*.zip"))


def test_a_folder_that_came_in_another_way_will_do(folder):
    """Fetched in JupyterLab: without a record of what was given."""
    (folder / ".lesson.json").unlink()
    assert content(submit(folder, "ada").path).keys() >= {"01-srn/01-srn.ipynb", "01-srn/notes/plan.txt"}
    assert not [name for name in content(submit(folder, "ada").path) if "/data/" in name or "/solutions/" in name]


def test_a_lesson_with_several_notebooks(tmp_path):
    source = Source("08-applications", "08", lambda target: student_version("08-applications", target))
    folder = start(source, tmp_path).folder
    (folder / "speech.ipynb").unlink()
    done = submit(folder, "ada")
    assert done.remarks == ["speech.ipynb is missing"]
    assert len(done.notebooks) == 6
    assert not done.answered
    assert len(done.open) == 6 * (len(tasks_of("applications.speech")) + 1)


@pytest.mark.parametrize(("name", "file"), [("Ada L.", "Ada-L"), ("../../x", "x"), ("李雷", "李雷"), ("", "me")])
def test_any_name_makes_a_file_beside_the_folder(folder, name, file):
    assert submit(folder, name).path == folder.parent / f"01-srn-{file}.zip"


def test_the_folder_is_found_by_the_lessons_name_or_by_its_own(folder, monkeypatch, tmp_path):
    mine = folder.parent
    for typed in ("01", "srn", "01-srn", str(folder)):
        assert folder_of(typed, mine) == folder
    monkeypatch.chdir(mine)
    assert folder_of("01", tmp_path / "elsewhere").resolve() == folder
    monkeypatch.chdir(folder)
    assert folder_of("01", tmp_path / "elsewhere").resolve() == folder
    with pytest.raises(GraderError, match="grader start 02"):
        folder_of("02", mine)


def test_where_nothing_is_answered_that_is_said_first(lesson):
    lesson.start()
    said = list(said_of(submit(lesson.path.parent, "ada")))
    assert said[0].startswith("– Nothing is answered yet")
    assert said[1].startswith("✓")


def test_another_file_of_the_same_name_is_set_aside_and_the_same_is_not(folder):
    first = submit(folder, "ada")
    made = first.path.read_bytes()
    assert submit(folder, "ada").before == ""
    (folder / "notes" / "plan.txt").write_text("changed")
    done = submit(folder, "ada")
    assert done.before == f"01-srn-ada-{date.today().isoformat()}.zip"
    assert (folder.parent / done.before).read_bytes() == made
    assert f"it is now {done.before}" in "\n".join(said_of(done))
    (folder / "notes" / "plan.txt").write_text("changed again")
    assert submit(folder, "ada").before == f"01-srn-ada-{date.today().isoformat()}-2.zip"


@pytest.mark.parametrize(
    ("text", "says"), [("def step(x):\n    return (x", "line 2"), ("x = 1\n  y = 2", "line 2"), ("x = 1\0", "")]
)
def test_a_cell_that_is_not_python_is_named(folder, begun, text, says):
    begun.work(lambda cells: next(c for c in cells if grade_id(c) == "srn-step-answer").update(source=text))
    [remark] = submit(folder, "ada").remarks
    assert remark.startswith(f"the cell of Exercise 1.1 is not Python: {says}")


@pytest.mark.parametrize("text", ["%timeit 1", "!ls", "x = await f()", 'x = "\\d"', "%%time\nx = 1"])
def test_what_jupyter_takes_for_python_is_not_named(folder, begun, text):
    begun.work(lambda cells: next(c for c in cells if grade_id(c) == "srn-step-answer").update(source=text))
    assert submit(folder, "ada").remarks == []


def test_from_another_folder_it_is_said_where_it_looked(folder, monkeypatch, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(GraderError) as raised:
        folder_of("01", Path("my-lessons"))
    assert str(raised.value).startswith(f"{tmp_path / 'elsewhere' / 'my-lessons' / '01-srn'} is not there: go to the")
    with pytest.raises(GraderError) as raised:
        folder_of("02", folder.parent, folder.parent)
    assert str(raised.value).endswith(f"begin: grader start 02 --into {folder.parent}")


def test_from_the_wheel_the_file_from_the_instructor_is_advised(monkeypatch, tmp_path):
    monkeypatch.setattr("grader.student.begin.here_is_the_clone", lambda: False)
    with pytest.raises(GraderError, match=r"from your instructor: grader start 01-srn\.zip; or fetch it in JupyterLab"):
        folder_of("01", tmp_path)


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ("Europe/Berlin", "As saved on 28 July 2026, 12:28 (Europe/Berlin): "),
        ("UTC", "As saved on 28 July 2026, 10:28 UTC: "),
        ("Nowhere/Else", "As saved on 2026-07-28, 05:28 (EST): "),
        (None, "As saved on 2026-07-28, 05:28 (EST): "),
    ],
)
def test_it_says_when_the_work_was_saved_by_the_clocks_of_the_due_date(folder, monkeypatch, zone, says):
    """Also where the date lies in the winter, and the work was saved in the summer."""
    monkeypatch.setenv("TZ", "EST")
    time.tzset()
    try:
        if zone:
            Due(datetime.fromisoformat("2026-12-01T23:59:00+01:00"), zone).write(folder)
        saved = datetime(2026, 7, 28, 10, 28, tzinfo=UTC).timestamp()
        for path in folder.glob("*.ipynb"):
            os.utime(path, (saved, saved))
        assert any(line.startswith(says) for line in said_of(submit(folder, "ada")))
    finally:
        monkeypatch.undo()
        time.tzset()


def test_it_says_when_the_lesson_is_due_and_the_date_is_no_work(folder):
    without = submit(folder, "ada")
    assert not any("due" in line for line in said_of(without))
    Due(datetime.now(UTC) - timedelta(days=1, minutes=1), "UTC", "10 % of the points for each begun day").write(folder)
    done = submit(folder, "ada")
    [line] = [line for line in said_of(done) if "due" in line]
    assert line.startswith("– The lesson is 1 day, 1 minute late: it was due ")
    assert line.endswith("; handing in late: 10 % of the points for each begun day.")
    assert (done.digest, done.before) == (without.digest, "")
