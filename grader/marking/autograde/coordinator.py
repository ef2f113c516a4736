"""The coordinator of a run: keeps the workers busy, marks what they return, and alone writes into the gradebook."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Any

from nbgrader.api import MissingEntry
from sqlalchemy.exc import DatabaseError, OperationalError

from grader.checks.errors import GraderError
from grader.marking.autograde.judges import Judges
from grader.marking.autograde.marker import Judged, Marker, Part
from grader.marking.autograde.obstacles import obstacle
from grader.marking.autograde.outcome import Outcome, Status
from grader.marking.autograde.run_log import write_line
from grader.marking.course.contents import printable
from grader.marking.course.lessons import notebooks_of
from grader.marking.course.submissions import handed_in
from grader.marking.sandbox.job import Job, Result
from grader.marking.sandbox.pool import CHECK_SECONDS, Pool
from grader.marking.sandbox.stage_times import Times, add, add_all, stage, timed
from grader.marking.steps import strict_notebook_exporter
from grader.marking.steps.audit_records import Record, followed_through, in_need_of_a_look
from grader.marking.steps.late_penalty import points
from grader.marking.steps.shared_gradebook import WAIT_SECONDS, SharedGradebook

Returned = tuple[Callable[[Any, float], bool], "_Submission", Part, Future[Any], float]
"""What is to be done with a notebook that returns (it says whether the notebook goes on), which one, what came of it,
and how long it was away."""


@dataclass
class _Submission:
    """One submission that is being marked.

    Attributes:
        notebooks: names of the lesson's notebooks that were handed in.
        waiting: how many of them are with the workers.
        ran: those that were run and judged.
        failed: name of a notebook → why it cannot be marked.
        notes: what else was handed in.
        times: "queued", "ran" and "marking", in seconds; judging is marking, wherever it is done.
        stages: how long each stage took, wherever it is done.
    """

    student: str
    notebooks: list[str]
    waiting: int = 0
    ran: list[Part] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    times: dict[str, float] = field(default_factory=lambda: dict.fromkeys(("queued", "ran", "marking"), 0.0))
    stages: Times = field(default_factory=dict)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Counts the time inside as marking."""
        begin = perf_counter()
        try:
            with timed(self.stages):
                yield
        finally:
            self.times["marking"] += perf_counter() - begin


