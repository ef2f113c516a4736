"""Does the set-up say what is missing where it cannot install it?"""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


@pytest.fixture
def bare_path(tmp_path) -> str:
    """A PATH with a shell's own programs, without apt and sudo."""
    for program in ("sh", "env", "mktemp", "tail", "rm", "id"):
        os.symlink(shutil.which(program), tmp_path / program)
    return str(tmp_path)


def need(root, path: str, test: str) -> subprocess.CompletedProcess:
    command = [shutil.which("sh"), str(root / ".ci" / "need"), test, "bubblewrap", "the sandbox"]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False)


def test_says_nothing_when_all_is_there(root, bare_path):
    done = need(root, bare_path, "true")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_names_package_and_command_when_it_cannot_install(root, bare_path):
    done = need(root, bare_path, "false")
    assert done.returncode == 1
    assert "sudo apt-get install bubblewrap" in done.stderr


def test_shows_what_apt_said_when_apt_fails(root, bare_path, tmp_path):
    """With the right to install, but no such package: apt's last lines, then the same way out."""
    for name, text in {"apt-get": "echo 'E: no such package'; exit 100", "id": "echo 0"}.items():
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = need(root, bare_path, "false")
    assert done.returncode == 1
    assert "E: no such package" in done.stderr
    assert "sudo apt-get install bubblewrap" in done.stderr
