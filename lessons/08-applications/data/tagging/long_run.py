"""Two GRUs against convolutions, tuned alike: writes long_run.json beside this file.

    .venv/bin/python lessons/08-applications/data/tagging/long_run.py     (from the root; 4 minutes on one quiet core)

Two taggers of equal size: two GRUs, and two convolutions that see five words. Each is trained with the same nine
settings (learning rate, dropout) and one seed that is used for nothing else; the setting that is best on the validation
documents is then trained with five seeds, and measured on the test documents, by kind of word. What long_run.json holds
already is not computed again.

It runs in the clone alone: the loss is an exercise, and comes from the reference solutions.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import torch

from solutions.applications.tagging import masked_loss
from solutions.toolbox.applications.tagging.data import Lexicon, kinds_of_words, tagged_sentences
from solutions.toolbox.applications.tagging.networks import BothWays, Letters, Tagger, Window, Words, tags_of, train
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.nets.network import size

HERE = Path(__file__).resolve().parent
FILE = HERE / "long_run.json"
SMALL = {"D": 48, "E": 16, "H_letters": 24, "H": 64, "updates": 250}
GRID = {"lr": (1e-2, 2e-2, 4e-2), "drop": (0.05, 0.15, 0.3)}
LAYERS = {"two GRUs": 0, "five words": 2}
TUNING = 5
"""The seed of all trainings that choose a setting: not one of those that are measured."""

TRAIN, VALIDATION, TEST = (tagged_sentences(HERE / f"{part}.txt") for part in ("train", "validation", "test"))
LEXICON = Lexicon(TRAIN + VALIDATION + TEST, TRAIN)


def context(layers, drop):
    """Function of the size of x that makes the module: GRUs, or convolutions with about as many parameters."""
    if not layers:
        return lambda D: BothWays(D, SMALL["H"])

    def convolutions(D):
        wanted = size(BothWays(D, SMALL["H"]))
        return Window(D, min(range(8, 256), key=lambda C: abs(size(Window(D, C, layers)) - wanted)), layers, drop)

    return convolutions


def trained(kind, lr, drop, seed):
    seed_all(seed)
    parts = [Words(LEXICON, SMALL["D"]), Letters(LEXICON, SMALL["E"], SMALL["H_letters"])]
    model = Tagger(LEXICON, parts, context(LAYERS[kind], drop), drop)
    train(model, masked_loss, LEXICON, TRAIN, SMALL["updates"], seed, lr)
    return model


def accuracies(model, sentences):
    """Share of right tags in each kind of word, in per cent."""
    right = np.array(
        [
            a == b
            for s, t in zip(sentences, tags_of(model, LEXICON, sentences), strict=True)
            for a, b in zip(s.tags, t, strict=True)
        ]
    )
    return {kind: 100 * float(right[at].mean()) for kind, at in kinds_of_words(TRAIN, sentences).items()}


def tuned(kind, rows):
    """Every setting with its accuracies on the validation documents; what is in rows already is not computed again."""
    for lr, drop in product(*GRID.values()):
        if (lr, drop) not in [(row["lr"], row["drop"]) for row in rows]:
            rows.append({"lr": lr, "drop": drop, **accuracies(trained(kind, lr, drop, TUNING), VALIDATION)})
            print(kind, rows[-1], flush=True)
    return sorted(rows, key=lambda row: (row["lr"], row["drop"]))


def main():
    found = {"torch": torch.__version__, "setting": SMALL, "parameters": {}, "tuning": {}, "chosen": {}, "test": {}}
    if FILE.exists():
        found = json.loads(FILE.read_text(encoding="utf-8"))
    for kind in LAYERS:
        rows = found["tuning"][kind] = tuned(kind, found["tuning"].get(kind, []))
        best = max(rows, key=lambda row: row["all"])
        chosen = {name: best[name] for name in GRID}
        if found["chosen"].get(kind) != chosen:
            found["chosen"][kind], found["test"][kind] = chosen, []
        runs = found["test"][kind]
        for seed in SEEDS[len(runs) :]:
            model = trained(kind, **chosen, seed=seed)
            found["parameters"][kind] = size(model.context)
            runs.append(accuracies(model, TEST))
            print(kind, seed, runs[-1], flush=True)
            FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
