"""Are the words that changed found, in any language, and without computing for ever?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.marking.desk.changed_words import Change, changed_words


def kinds(changes, *wanted):
    return "".join(change.text for change in changes if change.kind in wanted)


@given(st.text(alphabet="ab .\n字", max_size=40), st.text(alphabet="ab .\n字", max_size=40))
def test_both_texts_can_be_read_off(old, new):
    changes = changed_words(old, new)
    plain = ["\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (old, new)]
    assert [kinds(changes, "same", "removed"), kinds(changes, "same", "added")] == plain


def test_a_word_is_replaced_and_one_is_added():
    changes = changed_words("The state holds letters.", "The state carries letters, all.")
    assert [change for change in changes if change.kind != "same"] == [
        Change("removed", "holds"),
        Change("added", "carries"),
        Change("added", ", all"),
    ]


def test_in_chinese_single_characters_are_found():
    changes = changed_words("隐藏状态记住字母", "隐藏状态记得字母")
    assert [change for change in changes if change.kind != "same"] == [Change("removed", "住"), Change("added", "得")]


def test_spaces_at_the_ends_of_lines_are_no_change():
    assert changed_words("one  \r\ntwo\n", "one\ntwo") == [Change("same", "one\ntwo")]


@pytest.mark.parametrize("sign", ["a ", "a\n", "a"])
def test_long_texts_are_compared_roughly(sign):
    """Word by word that would take hours."""
    assert [change.kind for change in changed_words(sign * 50_000, ("b" + sign) * 50_000)] == ["removed", "added"]
