"""Do symbols become the numbers, rows and columns that a network reads?"""

import numpy as np
import torch

from solutions.toolbox.text.encoding import LETTERS, columns, encode, most_frequent, one_hot


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
