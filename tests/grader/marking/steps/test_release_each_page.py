"""Does everybody get the page who can, by the road that Formgrader's button takes?"""

from __future__ import annotations

import os

import pytest
from nbgrader.utils import notebook_hash

from grader.marking.steps.nbgrader_adapter import course_api
from grader.marking.steps.release_each_page import SECRET, unreleasable

LESSON = "01-srn"
pytestmark = [  # of nbgrader's own: a misspelt argument, a file that it does not close
    pytest.mark.filterwarnings("ignore:Passing unrecognized arguments"),
    pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"),
]


@pytest.fixture
def page_of(released):
    """page_of(student, secret): a folder with a feedback page; no secret, if None."""

    def put(student, secret):
        folder = released.feedback / student / LESSON
        folder.mkdir(parents=True)
        (folder / f"{LESSON}.html").write_text(student)
        (folder / "timestamp.txt").write_text("2026-05-06 21:58:00 UTC")
        if secret is not None:
            (folder / SECRET).write_bytes(secret)
        return folder

    return put


def given_out(course):
    """The pages in the exchange, by the names under which students look for them."""
    folder = course.exchange / "rnn" / "feedback"
    return {name: (folder / name).read_text() for name in os.listdir(folder)}


def test_who_has_no_secret_keeps_the_page_from_nobody(released, page_of):
    """nbgrader's own release ended at the first of them, in the order of the disk."""
    good = {"alice": b"a" * 64, "carol": b"c" * 64, "zoe": b"z" * 64}
    bad = {"bob": b"", "dan": None, "mallory": b"\xff\xfe"}
    for student, secret in (good | bad).items():
        page_of(student, secret)
    (page_of("by-hand", None) / "timestamp.txt").unlink()
    done = course_api(released).release_feedback(LESSON)
    assert given_out(released) == {
        f"{notebook_hash(secret=secret.decode(), notebook_id=LESSON)}.html": student for student, secret in good.items()
    }
    assert not done["success"]
    assert "3 not released" in done["error"]
    assert all(f"NOT RELEASED: {student}: {SECRET}, by which" in done["log"] for student in bad)


def test_a_time_that_is_no_text_keeps_the_page_from_nobody(released, page_of):
    (page_of("alice", b"a") / "timestamp.txt").write_bytes(b"\xff\xfe")
    page_of("bob", b"b")
    course_api(released).release_feedback(LESSON)
    assert list(given_out(released).values()) == ["bob"]


@pytest.mark.parametrize(
    ("secret", "words"), [(None, "is missing"), (b"", "is empty"), (b"\xff", "is not text"), (b"a", "")]
)
def test_why_a_page_cannot_be_released_is_said(page_of, secret, words):
    said = unreleasable(page_of("alice", secret))
    assert words in said
    assert bool(said) is bool(words)
