"""Do the commands that the pages name exist, and do Makefile, README and CI say the same?"""

from __future__ import annotations

import re
import subprocess

import pytest
from typer.testing import CliRunner

from grader.cli import app

PAGES = ("README.md", "CONTRIBUTING.md", "grader/TEACHING.md", "grader/marking/authoring/site_pages/index.md")


@pytest.fixture(scope="module")
def targets(root) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))


def code_of(page: str) -> str:
    """What stands in code: fenced blocks and `inline`."""
    blocks = re.findall(r"```.*?\n(.*?)```", page, re.DOTALL)
    return "\n".join(blocks + re.findall(r"`([^`\n]+)`", page))


def test_makefile_has_the_promised_targets(targets):
    assert {"lab", "demo", "test", "test-all", "bench", "check"} <= targets


@pytest.mark.parametrize("name", PAGES)
def test_make_commands_of_a_page_exist(root, targets, name):
    named = set(re.findall(r"\bmake ([a-z][a-z-]*)", code_of((root / name).read_text("utf-8"))))
    assert named
    assert named <= targets


@pytest.mark.parametrize("name", PAGES)
def test_grader_commands_of_a_page_exist(root, name):
    named = re.findall(r"(?:^|/| )grader ([a-z][a-z-]*)", code_of((root / name).read_text("utf-8")), re.MULTILINE)
    known = {command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands}
    assert named
    assert set(named) <= known


def test_ci_runs_the_readme_commands(root):
    run, readme = (root / ".ci" / "run").read_text("utf-8"), (root / "README.md").read_text("utf-8")
    ran = re.findall(r"^make .*$", run, re.MULTILINE)
    assert ran
    assert all(command in readme for command in ran)


def test_make_alone_lists_the_targets(root):
    done = subprocess.run(["make", "-C", str(root)], capture_output=True, text=True, check=True)
    assert "make lab" in done.stdout


@pytest.mark.parametrize(
    "command", [command.name or command.callback.__name__.replace("_", "-") for command in app.registered_commands]
)
def test_every_command_has_help(command):
    done = CliRunner().invoke(app, [command, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


def test_an_unknown_lesson_is_one_clear_line():
    done = CliRunner().invoke(app, ["release", "77-nothing"])
    assert done.exit_code == 1
    assert "there is no lesson '77-nothing'" in done.output
    assert "Traceback" not in done.output


def test_wrong_usage_has_its_own_exit_code():
    assert CliRunner().invoke(app, ["autograde"]).exit_code == 2
