"""Do the taggers read padded batches as they read each sentence alone, see as far as they say, and learn?"""

from __future__ import annotations

import pytest
import torch

from solutions.toolbox.applications.tagging.data import Lexicon
from solutions.toolbox.applications.tagging.networks import BothWays, Letters, Tagger, Window, Words, tags_of, train
from solutions.toolbox.experiments.seeds import seed_all
from tests.solutions.toolbox.applications.tagging.small_text import TRAIN, sentence

LEXICON = Lexicon([*TRAIN, sentence("unheard/NOUN works/VERB")], TRAIN)
CONTEXTS = {"GRUs": lambda D: BothWays(D, 6), "convolutions": lambda D: Window(D, 6), "more": lambda D: Window(D, 6, 3)}


def a_tagger(context):
    seed_all(0)
    return Tagger(LEXICON, [Words(LEXICON, 5), Letters(LEXICON, 4, 3)], CONTEXTS[context])


def loss(o, targets, lengths):
    real = torch.arange(len(o))[:, None] < lengths
    return torch.nn.functional.cross_entropy(o[real], targets[real])


@pytest.mark.parametrize("context", CONTEXTS)
@torch.no_grad()
def test_a_sentence_gets_the_scores_that_it_gets_alone(context):
    model = a_tagger(context).eval()
    words, lengths = LEXICON.word_number["works"] * torch.ones(6, 2, dtype=torch.long), torch.tensor([2, 6])
    alone = model(words[:2, :1], lengths[:1])
    torch.testing.assert_close(model(words, lengths)[:2, :1], alone)


@pytest.mark.parametrize("layers", [1, 2, 3])
@torch.no_grad()
def test_convolutions_see_as_far_as_they_say(layers):
    seed_all(0)
    model, lengths = Window(4, 8, layers).eval(), torch.tensor([13])
    x = torch.randn(13, 1, 4)
    moved = []
    for t in range(13):
        changed = x.clone()
        changed[t] += 1
        moved.append(not torch.allclose(model(changed, lengths)[6], model(x, lengths)[6], atol=1e-7))
    assert moved == [abs(t - 6) <= layers for t in range(13)]


def test_an_unknown_word_is_known_by_its_letters_alone():
    words = Words(LEXICON, 5).eval()
    with torch.no_grad():
        words.unknown += 1
        unheard, known = words(torch.tensor([LEXICON.word_number["unheard"], LEXICON.word_number["plan"]]))
    assert unheard.tolist() == [1.0] * 5
    assert known.tolist() != [1.0] * 5


@pytest.mark.parametrize("context", CONTEXTS)
def test_it_learns_the_tags_of_a_small_text(context):
    model = a_tagger(context)
    curve = train(model, loss, LEXICON, TRAIN * 4, 60, seed=0, lr=3e-2, B=6)
    assert len(curve) == 60
    assert not model.training
    assert tags_of(model, LEXICON, TRAIN) == [list(s.tags) for s in TRAIN]