class Coordinator:
    """One run: keeps the workers busy and marks what they return, in whatever order it comes."""

    def __init__(
        self,
        marker: Marker,
        gradebook: SharedGradebook,
        pool: Pool,
        judges: Judges,
        force: bool,
        on_progress: Callable[[Outcome], None],
    ) -> None:
        self.marker, self.course, self.lesson = marker, marker.course, marker.lesson
        self.gradebook, self.pool, self.judges = gradebook, pool, judges
        self.force, self._on_progress = force, on_progress
        self.outcomes: list[Outcome] = []
        self._returned: queue.SimpleQueue[Returned] = queue.SimpleQueue()
        self._away = 0
        self._rows = _lesson_rows(gradebook, self.lesson)

    def all(self, students: Iterable[str]) -> None:
        """Mark the submissions of these students."""
        for student in students:
            while self._away >= 2 * self.pool.workers + 2:
                self._take_back()
            self._take_up(student)
        while self._away:
            self._take_back()

    def _take_up(self, student: str) -> None:
        """Sanitise a submission and send its notebooks to the workers; or report why not."""
        try:
            why_not = obstacle(self.course, self.lesson, student)
            outcome = self._not_begun(student, why_not) if why_not else None
            with timed() as looked, stage("sanitise"):
                submission = None if why_not else self._to_be_marked(student)
        except Exception as odd:  # one submission must not keep the others from being marked
            outcome, submission = self._not_begun(student, _in_words(odd)), None
        if outcome is not None:
            self._tell(outcome)
        elif submission is None:
            self._tell(self._with_records(self._unchanged(student)))
        else:
            submission.stages = looked
            self._begin(submission)

    def _unchanged(self, student: str) -> Outcome:
        with suppress(DatabaseError):  # as where the gradebook is locked: the next run does it
            self.marker.settle_late_penalties(self.gradebook, student)
            self.gradebook.save()
        return Outcome(student, "unchanged", *self._points(student), notes=self._notes(student))

    def _not_begun(self, student: str, why: str, notes: tuple[str, ...] = ()) -> Outcome:
        """The outcome of a submission that cannot be looked into; marks of an earlier attempt stay, as old ones."""
        points, old = (0.0, 0.0), False
        with suppress(Exception):  # what is odd about it may be its name: see above
            old = self.marker.last.keep_all(student, why)
            points = self._points(student)
        return Outcome(printable(student), "not marked", *points, reasons=(why,), notes=notes, old=old)

    def _to_be_marked(self, student: str) -> _Submission | None:
        """A submission with its notebooks; those in whose place a copy lies are failed. None: nothing has changed."""
        there = handed_in(self.course, self.lesson, student)
        self.marker.set_links_aside(student, there)
        others = self.marker.other_files(student)
        elsewhere = {name: why for name in others.copies if (why := others.instead_of(name, self.lesson))}
        submission = _Submission(student, there, notes=tuple(others.lines))
        submission.failed = {name: why for name, why in elsewhere.items() if name not in there}
        everything = [*there, *submission.failed]
        return None if not self.force and self.marker.is_marked(student, everything) else submission

    def _begin(self, submission: _Submission) -> None:
        try:
            parts = self._sanitised(submission)
        except Exception as odd:
            self._tell(self._not_begun(submission.student, _in_words(odd), submission.notes))
            return
        self.judges.expect()
        submission.waiting, self._away = len(parts), self._away + len(parts)
        for part in parts:
            self._send(submission, part, part.job)
        if not parts:
            self._finish(submission)

    def _notes(self, student: str) -> tuple[str, ...]:
        return tuple(self.marker.other_files(student).lines)

    def _sanitised(self, submission: _Submission) -> list[Part]:
        parts = []
        with submission.at_work():
            for notebook in submission.notebooks:
                with _noting(submission, notebook):
                    parts.append(self.marker.sanitise(submission.student, notebook))
        return parts

    def _send(self, submission: _Submission, part: Part, job: Job) -> None:
        self._await(self.pool.submit(job), partial(self._judge, submission, part), submission, part)

    def _await(
        self, future: Future[Any], then: Callable[[Any, float], bool], submission: _Submission, part: Part
    ) -> None:
        sent = perf_counter()
        future.add_done_callback(lambda done: self._returned.put((then, submission, part, done, perf_counter() - sent)))

    def _take_back(self) -> None:
        """Take one notebook that returns, and send it on; where that fails, it is not marked.

        Mark the submission if it was the last.
        """
        then, submission, part, future, away = self._next()
        goes_on = False
        with _noting(submission, part.name):
            goes_on = then(future, away)
        if goes_on:
            return
        self._away -= 1
        submission.waiting -= 1
        if not submission.waiting:
            self._finish(submission)

    def _judge(self, submission: _Submission, part: Part, ran: Future[Result], away: float) -> bool:
        """Send a notebook that was run to be judged."""
        result = ran.result()
        submission.times["ran"] += result.seconds
        submission.times["queued"] += max(0.0, away - result.seconds)
        add_all(submission.stages, result.stages)
        add(submission.stages, "queue", passed=max(0.0, away - result.seconds))
        then = partial(self._take, submission, part, result)
        self._await(self.judges.submit(part, result), then, submission, part)
        return True

    def _take(self, submission: _Submission, part: Part, result: Result, future: Future[Judged], away: float) -> bool:
        """Take a notebook that was judged; send it once more where it needs a second pass."""
        try:
            judged = future.result()
        except BrokenExecutor:
            judged = self.judges.here(part, result)
        submission.times["marking"] += judged.seconds
        add_all(submission.stages, judged.stages)
        add(submission.stages, "queue", passed=max(0.0, away - judged.seconds))
        again = self.marker.take(part, judged)
        if again is not None:
            self._send(submission, part, again)
            return True
        submission.ran.append(part)
        return False

    def _next(self) -> Returned:
        while True:
            try:
                return self._returned.get(timeout=CHECK_SECONDS)
            except queue.Empty:
                self.pool.check()

    def _finish(self, submission: _Submission) -> None:
        """Mark a submission, and save all of its marks together; what cannot be marked is noted with its reason."""
        with submission.at_work(), stage("gradebook"):
            try:
                self._mark(submission)
            except Exception as failure:
                self._give_up(submission, failure)
        student = submission.student
        reasons = tuple(self._unmarked(student))
        peak = max((part.result.peak for part in submission.ran), default=0)
        status: Status = "not marked" if reasons else "marked"
        queued, ran, marking = (submission.times[part] for part in ("queued", "ran", "marking"))
        notes = tuple(note for note in submission.notes if note not in reasons)
        with timed(submission.stages), stage("audit record"):
            found = Outcome(student, status, *self._points(student), reasons, notes, queued, ran, marking, peak)
            found = replace(self._with_records(found), stages=submission.stages)
        self._tell(found)

    def _mark(self, submission: _Submission) -> None:
        before = self.marker.last.texts(submission.student)
        while True:
            broken = self._attempt(submission, before)
            if not broken:
                return
            self.gradebook.undo()  # everything, and then again without that notebook
            submission.failed |= broken
            submission.ran = [part for part in submission.ran if part.name not in broken]

    def _attempt(self, submission: _Submission, before: Mapping[str, str]) -> dict[str, str]:
        """Mark and save; where a notebook's marking fails, save nothing and return its name with the reason.

        Args:
            submission: which one.
            before: the notebooks as they were marked last, which stay where the newest cannot be marked.
        """
        student = submission.student
        records: list[tuple[str, Record]] = []
        if submission.ran or not self.marker.last.names(student):
            self.marker.prepare(student, submission.notebooks, submission.failed)
        for part in submission.ran:
            try:
                records.append((part.name, self.marker.mark(student, part)))
            except Exception as failure:
                if any(isinstance(each, OperationalError) for each in _causes(failure)):
                    raise
                return {part.name: _in_words(failure)}
        if not submission.ran:
            self.marker.forget(student)
        for notebook, reason in submission.failed.items():
            self.marker.last.give_up(student, notebook, reason, before.get(notebook))
        self.marker.settle_late_penalties(self.gradebook, student)
        self.gradebook.save()
        self.marker.set_permissions(student)
        with stage("audit record"):
            for notebook, record in records:  # a record says that the marks are saved: so it comes last
                self.marker.records.write(student, notebook, record)
        return {}

    def _give_up(self, submission: _Submission, failure: Exception) -> None:
        """Note in the records why there are no new marks: nothing could be saved, as where the gradebook is locked."""
        self.gradebook.undo()
        for notebook in submission.notebooks:
            self.marker.records.write_unmarked(submission.student, notebook, _in_words(failure))

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        write_line(self.course.run_log, self.lesson, outcome)
        self._on_progress(outcome)

    def _unmarked(self, student: str) -> Iterator[str]:
        """Why something of a submission has no mark, each with the notebook's name in front."""
        for name in notebooks_of(self.lesson):
            record = self.marker.records.read(student, name) or {"not_marked": {}}
            for what, reason in record["not_marked"].items():
                yield reason if reason.startswith(what) else f"{what}: {reason}"

    def _records(self, student: str) -> Iterator[Record]:
        """The audit records of a submission; none of a notebook whose record is missing or cut."""
        for name in notebooks_of(self.lesson):
            with suppress(GraderError):
                if (record := self.marker.records.read(student, name)) is not None:
                    yield record

    def _with_records(self, outcome: Outcome) -> Outcome:
        """The outcome with what the audit records of its notebooks tell."""
        records = list(self._records(outcome.student))
        tasks = [task for record in records for task in record["tasks"].values()]
        waiting = self._waiting(outcome.student)
        return replace(
            outcome,
            follow_through=tuple(task for record in records for task in followed_through(record)),
            devices=tuple(sorted({device for task in tasks for device in task.get("devices", ())})),
            notes=(*outcome.notes, *(line for each in records for line in in_need_of_a_look(each, waiting))),
            old=outcome.old or any(record.get("old") for record in records),
            failed_cells=tuple(line for record in records for line in record.get("failed_cells", ())),
        )

    @stage("gradebook")
    def _waiting(self, student: str) -> set[str]:
        """The grade ids of a submission that wait for a person."""
        try:
            notebooks = self.gradebook.find_submission(self.lesson, student).notebooks
            return {grade.name for notebook in notebooks for grade in notebook.grades if grade.needs_manual_grade}
        except (MissingEntry, OperationalError):
            return set()

    @stage("gradebook")
    def _points(self, student: str) -> tuple[float, float]:
        try:
            submission = self.gradebook.find_submission(self.lesson, student)
            score = sum(points(notebook) for notebook in submission.notebooks)
            late = sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks)
            return max(0.0, score - late), float(submission.max_score)
        except (MissingEntry, OperationalError):
            return 0.0, 0.0


