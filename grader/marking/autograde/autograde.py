"""Mark the submissions of a lesson side by side; one that cannot be marked never stops the others.

This process sanitises, and is the only one that writes into the gradebook. The workers of a pool run notebooks and
nothing else; trusted processes judge what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import partial
from time import perf_counter
from types import MappingProxyType

from sqlalchemy.exc import DatabaseError, OperationalError

from grader.checks.errors import GraderError
from grader.marking.autograde.coordinator import Coordinator
from grader.marking.autograde.judges import Judges
from grader.marking.autograde.marker import Marker
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.one_run import alone
from grader.marking.course.own_files import check_own_files
from grader.marking.course.rights import protect
from grader.marking.course.submissions import chosen, misplaced
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.local_pool import LocalPool, cores
from grader.marking.sandbox.pool import Pool
from grader.marking.steps.keep_journal import journalled
from grader.marking.steps.nbgrader_adapter import course_api, quiet
from grader.marking.steps.other_files import other_files
from grader.marking.steps.shared_gradebook import SharedGradebook, shared_gradebook
from grader.marking.steps.take_copies import put_copy_in_place


def autograde(
    course: Course,
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    take_copies: bool = False,
    limits: Limits | None = None,
    but: Mapping[str, int] = MappingProxyType({}),
    gpu: bool = False,
    workers: int | None = None,
    pool: Callable[[str], Pool] | None = None,
    on_progress: Callable[[Outcome], None] = lambda outcome: None,
) -> Summary:
    """Mark every submission of a lesson that is new or has changed, or all of them.

    A run that was cut off goes on where it stopped: what is marked stays marked.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        students: only these; all who handed in, if None.
        take_copies: where a notebook is missing or untouched, and one copy beside it has answers, put it in its place?
        force: mark also what was marked before. Marks given by hand stay.
        limits: what a submission may use; nbgrader_config.py's, if None.
        but: single limits in place of these, by name.
        gpu: run the notebooks where there is a GPU?
        workers: how many notebooks run side by side on this machine; as many as it has cores, if None.
        pool: makes another pool for that lesson, such as a cluster's.
        on_progress: called after each submission.

    Raises:
        GraderError: no such lesson, nobody handed it in, a student did not, there is no such limit, the course's own
            files are damaged or cannot be written, nothing can be run on this machine, or another run is marking in
            this course.
    """
    lesson, begin = lesson_id(lesson), perf_counter()
    check_own_files(course)
    protect(course)
    students = chosen(course, lesson, students)
    make_pool = pool or (lambda lesson: LocalPool(course, lesson, workers, gpu))
    make_marker = partial(_marker, course, lesson, limits, gpu, but)
    marker = make_marker()
    with (
        alone(course),
        closing(Judges(make_marker, min(workers or cores(), len(students)))) as judges,
        _opened(marker.db_url, marker.course_id) as gradebook,
        journalled(course, lesson, gradebook) as journal,
    ):
        with suppress(OperationalError):  # locked: each submission settles its own
            marker.settle_all(gradebook)
        if take_copies:
            for student in students:
                _take_copies(course, lesson, student)
        with closing(make_pool(lesson)) as workers_at_hand:
            run = Coordinator(marker, gradebook, workers_at_hand, judges, force, _then(journal.write, on_progress))
            run.all(students)
    outcomes = sorted(run.outcomes, key=lambda outcome: outcome.student)
    told = "\n".join(reason for outcome in outcomes for reason in outcome.reasons)
    not_listed = [one.what for one in misplaced(course, lesson) if one.what not in told]
    return Summary(lesson, outcomes, perf_counter() - begin, not_listed)


def _then(write: Callable[[], None], on_progress: Callable[[Outcome], None]) -> Callable[[Outcome], None]:
    """What is to be done after each submission: write the journal, and tell."""

    def tell(outcome: Outcome) -> None:
        write()
        on_progress(outcome)

    return tell


def _marker(course: Course, lesson: str, limits: Limits | None, gpu: bool, but: Mapping[str, int]) -> Marker:
    return Marker(course, lesson, course_api(course, limits, gpu, but), quiet())


def _take_copies(course: Course, lesson: str, student: str) -> None:
    """Put the copies in place that can be taken; what cannot be read is told when the submission is marked."""
    with suppress(OSError):
        for notebook, copies in other_files(course, lesson, student).copies.items():
            if len(copies) == 1:
                put_copy_in_place(course, lesson, student, notebook, copies[0])


@contextmanager
def _opened(db_url: str, course_id: str) -> Iterator[SharedGradebook]:
    try:
        with shared_gradebook(db_url, course_id) as gradebook:
            yield gradebook
    except DatabaseError as failure:
        raise GraderError(
            f"the gradebook {db_url} cannot be used: {failure.orig}; is another program using it?"
        ) from None
