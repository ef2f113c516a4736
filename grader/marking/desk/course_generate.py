"""nbgrader's GenerateAssignment, which overwrites no student version into which somebody wrote answers."""

from __future__ import annotations

from pathlib import Path

from nbgrader.converters import GenerateAssignment, NbGraderException
from traitlets import Bool

from grader.checks.errors import GraderError
from grader.student import notebook


class CourseGenerate(GenerateAssignment):
    """Refuses to overwrite answers, from the command line, the API and Formgrader alike."""

    overwrite_answers = Bool(False, help="Overwrite a released notebook although somebody wrote answers into it.").tag(
        config=True
    )

    def start(self) -> None:
        """Make the student version.

        Raises:
            NbGraderException: somebody wrote answers into the one that is there.
        """
        if not self.overwrite_answers:
            try:
                refuse_to_overwrite(Path(self.coursedir.release_directory) / self.coursedir.assignment_id)
            except GraderError as why:
                self.log.error(why)
                raise NbGraderException(str(why)) from None
        super().start()


def refuse_to_overwrite(release: Path) -> None:
    """Raise where somebody worked in a released folder, which students are to fetch, and not to work in.

    Raises:
        GraderError: a notebook there has an answer; the message names it, and the way out.
    """
    for path in sorted(release.glob("*.ipynb")):
        if answers := written_in(path):
            number = f"{len(answers)} answer{'' if len(answers) == 1 else 's'}"
            raise GraderError(
                f"{path} has {number} that somebody wrote ({', '.join(answers)}), and a release would overwrite them. "
                f"To keep them in a folder of your own, where lessons are worked on: `grader start '{path.parent}'`. "
                "To lose them: `grader release --overwrite`"
            )


def written_in(path: Path) -> list[str]:
    """The grade ids of the answer cells of a released notebook that are no longer as they were released."""
    try:
        cells = notebook.read(path)["cells"]
    except (OSError, GraderError):  # no work that could be read
        return []
    answers = [cell for cell in cells if notebook.is_answer(cell)]
    return [notebook.grade_id(cell) for cell in answers if not notebook.is_untouched(cell)]
