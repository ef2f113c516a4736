"""Can written answers be marked with forms alone, and does the page show what the gradebook has?"""

from __future__ import annotations

import html
import json
import re

import pytest

from grader.marking.desk.web import written_cards
from grader.marking.desk.web.written_cards import View
from grader.marking.steps.audit_records import AuditRecords
from tests.grader.marking.conftest import LESSON
from tests.grader.marking.desk.conftest import WRITTEN

PAGE = f"/written/{LESSON}/{WRITTEN}"
PNG = b"\x89PNG\r\n\x1a\n0000"


@pytest.fixture
def desk(serve, released):
    """The instructor at the desk of the course."""
    visitor = serve(released)
    visitor.come_in()
    return visitor


@pytest.fixture
def send(desk, answers):
    """send("alice", points="2"): fill in the form on alice's card, as it is shown now."""

    def fill(*students, page=PAGE, seen=None, script=False, headers=None, **fields):
        shown = seen or answers()
        members = [f"{shown[student].key}:{shown[student].token}" for student in students]
        xsrf = re.search(r'name="_xsrf" value="([^"]+)"', desk.ask("/").text)[1]
        form = [("_xsrf", xsrf), *(("member", each) for each in members), *fields.items()]
        form += [("of", shown[student].key) for student in students]
        return desk.ask(page, form, headers={"Accept": "application/json"} if script else headers)

    return fill


def test_a_lessons_only_question_is_opened(desk, write):
    write("alice", "Because.")
    assert desk.ask(f"/written/{LESSON}").headers["Location"].startswith(PAGE)
    listed = desk.ask("/written/08-applications")
    assert listed.status == 200
    assert 'href="/written/08-applications/sentiment-written"' in listed.text
    assert desk.ask("/written/99-none").status == desk.ask(f"/written/{LESSON}/none").status == 404


def test_scheme_model_answer_and_answers_stand_on_one_page(desk, write):
    write("alice", "It predicts the next letter.")
    write("bob", None)
    page = desk.ask(PAGE).text
    for words in ("Marking scheme", "A model answer", "It predicts the next letter.", "1 of 2 marked, 1 waits"):
        assert words in page
    assert page.index(">alice<") < page.index(">bob<")
    assert "untouched" in page


def test_a_form_saves_and_leads_back_with_a_way_to_take_it_back(desk, write, send, answers):
    write("alice", "Because.")
    first = answers()["alice"]
    came = send("alice", points="2,5", comment=" Why?\r\n ", extra="")
    assert came.status == 303
    now = answers()["alice"].given
    assert (now.points, now.comment, now.extra, now.waits) == (2.5, "Why?", None, False)
    page = desk.ask(came.headers["Location"].partition("#")[0]).text
    assert "Take it back" in page
    assert "1 of 1 marked, none waits" in page
    [action] = re.findall(r'<form method="post" action="([^"]+/undo[^"]*)"', page)
    send("alice", page=html.unescape(action), key=first.key)
    assert answers()["alice"] == first
    assert "nothing to take back" in send("alice", page=html.unescape(action), key=first.key).text


@pytest.mark.parametrize(("site", "status"), [("same-origin", 303), ("cross-site", 403), ("same-site", 403), ("", 403)])
def test_a_form_sent_without_its_address_is_the_desks_own_if_the_browser_says_so(write, send, answers, site, status):
    """Browsers send the origin "null" with a form where no referrer is to be sent; so does a page in a sandbox."""
    write("alice", "Because.")
    headers = {"Origin": "null"} | ({"Sec-Fetch-Site": site} if site else {})
    assert send("alice", points="1", headers=headers).status == status
    assert answers()["alice"].given.waits == (status == 403)


