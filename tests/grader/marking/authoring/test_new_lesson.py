"""Does `grader new-lesson` make a lesson that passes all walls and tests, and does it refuse names that are none?"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.marking.authoring import new_lesson as making
from grader.marking.authoring.new_lesson import DRAWN, LISTED, TRAPS, BadName, NewLesson, new_lesson
from grader.marking.course.paths import ROOT

PRODUCED = {"course", "dist", "site", "my-lessons", "shared"}
"""Folders of the clone that hold what was made with it."""
NAME = "97-two-words"
MODULE = "two_words"


@pytest.fixture
def lists(tmp_path):
    """A clone with the lists of lessons alone."""
    for path in (LISTED[0], DRAWN[0], TRAPS):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("mine", "a number of two digits, and words in small letters, such as 10-mine"),
        ("10-Mine", "words in small letters"),
        ("10_mine", "words in small letters"),
        ("00-mine", "a number of two digits"),
        ("100-mine", "a number of two digits"),
        ("10-../mine", "words in small letters"),
        ("10-mine\n", "words in small letters"),
        ("03-mine", "the number 03 is that of 03-clipping; the first free one is "),
        ("97-srn", "the name srn is taken"),
        ("97-speech", "the name speech is taken"),
        ("97-cells", "the name cells is taken: solutions/cells.py"),
        ("97-toolbox", "the name toolbox is taken: solutions/toolbox"),
        ("97-lambda", "lambda is a word of Python's own"),
        ("97-random", "random is a word of Python's own"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name, says):
    with pytest.raises(BadName) as refused:
        new_lesson(name, ROOT)
    assert says in str(refused.value)


def test_it_enters_the_lists_and_writes_its_files_without_a_placeholder(lists, monkeypatch):
    monkeypatch.setattr(making, "AFTERWARDS", ())
    written = new_lesson(NAME, lists)
    assert f'    "{MODULE}": "{NAME}",\n}}' in (lists / LISTED[0]).read_text()
    assert f'    "{NAME}": own_lesson,\n}}' in (lists / DRAWN[0]).read_text()
    texts = [(lists / path).read_text() for path in written]
    assert len(texts) == 9
    assert not [path for path, text in zip(written, texts, strict=True) if "«" in text or "LESSON-" in text]
    with pytest.raises(BadName, match=f"the name {MODULE} is taken: solutions/{MODULE}.py"):
        new_lesson(NAME, lists)


def test_a_smaller_number_stands_before_larger_ones():
    text = 'LESSONS = {\n    "a": "01-a",\n    "c": "03-c",\n}\nrest\n}\n'
    line = '    "b": "02-b",\n'
    expected = 'LESSONS = {\n    "a": "01-a",\n    "b": "02-b",\n    "c": "03-c",\n}\nrest\n}\n'
    assert making._with_line(text, "LESSONS = {\n", line, "02-b") == expected


def test_what_fails_afterwards_is_named_with_the_way_on(lists, monkeypatch):
    monkeypatch.setattr(making, "AFTERWARDS", (("all is well", "-c", "raise SystemExit('not at all: {module}')"),))
    with pytest.raises(
        making.GraderError, match=r"all is well \(not at all: two_words\)\. Mend it, then go on with: python -c"
    ):
        new_lesson(NAME, lists)


def test_its_names():
    lesson = NewLesson("07-two-words")
    assert (lesson.number, lesson.module, lesson.title) == ("07", "two_words", "Two words")
    assert (
        lesson.filled('«number» «n».1 «title» «module» "LESSON-earned')
        == '07 7.1 Two words two_words "two_words-earned'
    )


# --- the whole, in a copy of the clone ------------------------------------------------------------------------------


def left_out(folder, names):
    produced = PRODUCED if Path(folder) == ROOT else set()
    return {name for name in names if name.startswith(".") or name == "__pycache__" or name in produced}


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """python("-m", "ruff", …): Python in a copy of the clone that has the new lesson, with a course of its own."""
    clone = tmp_path_factory.mktemp("new-lesson") / "clone"
    shutil.copytree(ROOT, clone, ignore=left_out)
    course = clone.parent / "course"
    environment = os.environ | {
        "PYTHONPATH": str(clone),
        "RNN_WORKBOOK_COURSE": str(course),
        "PYTHONDONTWRITEBYTECODE": "1",
    }

    def run(*arguments, code=0):
        done = subprocess.run([sys.executable, *arguments], cwd=clone, env=environment, capture_output=True, text=True)
        assert done.returncode == code, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    said = run("-m", "grader.cli", "new-lesson", NAME)
    assert f"written: solutions/{MODULE}.py" in said
    assert "Now make it yours" in said
    return run


@pytest.mark.slow
def test_the_new_lesson_is_in_step_and_tidy(python):
    assert "in step" in python("-m", "grader.cli", "sync", "--check")
    python(
        "-m", "ruff", "check", "--quiet", "solutions", "grader", f"tests/solutions/test_{MODULE}.py", f"lessons/{NAME}"
    )
    python(
        "-m", "ruff", "format", "--check", "solutions", "grader", f"tests/solutions/test_{MODULE}.py", f"lessons/{NAME}"
    )


@pytest.mark.slow
def test_its_types_are_sound(python):
    answers = "grader/marking/answers"
    python(
        "-m",
        "mypy",
        f"grader/checks/tasks/{MODULE}.py",
        *(f"{answers}/{part}/{MODULE}.py" for part in ("alternatives", "misconceptions")),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tests", "chosen"),
    [
        (("tests/lessons", f"tests/solutions/test_{MODULE}.py"), f"{NAME} or {MODULE}"),
        (
            (
                "tests/grader/checks/test_declared_tasks.py",
                "tests/grader/checks/test_known_mistakes.py",
                "tests/grader/marking/answers/test_alternatives.py",
                "tests/grader/marking/answers/test_misconceptions.py",
                "tests/grader/marking/answers/test_points_of_any_draw.py",
                "tests/grader/marking/answers/test_recorded_mistakes.py",
            ),
            MODULE,
        ),
        (
            (
                *(
                    f"tests/grader/marking/authoring/test_{page}.py"
                    for page in ("claims", "heads", "lesson_pages", "lesson_table")
                ),
                *(f"tests/grader/checks/test_{what}.py" for what in ("lessons", "builds_on", "start_page")),
                "tests/grader/marking/proving/fidelity/test_traps.py",
                "tests/grader/student/test_so_far.py",
                "tests/grader/test_rooms.py",
            ),
            "not pictures_are_drawn_alike",
        ),
    ],
    ids=["notebook and solutions", "tasks and answers", "what is said of lessons"],
)
def test_it_passes_the_tests_of_lessons(python, tests, chosen):
    options = "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser and not hostile"
    assert " passed" in python("-m", "pytest", *options, *tests, "-k", chosen)


HAND_IN = f"""
import nbformat
from grader.marking.course.course import Course
from grader.marking.proving import samples

course = Course.from_environment()
own = samples.lesson_notebook("{NAME}")
made = {{"right": samples.solve, "different": samples.solve_differently, "untouched": lambda nb, own: nb}}
for student, make in made.items():
    nb = nbformat.read(course.release / "{NAME}" / "{NAME}.ipynb", as_version=4)
    course.submission(student, "{NAME}").mkdir(parents=True)
    nbformat.write(make(nb, own), course.submission(student, "{NAME}") / "{NAME}.ipynb")
"""


@pytest.mark.slow
def test_it_is_released_handed_in_and_marked(python):
    python("-m", "grader.cli", "release", NAME)
    python("-c", HAND_IN)
    outcomes = json.loads(python("-m", "grader.cli", "autograde", NAME, "--json"))["outcomes"]
    assert {each["student"]: (each["points"], each["status"]) for each in outcomes} == {
        "right": (14, "marked"),
        "different": (14, "marked"),
        "untouched": (0, "marked"),
    }
