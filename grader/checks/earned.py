"""The picture at the end of a lesson: its exercises, and what was earned with them so far."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from grader.checks import run_file
from grader.checks.errors import GraderError
from grader.checks.picture import INK
from grader.checks.progress import passed_here, remembered
from grader.checks.task import LESSONS, Task, tasks_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EARNED, OPEN = "#0072b2", "#767676"
"""Colour of a square that stands for a point earned, and of the edge of one that is still open; 4.5 : 1 on white."""
SQUARE, LEFT, RIGHT, HEAD = 0.25, 14, 12, 1.5
"""Inches of a row and a point's square; squares left of the points, for the names, and right; rows of the head."""
BY_A_PERSON = "Written answers are marked by a person."


@dataclass(frozen=True)
class Earned:
    """What was earned in a lesson.

    Attributes:
        lesson: what the lesson is called.
        tasks: its exercises, each with whether it passed.
    """

    lesson: str
    tasks: Sequence[tuple[Task, bool]]

    @property
    def points(self) -> int:
        return sum(task.points for task, passed in self.tasks if passed)

    @property
    def most(self) -> int:
        return sum(task.points for task, _ in self.tasks)

    @property
    def headline(self) -> str:
        return f"{self.lesson}: {self.points} of {self.most} points earned"

    def __str__(self) -> str:
        """The picture in words, for those who do not see it."""
        named: dict[bool, list[str]] = {True: [], False: []}
        for task, passed in self.tasks:
            named[passed].append(f"{task.title} ({task.points})")
        says = [f"{self.headline}."]
        says += [f"Passed: {', '.join(named[True])}."] if named[True] else []
        says += [f"Still open: {', '.join(named[False])}."] if named[False] else []
        return " ".join([*says, BY_A_PERSON])


def earned(lesson: str) -> None:
    """Show what was earned in a lesson, in this kernel and before: ``earned("01-srn")``.

    Its exercises by name, with a square for each point, filled where the check passed. A marking run shows nothing.

    Args:
        lesson: the lesson's folder, or of a lesson with several notebooks one of them: ``earned("speech")``.

    Raises:
        GraderError: there is no such lesson.
    """
    if run_file.asked() is None:
        _show(earned_in(lesson))


def earned_in(lesson: str) -> Earned:
    """What was earned in a lesson, or in one of its notebooks.

    Raises:
        GraderError: there is no such lesson.
    """
    modules = [module for module, folder in LESSONS.items() if lesson in (folder, module, _notebook(module))]
    if not modules:
        known = dict.fromkeys([*LESSONS.values(), *(_notebook(module) for module in LESSONS if "." in module)])
        raise GraderError(f"there is no lesson {lesson!r}; the lessons are: {', '.join(known)}")
    passed = passed_here() | {name for name, one in remembered().items() if one.passed}
    return Earned(lesson, [(task, name in passed) for each in modules for name, task in tasks_of(each).items()])


def _notebook(module: str) -> str:
    """The name of the notebook: "language-model" for the module "applications.language_model"."""
    return module.rpartition(".")[2].replace("_", "-")


def _show(found: Earned) -> None:
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(found)
        return
    try:
        bundle = {"image/png": _png(_draw(found)), "text/plain": str(found)}
    except ImportError:  # no Matplotlib
        bundle = {"text/plain": str(found)}
    ipython.display.display(bundle, raw=True, metadata={"image/png": {"alt": str(found)}})


def _draw(found: Earned) -> Figure:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"font.size": 9, "text.color": INK})
        rows = len(found.tasks) + HEAD
        figure = Figure(figsize=(SQUARE * (LEFT + RIGHT), SQUARE * rows), dpi=144)
        plot = figure.add_axes((0, 0, 1, 1), xlim=(-LEFT, RIGHT), ylim=(rows - HEAD - 0.3, -HEAD - 0.3))
        plot.set_axis_off()
        plot.text(-0.4, -1.1, found.headline, fontsize=10.5, fontweight="bold", ha="center", va="center")
        for row, (task, passed) in enumerate(found.tasks):
            _draw_row(plot, row, task, passed)
        return figure


def _draw_row(plot: Axes, row: int, task: Task, passed: bool) -> None:
    """The exercise's name, a square for each of its points, and their number."""
    from matplotlib.patches import Rectangle

    plot.text(-0.4, row, task.title, ha="right", va="center")
    for point in range(task.points):
        edge, fill = (EARNED, EARNED) if passed else (OPEN, "white")
        plot.add_patch(Rectangle((point + 0.1, row - 0.4), 0.8, 0.8, edgecolor=edge, facecolor=fill, linewidth=1))
    plot.text(task.points + 0.3, row, f"✓ {task.points}" if passed else f"0 of {task.points}", va="center")


def _png(figure: Figure) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()