@contextmanager
def _noting(submission: _Submission, notebook: str) -> Iterator[None]:
    """Inside, an exception is caught, and noted as the reason why that notebook has no marks."""
    try:
        yield
    except Exception as failure:
        submission.failed[notebook] = _in_words(failure)


def _lesson_rows(gradebook: SharedGradebook, lesson: str) -> list[Any]:
    """All rows that the gradebook has of a lesson's cells, read once.

    SQLAlchemy's identity map is weak: it keeps only rows that something references. While these are referenced, the
    steps that ask for them again get them without a query.
    """
    try:
        notebooks = gradebook.find_assignment(lesson).notebooks
    except MissingEntry:
        raise GraderError(f"{lesson} was not released in this course: run `grader release {lesson}` first") from None
    return [
        (notebook, [*notebook.source_cells, *notebook.grade_cells, *notebook.solution_cells, *notebook.task_cells])
        for notebook in notebooks
    ]


def _in_words(failure: Exception) -> str:
    """Why something was not marked, from the exception."""
    database = next((each for each in _causes(failure) if isinstance(each, OperationalError)), None)
    if database is not None:  # nbgrader wraps some in errors of its own
        return f"the gradebook could not be written for {WAIT_SECONDS} seconds ({database.orig}); run it again"
    return strict_notebook_exporter.in_words(failure)


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__