def test_a_button_of_points_counts_more_than_the_field(write, send, answers):
    write("alice", "Because.")
    send("alice", points="2", quick="4.0", said="Good.", comment="Yes.")
    assert (answers()["alice"].given.points, answers()["alice"].given.comment) == (4.0, "Yes.\n\nGood.")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"points": "many"}, "“many” is no number of points"),
        ({"points": "5"}, "5 points are not between 0 and 4"),
        ({"points": "nan"}, "are no number"),
        ({"points": "1", "comment": "x" * 30_000}, "more than 20,000 characters"),
    ],
)
def test_what_cannot_be_saved_is_said_and_stays_in_the_form(write, send, answers, fields, why):
    write("alice", "Because.")
    before = answers()
    came = send("alice", **fields)
    assert came.status == 409
    assert why in came.text
    assert f'value="{fields["points"]}"' in came.text
    assert answers() == before


def test_a_change_made_elsewhere_is_shown_and_not_overwritten(write, send, answers, by_hand):
    write("alice", "Because.")
    seen = answers()
    by_hand("alice", 3.0, "Good.")
    for script in (False, True):
        came = send("alice", seen=seen, script=script, points="1", comment="Bad.")
        told = json.loads(came.text) if script else {"sentence": came.text, "html": came.text, "saved": []}
        assert "were changed elsewhere since this page was opened" in told["sentence"]
        assert "3 of 4" in told["html"]
        assert "The comment that is there now: “Good.”" in told["sentence"]
        assert told["saved"] == []
        assert answers()["alice"].given.points == 3.0
    assert "Bad." in send("alice", seen=seen, points="1", comment="Bad.").text
    assert send("alice", points="1").status == 303  # of what is there now
    assert answers()["alice"].given.points == 1.0


def test_equal_answers_are_marked_at_once_where_they_are_ticked(desk, write, send, answers, by_hand):
    for student in ("alice", "bob", "carol"):
        write(student, "I do not know.")
    by_hand("carol", 3.0)
    page = desk.ask(f"{PAGE}?order=equal").text
    assert "3 equal answers" in page
    assert page.count('type="checkbox" name="member"') == 3
    assert page.count(" checked>") == 2
    send("alice", "bob", points="0.5", comment="Try.")
    assert {student: one.given.points for student, one in answers().items()} == {"alice": 0.5, "bob": 0.5, "carol": 3.0}
    send("alice", page=f"{PAGE}/undo", key=answers()["alice"].key)
    assert {student: one.given.points for student, one in answers().items()} == {"alice": None, "bob": None, "carol": 3}
    assert "nobody is ticked" in send(points="1").text
    assert "2 other answers equal this one" in desk.ask(PAGE).text


def test_of_many_answers_the_first_are_shown_and_the_others_are_brought(desk, write, answers, monkeypatch):
    monkeypatch.setattr(written_cards, "AT_ONCE", 2)
    for student in "abcde":
        write(student, f"The answer of {student}.")
    keys = {student: answer.key for student, answer in answers().items()}

    def shown(page):
        return re.findall(r"The answer of (\w)\.</p>", page)

    page = desk.ask(PAGE).text
    assert (shown(page), page.count("<article")) == (["a", "b"], 5)
    onwards = html.unescape(re.findall(r'href="([^"]+)">Show this answer', page)[1])
    assert shown(desk.ask(onwards.partition("#")[0]).text) == ["d", "e"]
    [more] = re.findall(r'data-more="([^"]+)"', page)
    brought = json.loads(desk.ask(f"{html.unescape(more)}&key={keys['c']}&key={keys['e']}&key=none").text)
    assert {key: shown(card) for key, card in brought.items()} == {keys["c"]: ["c"], keys["e"]: ["e"]}


@pytest.mark.parametrize("order", ["waiting", "equal", "student"])
def test_where_names_are_hidden_no_order_tells_them(desk, write, answers, order):
    """Nor the order of the members of a group."""
    for student in "abcdefgh":
        write(student, "The same.")
    keys = [answer.key for answer in answers().values()]
    told = re.findall(r'name="member" value="(\w+):', desk.ask(f"{PAGE}?names=hidden&order={order}").text)
    assert sorted(told) == sorted(keys)
    assert told != keys


