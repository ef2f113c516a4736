"""Does each role get the JupyterLab that it needs?"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from traitlets.config import PyFileConfigLoader

from grader.marking.course import previews
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.desk import lab
from grader.marking.steps.nbgrader_adapter import course_api


@pytest.fixture(autouse=True)
def links(tmp_path, monkeypatch):
    monkeypatch.setattr(previews, "PREVIEWS", tmp_path / "previews")


@pytest.fixture
def course(tmp_path) -> Course:
    return Course(tmp_path / "a course")


def config_of(place: lab.Desk) -> Path:
    return Path(place.environment["JUPYTER_CONFIG_PATH"])


def disabled(place: lab.Desk) -> dict[str, bool]:
    return json.loads((config_of(place) / "labconfig" / "page_config.json").read_text("utf-8"))["disabledExtensions"]


@pytest.mark.parametrize("role", ["instructor", "student"])
def test_everyone_can_write_into_the_exchange(course, role):
    """Formgrader hides Release and Collect where nobody can."""
    lab.desk(course, role)
    assert course.exchange.stat().st_mode & 0o777 == 0o777


def test_the_instructor_sits_in_the_clone_with_formgrader(course):
    place = lab.desk(course, "instructor")
    assert place.folder == ROOT
    assert "@jupyter/nbgrader:formgrader" not in disabled(place)


def test_the_student_sits_elsewhere_without_formgrader(course):
    place = lab.desk(course, "student")
    assert place.folder == course.root / "student"
    assert disabled(place)["@jupyter/nbgrader:formgrader"]


def test_the_student_uses_the_same_exchange(course):
    config = PyFileConfigLoader("nbgrader_config.py", path=str(config_of(lab.desk(course, "student")))).load_config()
    assert config.Exchange.root == str(course.exchange)
    assert config.CourseDirectory.course_id == "rnn"


def test_the_roles_remember_their_own_tabs(course):
    folders = {lab.desk(course, role).environment["JUPYTERLAB_WORKSPACES_DIR"] for role in ("instructor", "student")}
    assert len(folders) == 2


@pytest.mark.parametrize(
    ("role", "address"), [("instructor", "/lab/tree/start.ipynb"), ("student", "/lab/tree/start.ipynb")]
)
def test_jupyterlab_opens_on_the_list_of_lessons(course, role, address):
    place = lab.desk(course, role)
    settings = json.loads((config_of(place) / "jupyter_lab_config.json").read_text("utf-8"))
    assert settings["LabApp"]["default_url"] == address
    assert (place.folder / address.removeprefix("/lab/tree/")).is_file()


def test_jupyterlab_opens_as_ever_where_a_start_page_is_somebody_s_own(course):
    own = course.root / "student" / "start.ipynb"
    own.parent.mkdir(parents=True)
    own.write_text("{}")
    place = lab.desk(course, "student")
    settings = json.loads((config_of(place) / "jupyter_lab_config.json").read_text("utf-8"))
    assert settings["LabApp"]["default_url"] == "/lab"
    assert own.read_text() == "{}"


def test_our_own_extension_of_the_page_is_found():
    """What it does is seen in a browser: tests/browser/test_sliders.py."""
    assert f"--LabServerApp.extra_labextensions_path={lab.LABEXTENSIONS}" in lab.command()
    [package] = lab.LABEXTENSIONS.glob("*/package.json")
    about = json.loads(package.read_text(encoding="utf-8"))
    assert about["name"] == package.parent.name
    script = package.parent / about["jupyterlab"]["_build"]["load"]
    assert f'name = "{about["name"]}"' in script.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", ["instructor", "student"])
def test_a_terminal_of_it_begins_no_login_which_would_forget_where_grader_lies(course, role, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/bash")
    settings = json.loads((config_of(lab.desk(course, role)) / "jupyter_lab_config.json").read_text("utf-8"))
    assert settings["ServerApp"]["terminado_settings"]["shell_command"] == ["/bin/bash"]


def test_the_releases_of_a_course_elsewhere_are_linked_into_the_clone(course, tmp_path):
    """A course that is gone has no link any more, and one in the clone needs none."""
    gone = Course(tmp_path / "gone" / "course")
    for each in (gone, course, course):
        lab.desk(each, "instructor")
    assert previews.preview_folder(gone).readlink() == gone.release
    shutil.rmtree(gone.root)
    lab.desk(course, "instructor")
    [link] = (tmp_path / "previews").iterdir()
    assert (link.name, link.readlink()) == (previews.preview_folder(course).name, course.release)
    inside = Course(ROOT / "course" / "inside")
    assert previews.preview_folder(inside) == inside.release


def test_formgraders_preview_leads_there(course):
    (course.release / "01-srn").mkdir(parents=True)
    found = course_api(course).get_assignment("01-srn")
    assert (ROOT / found["release_path"]).resolve() == (previews.preview_folder(course) / "01-srn").resolve()
