"""What went wrong most often in a class: equal losses counted together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.marking.feedback.class_rows import Loss, Row


@dataclass(frozen=True)
class Mistake:
    """One mistake: what it is, in which tasks it cost points, and how many students made it."""

    what: str
    tasks: tuple[str, ...]
    students: int
    unanswered: bool = False
    sentence: str = ""
    """What most of these students are told, which is more than its name; "" where they are told nothing."""
    who: tuple[str, ...] = ()
    """The students' ids, in their order."""

    @property
    def name(self) -> str:
        """What it is called beside its sentence; "" where the sentence says the same."""
        told = self.what.removeprefix("no answer: ")
        is_said = told != self.what and told.casefold().rstrip(".?!…") in self.sentence.casefold()
        is_same = self.sentence.casefold() in (self.what.casefold(), f"{self.what}.".casefold())
        return self.what if self.sentence and not is_said and not is_same else ""


def class_mistakes(rows: Iterable[Row], task: str = "") -> tuple[Mistake, ...]:
    """The mistakes of a class, or those in one task, most frequent first; what was not answered comes last."""
    made: dict[Loss, list[tuple[str, str, Loss]]] = {}
    for row in rows:
        for name, loss in row.losses.items():
            if task in ("", name):
                made.setdefault(loss, []).append((row.student, name, loss))
    found = [_mistake(loss, those) for loss, those in sorted(made.items(), key=lambda item: item[0].what)]
    return tuple(sorted(found, key=lambda one: (one.unanswered, -one.students, -len(one.tasks))))


def _mistake(loss: Loss, those: list[tuple[str, str, Loss]]) -> Mistake:
    students = tuple(dict.fromkeys(student for student, _, _ in those))
    tasks = tuple(dict.fromkeys(task for _, task, _ in those))
    said = Counter(one.says for _, _, one in those if one.says)
    sentence = said.most_common(1)[0][0] if said else ""
    return Mistake(loss.what, tasks, len(students), loss.unanswered, sentence, students)
