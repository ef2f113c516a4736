"""Rebuilds train.txt, validation.txt and test.txt from the World English Bible as Debian packages it.

apt-get download sword-text-web && dpkg -x sword-text-web_*.deb web
pip install pysword==0.2.8
python rebuild.py web/usr/share/sword
"""

from __future__ import annotations

import sys
from pathlib import Path

SPLITS = {
    "train.txt": (("genesis", range(1, 51)), ("judges", range(1, 22)), ("i samuel", range(1, 25))),
    "validation.txt": (("i samuel", range(25, 32)),),
    "test.txt": (("ruth", range(1, 5)),),
}


def verses(bible, book, chapters):
    """The verses of these chapters, one string each, without the spaces around them."""
    text = bible.get(books=[book], chapters=list(chapters), join="\n")
    return [verse.strip() for verse in text.split("\n") if verse.strip()]


def main(folder):
    """Writes the three files beside this script, one verse a line."""
    from pysword.modules import SwordModules  # here, so that the file can be read without the package

    modules = SwordModules(folder)
    modules.parse_modules()
    bible = modules.get_bible_from_module("engWEB2015eb")
    for name, parts in SPLITS.items():
        lines = [verse for book, chapters in parts for verse in verses(bible, book, chapters)]
        path = Path(__file__).with_name(name)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{name}: {len(lines)} verses, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
