"""Is what we use of nbgrader's and nbconvert's inside there, in the version that is installed?"""

from __future__ import annotations

import inspect
import os
import time
import tomllib
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path

import pytest
from nbconvert.exporters import NotebookExporter
from nbgrader import apps, converters
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.autograde import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from grader.checks.errors import GraderError
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.sandbox.limits import Limits
from grader.marking.steps.course_autograde import CourseAutograde
from grader.marking.steps.mark import Mark
from grader.marking.steps.nbgrader_adapter import (
    AutogradeInParts,
    SaveReleasedCells,
    configured_course,
    course_api,
    existing_timestamp,
    files_to_copy,
    finished,
    steps_of_release,
    submitted_at,
)
from grader.marking.steps.restore_cells import RestoreCells
from grader.marking.steps.run_in_sandbox import RunInSandbox

SUPPORTED = SpecifierSet(">=0.9.5,<0.10")
"""The versions of nbgrader against which steps/nbgrader_adapter.py and steps/shared_gradebook.py are written."""
LESSON, STUDENT = "01-srn", "alice"

CALLED = {
    Autograde: {
        "_format_dest": (LESSON, STUDENT),
        "init_destination": (LESSON, STUDENT),
        "init_assignment": (LESSON, STUDENT),
        "set_permissions": (LESSON, STUDENT),
        "run_pre_convert_hook": (),
    },
    NotebookExporter: {"_init_resources": ({},), "register_preprocessor": (RestoreCells,)},
}
"""Methods that we call, each with arguments of ours."""
OVERRIDDEN = {
    ExchangeCollect: {"init_src": (), "copy_files": ()},
    NotebookExporter: {"from_filename": ("a.ipynb",), "from_notebook_node": ("notebook",)},
    SaveAutoGrades: {"preprocess": ("notebook", "resources")},
    SaveCells: {"_create_notebook": ("notebook",)},
    Autograde: {
        "start": (),
        "convert_notebooks": (),
        "convert_single_notebook": ("a.ipynb",),
    },
}
"""Methods that theirs call: under another name, ours would never be asked."""
SET = {
    Autograde: (
        "sanitize_preprocessors",
        "autograde_preprocessors",
        "exporter_class",
        "pre_convert_hook",
        "notebooks",
        "exporter",
        "force",
    ),
    ExchangeCollect: ("update", "before_duedate", "check_owner"),
    NotebookExporter: ("_preprocessors",),
}
"""Traits that we read, set or configure: traitlets take any name for one, and a wrong one does nothing."""


def each(names):
    return [pytest.param(owner, name, id=f"{owner.__name__}.{name}") for owner, some in names.items() for name in some]


def gone(owner, name):
    package = owner.__module__.partition(".")[0]
    return (
        f"{package} {metadata.version(package)} has no {owner.__name__}.{name} as we use it: mend grader/marking/steps"
    )


def test_the_installed_version_is_one_that_we_know():
    """After an upgrade: read what changed, run these tests, then widen the range here and in pyproject.toml."""
    assert metadata.version("nbgrader") in SUPPORTED
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [Requirement(line) for line in project["optional-dependencies"]["student"]]
    assert [each.specifier for each in declared if each.name == "nbgrader"] == [SUPPORTED]


@pytest.mark.parametrize(("owner", "name"), each(CALLED) + each(OVERRIDDEN))
def test_a_method_that_we_use_is_there_and_takes_our_arguments(owner, name):
    method = getattr(owner, name, None)
    assert callable(method), gone(owner, name)
    given = {**CALLED.get(owner, {}), **OVERRIDDEN.get(owner, {})}[name]
    try:
        inspect.signature(method).bind("self", *given)
    except TypeError as odd:
        pytest.fail(f"{gone(owner, name)} ({odd})")


@pytest.mark.parametrize(("owner", "name"), each(SET))
def test_a_trait_that_we_use_is_there(owner, name):
    assert name in owner.class_trait_names(), gone(owner, name)


