"""Is the page safe whatever a student writes, for its owner alone, and without a word of guilt?"""

from __future__ import annotations

import os
import re
import stat

import pytest

from grader.checks.errors import GraderError
from grader.marking.desk.similar.find import Exercise, Pair, SharedAnswer, Similar
from grader.marking.desk.similar.page import similar_page, write_page

EXERCISE = Exercise("srn-step-answer", "srn.step: One step", "01-srn", code=True)
ATTACKS = (
    "</pre><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    '"><style>body { display: none }</style>',
    "\x1b[31m\u202eright to left",
)


def page_of(*lines, names=("ann", "bob"), pairs=1, most=10):
    answer = SharedAnswer(EXERCISE, 0.714, tuple((line, True) for line in lines), (("z = 1", False),))
    found = Similar("01-srn", 12, {EXERCISE: 9}, (Pair(*names, (answer,)),) * pairs, ("eve: <b>is empty</b>",))
    return similar_page(found, most)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_student_writes_is_text(attack):
    for html in (page_of(attack), page_of("x", names=(attack, "bob"))):
        body = html.partition("</style>")[2]
        assert not re.search(r"<(script|img|style|iframe|link)|\x1b|\u202e", body)
        assert "49" not in body.partition('id="pair-1"')[2]
    assert "<b>is empty" not in page_of()


def test_nothing_is_loaded_and_nothing_runs():
    html = page_of("x")
    assert "default-src 'none'" in html
    assert not re.search(r'<script|(?:src|href)="(?!#)|url\(|@import', html)


def test_those_whom_the_roster_knows_are_called_by_their_names():
    found = Similar("01-srn", 2, {}, (Pair("a1", "b2", ()),), (), {"a1": "Anna <b>"})
    assert "Anna &lt;b&gt; (a1) · b2" in similar_page(found, 10)


def test_both_answers_stand_beside_each_other_with_what_they_share():
    html = page_of("first", "second")
    assert html.index("first") < html.index("second") < html.index("z = 1")
    assert html.count("line both") == 2
    assert "71</span>" in html


def test_it_says_what_the_number_is_and_accuses_nobody():
    html = re.sub(r"\s+", " ", page_of("x"))
    assert "It is no evidence of how two answers came to be alike" in html
    assert "Short answers to the same exercise are expected to be equal" in html
    assert not re.search(r"plagiari|cheat|copied|suspect|guilt|violat|offen|#f00|\bred\b", html, flags=re.IGNORECASE)


def test_no_more_pairs_than_are_wanted():
    html = page_of("x", pairs=5, most=2)
    assert html.count('class="pair"') == 2
    assert "5 pairs, the first 2 of them shown" in html


def test_a_long_answer_is_cut_and_says_so():
    html = page_of(*["y = 2"] * 400, "z" * 5000)
    assert "… 101 more lines" in html
    assert "z" * 501 not in html


def test_the_file_is_its_owners_alone(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    path.chmod(0o644)
    umask = os.umask(0)
    try:
        write_page("new", path)
    finally:
        os.umask(umask)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_it_cannot_be_written_it_says_so(tmp_path):
    with pytest.raises(GraderError, match="cannot be written"):
        write_page("new", tmp_path / "nowhere" / "page.html")
