"""Taggers: what is known of a word alone, what its neighbours say (two GRUs, or convolutions), scores; their training.

scores = model(words, lengths)        words (T, B), lengths (B,) → scores (T, B, O), for padded batches of a `Lexicon`
"""

from __future__ import annotations

from itertools import islice

import torch
from torch.nn.utils.rnn import pack_padded_sequence

from solutions.toolbox.applications.tagging.data import batches


class Words(torch.nn.Module):
    """A row of a table for each word (T, B) → (T, B, D); in training, rare words are often taken for unknown ones.

    A word that was seen n times is hidden with probability 0.3 / (n + 0.3); all hidden and unknown words share a row.
    """

    def __init__(self, lexicon, D):
        super().__init__()
        self.register_buffer("counts", lexicon.counts)
        self.table, self.unknown = torch.nn.Embedding(len(lexicon.counts), D), torch.nn.Parameter(torch.zeros(D))
        torch.nn.init.normal_(self.table.weight, std=0.3)
        self.size = D

    def forward(self, words):
        counts = self.counts[words]
        shown = counts / (counts + 0.3) if self.training else (counts > 0).float()
        hidden = torch.rand(shown.shape, device=shown.device) >= shown
        return torch.where(hidden[..., None], self.unknown, self.table(words))


class Letters(torch.nn.Module):
    """The last states of two GRUs over each word's letters, (T, B) → (T, B, 2H). Each different word is read once."""

    def __init__(self, lexicon, E, H):
        super().__init__()
        self.register_buffer("letters", lexicon.letters)
        self.lengths, self.size = lexicon.lengths, 2 * H
        self.table = torch.nn.Embedding(lexicon.n_letters, E, padding_idx=0)
        self.gru = torch.nn.GRU(E, H, bidirectional=True, batch_first=True)

    def forward(self, words):
        kinds, where = words.unique(return_inverse=True)
        letters = self.table(self.letters[kinds])
        packed = pack_padded_sequence(letters, self.lengths[kinds.cpu()], batch_first=True, enforce_sorted=False)
        last = self.gru(packed)[1]  # (2, kinds, H)
        return last.transpose(0, 1).flatten(1)[where]


class BothWays(torch.nn.Module):
    """A GRU in each direction, (T, B, D) → (T, B, 2H); the way back begins at each sentence's own end.

    The same as packing (lesson 07), and quicker here, because sentences of similar length have little padding.
    """

    def __init__(self, D, H):
        super().__init__()
        self.there, self.back, self.size = torch.nn.GRU(D, H), torch.nn.GRU(D, H), 2 * H

    def forward(self, x, lengths):
        t, b = torch.arange(len(x), device=x.device)[:, None], torch.arange(x.shape[1], device=x.device)
        turned = torch.where(t < lengths, lengths - 1 - t, t)
        return torch.cat([self.there(x)[0], self.back(x[turned, b])[0][turned, b]], dim=-1)


class Window(torch.nn.Module):
    """Convolutions of width 3 above each other, (T, B, D) → (T, B, C): the top sees 2 · layers + 1 words.

    What stands in padding is set to zero before each, for a convolution sees it beside the last word.
    """

    def __init__(self, D, C, layers=2, drop=0.3):
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Conv1d(C if k else D, C, 3, padding=1) for k in range(layers))
        self.size, self.drop = C, torch.nn.Dropout(drop)

    def forward(self, x, lengths):
        real = (lengths > torch.arange(len(x), device=x.device)[:, None])[..., None]
        for layer in self.layers:
            x = self.drop(torch.relu(layer((x * real).permute(1, 2, 0)).permute(2, 0, 1)))
        return x


class Tagger(torch.nn.Module):
    """Scores for every word: what is known of the word alone, then what its neighbours say, then a linear layer.

    Args:
        lexicon: numbers for words, letters and tags.
        parts: modules (T, B) → (T, B, size), joined.
        context: function of the joined size that returns a module of (x, lengths), with its own ``size``.
        drop: share of the layer's inputs and outputs that are set to 0 while training.
    """

    def __init__(self, lexicon, parts, context, drop=0.3):
        super().__init__()
        self.parts, K = torch.nn.ModuleList(parts), len(lexicon.tags)
        self.context = context(sum(part.size for part in parts))
        self.output, self.drop = torch.nn.Linear(self.context.size, K), torch.nn.Dropout(drop)
        self.hint = torch.nn.Embedding(K, K, _weight=torch.zeros(K, K))  # for tags that somebody proposed

    def forward(self, words, lengths, hints=None):
        x = self.drop(torch.cat([part(words) for part in self.parts], dim=-1))
        o = self.output(self.drop(self.context(x, lengths)))
        return o if hints is None else o + self.hint(hints)


def train(model, loss, lexicon, sentences, updates, seed, lr, B=32):
    """Adam on batches of B sentences of similar length; the rate rises for 5 % of the updates, then falls to zero.

    Args:
        model: a tagger, on the device where it is to be trained.
        loss: function of scores (T, B, O), targets (T, B) and lengths (B,) that returns a scalar.
        seed: of the batches' order.

    Returns:
        the loss of each update, a list of floats; the model is ready for use afterwards.
    """
    device, curve = next(model.parameters()).device, []
    optimizer = torch.optim.Adam(model.parameters(), lr, fused=True)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=updates, pct_start=0.05, anneal_strategy="linear", cycle_momentum=False
    )
    for chosen in islice(batches(sentences, B, seed), updates):
        words, targets, lengths = lexicon.batch(chosen, device)
        error = loss(model(words, lengths, lexicon.hints(chosen, device)), targets, lengths)
        optimizer.zero_grad()
        error.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        rate.step()
        curve.append(error.item())
    model.eval()
    return curve


@torch.no_grad()
def scores_of(model, lexicon, sentences):
    """Log-probabilities of the tags for each sentence: a list of arrays (its length, O)."""
    device = next(model.parameters()).device
    words, _, lengths = lexicon.batch(sentences, device)
    o = model(words, lengths, lexicon.hints(sentences, device)).log_softmax(-1).cpu().numpy()
    return [o[: len(s), b] for b, s in enumerate(sentences)]


def tags_of(model, lexicon, sentences):
    """The likeliest tag of each word, a list for each sentence."""
    return [[lexicon.tags[k] for k in o.argmax(-1)] for o in scores_of(model, lexicon, sentences)]