REPLACED = {
    converters.base: {"find_all_files": files_to_copy},
    CourseDirectory: {"get_existing_timestamp": existing_timestamp},
    NbGraderAPI: {"get_submitted_timestamp": submitted_at},
}
"""nbgrader's own functions that others of nbgrader's call, and ours in their place."""


@pytest.mark.parametrize("owner", REPLACED)
def test_a_function_that_we_replace_is_still_called(owner):
    """By that name, with arguments that ours takes; the test of each is below, or where it is used."""
    for name, ours in REPLACED[owner].items():
        assert getattr(owner, name) is ours
        assert f"{name}(" in Path(inspect.getfile(owner)).read_text()


@pytest.mark.parametrize("road", [apps.api, apps.autogradeapp])
def test_nbgraders_api_and_command_mark_with_the_class_of_the_configuration(course, road):
    course_api(course)
    assert road.Autograde is CourseAutograde
    assert "= Autograde(" in Path(inspect.getfile(road)).read_text()


def test_nbgraders_road_of_a_release_saves_cells_with_our_step():
    assert steps_of_release().count(SaveReleasedCells) == 1
    assert "Cannot add or remove cells" in inspect.getsource(SaveCells)


# --- the adapter itself ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [b"yesterday", b"\xff" * 9, b"9" * 2_000_000])
def test_a_time_that_is_none_keeps_formgraders_list_from_nobody(released, hand_in, text):
    (hand_in("eve").parent / "timestamp.txt").write_bytes(text)
    (hand_in(STUDENT).parent / "timestamp.txt").write_text("2026-05-06 21:58:00 UTC")
    found = {one["student"]: one["timestamp"] for one in course_api(released).get_submissions(LESSON)}
    assert found == {"eve": None, STUDENT: "2026-05-06T21:58:00"}


def test_nbgrader_reads_a_time_and_nothing_that_never_ends(released, hand_in):
    """Its own function took a time in /dev/zero, in a pipe or in a terabyte for one that must be read to its end."""
    time_file = hand_in(STUDENT).parent / "timestamp.txt"
    when = course_api(released).coursedir.get_existing_timestamp
    folder = str(time_file.parent)
    assert when(folder) is None
    time_file.write_text("2026-05-06 23:58:00 +0200\n")
    assert when(folder) == datetime(2026, 5, 6, 21, 58)
    os.truncate(time_file, 10**12)
    with pytest.raises(GraderError, match="is not a time"):
        when(folder)
    time_file.unlink()
    os.mkfifo(time_file)
    assert when(folder) is None
    time_file.unlink()
    time_file.symlink_to("/dev/zero")
    assert when(folder) is None


def test_a_time_that_is_none_is_named_by_nbgraders_road(released, hand_in):
    (hand_in("eve").parent / "timestamp.txt").write_text("2026-05-06 11:58:00 CST")
    done = course_api(released).autograde(LESSON, "eve")
    assert not done["success"]
    assert "timestamp.txt: 'CST' is no time zone, or more than one" in done["error"] + done["log"]


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_an_extension_without_a_due_date_ends_nothing(released, hand_in):
    """Given while there was one; nbgrader's own sum of the two is a TypeError, in marking, report and export."""
    hand_in(STUDENT)
    with Gradebook(released.db_url) as book:
        book.add_student(STUDENT)
        submission = book.add_submission(LESSON, STUDENT, timestamp=datetime(2026, 5, 7))
        submission.extension = timedelta(days=2)
        assert submission.duedate is None
        assert submission.total_seconds_late == 0
        submission.assignment.duedate = datetime(2026, 5, 4)
        assert submission.duedate == datetime(2026, 5, 6)
        assert submission.total_seconds_late == 86_400


