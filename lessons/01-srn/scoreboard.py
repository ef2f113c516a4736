"""The question of lesson 01, asked again with the networks of the later lessons.

    .venv/bin/python lessons/01-srn/scoreboard.py [folder]     (from the repository's root; 10 minutes on a quiet core)

Writes solutions/toolbox/experiments/scoreboard.json, which every lesson reads: the toolbox goes with each of them. What
the file holds already is not computed again. In the folder, if one is named, trained weights are kept: they are used
when the script is started again, and by lessons/05-lstm/connectivity.py.

Every network learns the same text with the same number of updates and about the same number of parameters. For each of
them the learning rate is chosen out of `RATES` by the loss of the validation text (a third of the updates, a seed that
is not used again), and for each training the rise of the rule (1.14) by F1 on the validation text. What is stored are
loss and scores of the test text. Counting has no seeds; the length of the n-grams and their discounts are chosen on the
validation text.

It runs in the clone alone: cutting, scoring and backing off are exercises, and come from the reference solutions.
"""

from __future__ import annotations

import json
import sys
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch

from solutions.applications.language_model import back_off
from solutions.srn import f1_score, word_starts
from solutions.toolbox.applications.language_model.ngrams import NGrams
from solutions.toolbox.experiments.listeners import TRAINING, K, listener, surprises, trained
from solutions.toolbox.experiments.scoreboard import FILE
from solutions.toolbox.experiments.seeds import SEEDS
from solutions.toolbox.nets.network import size
from solutions.toolbox.text.bigram import best_bigram
from solutions.toolbox.text.corpora import english
from solutions.toolbox.text.encoding import LETTERS, encode

HERE = Path(__file__).resolve().parent
PARTS = ("train", "validation", "test")
TEXTS = {part: english(HERE / "data" / f"{part}.txt") for part in PARTS}
IDS = {part: encode(text.symbols, LETTERS) for part, text in TEXTS.items()}
RATES = (3e-3, 1e-2, 3e-2, 1e-1, 3e-1)
TUNING_SEED = 100
RISES = np.linspace(-6, 6, 121)
DISCOUNTS = (0.2, 0.4, 0.6, 0.75, 0.85, 0.92, 0.97)
LONGEST = 8
WEIGHTS = Path(sys.argv[1]) if len(sys.argv) > 1 else None


# --- scores ---------------------------------------------------------------------------------------------------------


def result(losses, curves=None):
    """Loss and scores in the test text, with the rise that is best in the validation text.

    Args:
        losses: part of the text → −ln P of each letter.
        curves: part → what the rule cuts by; by default the losses.
    """
    curves = curves or losses
    rise = max(RISES, key=lambda rise: cut("validation", curves, rise)[2])
    precision, recall, f1 = cut("test", curves, rise)
    loss = float(losses["test"][1:].mean())
    return {"loss": loss, "rise": float(rise), "precision": precision, "recall": recall, "f1": f1}


def cut(part, curves, rise):
    return f1_score(word_starts(curves[part], rise), TEXTS[part].starts)


def held_out(losses_of):
    """The losses of the two texts that no network learns from."""
    return {part: losses_of(IDS[part]) for part in PARTS[1:]}


# --- networks -------------------------------------------------------------------------------------------------------


def one(name, lr, seed):
    """One network that reads from the start; its losses."""
    return held_out(partial(surprises, learned(name, seed, IDS["train"], lr)))


def from_the_end(name, lr, seed):
    """One network that reads from the end; its losses in the order of the text."""
    model = learned(name, seed, turned(IDS["train"]), lr, "-back")
    return held_out(lambda ids: turned(surprises(model, turned(ids))))


