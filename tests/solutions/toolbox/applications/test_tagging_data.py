"""Do the tagging notebook's helpers read, batch, count and draw what they say?"""

from __future__ import annotations

from itertools import combinations, islice, pairwise, product
from pathlib import Path

import numpy as np
import pytest
import torch

from solutions.toolbox.applications import tagging_pictures as pictures
from solutions.toolbox.applications.tagging_baselines import HiddenMarkov, MostFrequentTag, NameList, Suffixes
from solutions.toolbox.applications.tagging_data import Lexicon, Sentence, batches, chinese_names, tagged_sentences
from solutions.toolbox.applications.viterbi import best_path, well_formed

DATA = Path(__file__).resolve().parents[4] / "lessons/08-applications/data/tagging"


def sentence(text):
    return Sentence(*zip(*(token.rpartition("/")[::2] for token in text.split()), strict=True))


TRAIN = [
    sentence("the/DET plan/NOUN works/VERB"),
    sentence("the/DET works/NOUN plan/VERB"),
    sentence("plan/NOUN the/DET works/NOUN"),
]


def test_every_part_of_the_text_is_there_and_no_sentence_is_in_two():
    parts = [tagged_sentences(DATA / f"{part}.txt") for part in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [1228, 283, 333]
    assert len({tag for part in parts for s in part for tag in s.tags}) == 14
    long = [{s.words for s in part if len(s) > 8} for part in parts]
    assert [len(a & b) for a, b in combinations(long, 2)] == [0, 0, 0]


def test_chinese_names_are_tagged_begin_inside_outside():
    found = chinese_names(0, 40)
    assert {tag for s in found for tag in s.tags} == {"O", "B-PER", "I-PER", "B-LOC", "I-LOC"}
    allowed = well_formed(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])
    assert np.isinf(allowed).any()
    assert all(s.tags[0][0] != "I" and len(s) <= 60 for s in found)


def test_a_family_name_and_the_name_after_it_are_one():
    (s,) = (s for s in chinese_names(1, 2))
    assert s.tags[-3:] == ("B-PER", "I-PER", "I-PER")


def test_a_batch_is_padded_with_0_and_only_training_words_are_known():
    short, new = TRAIN[0], sentence("an/DET odd/ADJ plan/NOUN works/VERB")
    lexicon = Lexicon([*TRAIN, Sentence(new.words, ("DET",) * 4)], TRAIN)
    words, targets, lengths = lexicon.batch([short, Sentence(new.words, ("DET",) * 4)])
    assert words.shape == targets.shape == (4, 2)
    assert lengths.tolist() == [3, 4]
    assert words[3, 0] == targets[3, 0] == 0
    assert (words[words > 0] > 0).sum() == 7
    assert lexicon.counts[words[:, 1]].tolist() == [0, 0, 3, 3]
    assert lexicon.letters[words[0, 1]][:2].tolist()[0] > 1  # a is known, as a letter


def test_hints_are_numbers_of_tags():
    lexicon = Lexicon(TRAIN, TRAIN)
    hinted = Sentence(TRAIN[0].words, TRAIN[0].tags, ("NOUN", "DET", "VERB"))
    assert lexicon.hints([hinted])[:, 0].tolist() == [lexicon.tags.index(tag) for tag in hinted.hints]
    assert lexicon.hints(TRAIN) is None


def test_batches_go_through_all_and_sorting_saves_padding():
    rng = np.random.default_rng(0)
    sentences = [Sentence(("a",) * n, ("X",) * n) for n in rng.integers(1, 40, 64)]
    for pool in (1, 8):
        once = [s for part in islice(batches(sentences, 8, 0, pool), 8) for s in part]
        assert sorted(map(id, once)) == sorted(map(id, sentences))
    grey = [
        sum(max(map(len, part)) * 8 - sum(map(len, part)) for part in islice(batches(sentences, 8, 0, pool), 8))
        for pool in (1, 8)
    ]
    assert grey[1] < 0.5 * grey[0]


