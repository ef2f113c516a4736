"""The long run of lesson 05, with five seeds throughout. Writes data/long_run.json.

    .venv/bin/python lessons/05-lstm/long_run.py     (from the repository's root; about 20 minutes on one core)

Adding: five networks of equal width, errors on new problems for three lengths.
Gradients: LSTMs that learn to add: ∂c_T/∂c_{T−lag} before and after training.
Clipping: one of these with the gradient's norm held at 1 and without, with each of four learning rates.
Ablation: cells of equal size (as nearly as whole units allow) learn the letters of a text; one has a part more, the
others a part less than the LSTM. The loss is that of a text that they have not seen, in bits a letter.
Overfitting: LSTM and GRU, of equal width and of equal size, learn a short text for too long.

It runs in the clone alone: the forget bias and the way back are exercises of the lesson, and come from the reference
solutions. What the file holds already is not computed again.
"""

from __future__ import annotations

import json
import math
import re
from functools import partial
from itertools import islice, product
from pathlib import Path

import numpy as np
import torch

from solutions.lstm import sequence, set_forget_bias, step_back
from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import descend, shuffled, symbol_loss, train, warm_up_and_decay
from solutions.toolbox.nets.layers import Gated, Recurrent
from solutions.toolbox.nets.network import Network, size
from solutions.toolbox.text.encoding import columns, encode, one_hot

HERE = Path(__file__).resolve().parent
STORED = HERE / "data" / "long_run.json"
ADDING = {"H": 32, "B": 32, "updates": 800, "lr": 1e-2}
LENGTHS = (20, 40, 80)


def lstm(forget, D, H):
    """PyTorch's LSTM whose forget gate starts with that bias."""
    cell = Gated("LSTM", D, H)
    biases = cell.layer.bias_ih_l0, cell.layer.bias_hh_l0
    for bias, value in zip(biases, set_forget_bias(*(bias.detach().numpy() for bias in biases), forget), strict=True):
        bias.data.copy_(torch.as_tensor(value))
    return cell


NETWORKS = {
    "SRN": Recurrent,
    "GRU": partial(Gated, "GRU"),
    "LSTM, bias 0": partial(lstm, 0.0),
    "LSTM, bias 1": partial(lstm, 1.0),
    "LSTM, bias 3": partial(lstm, 3.0),
}

TEXT = {"B": 32, "T": 32, "updates": 300, "lr": 1e-2}
LETTERS = "abcdefghijklmnopqrstuvwxyz "


class Cell(torch.nn.Module):
    """An LSTM of which one part is missing, or one more is there.

    Args:
        without: "", "input gate", "forget gate", "output gate", "candidate's tanh", "state's tanh".
        coupled, peepholes: i = 1 − f; gates see the cell state.
    """

    def __init__(self, D, H, without="", coupled=False, peepholes=False):
        super().__init__()
        self.H, self.without, self.coupled = H, without, coupled
        fixed = without.removesuffix(" gate") if without.endswith("gate") else "input" if coupled else ""
        self.blocks = [name for name in ("input", "forget", "candidate", "output") if name != fixed]
        self.x, self.h = torch.nn.Linear(D, len(self.blocks) * H), torch.nn.Linear(H, len(self.blocks) * H, bias=False)
        self.p = torch.nn.ParameterDict()
        if peepholes:
            self.p = torch.nn.ParameterDict({name: torch.zeros(H) for name in ("input", "forget", "output")})
        if "forget" in self.blocks:
            at = self.blocks.index("forget")
            torch.nn.init.ones_(self.x.bias[at * H : (at + 1) * H])

    def forward(self, x, h0):
        h = c = h0
        states = []
        for driven in self.x(x):
            z = dict(zip(self.blocks, (driven + self.h(h)).chunk(len(self.blocks), dim=-1), strict=True))
            f = self.gate("forget", z, c)
            i = 1 - f if self.coupled else self.gate("input", z, c)
            c = f * c + i * (z["candidate"] if self.without == "candidate's tanh" else z["candidate"].tanh())
            h = self.gate("output", z, c) * (c if self.without == "state's tanh" else c.tanh())
            states.append(h)
        return torch.stack(states)

    def gate(self, name, z, c):
        if name not in z:
            return torch.ones_like(c)
        return torch.sigmoid(z[name] + self.p[name] * c if name in self.p else z[name])


