"""Does what Canvas, Moodle and Gradescope give out come to its students, and is the rest named with its way out?"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app
from grader.marking.course.paths import LESSON_FOLDER, ROOT
from grader.marking.course.roster import roster_with, write_roster
from grader.marking.course.students import Student
from grader.marking.course.unknown_times import unknown_times
from grader.marking.desk.lms.import_work import import_work
from grader.marking.desk.lms.placed import read_placed
from grader.marking.desk.lms.right_names import settle
from grader.marking.steps import nbgrader_adapter
from grader.student.submit import submit
from tests.grader.marking.desk.lms.conftest import CLASS, LESSON, NAME
from tests.grader.marking.desk.lms.made_downloads import canvas, canvas_name, gradescope, moodle_name, zip_of


def timestamp(course, student):
    return (course.submission(student, LESSON) / "timestamp.txt").read_text().strip()


def taken(course, *paths, **options):
    return import_work(course, LESSON, paths, **options)


# --- Canvas ---------------------------------------------------------------------------------------------------------


def test_canvas_with_umlauts_late_marks_two_files_and_other_names(course, tmp_path, notebook, placed):
    path = canvas(
        tmp_path / "submissions.zip",
        [
            (canvas_name("Ott, Anna", 1001, 501, NAME), notebook("anna's")),
            (canvas_name("Müller-Lüdenscheidt, Jörg", 1002, 502, "01-srn-1.ipynb", late=True), notebook("jorg's")),
            (canvas_name("Müller-Lüdenscheidt, Jörg", 1002, 503, "own words.txt", late=True), "a text"),
            (canvas_name("李, 小龙", 1003, 504, "01-srn (1).ipynb"), notebook("li's")),
            (canvas_name("O'Neil, Mary Ann", 1004, 505, "My homework " + "x" * 150 + ".ipynb"), notebook("mary's")),
        ],
    )
    done = taken(course, path)
    assert done.refused == []
    assert sorted(done.placed) == ["anna", "jorg", "li", "oneil"]
    assert [placed(one) for one in ("anna", "jorg", "li", "oneil")] == ["anna's", "jorg's", "li's", "mary's"]
    assert (course.submission("jorg", LESSON) / "own words.txt").read_text() == "a text"
    assert len([line for line in done.remarks if "by its cells" in line]) == 3
    assert done.missing == ["sam"]
    assert timestamp(course, "anna") == "2026-05-08 09:30:00 UTC"
    assert (done.unknown_times, done.in_time) == (["jorg"], ["anna", "li", "oneil"])  # Canvas says when it packed them
    assert read_placed(course, LESSON)["jorg"].paths[0].startswith("müllerlüdenscheidtjörg_LATE_1002_502_")


def test_without_numbers_on_the_list_canvas_names_find_the_student(course, tmp_path, notebook, placed):
    write_roster(course, roster_with([Student(one.id, one.name) for one in CLASS]))
    names = [("Müller-Lüdenscheidt, Jörg", "jorg"), ("O'Neil, Mary Ann", "oneil"), ("李, 小龙", "li")]
    files = [(canvas_name(name, 7000 + n, n, NAME), notebook(one)) for n, (name, one) in enumerate(names)]
    assert taken(course, canvas(tmp_path / "submissions.zip", files)).refused == []
    assert [placed(one) for _, one in names] == ["jorg", "oneil", "li"]


def test_a_text_typed_in_canvas_is_named(course, tmp_path):
    path = canvas(tmp_path / "submissions.zip", [("ottanna_1001_text.html", "<p>here</p>")])
    done = taken(course, path)
    assert done.refused == ["ottanna_1001: a text or a link was typed in place of a file: ask for the file"]


def test_two_of_the_same_name_are_not_guessed_at_and_placed_by_hand(course, tmp_path, notebook, placed):
    write_roster(course, roster_with([Student("anna", "Anna Ott"), Student("anna2", "Anna Ott")]))
    path = canvas(tmp_path / "submissions.zip", [(canvas_name("Ott, Anna", 1, 2, NAME, late=True), notebook("whose"))])
    [line] = taken(course, path).refused
    assert "several are called so: anna, anna2" in line
    kept = course.downloaded / LESSON / "not-placed" / "ottanna_1_LATE"
    assert f"`grader import {LESSON} --as STUDENT '{kept}'`" in line
    done = taken(course, kept, students=["anna2"])
    assert (list(done.placed), done.late) == (["anna2"], ["anna2"])
    assert timestamp(course, "anna2") == "2026-05-08 09:30:00 UTC"
    assert placed("anna2") == "whose"
    assert not kept.exists()


# --- Moodle ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way",
    [{"folders": True}, {"folders": True, "before_4_1": False}, {"folders": False}],
    ids=["folders", "4.1", "flat"],
)
def test_moodle_in_every_way(course, tmp_path, notebook, placed, way):
    files = [
        (moodle_name("Anna Ott", 204, NAME, **way), notebook("anna's")),
        (moodle_name("Jörg Müller-Lüdenscheidt", 205, "01-srn-Copy1.ipynb", **way), notebook("jorg's")),
        (moodle_name("O'Neil Mary Ann", 206, NAME, **way), notebook("mary's")),
        (moodle_name("Jörg Müller-Lüdenscheidt", 205, "notes.txt", **way), "notes"),
    ]
    done = taken(course, zip_of(tmp_path / "RNN-Lesson 1-99.zip", files))
    assert done.refused == []
    assert [placed(one) for one in ("anna", "jorg", "oneil")] == ["anna's", "jorg's", "mary's"]
    assert (course.submission("jorg", LESSON) / "notes.txt").read_text() == "notes"


def test_moodle_unpacked_into_a_folder(course, tmp_path, notebook, placed):
    folder = tmp_path / "unpacked" / "Anna Ott_204_assignsubmission_file_"
    folder.mkdir(parents=True)
    (folder / NAME).write_text(notebook("anna's"))
    assert list(taken(course, folder.parent).placed) == ["anna"]


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        ("Identifier,Full name,Email address", "lukas@uni.de"),
        ("ID,Vollständiger Name,E-Mail-Adresse", "lukas@uni.de"),
        ("Identifier,Full name,ID number", "105"),
    ],
)
def test_moodles_worksheet_tells_two_of_one_name_apart(course, tmp_path, notebook, placed, heads, told):
    two = (Student(one, "Lukas Schmidt", f"{one}@uni.de", lms) for one, lms in (("dina", "104"), ("lukas", "105")))
    write_roster(course, roster_with(two))
    path = zip_of(tmp_path / "a.zip", [(moodle_name("Lukas Schmidt", 4711, NAME), notebook("lukas'"))])
    assert "several are called so: dina, lukas" in taken(course, path).refused[0]
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(f"\ufeff{heads}\nParticipant 4711,Lukas Schmidt,{told}\n", encoding="utf-8")
    assert taken(course, path, sheet).refused == []
    assert (placed("lukas"), placed("dina")) == ("lukas'", None)


def test_moodles_worksheet_says_who_is_who_where_marking_is_blind(course, tmp_path, notebook, placed):
    sheet = tmp_path / "grades.csv"
    sheet.write_text(
        "\ufeffIdentifier,Full name,Email address,Status,Grade\nParticipant 204,X,JORG@example.org,Submitted,\n"
    )
    path = zip_of(tmp_path / "a.zip", [(moodle_name("Participant", 204, NAME), notebook("jorg's"))])
    [line] = taken(course, path).refused
    assert "give its grading worksheet" in line
    assert taken(course, path, sheet).refused == []
    assert placed("jorg") == "jorg's"


# --- Gradescope -----------------------------------------------------------------------------------------------------


def test_gradescope_with_times_and_a_group(course, tmp_path, notebook, placed):
    path = gradescope(
        tmp_path / "export.zip",
        [
            (
                "submission_1",
                [("Anna Ott", "x", "anna@example.org")],
                "2026-05-06 21:58:00.471 Z",
                [(NAME, notebook("a"))],
            ),
            (
                "submission_2",
                [("Jorg", "1002", ""), ("Li", "", "li@example.org")],
                "2026-05-06 23:58:00 +02:00",
                [("nb.ipynb", notebook("both"))],
            ),
        ],
    )
    done = taken(course, path)
    assert (done.refused, done.unknown_times) == ([], [])
    assert [placed(one) for one in ("anna", "jorg", "li")] == ["a", "both", "both"]
    assert timestamp(course, "anna") == timestamp(course, "jorg") == "2026-05-06 21:58:00 UTC"
    assert sorted(taken(course, path).unchanged) == ["anna", "jorg", "li"]


# --- what students make ---------------------------------------------------------------------------------------------


@pytest.fixture
def handed(tmp_path, notebook):
    """handed("anna"): the file that `grader submit` makes."""

    def of(name, written="by submit"):
        folder = tmp_path / "home" / name / LESSON
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(notebook(written))
        return submit(folder, name).path

    return of


def test_files_of_grader_submit_alone_in_a_folder_and_in_canvas(course, tmp_path, placed, handed):
    assert list(taken(course, handed("anna")).placed) == ["anna"]
    assert sorted(path.name for path in course.submission("anna", LESSON).iterdir()) == [NAME, "timestamp.txt"]
    folder = tmp_path / "all"
    folder.mkdir()
    for name in ("jorg", "Mary Ann O'Neil"):
        path = handed(name)
        path.rename(folder / path.name)
    assert sorted(taken(course, folder).placed) == ["jorg", "oneil"]
    in_canvas = [(canvas_name("李, 小龙", 1003, 5, "01-srn-me.zip"), handed("me").read_bytes())]
    assert list(taken(course, canvas(tmp_path / "c.zip", in_canvas)).placed) == ["li"]
    assert placed("li") == placed("jorg") == placed("oneil") == "by submit"


def test_a_file_of_grader_submit_that_was_changed_or_is_of_another_lesson(course, tmp_path, handed, notebook):
    path = handed("anna")
    with zipfile.ZipFile(path) as packed:
        files = [(one.filename, packed.read(one)) for one in packed.infolist()]
    changed = [(name, notebook("changed") if name.endswith(".ipynb") else content) for name, content in files]
    [line] = taken(course, zip_of(tmp_path / "01-srn-anna.zip", changed)).refused
    assert "01-srn.ipynb is not what `grader submit` put there" in line
    about = json.loads(dict(files)["manifest.json"]) | {"lesson": "02-bptt"}
    other = [("manifest.json", json.dumps(about)), *files[1:]]
    [line] = taken(course, zip_of(tmp_path / "x-anna.zip", other)).refused
    assert "of lesson 02-bptt" in line


def test_folders_and_files_by_id_name_and_address(course, tmp_path, notebook, placed):
    folder = tmp_path / "mails"
    for name, file in (("anna", NAME), ("Müller-Lüdenscheidt Jörg", "work/01-srn.ipynb"), ("li@example.org", NAME)):
        (folder / name / file).parent.mkdir(parents=True)
        (folder / name / file).write_text(notebook(name))
    (folder / "01-srn_oneil (1).ipynb").write_text(notebook("file"))
    done = taken(course, folder)
    assert done.refused == []
    assert sorted(done.placed) == ["anna", "jorg", "li", "oneil"]
    assert placed("oneil") == "file"


def test_a_zip_of_ones_own_making_is_unpacked_and_a_zip_in_it_is_not(course, tmp_path, notebook, placed):
    zip_of(tmp_path / "inner.zip", [("x.txt", "x")])
    zip_of(
        tmp_path / "mine.zip",
        [("work/01-srn.ipynb", notebook("mine")), ("work/more.zip", (tmp_path / "inner.zip").read_bytes())],
    )
    inner = (tmp_path / "mine.zip").read_bytes()
    done = taken(course, canvas(tmp_path / "c.zip", [(canvas_name("Ott, Anna", 1001, 1, "mine.zip"), inner)]))
    assert (done.refused, placed("anna")) == ([], "mine")
    assert any("a zip in a zip, which stays as it is" in line for line in done.remarks)
    assert (course.submission("anna", LESSON) / "more.zip").is_file()


# --- again, and older -----------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing_and_a_newer_download_replaces(course, tmp_path, notebook, placed):
    def download(written, packed):
        files = [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook(written))]
        return canvas(tmp_path / f"{written}.zip", files, packed=packed)

    old, new = download("old", (2026, 5, 8, 9, 0, 0)), download("new", (2026, 5, 9, 9, 0, 0))
    assert list(taken(course, old).placed) == ["anna"]
    assert taken(course, old).unchanged == ["anna"]
    assert list(taken(course, new).placed) == ["anna"]
    done = taken(course, old)
    assert (done.placed, done.refused, placed("anna")) == ({}, [], "new")
    assert "is older than what is there" in done.older[0]
    done = taken(course, new, old)  # both at once
    assert (done.unchanged, placed("anna"), done.refused) == (["anna"], "new", [])


def test_what_was_there_stays_where_the_new_one_cannot_be_taken(course, tmp_path, notebook, placed):
    files = [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook("good"))]
    taken(course, canvas(tmp_path / "a.zip", files))
    name = canvas_name("Ott, Anna", 1001, 2, NAME)
    path = canvas(tmp_path / "b.zip", [(name, notebook("bad"))], packed=(2026, 6, 1, 0, 0, 0))
    path.write_bytes(path.read_bytes().replace(b'"bad"', b'"BAD"'))  # compressed: nothing to replace
    data = bytearray(path.read_bytes())
    data[len(name.encode()) + 30 + 50] ^= 0xFF
    path.write_bytes(bytes(data))
    [line] = taken(course, path).refused
    assert "damaged in the zip" in line
    assert placed("anna") == "good"


# --- hostile --------------------------------------------------------------------------------------------------------


def hostile_zip(path, notebook, kind):
    name = canvas_name("Ott, Anna", 1001, 1, NAME)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        if kind == "out":
            made.writestr("../" + name, notebook("x"))
        elif kind == "absolute":
            made.writestr("/" + name, notebook("x"))
        elif kind == "link":
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, 0o120777 << 16
            made.writestr(entry, "/etc/passwd")
        elif kind == "twice":
            made.writestr(name, notebook("x"))
            with pytest.warns(UserWarning, match="Duplicate"):
                made.writestr(name, notebook("y"))
        elif kind == "bomb":
            made.writestr(name, b"\0" * 200_000_000)
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("out", "leads out of the folder"),
        ("absolute", "leads out of the folder"),
        ("link", "a link, which is not followed"),
        ("twice", "is in the zip more than once"),
        ("bomb", "a file may have 100 MB"),
    ],
)
def test_hostile_entries_are_refused_with_a_sentence(course, tmp_path, notebook, kind, said):
    done = taken(course, hostile_zip(tmp_path / "submissions.zip", notebook, kind))
    assert (done.placed, len(done.refused)) == ({}, 1)
    assert said in done.refused[0]
    assert not course.submission("anna", LESSON).exists()


def test_a_bomb_that_lies_about_its_size_ends_while_it_is_read(course, tmp_path):
    name = canvas_name("Ott, Anna", 1001, 1, NAME)
    path = tmp_path / "submissions.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, b"\0" * 150_000_000)
    data = path.read_bytes()
    for place in (data.find(b"PK\1\2") + 24, data.find(b"PK\3\4") + 22):
        data = data[:place] + (1000).to_bytes(4, "little") + data[place + 4 :]
    path.write_bytes(data)
    done = taken(course, path)
    assert (done.placed, len(done.refused)) == ({}, 1)


def test_an_encrypted_zip_and_one_that_is_none(course, tmp_path, notebook):
    path = canvas(tmp_path / "a.zip", [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook("x"))])
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.find(b"PK\1\2") + 8] |= 1
    path.write_bytes(bytes(data))
    assert "is encrypted: ask for it without a password" in taken(course, path).refused[0]
    (tmp_path / "b.zip").write_bytes(b"no zip")
    with pytest.raises(GraderError, match="is no zip, or a damaged one"):
        taken(course, tmp_path / "b.zip")


def test_a_name_that_is_not_on_the_list_or_steers_the_terminal(course, tmp_path, notebook):
    files = [
        (canvas_name("Nobody, X", 9, 1, NAME), notebook("x")),
        ("=cmd|calc\x1b[31m_12_assignsubmission_file_/01-srn.ipynb", notebook("y")),
    ]
    run = CliRunner().invoke(app, ["import", "01", str(canvas(tmp_path / "a.zip", files))])
    assert run.exit_code == 1
    assert "✗ not placed: nobodyx_9: nobody on the list is nobodyx or 9" in run.output
    assert "\x1b" not in run.output
    assert not any(course.submitted.iterdir()) if course.submitted.exists() else True


def test_two_notebooks_that_may_be_the_one(course, tmp_path, notebook):
    files = [(canvas_name("Ott, Anna", 1001, n, f"01-srn-{n}.ipynb"), notebook(str(n))) for n in (1, 2)]
    [line] = taken(course, canvas(tmp_path / "a.zip", files)).refused
    assert "several notebooks may be 01-srn.ipynb: 01-srn-1.ipynb, 01-srn-2.ipynb" in line


def test_no_notebook_or_another_lessons(course, tmp_path, notebook):
    other = json.loads(notebook("x"))
    for cell in other["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["grade_id"] = "gru-gates"
    files = [
        (canvas_name("Ott, Anna", 1001, 1, "homework.pdf"), b"%PDF"),
        (canvas_name("李, 小龙", 1003, 2, "04-gru.ipynb"), json.dumps(other)),
    ]
    done = taken(course, canvas(tmp_path / "a.zip", files))
    assert any("no notebook is in it, but homework.pdf" in line for line in done.refused)
    assert any("04-gru.ipynb: its cells are" in line for line in done.refused)


# --- where nothing is named -----------------------------------------------------------------------------------------


def test_downloads_are_looked_for_in_the_course_folder(course, notebook, placed):
    folder = course.downloaded / LESSON
    folder.mkdir(parents=True)
    with pytest.raises(GraderError, match="nothing to import lies in"):
        taken(course)
    canvas(folder / "submissions.zip", [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook("anna's"))])
    assert list(taken(course).placed) == ["anna"]
    assert taken(course).unchanged == ["anna"]
    assert course.downloaded.stat().st_mode & 0o777 == 0o700


def test_without_a_list_grader_submit_says_whose_it_is_and_an_lms_does_not(course, tmp_path, handed, notebook):
    course.roster.unlink()
    assert list(taken(course, handed("kim")).placed) == ["kim"]
    path = canvas(tmp_path / "a.zip", [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook("x"))])
    assert "there is no list of the class" in taken(course, path).refused[0]


def test_the_command(course, tmp_path, notebook):
    path = canvas(tmp_path / "a.zip", [(canvas_name("Ott, Anna", 1001, 1, NAME), notebook("x"))])
    run = CliRunner().invoke(app, ["import", "01", str(path)])
    assert run.exit_code == 0
    assert "✓ 1 student placed. Next: `grader autograde 01`." in run.output
    assert "on the list, and nothing of theirs is there: jorg, li, oneil, sam" in run.output
    run = CliRunner().invoke(app, ["import", "01", "--as", "eve", str(path)])
    assert (run.exit_code, "eve is not on the list" in run.output) == (1, True)


# --- times ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def due(course):
    """Due on May 7th, for li on May 20th; the LMS packs on May 8th. Times without a zone are Berlin's."""
    (course.root / "course.toml").write_text(
        'timezone = "Europe/Berlin"\n[lessons.01-srn]\ndue = "2026-05-07 18:00"\n'
        '[lessons.01-srn.extensions]\nli = "2026-05-20 18:00"\n'
    )


