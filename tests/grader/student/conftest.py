"""A lesson as a student gets it, and one's own folder of it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.marking.desk.student_version import student_version
from grader.student import notebook
from grader.student.bring import Source
from grader.student.start import start

LESSON = "01-srn"
ANSWER = "def step(x_t, h, W, U, b):\n    return 7  # mine\n"


@dataclass
class OneLesson:
    """The lesson's student version in a folder, which a test may change, and one's own lessons."""

    released: Path
    own: Path

    @property
    def source(self) -> Source:
        return Source(LESSON, "01", lambda folder: shutil.copytree(self.released, folder, dirs_exist_ok=True))

    @property
    def path(self) -> Path:
        return self.own / LESSON / f"{LESSON}.ipynb"

    def start(self, **how) -> str:
        return "\n".join(start(self.source, self.own, **how).says)

    def cells(self, where: str = LESSON) -> list:
        return notebook.read(self.own / where / f"{LESSON}.ipynb")["cells"]

    def edit(self, path: Path, change) -> None:
        """``change(cells)`` changes the notebook's cells, or returns others."""
        read = notebook.read(path)
        read["cells"] = change(read["cells"]) or read["cells"]
        notebook.write(read, path)

    def work(self, change) -> None:
        """Change the student's own notebook."""
        self.edit(self.path, change)

    def revise(self, change) -> None:
        """Change the lesson: what is released from now on."""
        self.edit(self.released / f"{LESSON}.ipynb", change)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.own.iterdir())


@pytest.fixture(scope="session")
def as_released(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("released") / LESSON
    folder.mkdir()
    student_version(LESSON, folder)
    return folder


@pytest.fixture
def lesson(as_released, tmp_path) -> OneLesson:
    shutil.copytree(as_released, tmp_path / "released")
    return OneLesson(tmp_path / "released", tmp_path / "my-lessons")


@pytest.fixture
def begun(lesson) -> OneLesson:
    """A student has started, and written an answer."""
    lesson.start()
    lesson.work(write_step)
    return lesson


def write_step(cells) -> None:
    [cell] = [cell for cell in cells if notebook.key(cell) == "srn-step-answer"]
    cell["source"] = ANSWER
