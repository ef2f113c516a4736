"""The long run of lesson 06: stacks of different depth, with more and less text, with paths and with dropout.

    .venv/bin/python lessons/06-deep/long_run.py     (from the repository's root; about 10 minutes on one core)

Writes data/long_run.json. All networks predict the next letter of the World English Bible (27 symbols). Whatever is
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

import torch

from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import shuffled, symbol_loss
from solutions.toolbox.nets.layers import Layered
from solutions.toolbox.nets.network import Network, size
from solutions.toolbox.text.encoding import LETTERS, columns, encode, one_hot

HERE = Path(__file__).resolve().parent
SETTING = {"B": 16, "T": 40, "updates": 400, "lr": 5e-3, "clip": 1.0, "parameters": 20_000, "tried": 8}
DEPTHS = (1, 2, 3)
TEXTS = (8_000, 40_000, 300_000)
TOWER = 6
BETWEEN = (0.25, 0.5)
IN_TIME = 0.25


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


def numbers(part, most=None):
    text = (HERE / "data" / f"{part}.txt").read_text(encoding="utf-8").lower().replace("’", "")
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


def learned(make, H, seed, most=None):
    """The lowest validation loss, and the test loss at that update; the training loss of the last updates."""
    seed_all(seed)
    ids, held, new = numbers("train", most), numbers("validation", 12_000), numbers("test", 12_000)
    x, y = columns(one_hot(ids[:-1], 27), SETTING["B"]), columns(ids[1:], SETTING["B"])
    model = Network(make(H), H, 27)
    optimizer = torch.optim.Adam(model.parameters(), lr=SETTING["lr"])
    tried, seen, every = [], [], SETTING["updates"] // SETTING["tried"]
    for k, (a, b, _) in enumerate(islice(shuffled(x, y, SETTING["T"], seed), SETTING["updates"]), start=1):
        loss = symbol_loss(model(a)[0], b)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), SETTING["clip"])
        optimizer.step()
        seen.append(loss.item() / math.log(2))
        if k % every == 0:
            tried.append((bits(model, held), bits(model, new)))
    return {"test": min(tried)[1], "last": tried[-1][1], "training": sum(seen[-every:]) / every}


def compared(make, most=None, **facts):
    """One row of the results: the same network from every seed."""
    H = of_size(make)
    runs = [learned(make, H, seed, most) for seed in SEEDS]
    row = {
        **facts,
        "H": H,
        "parameters": size(make(H)),
        **{name: [run[name] for run in runs] for name in runs[0]},
    }
    print(row, flush=True)
    return row


def stack(L, kind="gru", p=0.0):
    return lambda H: Layered(kind, 27, H, L, p)


def main():
    found = {"data": [], "towers": [], "dropout": []}

    def keep(part, make, most, **facts):
        found[part].append(compared(make, most, **facts))
        facts = {"torch": torch.__version__, "seeds": SEEDS, "setting": SETTING}
        text = json.dumps({**facts, **found}, indent=1)
        (HERE / "data" / "long_run.json").write_text(text + "\n", encoding="utf-8")

    for most in TEXTS:
        for L in DEPTHS:
            keep("data", stack(L), most, layers=L, letters=most)
    keep("towers", stack(TOWER), TEXTS[-1], layers=TOWER, paths="plain")
    keep("towers", lambda H: WithPaths(27, H, TOWER), TEXTS[-1], layers=TOWER, paths="residual")
    for p in BETWEEN:
        keep("dropout", stack(2, p=p), TEXTS[0], where="between", p=p)
    keep("dropout", lambda H: DroppedInTime(27, H, IN_TIME), TEXTS[0], where="in time", p=IN_TIME)


if __name__ == "__main__":
    main()