CELLS = {
    "LSTM": Cell,
    "with peepholes": partial(Cell, peepholes=True),
    "coupled gates": partial(Cell, coupled=True),
    "no input gate": partial(Cell, without="input gate"),
    "no forget gate (1997)": partial(Cell, without="forget gate"),
    "no output gate": partial(Cell, without="output gate"),
    "no tanh of the candidate": partial(Cell, without="candidate's tanh"),
    "no tanh of the state": partial(Cell, without="state's tanh"),
}


def added(make, T, seed):
    """Error on new adding problems."""
    seed_all(seed)
    model = Network(make(2, ADDING["H"]), ADDING["H"], 1)
    train(model, adding_batches(T, ADDING["B"], seed), last_error, ADDING["updates"], ADDING["lr"])
    return error_on_new(model, T)


def numbers(part):
    text = (HERE / "data" / f"{part}.txt").read_text(encoding="utf-8").lower().replace("’", "")
    return encode(re.sub("[^a-z]+", " ", text), LETTERS)


def of_size(make, wanted):
    """The cell whose number of parameters is nearest to ``wanted``, and its width."""
    H = min(range(8, 128), key=lambda H: abs(size(make(27, H)) - wanted))
    return make(27, H), H


def predicted(make, wanted, seed):
    """Bits a letter of the test text, after training on the other one."""
    seed_all(seed)
    ids, new = numbers("train"), numbers("test")
    cell, H = of_size(make, wanted)
    model = Network(cell, H, 27)
    x, y = columns(one_hot(ids[:-1], 27), TEXT["B"]), columns(ids[1:], TEXT["B"])
    train(model, shuffled(x, y, TEXT["T"], seed), symbol_loss, TEXT["updates"], TEXT["lr"])
    return bits(model, new)


@torch.no_grad()
def bits(model, ids):
    """Mean loss of a text, in bits a letter."""
    x, y = columns(one_hot(ids[:-1], 27), 16), torch.as_tensor(columns(ids[1:], 16))
    return symbol_loss(model(x)[0], y).item() / math.log(2)


def reach(cell, T, seed):
    """‖∂c_T/∂c_{T−lag}‖ for lag 0 … T − 1, (T,): geometric mean over eight new adding problems, all ways counted."""
    W, U, b_ih, b_hh = (value.detach().double().numpy() for value in cell.layer.parameters())
    x, zero = next(adding_batches(T, 8, 1_000 + seed))[0].double().numpy(), np.zeros((8, U.shape[1]))
    _, c, a = sequence(x, zero, zero, W, U, b_ih + b_hh)
    return np.exp(np.mean([np.log(_norms(c[:, row], a[:, row], U)) for row in range(8)], axis=0))


def _norms(c, a, U):
    """‖∂c_T/∂c_{T−lag}‖ of one sequence from its cell states (T, H) and gates (T, 4H): a unit vector for each unit."""
    H = c.shape[1]
    dh, dc, norms = np.zeros((H, H)), np.eye(H), [1.0]
    for t in range(len(c) - 1, 0, -1):
        dz, dc = step_back(dh, dc, np.repeat(a[t : t + 1], H, axis=0), np.repeat(c[t - 1 : t], H, axis=0))
        dh = dz @ U
        shown = a[t - 1, 3 * H :] * (1 - np.tanh(c[t - 1]) ** 2)  # c_{t−1} shows itself as h_{t−1}
        norms.append(np.linalg.norm(dc + dh * shown, 2))
    return norms


def gradients(forget, T, seed):
    """How far the gradient reaches before and after training, and the error on new problems."""
    seed_all(seed)
    model = Network(lstm(forget, 2, ADDING["H"]), ADDING["H"], 1)
    before = reach(model.cell, T, seed)
    train(model, adding_batches(T, ADDING["B"], seed), last_error, ADDING["updates"], ADDING["lr"])
    return {"before": rounded(before), "after": rounded(reach(model.cell, T, seed)), "error": error_on_new(model, T)}


CLIPPING = {"T": 40, "bias": 3.0, "rates": (0.001, 0.003, 0.01, 0.03)}


