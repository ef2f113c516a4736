"""Begin a lesson of one's own: ``grader new-lesson 10-mine``.

What is written is a whole lesson and no stub, the leaky integrator: solutions, tasks, notebook, right answers written
differently, mistakes, traps and a test, from the files in ``lesson_template``. Write yours over it, part by part: what
is there passes all walls and tests at every moment.
"""

from __future__ import annotations

import keyword
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS
from grader.marking.course.paths import ROOT

TEMPLATE = Path(__file__).with_name("lesson_template")
NAME = re.compile(r"(?!00)\d\d(-[a-z][a-z0-9]*)+")
LISTED = Path("grader/checks/task.py"), "LESSONS = {\n", '    "{module}": "{folder}",\n'
DRAWN = Path("grader/marking/authoring/lesson_pictures.py"), "DRAWN: dict", '    "{folder}": own_lesson,\n'
"""A file with a list of all lessons, how that list begins, and the line of a new one."""
TRAPS = Path("grader/marking/proving/fidelity/traps.csv")
AFTERWARDS = (
    ("the references are recorded", "-m", "grader.marking.answers.recording", "--device", "cpu", "{module}"),
    ("the notebook is run, the lists are brought in step", "-m", "grader.marking.authoring.finish_lesson", "{folder}"),
    ("the table of traps is written", "-m", "grader.cli", "fidelity", "--traps"),
)
"""What Python is asked to do once the files are there, each in a process of its own, which knows the new lesson."""


@dataclass(frozen=True)
class NewLesson:
    """The name of a lesson in all its forms.

    Attributes:
        folder: "10-mine", also the name of its notebook.
    """

    folder: str

    @property
    def number(self) -> str:
        """Such as "10"."""
        return self.folder[:2]

    @property
    def module(self) -> str:
        """Such as "mine"; of "10-two-words" it is "two_words"."""
        return self.folder[3:].replace("-", "_")

    @property
    def title(self) -> str:
        """Such as "Mine"."""
        return self.folder[3:].replace("-", " ").capitalize()

    def filled(self, text: str) -> str:
        """A template's text with this lesson's names in it."""
        names = {"folder": self.folder, "notebook": self.folder, "number": self.number, "n": str(int(self.number))}
        names |= {"module": self.module, "title": self.title}
        for name, value in names.items():
            text = text.replace(f"«{name}»", value)
        return text.replace('"LESSON-', f'"{self.module}-')

    def files(self) -> Mapping[str, str]:
        """Template → where its text goes, from the clone's folder."""
        return {
            "solution.py.txt": f"solutions/{self.module}.py",
            "tasks.py.txt": f"grader/checks/tasks/{self.module}.py",
            "alternatives.py.txt": f"grader/marking/answers/alternatives/{self.module}.py",
            "misconceptions.py.txt": f"grader/marking/answers/misconceptions/{self.module}.py",
            "lesson.ipynb": f"lessons/{self.folder}/{self.folder}.ipynb",
            "test_solution.py.txt": f"tests/solutions/test_{self.module}.py",
        }


class BadName(GraderError):
    """A name that no new lesson can have."""


def new_lesson(name: str, root: Path = ROOT, say: Callable[[str], None] = lambda line: None) -> list[str]:
    """Write a lesson of that name into a clone, with all that belongs to it.

    Args:
        name: a free number of two digits and a name, "10-mine": the lesson stands behind those with smaller numbers.
        root: the clone.
        say: is told what goes on, a line at a time.

    Returns:
        the paths that were written or changed by hand, from the clone's folder.

    Raises:
        BadName: it has another form, or number, name or a file is taken; nothing is written.
        GraderError: a step afterwards failed; the files are there, and the message says how to go on.
    """
    lesson = NewLesson(name)
    if why := "; ".join(_why_not(lesson, root)):
        raise BadName(f"{name!r} cannot be a new lesson: {why}")
    written = [*_write(lesson, root), *_enter(lesson, root)]
    for path in written:
        say(f"written: {path}")
    for what, *command in AFTERWARDS:
        say(f"{what} …")
        _run([each.format(folder=lesson.folder, module=lesson.module) for each in command], what, root)
    return written


def _why_not(lesson: NewLesson, root: Path) -> Iterator[str]:
    """What speaks against a name."""
    if not NAME.fullmatch(lesson.folder):
        yield "wanted is a number of two digits, and words in small letters, such as 10-mine or 10-my-lesson"
        return
    for folder in dict.fromkeys(LESSONS.values()):
        if folder.startswith(f"{lesson.number}-"):
            free = next(number for number in range(1, 100) if not _taken(f"{number:02}"))
            yield f"the number {lesson.number} is that of {folder}; the first free one is {free:02}"
    if keyword.iskeyword(lesson.module) or lesson.module in sys.stdlib_module_names:
        yield f"{lesson.module} is a word of Python's own"
    elif lesson.module in {module.rpartition(".")[2] for module in LESSONS} or _is_there(lesson, root):
        yield f"the name {lesson.module} is taken: {', '.join(_is_there(lesson, root)) or 'by a lesson'}"


def _taken(number: str) -> bool:
    return any(folder.startswith(f"{number}-") for folder in LESSONS.values())


def _is_there(lesson: NewLesson, root: Path) -> list[str]:
    """Files and folders of that name that are there already."""
    places = [*lesson.files().values(), f"solutions/{lesson.module}", f"lessons/{lesson.folder}"]
    return [place for place in places if (root / place).exists()]


def _write(lesson: NewLesson, root: Path) -> Iterator[str]:
    for template, place in lesson.files().items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(lesson.filled((TEMPLATE / template).read_text(encoding="utf-8")), encoding="utf-8")
        yield place


def _enter(lesson: NewLesson, root: Path) -> Iterator[str]:
    """Enter it into the lists of all lessons, and its traps."""
    for path, begin, line in (LISTED, DRAWN):
        text = (root / path).read_text(encoding="utf-8")
        entered = _with_line(text, begin, line.format(folder=lesson.folder, module=lesson.module), lesson.folder)
        (root / path).write_text(entered, encoding="utf-8")
        yield str(path)
    with (root / TRAPS).open("a", encoding="utf-8") as file:
        file.write(lesson.filled((TEMPLATE / "traps.csv").read_text(encoding="utf-8")))
    yield str(TRAPS)


def _with_line(text: str, begin: str, line: str, folder: str) -> str:
    """The text with a line more in the list that begins so: behind the lessons with smaller numbers."""
    before, start, rest = text.partition(begin)
    inside, end, after = rest.partition("\n}")
    lines = inside.splitlines(keepends=True)
    later = [
        n for n, each in enumerate(lines) if (found := re.search(r'"(\d\d-[a-z0-9-]+)"', each)) and found[1] > folder
    ]
    place = later[0] if later else len(lines)
    if not later:
        lines[-1:] = [lines[-1].removesuffix("\n") + "\n"]
        line = line.removesuffix("\n")
    return f"{before}{start}{''.join([*lines[:place], line, *lines[place:]])}{end}{after}"


def _run(command: list[str], what: str, root: Path) -> None:
    """Run Python in the clone.

    Raises:
        GraderError: it failed.
    """
    path = {"PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, *command], cwd=root, env=os.environ | path, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise GraderError(
            f"the lesson's files are written, but then this failed: {what} "
            f"({said[-1] if said else 'no reason given'}). Mend it, then go on with: python {' '.join(command)}"
        )
