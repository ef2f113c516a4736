"""Is a course the folder that was meant, and does everything of it lie there?"""

from __future__ import annotations

import os
from pathlib import Path

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
    assert course.exchange.stat().st_mode & 0o777 == 0o777


def test_the_secret_is_made_once_and_for_the_instructor_alone(tmp_path):
    course = Course(tmp_path / "spring")
    assert len(course.secret()) >= 16
    assert course.secret() == Course(course.root).secret() != Course(tmp_path / "autumn").secret()
    assert (course.root / "secret.key").stat().st_mode & 0o077 == 0
