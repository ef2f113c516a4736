"""The long run of lesson 05: the adding problem, and what each part of the cell is worth. Writes data/long_run.json.

    .venv/bin/python lessons/05-lstm/long_run.py     (from the repository's root; about 10 minutes on one core)

Part 1, adding: five networks of equal width, errors on new problems for three lengths.
Part 2, ablation: cells of equal size (as nearly as whole units allow) learn the letters of a text; one has a part more,
the others a part less than the LSTM. The loss is that of a text that they have not seen, in bits a letter.

It runs in the clone alone: the forget bias is an exercise of the lesson, and comes from the reference solutions.
"""

from __future__ import annotations

import json
import math
import re
from functools import partial
from pathlib import Path

import torch

from solutions.lstm import set_forget_bias
from solutions.toolbox.experiments.adding import adding_batches, error_on_new, last_error
from solutions.toolbox.experiments.seeds import SEEDS, seed_all
from solutions.toolbox.experiments.training import shuffled, symbol_loss, train
from solutions.toolbox.nets.layers import Gated, Recurrent
from solutions.toolbox.nets.network import Network, size
from solutions.toolbox.text.encoding import columns, encode, one_hot

HERE = Path(__file__).resolve().parent
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
    ids, new = numbers("train"), torch.as_tensor(numbers("test"))
    cell, H = of_size(make, wanted)
    model = Network(cell, H, 27)
    x, y = columns(one_hot(ids[:-1], 27), TEXT["B"]), columns(ids[1:], TEXT["B"])
    train(model, shuffled(x, y, TEXT["T"], seed), symbol_loss, TEXT["updates"], TEXT["lr"])
    with torch.no_grad():
        x, y = columns(one_hot(new[:-1], 27), 16), columns(new[1:], 16)
        return symbol_loss(model(x)[0], y).item() / math.log(2), H, size(cell)


def main():
    adding = []
    for T in LENGTHS:
        for name, make in NETWORKS.items():
            adding.append({"T": T, "cell": name, "test_errors": [added(make, T, seed) for seed in SEEDS]})
            print(adding[-1], flush=True)
    ablation, wanted = [], size(Cell(27, 48))
    for name, make in CELLS.items():
        runs = [predicted(make, wanted, seed) for seed in SEEDS]
        ablation.append({"cell": name, "H": runs[0][1], "parameters": runs[0][2], "bits": [run[0] for run in runs]})
        print(ablation[-1], flush=True)
    facts = {"torch": torch.__version__, "seeds": SEEDS, "adding_setting": ADDING, "ablation_setting": TEXT}
    text = json.dumps({**facts, "adding": adding, "ablation": ablation}, indent=1)
    (HERE / "data" / "long_run.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
