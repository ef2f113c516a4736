"""The long run of lesson 03: the adding problem with more updates and longer sequences. Writes data/long_run.json.

    .venv/bin/python lessons/03-clipping/long_run.py     (from the repository's root; about 25 minutes on one core)

It runs in the clone alone: the initial weights are exercises of the lesson, and come from the reference solutions.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch

from solutions.clipping import irnn, orthogonal
from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import train
from solutions.toolbox.nets.layers import Recurrent
from solutions.toolbox.nets.network import Network

HERE = Path(__file__).resolve().parent
H, B, UPDATES, CLIP = 64, 32, 2000, 1.0
LENGTHS, RATES = (10, 20, 40, 80, 160), (1e-3, 3e-3)


def plain():
    return Recurrent(2, H)


def turning():
    return Recurrent(2, H, "tanh", U=orthogonal(torch.randn(H, H).numpy(), 1.0))


def copying():
    W, U, _ = irnn(torch.randn(H, 2).numpy(), 0.1, 1.0)
    return Recurrent(2, H, "relu", W, U)


CELLS = {"tanh": plain, "tanh, orthogonal": turning, "IRNN": copying}


def run(make, T, lr, seed):
    """Test error of one network; None where its weights are no longer numbers."""
    seed_all(seed)
    model = Network(make(), H, 1)
    train(model, adding_batches(T, B, seed), last_error, UPDATES, lr, CLIP)
    error = error_on_new(model, T)
    return error if math.isfinite(error) else None


def main():
    results = []
    for T in LENGTHS:
        for name, make in CELLS.items():
            for lr in RATES:
                errors = [run(make, T, lr, seed) for seed in SEEDS]
                results.append({"T": T, "cell": name, "lr": lr, "test_errors": errors})
                print(results[-1], flush=True)
    facts = {"torch": torch.__version__, "seeds": SEEDS, "H": H, "B": B, "updates": UPDATES, "clip": CLIP}
    text = json.dumps({**facts, "results": results}, indent=1)
    (HERE / "data" / "long_run.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
