"""Is a name known again as an LMS spells it, and another's not taken for it?"""

from __future__ import annotations

import pytest

from grader.marking.course.same_name import plain_run, run_together, same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jörg Müller", "Müller, Jörg"),
        ("Jörg Müller", "mueller joerg"),
        ("Jörg Müller", "Jorg Muller"),
        ("Jörg Müller", "Jo\u0308rg Mu\u0308ller"),
        ("Mary Ann O'Neil", "ONeil Mary-Ann"),
        ("Łukasz Đorđević", "Lukasz Dordevic"),
        ("李小龙", "李小龙"),
        ("Søren Ægir", "Soeren Aegir"),
    ],
)
def test_the_same_name(one, other):
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("Anna Ott", "Anna Otto"), ("", ""), ("Anna", ""), ("An Na", "Anna")])
def test_another_name(one, other):
    assert not same_name(one, other)


def test_words_run_together_as_in_canvas_files():
    assert plain_run("mullerjorg") & run_together("Jörg Müller")
    assert plain_run("muellerjoerg") & run_together("Jörg Müller")
    assert plain_run("müllerjörg") & run_together("Jörg Müller")
    assert not plain_run("mullerjorgen") & run_together("Jörg Müller")