def learned(name, seed, ids, lr, mark=""):
    """A trained network, from the folder if it is there; to choose a learning rate, after a third of the updates."""
    if seed == TUNING_SEED:
        return trained(name, seed, ids, lr, updates=TRAINING["updates"] // 3)
    return trained(name, seed, ids, lr, WEIGHTS and WEIGHTS / f"{name}{mark}-{lr}-{seed}.pt")


def turned(values):
    return values[::-1].copy()


@cache
def both(lr, seed):
    """Two networks of half the size, one for each direction."""
    return one("half", lr, seed), from_the_end("half", lr, seed)


def two_directions(lr, seed):
    """A word starts where the next letter surprises a reader, and the one before it a reader from the end."""
    ahead, back = both(lr, seed)
    mean = {part: (ahead[part] + back[part]) / 2 for part in ahead}
    return result(mean, {part: ahead[part] - back[part] for part in ahead})


def two_that_read_ahead(lr, seed):
    """The control: two networks of half the size, both from the start, which differ in their seed; losses averaged."""
    first, second = both(lr, seed)[0], both(lr, SEEDS[(SEEDS.index(seed) + 1) % len(SEEDS)])[0]
    return result({part: (first[part] + second[part]) / 2 for part in first})


NETWORKS = ("srn", "gru", "lstm", "two directions", "deep")


def validation_loss(name, lr):
    if name == "two directions":
        return float(np.mean([losses["validation"][1:].mean() for losses in both(lr, TUNING_SEED)]))
    return float(one(name, lr, TUNING_SEED)["validation"][1:].mean())


# --- counting -------------------------------------------------------------------------------------------------------


def everywhere():
    precision, recall, f1 = f1_score(np.ones(len(TEXTS["test"]), dtype=bool), TEXTS["test"].starts)
    return {"loss": None, "rise": None, "precision": precision, "recall": recall, "f1": f1}


def bigram():
    counts = {"parameters": K * K + K}
    return counts | result(held_out(best_bigram(IDS["train"], IDS["validation"], K).losses))


def ngrams():
    """n-grams that back off by Kneser and Ney's counts; length and discounts by the loss of the validation text."""
    plain, smooth = (NGrams(IDS["train"], K, LONGEST, continuation) for continuation in (False, True))
    counted = {
        part: [table.counts(IDS[part], range(len(IDS[part]))) for table in (plain, smooth)] for part in PARTS[1:]
    }
    found, below = [], []
    for _ in range(LONGEST):
        tops = [(counted_loss(counted["validation"], [*below, d]), [*below, d]) for d in DISCOUNTS]
        found.append(min(tops))
        below.append(min((counted_loss(counted["validation"], [*below, d], top=False), d) for d in DISCOUNTS)[1])
    discounts = min(found)[1]
    losses = {part: counted_losses(part, counts, discounts) for part, counts in counted.items()}
    used = len(discounts)
    stored = sum(len(table[3]) for table in [*smooth.tables[: used - 1], plain.tables[used - 1]])
    return {"n": used, "discounts": discounts, "parameters": stored} | result(losses)


def counted_losses(part, counts, discounts, top=True):
    """−ln P of each letter; the longest context is counted plainly if it is on ``top``."""
    plain, smooth = counts
    n = len(discounts)
    P = back_off(np.concatenate([smooth[: n - 1], plain[n - 1 : n]]) if top else smooth[:n], np.asarray(discounts))
    return -np.log(P[np.arange(len(P)), IDS[part]])


def counted_loss(counts, discounts, top=True):
    return counted_losses("validation", counts, discounts, top)[1:].mean()


# --- the file -------------------------------------------------------------------------------------------------------


def main():
    found = {"torch": torch.__version__, "letters": {part: len(IDS[part]) for part in PARTS}} | TRAINING
    found |= {"rates": RATES, "rows": {}}
    if FILE.exists():
        found = json.loads(FILE.read_text(encoding="utf-8"))
    rows = found["rows"]

    def keep():
        FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(rows)[-300:], flush=True)

    for name, count in {"everywhere": everywhere, "bigram": bigram, "ngrams": ngrams}.items():
        if name not in rows:
            rows[name] = count()
            keep()
    for name in NETWORKS:
        row = rows.setdefault(name, {"parameters": parameters(name), "tuning": {}, "runs": []})
        for lr in RATES:
            if str(lr) not in row["tuning"]:
                row["tuning"][str(lr)] = validation_loss(name, lr)
                keep()
        row["lr"] = lr = float(min(row["tuning"], key=row["tuning"].get))
        for seed in SEEDS[len(row["runs"]) :]:
            scored = two_directions(lr, seed) if name == "two directions" else result(one(name, lr, seed))
            row["runs"].append(scored)
            keep()
    lr = rows["two directions"]["lr"]
    row = rows.setdefault("two ahead", {"parameters": parameters("two directions"), "lr": lr, "runs": []})
    for seed in SEEDS[len(row["runs"]) :]:
        row["runs"].append(two_that_read_ahead(lr, seed))
        keep()


def parameters(name):
    if name == "two directions":
        return 2 * size(listener("half", 0))
    return size(listener(name, 0))


if __name__ == "__main__":
    main()
