"""JupyterLab opens on the list of lessons where lessons lie: an extension of Jupyter's server.

Installing the package switches it on, so a plain ``jupyter lab`` does what ``grader lab`` does. In any other folder
JupyterLab opens as ever, and nothing is written there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from traitlets.config import Config

from grader.checks.lesson_list import lesson_list
from grader.checks.start_page import MINE, write_start_page


def has_lessons(folder: Path) -> bool:
    """Does that folder hold a lesson, lessons of one's own, or the clone's?"""
    names = {entry.folder for entry in lesson_list()}
    return any((folder / name).is_dir() for name in (MINE, *names, *(f"lessons/{name}" for name in names)))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _link_jupyter_server_extension(server: Any) -> None:
    """Write the page, and have JupyterLab open on it; Jupyter calls this before it reads what JupyterLab is to do."""
    folder = Path(server.root_dir)
    if has_lessons(folder) and (page := write_start_page(folder)) is not None:
        server.update_config(Config({"LabApp": {"default_url": f"/lab/tree/{page.name}"}}))


def _load_jupyter_server_extension(server: Any) -> None:
    """Nothing is left to do once the server runs; Jupyter asks for this function."""
