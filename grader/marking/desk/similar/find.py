"""The answers of a lesson in the course folder, compared exercise by exercise; read by nobody else, sent nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.checks.errors import GraderError
from grader.checks.task import tasks_by_grade_id
from grader.marking.course.contents import printable
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.course.paths import LESSON_FOLDER
from grader.marking.course.roster import roster_of
from grader.marking.course.submissions import submitters
from grader.marking.desk.similar.fingerprints import FEWEST, PIECE, WORDS, Pieces, pieces
from grader.marking.desk.similar.pairs import Sets, shared, weights
from grader.marking.desk.similar.tokens import code_tokens, word_tokens
from grader.marking.steps.answer_cells import LARGEST_NOTEBOOK, Answers, answers_of, stubs
from grader.marking.steps.notebook_json import parsed
from grader.marking.steps.released_cells import released_cells

LISTED = 0.4
"""The number from which two answers are listed. `grader similar --rates` measures what it lets through."""
RARE = 0.25
"""The weight from which a piece is shown as shared: about the square root of all answers have it, or fewer."""
OWN = "the lesson's own answer"


@dataclass(frozen=True)
class Exercise:
    """An exercise of a lesson.

    Attributes:
        answer: the name of its answer cell.
        title: as the lesson calls it.
        notebook: the notebook in which it stands.
        code: whether it asks for code, not for a text.
    """

    answer: str
    title: str
    notebook: str
    code: bool


@dataclass(frozen=True)
class SharedAnswer:
    """What two students' answers to an exercise share.

    Attributes:
        exercise: the exercise.
        number: from 0 to 1, see `pairs.Shared`.
        one, other: the lines of each answer, with whether a piece that both and few others have stands there.
    """

    exercise: Exercise
    number: float
    one: tuple[tuple[str, bool], ...]
    other: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Pair:
    """Two students whose answers share what few others have, by exercise; the highest number comes first."""

    one: str
    other: str
    answers: tuple[SharedAnswer, ...]

    @property
    def sum(self) -> float:
        """The sum of the numbers of the listed answers, by which pairs are ordered."""
        return sum(answer.number for answer in self.answers)


@dataclass(frozen=True)
class Similar:
    """What was compared, and what was found.

    Attributes:
        lesson: the lesson.
        students: how many handed in something that could be read.
        compared: by exercise, the number of answers long enough to be compared.
        pairs: the pairs of students, the highest sum first.
        unread: what could not be read, each with the reason.
    names: by id, the names of those whom the roster knows.
    """

    lesson: str
    students: int
    compared: Mapping[Exercise, int]
    pairs: tuple[Pair, ...]
    unread: tuple[str, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    def called(self, student: str) -> str:
        """A student's name and id, or the id alone."""
        name = self.names.get(student, "")
        return f"{name} ({student})" if name else student


def similar(course: Course, lesson: str, least: float = LISTED) -> Similar:
    """The pairs of students whose answers to an exercise have at least that number.

    Raises:
        GraderError: there is no such lesson, or fewer than two handed it in.
    """
    lesson = lesson_id(lesson)
    students = submitters(course, lesson)
    if len(students) < 2:
        raise GraderError(f"fewer than two have handed in {lesson}: there is nothing to compare; did you collect?")
    compared, found, read, unread = {}, defaultdict(list), set(), []
    for notebook in notebooks_of(lesson):
        answers = {}
        for student in students:
            path = course.submission(student, lesson) / f"{notebook}.ipynb"
            if path.exists() or path.is_symlink():
                try:
                    answers[student] = _answers(path)
                    read.add(student)
                except (GraderError, OSError) as why:
                    unread.append(f"{printable(student)}: {notebook}.ipynb {printable(str(why))}")
        for asked in asked_in(lesson, notebook, released_cells(course, lesson, notebook)):
            sets = asked.sets(
                {student: texts[asked.answer] for student, texts in answers.items() if asked.answer in texts}
            )
            compared[asked.exercise] = sum(len(own) >= FEWEST for own in sets.values())
            counted = weights(sets | asked.known)
            rare = {mark for mark, value in counted.items() if value >= RARE}
            for pair in shared(sets, counted, FEWEST, least):
                both = sets[pair.one] & sets[pair.other] & rare
                one, other = (
                    tuple(_marked(answers[who][asked.answer], asked.exercise.code, both)) for who in pair.names
                )
                found[pair.names].append(SharedAnswer(asked.exercise, pair.number, one, other))
    pairs = (Pair(*names, tuple(sorted(parts, key=lambda part: -part.number))) for names, parts in found.items())
    ordered = sorted(pairs, key=lambda pair: (-pair.sum, pair.one, pair.other))
    roster = roster_of(course)
    names = {student: name for student in students if (name := roster.name_of(student))}
    return Similar(lesson, len(read), compared, tuple(ordered), tuple(unread), names)


