"""The long run of the translation notebook: rivals of attention, trained for longer. Writes long_run.json beside it.

    .venv/bin/python lessons/08-applications/data/translation/long_run.py     (from the root; 4 minutes on one core)

Numbers: "without attention" and "source backwards" have at least as many parameters as the network with attention. All
are trained with 400 updates; the first of them with six times as many as well, until it knows its training pairs.
Each learning rate is the best of the same three on 400 pairs of the training file, after training on the others with a
seed that is used for nothing else. Menus: the network without attention, as in the notebook. Results that the file
holds already are not computed again.

The networks are those of the notebook: its cells are executed. It runs in the clone alone, where the answers stand.
"""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import numpy as np
import torch

from solutions.applications.translation import attend, beam_search, greedy, teacher_forcing
from solutions.toolbox.applications.translation.pairs import read_pairs
from solutions.toolbox.experiments.seeds import SEEDS, seed_all

HERE = Path(__file__).resolve().parent
FILE = HERE / "long_run.json"
CELLS = ("001", "013", "014", "015", "017", "wrong-words", "054", "menu-translator", "059")
D, UPDATES, TRIAL = 32, 400, 5
RATES = (0.0075, 0.015, 0.03)
SETTINGS = {
    "with attention": {"H": 64, "attention": True, "backwards": False, "times": [1]},
    "without attention": {"H": 80, "attention": False, "backwards": False, "times": [1, 6]},
    "source backwards": {"H": 80, "attention": False, "backwards": True, "times": [1]},
}
GROUPS = ((4, 6), (7, 9), (10, 12), (13, 15), (16, 17))


def notebook():
    """Names that the notebook's cells define."""
    answers = {"attend": attend, "beam_search": beam_search, "greedy": greedy, "teacher_forcing": teacher_forcing}
    names = {"LARGE": False, "menus": read_pairs(HERE / "menus-train.tsv"), **answers}
    path = HERE.parents[1] / "translation.ipynb"
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    for name in CELLS:
        exec(cells[f"translation-{name}"], names)
    return names


def exactly(names, setting, pairs, asked, seed, rate, times):
    """Which of the pairs ``asked`` one network translates exactly, (N,), and what else is noted of it.

    That is: the share of the pairs that it learnt from, its number of parameters, and for translations of 15 words the
    share of wrong words at each place.
    """
    if setting["backwards"]:
        pairs, asked = ([(source[::-1], target) for source, target in some] for some in (pairs, asked))
    seed_all(seed)
    model = names["Translator"](pairs, D, setting["H"], setting["attention"])
    names["learn"](model, pairs, times * UPDATES, 64, seed, lr=rate)
    noted = {
        "trained": round(float(names["exact"](model, pairs).mean()), 4),
        "parameters": sum(value.numel() for value in model.parameters()),
        "wrong": names["wrong_words"](model, [pair for pair in asked if len(pair[1]) == 15]).round(4).tolist(),
    }
    return names["exact"](model, asked), noted


def numbers(names, found):
    """Shares of exact translations, whole and by the length of the English."""
    train, test = (read_pairs(HERE / f"numbers-{part}.tsv") for part in ("train", "test"))
    order = np.random.default_rng(0).permutation(len(train))
    kept, asked = [train[k] for k in order[400:]], [train[k] for k in order[:400]]
    lengths = np.array([len(source) for source, _ in test])
    for name, setting in SETTINGS.items():
        runs = found.setdefault(name, {"H": setting["H"], "tried": {}, "runs": []})
        for rate in RATES:
            if str(rate) not in runs["tried"]:
                trial = exactly(names, setting, kept, asked, TRIAL, rate, min(2, setting["times"][-1]))
                runs["tried"][str(rate)] = round(float(trial[0].mean()), 4)
        runs["rate"] = float(max(runs["tried"], key=runs["tried"].get))
        print(name, runs["tried"], flush=True)
        for times in setting["times"]:
            for seed in SEEDS:
                if any((run["times"], run["seed"]) == (times, seed) for run in runs["runs"]):
                    continue
                right, noted = exactly(names, setting, train, test, seed, runs["rate"], times)
                shares = [round(float(right[(lengths >= a) & (lengths <= b)].mean()), 4) for a, b in GROUPS]
                late = round(float(right[lengths >= 13].mean()), 4)
                run = {"times": times, "seed": seed, "all": round(float(right.mean()), 4), "late": late}
                runs["runs"].append({**run, "by length": shares, **noted})
                print(name, run, noted["trained"], flush=True)
                yield


def menus(names, found):
    """Exact share and BLEU of the network without attention."""
    test = read_pairs(HERE / "menus-test.tsv")
    wanted = [target for _, target in test]
    for seed in SEEDS[len(found) :]:
        model = names["menu_translator"](seed, False)
        said = [names["translated"](model, source)[0] for source, _ in test]
        share, quality = names["scores"](said, wanted)
        found.append([round(float(share), 4), round(float(quality), 4)])
        print("menus", found[-1], flush=True)
        yield


def main():
    found = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {"numbers": {}, "menus without attention": []}
    found |= {"torch": torch.__version__, "seeds": SEEDS, "updates": UPDATES}
    names = notebook()
    for steps in (menus(names, found["menus without attention"]), numbers(names, found["numbers"])):
        for _ in steps:
            FILE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
