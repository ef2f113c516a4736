"""The long run of lesson 07: missing letters, letters long ago, and words found in Chinese. Writes data/long_run.json.

    .venv/bin/python lessons/07-bidirectional/long_run.py     (from the repository's root; about 10 minutes on one core)

Part 1, the missing letter: what stands at step t is guessed from the letters before it, those behind it, or both.
Part 2, the letter two letters ago: only the past matters.
Part 3, tagging: each character of a paragraph begins, continues, ends a word, or is one; networks that read in one
direction, with or without a delay, and in both, with equal width and with an equal number of parameters.

It goes on where it was stopped: each row is extended to all seeds. It runs in the clone alone: the layer that reads
both ways is an exercise of the lesson.
"""

from __future__ import annotations

import json
import math
import re
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from solutions.bidirectional import Packed
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.segmentation import NO_TAG, Tagger, batches, guesses, learn, tagged_sentences
from solutions.toolbox.experiments.training import shuffled, symbol_loss
from solutions.toolbox.nets.layers import Gated
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.encoding import columns, encode, most_frequent, one_hot

HERE = Path(__file__).resolve().parent
LETTERS = "abcdefghijklmnopqrstuvwxyz "
MISSING = {"H": 64, "B": 32, "T": 40, "updates": 600, "lr": 1e-2}
AGO = {"letters": 2, "H": 40, "B": 32, "T": 20, "updates": 250, "rates": (1e-2, 2e-2, 4e-2)}
TAGGING = {
    "D": 32,
    "H": 64,
    "B": 32,
    "epochs": 5,
    "lr": 5e-3,
    "symbols": 2000,
    "train": [0, 9000],
    "test": [15000, 16500],
}


def numbers(part):
    text = (HERE / "data" / f"{part}.txt").read_text(encoding="utf-8").lower().replace("’", "")
    return encode(re.sub("[^a-z]+", " ", text), LETTERS)


class Guesser(torch.nn.Module):
    """Guesses each letter of a window from the states beside it: → has read all before it, ← all behind it."""

    def __init__(self, H, sides):
        super().__init__()
        self.sides, self.H = sides, H
        self.read = torch.nn.ModuleDict({side: Gated("LSTM", 27, H) for side in sides})
        self.output = torch.nn.Linear(len(sides) * H, 27)

    def forward(self, x):
        start = x.new_zeros(x.shape[1], self.H)
        beside = []
        for side in self.sides:
            h = self.read[side](x if side == "left" else x.flip(0), start)
            h = torch.cat([start[None], h[:-1]])  # one step late: the letter itself has not been read yet
            beside.append(h if side == "left" else h.flip(0))
        return self.output(torch.cat(beside, dim=-1))


def of_size(make, wanted):
    """The width with which a network has most nearly that many parameters."""
    return min(range(8, 160), key=lambda H: abs(size(make(H)) - wanted))


def guessed(H, sides, seed):
    """Bits a letter and share of right guesses on the test text."""
    seed_all(seed)
    model, ids, T = Guesser(H, sides), numbers("train"), MISSING["T"]
    x, y = columns(one_hot(ids, 27), MISSING["B"]), columns(ids, MISSING["B"])
    descended(model, x, y, MISSING, MISSING["lr"], seed)
    scores, y = on_test_text(model, T)
    return {
        "bits": symbol_loss(scores, y).item() / math.log(2),
        "right": (scores.argmax(-1) == y).float().mean().item(),
    }


def descended(model, x, y, setting, lr, seed):
    """Adam on windows of x and y, the learning rate falling to zero."""
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for k, (x_part, y_part, _) in enumerate(islice(shuffled(x, y, setting["T"], seed), setting["updates"])):
        optimizer.param_groups[0]["lr"] = lr * (1 - k / setting["updates"])
        optimizer.zero_grad()
        symbol_loss(model(x_part), y_part).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()


