"""What a tagger must beat: tags and names found by counting, without a network."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from solutions.toolbox.applications.tagging.viterbi import best_path


class MostFrequentTag:
    """Each word gets the tag that it had most often in training; an unknown word gets the most frequent tag of all."""

    def __init__(self, train):
        counts = _counts(train)
        self.best = {word: tags.most_common(1)[0][0] for word, tags in counts.items()}
        self.default = sum(counts.values(), Counter()).most_common(1)[0][0]

    def __call__(self, words):
        return [self.best.get(word, self.default) for word in words]


class Suffixes:
    """P(tag | word) by counting; an unknown word is judged by its longest ending that training knows.

    The words that training shows only once stand for the unknown ones: endings are counted over them alone.
    """

    def __init__(self, train, longest=4):
        self.words, self.longest, self.endings = _counts(train), longest, defaultdict(Counter)
        for word, tags in self.words.items():
            if sum(tags.values()) == 1:
                for ending in self._endings(word):
                    self.endings[ending] += tags

    def _endings(self, word):
        """From the longest to none at all; capitals and digits make kinds of their own."""
        kind = "9" if any(c.isdigit() for c in word) else "A" if word[0].isupper() else "a"
        return [kind + word[len(word) - n :].lower() for n in range(min(self.longest, len(word)), -1, -1)] + [""]

    def counts(self, word):
        """How often each tag was seen with the word, or with its ending."""
        if word in self.words:
            return self.words[word]
        return next(self.endings[e] for e in self._endings(word) if e in self.endings)

    def __call__(self, words):
        return [self.counts(word).most_common(1)[0][0] for word in words]


class HiddenMarkov:
    """Bigrams of tags and the words' own counts, joined by Bayes; the best path is found by Viterbi's algorithm.

    score(tags) = Σ_t log P(tag_t | tag_{t-1}) + log P(tag_t | word_t) − log P(tag_t)
    """

    def __init__(self, train):
        self.tags = sorted({tag for sentence in train for tag in sentence.tags})
        self.number, K = {tag: k for k, tag in enumerate(self.tags)}, len(self.tags)
        self.suffixes, pairs = Suffixes(train), np.full((K + 1, K), 0.1)
        for sentence in train:
            path = [K, *(self.number[tag] for tag in sentence.tags)]
            np.add.at(pairs, (path[:-1], path[1:]), 1)
        self.follows = np.log(pairs / pairs.sum(axis=1, keepdims=True))
        self.prior = np.log(pairs.sum(axis=0) / pairs.sum())

    def _fits(self, word):
        counts = self.suffixes.counts(word)
        seen = np.array([counts[tag] for tag in self.tags]) + 1e-3
        return np.log(seen / seen.sum()) - self.prior

    def __call__(self, words):
        return [self.tags[k] for k in best_path(np.array([self._fits(word) for word in words]), self.follows)]


class NameList:
    """Names found by looking them up: at each character the longest string that was a name in training.

    Args:
        names: for each training sentence its names as pairs of string and kind.
    """

    def __init__(self, names):
        counts = defaultdict(Counter)
        for name, kind in (pair for sentence in names for pair in sentence):
            counts[name][kind] += 1
        self.kind = {name: kinds.most_common(1)[0][0] for name, kinds in counts.items()}
        self.longest = max(map(len, self.kind))

    def __call__(self, characters):
        """Tags O, B-…, I-… of the characters."""
        text, tags, at = "".join(characters), [], 0
        while at < len(text):
            sizes = range(min(self.longest, len(text) - at), 1, -1)
            size = next((n for n in sizes if text[at : at + n] in self.kind), 1)
            kind = self.kind.get(text[at : at + size]) if size > 1 else None
            tags += [f"B-{kind}", *[f"I-{kind}"] * (size - 1)] if kind else ["O"]
            at += size
        return tags


def _counts(train):
    counts = defaultdict(Counter)
    for sentence in train:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            counts[word][tag] += 1
    return counts
