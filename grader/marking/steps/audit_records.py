"""Audit records: beside the gradebook, a file for each marked notebook with the evidence for every mark."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.checks.compare import Finding
from grader.checks.errors import GraderError
from grader.checks.run_file import Plan
from grader.marking.course.course import Course
from grader.marking.course.lessons import notebooks_of
from grader.marking.judge.referee import Verdict
from grader.marking.steps.marking_record import Marking
from grader.marking.steps.most_helpful import most_helpful

Record = dict[str, Any]
"""An audit record, as JSON has it."""


class CutRecord(GraderError):
    """A file that should be an audit record, and is only a part of one."""


@dataclass(frozen=True)
class AuditRecords:
    """The audit records of a lesson's submissions.

    Args:
        course: the course.
        lesson: the lesson's folder name.
    """

    course: Course
    lesson: str

    def path(self, student: str, notebook: str) -> Path:
        """Where the record of a marked notebook lies."""
        return self.course.audit_records / self.lesson / student / f"{notebook}.json"

    def read(self, student: str, notebook: str) -> Record | None:
        """The record of a notebook, or None where it was never marked.

        Raises:
            CutRecord: the file is there, and is no record, as where a disk was full.
        """
        path = self.path(student, notebook)
        try:
            found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        except ValueError:
            found = {}
        if found is None or (isinstance(found, dict) and {"tasks", "not_marked"} <= found.keys()):
            return found
        raise CutRecord(f"the record {path} is cut: run `grader autograde {self.lesson} --student {student} --force`")

    def write(self, student: str, notebook: str, record: Record) -> None:
        """Write the record of a notebook, replacing an older one in one step."""
        path = self.path(student, notebook)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, path)

    def write_unmarked(self, student: str, notebook: str, reason: str) -> None:
        """Write the record of a notebook that has no marks, with the reason; an earlier attempt's stay, as old ones."""
        record = {"ended": "", "peak_memory": 0, "tasks": {}} | (self.good(student, notebook) or {})
        record |= {"content": "", "not_marked": {notebook: reason}, "old": "scores" in record}
        self.write(student, notebook, record)

    def good(self, student: str, notebook: str) -> Record | None:
        """The record of a notebook that was marked once, be it of an earlier attempt; None where there is none."""
        try:
            record = self.read(student, notebook)
        except CutRecord:
            return None
        return record if record is not None and "scores" in record else None

    def has_unmarked(self, student: str) -> bool:
        """Is there a notebook of the student's of which something has no mark, or whose record is cut?"""
        try:
            records = [self.read(student, name) for name in notebooks_of(self.lesson)]
        except CutRecord:
            return True
        return any(record is not None and record["not_marked"] for record in records)

    def begin(self, student: str, notebooks: Iterable[str]) -> None:
        """Before a submission is marked anew: no record is finished; those of notebooks no longer there are gone."""
        there = {name: record for name in notebooks if (record := self.good(student, name)) is not None}
        shutil.rmtree(self.course.audit_records / self.lesson / student, ignore_errors=True)
        for name, record in there.items():
            self.write(student, name, record | {"content": ""})

    def is_finished(self, student: str, notebook: str, marked: Path, content: str) -> bool:
        """Was the notebook marked completely, and its marks saved, when its fingerprint was ``content``?

        Args:
            student, notebook: which one.
            marked: the marked notebook.
            content: the fingerprint as it is now.
        """
        try:
            record = self.read(student, notebook)
        except CutRecord:
            return False
        return (
            record is not None
            and record.get("content") == content
            and not record["not_marked"]
            and marked.exists()
            and text_digest(marked.read_text(encoding="utf-8")) == record["marked"]
        )


