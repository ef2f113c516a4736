"""Does the lexicon add the degrees of the words, wherever they stand?"""

from __future__ import annotations

import pytest

from solutions.toolbox.applications.sentiment.lexicon import Lexicon


@pytest.fixture
def lexicon(tmp_path):
    (tmp_path / "some.tsv").write_text("1.50\tlike\n-2.00\tdull\n", encoding="utf-8")
    return Lexicon(tmp_path / "some.tsv")


def test_it_adds_what_it_knows_each_time_it_occurs(lexicon):
    found = lexicon.scores([("i", "like", "it"), ("dull", "dull"), ("i", "like", "dull", "films"), ()])
    assert found.tolist() == [1.5, -4.0, -0.5, 0.0]


def test_a_negation_changes_nothing(lexicon):
    with_it, without = lexicon.scores([("i", "do", "n't", "like", "it"), ("i", "like", "it")])
    assert with_it == without
