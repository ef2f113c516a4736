"""Are all answers to a question there, with what belongs to them, in an order that serves whoever marks?"""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from grader.marking.desk.changed_words import changed_words
from grader.marking.desk.written_answers import comments_given, equal_answers, in_order
from grader.marking.steps.audit_records import AuditRecords
from grader.marking.steps.find_near_work import NEAR
from grader.marking.steps.nbgrader_adapter import course_api
from tests.grader.marking.conftest import LESSON
from tests.grader.marking.desk.conftest import HANDED_IN, WRITTEN

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_an_answer_has_its_text_its_points_and_whether_it_waits(write, answers):
    write("alice", "It predicts the next letter.")
    write("bob", None)
    found = answers()
    alice, bob = found["alice"], found["bob"]
    assert (alice.work.answer.source, alice.most) == ("It predicts the next letter.", 4.0)
    assert (alice.given.waits, alice.given.score, alice.given.handed_in) == (True, None, HANDED_IN)
    assert (bob.given.waits, bob.given.score, bob.work.untouched, alice.work.untouched) == (False, 0.0, True, False)


def test_files_and_attached_pictures_belong_to_it(released, write, answers):
    def attach(nb):
        next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN)["attachments"] = {
            "photo.png": {"image/png": PIXEL}
        }

    write("alice", "![](attachment:photo.png)", attach)
    (released.submission("alice", LESSON) / "essay.pdf").write_bytes(b"%PDF-1.4")
    work = answers()["alice"].work
    assert (work.answer.attachments, work.files) == ({"photo.png": {"image/png": PIXEL}}, ("essay.pdf",))


@pytest.mark.parametrize(("text", "far"), [(None, ["It is here."]), ("Because.", [])])
def test_where_the_cell_is_untouched_text_elsewhere_is_shown_too(write, answers, text, far):
    """The lesson's own text is not the student's; cells near the question are known by the mark that they got."""
    near = new_markdown_cell("A table.", metadata={NEAR: True})
    write("alice", text, lambda nb: (nb.cells.insert(3, new_markdown_cell("It is here.")), nb.cells.append(near)))
    work = answers()["alice"].work
    assert [[part.source for part in parts] for parts in (work.near, work.far)] == [["A table."], far]


def test_those_who_wait_come_first_and_a_drawn_order_stays(write, answers, by_hand):
    for student in "abcdefgh":
        write(student, f"Answer {student}.")
    by_hand("a", 3.0)
    found = answers().values()
    assert [answer.student for answer in in_order(found, "waiting")] == [*"bcdefgh", "a"]
    assert [answer.student for answer in in_order(found, "student")] == [*"abcdefgh"]
    drawn = in_order(found, "shuffled", "x")
    assert drawn == in_order(found, "shuffled", "x") != in_order(found, "shuffled", "y")
    assert drawn[-1].student == "a"


def test_equal_answers_stand_together(released, write, answers, by_hand):
    """But for spaces; one with a file beside it is alone, whatever its text."""
    texts = {"a": "Same  text.\n", "b": "Same text.", "c": "Another.", "d": None, "e": None, "f": "Same text."}
    for student, text in texts.items():
        write(student, text)
    (released.submission("f", LESSON) / "essay.pdf").write_bytes(b"%PDF-1.4")
    groups = [[answer.student for answer in group] for group in equal_answers(answers().values())]
    assert groups == [["a", "b"], ["c"], ["f"], ["d", "e"]]
    assert [answer.student for answer in in_order(answers().values(), "equal")] == ["a", "b", "c", "f", "d", "e"]


def test_comments_are_offered_again_the_most_frequent_first(write, answers, by_hand):
    for student, said in {"a": "Say from what.", "b": "Good.", "c": "Good.", "d": ""}.items():
        write(student, f"Answer {student}.")
        by_hand(student, 3.0, said)
    assert comments_given(answers().values()) == ["Good.", "Say from what."]


def test_what_could_not_be_marked_is_shown_as_it_was_handed_in(released, write, answers):
    write("alice", "The text.")
    marked = released.autograded / "alice" / LESSON / f"{LESSON}.ipynb"
    marked.replace(released.submission("alice", LESSON) / f"{LESSON}.ipynb")
    AuditRecords(released, LESSON).write_unmarked("alice", LESSON, "it was killed")
    found = answers()["alice"]
    assert (found.work.answer.source, found.not_marked) == ("The text.", "it was killed")


def test_what_was_handed_in_since_is_told(released, write, answers):
    write("alice", "The text.")
    assert not answers()["alice"].newer
    stamp = released.submission("alice", LESSON) / "timestamp.txt"
    stamp.write_text("2026-05-06 12:00:00 UTC")
    assert not answers()["alice"].newer
    stamp.write_text("2026-05-07 12:00:00 UTC")
    assert answers()["alice"].newer


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
@pytest.mark.parametrize("road", ["ours", "nbgrader"])
def test_the_text_that_was_marked_is_kept_by_every_road(released, hand_in, mark, answers, by_hand, road):
    """Also the student's own cell near it; and the picture that was exchanged is another answer, too."""

    def again(text, picture=PIXEL):
        nb = nbformat.read(path, as_version=4)
        cell = next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == WRITTEN)
        cell.source, cell["attachments"] = text, {"photo.png": {"image/png": picture}}
        nbformat.write(nb, path)
        if road == "ours":
            mark(LESSON)
        else:
            assert course_api(released).autograde(LESSON, "alice")["success"]
        return answers()["alice"]

    path = hand_in("alice", lambda nb: (nb.cells.append(new_markdown_cell("My own table.")), nb)[1])
    first = again("The state holds letters.")
    assert (first.given.waits, [part.source for part in first.work.near]) == (True, ["My own table."])
    by_hand("alice", 2.5, "Which letters?")
    assert again("The state holds letters.").earlier is None
    second = again("The state holds the last letters.")
    assert (second.given.waits, second.given.points, second.earlier.points) == (True, None, 2.5)
    assert (second.earlier.of, second.earlier.comment) == (4.0, "Which letters?")
    changes = changed_words(second.earlier.text, second.work.text)
    assert [change.text for change in changes if change.kind != "same"] == [" the last"]
    by_hand("alice", 3.0, "Better.")
    third = again("The state holds the last letters.", PIXEL[::-1])
    assert (third.given.waits, third.earlier.points) == (True, 3.0)
