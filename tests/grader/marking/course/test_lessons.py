"""Is a lesson found by its names, and are its files and what it may import those of that lesson alone?"""

from __future__ import annotations

import pytest

from grader.checks.errors import GraderError
from grader.checks.task import BETWEEN, LESSONS, lessons
from grader.marking.course import lessons as lessons_by_name
from grader.marking.course.lessons import lesson_files, lesson_id, visible_solutions
from grader.marking.course.paths import SOLUTIONS


@pytest.mark.parametrize("name", ["01-srn", "01", "1", "srn", "01-srn/", "lessons/01-srn"])
def test_a_lesson_has_shorter_names(name):
    assert lesson_id(name) == "01-srn"


@pytest.mark.parametrize("name", ["", "00", "srn.ipynb", "../lessons/01-srn", "01-SRN"])
def test_another_name_is_refused_with_those_there_are(name):
    with pytest.raises(GraderError, match=r"there is no lesson .*; the lessons are: 01-srn, 02-bptt, "):
        lesson_id(name)


def test_what_an_editor_leaves_in_a_lesson_is_not_among_its_files(monkeypatch, tmp_path):
    """A backup of the notebook holds its answers."""
    for name in (
        "data/ruth.txt",
        "01-srn.ipynb~",
        "#01-srn.ipynb#",
        ".01-srn.ipynb.swp",
        ".ipynb_checkpoints/a.txt",
        "01-srn.ipynb",
    ):
        (tmp_path / "01-srn" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "01-srn" / name).write_text("x")
    monkeypatch.setattr(lessons_by_name, "LESSON_FOLDER", tmp_path)
    assert lesson_files("01-srn") == ["data/ruth.txt"]


@pytest.mark.parametrize("lesson", lessons())
def test_a_lesson_sees_the_toolbox_and_earlier_solutions_only(lesson):
    earlier = [module.partition(".")[0] for module, folder in LESSONS.items() if folder < lesson]
    between = [module for module, first in BETWEEN.items() if first <= lesson]
    rooms = ["__init__", "nets", "text", "experiments", "pictures", *["applications"] * (lesson == "08-applications")]
    seen = {path.relative_to(SOLUTIONS).with_suffix("").as_posix() for path in visible_solutions(lesson)}
    assert seen == {"__init__", *(f"toolbox/{room}" for room in rooms), *earlier, *between}
