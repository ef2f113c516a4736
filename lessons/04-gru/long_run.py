"""The long run of lesson 04: the adding problem on longer sequences, SRN and GRU. Writes data/long_run.json.

.venv/bin/python lessons/04-gru/long_run.py     (from the repository's root; about 10 minutes on one core)
"""

from __future__ import annotations

import json
from pathlib import Path

import torch

from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import train
from solutions.toolbox.nets.layers import Gated, Recurrent
from solutions.toolbox.nets.network import Network

HERE = Path(__file__).resolve().parent
H, B, UPDATES, RATE, CLIP = 40, 20, 800, 1e-2, 1.0
LENGTHS = (10, 20, 40, 80, 160)
CELLS = {"SRN": lambda: Recurrent(2, H), "GRU": lambda: Gated("GRU", 2, H)}


def run(make, T, seed):
    """Test error of one network."""
    seed_all(seed)
    model = Network(make(), H, 1)
    train(model, adding_batches(T, B, seed), last_error, UPDATES, RATE, CLIP)
    return error_on_new(model, T)


def main():
    results = []
    for T in LENGTHS:
        for name, make in CELLS.items():
            results.append({"T": T, "cell": name, "test_errors": [run(make, T, seed) for seed in SEEDS]})
            print(results[-1], flush=True)
    facts = {"torch": torch.__version__, "seeds": SEEDS, "H": H, "B": B, "updates": UPDATES, "lr": RATE, "clip": CLIP}
    text = json.dumps({**facts, "results": results}, indent=1)
    (HERE / "data" / "long_run.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
