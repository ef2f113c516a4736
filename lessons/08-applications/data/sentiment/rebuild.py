"""Rebuilds train.tsv, validation.tsv and test.tsv from the ratings that vaderSentiment's source archive holds.

pip download --no-deps --no-binary :all: vaderSentiment==3.3.2 && tar xzf vaderSentiment-3.3.2.tar.gz
tar xzf vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz
python rebuild.py hutto_ICWSM_2014
"""

from __future__ import annotations

import random
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


def main(folder):
    """Writes the three files beside this script: rating, tabulator, sentence."""
    rows = snippets(Path(folder) / SOURCE)
    random.Random(2014).shuffle(rows)
    clear, rest = [row for row in rows if abs(row[0]) >= CLEAR], [row for row in rows if abs(row[0]) < CLEAR]
    for name, count in HELD_OUT.items():
        write(name, clear[:count])
        clear = clear[count:]
    write("train.tsv", clear + rest)


def write(name, rows):
    """One file, and a line about it."""
    path = Path(__file__).with_name(name)
    path.write_text("".join(f"{rating:.2f}\t{text}\n" for rating, text in rows), encoding="utf-8")
    print(f"{name}: {len(rows)} sentences, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