def watched(clip, rate, seed):
    """Error on new problems, and the largest and the median norm of the gradient before it is clipped, if it is."""
    seed_all(seed)
    model, norms = Network(lstm(CLIPPING["bias"], 2, ADDING["H"]), ADDING["H"], 1), []
    optimizer, T = torch.optim.Adam(model.parameters()), CLIPPING["T"]
    for k, (x, y, _) in enumerate(islice(adding_batches(T, ADDING["B"], seed), ADDING["updates"])):
        optimizer.param_groups[0]["lr"] = rate * warm_up_and_decay(k, ADDING["updates"])
        optimizer.zero_grad()
        last_error(model(x)[0], y).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(model.parameters(), clip or math.inf).item())
        optimizer.step()
    return {"error": error_on_new(model, T), "largest": max(norms), "median": float(np.median(norms))}


def rounded(values):
    return [float(f"{value:.3g}") for value in values]


LITTLE = {"letters": 8000, "B": 10, "T": 40, "updates": 600, "every": 30}
SHORT = {"LSTM, H = 64": (partial(lstm, 1.0), 64), "GRU, H = 64": (partial(Gated, "GRU"), 64)}
SHORT |= {"GRU, H = 76": (partial(Gated, "GRU"), 76)}
RATES = (0.003, 0.01, 0.03, 0.1)


def overfitted(make, H, rate, seed):
    """Bits a letter of three texts while the first is learned for too long: learned, validation (Judges' end), Ruth."""
    seed_all(seed)
    judges, ruth, N = numbers("train"), numbers("test"), LITTLE["letters"]
    texts, tracks = (judges[: N + 1], judges[-12_001:], ruth), []
    model = Network(make(27, H), H, 27)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    x, y = columns(one_hot(texts[0][:-1], 27), LITTLE["B"]), torch.as_tensor(columns(texts[0][1:], LITTLE["B"]))
    for k, (x_k, y_k, _) in enumerate(shuffled(x, y, LITTLE["T"], seed)):
        if k % LITTLE["every"] == 0:
            tracks.append([bits(model, text) for text in texts])
        if k == LITTLE["updates"]:
            return [rounded(track) for track in np.transpose(tracks)]
        descend(optimizer, symbol_loss(model(x_k)[0], y_k), rate)


def extended(rows, key, name, one):
    """The row of ``rows`` with these entries, made if there is none, with one more result for each missing seed."""
    row = next((row for row in rows if key.items() <= row.items()), None)
    if row is None:
        rows.append(row := {**key, name: []})
    for seed in SEEDS[len(row[name]) :]:
        row[name].append(one(seed))
        yield row


def main():
    """Computes what is missing in the file, and stores it seed by seed: a run that was stopped goes on from there."""
    found = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    found |= {"torch": torch.__version__, "seeds": SEEDS, "adding_setting": ADDING, "ablation_setting": TEXT}
    found |= {"clipping_setting": CLIPPING, "overfitting_setting": LITTLE}
    for part in (all_adding, all_ablation, all_overfitting, all_clipping, all_gradients):
        for row in part(found):
            print(row, flush=True)
            STORED.write_text(in_lines(found), encoding="utf-8")


def in_lines(found):
    """As JSON, with each list of numbers in one line."""
    text = json.dumps(found, indent=1) + "\n"
    return re.sub(r"\[[\s\d.,e+-]+\]", lambda numbers: " ".join(numbers[0].split()), text)


def all_adding(found):
    rows = found.setdefault("adding", [])
    for T in LENGTHS:
        for name, make in NETWORKS.items():
            yield from extended(rows, {"T": T, "cell": name}, "test_errors", partial(added, make, T))


def all_gradients(found):
    rows = found.setdefault("gradients", [])
    for T, forget in ((40, 0.0), (40, 1.0), (40, 3.0), (80, 0.0), (80, 3.0)):
        yield from extended(rows, {"T": T, "bias": forget}, "runs", partial(gradients, forget, T))


def all_clipping(found):
    rows = found.setdefault("clipping", [])
    for rate, clip in product(CLIPPING["rates"], (1.0, None)):
        yield from extended(rows, {"clip": clip, "rate": rate}, "runs", partial(watched, clip, rate))


def all_overfitting(found):
    rows = found.setdefault("overfitting", [])
    for name, (make, H) in SHORT.items():
        for rate in RATES:
            yield from extended(rows, {"cell": name, "lr": rate}, "bits", partial(overfitted, make, H, rate))


def all_ablation(found):
    rows, wanted = found.setdefault("ablation", []), size(Cell(27, 48))
    for name, make in CELLS.items():
        cell, H = of_size(make, wanted)
        key = {"cell": name, "H": H, "parameters": size(cell)}
        yield from extended(rows, key, "bits", partial(predicted, make, wanted))


if __name__ == "__main__":
    main()