def test_nobody_is_late_by_the_time_at_which_the_lms_packed_it(course, due, tmp_path, notebook):
    files = [
        (canvas_name("Ott, Anna", 1001, 1, NAME), notebook("1")),
        (canvas_name("Müller-Lüdenscheidt, Jörg", 1002, 2, NAME, late=True), notebook("2")),
        (canvas_name("李, 小龙", 1003, 3, NAME), notebook("3")),
    ]
    done = taken(course, canvas(tmp_path / "a.zip", files))
    for student in ("anna", "jorg", "li"):
        assert timestamp(course, student) == "2026-05-08 07:30:00 UTC"  # packed at 9:30 in Berlin
    assert unknown_times(course, LESSON) == {"anna": "2026-05-08T07:30:00", "li": "2026-05-08T07:30:00"}
    assert (done.in_time, done.unknown_times, done.late) == (["anna", "li"], ["jorg"], ["jorg"])
    newer = [(canvas_name("Ott, Anna", 1001, 4, NAME), notebook("newer"))]
    done = taken(course, canvas(tmp_path / "b.zip", newer, packed=(2026, 5, 9, 9, 0, 0)))
    assert list(done.placed) == ["anna"]
    assert timestamp(course, "anna") == "2026-05-09 07:00:00 UTC"
    assert unknown_times(course, LESSON) == {"anna": "2026-05-09T07:00:00", "li": "2026-05-08T07:30:00"}