def _answers(path: Path) -> Answers:
    """The answer cells of a notebook that a student made.

    Raises:
        GraderError: it is a link, too large, or no notebook; completes a sentence that begins with its name.
    """
    if path.is_symlink():
        raise GraderError("is a link, which is not followed")
    if not path.is_file():
        raise GraderError("is no file")
    if path.stat().st_size > LARGEST_NOTEBOOK:
        raise GraderError("is too large to be read here")
    return answers_of(parsed(path.read_bytes()))


@dataclass(frozen=True)
class Asked:
    """An exercise with what is known of it before anybody answers.

    Attributes:
        exercise: the exercise.
        given: the pieces of what all were given: the stub, and the lesson's other cells, now and when it was released.
        own: the lesson's own answer.
    """

    exercise: Exercise
    given: frozenset[int]
    own: str

    @property
    def answer(self) -> str:
        """The name of the answer cell."""
        return self.exercise.answer

    def sets(self, answers: Mapping[str, str]) -> Sets:
        """The pieces of each answer, without those of what all were given."""
        return {name: frozenset(_pieces(text, self.exercise.code)) - self.given for name, text in answers.items()}

    @property
    def known(self) -> Sets:
        """The lesson's own answer, as one more that counts where it is asked how many have a piece."""
        return self.sets({OWN: self.own})


def asked_in(lesson: str, notebook: str, released: Mapping[str, str]) -> Iterator[Asked]:
    """The exercises of a notebook.

    Args:
        released: the sources of its cells as they were released, by grade id.
    """
    own = nbformat.read(LESSON_FOLDER / lesson / f"{notebook}.ipynb", as_version=4)
    for cell in own.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("solution"):
            name, code = about["grade_id"], cell.cell_type == "code"
            texts = {stubs(lesson, notebook)[name], released.get(name, ""), *_given(own, code)}
            given = frozenset(mark for text in texts for mark in _pieces(text, code))
            yield Asked(Exercise(name, _title(name), notebook, code), given, cell.source)


def _given(own: NotebookNode, code: bool) -> Iterator[str]:
    """The sources of a notebook's other cells of that kind."""
    kind = "code" if code else "markdown"
    return (c.source for c in own.cells if c.cell_type == kind and not c.metadata.get("nbgrader", {}).get("solution"))


def _title(answer: str) -> str:
    """Such as "srn.step: one step"; of a written question its name."""
    task = tasks_by_grade_id().get(answer.removesuffix("-answer"))
    return f"{task.name}: {task.title}" if task else answer


@lru_cache(maxsize=20_000)
def _pieces(source: str, code: bool) -> Pieces:
    return pieces(code_tokens(source), PIECE) if code else pieces(word_tokens(source), WORDS)


def _marked(source: str, code: bool, both: Iterable[int]) -> Iterator[tuple[str, bool]]:
    """The lines of an answer, with whether one of these pieces stands there."""
    places = _pieces(source, code)
    there = {line for mark in both for line in places[mark]}
    return ((line, number in there) for number, line in enumerate(source.splitlines(), 1))
