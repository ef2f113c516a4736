"""Is tagged text read, numbered and batched as it should be?"""

from __future__ import annotations

from itertools import combinations, islice
from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.applications.tagging.data import (
    Lexicon,
    Sentence,
    batches,
    chinese_names,
    kinds_of_words,
    tagged_sentences,
)
from solutions.toolbox.applications.tagging.viterbi import well_formed
from tests.solutions.toolbox.applications.tagging.small_text import TRAIN, sentence

DATA = Path(__file__).resolve().parents[5] / "lessons/08-applications/data/tagging"


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


def test_the_letters_of_an_unknown_letter_are_all_one_number():
    lexicon = Lexicon([*TRAIN, Sentence(("ßß",), ("DET",))], TRAIN)
    assert lexicon.letters[lexicon.word_number["ßß"]][:2].equal(torch.ones(2, dtype=torch.long))


def test_words_are_told_apart_by_what_training_shows_of_them():
    kinds = kinds_of_words(TRAIN, [sentence("the/DET plan/NOUN fails/VERB")])
    assert {name: at.tolist() for name, at in kinds.items()} == {
        "all": [True, True, True],
        "unknown": [False, False, True],
        "ambiguous": [False, True, False],
        "plain": [True, False, False],
    }
