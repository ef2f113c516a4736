"""Does a lesson come from a released folder and from a zip, and from nothing that is none?"""

from __future__ import annotations

import shutil
import zipfile

import pytest

from grader.checks import GraderError
from grader.marking.course.paths import LESSON_FOLDER
from grader.student import bring
from grader.student.bring import source_at
from grader.student.given import given_in
from grader.student.start import start


@pytest.fixture
def folder(as_released):
    return as_released


def packed(path, folder, below=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, f"{below}{file.relative_to(folder).as_posix()}")
    return path


@pytest.mark.parametrize("below", ["", "01-srn/"])
def test_a_zip_of_the_folder_or_of_what_is_in_it(folder, tmp_path, below):
    archive = packed(tmp_path / "01-srn.zip", folder, below)
    started = start(source_at(archive), tmp_path / "mine")
    assert started.folder == tmp_path / "mine" / "01-srn"
    assert given_in(started.folder, "01-srn") == given_in(folder, "01-srn")


def test_a_released_folder(folder, tmp_path):
    started = start(source_at(folder), tmp_path / "mine")
    assert given_in(started.folder, "01-srn") == given_in(folder, "01-srn")


def test_the_same_lesson_from_the_clone_and_from_a_zip_is_the_same_version(folder, lesson, tmp_path):
    lesson.start()
    archive = packed(tmp_path / "01-srn.zip", folder)
    assert "is there already" in start(source_at(archive), lesson.own).says[0]


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "C:\\evil.txt", "..\\evil.txt"])
def test_a_zip_that_would_write_elsewhere_is_refused(folder, tmp_path, name):
    archive = packed(tmp_path / "01-srn.zip", folder)
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr(name, "x")
    with pytest.raises(GraderError, match="outside its folder"):
        start(source_at(archive), tmp_path / "mine")
    assert not list(tmp_path.rglob("evil*"))


def test_a_zip_that_holds_too_much_is_refused(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(bring, "MOST_BYTES", 1000)
    with pytest.raises(GraderError, match="more than a lesson does"):
        source_at(packed(tmp_path / "01-srn.zip", folder))


def test_the_answers_are_not_taken_for_the_students_version(tmp_path):
    shutil.copytree(LESSON_FOLDER / "01-srn", tmp_path / "01-srn")
    with pytest.raises(GraderError, match="holds the answers"):
        start(source_at(tmp_path / "01-srn"), tmp_path / "mine")
    assert not list((tmp_path / "mine").iterdir())


def test_what_is_no_lesson_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.zip").write_text("x")
    with pytest.raises(GraderError, match="no notebook with exercises"):
        start(source_at(tmp_path / "empty"), tmp_path / "mine")
    with pytest.raises(GraderError, match="neither a folder nor a zip"):
        source_at(tmp_path / "file.zip")
