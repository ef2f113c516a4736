"""Does the journal say what the page of written answers saves, and what a date that moves costs or gives?"""

from __future__ import annotations

import pytest

from grader.marking.course.journal import LATE
from grader.marking.course.line_file import account
from grader.marking.desk.give_mark import Mark, MarkChanged, give_mark
from grader.marking.desk.own_course import extend
from grader.marking.steps.keep_journal import journal_of
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook
from tests.grader.marking.desk.conftest import WRITTEN


@pytest.fixture
def told(released, api):
    """told(): what the journal says, each as student, grade id, before, after and causes."""
    return lambda: [
        (one.student, one.grade, one.before, one.after, one.causes) for one in journal_of(released).changes()
    ]


def test_what_the_page_of_written_answers_saves_is_journalled_once(released, api, question, write, answers, told):
    write("alice", "Because.")
    seen = answers()["alice"]
    give_mark(released, api, question, seen.key, seen.token, Mark(2.5, comment="Which letters?"))
    with pytest.raises(MarkChanged):
        give_mark(released, api, question, seen.key, seen.token, Mark(1.0))
    now = answers()["alice"]
    give_mark(released, api, question, now.key, now.token, Mark(2.5, comment="Which letters, then?"))
    now = answers()["alice"]
    give_mark(released, api, question, now.key, now.token, Mark(3.0, extra=0.5))
    assert told() == [
        ("alice", WRITTEN, None, 2.5, ("by hand",)),
        ("alice", WRITTEN, 2.5, 3.5, ("by hand",)),
    ]
    [first, _] = journal_of(released).changes()
    assert (first.by, first.most) == (account(), 4.0)


def test_a_due_date_that_moves_and_an_extension_are_journalled_as_the_gradebook_is_read(
    released, question, write, answers, by_hand, told
):
    """alice hands in on 6 May, 12:00."""

    def due(day):
        (released.root / "course.toml").write_text(
            f'[late]\nshare = 0.5\nper = "day"\nmost = 0.5\n[lessons.01-srn]\ndue = "2026-05-{day:02} 00:00"\n'
        )
        with course_gradebook(course_api(released)):
            pass

    write("alice", "Because.")
    by_hand("alice", 4.0)
    due(5)
    due(7)
    due(4)
    extend(released, "01", "alice", "2026-05-07 00:00")
    with course_gradebook(course_api(released)):
        pass
    assert told()[1:] == [
        ("alice", LATE, None, -2.0, ("late",)),
        ("alice", LATE, -2.0, 0.0, ("due",)),
        ("alice", LATE, 0.0, -2.0, ("due",)),
        ("alice", LATE, -2.0, 0.0, ("extension",)),
    ]
