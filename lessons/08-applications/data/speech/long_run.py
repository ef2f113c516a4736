"""The long run of the speech notebook: few and many recordings, known and new voices. Writes long_run.json beside it.

    .venv/bin/python lessons/08-applications/data/speech/long_run.py     (from the root; 4 minutes on one core)

Before, both networks get the same search on the validation recordings: four learning rates, two seeds
that are used for nothing else. Results that the file holds already are not computed again.
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
FILE = HERE / "long_run.json"
PER_DIGIT = (3, 10, 30)
CERTAIN = (0, 1, 3, 5)
"""Voices that the clustering found with 50 recordings of nearly each digit; the other two may be mixed up."""
NETWORKS = {"GRU": lambda: WordReader(26, 40, 10), "CNN": lambda: WordCNN(26, 62, 10)}
CHOSEN = {"GRU": 1e-2, "CNN": 5e-3}
"""The learning rates with which the stored results were made."""
RATES, TRIALS = (2.5e-3, 5e-3, 1e-2, 2e-2), (5, 6)


def prepared(recordings, training):
    """Centred frames, divided by the spread of the training recordings."""
    scale = np.concatenate([centred(x) for x in training.frames]).std(axis=0)
    return recordings.changed(lambda x: centred(x) / scale)


def accuracy(kind, seed, training, tested, lr=None):
    """Share of right answers of one network, trained anew."""
    seed_all(seed)
    model = NETWORKS[kind]()
    data = noisy(batches(training.changed(stacked), 32, seed, "cpu"), 0.5, seed)
    train(model, data, word_loss, 500, lr or CHOSEN[kind])
    return float(np.mean(answers(model, tested.changed(stacked), "cpu") == tested.digits))


def nearest(distances, templates, tested):
    return float(np.mean(templates.digits[distances.argmin(axis=1)] == tested.digits))


def tried(training, validation):
    """Share of the validation recordings that each network recognises with each learning rate, over two seeds."""
    return {
        kind: {
            f"{lr:g}": float(np.mean([accuracy(kind, seed, training, validation, lr) for seed in TRIALS]))
            for lr in RATES
        }
        for kind in NETWORKS
    }


def by_number(training, tested, rows):
    """Accuracy with so many recordings of each digit, in five draws; with all of them, only that of the templates."""
    distances = np.array([template_distances(x, training.frames) for x in tested.frames])
    rows = {row["recordings a digit"]: row for row in rows}
    for number in PER_DIGIT:
        row = rows.setdefault(number, {"recordings a digit": number, "DTW": [], "GRU": [], "CNN": []})
        for seed in SEEDS[len(row["DTW"]) :]:
            order = np.random.default_rng(seed).permutation(len(training))
            at = np.concatenate([order[training.digits[order] == digit][:number] for digit in range(10)])
            row["DTW"].append(nearest(distances[:, at], training.part(at), tested))
            for kind in NETWORKS:
                row[kind].append(accuracy(kind, seed, training.part(at), tested))
        print(row, flush=True)
    rows.setdefault("all", {"recordings a digit": "all", "DTW": [nearest(distances, training, tested)]})
    return [rows[number] for number in (*PER_DIGIT, "all")]


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
    training, validation, test = (ready.part(slice(*part)) for part in ((0, 2100), (2100, 2400), (2400, 3000)))
    results = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    results |= {"torch": torch.__version__, "seeds": SEEDS}
    results["tried"] = results.get("tried") or tried(training, validation)
    print(results["tried"], flush=True)
    results["by number"] = by_number(training, test, results.get("by number", []))
    results["by voice"] = results.get("by voice") or by_voice(recordings)
    FILE.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
