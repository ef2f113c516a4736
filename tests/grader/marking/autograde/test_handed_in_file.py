"""Is the file that `grader submit` makes, unpacked where submissions lie, marked as what was fetched and submitted?"""

from __future__ import annotations

import re
import shutil
import zipfile

import nbformat
import pytest

from grader.marking.desk.student_version import student_version
from grader.marking.proving import samples
from grader.student.bring import Source
from grader.student.start import start
from grader.student.submit import submit

LESSON = "01-srn"


@pytest.fixture
def own_folder(tmp_path, own):
    """A student's own folder, every exercise answered, with a plan beside the notebook."""
    source = Source(LESSON, "01", lambda folder: student_version(LESSON, folder))
    folder = start(source, tmp_path / "my-lessons").folder
    path = folder / f"{LESSON}.ipynb"
    solved = samples.solve(nbformat.read(path, as_version=4), own)
    for cell in solved.cells:
        cell.source = re.sub(r" *### (BEGIN|END) SOLUTION\n?", "", cell.source)
    nbformat.write(solved, path)
    (folder / "plan.txt").write_text("mine")
    return folder


def test_it_gets_all_the_points_that_a_check_gives(own_folder, released, mark):
    with zipfile.ZipFile(submit(own_folder, "ada").path) as packed:
        packed.extractall(released.root / "unpacked")
    place = released.submission("ada", LESSON)
    place.parent.mkdir(parents=True)
    shutil.move(released.root / "unpacked" / LESSON, place)
    [outcome] = mark(LESSON).outcomes
    assert (outcome.status, outcome.points) == ("marked", 24)
    assert outcome.student == "ada"
