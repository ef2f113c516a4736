"""Is a course the folder that was meant, and does everything of it lie there?"""

from __future__ import annotations

import os
import resource
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.checks.errors import GraderError
from grader.marking.course.course import VARIABLE, Course
from grader.marking.course.paths import ROOT


def test_without_the_variable_it_is_the_folder_in_the_clone(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Course.from_environment() == Course(ROOT / "course")
    monkeypatch.setenv(VARIABLE, "")
    assert Course.from_environment() == Course(ROOT / "course")


def test_with_the_variable_it_is_that_folder(monkeypatch, tmp_path):
    """Also where it is named from the working directory, or through a link: a course has one name."""
    (tmp_path / "spring").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "spring")
    monkeypatch.chdir(tmp_path)
    for name in (str(tmp_path / "spring"), "spring", "link"):
        monkeypatch.setenv(VARIABLE, name)
        assert Course.from_environment() == Course(tmp_path.resolve() / "spring")


def test_its_environment_leads_another_program_to_it(monkeypatch, tmp_path):
    course = Course(tmp_path / "spring")
    for name, value in course.environment.items():
        monkeypatch.setenv(name, value)
    assert Course.from_environment() == course


def test_to_name_a_course_makes_nothing(tmp_path):
    course = Course(tmp_path / "spring")
    places = [value for name in dir(Course) if isinstance(value := getattr(course, name), Path)]
    assert len(places) >= 8
    assert all(path.is_relative_to(course.root) for path in places)
    assert course.db_url == f"sqlite:///{tmp_path / 'spring' / 'gradebook.db'}"
    assert not course.root.exists()


def test_everybody_may_write_into_the_exchange(tmp_path):
    course = Course(tmp_path / "spring")
    before = os.umask(0o077)
    try:
        course.make_exchange()
    finally:
        os.umask(before)
    assert course.exchange.stat().st_mode & 0o7777 == 0o1777


def test_the_secret_is_made_once_and_for_the_instructor_alone(tmp_path):
    course = Course(tmp_path / "spring")
    assert len(course.secret()) >= 16
    assert course.secret() == Course(course.root).secret() != Course(tmp_path / "autumn").secret()
    assert (course.root / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["", "ab" * 31, "ab" * 33, "xy" * 32], ids=["empty", "cut", "long", "no hex"])
def test_a_key_that_is_none_is_refused(tmp_path, content):
    """A disk was full, or a copy was cut: seeds could be guessed, and every seal rests on the key."""
    course = Course(tmp_path)
    (course.root / "secret.key").write_text(content)
    with pytest.raises(GraderError, match="is no key of 32 bytes"):
        course.secret()
    assert (course.root / "secret.key").read_text() == content


def test_where_the_key_cannot_be_written_whole_there_is_none(tmp_path):
    """A disk that is full in the middle of it: the file's size is limited for a moment."""
    course = Course(tmp_path / "spring")
    signal_before, limit = signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limit[1]))
    try:
        with pytest.raises(GraderError, match="make room"):
            course.secret()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, signal_before)
    assert list(course.root.iterdir()) == []
    assert len(course.secret()) == 32


def test_of_two_that_make_the_key_at_once_both_have_the_same(tmp_path):
    course = Course(tmp_path / "spring")
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: course.secret(), range(40)))) == 1
