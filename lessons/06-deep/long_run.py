"""The long run of lesson 06: stacks of different depth, more and less text and time, with paths and with dropout.

    .venv/bin/python lessons/06-deep/long_run.py     (from the repository's root; about 10 minutes on one core)

Writes data/long_run.json and data/stacks.npz, and goes on where it was stopped: each row is extended to all seeds.
All networks but those of `recalled` predict the next letter of the World English Bible (27 symbols). Whatever is
compared has as nearly the same number of parameters as whole units allow. The loss is that of the test text, in bits a
letter, at the update where the validation text's loss was lowest: a network that learns its text by heart is stopped in
time.
"""

from __future__ import annotations

import json
import math
import re
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import shuffled, symbol_loss
from solutions.toolbox.nets.layers import Layered
from solutions.toolbox.nets.network import Network, size
from solutions.toolbox.text.encoding import LETTERS, columns, encode, one_hot

DATA = Path(__file__).resolve().parent / "data"
SETTING = {"B": 16, "T": 40, "updates": 400, "every": 50, "lr": 5e-3, "clip": 1.0, "parameters": 20_000}
RECALL = {"B": 32, "symbols": 8, "lag": 20, "updates": 400, "H": 24, "tested": 2000}
DEPTHS = (1, 2, 3)
TEXTS = (8_000, 40_000, 300_000)
LONGER = 800
"""Twice as many updates."""
PLACES = (("between", 0.25), ("between", 0.5), ("in time", 0.25))
"""Where dropout stands, and the share that it drops."""
REMEMBERED = (
    ("between", 0.0, "at the end"),
    ("in time", 0.25, "at the end"),
    ("in time", 0.25, "at every step"),
    ("between", 0.25, "at the end"),
)
"""The same for `recalled`, and when training asks."""
MEASURED = ("test", "last", "training", "stopped")


class WithPaths(torch.nn.Module):
    """GRU layers; each but the lowest reads and adds to the sum of all states below."""

    def __init__(self, D, H, L):
        super().__init__()
        self.parts = torch.nn.ModuleList(torch.nn.GRU(size, H) for size in [D] + [H] * (L - 1))

    def forward(self, x, h0):
        total = 0
        for part in self.parts:
            total = part(x, h0[None])[0] + total
            x = total
        return total


class DroppedInTime(torch.nn.Module):
    """Two GRU layers; at each step new masks fall on what goes from step to step, and none between the layers."""

    def __init__(self, D, H, p):
        super().__init__()
        self.parts = torch.nn.ModuleList([torch.nn.GRUCell(D, H), torch.nn.GRUCell(H, H)])
        self.p = p

    def forward(self, x, h0):
        low = high = h0
        found = []
        for now in x:
            low, high = (torch.nn.functional.dropout(h, self.p, self.training) for h in (low, high))
            low = self.parts[0](now, low)
            high = self.parts[1](low, high)
            found.append(high)
        return torch.stack(found)


def stack(L, p=0.0, D=27):
    return lambda H: Layered("gru", D, H, L, p)


def with_paths(L):
    return lambda H: WithPaths(27, H, L)


TOWERS = ((6, "plain", stack), (6, "residual", with_paths), (3, "residual", with_paths))


def dropped(where, p, D=27):
    """Two layers with new masks at each step: between them, or in time; p = 0 is without."""
    return stack(2, p, D) if where == "between" else lambda H: DroppedInTime(D, H, p)


def numbers(part, most=None):
    text = (DATA / f"{part}.txt").read_text(encoding="utf-8").lower().replace("’", "")
    return encode(re.sub("[^a-z]+", " ", text)[:most], LETTERS)


def of_size(make):
    """The width whose number of parameters is nearest to the setting's."""
    return min(range(8, 160), key=lambda H: abs(size(make(H)) - SETTING["parameters"]))


@torch.no_grad()
def bits(model, ids):
    model.eval()
    x, y = columns(one_hot(ids[:-1], 27), 64), columns(ids[1:], 64)
    loss = symbol_loss(model(x)[0], y).item() / math.log(2)
    model.train()
    return loss