def test_no_sentence_is_left_out_of_every_pass_for_being_long():
    sentences = [Sentence(("a",) * n, ("X",) * n) for n in range(1, 20)]
    shown = {len(s) for part in islice(batches(sentences, 6, 0), 3 * 8) for s in part}
    assert shown == set(range(1, 20))


def test_the_most_frequent_tag_and_what_is_unknown():
    assert MostFrequentTag(TRAIN)(["works", "the", "unheard"]) == ["NOUN", "DET", "NOUN"]


def test_an_unknown_word_is_judged_by_its_ending():
    train = [sentence("a/DET nation/NOUN runs/VERB slowly/ADV"), sentence("a/DET station/NOUN goes/VERB quickly/ADV")]
    assert Suffixes(train)(["creation", "boldly", "a"]) == ["NOUN", "ADV", "DET"]


def test_the_tag_before_decides_what_a_word_alone_cannot():
    train = [sentence("to/PRT work/VERB"), sentence("the/DET work/NOUN")] * 3
    assert HiddenMarkov(train)(["to", "work"]) == ["PRT", "VERB"]
    assert HiddenMarkov(train)(["the", "work"]) == ["DET", "NOUN"]


@pytest.mark.parametrize("T", [1, 2, 5])
def test_viterbi_finds_the_best_of_all_paths(T):
    rng, K = np.random.default_rng(T), 3
    fits, follows = rng.standard_normal((T, K)), rng.standard_normal((K + 1, K))

    def total(path):
        steps = pairwise((K, *path))
        return fits[range(T), path].sum() + sum(follows[i, j] for i, j in steps)

    assert tuple(best_path(fits, follows)) == max(product(range(K), repeat=T), key=total)


def test_a_well_formed_path_has_no_I_without_a_beginning():
    tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
    path = best_path(np.random.default_rng(0).standard_normal((50, 5)) + np.array([0, 0, 2, 0, 2]), well_formed(tags))
    named = ["O", *(tags[k] for k in path)]
    assert all(b[0] != "I" or a[2:] == b[2:] for a, b in pairwise(named))


def test_the_longest_name_of_the_list_is_found():
    method = NameList([[("上海", "LOC"), ("上海市", "LOC")], [("李明", "PER")]])
    assert method("在上海市李明") == ["O", "B-LOC", "I-LOC", "I-LOC", "B-PER", "I-PER"]


def test_the_pictures_can_be_drawn():
    pictures.network()
    panels = pictures.padding({"one": [1, 5, 3], "two": [2, 2]})
    assert panels[0].get_title() == "one: 40% padding"
    ax = pictures.confusions(np.array([[3, 1], [0, 2]]), ["A", "B"])
    assert [text.get_text() for text in ax.texts] == ["3", "1", "2"]
    ax = pictures.by_group({"x": {"g": [0.5, 0.7]}, "y": {"g": [0.9]}})
    assert [text.get_text() for text in ax.texts] == ["60", "90"]


def test_mistakes_and_names_are_marked_and_escaped():
    shown = pictures.wrongly_tagged([(["a", "<b>"], ["X", "Y"], ["X", "Z"])]).data
    assert "&lt;b&gt;" in shown
    assert "[Z, truly Y]" in shown
    shown = pictures.names_found([("李明在上海", [(0, 2, "PER"), (3, 5, "LOC")], [(0, 2, "PER"), (2, 3, "LOC")])]).data
    assert shown.count("solid") == 3  # one name found, and two in the key
    assert shown.count("dotted") == 1 + shown.count("dotted line")


def test_the_letters_of_an_unknown_letter_are_all_one_number():
    lexicon = Lexicon([*TRAIN, Sentence(("ßß",), ("DET",))], TRAIN)
    assert lexicon.letters[lexicon.word_number["ßß"]][:2].equal(torch.ones(2, dtype=torch.long))