def test_a_file_of_grader_submit_says_no_time(course, due, handed):
    done = taken(course, handed("anna"))
    assert (done.in_time, done.unknown_times, done.late) == (["anna"], [], [])
    assert list(unknown_times(course, LESSON)) == ["anna"]


def test_once_the_time_is_known_it_holds(course, due, tmp_path, notebook):
    files = zip_of(tmp_path / "a.zip", [(moodle_name("Anna Ott", 1, NAME), notebook("1"))])
    assert taken(course, files).in_time == ["anna"]
    sheet = tmp_path / "grades.csv"
    sheet.write_text('Identifier,Full name,Last modified (submission)\nParticipant 1,X,"Thursday, 7 May 2026, 18:01"\n')
    assert list(taken(course, files, sheet).placed) == ["anna"]
    assert timestamp(course, "anna") == "2026-05-07 16:01:00 UTC"
    assert unknown_times(course, LESSON) == {"anna": ""}


def test_moodles_worksheet_says_when_they_handed_in(course, due, tmp_path, notebook):
    sheet = tmp_path / "grades.csv"
    sheet.write_text(
        "Identifier,Full name,Grade,Last modified (submission)\n"
        'Participant 1,Anna Ott,,"Thursday, 7 May 2026, 5:59 PM"\n'
        'Participant 2,Jörg Müller-Lüdenscheidt,,"Thursday, 7 May 2026, 18:01"\nParticipant 3,李 小龙,,-\n'
    )
    files = [
        (moodle_name("Anna Ott", 1, NAME), notebook("1")),
        (moodle_name("Jörg Müller-Lüdenscheidt", 2, NAME), notebook("2")),
        (moodle_name("李 小龙", 3, NAME), notebook("3")),
    ]
    done = taken(course, zip_of(tmp_path / "a.zip", files), sheet)
    assert [timestamp(course, one)[11:16] for one in ("anna", "jorg")] == ["15:59", "16:01"]  # Berlin's 17:59, 18:01
    assert done.refused == []
    assert (done.unknown_times, done.in_time) == ([], ["li"])