def learned(make, H, seed, letters, updates=SETTING["updates"], lr=SETTING["lr"]):
    """The test loss where the validation loss was lowest, and when; two losses at the end; the weights where it was."""
    seed_all(seed)
    ids, held, new = numbers("train", letters), numbers("validation", 12_000), numbers("test", 12_000)
    x, y = columns(one_hot(ids[:-1], 27), SETTING["B"]), columns(ids[1:], SETTING["B"])
    model = Network(make(H), H, 27)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    tried, seen, weights = [], [], {}
    for k, (a, b, _) in enumerate(islice(shuffled(x, y, SETTING["T"], seed), updates), start=1):
        seen.append(update(model, optimizer, a, b))
        if k % SETTING["every"] == 0:
            tried.append((bits(model, held), bits(model, new), k))
            if tried[-1] == min(tried):
                weights = {name: value.clone().numpy() for name, value in model.state_dict().items()}
    _, test, stopped = min(tried)
    training = sum(seen[-SETTING["every"] :]) / SETTING["every"]
    return dict(zip(MEASURED, (test, tried[-1][1], training, stopped), strict=True)), weights


def update(model, optimizer, x, y, first=0):
    loss = symbol_loss(model(x)[0][first:], y[first:])
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), SETTING["clip"])
    optimizer.step()
    return loss.item() / math.log(2)


def recalled(make, seed, asked):
    """The share of right answers at each lag 0, 1, … of a network that must say which symbol came first.

    What follows the first symbol is noise, drawn from other symbols. Training asks at the last step only, or at every
    step.
    """
    seed_all(seed)
    rng, K, H = np.random.default_rng(seed), RECALL["symbols"], RECALL["H"]

    def draw(B):
        ids = rng.integers(K, 2 * K, (RECALL["lag"] + 1, B))
        ids[0] = rng.integers(0, K, B)
        return one_hot(ids, 2 * K), torch.as_tensor(ids[:1]).expand(len(ids), B)

    model = Network(make(H), H, K)
    optimizer = torch.optim.Adam(model.parameters(), lr=SETTING["lr"])
    first = RECALL["lag"] if asked == "at the end" else 0
    for _ in range(RECALL["updates"]):
        update(model, optimizer, *draw(RECALL["B"]), first)
    x, y = draw(RECALL["tested"])
    with torch.no_grad():
        return (model.eval()(x)[0].argmax(-1) == y).double().mean(dim=1).tolist()


def planned():
    """Every row: its part, the network, what else `learned` or `recalled` is given, and what the row is called by."""
    for letters in TEXTS:
        for L in DEPTHS:
            yield "data", stack(L), {"letters": letters}, {"layers": L, "letters": letters}
    for L, paths, make in TOWERS:
        yield "towers", make(L), {"letters": TEXTS[-1]}, {"layers": L, "paths": paths}
    for where, p in PLACES:
        yield "dropout", dropped(where, p), {"letters": TEXTS[0]}, {"where": where, "p": p}
    for where, p, asked in REMEMBERED:
        yield (
            "recall",
            dropped(where, p, 2 * RECALL["symbols"]),
            {"asked": asked},
            {"where": where, "p": p, "asked": asked},
        )
    for L in (1, 3, 2):
        given = {"letters": TEXTS[-1], "updates": LONGER}
        yield "longer", stack(L), given, {"layers": L, **given}


def extended(part, make, given, row):
    """Runs the seeds that a row lacks; yields after each."""
    if part == "recall":
        for seed in SEEDS[len(row.setdefault("right", [])) :]:
            row["right"].append(recalled(make, seed=seed, **given))
            yield
        return
    H = of_size(make)
    row |= {"H": H, "parameters": size(make(H))}
    names = [name for name in MEASURED if name in row] or MEASURED
    for seed in SEEDS[len(row.get("test", [])) :]:
        found, weights = learned(make, H, seed, **given)
        for name in names:
            row.setdefault(name, []).append(found[name])
        if part == "longer" and row["layers"] == DEPTHS[-1]:
            keep(weights, seed)
        yield


def keep(weights, seed):
    """Adds one network's weights to data/stacks.npz, in half precision."""
    path = DATA / "stacks.npz"
    kept = dict(np.load(path)) if path.exists() else {}
    np.savez_compressed(path, **kept, **{f"{seed}.{name}": value.astype("float16") for name, value in weights.items()})


def main():
    path = DATA / "long_run.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    found |= {"torch": torch.__version__, "seeds": list(SEEDS), "setting": SETTING, "recall setting": RECALL}
    for part, make, given, called in planned():
        rows = found.setdefault(part, [])
        row = next((row for row in rows if row.items() >= called.items()), None)
        if row is None:
            rows.append(row := dict(called))
        for _ in extended(part, make, given, row):
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(row, flush=True)


if __name__ == "__main__":
    main()
