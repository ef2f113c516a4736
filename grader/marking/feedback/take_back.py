"""Takes feedback pages back that were given out: out of the exchange, where students fetch them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.checks.errors import GraderError
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.given_out import GivenOut, given_out, note
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.release_each_page import SECRET, page_name


@dataclass(frozen=True)
class TakenBack:
    """What was taken back.

    Attributes:
        students: student → since when their pages could be fetched, as ISO has it in UTC; "" where no note says so.
        failed: lines about pages that could not be removed.
    """

    students: dict[str, str]
    failed: list[str]


def take_back(course: Course, lesson: str, students: Iterable[str] | None = None) -> TakenBack:
    """Remove the pages of a lesson from the exchange. They stay in the course folder; so do copies already fetched.

    Args:
        course: the course.
        lesson: the lesson, as `lesson_id` takes it.
        students: only theirs; everybody's, if None.

    Raises:
        GraderError: no such lesson, or nothing of one of those students is given out.
    """
    lesson = lesson_id(lesson)
    api = course_api(course)
    folder = Path(api.config.Exchange.root) / api.coursedir.course_id / "feedback"
    out = {page: about for page, about in _out(course, lesson).items() if (folder / page).is_file()}
    there = {about.student for about in out.values()}
    for student in students or ():
        if student not in there:
            who = ", ".join(sorted(map(printable, there))) or "nobody"
            raise GraderError(f"no page of {lesson} is given out to {printable(student)}; to whom one is: {who}")
    return _remove(course, lesson, folder, out, there if students is None else set(students))


def _remove(course: Course, lesson: str, folder: Path, out: dict[str, GivenOut], chosen: set[str]) -> TakenBack:
    done, failed = [], []
    for page, about in sorted(out.items(), key=lambda item: (item[1].student, item[1].notebook)):
        if about.student in chosen:
            try:
                (folder / page).unlink(missing_ok=True)
                done.append(about)
            except OSError as why:
                failed.append(f"{printable(about.student)}, {about.notebook}: still in the exchange ({why.strerror})")
    note(course, lesson, "taken back", ((about.student, about.notebook, about.page) for about in done))
    since: dict[str, str] = {}
    for about in sorted(done, key=lambda about: about.at, reverse=True):
        since[about.student] = about.at
    return TakenBack(dict(sorted(since.items())), failed)


def _out(course: Course, lesson: str) -> dict[str, GivenOut]:
    """The pages that were given out, by their names in the exchange; also those from before notes were kept."""
    found = {page: GivenOut(student, lesson, notebook, page, "given out", "", "") for student, notebook, page in
             _by_their_secrets(course, lesson)}  # fmt: skip
    return found | {about.page: about for about in given_out(course, lesson) if about.is_out}


def _by_their_secrets(course: Course, lesson: str) -> Iterator[tuple[str, str, str]]:
    """Student, notebook and name in the exchange of every page that may be there, by the secrets of the submissions."""
    for top in (course.submitted, course.autograded, course.feedback):
        for path in top.glob(f"*/{lesson}/{SECRET}"):
            try:
                secret = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            for notebook in notebooks_of(lesson):
                yield path.parent.parent.name, notebook, page_name(secret, notebook)