def test_what_nbgrader_copies_beside_a_notebook_is_plain_and_soon_found(released, hand_in):
    """Ten thousand files took nbgrader's own function five minutes; a link led it anywhere."""
    folder = hand_in(STUDENT).parent
    (folder / "many").mkdir()
    for number in range(3000):
        (folder / "many" / f"{number:04}.txt").touch()
    (folder / "link").symlink_to(released.root)
    (folder / "old~").touch()
    begin = time.monotonic()
    found = files_to_copy(str(folder), ["*~", "*.ipynb"])
    assert time.monotonic() - begin < 5
    assert len(found) == 1000
    assert {Path(path).parent.name for path in found} == {"many"}


@pytest.fixture
def halves(released):
    api = course_api(released)
    return AutogradeInParts(LESSON, coursedir=api.coursedir, parent=api)


def test_the_halves_have_the_configured_steps(halves):
    config = halves.parent.config.Autograde
    assert [type(step) for step in halves.before.steps] == config.sanitize_preprocessors
    assert [type(step) for step in halves.after.steps] == config.autograde_preprocessors
    assert type(halves.step(Mark)) is Mark


def test_what_is_marked_lies_in_the_course(halves, released):
    assert halves.marked(STUDENT) == released.autograded / STUDENT / LESSON


def test_a_submission_is_prepared_as_nbgrader_does_it(halves, released, hand_in):
    """Links set aside, the lesson's files in place, a row in the gradebook; what was marked before is gone."""
    path = hand_in(STUDENT)
    (path.parent / "link.txt").symlink_to(released.gradebook)
    halves.marked(STUDENT).mkdir(parents=True)
    (halves.marked(STUDENT) / f"{LESSON}.ipynb").write_text("marked before")
    halves.set_links_aside(STUDENT, [path])
    assert "not followed" in (path.parent / "link.txt").read_text()
    halves.prepare(STUDENT, [path])
    assert not (halves.marked(STUDENT) / f"{LESSON}.ipynb").exists()
    assert list((halves.marked(STUDENT) / "data").iterdir())
    halves.set_permissions(LESSON, STUDENT)


def test_the_configuration_is_that_of_the_course_that_is_named(course, tmp_path):
    """Not that of the environment, which `nbgrader` and Formgrader ask; it has its say again afterwards."""
    other = Course(tmp_path / "other")
    assert course_api(other).coursedir.submitted_directory == str(other.submitted)
    assert configured_course() == course
    assert course_api(course).coursedir.db_url == course.db_url


def test_limits_and_gpu_reach_the_step_that_runs(released):
    limits = Limits(cell_seconds=7)
    api = course_api(released, limits, gpu=True)
    step = AutogradeInParts(LESSON, coursedir=api.coursedir, parent=api).step(RunInSandbox)
    assert (step.limits, step.gpu, step.course) == (limits, True, released)


def test_single_limits_are_for_every_lesson_and_those_of_a_lesson_for_it_alone(released):
    api = course_api(released, but={"cell_seconds": 7})
    api.config.RunInSandbox.lesson_limits = {LESSON: {"other_seconds": 8}, "05-lstm": {"other_seconds": 9}}
    step = AutogradeInParts(LESSON, coursedir=api.coursedir, parent=api).step(RunInSandbox)
    assert step.limits_of(LESSON) == Limits(cell_seconds=7, other_seconds=8)
    assert step.limits_of("01-other") == Limits(cell_seconds=7)
    with pytest.raises(GraderError, match="no limit 'seconds': the limits are cell_seconds, notebook_seconds"):
        course_api(released, but={"seconds": 7})
    with pytest.raises(GraderError, match="must be a positive whole number, not 0"):
        course_api(released, but={"cell_seconds": 0})


def test_the_last_line_of_a_failure_is_told():
    log = "Traceback (most recent call last):\n  File x\n    ValueError: no such lesson\nThe end"
    assert finished({"success": True, "log": ""}, "it failed")["success"]
    with pytest.raises(GraderError, match=r"^it failed: ValueError: no such lesson$"):
        finished({"success": False, "log": log}, "it failed")
    with pytest.raises(GraderError, match="nbgrader gave no reason"):
        finished({"success": False, "error": None, "log": None}, "it failed")
