"""Lesson 08, language model: wrong answers that people really give, as one-line edits of the reference solutions."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

STRETCH = "S = (len(ids) - 1) // (B * T) * T"
CUT = "ids[first : first + B * S].reshape(B, -1, T) for first in (0, 1)"
TURNED = "return x.transpose(1, 2, 0), y.transpose(1, 2, 0)"

WINDOWS = (
    Misconception(
        "targets-are-inputs",
        ("for first in (0, 1)", "for first in (0, 0)"),
        "The targets are the inputs themselves: the network would only learn to copy. What should it say at step t?",
    ),
    Misconception(
        "targets-two-ahead",
        (CUT, "ids[first : first + B * S].reshape(B, -1, T) for first in (0, min(2, len(ids) - B * S))"),
        "The targets are shifted by two: the symbol right after the input is never asked for.",
    ),
    Misconception(
        "shifted-the-wrong-way",
        ("for first in (0, 1)", "for first in (1, 0)"),
        "Inputs and targets are swapped: here the network would be asked for the symbol before, not after.",
    ),
    Misconception(
        "rolled-in-a-window",
        (TURNED, "return x.transpose(1, 2, 0), np.roll(x, -1, axis=2).transpose(1, 2, 0)"),
        "The target of a window's last step is its own first symbol: the shift went round in a circle. Shift the text "
        "before it is cut.",
    ),
    Misconception(
        "rolled-in-a-column",
        (TURNED, "x = x.transpose(1, 2, 0); return x, np.roll(x.reshape(S, B), -1, axis=0).reshape(x.shape)"),
        "The target of a column's last step is that column's first symbol: the shift went round in a circle. Shift the "
        "text before it is cut.",
    ),
    Misconception(
        "windows-side-by-side",
        (
            TURNED,
            "x, y = (v.reshape(-1, B, T).swapaxes(1, 2) for v in (x, y)); return x, y",
        ),
        "Columns that stand side by side hold windows that follow each other in the text, so window n + 1 does not go "
        "on where window n ended, and the carried state belongs to another place. Cut into B stretches first.",
    ),
    Misconception(
        "symbols-dealt-out",
        (TURNED, "return tuple(v.reshape(-1, T, B) for v in (x, y))"),
        "The text runs across the columns instead of down: a column holds every B-th symbol. Which axis is time?",
    ),
    Misconception(
        "batch-first",
        (TURNED, "return x.transpose(1, 0, 2), y.transpose(1, 0, 2)"),
        "The axes are (window, column, time step). In this course time comes before the columns.",
    ),
    Misconception(
        "columns-first",
        (TURNED, "return x.transpose(0, 2, 1), y.transpose(0, 2, 1)"),
        "The first axis counts columns. It should count windows: training takes one window after the other.",
    ),
    Misconception(
        "last-window-lost",
        (TURNED, "return x.transpose(1, 2, 0)[:-1], y.transpose(1, 2, 0)[:-1]"),
        "The last window is missing, though the text has a target for each of its steps.",
    ),
    Misconception(
        "no-room-for-the-last-target",
        (STRETCH, "S = len(ids) // (B * T) * T"),
        "The windows take every symbol of the text as input, and the last one has no target. How many inputs are left?",
    ),
    Misconception(
        "first-symbol-behind-the-last",
        ("S = (len(ids) - 1) // (B * T) * T", "S, ids = len(ids) // (B * T) * T, np.append(ids, ids[0])"),
        "The windows take every symbol as input, and the last target is the first symbol of the text. Where nothing "
        "follows, nothing can be asked.",
    ),
)

LOSSES = "real = np.where(mask, losses, 0)"
NATS = "nats = real.sum() / mask.sum()"
MEASURED = "return real.sum(axis=0) / mask.sum(axis=0) / np.log(2), nats / np.log(2), np.exp(nats)"

MEASURES = (
    Misconception(
        "padding-counted-as-characters",
        ("mask.sum()", "mask.size"),
        "The sum of the real losses is divided by all entries, padding included: longer padding would make a better "
        "model.",
    ),
    Misconception(
        "padding-scored",
        (LOSSES, "real, mask = losses, np.ones_like(mask)"),
        "The padding is scored as if it were text. The mask says which losses are real.",
    ),
    Misconception(
        "multiplied-by-mask",
        (LOSSES, "real = losses * mask"),
        "The padding may hold ∞, and ∞ · 0 is no number. Choose the real losses instead of multiplying.",
    ),
    Misconception(
        "real-infinity-dropped",
        (LOSSES, "real = np.where(mask & np.isfinite(losses), losses, 0)"),
        "A real loss of ∞ was left out. A model that gave no chance to a character that came has earned it: only the "
        "padding does not count.",
    ),
    Misconception(
        "mask-inverted",
        (LOSSES, "mask = ~mask; real = np.where(mask, losses, 0)"),
        "The padding is scored and the text is left out: True marks a real character.",
    ),
    Misconception(
        "mean-of-texts",
        (NATS, "nats = (real.sum(axis=0) / mask.sum(axis=0)).mean()"),
        "This is the mean of the texts' means: a text of one character counts as much as a long one. Add first, "
        "divide once.",
    ),
    Misconception(
        "mean-of-steps",
        (NATS, "nats = (real.sum(axis=1) / mask.sum(axis=1)).mean()"),
        "This is the mean of the time steps' means: the late steps, which few texts reach, count too much.",
    ),
    Misconception(
        "nats",
        (MEASURED, MEASURED.replace(" / np.log(2)", "")),
        "These are nats. A bit is ln 2 nats: divide or multiply?",
    ),
    Misconception(
        "times-log-2",
        (MEASURED, MEASURED.replace("/ np.log(2)", "* np.log(2)")),
        "A bit is ln 2 nats, about 0.69: so there are more bits than nats in a loss, not fewer.",
    ),
    Misconception(
        "two-to-the-nats",
        ("np.exp(nats)", "2**nats"),
        "2 to the power of nats mixes two bases: 2 goes with bits, e with nats.",
    ),
    Misconception(
        "e-to-the-bits",
        ("np.exp(nats)", "np.exp(nats / np.log(2))"),
        "e to the power of bits mixes two bases: 2 goes with bits, e with nats.",
    ),
    Misconception(
        "perplexity-of-the-sum",
        ("np.exp(nats)", "np.exp(real.sum())"),
        "This is 1 over the probability of everything together. The perplexity is that of one character.",
    ),
    Misconception(
        "mean-perplexity",
        ("np.exp(nats)", "np.exp(losses)[mask].mean()"),
        "exp was taken of each loss, then the mean. Perplexity is exp of the mean: a few surprises must not rule all.",
    ),
)

START = "P = np.full(counts.shape[1:], 1 / counts.shape[-1], counts.dtype)"
MIXED = "mixed = (np.maximum(c - d_k, 0) + d_k * kinds * P) / np.maximum(n, 1)"
CHOSEN = "P = np.where(n > 0, mixed, P)"

BACK_OFF = (
    Misconception(
        "starts-from-nothing",
        (START, "P = np.zeros(counts.shape[1:], counts.dtype)"),
        "Below the single symbols there is nothing: the freed mass of the first order is lost, and rows do not sum to "
        "1. What is P_{−1}?",
    ),
    Misconception(
        "mass-forgotten",
        ("d_k * kinds * P", "d_k * P"),
        "The discount is taken from every kind of successor, but given back once only: rows sum to less than 1.",
    ),
    Misconception(
        "nothing-given-back",
        (" + d_k * kinds * P", ""),
        "The discount is taken and never given to the shorter context, which so has no influence: what never followed "
        "gets 0.",
    ),
    Misconception(
        "no-discount",
        ("np.maximum(c - d_k, 0)", "c"),
        "The shorter context is given its share, but nothing was taken from the counts: rows sum to more than 1.",
    ),
    Misconception(
        "discounts-what-is-zero",
        ("np.maximum(c - d_k, 0)", "(c - d_k)"),
        "The discount is taken from counts of 0 as well, and they become negative: only what was seen can give.",
    ),
    Misconception(
        "kinds-are-all",
        ("(c > 0).sum", "(c >= 0).sum"),
        "As many discounts are given back as there are symbols; only those that did follow gave one.",
    ),
    Misconception(
        "kinds-are-occurrences",
        ("(c > 0).sum", "c.sum"),
        "Each occurrence gives a discount back; but it was taken once for each kind of successor.",
    ),
    Misconception(
        "kinds-seen-once",
        ("(c > 0).sum", "(c == 1).sum"),
        "Only successors seen exactly once are counted as kinds. Every successor that was seen gave a discount.",
    ),
    Misconception(
        "one-discount-for-all",
        (START, START + "; d = np.full_like(d, d[0])"),
        "Every order uses the discount of the first. Each order has one of its own.",
    ),
    Misconception(
        "longest-first",
        ("zip(counts, d, strict=True)", "zip(counts[::-1], d[::-1], strict=True)"),
        "The orders are walked from the longest context to the shortest, so the single symbols have the last word.",
    ),
    Misconception(
        "only-where-never-seen",
        (CHOSEN, "P = np.where(c > 0, c / np.maximum(n, 1), P)"),
        "The shorter context is asked only for symbols that never followed, and nothing is discounted: rows sum to "
        "more than 1.",
    ),
    Misconception(
        "unseen-is-zero",
        (CHOSEN, "P = mixed"),
        "A context that never occurred gives 0 for every symbol. Nothing is known there but what the shorter context "
        "says.",
    ),
    Misconception(
        "unseen-is-uniform",
        (CHOSEN, "P = np.where(n > 0, mixed, 1 / c.shape[-1])"),
        "A context that never occurred falls back to guessing at random, past all the shorter ones.",
    ),
    Misconception(
        "unseen-is-nan",
        (f"{MIXED}", MIXED.replace("np.maximum(n, 1)", "n") + "; n = n + 1"),
        "0 / 0: a context that never occurred is not a number. What does the formula say for n = 0?",
    ),
    Misconception(
        "kinds-of-all-rows",
        ("(c > 0).sum(axis=-1, keepdims=True)", "(c > 0).sum()"),
        "The kinds of successors were counted over all contexts together. Each row has its own number.",
    ),
    Misconception(
        "kinds-of-any-row",
        ("(c > 0).sum(axis=-1, keepdims=True)", "(c > 0).any(axis=0).sum()"),
        "A symbol counts as a kind where it followed in any of the contexts. Each row has its own successors.",
    ),
)

SCALED = "scores = o / tau"
SHIFTED = "e = np.exp(scores - scores.max(axis=-1, keepdims=True))"
DRAWN = "drawn = (p.cumsum(axis=-1) <= u[:, None]).sum(axis=-1)"

SAMPLE = (
    Misconception(
        "no-temperature",
        (SCALED, "scores = o"),
        "The temperature has no influence.",
    ),
    Misconception(
        "times-temperature",
        ("o / tau", "o * tau"),
        "The temperature works the wrong way round: a low one should sharpen the probabilities, here it flattens them.",
    ),
    Misconception(
        "probabilities-divided",
        (SCALED, "scores = np.exp(o - o.max(axis=-1, keepdims=True)); scores /= scores.sum(-1, keepdims=True) * tau"),
        "The probabilities are divided by the temperature and sent through a second softmax. It is the scores, before "
        "the only softmax, that are divided.",
    ),
    Misconception(
        "not-stable",
        (SHIFTED, "e = np.exp(scores)"),
        "exp overflows when the temperature is low. Adding the same number to all scores changes no probability.",
    ),
    Misconception(
        "normalised-over-rows",
        ("p = e / e.sum(axis=-1, keepdims=True)", "p = e / e.sum(axis=0, keepdims=True)"),
        "The columns sum to 1, not the rows: over which axis do the symbols lie?",
    ),
    Misconception(
        "always-the-likeliest",
        (DRAWN, "drawn = p.argmax(axis=-1)"),
        "The likeliest symbol is always taken; u has no influence. That is no draw.",
    ),
    Misconception(
        "nearest-probability",
        (DRAWN, "drawn = abs(p - u[:, None]).argmin(axis=-1)"),
        "u is compared with the probabilities themselves. Compare it with where each symbol's stretch ends.",
    ),
    Misconception(
        "one-too-far",
        (DRAWN, "drawn = (p.cumsum(axis=-1) <= u[:, None]).sum(axis=-1) + 1"),
        "One symbol too far: how many stretches end before u?",
    ),
    Misconception(
        "one-too-early",
        (DRAWN, "drawn = np.maximum((p.cumsum(axis=-1) <= u[:, None]).sum(axis=-1) - 1, 0)"),
        "One symbol too early: this is the last stretch that ends before u, not the one that u lies in.",
    ),
    Misconception(
        "from-the-other-end",
        ("<= u[:, None]", "<= 1 - u[:, None]"),
        "The stretches are measured from the other end: 1 − u takes the place of u.",
    ),
    Misconception(
        "same-u-for-all-rows",
        ("<= u[:, None]", "<= u[0]"),
        "Every row is drawn with the first number; each has a u of its own.",
    ),
    Misconception(
        "a-symbol-behind-the-last",
        ("np.minimum(drawn, o.shape[-1] - 1)", "drawn"),
        "For u just below 1 symbol K is drawn, and there is none: the sum of rounded probabilities can end below u.",
    ),
    Misconception(
        "zero-draws-the-impossible",
        ("<= u[:, None]", "< u[:, None]"),
        "With u = 0 the first symbol is drawn even when its probability is 0: “smallest j with a sum above u”, and 0 "
        "is not above 0.",
    ),
    Misconception(
        "one-largest-for-all",
        ("scores.max(axis=-1, keepdims=True)", "scores.max()"),
        "One number, the largest score of all rows, is subtracted everywhere. In a row that lies far below it, every "
        "exponential becomes 0, and 0/0 is nan: each row needs its own.",
    ),
)

BANK = {
    "language_model.windows": WINDOWS,
    "language_model.measures": MEASURES,
    "language_model.back_off": BACK_OFF,
    "language_model.sample": SAMPLE,
}
