"""Rebuilds pictures.png and captions.tsv from two npm packages: SOURCE.md says which, and under which licences.

npm pack emoji-datasource-twitter@16.0.0 cldr-annotations-full@48.2.0 cldr-annotations-derived-full@48.2.0
mkdir emoji names derived
tar xzf emoji-datasource-twitter-16.0.0.tgz -C emoji
tar xzf cldr-annotations-full-48.2.0.tgz -C names
tar xzf cldr-annotations-derived-full-48.2.0.tgz -C derived
python rebuild.py .
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import numpy as np

SIZE, COLUMNS, COLOURS = 32, 60, 256
SEED = 8
COUPLES = ("couple with heart", "kiss", "holding hands", "handshake")
OTHERS = [
    "dog face",
    "cat face",
    "panda",
    "penguin",
    "octopus",
    "snail",
    "red apple",
    "pizza",
    "automobile",
    "rocket",
    "house",
    "soccer ball",
    "snowman",
    "robot",
    "alien",
    "ghost",
    "grinning face",
    "crying face",
    "red heart",
    "rose",
]
"""Pictures of no person, shown to the network out of curiosity."""


def names(folder):
    """Symbol → its English name."""
    found = {}
    for package, key in (("names", "annotations"), ("derived", "annotationsDerived")):
        text = (folder / package / "package" / key / "en" / "annotations.json").read_text(encoding="utf-8")
        entries = json.loads(text)[key]["annotations"]
        found |= {symbol: entry["tts"][0] for symbol, entry in entries.items() if "tts" in entry}
    return found


def symbols(folder):
    """Every symbol that has a picture: (its name, skin tones, place on the sheet)."""
    known = names(folder)
    for entry in json.loads((folder / "emoji" / "package" / "emoji.json").read_text(encoding="utf-8")):
        for tones, one in (("", entry), *entry.get("skin_variations", {}).items()):
            symbol = "".join(chr(int(code, 16)) for code in one["unified"].split("-"))
            name = known.get(symbol) or known.get(symbol.replace("\ufe0f", ""))
            if name and one["has_img_twitter"]:
                yield name, tones, (one["sheet_x"], one["sheet_y"])


def without_tone(name):
    """What the picture shows, without the skin tone: "judge: dark skin tone" → "judge"."""
    return re.sub(r"[:,]", "", re.sub(r"[:,] [a-z-]+ skin tone", "", name)).lower()


def selected(folder):
    """People and parts of people that exist in every skin tone, no couples; then the others."""
    every = list(symbols(folder))
    toned = {without_tone(name) for name, tones, _ in every if tones and "-" not in tones}
    toned = {base for base in toned if not any(couple in base for couple in COUPLES)}
    people = [(name, place) for name, tones, place in every if without_tone(name) in toned and "-" not in tones]
    return people, [(name, place) for other in OTHERS for name, tones, place in every if name == other]


def families(bases):
    """What is done or worn → the bases that show it, where man, woman and a person of no said gender do."""
    found = {}
    for base in bases:
        match = re.fullmatch("(man|woman|person) ?(.*)", base)
        found.setdefault(match[2] if match else base, []).append(base)
    return {what: sorted(who) for what, who in found.items() if len(who) == 3}


def parts(people):
    """The part of each picture: "new" bases, "pair" (gender and activity apart in training), "tone", else "train"."""
    rng = np.random.default_rng(SEED)
    shown = [without_tone(name) for name, _ in people]
    bases = sorted(set(shown))
    family = families(bases)
    drawn = rng.permutation(sorted(family))
    pair = {family[what][rng.integers(3)] for what in drawn[:24]}
    alone = [base for base in bases if not any(base in who for who in family.values())]
    new = {base for what in drawn[24:30] for base in family[what]} | set(rng.permutation(alone)[:12])
    part = np.array(["new" if base in new else "pair" if base in pair else "train" for base in shown])
    for base in bases:
        own = [k for k in range(len(people)) if shown[k] == base and part[k] == "train"]
        if own:
            part[rng.choice(own)] = "tone"
    return part


def main(folder):
    """Writes the sheet and the table beside this script."""
    from PIL import Image  # here, so that the file can be read without it

    people, others = selected(folder)
    part = [*parts(people), *["other"] * len(others)]
    source = Image.open(folder / "emoji/package/img/twitter/sheets-clean/32.png").convert("RGBA")
    sheet = Image.new("RGB", (COLUMNS * SIZE, -(-len(part) // COLUMNS) * SIZE), "white")
    for k, (_, (x, y)) in enumerate([*people, *others]):
        left, top = x * (SIZE + 2) + 1, y * (SIZE + 2) + 1
        cell = Image.new("RGBA", (SIZE, SIZE), "white")
        cell.alpha_composite(source.crop((left, top, left + SIZE, top + SIZE)))
        sheet.paste(cell.convert("RGB"), (k % COLUMNS * SIZE, k // COLUMNS * SIZE))
    here = Path(__file__).parent
    small = sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(here / "pictures.png", optimize=True)
    captions = [re.sub("[:,]", "", name).lower() for name, _ in [*people, *others]]
    rows = [f"{which}\t{caption}\n" for which, caption in zip(part, captions, strict=True)]
    (here / "captions.tsv").write_text("".join(rows), encoding="utf-8")
    print({which: part.count(which) for which in dict.fromkeys(part)}, len(set(captions)), "captions")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
