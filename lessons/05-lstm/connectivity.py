"""Which letters a guess came from, for SRN, GRU and LSTM before and after training. Writes data/connectivity.json.

    .venv/bin/python lessons/05-lstm/connectivity.py [folder]     (from the repository's root; 3 minutes on one core)

The networks are those of the scoreboard of lesson 01: letters run together, about 24,000 parameters each, the same
updates, the learning rate that was best there; if a folder is named, weights that lie there are used. Stored are
‖∂y_t/∂x_s‖ over the first words of Ruth for seed 0, and for every seed the reach: of how many letters the guess after
60 letters is made, to 95 %, a mean over stretches of Ruth.

It runs in the clone alone, where lesson 01's text lies beside this lesson.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.experiments import scoreboard
from solutions.toolbox.experiments.connectivity import connectivity, reach
from solutions.toolbox.experiments.listeners import listener, trained
from solutions.toolbox.experiments.seeds import SEEDS
from solutions.toolbox.text.corpora import english
from solutions.toolbox.text.encoding import LETTERS, encode

HERE = Path(__file__).resolve().parent
FILE = HERE / "data" / "connectivity.json"
NAMES = {"SRN": "srn", "GRU": "gru", "LSTM": "lstm"}
WORDS = 11
"""Of Ruth's first sentence: "in the days when the judges judged there was a famine"."""
STRETCHES, LONG = 20, 60
WEIGHTS = Path(sys.argv[1]) if len(sys.argv) > 1 else None
SMALLEST = 1e-6
"""Norms below are stored as zero."""


def rows(model, ids):
    """For each letter but the first the norms of all letters before it, to three digits."""
    norms = connectivity(model, ids[:-1])
    return [[float(f"{n:.3g}") if n > SMALLEST else 0 for n in row[: t + 1]] for t, row in enumerate(norms)]


def mean_reach(model, ids):
    """Over stretches of a text, one after another: how far back the guess after the last letter of each reaches."""
    stretches = ids[: STRETCHES * LONG].reshape(STRETCHES, LONG)
    return float(np.mean([reach(connectivity(model, stretch, [LONG - 1])[0]) for stretch in stretches]))


def main():
    learning, text = (english(HERE.parent / "01-srn" / "data" / f"{part}.txt") for part in ("train", "test"))
    learned, ids = encode(learning.symbols, LETTERS), encode(text.symbols, LETTERS)
    shown = text.part(0, np.flatnonzero(text.starts)[WORDS])
    rates = {name: scoreboard.read()["rows"][NAMES[name]]["lr"] for name in NAMES}
    found = {"torch": torch.__version__, "letters": shown.symbols, "starts": np.flatnonzero(shown.starts).tolist()}
    found |= {"seed": SEEDS[0], "norms": {}, "reach": {}}
    if FILE.exists():
        found = json.loads(FILE.read_text(encoding="utf-8"))
    for name in NAMES:
        reached = found["reach"].setdefault(name, {"before": [], "after": []})
        for seed in SEEDS[len(reached["after"]) :]:
            fresh = listener(NAMES[name], seed)
            before = mean_reach(fresh, ids), rows(fresh, ids[: len(shown)])
            keep = WEIGHTS and WEIGHTS / f"{NAMES[name]}-{rates[name]}-{seed}.pt"
            model = trained(NAMES[name], seed, learned, rates[name], keep)
            after = mean_reach(model, ids), rows(model, ids[: len(shown)])
            reached["before"].append(before[0])
            reached["after"].append(after[0])
            if seed == found["seed"]:
                found["norms"][name] = {"before": before[1], "after": after[1]}
            FILE.write_text(json.dumps(found, separators=(",", ":")) + "\n", encoding="utf-8")
            print(name, seed, before[0], after[0], flush=True)


if __name__ == "__main__":
    main()
