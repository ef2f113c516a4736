"""Does the tree name places that exist on one machine only?"""

from __future__ import annotations

import re

MACHINE = re.compile(
    r"(?<![\w.*\]])/(?:work|root|home/(?!student)\w+|Users|tmp/bash_jobs)/|file:///|/opt/(?:wheels|pypi)"
)
SKIPPED = {
    ".git",
    ".venv",
    "__pycache__",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".ipynb_checkpoints",
    "dist",
}
TEXT = {"", ".cfg", ".csv", ".ini", ".ipynb", ".json", ".lock", ".md", ".py", ".svg", ".toml", ".txt", ".yml", ".yaml"}


def text_files(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and path.suffix in TEXT and parts[0] != "course" and not SKIPPED & set(parts):
            yield path


def test_no_file_names_a_place_of_one_machine(root):
    found = []
    for path in text_files(root):
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1):
            if MACHINE.search(line) and path.name != "test_no_machine_paths.py":
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:120]}")
    assert found == []
