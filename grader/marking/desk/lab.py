"""Start JupyterLab on this course: as its instructor, in the clone; or as a student, in a folder of their own.

Both use the same exchange, so one person on one machine can play a whole course: release, fetch, submit, collect, mark.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from grader.checks.start_page import write_start_page
from grader.marking.course.course import Course
from grader.marking.course.paths import ROOT
from grader.marking.course.previews import link_previews

INSTRUCTOR = """\
JupyterLab opens in the browser (or copy its address from below), on the list of lessons and what of them is done.
  A lesson:    click “with answers” there, then Run → Run All Cells.
  Your own:    type grader start 01 in a terminal there (File → New → Terminal), or .venv/bin/grader start 01 elsewhere.
  The class:   type grader desk in a terminal: who handed in, points, mistakes, and buttons for the course's commands.
  Formgrader:  menu Nbgrader → Formgrader. Generate, preview, release, collect and mark: one button each.
  A student's view of the same course, in another terminal:  make lab ROLE=student
Ctrl-C twice in this terminal ends it."""

STUDENT = """\
JupyterLab opens in the browser (or copy its address from below), as a student of this course sees it: on the list of
lessons and what of them is done.
  Fetch and submit:  menu Nbgrader → Assignment List. (The instructor releases first: `grader release 01`.)
  Check your work:   run the cell under a task, or press Validate above the notebook for all of them.
Ctrl-C twice in this terminal ends it."""

STUDENT_CONFIG = """\
from grader.checks.validate import validate_by_exercise

c = get_config()
c.CourseDirectory.course_id = {course_id!r}
c.Exchange.root = {exchange!r}
validate_by_exercise(c)  # a line for each exercise; of the long experiments Validate runs what they define
"""

FOR_NOBODY = ("@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader:course-list")
"""Extensions that are off for all: JupyterLab's question about news, and nbgrader's list of several courses."""
LABEXTENSIONS = Path(__file__).parent / "labextensions"
"""Our own extension of JupyterLab's page: pictures have the alternative text stored with them, sliders their name."""
NOT_FOR_STUDENTS = ("@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:create-assignment")


@dataclass(frozen=True)
class Desk:
    """Where JupyterLab starts, with which additional environment, and what to say about it."""

    folder: Path
    what_to_click: str
    environment: dict[str, str] = field(default_factory=dict)


def desk(course: Course, role: Literal["instructor", "student"]) -> Desk:
    """The instructor's or the student's desk; writes its configuration."""
    course.make_exchange()  # Formgrader hides Release and Collect where there is none
    if role == "student":
        return student_desk(course, course.root / "student")
    link_previews(course)
    config = course.root / "instructor" / ".jupyter"
    _switch_off(config, FOR_NOBODY)
    # Formgrader hands out students' files so that they run nothing
    sandbox = {"grader.marking.feedback.pages.files": True}
    _write_json(config / "jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": sandbox}})
    _open_on_start_page(config, ROOT)
    return Desk(ROOT, INSTRUCTOR, course.environment | _jupyter_folders(config))


def student_config(course: Course) -> str:
    """The lines of nbgrader's configuration that a student's machine needs."""
    return STUDENT_CONFIG.format(course_id=course.id, exchange=str(course.exchange))


def student_desk(course: Course, folder: Path) -> Desk:
    """A student's desk in that folder: nbgrader's part for students only, on the course's exchange.

    The configuration lies in ``folder/.jupyter``; students on machines of their own get the same few lines.
    """
    config = folder / ".jupyter"
    _switch_off(config, FOR_NOBODY + NOT_FOR_STUDENTS)
    (config / "nbgrader_config.py").write_text(student_config(course), encoding="utf-8")
    extensions = {"nbgrader.server_extensions.formgrader": False, "nbgrader.server_extensions.course_list": False}
    _write_json(config / "jupyter_server_config.json", {"ServerApp": {"jpserver_extensions": extensions}})
    _open_on_start_page(config, folder)
    return Desk(folder, STUDENT, _jupyter_folders(config))


def _jupyter_folders(config: Path) -> dict[str, str]:
    """The environment variables that give a desk its own configuration and its own open tabs."""
    return {"JUPYTER_CONFIG_PATH": str(config), "JUPYTERLAB_WORKSPACES_DIR": str(config / "workspaces")}


def _open_on_start_page(config: Path, folder: Path) -> None:
    """Write the page into the folder that JupyterLab serves, and have it open on it.

    Terminals there begin no login of their own, which would forget where `grader` lies.
    """
    page = write_start_page(folder)
    address = "/lab" if page is None else f"/lab/tree/{page.name}"
    terminals = {"terminado_settings": {"shell_command": [os.environ.get("SHELL", "/bin/sh")]}}
    _write_json(config / "jupyter_lab_config.json", {"LabApp": {"default_url": address}, "ServerApp": terminals})


def _switch_off(config: Path, extensions: Sequence[str]) -> None:
    """Switch off extensions of JupyterLab's page."""
    _write_json(config / "labconfig" / "page_config.json", {"disabledExtensions": dict.fromkeys(extensions, True)})


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def command(options: Sequence[str] = ()) -> list[str]:
    """The command that starts JupyterLab."""
    as_root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    ours = f"--LabServerApp.extra_labextensions_path={LABEXTENSIONS}"
    return [sys.executable, "-m", "jupyterlab", "--ServerApp.log_level=WARN", ours, *as_root, *options]


def environment(place: Desk) -> dict[str, str]:
    """The environment of that desk's JupyterLab: nbgrader finds its own programs on the path."""
    programs = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join((programs, os.environ.get("PATH", os.defpath))), **place.environment}


def start(place: Desk, options: Sequence[str] = ()) -> None:
    """Replace this process by that desk's JupyterLab (``execve``). Does not return."""
    sys.stdout.flush()
    os.chdir(place.folder)
    os.execve(sys.executable, command(options), environment(place))
