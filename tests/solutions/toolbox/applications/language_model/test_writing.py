"""Is a text written as the model says, and are its words and pieces counted?"""

import torch

from solutions.applications.language_model import sample
from solutions.toolbox.applications.language_model.writing import known_words, looks, written


class Next(torch.nn.Module):
    """After each symbol the next one of the alphabet is certain; its state counts what was read."""

    def __init__(self, K):
        super().__init__()
        self.table = torch.nn.Parameter(1e3 * torch.eye(K).roll(1, dims=1))

    def forward(self, ids, state=None):
        return self.table[ids], (0 if state is None else state) + len(ids)


def test_each_symbol_is_read_before_the_next_is_drawn():
    assert written(Next(4), sample, "abcd", 1.0, B=2, length=6, start="b") == ["cdabcd"] * 2


def test_the_seed_decides():
    model = Next(4)
    torch.nn.init.zeros_(model.table)
    one, again, other = (written(model, sample, "abcd", 1.0, 3, 20, seed, start="a") for seed in (0, 0, 1))
    assert one == again != other
    assert len(set(one)) == 3


def test_words_are_known_whatever_their_case_and_pieces_are_counted():
    known = known_words(["The king's men.", "Enter"])
    assert known == {"the", "king's", "men", "enter"}
    words, variety = looks(["cut THE men xyz off"], known)
    assert words == 2 / 3
    assert variety == 1.0


def test_a_page_that_repeats_itself_has_little_variety():
    assert looks(["ab ab " * 10], {"ab"}) == (1.0, 3 / 52)
