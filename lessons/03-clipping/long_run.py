"""The long runs of lesson 03, on the adding problem. Write data/long_run.json and data/optimizers.json.

    .venv/bin/python lessons/03-clipping/long_run.py     (from the repository's root; about 15 minutes on one core)

- `optimizers`: plain gradient descent and Adam, each with and without clipping, from a start whose gradient vanishes
  and from one whose gradient explodes, with seven learning rates each; and plain gradient descent from a good start;
- `lengths`: three starts, more updates than in the lesson, sequences of 10 to 160 steps, two learning rates.

What is stored already is not computed again: after an interruption the run goes on where it stopped. It runs in the
clone alone: the initial weights are exercises of the lesson, and come from the reference solutions.
"""

from __future__ import annotations

import json
import math
from itertools import islice, product
from pathlib import Path

import torch
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from solutions.clipping import irnn, orthogonal
from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import train, warm_up_and_decay
from solutions.toolbox.nets.layers import Recurrent
from solutions.toolbox.nets.network import Network

DATA = Path(__file__).resolve().parent / "data"


def copying(H, scale=1.0):
    W, U, _ = irnn(torch.randn(H, 2).numpy(), 0.1, scale)
    return Recurrent(2, H, "relu", W, U)


OPTIMIZERS = {
    "SGD": (torch.optim.SGD, (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)),
    "Adam": (torch.optim.Adam, (3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1)),
}
STARTS = {"vanishing": 0.5, "exploding": 1.1, "good": 1.0}
ALONE = {"T": 40, "H": 40, "B": 20, "updates": 600, "limit": 1.0}


def optimizers():
    """The settings of the first run: a dict of facts for each. The last ones ask what SGD can do from a good start."""
    ways = product(("vanishing", "exploding"), OPTIMIZERS, (False, True))
    for start, name, clipped in (*ways, ("good", "SGD", True)):
        for lr in OPTIMIZERS[name][1]:
            yield {"start": start, "optimizer": name, "clipped": clipped, "lr": lr}


def optimized(setting, seed):
    """Test error of one network, and the norm of its longest gradient; None for what is no number."""
    seed_all(seed)
    T, H, B, updates, limit = ALONE.values()
    model = Network(copying(H, STARTS[setting["start"]]), H, 1)
    optimizer = OPTIMIZERS[setting["optimizer"]][0](model.parameters(), lr=setting["lr"])
    longest = 0.0
    for k, (x, y, _) in enumerate(islice(adding_batches(T, B, seed), updates)):
        error = last_error(model(x)[0], y)
        if not error.isfinite():
            break  # the weights are no longer numbers, or their outputs: they do not come back
        optimizer.param_groups[0]["lr"] = setting["lr"] * warm_up_and_decay(k, updates)
        optimizer.zero_grad()
        error.backward()
        norm = get_total_norm(p.grad for p in model.parameters() if p.grad is not None)
        longest = max(longest, norm.item())
        if setting["clipped"]:
            clip_grads_with_norm_(model.parameters(), limit, norm)
        optimizer.step()
    return {"test_errors": _number(error_on_new(model, T)), "longest": _number(longest)}


H, B, UPDATES, CLIP = 64, 32, 2000, 1.0
LENGTHS, RATES = (10, 20, 40, 80, 160), (1e-3, 3e-3)
CELLS = {
    "tanh": lambda: Recurrent(2, H),
    "tanh, orthogonal": lambda: Recurrent(2, H, "tanh", U=orthogonal(torch.randn(H, H).numpy(), 1.0)),
    "IRNN": lambda: copying(H),
}


def lengths():
    """The settings of the second run."""
    for T, cell, lr in product(LENGTHS, CELLS, RATES):
        yield {"T": T, "cell": cell, "lr": lr}


def long_trained(setting, seed):
    """Test error of one network; None where its weights are no longer numbers."""
    seed_all(seed)
    model = Network(CELLS[setting["cell"]](), H, 1)
    train(model, adding_batches(setting["T"], B, seed), last_error, UPDATES, setting["lr"], CLIP)
    return {"test_errors": _number(error_on_new(model, setting["T"]))}


def _number(value):
    return value if math.isfinite(value) else None


def complete(path, facts, settings, run):
    """Runs each setting with the seeds that the file does not have yet, and writes the file after each setting."""
    results = json.loads(path.read_text(encoding="utf-8"))["results"] if path.exists() else []
    for setting in settings:
        found = next((row for row in results if row.items() >= setting.items()), None)
        if found is None:
            results.append(found := {**setting})
        for seed in SEEDS[len(found.get("test_errors", ())) :]:
            for name, value in run(setting, seed).items():
                found.setdefault(name, []).append(value)
        text = json.dumps({"torch": torch.__version__, "seeds": SEEDS, **facts, "results": results}, indent=1)
        path.write_text(text + "\n", encoding="utf-8")
        print(found, flush=True)


def main():
    complete(DATA / "optimizers.json", ALONE, optimizers(), optimized)
    facts = {"H": H, "B": B, "updates": UPDATES, "clip": CLIP}
    complete(DATA / "long_run.json", facts, lengths(), long_trained)


if __name__ == "__main__":
    main()
