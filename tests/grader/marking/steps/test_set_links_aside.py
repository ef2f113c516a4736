"""Is every link in a submission replaced by words before anything follows it?"""

import os

import pytest

from grader.marking.steps.set_links_aside import SET_ASIDE, set_links_aside


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "submitted"
    (folder / "data").mkdir(parents=True)
    (folder / "n.ipynb").write_text("a notebook")
    return folder


def set_aside(folder):
    """As nbgrader calls it."""
    set_links_aside(notebooks=[str(folder / "n.ipynb")], assignment="01-srn", student="*")


def test_links_and_pipes_are_replaced_by_words(folder, tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("marks")
    (folder / "marks.txt").symlink_to(secret)
    (folder / "data" / "everything").symlink_to(tmp_path)
    (folder / "nowhere").symlink_to("/nowhere/at/all")
    os.mkfifo(folder / "pipe")
    set_aside(folder)
    assert secret.read_text() == "marks"
    said = {path.name: path.read_text() for path in folder.rglob("*") if path.is_file() and path.name != "n.ipynb"}
    assert said == {
        "marks.txt": f"{SET_ASIDE} a link to {secret}. It was not followed.\n",
        "everything": f"{SET_ASIDE} a link to {tmp_path}. It was not followed.\n",
        "nowhere": f"{SET_ASIDE} a link to /nowhere/at/all. It was not followed.\n",
        "pipe": f"{SET_ASIDE} a special file. It was not followed.\n",
    }


def test_behind_a_student_that_is_a_link_nothing_is_touched(tmp_path):
    victim = tmp_path / "victim" / "01-srn"
    victim.mkdir(parents=True)
    (victim / "data").symlink_to("/srv/data")
    (tmp_path / "mallory").symlink_to(tmp_path / "victim")
    set_aside(tmp_path / "mallory" / "01-srn")
    assert (victim / "data").is_symlink()


def test_what_is_no_link_stays_as_it_is(folder):
    (folder / "data" / "mine.txt").write_text("mine")
    set_aside(folder)
    assert (folder / "n.ipynb").read_text() == "a notebook"
    assert (folder / "data" / "mine.txt").read_text() == "mine"


def test_a_link_for_the_time_of_handing_in_is_gone(folder):
    """nbgrader reads that file as a time: words would stop the whole submission."""
    (folder / "timestamp.txt").symlink_to("/etc/hostname")
    set_aside(folder)
    assert not (folder / "timestamp.txt").is_symlink()
    assert not (folder / "timestamp.txt").exists()


def test_a_link_in_place_of_a_folder_of_the_lessons_leaves_its_place(folder):
    """The lesson's own files are put there: words in their folder's place would stop the whole submission."""
    (folder / "data").rmdir()
    (folder / "data").symlink_to("/srv/shared/data")
    set_aside(folder)
    assert not os.path.lexists(folder / "data")
    assert (folder / "data.set-aside").read_text() == f"{SET_ASIDE} a link to /srv/shared/data. It was not followed.\n"


def test_one_that_cannot_be_replaced_keeps_no_other(folder):
    (folder / "data").rmdir()
    (folder / "data.set-aside").mkdir()
    (folder / "data").symlink_to("/etc")
    (folder / "timestamp.txt").symlink_to("/dev/zero")
    set_aside(folder)
    assert not (folder / "timestamp.txt").is_symlink()
