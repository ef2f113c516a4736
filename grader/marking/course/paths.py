"""The clone: where lessons and solutions lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
"""The clone."""
LESSON_FOLDER = ROOT / "lessons"
"""nbgrader's source directory."""
SOLUTIONS = ROOT / "solutions"