def test_times_that_lie_apart_are_those_of_handing_in(course, due, tmp_path, notebook):
    path = tmp_path / "a.zip"
    zip_of(path, [(moodle_name("Anna Ott", 1, NAME), notebook("1"))], packed=(2026, 5, 6, 12, 0, 0))
    with zipfile.ZipFile(path, "a") as made:
        entry = zipfile.ZipInfo(moodle_name("Jörg Müller-Lüdenscheidt", 2, NAME), (2026, 5, 7, 20, 0, 0))
        made.writestr(entry, notebook("2"))
    done = taken(course, path)
    assert (done.in_time, done.unknown_times) == ([], [])
    assert timestamp(course, "jorg") == "2026-05-07 18:00:00 UTC"


def test_one_students_own_zip_says_no_time_whatever_its_entries_say(course, due, tmp_path, notebook):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(zipfile.ZipInfo(f"anna/{NAME}", (2026, 5, 1, 12, 0, 0)), notebook("1"))
        made.writestr(zipfile.ZipInfo("anna/mine.txt", (2026, 4, 1, 12, 0, 0)), "mine")
    done = taken(course, path)
    assert list(done.placed) == ["anna"]
    assert list(unknown_times(course, LESSON)) == ["anna"]


# --- other ways of naming, and other lessons ------------------------------------------------------------------------


