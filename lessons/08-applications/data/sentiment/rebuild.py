"""Rebuilds train.tsv, validation.tsv, test.tsv and lexicon.tsv from what vaderSentiment's source archive holds.

pip download --no-deps --no-binary :all: vaderSentiment==3.3.2 && tar xzf vaderSentiment-3.3.2.tar.gz
tar xzf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
python rebuild.py hutto_ICWSM_2014 vaderSentiment-3.3.2/vaderSentiment/vader_lexicon.txt
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

SOURCE = "movieReviewSnippets_GroundTruth.txt"
HELD_OUT = {"test.tsv": 2000, "validation.tsv": 800}
CLEAR = 0.5
"""Held-out sentences have a mean rating of at least that size: on the others the raters themselves took no side."""


def snippets(path):
    """(rating, text) of every sentence of at least three words, each text once; white space made plain."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        _, rating, text = line.split("\t", 2)
        text = " ".join(text.split())
        if len(text.split()) >= 3 and text.lower() not in found:
            found[text.lower()] = (float(rating), text)
    return list(found.values())


def main(folder, ratings_of_words):
    """Writes the four files beside this script: rating, tabulator, sentence or word."""
    rows = snippets(Path(folder) / SOURCE)
    random.Random(2014).shuffle(rows)
    clear, rest = [row for row in rows if abs(row[0]) >= CLEAR], [row for row in rows if abs(row[0]) < CLEAR]
    for name, count in HELD_OUT.items():
        write(name, clear[:count])
        clear = clear[count:]
    write("train.tsv", clear + rest)
    ours = {word for _, text in rows for word in re.findall("[a-z]+", text.lower())}
    write("lexicon.tsv", sorted(words(Path(ratings_of_words), ours), key=lambda row: row[1]))


def words(path, ours):
    """(rating, word) of the lexicon's words that stand in our sentences."""
    lines = (line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines())
    return [(float(rating), word) for word, rating in lines if word in ours]


def write(name, rows):
    """One file, and a line about it."""
    path = Path(__file__).with_name(name)
    path.write_text("".join(f"{rating:.2f}\t{text}\n" for rating, text in rows), encoding="utf-8")
    print(f"{name}: {len(rows)} lines, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