def test_names_can_be_hidden(desk, released, write):
    """Neither a name nor a file's name stands in the page, and the order tells nothing."""
    for student in ("alice", "bob", "carol"):
        write(student, f"Answer of {len(student)}.")
    (released.submission("alice", LESSON) / "alice.pdf").write_bytes(b"%PDF-1.4")
    page = desk.ask(f"{PAGE}?names=hidden").text
    assert not re.search(r"alice|bob|carol", page)
    assert len(set(re.findall(r">(Answer \d)<", page))) == 3
    assert "File 1 (.pdf)" in page
    assert 'name="names" value="hidden" checked' in page


def test_what_changed_since_it_was_marked_is_shown_and_the_same_can_be_given_again(
    desk, released, write, send, answers
):
    write("alice", "The state holds the last letters.")
    earlier = {"points": 5.0, "of": 4.0, "comment": "Which?", "text": "The state holds letters."}
    record = {"tasks": {}, "not_marked": {}, "earlier": {WRITTEN: earlier}}
    AuditRecords(released, LESSON).write("alice", LESSON, record)
    page = desk.ask(PAGE).text
    assert "<strong>5 of 4</strong>" in page
    assert re.search(r"<ins>.*?> ?the last ?<.*?</ins>", page)
    send("alice", same="yes", points="", comment="")
    given = answers()["alice"].given
    assert (given.points, given.extra, given.comment) == (4.0, 1.0, "Which?")


def test_what_was_handed_in_beside_the_notebook_is_sent_harmless(desk, released, write, answers):
    write("alice", "See my files.")
    folder = released.submission("alice", LESSON)
    for name, content in {"a.png": PNG, "b.html": b"<script>1</script>", "c.png": b"<svg>", "d.pdf": b"%PDF-1"}.items():
        (folder / name).write_bytes(content)
    key = answers()["alice"].key
    came = [desk.ask(f"{PAGE}/file?key={key}&n={n}") for n in range(4)]
    assert [one.headers["Content-Type"] for one in came] == [
        "image/png", "application/octet-stream", "application/octet-stream", "application/pdf"
    ]  # fmt: skip
    assert [bool(one.headers["Content-Disposition"]) for one in came] == [False, True, True, False]
    assert all(one.headers["X-Content-Type-Options"] == "nosniff" for one in came)
    assert "sandbox" in came[0].headers["Content-Security-Policy"]
    for asked in (f"key={key}&n=9", f"key={key}&n=../../x", "key=none&n=0"):
        assert desk.ask(f"{PAGE}/file?{asked}").status == (200 if "x" in asked else 404)


def test_a_picture_in_the_text_has_an_address_of_its_own(desk, write, answers):
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    write("alice", f"![drawn](data:image/png;base64,{pixel})")
    [address] = re.findall(r'src="(/written/[^"]+)"', desk.ask(PAGE).text)
    came = desk.ask(html.unescape(address))
    assert (came.status, came.headers["Content-Type"]) == (200, "image/png")
    assert desk.ask(f"{PAGE}/picture?key={answers()['alice'].key}&n=1&part=0").status == 404


def test_a_hostile_answer_is_text(desk, write):
    write("alice", '<script>alert(1)</script><img src=x onerror="alert(1)"> <b>bold</b>')
    page = desk.ask(PAGE).text
    assert "<script>alert" not in page
    assert "onerror=" not in re.sub(r"<pre.*?</pre>", "", page, flags=re.DOTALL)
    assert "<b>bold</b>" in page


def test_what_takes_for_ever_to_show_is_shown_plainly(desk, write):
    write("alice", "$" + "{" * 60_000)
    write("bob", "The *next* letter.")
    page = desk.ask(PAGE).text
    assert "<em>next</em>" in page


def test_a_view_is_kept_in_addresses():
    assert View().query == {"order": "waiting"}
    assert View("equal", True).query == {"order": "equal", "names": "hidden"}
