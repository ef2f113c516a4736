"""Do the baselines count what they say?"""

from __future__ import annotations

from solutions.toolbox.applications.tagging.baselines import HiddenMarkov, MostFrequentTag, NameList, Suffixes
from tests.solutions.toolbox.applications.tagging.small_text import TRAIN, sentence


def test_the_most_frequent_tag_and_what_is_unknown():
    assert MostFrequentTag(TRAIN)(["works", "the", "unheard"]) == ["NOUN", "DET", "NOUN"]


def test_an_unknown_word_is_judged_by_its_ending():
    train = [sentence("a/DET nation/NOUN runs/VERB slowly/ADV"), sentence("a/DET station/NOUN goes/VERB quickly/ADV")]
    assert Suffixes(train)(["creation", "boldly", "a"]) == ["NOUN", "ADV", "DET"]


def test_the_tag_before_decides_what_a_word_alone_cannot():
    train = [sentence("to/PRT work/VERB"), sentence("the/DET work/NOUN")] * 3
    assert HiddenMarkov(train)(["to", "work"]) == ["PRT", "VERB"]
    assert HiddenMarkov(train)(["the", "work"]) == ["DET", "NOUN"]


def test_the_longest_name_of_the_list_is_found():
    method = NameList([[("上海", "LOC"), ("上海市", "LOC")], [("李明", "PER")]])
    assert method("在上海市李明") == ["O", "B-LOC", "I-LOC", "I-LOC", "B-PER", "I-PER"]