def test_a_group_is_placed_by_hand_for_each_of_it(course, tmp_path, notebook, placed):
    path = zip_of(tmp_path / "a.zip", [(moodle_name("Group Blue", 7, NAME), notebook("ours"))])
    assert "nobody on the list is Group Blue" in taken(course, path).refused[0]
    kept = course.downloaded / LESSON / "not-placed" / "Group Blue_7"
    assert sorted(taken(course, kept, students=["anna", "li"]).placed) == ["anna", "li"]
    assert placed("anna") == placed("li") == "ours"


def test_a_name_that_has_nothing_of_the_student_is_remarked_on(course, tmp_path, notebook):
    files = [
        (canvas_name("Ott, A. M.", 1001, 1, NAME), notebook("1")),
        (canvas_name("X, Y", 1003, 2, NAME), notebook("2")),
    ]
    [line] = taken(course, canvas(tmp_path / "a.zip", files)).remarks
    assert line == "xy_1003: taken for li's, by number or address, not xy's"


def test_a_single_notebook_says_nothing_of_its_student(course, tmp_path, notebook, placed):
    path = tmp_path / NAME
    path.write_text(notebook("x"))
    assert "it has no name" in taken(course, path).refused[0]
    assert list(taken(course, path, students=["sam"]).placed) == ["sam"]