def audit_record(marking: Marking, marked: str) -> Record:
    """The evidence for every mark of a notebook: cases, seeds, findings, misconceptions.

    Args:
        marking: as the steps left it.
        marked: the text of the marked notebook.
    """
    return {
        "content": marking.content,
        "made_from": marking.made_from,
        "marked": text_digest(marked),
        "ended": marking.ran.ended,
        "peak_memory": marking.ran.peak,
        "second_pass": _second_pass(marking),
        "tasks": {verdict.task.name: _recorded(verdict, marking.job.plan) for verdict in marking.verdicts.values()},
        "not_marked": marking.unmarked,
        "failed_cells": marking.failed_cells,
        "elsewhere": marking.elsewhere,
        "scores": marking.scores,
        "answers": marking.answers,
        "texts": marking.texts,
        "earlier": marking.earlier,
        "untouched": _is_untouched(marking),
    }


def _is_untouched(marking: Marking) -> bool:
    """Is no exercise written, and no question answered: is the notebook as it was given out?"""
    is_unwritten = {verdict.reason == "not written" for verdict in marking.verdicts.values()} == {True}
    return is_unwritten and not marking.elsewhere and all(marking.scores.get(name) == 0 for name in marking.texts)


def followed_through(record: Record) -> list[str]:
    """Names of the tasks in an audit record whose points are follow-through."""
    return [name for name, facts in record["tasks"].items() if facts.get("follow_through")]


def in_need_of_a_look(record: Record, waiting: Container[str]) -> list[str]:
    """Lines about answers that may lie outside of their cells, were marked by hand as others, or are none at all.

    Args:
        record: of a notebook.
        waiting: the grade ids that still wait for a person.
    """
    elsewhere = record.get("elsewhere", {}).items()
    lines = [f"{name}: {why}; a person must mark it" for name, why in elsewhere if name in waiting]
    lines += [UNTOUCHED] if record.get("untouched") else []
    return lines + [
        f"{name}: {mark['points']:g} of {mark['of']:g} by hand were for an earlier attempt; a person must mark it anew"
        for name, mark in record.get("earlier", {}).items()
        if name in waiting and mark["points"] is not None
    ]


UNTOUCHED = "nothing is answered: all exercises are as they were given out; is it the file that was meant?"


def text_digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _recorded(verdict: Verdict, plan: Plan) -> Record:
    return {
        "points": verdict.points,
        "of": verdict.task.points,
        "reason": verdict.reason,
        "says": most_helpful(verdict),
        "unanswered": verdict.unanswered,
        "misconceptions": list(verdict.misconceptions),
        "library": list(verdict.library),
        "devices": list(verdict.devices),
        "cases": [list(pair) for pair in plan[verdict.task.name]],
        "findings": [_finding(finding) for finding in verdict.findings],
        "follow_through": _follow_through(verdict),
    }


def _follow_through(verdict: Verdict) -> Record | None:
    """Where the points are follow-through: whose right results were used; what the first pass was worth, and why."""
    if verdict.first is None:
        return None
    return {
        "earlier": list(verdict.earlier),
        "first_points": verdict.first.points,
        "first_reason": verdict.first.reason,
        "first_findings": [_finding(finding) for finding in verdict.first.findings if not finding.right],
    }


def _second_pass(marking: Marking) -> Record | None:
    """Each task that was tried again with what it got, and why a question was refused; None where nothing was tried."""
    if marking.second_job is None or marking.second is None:
        return None
    ran, plan, second = marking.second, marking.second_job.plan, marking.second_job.second
    cells = dict(zip(plan, second.earlier if second else (), strict=True))
    return {
        "asked": {name: list(ran.asked.get(cell, ())) for name, cell in cells.items()},
        "refused": ran.refused,
        "ended": ran.ended,
    }


def _finding(finding: Finding) -> Record:
    return {
        "case": finding.case,
        "output": finding.output,
        "kind": finding.kind,
        "detail": finding.detail,
        "spared": finding.spared,
        "wrong": finding.wrong,
        "entries": finding.entries,
        "error": finding.error if finding.error == finding.error else None,  # JSON has no NaN
        "tolerance": finding.tolerance,
    }
