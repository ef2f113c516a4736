"""Is what lies in a folder that was handed in looked at again where it changed, and only there?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from grader.marking.course.submissions import note_of_collecting
from grader.marking.feedback import class_files as module
from grader.marking.feedback.class_files import count_attempts, files_of_class, handed_in

LESSON = "01-srn"


@pytest.fixture
def folder(course):
    folder = course.submission("ada", LESSON)
    folder.mkdir(parents=True)
    (folder / "01-srn.ipynb").write_text("{}")
    return folder


def lines(course):
    return files_of_class(course, LESSON, ["ada"])["ada"].lines


def test_what_is_added_removed_or_noted_is_seen(course, folder):
    assert lines(course) == ()
    (folder / "deep").mkdir()
    (folder / "deep" / "mine.ipynb").write_text("{}")
    assert "deep/mine.ipynb is none of the lesson's notebooks" in lines(course)[0]
    (folder / "deep" / "mine.ipynb").unlink()
    assert lines(course) == ()
    note_of_collecting(folder, ["model.pt: 1 TB"])
    assert lines(course) == ("model.pt: 1 TB",)


def test_a_folder_that_is_as_it_was_is_not_looked_into_again(course, folder, monkeypatch):
    before = lines(course)
    monkeypatch.setattr(module, "other_files", None)
    assert lines(course) == before


def test_a_folder_that_is_gone_is_named_with_the_way_out(course):
    assert lines(course)[0].startswith("in the gradebook, and what was handed in is gone: put it back")


def test_when_it_was_handed_in_is_read_anew_where_it_changed(course, folder):
    assert handed_in(course, LESSON, "ada") is None
    (folder / "timestamp.txt").write_text("2026-05-06 21:58:00 +0200")
    assert handed_in(course, LESSON, "ada") == datetime(2026, 5, 6, 19, 58, tzinfo=UTC)
    assert files_of_class(course, LESSON, ["ada"])["ada"].handed_in == handed_in(course, LESSON, "ada")
    (folder / "timestamp.txt").write_text("yesterday evening, I think")
    assert handed_in(course, LESSON, "ada") is None


def test_attempts_are_counted_by_student_and_lesson(course):
    assert count_attempts(course, LESSON) == {}
    for name in (
        "ada+01-srn+2026-05-06 21:58:00 UTC+a",
        "ada+01-srn+2026-05-07 21:58:00 UTC+b",
        "ada+02-bptt+2026-05-07 21:58:00 UTC+b",
        "b+ob+01-srn+2026-05-07 21:58:00 UTC",
        "cat+01-srn+some time",
    ):
        (course.exchange / course.id / "inbound" / name).mkdir(parents=True)
    assert count_attempts(course, LESSON) == {"ada": 2, "b+ob": 1}
