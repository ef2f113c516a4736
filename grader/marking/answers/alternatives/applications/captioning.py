"""Lesson 08, captioning: right answers written differently."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.checks.device import pick_device
from grader.marking.answers.alternatives import Alternatives, Axes
from solutions import gru
from solutions.srn import output_layer


def _tensors(*arrays):
    return (torch.as_tensor(array, device=pick_device()) for array in arrays)


def _layer(cell, like):
    """PyTorch's GRU with the parameters of a cell."""
    W, U, b, b_m = (torch.as_tensor(cell[name], device=like.device) for name in ("W", "U", "b", "b_m"))
    H = len(b_m)
    layer = torch.nn.GRU(W.shape[1], H, device=like.device, dtype=like.dtype)
    with torch.no_grad():
        given = (W, U, b, torch.cat([torch.zeros(2 * H, device=like.device, dtype=like.dtype), b_m]))
        for own, value in zip(layer.parameters(), given, strict=True):
            own.copy_(value)
    return layer


# --- captioning.convolve --------------------------------------------------------------------------------------------


def convolve_place_by_place(x, K, b, stride):
    R, S = K.shape[2:]
    rows, columns = range(0, x.shape[2] - R + 1, stride), range(0, x.shape[3] - S + 1, stride)
    maps = np.empty((len(x), len(K), len(rows), len(columns)), x.dtype)
    for i, p in enumerate(rows):
        for j, q in enumerate(columns):
            maps[:, :, i, j] = np.tensordot(x[:, :, p : p + R, q : q + S], K, axes=([1, 2, 3], [1, 2, 3])) + b
    maps[maps < 0] = 0
    return maps


def convolve_kernel_by_kernel(x, K, b, stride):
    """The whole picture, shifted and weighted, for each entry of the kernel."""
    M, C, R, S = K.shape
    I, J = (x.shape[2] - R) // stride + 1, (x.shape[3] - S) // stride + 1
    maps = np.zeros((len(x), M, I, J), x.dtype) + b.reshape(1, M, 1, 1)
    for m in range(M):
        for c in range(C):
            for r in range(R):
                for s in range(S):
                    seen = x[:, c, r : r + (I - 1) * stride + 1 : stride, s : s + (J - 1) * stride + 1 : stride]
                    maps[:, m] += K[m, c, r, s] * seen
    return maps * (maps > 0)


def convolve_as_one_product(x, K, b, stride):
    """Every window becomes a row, every kernel a column."""
    R, S = K.shape[2:]
    I, J = (x.shape[2] - R) // stride + 1, (x.shape[3] - S) // stride + 1
    rows = [
        x[:, :, i * stride : i * stride + R, j * stride : j * stride + S].reshape(len(x), -1)
        for i in range(I)
        for j in range(J)
    ]
    z = np.stack(rows, axis=1) @ K.reshape(len(K), -1).T + b
    return np.maximum(z, 0).swapaxes(1, 2).reshape(len(x), len(K), I, J)


def convolve_in_torch(x, K, b, stride):
    x, K, b = _tensors(x, K, b)
    return torch.relu(torch.nn.functional.conv2d(x, K, b, stride=stride))


# --- captioning.caption_states --------------------------------------------------------------------------------------


def states_step_by_step(features, captions, A, a, E, cell):
    h0 = np.tanh(np.einsum("bf,hf->bh", features, A) + a)
    h, states = h0, []
    for t in range(len(captions)):
        x_t = np.stack([E[-1] if t == 0 else E[word] for word in captions[t - 1]])
        h = gru.step(x_t, h, **cell)
        states.append(h)
    return h0, states


def states_row_by_row(features, captions, A, a, E, cell):
    T, B = captions.shape
    h0 = np.array([[math.tanh(z) for z in A @ f + a] for f in features], features.dtype)
    h = np.empty((T, *h0.shape), h0.dtype)
    for row in range(B):
        x = E[[len(E) - 1, *captions[:-1, row]]]
        h[:, row] = gru.sequence(x[:, None], h0[row : row + 1], **cell)[:, 0]
    return h0, h


def states_by_one_hot(features, captions, A, a, E, cell):
    """The table E as a product with rows of zeros and a single one; tanh by exp."""
    eye = np.eye(len(E), dtype=E.dtype)
    read = np.vstack([np.full((1, captions.shape[1]), len(E) - 1), captions])[:-1]
    h0 = 1 - 2 / (1 + np.exp(2 * (A @ features.T + a[:, None]).T))
    return h0, gru.forward(eye[read] @ E, h0, **cell)[0]


def states_in_torch(features, captions, A, a, E, cell):
    features, captions, A, a, E = _tensors(features, captions, A, a, E)
    with torch.no_grad():
        h0 = torch.tanh(torch.nn.functional.linear(features, A, a))
        x = torch.cat([E[-1].expand(1, len(h0), -1), E[captions[:-1]]])
        return h0, _layer(cell, h0)(x, h0[None])[0]


# --- captioning.caption_loss ----------------------------------------------------------------------------------------


def loss_in_loops(o, targets, end):
    total, words = 0.0, 0
    for row in range(targets.shape[1]):
        for scores, word in zip(o[:, row].astype(float), targets[:, row], strict=True):
            top = scores.max()
            total += top + math.log(sum(math.exp(s - top) for s in scores)) - scores[word]
            words += 1
            if word == end:
                break
    return total / words, total / targets.shape[1]


