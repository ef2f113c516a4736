"""Do the made sentences do what they are made for: opposites in pairs, equal bags, nothing taught in the test?"""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from solutions.toolbox.applications.sentiment import contrast
from solutions.toolbox.applications.sentiment.sentences import words_of

SETS = {
    "negated": contrast.negations,
    "near": lambda taught: contrast.turns(contrast.NEAR, taught),
    "far": lambda taught: contrast.turns(contrast.FAR, taught),
}
each_set = pytest.mark.parametrize("made", SETS.values(), ids=SETS)


@each_set
def test_half_of_the_sentences_are_positive(made):
    for rows in (made(True), made(False), contrast.dont_like()):
        assert 2 * sum(truth for _, truth in rows) == len(rows)


@each_set
def test_no_adjective_of_the_test_is_taught(made):
    adjectives = {*contrast.POSITIVE, *contrast.NEGATIVE}
    used = [{word for words, _ in made(taught) for word in words} & adjectives for taught in (True, False)]
    assert used[0]
    assert used[1]
    assert used[0].isdisjoint(used[1])


@pytest.mark.parametrize("patterns", [contrast.NEAR, contrast.FAR])
def test_equal_bags_have_opposite_truths(patterns):
    bags = defaultdict(list)
    for words, truth in contrast.turns(patterns, False):
        bags[frozenset(Counter(words).items())].append(truth)
    assert all(sorted(truths) == [False, True] for truths in bags.values())


def test_far_turns_look_alike_in_every_window_of_five_words():
    for pattern in contrast.FAR:
        words = pattern.split()
        first, second = (k for k, word in enumerate(words) if word == "{}")
        assert words[first - 4 : first + 5] == words[second - 4 : second + 5]


def test_the_sentences_are_cut_as_a_text_is():
    rows = [*contrast.negations(True), *contrast.dont_like(), *contrast.turns(contrast.FAR, False)]
    assert all(words_of(" ".join(words).replace(" n't", "n't")) == words for words, _ in rows)
