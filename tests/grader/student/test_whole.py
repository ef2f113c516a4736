"""Is a notebook that is missing, has another name or is damaged named, with the way out, by `start` and by `submit`?"""

from __future__ import annotations

import pytest

from grader.checks import GraderError
from grader.marking.desk.student_version import student_version
from grader.student.bring import Source
from grader.student.start import start
from grader.student.submit import folder_of, submit

AGAIN = "To begin anew: grader start 01 --again (what is there is kept under another name)"


def remove(path):
    path.unlink()


def damage(path):
    path.write_text("{")


def rename(path):
    path.rename(path.with_name("my work.ipynb"))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (remove, "01-srn.ipynb is missing"),
        (damage, "01-srn.ipynb is no notebook, or a damaged one"),
        (rename, "my work.ipynb holds its cells: rename it back to 01-srn.ipynb"),
    ],
)
@pytest.mark.parametrize("record", [True, False])
def test_start_and_submit_name_it_and_beginning_again_helps(begun, change, says, record):
    change(begun.path)
    if not record and change is not remove:
        (begun.own / "01-srn" / ".lesson.json").unlink()
    for typed in (begun.start, lambda: submit(folder_of("01", begun.own), "ada")):
        with pytest.raises(GraderError) as raised:
            typed()
        assert says in str(raised.value)
        assert AGAIN in str(raised.value)
    assert begun.names() == ["01-srn"]
    assert "is new" in begun.start(again=True)
    assert "is there already" in begun.start()


def test_a_folder_that_lies_elsewhere_is_begun_anew_there(begun):
    elsewhere = begun.own.rename(begun.own.with_name("elsewhere"))
    remove(elsewhere / "01-srn" / "01-srn.ipynb")
    with pytest.raises(GraderError, match=f"grader start 01 --into {elsewhere} --again"):
        submit(folder_of(str(elsewhere / "01-srn"), begun.own), "ada")


def test_a_copy_that_jupyterlab_kept_is_named(begun):
    kept = begun.path.parent / ".ipynb_checkpoints" / "01-srn-checkpoint.ipynb"
    kept.parent.mkdir()
    begun.path.rename(kept)
    with pytest.raises(GraderError, match=r"missing: .ipynb_checkpoints/01-srn-checkpoint.ipynb is a copy"):
        begun.start()


def test_of_several_notebooks_one_that_is_missing_comes_back_and_the_others_stay(tmp_path):
    source = Source("08-applications", "08", lambda target: student_version("08-applications", target))
    folder = start(source, tmp_path).folder
    (folder / "speech.ipynb").unlink()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(GraderError, match=r"speech.ipynb is missing.* grader start 08 --merge"):
        start(source, tmp_path)
    start(source, tmp_path, merge=True)
    assert (folder / "speech.ipynb").exists()
    assert (folder / "mine.txt").exists()
    (folder / "speech.ipynb").write_text("{")
    with pytest.raises(GraderError, match=r"speech.ipynb is no notebook.* move away to hand in the others"):
        submit(folder, "ada")


def test_the_first_notebook_to_open_is_the_one_that_is_learned_first_or_the_one_that_was_named(tmp_path):
    def says(**named):
        source = Source("08-applications", "08", lambda target: student_version("08-applications", target), **named)
        return start(source, tmp_path).says

    assert says()[1].endswith('language-model.ipynb"')
    assert says(notebook="speech.ipynb")[1].endswith('speech.ipynb"')
