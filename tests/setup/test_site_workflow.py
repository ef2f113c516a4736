"""Does the workflow publish what `make site` builds, with no secret and no more rights than that takes?"""

from __future__ import annotations

import pytest
import yaml


@pytest.fixture(scope="module")
def text(root) -> str:
    return (root / ".github/workflows/site.yml").read_text("utf-8")


def test_it_needs_no_secret(text):
    assert "secrets." not in text
    assert yaml.safe_load(text)["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}


def test_it_publishes_the_folder_that_make_site_fills_without_answers(root, text):
    steps = yaml.safe_load(text)["jobs"]["publish"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["make site"]
    assert [step["with"]["path"] for step in steps if "upload" in step.get("uses", "")] == ["site"]
    assert "/site/" in (root / ".gitignore").read_text("utf-8").splitlines()