@torch.no_grad()
def on_test_text(model, T):
    """The scores for the test text in windows of T letters, and these letters."""
    new = numbers("test")
    x, y = columns(one_hot(new, 27), len(new) // T), columns(new, len(new) // T)
    return model(x), y


class OneWay(torch.nn.Module):
    """Reads from left to right; with a delay it answers that many steps later, and then has seen so many more."""

    def __init__(self, D, H, delay=0):
        super().__init__()
        self.layer, self.H, self.delay = Gated("LSTM", D, H), H, delay

    def forward(self, x, lengths):
        x = torch.nn.functional.pad(x, (0, 0, 0, 0, 0, self.delay))
        return self.layer(x, x.new_zeros(x.shape[1], self.H))[self.delay :]


class BothWays(Packed):
    """The layer of the exercise without its final states."""

    def forward(self, x, lengths):
        return super().forward(x, lengths)[0]


class Reader(torch.nn.Module):
    """Scores for 27 letters from the states of a layer that reads one-hot letters in one direction, or in both."""

    def __init__(self, H, both):
        super().__init__()
        self.read = BothWays(27, H) if both else OneWay(27, H)
        self.output = torch.nn.Linear(H * (1 + both), 27)

    def forward(self, x):
        return self.output(self.read(x, torch.full((x.shape[1],), len(x))))


def remembered(H, both, lr, seed):
    """Share of right answers to: which letter stood here two letters ago?"""
    seed_all(seed)
    model, ids, ago = Reader(H, both), numbers("train"), AGO["letters"]
    x, y = columns(one_hot(ids, 27), AGO["B"]), columns(ids, AGO["B"])
    descended(model, x[ago:], y[:-ago], AGO, lr, seed)
    scores, y = on_test_text(model, AGO["T"])
    return {"right": (scores.argmax(-1)[ago:] == y[:-ago]).float().mean().item()}


def tagged(make, outputs, seed):
    """Share of right tags in the test text."""
    seed_all(seed)
    train, test = (tagged_sentences(*TAGGING[part]) for part in ("train", "test"))
    alphabet = most_frequent("".join(symbols for symbols, _ in train), TAGGING["symbols"])
    model = Tagger(make(), len(alphabet), TAGGING["D"], outputs)
    learn(model, lambda epoch: batches(train, alphabet, TAGGING["B"], [seed, epoch]), TAGGING["epochs"], TAGGING["lr"])
    found, true = guesses(model, batches(test, alphabet, 64))
    return {"right": float(np.mean(found == true))}


def baseline():
    """Each character gets its most frequent tag."""
    train, test = (tagged_sentences(*TAGGING[part]) for part in ("train", "test"))
    alphabet = most_frequent("".join(symbols for symbols, _ in train), TAGGING["symbols"])
    counts = np.zeros((len(alphabet) + 1, 4))
    for ids, tags, _ in batches(train, alphabet, 64):
        real = (tags != NO_TAG).numpy()
        np.add.at(counts, (ids.numpy()[real], tags.numpy()[real]), 1)
    right = [
        (counts[ids.numpy()].argmax(-1) == tags.numpy())[(tags != NO_TAG).numpy()]
        for ids, tags, _ in batches(test, alphabet, 64)
    ]
    return float(np.concatenate(right).mean())


def planned():
    """Every row: its part, what it is called by, its other facts, and what gives its numbers for a seed."""
    narrow = of_size(lambda H: Guesser(H, ("left", "right")), size(Guesser(MISSING["H"], ("left",))))
    for name, H, sides in (
        ("left", MISSING["H"], ("left",)),
        ("right", MISSING["H"], ("right",)),
        ("both", MISSING["H"], ("left", "right")),
        ("both, as many parameters", narrow, ("left", "right")),
    ):
        facts = {"H": H, "parameters": size(Guesser(H, sides))}
        yield "missing", {"context": name}, facts, partial(guessed, H, sides)
    narrow = of_size(lambda H: Reader(H, True), size(Reader(AGO["H"], False)))
    for name, H, both in (("one direction", AGO["H"], False), ("both directions, narrow", narrow, True)):
        for lr in AGO["rates"]:
            facts = {"H": H, "parameters": size(Reader(H, both))}
            yield "ago", {"network": name, "lr": lr}, facts, partial(remembered, H, both, lr)
    for name, make, outputs in taggers():
        facts = {"outputs": outputs, "parameters": size(make())}
        yield "tagging", {"network": name}, facts, partial(tagged, make, outputs)


def taggers():
    """The name of each network, what makes its layer, and how many numbers the layer gives for a step."""
    D, H = TAGGING["D"], TAGGING["H"]
    narrow = of_size(lambda H: BothWays(D, H), size(OneWay(D, H)))
    wide = of_size(lambda H: OneWay(D, H), size(BothWays(D, TAGGING["H"])))
    return (
        ("one direction", lambda: OneWay(D, H), H),
        ("one direction, delay 1", lambda: OneWay(D, H, 1), H),
        ("both directions, narrow", lambda: BothWays(D, narrow), 2 * narrow),
        ("both directions", lambda: BothWays(D, H), 2 * H),
        ("one direction, wide", lambda: OneWay(D, wide), wide),
        ("one direction, delay 2", lambda: OneWay(D, H, 2), H),
        ("one direction, delay 4", lambda: OneWay(D, H, 4), H),
    )


def main():
    path = HERE / "data" / "long_run.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    settings = {"missing_setting": MISSING, "ago_setting": AGO, "tagging_setting": TAGGING}
    found |= {"torch": torch.__version__, "seeds": list(SEEDS), **settings}
    found["tagging_baseline"] = found.get("tagging_baseline") or baseline()
    for part, called, facts, run in planned():
        rows = found.setdefault(part, [])
        row = next((row for row in rows if row.items() >= called.items()), None)
        if row is None:
            rows.append(row := dict(called))
        row |= facts
        for seed in SEEDS[len(row.get("right", [])) :]:
            for name, value in run(seed).items():
                row.setdefault(name, []).append(value)
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(row, flush=True)


if __name__ == "__main__":
    main()
