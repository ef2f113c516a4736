"""What a feedback page opens with: a line for each exercise, and the sums, as plain data for the template."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from nbformat import NotebookNode

from grader.marking.feedback.pages.html import inline
from grader.marking.feedback.pages.lesson_text import LessonText
from grader.marking.feedback.pages.markdown import render
from grader.marking.feedback.pages.marks import Mark, Marks, Said, Sum

Verdict = Literal["right", "part", "none", "waits"]
SIGNS: dict[Verdict, str] = {"right": "✓", "part": "◐", "none": "✗", "waits": "…"}
WORDS: dict[Verdict, str] = {"right": "right", "part": "in part", "none": "no points", "waits": "waits"}
"""A sign and a word for each, so that they are told apart without colour."""
LONGEST = 260
"""Characters of a line's sentence; the known mistakes' are shorter."""
WAITS = "Waits for a person."
COMMENT = ("-answer", "")
"""Endings of the grade ids that may bear an exercise's comment."""


@dataclass(frozen=True)
class Line:
    """One exercise.

    Attributes:
        grade_id: of the cell that has its points, and its place on the page.
        name, short: as the lesson has it: "Exercise 1.2 · A whole sequence", "Exercise 1.2".
        verdict: one of `SIGNS`.
        points: in words: "2.5 of 3 points", or "4 points wait".
        full: in more words: "2.5 of 3 points", or "waits for a person".
        says: the sentence that helps, as harmless HTML, or "".
        comment: the grade id of the cell on which a person wrote a comment, or "".
    """

    grade_id: str
    name: str
    short: str
    verdict: Verdict
    points: str
    full: str
    says: str
    comment: str

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict]

    @property
    def word(self) -> str:
        return WORDS[self.verdict]


@dataclass(frozen=True)
class Notebook:
    """One notebook of a lesson that has several: its name, its page or "", its points in words; is it this one?"""

    name: str
    page: str
    points: str
    here: bool


@dataclass(frozen=True)
class Summary:
    """All that stands above the notebook.

    Attributes:
        title: the notebook's own, such as "01 · SRN: the simple recurrent network".
        student: in words.
        when: facts about handing in.
        sums: the points in words, the most important first.
        lines: the exercises, in the notebook's order.
        notebooks: all of the lesson, where there are several; and their sum.
    """

    title: str
    student: str
    when: tuple[str, ...]
    sums: tuple[str, ...]
    lines: tuple[Line, ...]
    notebooks: tuple[Notebook, ...] = ()
    all_sums: tuple[str, ...] = ()

    def of(self, grade_id: str) -> Line | None:
        """The line to which a cell belongs: an answer's or a question's is that of its check."""
        known = {line.grade_id: line for line in self.lines}
        names = (grade_id, grade_id.removesuffix("-answer"), grade_id.removesuffix("-question"))
        return next((known[name] for name in names if name in known), None)


def summary(nb: NotebookNode, about: Mapping[str, str], marks: Marks, text: LessonText) -> Summary:
    """The summary of a marked notebook.

    Args:
        nb: the notebook, for the order of its cells.
        about: assignment, student, notebook.
        marks: its marks.
        text: of the lesson.
    """
    here, name = about["notebook"], about["student"]
    order = [cell.metadata["nbgrader"]["grade_id"] for cell in nb.cells if "nbgrader" in cell.metadata]
    names = text.exercises.get(here, {})
    worth = [grade_id for grade_id in dict.fromkeys([*order, *marks.marks]) if _is_worth(marks.marks.get(grade_id))]
    several = marks.notebooks if len(marks.notebooks) > 1 else {}
    return Summary(
        text.titles.get(here, here),
        f"{marks.student} ({name})" if marks.student else name,
        tuple(_when(marks)),
        tuple(sums(marks.sum, marks.late_penalty)),
        tuple(_line(grade_id, names.get(grade_id) or grade_id, marks) for grade_id in worth),
        tuple(_notebook(each, of, each == here) for each, of in several.items()),
        tuple(sums(_together(several.values()))) if several else (),
    )


def _is_worth(mark: Mark | None) -> bool:
    return mark is not None and bool(mark.of or mark.points)


def number(points: float) -> str:
    """At most two decimals: "2.5", "3"."""
    return f"{round(points, 2) + 0.0:g}"


def _of(points: float, of: float) -> str:
    return f"{number(points)} of {number(of)} point{'s' * (of != 1)}"


def _waiting(points: float) -> str:
    return f"{number(points)} {'point waits' if points == 1 else 'points wait'}"


def sums(total: Sum, penalty: float = 0.0) -> list[str]:
    """ "21.5 of 28 points", "4 points wait for a person", "1.5 points less for handing in late"."""
    waits = f"{_waiting(total.waiting)} for a person"
    late = f"{number(penalty)} point{'s' * (penalty != 1)} less for handing in late"
    return [_of(total.points, total.of), *([waits] if total.waiting else []), *([late] if penalty else [])]


def _together(those: Iterable[Sum]) -> Sum:
    each = list(those)
    return Sum(*(sum(getattr(one, what) for one in each) for what in ("points", "of", "waiting")))


def _notebook(name: str, of: Sum, here: bool) -> Notebook:
    return Notebook(_as_name(name), f"{name}.html" if of.has_page else "", _in_short(of), here)


def _in_short(of: Sum) -> str:
    waits = f", {number(of.waiting)} wait{'s' * (of.waiting == 1)}" if of.waiting else ""
    return f"{number(of.points)} of {number(of.of)}{waits}"


def _as_name(notebook: str) -> str:
    name = notebook.replace("-", " ")
    return name[:1].upper() + name[1:]


def _when(marks: Marks) -> list[str]:
    late = f", {marks.late} late" if marks.late else ""
    due = [f"due {marks.due}"] if marks.due else []
    rule = [f"handing in late: {marks.rule}"] if marks.rule else []
    return [*([f"handed in {marks.handed_in}{late}"] if marks.handed_in else []), *due, *rule]


def _line(grade_id: str, name: str, marks: Marks) -> Line:
    mark = marks.marks[grade_id]
    said = {f"{grade_id}{end}": comment for end in COMMENT if (comment := marks.comments.get(f"{grade_id}{end}"))}
    verdict, has = _verdict(mark), _of(mark.points, mark.of)
    return Line(
        grade_id,
        name,
        name.partition(" · ")[0],
        verdict,
        _waiting(mark.of) if mark.waits else has,
        "waits for a person" if mark.waits else has,
        _says(mark, verdict, list(said.values())),
        next((place for place, comment in said.items() if comment.by_person), ""),
    )


def _verdict(mark: Mark) -> Verdict:
    if mark.waits:
        return "waits"
    return "right" if mark.points >= mark.of else "part" if mark.points > 0 else "none"


def _says(mark: Mark, verdict: Verdict, comments: list[Said]) -> str:
    """The sentence of the report; of what has none, what was commented."""
    automatic = next((comment.text for comment in comments if not comment.by_person), "")
    if verdict == "waits":
        return prose(_shortened(automatic or WAITS))
    if mark.says or verdict == "right":
        return prose(_shortened(mark.says))
    written = next((comment.text for comment in comments if comment.by_person), "")
    return f"Your instructor: “{inline(render(_shortened(written)))}”" if written else prose(_shortened(automatic))


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST].rpartition(' ')[0]} …"


def prose(sentence: str) -> str:
    """A sentence as HTML: escaped; what stands between backticks as code, between asterisks emphasised."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(sentence))
    return re.sub(r"(?<![\w*])\*(\w[^*<]*)\*(?![\w*])", r"<em>\1</em>", html)
