"""The long run of lesson 07: missing letters, and words found in Chinese. Writes data/long_run.json.

    .venv/bin/python lessons/07-bidirectional/long_run.py     (from the repository's root; about 15 minutes on one core)

Part 1, the missing letter: what stands at step t is guessed from the letters before it, those behind it, or both.
Part 2, tagging: each character of a paragraph begins, continues, ends a word, or is one; networks that read in one
direction, with or without a delay, and in both, with equal width and with an equal number of parameters.

It runs in the clone alone: the layer that reads both ways is an exercise of the lesson.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import torch

from solutions.bidirectional import Packed
from solutions.toolbox.experiments.seeds import SEEDS, seed_all, spread
from solutions.toolbox.experiments.segmentation import NO_TAG, Tagger, batches, guesses, learn, tagged_sentences
from solutions.toolbox.experiments.training import shuffled, symbol_loss
from solutions.toolbox.nets.layers import Gated
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.encoding import columns, encode, most_frequent, one_hot

HERE = Path(__file__).resolve().parent
LETTERS = "abcdefghijklmnopqrstuvwxyz "
MISSING = {"H": 64, "B": 32, "T": 40, "updates": 600, "lr": 1e-2}
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
    model, ids, new = Guesser(H, sides), numbers("train"), numbers("test")
    x, y = columns(one_hot(ids, 27), MISSING["B"]), columns(ids, MISSING["B"])
    optimizer = torch.optim.Adam(model.parameters(), lr=MISSING["lr"])
    for k, (x_part, y_part, _) in enumerate(shuffled(x, y, MISSING["T"], seed)):
        if k == MISSING["updates"]:
            break
        optimizer.param_groups[0]["lr"] = MISSING["lr"] * (1 - k / MISSING["updates"])
        optimizer.zero_grad()
        symbol_loss(model(x_part), y_part).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    T = MISSING["T"]
    x, y = columns(one_hot(new, 27), len(new) // T), columns(new, len(new) // T)
    with torch.no_grad():
        scores = model(x)
    return symbol_loss(scores, y).item() / math.log(2), (scores.argmax(-1) == y).float().mean().item()


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


def tagged(make, outputs, seed):
    """Share of right tags in the test text."""
    seed_all(seed)
    train, test = (tagged_sentences(*TAGGING[part]) for part in ("train", "test"))
    alphabet = most_frequent("".join(symbols for symbols, _ in train), TAGGING["symbols"])
    model = Tagger(make(), len(alphabet), TAGGING["D"], outputs)
    learn(model, lambda epoch: batches(train, alphabet, TAGGING["B"], [seed, epoch]), TAGGING["epochs"], TAGGING["lr"])
    found, true = guesses(model, batches(test, alphabet, 64))
    return float(np.mean(found == true))


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


def main():
    missing, tagging = [], []
    wanted = size(Guesser(MISSING["H"], ("left",)))
    narrow = of_size(lambda H: Guesser(H, ("left", "right")), wanted)
    for name, H, sides in (
        ("left", MISSING["H"], ("left",)),
        ("right", MISSING["H"], ("right",)),
        ("both", MISSING["H"], ("left", "right")),
        ("both, as many parameters", narrow, ("left", "right")),
    ):
        runs = [guessed(H, sides, seed) for seed in SEEDS]
        bits, right = zip(*runs, strict=True)
        missing.append({"context": name, "H": H, "parameters": size(Guesser(H, sides)), "bits": bits, "right": right})
        print(missing[-1], flush=True)
    D, H = TAGGING["D"], TAGGING["H"]
    narrow = of_size(lambda H: BothWays(D, H), size(OneWay(D, H)))
    wide = of_size(lambda H: OneWay(D, H), size(BothWays(D, TAGGING["H"])))
    for name, make, outputs in (
        ("one direction", lambda: OneWay(D, H), H),
        ("one direction, wide", lambda: OneWay(D, wide), wide),
        ("one direction, delay 1", lambda: OneWay(D, H, 1), H),
        ("one direction, delay 2", lambda: OneWay(D, H, 2), H),
        ("one direction, delay 4", lambda: OneWay(D, H, 4), H),
        ("both directions", lambda: BothWays(D, H), 2 * H),
        ("both directions, narrow", lambda: BothWays(D, narrow), 2 * narrow),
    ):
        right = [tagged(make, outputs, seed) for seed in SEEDS]
        tagging.append({"network": name, "outputs": outputs, "parameters": size(make()), "right": right})
        print(tagging[-1], spread(right), flush=True)
    facts = {"torch": torch.__version__, "seeds": SEEDS, "missing_setting": MISSING, "tagging_setting": TAGGING}
    found = {**facts, "missing": missing, "tagging": tagging, "tagging_baseline": baseline()}
    (HERE / "data" / "long_run.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
