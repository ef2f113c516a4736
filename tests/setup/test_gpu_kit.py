"""Does the kit for a machine without a network pack what the project declares, and run what `make cuda` runs?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib

import pytest

RUN = "-m grader.marking.proving.cuda"


@pytest.fixture(scope="module")
def kit(root):
    return root / ".ci" / "gpu-kit"


def test_its_packages_are_those_of_the_project_in_the_same_ranges(root, kit):
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {package for group in groups for package in group}
    (packed,) = re.findall(r"^wanted=\((.*?)\)$", (kit / "pack.sh").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    wanted = set(re.findall(r'"([^"]+)"', packed))
    assert wanted
    assert wanted <= declared
    instructor = {one for one in project["optional-dependencies"]["instructor"] if not one.startswith("rnn-workbook")}
    assert instructor <= wanted


def test_it_and_make_cuda_run_the_same(root, kit):
    assert RUN in (kit / "run.sh").read_text("utf-8")
    assert f"$(PY) {RUN}\n" in (root / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("script", ["pack.sh", "run.sh"])
def test_its_scripts_can_be_read_by_bash_and_started(kit, script):
    assert os.access(kit / script, os.X_OK)
    subprocess.run(["bash", "-n", kit / script], check=True)


def test_it_installs_and_then_runs_the_stages_that_are_named(kit, tmp_path):
    """With stand-ins for the machine's python3, tar and dpkg, which write down how they are called."""
    calls, programs, clone = tmp_path / "calls", tmp_path / "programs", tmp_path / "the clone"
    (clone / ".gpu-kit" / "wheels").mkdir(parents=True)
    (clone / ".gpu-kit" / "wheels" / "one-1.0.whl").touch()
    (clone / ".gpu-kit" / "bubblewrap_1_amd64.deb").touch()
    shutil.copy(kit / "run.sh", clone / ".gpu-kit")
    programs.mkdir()
    for name in ("python3", "tar", "dpkg"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> "{calls}"\n')
        (programs / name).chmod(0o755)
    for name in ("bash", "dirname"):
        (programs / name).symlink_to(shutil.which(name))
    own = {"PATH": str(programs), "OUT": "results"}
    subprocess.run(["bash", ".gpu-kit/run.sh", "record", "fidelity"], cwd=clone, env=own, check=True)
    install, *_, unpack, run = calls.read_text().splitlines()
    assert install.startswith("python3 -m pip install --quiet --no-index")
    assert install.endswith("wheels/one-1.0.whl")
    assert unpack.startswith("dpkg -x")
    assert run == f"python3 -u {RUN} --out results record fidelity"
