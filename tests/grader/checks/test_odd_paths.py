"""Does nbgrader find what lies in a folder with brackets in its name?"""

from __future__ import annotations

import glob
import importlib
import re
from pathlib import Path

import nbgrader
import pytest
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.checks.odd_paths import USERS, LiteralGlob, literal, take_brackets_literally

ODD = "Kurs [2026] für Übung"


@pytest.fixture(autouse=True)
def installed():
    take_brackets_literally()
    take_brackets_literally()


def test_all_of_nbgraders_modules_that_look_for_files_are_named():
    top = Path(nbgrader.__file__).parent
    found = {
        ".".join(("nbgrader", *path.relative_to(top).with_suffix("").parts))
        for path in top.rglob("*.py")
        if "glob.glob(" in path.read_text("utf-8") and not {"tests", "docs"} & set(path.relative_to(top).parts)
    }
    assert found == set(USERS)
    assert all(importlib.import_module(name).glob is LiteralGlob for name in USERS)


@pytest.mark.parametrize("root", ["plain", ODD, "[a]/[b]", "x[1", "]["])
def test_files_are_found_by_patterns_below_a_folder_of_any_name(tmp_path, root):
    for student in ("anna", "ben [2]", "*"):
        (tmp_path / root / student).mkdir(parents=True)
        (tmp_path / root / student / "01.ipynb").touch()
    found = LiteralGlob.glob(f"{tmp_path / root}/*/*.ipynb")
    assert len(found) == 3
    assert LiteralGlob.glob(f"{tmp_path / root}/ben [2]/*.ipynb") == [f"{tmp_path / root}/ben [2]/01.ipynb"]
    assert len(LiteralGlob.glob(f"{tmp_path / root}/[ab]*/01.ipynb")) == 2


def test_what_is_not_there_stays_a_pattern(tmp_path):
    assert literal(f"{tmp_path}/[ab]/*") == f"{tmp_path}/[ab]/*"
    (tmp_path / "a").touch()
    assert LiteralGlob.glob(f"{tmp_path}/[ab]") == glob.glob(f"{tmp_path}/[ab]") == [f"{tmp_path}/a"]


@pytest.mark.parametrize("root", ["/plain", f"/{ODD}", "/a+b (c)"])
@pytest.mark.parametrize("absolute", [True, False])
def test_student_and_lesson_are_told_by_the_path(root, absolute):
    folder = f"{root}/submitted" if absolute else "submitted"
    coursedir = CourseDirectory(config=Config(CourseDirectory={"root": root, "submitted_directory": folder}))
    pattern = coursedir.format_path(folder, "(?P<student>.*)", "(?P<lesson>.*)", escape=True)
    found = re.match(pattern, coursedir.format_path(folder, "ben [2]", "01-srn"))
    assert found.groupdict() == {"student": "ben [2]", "lesson": "01-srn"}
