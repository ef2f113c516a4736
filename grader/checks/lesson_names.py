"""A lesson by any of its names."""

from __future__ import annotations

from grader.checks.errors import GraderError
from grader.checks.task import LESSONS, lessons, modules_of


def lesson_and_notebook(name: str) -> tuple[str, str]:
    """A lesson's folder name, and the file of its notebook where the name is that of one of several.

    "08-applications/language-model", "language-model" and "language_model" name "language-model.ipynb"; "01" names
    none.

    Raises:
        GraderError: there is no such lesson.
    """
    for module, folder in LESSONS.items():
        own = module.rpartition(".")[2].replace("_", "-")
        if len(modules_of(folder)) > 1 and _plain(name, folder) == own:
            return folder, f"{own}.ipynb"
    return lesson_id(name), ""


def _plain(name: str, folder: str) -> str:
    """A notebook's name without what may stand around it."""
    own = name.rstrip("/").removeprefix("lessons/").removeprefix(f"{folder}/").removesuffix(".ipynb")
    return own.rpartition(".")[2].replace("_", "-")


def lesson_id(name: str) -> str:
    """The lesson's folder name, from that or from a shorter form: "01-srn", "01", "1" and "srn" are the same.

    Raises:
        GraderError: there is no such lesson; the message lists those there are.
    """
    for module, folder in LESSONS.items():
        number = folder.partition("-")[0]
        names = (folder, module, module.rpartition(".")[2], number, number.lstrip("0"), f"lessons/{folder}")
        if name.rstrip("/") in names:
            return folder
    raise GraderError(f"there is no lesson {name!r}; the lessons are: {', '.join(lessons())}")
