"""Does the journal keep every change once, whoever writes at the same time and whatever a name holds?"""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from grader.marking.course.course import Course
from grader.marking.course.journal import DUE_BEFORE, LATE, Change, Journal, sentence

MARK = Change("anna", "04-gru", "04-gru", "gru-step", None, 1.5, 2.0, ("first",))


@pytest.fixture
def journal(tmp_path):
    return Journal(Course(tmp_path))


def points(journal):
    return [(change.before, change.after) for change in journal.changes()]


def test_what_changes_is_written_once_and_what_does_not_never(journal):
    journal.add([MARK])
    assert journal.add([MARK, replace(MARK, before=7.0)]) == []
    [written] = journal.add([replace(MARK, before=7.0, after=2.0, causes=("by hand",))])
    assert (written.before, written.after) == (1.5, 2.0)
    assert points(journal) == [(None, 1.5), (1.5, 2.0)]


def test_another_program_reads_and_adds_what_this_one_has_not_seen(journal, tmp_path):
    journal.add([MARK])
    Journal(Course(tmp_path)).add([replace(MARK, after=2.0)])
    assert journal.add([replace(MARK, before=1.5, after=2.0)]) == []


@pytest.mark.parametrize("cut", ['{"student": "an', '{"student": "anna"}\n', "[1]\n", "\x00\x00", '{"late": 3}\n\n'])
def test_a_cut_line_is_passed_over_and_the_next_begins_anew(journal, tmp_path, cut):
    journal.add([MARK])
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write(cut)
    journal.add([replace(MARK, after=2.0)])
    assert points(journal) == [(None, 1.5), (1.5, 2.0)]
    assert points(Journal(Course(tmp_path))) == [(None, 1.5), (1.5, 2.0)]


def _add_many(root, student):
    mine = Journal(Course(root))
    for number in range(50):
        mine.add([replace(MARK, student=student, after=float(number)), replace(MARK, after=float(number))])


def test_programs_that_write_at_once_lose_nothing_and_break_no_line(journal, tmp_path):
    work = [multiprocessing.get_context("fork").Process(target=_add_many, args=(tmp_path, who)) for who in "abc"]
    for one in work:
        one.start()
    for one in work:
        one.join()
    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert all(json.loads(line) for line in lines)
    for who in "abc":
        mine = [change.after for change in journal.changes() if change.student == who]
        assert mine == [float(number) for number in range(50)]
    theirs = [change for change in journal.changes() if change.student == "anna"]
    assert [change.before for change in theirs][1:] == [change.after for change in theirs][:-1]


@pytest.mark.parametrize("name", ["a\nb", "\x1b[31m", 'x","after":9', "\udcff", "ä ☃", "=1+1"])
def test_a_hostile_name_is_one_line_and_comes_back_as_it_was(journal, name):
    journal.add([replace(MARK, student=name)])
    assert [change.student for change in journal.changes()] == [name]


def test_only_its_owner_may_read_it(journal, tmp_path):
    journal.add([MARK])
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("changed", "cause"),
    [
        ({"handed in": "8 May"}, "submission"),
        ({"extension": 3600.0}, "extension"),
        ({"due": "7 May"}, "due"),
        ({"points": 3.0}, "marks"),
        ({}, "rule"),
    ],
)
def test_why_the_late_penalty_changed_is_what_it_was_computed_from(journal, changed, cause):
    facts = {"due": "5 May", "handed in": "6 May", "extension": None, "points": 2.0}
    late = Change("anna", "04-gru", "04-gru", LATE, None, -1.0, late=facts)
    journal.add([late])
    journal.add([replace(late, after=-0.5, late=facts | changed)])
    assert [change.causes for change in journal.changes()] == [("late",), (cause,)]


@pytest.mark.parametrize(
    ("is_known", "handed_in", "cause"),
    [
        (True, "2026-05-06 10:00 UTC", "due"),
        (True, "2026-05-08 10:00 UTC", "late"),
        (False, "2026-05-06 10:00 UTC", "late"),
    ],
)
def test_who_is_late_for_the_first_time_as_the_date_moved_is_told_so(journal, is_known, handed_in, cause):
    """Not who is marked for the first time: they handed in late."""
    if is_known:
        journal.add([MARK])
    facts = {"due": "2026-05-05 22:00 UTC", "handed in": handed_in, DUE_BEFORE: "2026-05-07 22:00 UTC"}
    [late] = journal.add([Change("anna", "04-gru", "04-gru", LATE, None, -1.0, late=facts)])
    assert late.causes == (cause,)


def test_all_times_in_a_sentence_are_in_one_zone():
    facts = {"due": "2026-05-05 22:00 UTC", "handed in": "2026-01-06 10:00 UTC"}
    late = replace(MARK, grade=LATE, most=None, causes=("due",), late=facts, at="2026-05-06T21:58:00+00:00")
    assert sentence(late, ZoneInfo("Europe/Berlin")).endswith(
        "the due date moved (due 2026-05-06 00:00 CEST, handed in 2026-01-06 11:00 CET), 2026-05-06 23:58 CEST"
    )


def test_none_taken_off_is_no_change(journal):
    assert journal.add([Change("anna", "04-gru", "04-gru", LATE, None, -0.0)]) == []


def test_a_change_is_a_sentence():
    at = "2026-05-06T21:58:00+00:00"
    changed = replace(
        MARK, before=1.5, after=2.0, causes=("references",), versions={"references": ("ab12", "cd34")}, at=at, by="root"
    )
    assert sentence(changed) == (
        "anna · gru-step 1.5 → 2 of 2: the references changed (ab12 → cd34), 2026-05-06 21:58 UTC"
    )
    by_hand = replace(changed, before=None, causes=("by hand",), versions={})
    assert sentence(by_hand) == "anna · gru-step – → 2 of 2: by hand, by root, 2026-05-06 21:58 UTC"
