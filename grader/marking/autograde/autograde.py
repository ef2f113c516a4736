"""Mark the submissions of a lesson side by side; one that cannot be marked never stops the others.

This process sanitises, marks, and is the only one that writes into the gradebook. The workers of a pool run notebooks
and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from time import perf_counter

from sqlalchemy.exc import OperationalError

from grader.checks.errors import GraderError
from grader.marking.autograde.coordinator import Coordinator
from grader.marking.autograde.marker import Marker
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id
from grader.marking.course.submissions import chosen
from grader.marking.sandbox.limits import Limits
from grader.marking.sandbox.local_pool import LocalPool
from grader.marking.sandbox.pool import Pool
from grader.marking.steps.nbgrader_adapter import course_api, quiet
from grader.marking.steps.shared_gradebook import SharedGradebook, shared_gradebook


def autograde(
    course: Course,
    lesson: str,
    students: Iterable[str] | None = None,
    *,
    force: bool = False,
    limits: Limits | None = None,
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
        force: mark also what was marked before. Marks given by hand stay.
        limits: what a submission may use; nbgrader_config.py's, if None.
        gpu: run the notebooks where there is a GPU?
        workers: how many notebooks run side by side on this machine; as many as it has cores, if None.
        pool: makes another pool for that lesson, such as a cluster's.
        on_progress: called after each submission.

    Raises:
        GraderError: no such lesson, nobody handed it in, a student did not, or nothing can be run on this machine.
    """
    lesson, begin = lesson_id(lesson), perf_counter()
    students = chosen(course, lesson, students)
    make_pool = pool or (lambda lesson: LocalPool(course, lesson, workers, gpu))
    api = course_api(course, limits, gpu)
    with _opened(api.coursedir.db_url, api.coursedir.course_id) as gradebook:
        marker = Marker(course, lesson, api, quiet())
        with closing(make_pool(lesson)) as workers_at_hand:
            run = Coordinator(marker, gradebook, workers_at_hand, force, on_progress)
            run.all(students)
    return Summary(lesson, sorted(run.outcomes, key=lambda outcome: outcome.student), perf_counter() - begin)


@contextmanager
def _opened(db_url: str, course_id: str) -> Iterator[SharedGradebook]:
    try:
        with shared_gradebook(db_url, course_id) as gradebook:
            yield gradebook
    except OperationalError as failure:
        raise GraderError(
            f"the gradebook {db_url} cannot be used: {failure.orig}; is another program using it?"
        ) from None
