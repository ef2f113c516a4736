"""Does a course's file say what holds, and does each fault in it have a sentence with the way out?"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import COURSE_ID, Course
from grader.marking.course.settings import CourseSettings, Limit, due_of, settings_of
from grader.marking.course.trial import TrialCourse
from grader.marking.sandbox.limits import Limits

BERLIN = ZoneInfo("Europe/Berlin")
WHOLE = """
name = "Recurrent networks, autumn"
id = "rnn-26"
timezone = "Europe/Berlin"
exchange = "../exchange"
gradebook = "postgresql://grader@localhost/rnn"
late = {share = 0.1, most = 0.5}

[lessons.01]
due = "2026-12-01 23:59"
points = 10
limits.cell_seconds = 60
extensions.anna = "2026-12-03 23:59"

[lessons.02-bptt]
due = 2026-12-08T12:00:00Z
late.share = 0

[lessons.gru]
taught = false
"""


def course_with(folder, text: str, name: str = "course.toml") -> Course:
    (folder / name).write_text(text, encoding="utf-8")
    return Course(folder)


def refused(folder, text: str, name: str = "course.toml") -> str:
    with pytest.raises(GraderError) as caught:
        settings_of(course_with(folder, text, name))
    said = str(caught.value)
    assert str(folder / name) in said
    return said


def test_without_a_file_all_is_as_it_was(tmp_path):
    course = Course(tmp_path / "spring")
    assert settings_of(course) == CourseSettings()
    assert (course.id, course.exchange) == (COURSE_ID, course.root / "exchange")
    assert due_of(course, "01-srn") is due_of(course, "01-srn", "anna") is None
    assert settings_of(course).late_rule("01-srn") is None
    assert settings_of(course).lesson("01-srn").taught


def test_a_file_says_what_holds(tmp_path):
    (tmp_path / "course").mkdir()
    course = course_with(tmp_path / "course", WHOLE)
    found = settings_of(course)
    assert (course.id, course.exchange) == ("rnn-26", tmp_path / "exchange")
    assert course.db_url == "postgresql://grader@localhost/rnn"
    lesson = found.lesson("01-srn")
    assert (lesson.due, lesson.points) == (datetime(2026, 12, 1, 23, 59, tzinfo=BERLIN), 10)
    assert lesson.limits == {"cell_seconds": 60}
    assert found.lesson("02-bptt").due == datetime(2026, 12, 8, 12, tzinfo=UTC)
    assert [found.late_rule(name).share for name in ("01-srn", "02-bptt", "03-clipping")] == [0.1, 0, 0.1]
    assert not found.lesson("04-gru").taught


def test_a_change_of_the_file_holds_at_once(tmp_path):
    assert course_with(tmp_path, 'id = "one"').id == "one"
    assert course_with(tmp_path, 'id = "another"').id == "another"
    (tmp_path / "course.toml").unlink()
    assert Course(tmp_path).id == COURSE_ID


def test_an_extension_is_the_students_own_and_makes_nothing_earlier(tmp_path):
    course = course_with(tmp_path, WHOLE)
    assert due_of(course, "01-srn", "anna") == datetime(2026, 12, 3, 23, 59, tzinfo=BERLIN)
    assert due_of(course, "01-srn", "ben") == due_of(course, "01-srn") == datetime(2026, 12, 1, 23, 59, tzinfo=BERLIN)
    table = "student,lesson,until\nanna,01,2026-12-05 10:00\nben,srn,2026-11-01 10:00\ncarl,03,2026-12-20 10:00\n"
    course_with(tmp_path, table, "extensions.csv")
    assert due_of(course, "01-srn", "anna") == datetime(2026, 12, 5, 10, tzinfo=BERLIN)
    assert due_of(course, "01-srn", "ben") == due_of(course, "01-srn")
    assert due_of(course, "03-clipping", "carl") == datetime(2026, 12, 20, 10, tzinfo=BERLIN)


def test_extensions_alone_are_settings_too(tmp_path):
    course = course_with(tmp_path, "student,lesson,until\nanna,01,2026-12-05 10:00\n", "extensions.csv")
    assert due_of(course, "01-srn", "anna") == datetime(2026, 12, 5, 10, tzinfo=UTC)


@pytest.mark.parametrize("given", ["sqlite:///marks.db", "sqlite:////elsewhere/marks.db"])
def test_a_file_is_named_from_the_course_folder(tmp_path, given):
    course = course_with(tmp_path, f'gradebook = "{given}"')
    assert course.gradebook == (tmp_path / "marks.db" if "elsewhere" not in given else Path("/elsewhere/marks.db"))
    assert course.db_url == f"sqlite:///{course.gradebook}"


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('nam = "x"', "nam: there is no such key; did you mean name?"),
        ("[lessons.01]\nduee = 1", "lessons.01-srn.duee: there is no such key; did you mean due?"),
        ("[lessons.01.limits]\ncell_second = 3", "lessons.01-srn.limits.cell_second: there is no such key; did you"),
        ("[late]\ngrace = 3", "late.grace: there is no such key; did you mean grace_minutes?"),
        ("[lessons.11]", "lessons: there is no lesson '11'; the lessons are: 01-srn"),
        ("[lessons.01]\n[lessons.srn]", "lessons: 01-srn is there twice"),
        ('timezone = "Europe/Berlinn"', "'Europe/Berlinn' is no time zone, or more than one: did you mean Europe/Berl"),
        ('timezone = "CST"', "'CST' is no time zone, or more than one: name a place, such as Europe/Berlin"),
        ("timezone = 1", "timezone: must be a text in quotes, not 1"),
        ('[lessons.01]\ndue = "2026-13-01 23:59"', "lessons.01-srn.due: '2026-13-01 23:59' is no time: month"),
        ('[lessons.01]\ndue = "soon"', "lessons.01-srn.due: 'soon' is not a time like \"2026-12-01 23:59\""),
        ("[lessons.01]\ndue = 2026-12-01", "lessons.01-srn.due: 2026-12-01 has no time: write it as"),
        ("[lessons.01]\ndue = 5", "lessons.01-srn.due: 5 is no date with a time"),
        (
            'timezone = "Europe/Berlin"\n[lessons.01]\ndue = "2026-03-29 02:30"',
            "there is no 2026-03-29 02:30 in Europe/Berlin: clocks are put forward",
        ),
        ("[lessons.01.extensions]\nanna = true", "lessons.01-srn.extensions.anna: True is no date"),
        ("[lessons.01]\nlimits.memory = 0", "lessons.01-srn.limits.memory: must be greater than 0, not 0"),
        ('[lessons.01]\nlimits.memory = "much"', '01-srn.limits: memory must be a size such as "2 GiB" or'),
        (
            "[lessons.01]\nlimits.memory = 4000",
            'limits: memory must be at least 256 MiB, not 4000 bytes: is "4000 MiB" meant?',
        ),
        ('[lessons.01]\nlimits.cell_seconds = "60"', "limits.cell_seconds: must be a whole number, not '60'"),
        ("[lessons.01]\npoints = -1", "lessons.01-srn.points: must be greater than or equal to 0, not -1"),
        ("[lessons.01]\npoints = nan", "lessons.01-srn.points: must be a"),
        ("[lessons.01]\ntaught = 1", "lessons.01-srn.taught: must be true or false, not 1"),
        ("[late]\nshare = 10", "late.share: must be at most 1, not 10: 0.1 is 10 %"),
        ('[late]\nper = "week"', "late.per: must be 'day' or 'hour', not 'week'"),
        ('id = "a/b"', 'id: must be letters, digits, "-"'),
        ("exchange = 1", "exchange: must be a folder in quotes, not 1"),
        ('gradebook = "here.db"', "gradebook: must be an address such as"),
        ("lessons = 3", "lessons: must be a table, not 3"),
        ("late = 3", "late: must be a table, not 3"),
        ("name = Deep", "is no TOML: Invalid value (at line 1, column 8); texts and dates stand in quotes"),
    ],
)
def test_a_fault_is_named_with_its_key_and_the_way_out(tmp_path, text, says):
    assert says in refused(tmp_path, text)


def test_all_faults_are_named_at_once(tmp_path):
    said = refused(tmp_path, 'nam = "x"\ntimezone = "Nowhere"\n[lessons.01]\ndue = "soon"\npoints = "3"')
    assert len(said.splitlines()) == 5


@pytest.mark.parametrize("name", ["course.toml", "extensions.csv"])
def test_what_is_no_text_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GraderError, match="UTF-8"):
        settings_of(Course(tmp_path))


@pytest.mark.parametrize(
    ("given", "size"),
    [("2 GiB", 2 * 2**30), ("500MiB", 500 * 2**20), ("1.5 gib", 3 * 2**29), ("1 GB", 10**9), (2**29, 2**29)],
)
def test_a_size_is_said_with_its_unit_or_in_bytes(tmp_path, given, size):
    said = f'"{given}"' if isinstance(given, str) else given
    course = course_with(tmp_path, f"[lessons.01]\nlimits = {{memory = {said}, cell_seconds = 60}}")
    assert settings_of(course).lesson("01-srn").limits == {"memory": size, "cell_seconds": 60}
    assert Limits().but({"memory": given}).memory == size


def test_a_limit_within_which_no_kernel_works_is_refused():
    with pytest.raises(GraderError, match=r"the limit memory must be at least 256 MiB, not 4000 bytes"):
        Limits().but({"memory": 4000})
    with pytest.raises(GraderError, match="the limit cell_seconds must be a positive whole number, not '60'"):
        Limits().but({"cell_seconds": "60"})
    assert Limits().but({"memory": 256 * 2**20, "cell_seconds": 1}).cell_seconds == 1


def test_the_limits_are_those_of_the_sandbox():
    assert get_args(Limit) == tuple(field.name for field in dataclasses.fields(Limits))


def test_a_course_on_trial_has_the_settings_of_the_course(tmp_path):
    course = course_with(tmp_path, WHOLE)
    trial = TrialCourse(tmp_path / "trial", course)
    assert settings_of(trial) == settings_of(course)
    assert trial.id == course.id
    assert due_of(trial, "01-srn", "anna") == due_of(course, "01-srn", "anna")
    assert trial.db_url.startswith("sqlite:")
