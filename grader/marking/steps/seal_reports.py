"""A seal (HMAC) on every report: a page shows as a report only what the referee wrote for that cell."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode

from grader.marking.steps import marking_record
from grader.marking.steps.course_step import CourseStep

SEAL = "rnn_workbook_seal"
"""The name in an output's metadata."""


class SealReports(CourseStep):
    """After `Mark`: seals the report that stands first in each marked cell."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Seal each report."""
        secret, about, verdicts = self.course.secret(), resources["nbgrader"], marking_record.of(resources).verdicts
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in verdicts and "text/html" in cell.outputs[0].get("data", {}):
                report = cell.outputs[0]
                report.metadata = NotebookNode({SEAL: seal(secret, about, name, report.data["text/html"])})
        return nb, resources


def seal(secret: bytes, about: Mapping[str, str], grade_id: str, html: str) -> str:
    """HMAC-SHA256 of a report and of the cell and submission it is for. ``about``: assignment, student, notebook."""
    whose = [about["assignment"], about["student"], about["notebook"], grade_id]
    return hmac.digest(secret, json.dumps(["report", *whose, html]).encode(), "sha256").hex()


def is_sealed(secret: bytes, about: Mapping[str, str], cell: NotebookNode, output: NotebookNode) -> bool:
    """Is this output a report, made for this cell of this submission?"""
    found = output.get("metadata", {}).get(SEAL)
    name, html = cell.metadata.get("nbgrader", {}).get("grade_id"), output.get("data", {}).get("text/html")
    if not (isinstance(found, str) and isinstance(name, str) and isinstance(html, str)):
        return False
    return hmac.compare_digest(found.encode(), seal(secret, about, name, html).encode())