def loss_by_lengths(o, targets, end):
    is_end = targets == end
    lengths = np.where(is_end.any(axis=0), is_end.argmax(axis=0) + 1, len(targets))
    mask = np.arange(len(targets))[:, None] < lengths
    own = np.take_along_axis(o, targets[..., None], -1)[..., 0]
    losses = np.where(mask, np.logaddexp.reduce(o, axis=-1) - own, 0)
    per_caption = losses.sum(axis=0)
    return per_caption.sum() / lengths.sum(), per_caption.mean()


def loss_in_torch(o, targets, end):
    """PyTorch's own way to leave places out: a target that is ignored."""
    o, targets = _tensors(o, targets)
    before = torch.cumsum(targets == end, 0).roll(1, 0)
    before[0] = 0
    kept = targets.masked_fill(before > 0, -100)
    total = torch.nn.functional.cross_entropy(o.flatten(0, 1), kept.flatten(), reduction="sum")
    return total / (kept != -100).sum(), total / targets.shape[1]


def loss_by_deleting(o, targets, end):
    """Only the counted places are looked at: flat lists of scores and words."""
    counted = np.logical_and.accumulate(np.vstack([np.ones((1, targets.shape[1]), bool), targets[:-1] != end]))
    scores, words = o[counted], targets[counted]
    scores = scores - scores.max(axis=1, keepdims=True)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(words)), words]
    return losses.mean(), losses.sum() / targets.shape[1]


# --- captioning.write -----------------------------------------------------------------------------------------------


def write_row_by_row(h0, E, cell, V, c, end, limit):
    words, log_p = np.full((limit, len(h0)), end), np.zeros(len(h0), h0.dtype)
    for row in range(len(h0)):
        h, x = h0[row : row + 1], E[-1:]
        for t in range(limit):
            h = gru.step(x, h, **cell)
            y = output_layer(h[None], V, c)[0, 0]
            words[t, row] = word = int(np.argmax(y))
            log_p[row] += np.log(y[word])
            if word == end:
                break
            x = E[word : word + 1]
    return words, log_p


def write_only_what_is_open(h0, E, cell, V, c, end, limit):
    """Rows that have ended are taken out of the batch."""
    words, log_p = np.full((limit, len(h0)), end), np.zeros(len(h0), h0.dtype)
    at, h, x = np.arange(len(h0)), h0, np.repeat(E[-1:], len(h0), axis=0)
    for t in range(limit):
        h = gru.step(x, h, **cell)
        o = np.einsum("bh,oh->bo", h, V) + c
        word = o.argmax(axis=1)
        words[t, at] = word
        log_p[at] += o.max(axis=1) - np.logaddexp.reduce(o, axis=1)
        goes_on = word != end
        at, h, x = at[goes_on], h[goes_on], E[word[goes_on]]
        if not len(at):
            break
    return words, log_p


def write_and_mend(h0, E, cell, V, c, end, limit):
    """Write on to the limit; afterwards put the end symbol after each end, and leave its logarithms out."""
    h, word, words, logs = h0, np.full(len(h0), -1), [], []
    for _ in range(limit):
        h = gru.step(E[word], h, **cell)
        y = output_layer(h[None], V, c)[0]
        word = y.argmax(axis=1)
        words.append(word)
        logs.append(np.log(y.max(axis=1)))
    words, logs = np.array(words), np.array(logs)
    over = np.cumsum(words == end, axis=0) > (words == end)
    over |= np.cumsum(words == end, axis=0) > 1
    return np.where(over, end, words), np.where(over, 0, logs).sum(axis=0)


def write_in_torch(h0, E, cell, V, c, end, limit):
    h0, E, V, c = _tensors(h0, E, V, c)
    layer, h, word = _layer(cell, h0), h0[None], torch.full((len(h0),), len(E) - 1, device=h0.device)
    words, log_p, going = [], torch.zeros(len(h0), dtype=h0.dtype, device=h0.device), torch.ones_like(word)
    with torch.no_grad():
        for _ in range(limit):
            h = layer(E[word][None], h)[1]
            logs, word = torch.log_softmax(h[0] @ V.T + c, dim=1).max(dim=1)
            word = torch.where(going == 1, word, end)
            log_p += going * logs
            going = going * (word != end)
            words.append(word)
    return torch.stack(words), log_p


ALTERNATIVES = {
    "captioning.convolve": Alternatives(
        (
            convolve_place_by_place,
            convolve_kernel_by_kernel,
            convolve_as_one_product,
            convolve_in_torch,
        ),
        Axes("x:BCPQ K:MCRS b:M", "maps:BMIJ", "BCM"),
    ),
    "captioning.caption_states": Alternatives(
        (states_step_by_step, states_row_by_row, states_by_one_hot, states_in_torch),
        Axes("features:BF captions:TB A:HF a:H E:OD W:GD U:GH b:G b_m:H", "h0:BH h:TBH", "BF"),
    ),
    "captioning.caption_loss": Alternatives(
        (loss_in_loops, loss_by_lengths, loss_in_torch, loss_by_deleting),
        Axes("o:TBO targets:TB", "", "B"),
    ),
    "captioning.write": Alternatives(
        (write_row_by_row, write_only_what_is_open, write_and_mend, write_in_torch),
        Axes("h0:BH E:OD W:GD U:GH b:G b_m:H V:OH c:O", "words:TB log_p:B", "BD"),
    ),
}
