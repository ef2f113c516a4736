"""Files that lie beside a submitted notebook: kept out of feedback, and handed out by Formgrader in a sandbox.

Otherwise a student's HTML file, opened from Formgrader's address, could act there as the instructor.
As an extension of Jupyter's server this module adds the sandbox; `make lab` switches it on.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from grader.marking.course.course import Course
from grader.marking.course.submissions import NBGRADERS_OWN

SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
OF_A_SUBMISSION = re.compile(r"/formgrader/submissions/[^/]+/.")


def leave_only_pages(*, notebooks: list[str], **_: object) -> None:
    """Remove from the feedback folders of those notebooks whatever is not a page that was made from one.

    nbgrader copies all files of a submission there, and takes every ``.html`` among them for feedback.
    """
    for folder in {Path(notebook).parent for notebook in notebooks}:
        pages = {f"{Path(notebook).stem}.html" for notebook in notebooks}
        course = Course(folder.parents[2])  # nbgrader gives autograded/STUDENT/LESSON/NAME.ipynb
        clear(course.feedback / folder.parent.name / folder.name, pages)


def clear(folder: Path, pages: set[str]) -> None:
    """Remove from a feedback folder everything but those pages and nbgrader's own files."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name not in pages and path.name not in NBGRADERS_OWN:
            path.unlink()


class Sandboxed(OutputTransform):
    """Adds a Content-Security-Policy to a submission's files: they run no script and have an opaque origin."""

    def __init__(self, request: HTTPServerRequest) -> None:
        self.applies = OF_A_SUBMISSION.search(request.path) is not None

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        if self.applies:
            headers["Content-Security-Policy"] = SANDBOX
            headers["X-Content-Type-Options"] = "nosniff"
        return status_code, headers, chunk


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.web_app.add_transform(Sandboxed)