def test_another_lms_by_nbgraders_own_collector(course, tmp_path, notebook, placed, monkeypatch):
    config = tmp_path / "clone"
    config.mkdir()
    text = (ROOT / "nbgrader_config.py").read_text() + (
        "c.FileNameCollectorPlugin.named_regexp = r'.*_(?P<student_id>\\d+)_attempt_\\d+_(?P<file_id>[^.]+)'\n"
    )
    (config / "nbgrader_config.py").write_text(text)
    monkeypatch.setattr(nbgrader_adapter, "ROOT", config)
    path = zip_of(tmp_path / "a.zip", [("hw_1001_attempt_2_01-srn.ipynb", notebook("anna's"))])
    assert list(taken(course, path).placed) == ["anna"]


def test_zip_collect_looks_in_the_course_folder(course):
    collect = ZipCollectApp(config=nbgrader_adapter.course_config(course))
    collect.init_syspath = lambda: None
    collect.coursedir = CourseDirectory(config=collect.config, assignment_id=LESSON)
    assert Path(collect._format_collect_path("archive")) == course.downloaded / LESSON / "archive"


def test_several_notebooks_of_a_lesson_each_get_their_names(tmp_path):
    own = sorted((LESSON_FOLDER / "08-applications").glob("*.ipynb"))[:3]
    stage = tmp_path / "outer" / "stage"
    (stage / "wrap").mkdir(parents=True)
    for number, path in enumerate(own):
        shutil.copy(path, stage / "wrap" / f"copy-{number}.ipynb")
    lines = settle(stage, "08-applications")
    assert len(lines) == 3
    assert sorted(path.name for path in stage.iterdir()) == [path.name for path in own]


def test_of_two_at_once_one_is_kept_to_be_placed_by_hand(course, tmp_path, notebook, placed):
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, name in enumerate(("anna-01-srn.ipynb", "01-srn_anna.ipynb")):
        (folder / name).write_text(notebook(str(number)))
        os.utime(folder / name, (1.7e9, 1.7e9))
    done = taken(course, folder)
    [line] = done.refused
    assert f"a second one of anna; {done.placed['anna']} is taken" in line
    [kept] = (course.downloaded / LESSON / "not-placed").iterdir()
    assert f"'{kept}'" in line
    first = placed("anna")
    assert list(taken(course, kept, students=["anna"]).placed) == ["anna"]
    assert placed("anna") != first
