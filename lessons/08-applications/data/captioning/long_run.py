"""The long run of the captioning notebook: what each part of the network is worth. Writes long_run.json beside it.

    .venv/bin/python lessons/08-applications/data/captioning/long_run.py     (from the root; 5 minutes on one core)

Three variants, three seeds each, beside the network that the notebook trains itself: "slots" has the same eyes and no
recurrent network; "raw" has neither centred pictures nor normalised maps; "endless" does not count the end symbol in
its loss. "raw" and "endless" are trained for half as long: what is wrong with them shows early.

It runs in the clone alone: captions are written by the reference solution of an exercise.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from solutions.applications.captioning import caption_states, write
from solutions.gru import from_torch
from solutions.toolbox.applications.captioning.album import END, Album
from solutions.toolbox.applications.captioning.network import (
    SMALL,
    Captioner,
    Slots,
    as_arrays,
    features,
    train,
    word_f1,
)
from solutions.toolbox.experiments.device import pick_device
from solutions.toolbox.experiments.seeds import SEEDS, seed_all

HERE = Path(__file__).resolve().parent
PARTS, LIMIT = ("tone", "pair", "new"), 12


def written(model, x):
    """Captions of inputs x, (T, B)."""
    if isinstance(model, Slots):
        return model.write(x)
    own = as_arrays(model)
    cell = dict(zip(("W", "U", "b", "b_m"), from_torch(*own["gru"]), strict=True))
    nothing = np.zeros((1, len(x)), dtype=int)
    h0, _ = caption_states(features(model, x), nothing, own["A"], own["a"], own["E"], cell)
    return write(h0, own["E"], cell, own["V"], own["c"], END, LIMIT)[0]


def measured(album, model, part, centred, device):
    """Exact captions, F1 of their words, different captions, and captions without an end, as shares."""
    at = album.at(part)
    columns = written(model, torch.as_tensor(album.inputs(at, centred), device=device))
    said, true = [album.read_numbers(column) for column in columns.T], [album.captions[k] for k in at]
    return {
        "exact": float(np.mean([a == b for a, b in zip(said, true, strict=True)])),
        "f1": float(np.mean([word_f1(a, b) for a, b in zip(said, true, strict=True)])),
        "different": len(set(map(tuple, said))) / len(at),
        "endless": float(np.mean((columns != END).all(axis=0))),
    }


def one(album, name, seed, device):
    """Train one variant with one seed, and measure it."""
    seed_all(seed)
    O, centred = len(album.words), name != "raw"
    at = album.at("train")
    x = torch.as_tensor(album.inputs(at, centred), device=device)
    y = torch.as_tensor(album.numbers(at), device=device)
    model = Slots(O, **SMALL, T=len(y)) if name == "slots" else Captioner(O, **SMALL, normalised=centred)
    curve = train(model.to(device), x, y, seed, 20 if name == "slots" else 10, ends=name != "endless")
    return {"curve": curve, **{part: measured(album, model, part, centred, device) for part in PARTS}}


def main():
    album, device, found = Album.read(HERE), pick_device(), {}
    for name in ("slots", "raw", "endless"):
        found[name] = [one(album, name, seed, device) for seed in SEEDS]
        print(name, [run["tone"] for run in found[name]], flush=True)
    facts = {"torch": torch.__version__, "seeds": SEEDS, "setting": SMALL, "epochs": {"slots": 20, "others": 10}}
    (HERE / "long_run.json").write_text(json.dumps({**facts, "runs": found}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
