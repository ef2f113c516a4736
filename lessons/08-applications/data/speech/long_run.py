"""The long run of the speech notebook: few and many recordings, known and new voices. Writes long_run.json beside it.

.venv/bin/python lessons/08-applications/data/speech/long_run.py     (from the root; 3 minutes on one core)
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from solutions.toolbox.applications.speech.data import centred, read, stacked, template_distances
from solutions.toolbox.applications.speech.networks import (
    WordCNN,
    WordReader,
    answers,
    batches,
    noisy,
    train,
    word_loss,
)
from solutions.toolbox.experiments.seeds import SEEDS, seed_all

HERE = Path(__file__).resolve().parent
PER_DIGIT = (3, 10, 30)
CERTAIN = (0, 1, 3, 5)
"""Voices that the clustering found with 50 recordings of nearly each digit; the other two may be mixed up."""
NETWORKS = {"GRU": (lambda: WordReader(26, 40, 10), 1e-2), "CNN": (lambda: WordCNN(26, 62, 10), 5e-3)}


def prepared(recordings, training):
    """Centred frames, divided by the spread of the training recordings."""
    scale = np.concatenate([centred(x) for x in training.frames]).std(axis=0)
    return recordings.changed(lambda x: centred(x) / scale)


def accuracy(kind, seed, training, tested):
    """Share of right answers of one network, trained anew."""
    seed_all(seed)
    make, lr = NETWORKS[kind]
    model = make()
    data = noisy(batches(training.changed(stacked), 32, seed, "cpu"), 0.5, seed)
    train(model, data, word_loss, 500, lr)
    return float(np.mean(answers(model, tested.changed(stacked), "cpu") == tested.digits))


def nearest(distances, templates, tested):
    return float(np.mean(templates.digits[distances.argmin(axis=1)] == tested.digits))


def by_number(training, tested):
    """Accuracy with so many recordings of each digit, in three draws; with all of them, only that of the templates."""
    distances = np.array([template_distances(x, training.frames) for x in tested.frames])
    rows = []
    for number in PER_DIGIT:
        row = {"recordings a digit": number, "DTW": [], "GRU": [], "CNN": []}
        for seed in SEEDS:
            order = np.random.default_rng(seed).permutation(len(training))
            at = np.concatenate([order[training.digits[order] == digit][:number] for digit in range(10)])
            row["DTW"].append(nearest(distances[:, at], training.part(at), tested))
            for kind in NETWORKS:
                row[kind].append(accuracy(kind, seed, training.part(at), tested))
        rows.append(row)
        print(row, flush=True)
    rows.append({"recordings a digit": "all", "DTW": [nearest(distances, training, tested)]})
    return rows


def by_voice(recordings):
    """Accuracy on 100 recordings of a voice that is in no training recording; another seed for each voice."""
    rows = []
    for seed, voice in enumerate(CERTAIN):
        is_new = recordings.voices == voice
        ready = prepared(recordings, recordings.part(~is_new))
        others, own = ready.part(~is_new), ready.part(np.flatnonzero(is_new)[:100])
        distances = np.array([template_distances(x, others.frames) for x in own.frames])
        row = {"voice": voice, "DTW": [nearest(distances, others, own)]}
        for kind in NETWORKS:
            row[kind] = [accuracy(kind, seed, others, own)]
        rows.append(row)
        print(row, flush=True)
    return rows


def main():
    recordings = read(HERE / "digits.npz")
    ready = prepared(recordings, recordings.part(slice(0, 2100)))
    results = {"torch": torch.__version__, "seeds": SEEDS}
    results["by number"] = by_number(ready.part(slice(0, 2100)), ready.part(slice(2400, 3000)))
    results["by voice"] = by_voice(recordings)
    (HERE / "long_run.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
