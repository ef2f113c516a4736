"""The long run of the language model: writes long_run.json and gru.npz beside this file.

    .venv/bin/python lessons/08-applications/data/language_model/long_run.py [seed …]     (from the repository's root)

A GRU with 256 units learns the six plays: once for long (seed 0, 3,000 updates, five minutes on one quiet core; its
weights are kept), and with five seeds for a third as long (two minutes a seed), for what a claim needs seeds for.
Losses are in bits a character. Seeds that are named (1 2 3 4) get a long training as well, of which numbers are kept.
What long_run.json holds already is not computed again.

It runs in the clone alone: windows and sampling are exercises, and come from the reference solutions.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import numpy as np
import torch

from solutions.applications.language_model import sample, windows
from solutions.toolbox.applications.language_model.networks import CharacterModel, fit, losses_of, save
from solutions.toolbox.applications.language_model.writing import known_words, looks, written
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.encoding import encode

HERE = Path(__file__).resolve().parent
FILE = HERE / "long_run.json"
SETTING = {"kind": "GRU", "H": 256, "E": 64, "B": 32, "T": 64, "updates": 3000, "lr": 3e-3}
SHORTER = 1000
EVERY = 200
TEMPERATURES = (0.3, 0.5, 0.7, 1.0, 1.3)
PAGES, LENGTH = 40, 500

TEXTS = {name: (HERE / f"{name}.txt").read_text(encoding="utf-8") for name in ("train", "validation", "test")}
SYMBOLS = "".join(sorted(set(TEXTS["train"])))
KNOWN = known_words(TEXTS.values())


def cut(name, B, T):
    return [torch.as_tensor(part.copy()) for part in windows(encode(TEXTS[name], SYMBOLS), B, T)]


def bits(model, part):
    """Mean loss of a text, in bits a character."""
    return losses_of(model, *cut(part, 8, 64)).mean() / math.log(2)


def learn(seed, updates):
    """A trained network, its losses on the validation text during training, and at the end on both other texts."""
    seed_all(seed)
    model, curve = CharacterModel(SETTING["kind"], len(SYMBOLS), SETTING["H"], SETTING["E"]), []

    def note(done):
        if done % EVERY == 0:
            curve.append([done, bits(model, "validation")])
            print(seed, curve[-1], flush=True)

    fit(model, *cut("train", SETTING["B"], SETTING["T"]), updates, SETTING["lr"], note)
    return model, {"seed": seed, "parameters": size(model), "curve": curve, "test": bits(model, "test")}


@torch.no_grad()
def at_temperatures(model):
    """Bits a character of the test text with scores divided by each temperature, and how texts look drawn so."""
    totals, state, (x, y) = np.zeros(len(TEMPERATURES)), None, cut("test", 8, 64)
    for ids, targets in zip(x, y, strict=True):
        scores, state = model(ids, state)
        totals += [
            torch.nn.functional.cross_entropy(scores.flatten(0, 1) / tau, targets.flatten()) for tau in TEMPERATURES
        ]
    rows = []
    for tau, total in zip(TEMPERATURES, totals, strict=True):
        words, variety = looks(written(model, sample, SYMBOLS, tau, PAGES, LENGTH), KNOWN)
        rows.append({"tau": tau, "bits": total / len(x) / math.log(2), "words": words, "variety": variety})
    return rows


def main(seeds):
    found = {"torch": torch.__version__, "setting": SETTING, "runs": [], "shorter": {"updates": SHORTER, "runs": []}}
    if FILE.exists():
        found |= json.loads(FILE.read_text(encoding="utf-8"))
    for seed in sorted({0, *seeds} - {run["seed"] for run in found["runs"]}):
        model, run = learn(seed, SETTING["updates"])
        if seed == 0:
            save(model, HERE / "gru.npz")
        found["runs"].append(run)
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    for seed in SEEDS[len(found["shorter"]["runs"]) :]:
        model, run = learn(seed, SHORTER)
        found["shorter"]["runs"].append(run | {"temperatures": at_temperatures(model)})
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]])
