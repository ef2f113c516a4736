"""Does environment.yml give conda users what pyproject.toml gives everybody else?"""

from __future__ import annotations

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CONDA_NAMES = {"pytorch": "torch"}


def listed(root) -> tuple[dict[str, str], list[str]]:
    entries = yaml.safe_load((root / "environment.yml").read_text("utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    lines = [entry for entry in entries if isinstance(entry, str)] + [line for line in pip if not line.startswith("-")]
    found = [Requirement(line) for line in lines]
    ranges = {canonicalize_name(CONDA_NAMES.get(each.name, each.name)): str(each.specifier) for each in found}
    return ranges, pip


def test_same_packages_and_ranges(root, declared):
    """The packages of a student, with the same ranges; nothing more than Python and pip beside them."""
    ranges, _ = listed(root)
    assert {name: ranges[name] for name in ranges if name not in ("python", "pip")} == declared("student")


def test_same_python(root, project):
    ranges, _ = listed(root)
    assert ranges["python"] == project["requires-python"]


def test_installs_the_project_itself(root):
    assert "--editable ." in listed(root)[1]
