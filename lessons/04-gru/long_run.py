"""The long run of lesson 04: the adding problem on longer sequences, and clipping. Writes data/long_run.json.

    .venv/bin/python lessons/04-gru/long_run.py     (from the repository's root; about 15 minutes on one core)

Part 1, adding: SRN and GRU, errors on new problems for five lengths.
Part 2, clipping: the GRU with the gradient's norm held at 1 and without: by Adam from two starts (U as drawn, U × 6),
by gradient descent with momentum from the second. Each of the six has the best rate of five, for two other seeds.
"""

from __future__ import annotations

import json
import math
from functools import partial
from itertools import islice, product
from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import train, warm_up_and_decay
from solutions.toolbox.nets.layers import Gated, Recurrent
from solutions.toolbox.nets.network import Network

HERE = Path(__file__).resolve().parent
STORED = HERE / "data" / "long_run.json"
ADDING = {"H": 40, "B": 20, "updates": 800, "lr": 1e-2, "clip": 1.0}
LENGTHS = (10, 20, 40, 80, 160)
CELLS = {"SRN": partial(Recurrent, 2, ADDING["H"]), "GRU": partial(Gated, "GRU", 2, ADDING["H"])}

CLIPPING = {"H": 40, "B": 20, "T": 20, "clips": (1.0, None), "tuning_seeds": (100, 101)}
KINDS = (("Adam", 1), ("Adam", 6), ("SGD", 6))
"""Ways of descending, and what U is multiplied by at the start."""
WAYS = {
    "Adam": {"updates": 600, "rates": (0.01, 0.03, 0.1, 0.3, 1.0)},
    "SGD": {"updates": 1000, "rates": (0.01, 0.03, 0.1, 0.3, 1.0), "momentum": 0.9},
}


def added(make, T, seed):
    """Test error of one network."""
    seed_all(seed)
    model = Network(make(), ADDING["H"], 1)
    train(model, adding_batches(T, ADDING["B"], seed), last_error, ADDING["updates"], ADDING["lr"], ADDING["clip"])
    return error_on_new(model, T)


def watched(start, way, clip, rate, seed):
    """Test error of one GRU, and the norms of its gradient before clipping: median, largest, share above 1."""
    seed_all(seed)
    T, H, updates = CLIPPING["T"], CLIPPING["H"], WAYS[way]["updates"]
    model = Network(Gated("GRU", 2, H), H, 1)
    with torch.no_grad():
        model.cell.layer.weight_hh_l0.mul_(start)
    optimizer, norms = made(way, model), []
    for k, (x, y, _) in enumerate(islice(adding_batches(T, CLIPPING["B"], seed), updates)):
        optimizer.param_groups[0]["lr"] = rate * warm_up_and_decay(k, updates)
        optimizer.zero_grad()
        last_error(model(x)[0], y).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), clip or math.inf).item())
        optimizer.step()
    norms = np.array(norms)
    norms[np.isnan(norms)] = math.inf
    found = error_on_new(model, T), np.median(norms), norms.max(), np.mean(norms > 1)
    return [float(min(number, 1e30)) for number in found]


def made(way, model):
    if way == "Adam":
        return torch.optim.Adam(model.parameters())
    return torch.optim.SGD(model.parameters(), lr=1.0, momentum=WAYS[way]["momentum"])


def extended(rows, key, name, one):
    """The row of ``rows`` with these entries, made if there is none, with one more result for each missing seed."""
    row = next((row for row in rows if key.items() <= row.items()), None)
    if row is None:
        rows.append(row := {**key, name: []})
    for seed in SEEDS[len(row[name]) :]:
        row[name].append(one(seed))
        yield row


def main():
    """Computes what is missing in the file, and stores it seed by seed: a run that was stopped goes on from there."""
    found = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    found |= {"torch": torch.__version__, "seeds": SEEDS, **ADDING, "clipping_setting": CLIPPING | WAYS}
    for part in (all_adding, all_clipping):
        for row in part(found):
            print(row, flush=True)
            STORED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def all_adding(found):
    rows = found.setdefault("results", [])
    for T in LENGTHS:
        for name, make in CELLS.items():
            yield from extended(rows, {"T": T, "cell": name}, "test_errors", partial(added, make, T))


def all_clipping(found):
    """Each row: the rate, the errors of all rates with the seeds for tuning, and what `watched` gives for each seed."""
    rows = found.setdefault("clipping", [])
    for (way, start), clip in product(KINDS, CLIPPING["clips"]):
        key = {"way": way, "start": start, "clip": clip}
        row = next((row for row in rows if key.items() <= row.items()), None)
        if row is None:
            rows.append(row := {**key, **tuned(start, way, clip), "runs": []})
        yield from extended(rows, key, "runs", partial(watched, start, way, clip, row["rate"]))


def tuned(start, way, clip):
    """The rate of the grid with the lowest test error, geometric mean of the seeds for tuning, and all these means."""
    rates, seeds = WAYS[way]["rates"], CLIPPING["tuning_seeds"]
    errors = [[watched(start, way, clip, rate, seed)[0] for seed in seeds] for rate in rates]
    means = np.exp(np.log(errors).mean(axis=1)).tolist()
    return {"rate": rates[int(np.argmin(means))], "tuning": means}


if __name__ == "__main__":
    main()
