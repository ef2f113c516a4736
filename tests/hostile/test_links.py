"""Links, pipes and devices in a submission: never followed, never waited for, and nothing behind them leaks."""

from __future__ import annotations

import os

import pytest

from tests.hostile.handing_in import FULL, LESSON, hands_in
from tests.hostile.test_bad_input import NAME, NOTHING, refused

pytestmark = pytest.mark.hostile


def notebook_is_a_link_to(target):
    """A submission whose notebook is a link; the target is given relative to the submission's folder."""
    return hands_in(**NOTHING, files=lambda folder: (folder / NAME).symlink_to(target))


@notebook_is_a_link_to(f"../../a-honest/{LESSON}/{NAME}")
def test_notebook_of_another_student(mark):
    """Hopes to be marked for a-honest's work."""
    assert refused(mark, "link")


@notebook_is_a_link_to("../../../gradebook.db")
def test_gradebook_as_notebook(mark):
    """Hopes to get the gradebook back as feedback."""
    assert refused(mark, "link")


@notebook_is_a_link_to("/dev/zero")
def test_zero_as_notebook(mark):
    """Hopes that the reader reads on and on."""
    assert refused(mark, "link")


@notebook_is_a_link_to(NAME)
def test_notebook_that_is_its_own_link(mark):
    """Hopes for a loop."""
    assert refused(mark)


@hands_in(**NOTHING, files=lambda folder: os.mkfifo(folder / NAME))
def test_pipe_as_notebook(mark):
    """Hopes that the reader waits for a writer."""
    assert refused(mark)


@hands_in(**NOTHING, files=lambda folder: os.link(folder.parents[2] / "gradebook.db", folder / NAME))
def test_gradebook_as_notebook_under_a_second_name(mark):
    """A hard link is no link that can be seen by its kind."""
    assert refused(mark, "hard link")


def second_names(folder):
    os.link(folder.parents[2] / "gradebook.db", folder / "data.txt")
    os.link(folder.parents[2] / "secret.key", folder / "mine.txt")


@hands_in(
    solved=None,
    first=("import os; print('REPORT', __import__('json').dumps(os.listdir('/lesson')))",),
    files=second_names,
)
def test_gradebook_as_data_under_a_second_name(mark):
    """Hopes that a hard link is handed in as data."""
    assert mark.points == FULL
    assert not {"data.txt", "mine.txt"} & set(mark.report)
    assert not [path for path in mark.path("autograded").iterdir() if path.name in ("data.txt", "mine.txt")]


def links(folder):
    """Data files that are links to what a student should not have, or that cannot be read to an end."""
    for name, target in {
        "gradebook.txt": "../../../gradebook.db",
        "secret.txt": "../../../secret.key",
        "others.txt": f"../../a-honest/{LESSON}/{NAME}",
        "zero.txt": "/dev/zero",
        "random.txt": "/dev/urandom",
        "nowhere.txt": "/nowhere/at/all",
        "loop.txt": "loop.txt",
        "course": "../../..",
        "passwd.txt": "/etc/passwd",
        "timestamp.txt": "/dev/zero",
    }.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.txt")
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "deeper" / "gradebook.txt").symlink_to("../../../../../gradebook.db")
    (folder / "data").mkdir()
    (folder / "data" / "train.txt").symlink_to("../../../../gradebook.db")


LOOK = """
    import json, os
    texts = {}
    for folder, folders, files in os.walk("/lesson"):
        for name in files:
            with open(os.path.join(folder, name), "rb") as file:
                texts[os.path.join(folder, name)] = file.read(100).decode("utf-8", "replace")
    print("REPORT", json.dumps(texts))
    """


@hands_in(solved=None, first=(LOOK,), files=links)
def test_links_as_data(mark):
    """Hopes to read through them in the sandbox, or to find them copied. A line stands in the place of each."""
    assert mark.points == FULL
    assert not [path for path, text in mark.report.items() if "SQLite" in text or "root:" in text]
    for kind in ("autograded", "feedback"):
        files = [path for path in mark.path(kind).rglob("*") if not path.is_dir()]
        assert not [path for path in files if path.is_symlink() or not path.is_file()]
        assert not [path for path in files if b"SQLite format" in path.read_bytes()]
    assert "link to /dev/zero" in (mark.path("submitted") / "zero.txt").read_text()
    assert "special file" in (mark.path("submitted") / "pipe.txt").read_text()
    assert mark.course.gradebook.read_bytes().startswith(b"SQLite format")
