"""The long run of lesson 01: networks trained longer than a lesson may take. Writes data/long_run.json.

    .venv/bin/python lessons/01-srn/long_run.py     (from the repository's root; about 25 minutes on one core)

Part 1, words: bigger networks on the English and on the Chinese text.
Part 2, converged: the same small network trained on windows joined end to end, or torn apart and shuffled, until
the loss on the validation text no longer falls.

Each finished training is stored; a run that was cut off goes on where it stopped.

It runs in the clone alone: cutting and scoring are exercises of the lesson, and come from the reference solutions.

The network is that of the lesson; `torch.nn.RNN` stands for the SRN that the student writes. The threshold of the cuts
is chosen on the validation text; the numbers stored are those of the test text.
"""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from solutions.srn import f1_score, word_starts
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import descend, joined, shuffled, symbol_loss, train
from solutions.toolbox.nets.network import Network
from solutions.toolbox.text.bigram import best_bigram
from solutions.toolbox.text.corpora import english, peoples_daily
from solutions.toolbox.text.encoding import LETTERS, columns, encode, most_frequent, one_hot

HERE = Path(__file__).resolve().parent
STORED = HERE / "data" / "long_run.json"
RISES = np.linspace(-6, 6, 121)
CONVERGED = {"H": 64, "B": 128, "lr": 1e-2, "clip": 1.0, "least_gain": 0.002, "passes_without": 2, "rate_cuts": 2}
LENGTHS = (5, 20)
ARMS = {"joined": lambda x, y, T, seed: joined(x, y, T), "torn": shuffled}


class Elman(torch.nn.Module):
    """torch's own SRN with the lesson's calling convention."""

    def __init__(self, D, H):
        super().__init__()
        self.rnn = torch.nn.RNN(D, H)

    def forward(self, x, h0):
        return self.rnn(x, h0[None])[0]


def result(validation, test, losses_of):
    """The rise that is best in ``validation``; loss and scores in ``test``. Both are pairs of ids and true starts."""
    (ids, starts), (test_ids, test_starts) = validation, test
    on_validation, on_test = losses_of(ids), losses_of(test_ids)
    rise = max(RISES, key=lambda rise: f1_score(word_starts(on_validation, rise), starts)[2])
    precision, recall, f1 = f1_score(word_starts(on_test, rise), test_starts)
    return {"loss": float(on_test[1:].mean()), "rise": float(rise), "precision": precision, "recall": recall, "f1": f1}


@torch.no_grad()
def losses(model, ids):
    o = model(torch.tensor(ids[:-1])[:, None])[0][:, 0]
    rest = torch.nn.functional.cross_entropy(o, torch.tensor(ids[1:]), reduction="none")
    return np.concatenate([[np.log(o.shape[1])], rest.numpy()])


def trained(seed, ids, K, H, B, T, updates, lr):
    seed_all(seed)
    model = Network(Elman(H, H), H, K, torch.nn.Embedding(K, H)).tie()
    x, y = columns(ids[:-1], B), columns(ids[1:], B)
    train(model, joined(x, y, T), symbol_loss, updates, lr)
    return model


def words(results, language, parts, alphabet, **options):
    """Part 1: bigram and network on one corpus; ``parts`` are its training, validation and test text."""
    learning, validation, test = parts
    ids, K = [encode(part.symbols, alphabet) for part in parts], len(alphabet) + 1
    held_out = ((ids[1], validation.starts), (ids[2], test.starts))
    if language not in results:
        everywhere = f1_score(np.ones(len(test), dtype=bool), test.starts)[2]
        sizes = {"training": len(learning), "validation": len(validation), "test": len(test)}
        bigram = result(*held_out, best_bigram(ids[0], ids[1], K).losses)
        results[language] = {"symbols": sizes, **options, "bigram": bigram, "everywhere_f1": everywhere, "network": []}
    networks = results[language]["network"]
    for seed in SEEDS[len(networks) :]:
        model = trained(seed, ids[0], K, **options)
        networks.append(result(*held_out, partial(losses, model)))
        store(results)


def converged(results, texts):
    """Part 2: for each length of a window, joined and torn apart, a training with every seed."""
    ids = [encode(text.symbols, LETTERS) for text in texts]
    kept = results.setdefault(
        "converged", {**CONVERGED, "windows": {str(T): {arm: [] for arm in ARMS} for T in LENGTHS}}
    )
    for seed in SEEDS:
        for T in LENGTHS:
            for arm, windows in ARMS.items():
                done = kept["windows"][str(T)][arm]
                if len(done) <= seed:
                    done.append(until_it_stops(seed, windows, T, *ids))
                    store(results)


def until_it_stops(seed, windows, T, learning, validation, test):
    """Trains until the validation loss stops falling: after each pass over the text it is measured, in nats a letter.

    Where ``passes_without`` passes in a row bring it down by less than ``least_gain``, the learning rate becomes a
    quarter; at the third time the training has converged. The best network of all passes reads the test text.
    """
    seed_all(seed)
    H, B, lr, cuts = (CONVERGED[name] for name in ("H", "B", "lr", "rate_cuts"))
    model = Network(Elman(26, H), H, 26)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    x, y = columns(learning[:-1], B), columns(learning[1:], B)
    endless, h = windows(one_hot(x, 26), y, T, seed), None
    curve, best, idle = [], np.inf, 0
    while cuts >= 0:
        for x, y, fresh in islice(endless, len(learning) // B // T):
            o, h = model(x, None if fresh else h)
            h = h.detach()
            descend(optimizer, symbol_loss(o, y), lr, CONVERGED["clip"])
        curve.append(loss_of(model, validation, 8))
        idle = 0 if curve[-1] < best - CONVERGED["least_gain"] else idle + 1
        if curve[-1] < best:
            best, at_best = curve[-1], {name: value.clone() for name, value in model.state_dict().items()}
        if idle == CONVERGED["passes_without"]:
            lr, idle, cuts = lr / 4, 0, cuts - 1
    model.load_state_dict(at_best)
    return {"test_loss": loss_of(model, test, 1), "validation": [round(loss, 4) for loss in curve]}


@torch.no_grad()
def loss_of(model, ids, B):
    """The mean loss of a text that is read in B columns, each in one go from a state of zeros, in nats a letter."""
    x, y = columns(ids[:-1], B), columns(ids[1:], B)
    return symbol_loss(model(one_hot(x, 26))[0], y).item()


def store(results):
    """Writes what there is so far."""
    STORED.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main():
    results = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    results |= {"torch": torch.__version__, "seeds": SEEDS}
    texts = [english(HERE / "data" / f"{part}.txt") for part in ("train", "validation", "test")]
    papers = [peoples_daily(0, 15000), peoples_daily(15000, 15400), peoples_daily(18984, 19484)]
    common = most_frequent(papers[0].symbols, 999)
    converged(results, texts)
    words(results, "english", texts, LETTERS, H=192, B=64, T=25, updates=2500, lr=1e-2)
    words(results, "chinese", papers, common, H=192, B=64, T=16, updates=4000, lr=1e-2)


if __name__ == "__main__":
    main()
