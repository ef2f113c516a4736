"""The long run of the language model: writes long_run.json and gru.npz beside this file.

    .venv/bin/python lessons/08-applications/data/language_model/long_run.py [seed …]     (from the repository's root)

A GRU with 256 units learns the six plays; by default with seed 0, whose weights are kept. About five minutes a seed on
one quiet core. Losses are in bits a character. What long_run.json holds already is not computed again.

It runs in the clone alone: cutting the text into windows is an exercise, and comes from the reference solutions.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import torch

from solutions.applications.language_model import windows
from solutions.toolbox.applications.language_model.networks import CharacterModel, fit, losses_of, save
from solutions.toolbox.experiments.seeds import seed_all
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.encoding import encode

HERE = Path(__file__).resolve().parent
FILE = HERE / "long_run.json"
SETTING = {"kind": "GRU", "H": 256, "E": 64, "B": 32, "T": 64, "updates": 3000, "lr": 3e-3}
EVERY = 200

TEXTS = {name: (HERE / f"{name}.txt").read_text(encoding="utf-8") for name in ("train", "validation", "test")}
SYMBOLS = "".join(sorted(set(TEXTS["train"])))


def cut(name, B, T):
    return [torch.as_tensor(part.copy()) for part in windows(encode(TEXTS[name], SYMBOLS), B, T)]


def bits(model, part):
    """Mean loss of a text, in bits a character."""
    return losses_of(model, *cut(part, 8, 64)).mean() / math.log(2)


def learn(seed):
    """The losses of the validation text during training, and that of the test text at the end."""
    seed_all(seed)
    model, curve = CharacterModel(SETTING["kind"], len(SYMBOLS), SETTING["H"], SETTING["E"]), []

    def note(done):
        if done % EVERY == 0:
            curve.append([done, bits(model, "validation")])
            print(curve[-1], flush=True)

    fit(model, *cut("train", SETTING["B"], SETTING["T"]), SETTING["updates"], SETTING["lr"], note)
    if seed == 0:
        save(model, HERE / "gru.npz")
    return {"seed": seed, "parameters": size(model), "curve": curve, "test": bits(model, "test")}


def main(seeds):
    found = {"torch": torch.__version__, "setting": SETTING, "runs": []}
    if FILE.exists():
        found = json.loads(FILE.read_text(encoding="utf-8"))
    for seed in seeds:
        if seed not in [run["seed"] for run in found["runs"]]:
            found["runs"].append(learn(seed))
            FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [0])
