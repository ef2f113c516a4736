"""The long run of the captioning notebook: the network with five seeds, and what each part of it is worth.

    .venv/bin/python lessons/08-applications/data/captioning/long_run.py     (from the root; 8 minutes on one core)

"whole" is the network of the notebook; after each epoch the loss of held-out captions is noted, and how many would be
written exactly, apart for two halves of a part. What it writes at the end goes to long_run.npz, all else to
long_run.json, both beside it. "slots" has the same eyes and no recurrent network. "raw" has neither centred pictures
nor normalised maps, "endless" does not count the end symbol in its loss: these two are trained for half as long, for
what is wrong with them shows early. What the files hold already is not computed again.

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
    losses,
    train,
    word_f1,
)
from solutions.toolbox.experiments.device import pick_device
from solutions.toolbox.experiments.seeds import SEEDS, seed_all

HERE = Path(__file__).resolve().parent
FILE, CAPTIONS = HERE / "long_run.json", HERE / "long_run.npz"
PARTS, LIMIT = ("tone", "pair", "new"), 12
HIDDEN = {"all": np.s_[:], "upper half": np.s_[:, :, :16], "lower half": np.s_[:, :, 16:]}


def written(model, x):
    """Captions of inputs x, (T, B)."""
    return model.write(x) if isinstance(model, Slots) else spoken(model, x)[0]


def spoken(model, x):
    """Captions of inputs x, (T, B), and log p of each, (B,), by the network with a GRU."""
    own = as_arrays(model)
    cell = dict(zip(("W", "U", "b", "b_m"), from_torch(*own["gru"]), strict=True))
    nothing = np.zeros((1, len(x)), dtype=int)
    h0, _ = caption_states(features(model, x), nothing, own["A"], own["a"], own["E"], cell)
    return write(h0, own["E"], cell, own["V"], own["c"], END, LIMIT)


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


def halves(model, given):
    """Loss a word and share of exact captions for the even and for the odd pictures of a part, four numbers."""
    loss, words, right = losses(model, *given)
    pairs = [(loss[k::2].sum() / words[k::2].sum(), right[k::2].mean()) for k in (0, 1)]
    return [round(float(value), 5) for pair in pairs for value in pair]


def whole(album, seed, device):
    """The notebook's network with one seed: what is noted of it, and what it writes."""
    seed_all(seed)
    model = Captioner(len(album.words), **SMALL).to(device)
    given = {part: album.tensors(part, device) for part in ("train", "tone", "pair")}
    noted = {"tone": [], "pair": []}

    def note():
        for part, rows in noted.items():
            rows.append(halves(model, given[part]))

    curve = train(model, *given["train"], seed, note=note)
    captions = {}
    for part in PARTS:
        inputs = album.inputs(album.at(part))
        captions[part], captions[f"{part} log p"] = spoken(model, torch.as_tensor(inputs, device=device))
    for name, area in HIDDEN.items():
        inputs = album.inputs(album.at("tone"))
        inputs[area] = 0
        captions[f"hidden: {name}"] = spoken(model, torch.as_tensor(inputs, device=device))[0]
    loss, words, right = losses(model, *given["train"])
    run = {"curve": curve, "train": [float(loss.sum() / words.sum()), float(right.mean())], "noted": noted}
    return run, {name: rows.astype("f4" if "log p" in name else "i2") for name, rows in captions.items()}


def main():
    album, device = Album.read(HERE), pick_device()
    found = json.loads(FILE.read_text("utf-8"))["runs"] if FILE.exists() else {}
    captions = [dict(np.load(CAPTIONS))] if CAPTIONS.exists() else []

    def keep():
        facts = {"torch": torch.__version__, "setting": SMALL, "epochs": {"whole, slots": 20, "others": 10}}
        FILE.write_text(json.dumps({**facts, "runs": found}, indent=1) + "\n", encoding="utf-8")

    for name in ("whole", "slots", "raw", "endless"):
        runs = found.setdefault(name, [])
        for seed in SEEDS[len(runs) :]:
            if name == "whole":
                run, said = whole(album, seed, device)
                earlier = {part: [*(old[part] for old in captions), rows[None]] for part, rows in said.items()}
                captions = [{part: np.concatenate(rows) for part, rows in earlier.items()}]
                np.savez_compressed(CAPTIONS, **captions[0])
            else:
                run = one(album, name, seed, device)
            runs.append(run)
            print(name, seed, run.get("train", run.get("tone")), flush=True)
            keep()


if __name__ == "__main__":
    main()
