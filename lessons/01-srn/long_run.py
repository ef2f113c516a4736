"""The long run of lesson 01: bigger networks, trained longer than a lesson may take. Writes data/long_run.json.

    .venv/bin/python lessons/01-srn/long_run.py     (from the repository's root; about 8 minutes on one core)

It runs in the clone alone: cutting and scoring are exercises of the lesson, and come from the reference solutions.

The network is that of the lesson; `torch.nn.RNN` stands for the SRN that the student writes. The threshold of the cuts
is chosen on the validation text; the numbers stored are those of the test text.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import torch

from solutions.srn import f1_score, word_starts
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import joined, symbol_loss, train
from solutions.toolbox.nets.network import Network
from solutions.toolbox.text.bigram import best_bigram
from solutions.toolbox.text.corpora import english, peoples_daily
from solutions.toolbox.text.encoding import LETTERS, columns, encode, most_frequent

HERE = Path(__file__).resolve().parent
RISES = np.linspace(-6, 6, 121)


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


def run(parts, alphabet, **options):
    """Bigram and network on one corpus: ``parts`` are its training, validation and test text."""
    learning, validation, test = parts
    ids, K = [encode(part.symbols, alphabet) for part in parts], len(alphabet) + 1
    held_out = ((ids[1], validation.starts), (ids[2], test.starts))
    bigram = best_bigram(ids[0], ids[1], K)
    networks = []
    for seed in SEEDS:
        model = trained(seed, ids[0], K, **options)
        networks.append(result(*held_out, partial(losses, model)))
        print(networks[-1], flush=True)
    bigram_result = result(*held_out, bigram.losses)
    everywhere = f1_score(np.ones(len(test), dtype=bool), test.starts)[2]
    sizes = {"training": len(learning), "validation": len(validation), "test": len(test)}
    return {"symbols": sizes, **options, "bigram": bigram_result, "everywhere_f1": everywhere, "network": networks}


def main():
    texts = [english(HERE / "data" / f"{part}.txt") for part in ("train", "validation", "test")]
    papers = [peoples_daily(0, 15000), peoples_daily(15000, 15400), peoples_daily(18984, 19484)]
    common = most_frequent(papers[0].symbols, 999)
    results = {
        "torch": torch.__version__,
        "seeds": SEEDS,
        "english": run(texts, LETTERS, H=192, B=64, T=25, updates=2500, lr=1e-2),
        "chinese": run(papers, common, H=192, B=64, T=16, updates=4000, lr=1e-2),
    }
    (HERE / "data" / "long_run.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
