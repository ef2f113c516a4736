"""The long run of the language model: writes long_run.json and gru.npz beside this file.

    python lessons/08-applications/data/language_model/long_run.py        (from the repository's root)

Part 1: a GRU with dropout, three seeds; the weights of the first are kept. About 5 minutes a seed on one quiet core.
Part 2: SRN, GRU, LSTM and a causal CNN of equal size, three seeds, few updates. About 8 minutes.
Losses are in bits a character. What long_run.json holds already is not computed again.

It runs in the clone alone: cutting the text into windows is an exercise, and comes from the reference solutions.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[3]))

from solutions.applications.language_model import windows  # noqa: E402
from solutions.toolbox.character_model import CausalCNN, CharacterModel, fit, losses_of, save, size  # noqa: E402
from solutions.toolbox.data import encode  # noqa: E402
from solutions.toolbox.seeds import SEEDS, seed_all  # noqa: E402

FILE = HERE / "long_run.json"
BIG = {"kind": "GRU", "H": 256, "E": 64, "dropout": 0.25, "B": 32, "T": 64, "updates": 2400, "lr": 4e-3}
SMALL = {"E": 32, "B": 32, "T": 64, "updates": 500, "lr": 5e-3, "size_of": "GRU with 96 units"}
EVERY = 200

TEXTS = {name: (HERE / f"{name}.txt").read_text(encoding="utf-8") for name in ("train", "validation", "test")}
SYMBOLS = "".join(sorted(set(TEXTS["train"])))
K = len(SYMBOLS)


def cut(name, B, T):
    return [torch.as_tensor(part.copy()) for part in windows(encode(TEXTS[name], SYMBOLS), B, T)]


PARTS = {"validation": cut("validation", 8, 64), "test": cut("test", 8, 64)}


def bits(model, part):
    """Mean loss, in bits a character."""
    return losses_of(model, *PARTS[part]).mean() / math.log(2)


def big(seed):
    """Part 1: the losses of the validation text during training, and that of the test text at the end."""
    seed_all(seed)
    model, curve = CharacterModel(BIG["kind"], K, BIG["H"], BIG["E"], BIG["dropout"]), []

    def note(done):
        if done % EVERY == 0:
            curve.append([done, bits(model, "validation")])
            print(curve[-1], flush=True)

    fit(model, *cut("train", BIG["B"], BIG["T"]), BIG["updates"], BIG["lr"], note)
    if seed == SEEDS[0]:
        save(model, HERE / "gru.npz")
    return {"seed": seed, "parameters": size(model), "curve": curve, "test": bits(model, "test")}


def of_kind(kind, H):
    return CausalCNN(K, H, SMALL["E"]) if kind == "CNN" else CharacterModel(kind, K, H, SMALL["E"])


def small(kind, seed):
    """Part 2: a network of the wanted size, and its losses."""
    goal = size(of_kind("GRU", 96))
    H = min(range(16, 320), key=lambda H: abs(size(of_kind(kind, H)) - goal))
    seed_all(seed)
    model = of_kind(kind, H)
    fit(model, *cut("train", SMALL["B"], SMALL["T"]), SMALL["updates"], SMALL["lr"])
    losses = {part: bits(model, part) for part in PARTS}
    return {"kind": kind, "H": H, "seed": seed, "parameters": size(model), **losses}


def main():
    found = {"torch": torch.__version__, "big_setting": BIG, "small_setting": SMALL, "big": [], "small": []}
    if FILE.exists():
        found = json.loads(FILE.read_text(encoding="utf-8"))
    jobs = [("big", big, (SEEDS[0],))]
    jobs += [("small", small, (kind, seed)) for kind in ("GRU", "LSTM", "SRN", "CNN") for seed in SEEDS]
    jobs += [("big", big, (seed,)) for seed in SEEDS[1:]]
    done = {(part, run.get("kind"), run["seed"]) for part in ("big", "small") for run in found[part]}
    for part, work, given in jobs:
        if (part, given[0] if part == "small" else None, given[-1]) not in done:
            found[part].append(work(*given))
            print(found[part][-1], flush=True)
            FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
