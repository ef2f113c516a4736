"""Are pairs read, numbered and padded, and do the two translators without a network what they say?"""

from __future__ import annotations

from itertools import islice

from solutions.toolbox.applications.translation.pairs import (
    BEGIN,
    END,
    PAD,
    UNKNOWN,
    Vocabulary,
    batches,
    nearest,
    read_pairs,
    word_table,
)

PAIRS = [
    (["open", "file"], ["ouvrir", "le", "fichier"]),
    (["close", "file"], ["fermer", "le", "fichier"]),
    (["open", "folder"], ["ouvrir", "le", "dossier"]),
    (["close", "window"], ["fermer", "la", "fenêtre"]),
]


def test_pairs_are_read_as_lists_of_words(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("open file\touvrir le fichier\nstop\tarrêter\n", encoding="utf-8")
    assert read_pairs(path) == [(["open", "file"], ["ouvrir", "le", "fichier"]), (["stop"], ["arrêter"])]


def test_special_symbols_come_first_and_words_in_order():
    words = Vocabulary([["b", "a"], ["c"]])
    assert words.words[PAD] + words.words[BEGIN] + words.words[END] + words.words[UNKNOWN] == "·‹s›‹/s›‹?›"
    assert words.text([4, 5, 6]) == ["a", "b", "c"]
    assert len(words) == 7


def test_columns_are_padded_behind_their_own_ends():
    ids, lengths = Vocabulary([["a", "b"]]).columns([["b"], ["a", "x", "b"]])
    assert ids.T.tolist() == [[5, PAD, PAD], [4, UNKNOWN, 5]]
    assert lengths.tolist() == [1, 3]


def test_the_word_table_tells_apart_what_occurs_together():
    table = word_table(PAIRS)
    assert (table["open"], table["close"], table["folder"]) == ("ouvrir", "fermer", "dossier")


def test_the_nearest_sentence_lends_its_translation():
    assert nearest(PAIRS, ["open", "the", "folder"]) == ["ouvrir", "le", "dossier"]
    assert nearest(PAIRS, ["close", "file"]) == ["fermer", "le", "fichier"]


def test_every_pair_comes_once_in_a_pass_beside_pairs_of_its_length():
    pairs = [(["e"] * n, ["f"] * m) for n in (1, 2) for m in (1, 4)] * 3
    passes = [list(islice(batches(pairs, 6, seed), 2)) for seed in (0, 0)]
    assert sorted(pair for batch in passes[0] for pair in batch) == sorted(pairs)
    assert all(len({len(target) for _, target in batch}) == 1 for batch in passes[0])
    assert passes[0] == passes[1]


def test_words_that_come_twice_do_not_hide_the_nearest():
    pairs = [(["a", "a", "a"], ["3"]), (["a", "b"], ["2"])]
    assert nearest(pairs, ["a"]) == ["2"]
    assert nearest(pairs, ["a", "a"]) == ["3"]
