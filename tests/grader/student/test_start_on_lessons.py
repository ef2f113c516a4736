"""Does a plain `jupyter lab` open on the lessons where lessons lie, and as ever anywhere else?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import pytest
from jupyter_server.serverapp import ServerApp

from grader.checks.start_page import MINE, NAME
from grader.marking.course.paths import ROOT
from grader.student.begin import FOLDER
from grader.student.start_on_lessons import _link_jupyter_server_extension, has_lessons

SETTINGS = ROOT / "grader" / "student" / "jupyter_server_config.json"


@pytest.fixture
def server(tmp_path):
    return ServerApp(root_dir=str(tmp_path))


@pytest.mark.parametrize("lesson", ["01-srn", "my-lessons", "lessons/08-applications"])
def test_a_folder_with_a_lesson_opens_on_the_page(server, tmp_path, lesson):
    (tmp_path / lesson).mkdir(parents=True)
    _link_jupyter_server_extension(server)
    assert server.config.LabApp.default_url == f"/lab/tree/{NAME}"
    assert (tmp_path / NAME).is_file()


def test_any_other_folder_stays_as_it_is(server, tmp_path):
    (tmp_path / "01-other").mkdir()
    _link_jupyter_server_extension(server)
    assert "default_url" not in server.config.LabApp
    assert not (tmp_path / NAME).exists()


def test_a_notebook_of_somebody_s_own_stays_as_it_is(server, tmp_path):
    (tmp_path / "01-srn").mkdir()
    (tmp_path / NAME).write_text("{}")
    _link_jupyter_server_extension(server)
    assert "default_url" not in server.config.LabApp
    assert (tmp_path / NAME).read_text() == "{}"


def test_the_clone_has_lessons_and_the_page_looks_where_they_are_started():
    assert has_lessons(ROOT)
    assert MINE == FOLDER


@pytest.mark.slow
def test_jupyterlab_itself_says_that_address(tmp_path):
    """As installed: Jupyter reads the settings that the package brings."""
    (tmp_path / "01-srn").mkdir()
    place = tmp_path / "config" / "jupyter_server_config.d"
    place.mkdir(parents=True)
    shutil.copy(SETTINGS, place / "rnn_workbook.json")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    environment = {**os.environ, "JUPYTER_CONFIG_PATH": str(tmp_path / "config")}
    log = tmp_path / "log"
    with log.open("wb") as file:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        assert _address(log, server).endswith(f"/lab/tree/{NAME}")
    finally:
        server.terminate()
        server.wait(20)


def _address(log, server):
    """The address that JupyterLab prints, without its token."""
    for _ in range(120):
        if found := re.search(r"http://localhost:\d+(\S+)\?token", log.read_text(errors="replace")):
            return found[1]
        try:
            server.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(log.read_text(errors="replace"))
