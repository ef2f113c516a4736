"""Lesson 08, sentiment: wrong answers that people really give, as one-line edits of the reference."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

MASK_LONG = (
    "One word too many is taken for real: the first step of the padding. Steps are counted from 0, lengths from 1."
)
MASK_SHORT = "The last word of each sentence is taken for padding. Steps are counted from 0: what is the last real one?"

LAST = "last = h[lengths - 1, rows]"
MEAN = "mean = h.masked_fill(padding, 0.0).sum(0) / lengths[:, None]"
LARGEST = "largest = h.masked_fill(padding, -torch.inf).amax(0)"
PADDING = "padding = (steps[:, None] >= lengths)[..., None]"
POOL = (
    Misconception(
        "last-row",
        (LAST, "last = h[-1]"),
        "last is the state of step T for every sentence. A shorter sentence ended earlier: there stands only padding.",
    ),
    Misconception(
        "one-too-early",
        (LAST, "last = h[lengths - 2, rows]"),
        "last is the state after the last word but one. A sentence of n words ends at the index n − 1.",
    ),
    Misconception(
        "all-pairs",
        (LAST, "last = h[lengths - 1]"),
        "last has two axes for sentences: each at the end of every other one. Both axes of h need an index.",
    ),
    Misconception(
        "first-word",
        (LAST, "last = h[0]"),
        "last is the state after the first word. The network has read nothing else by then.",
    ),
    Misconception(
        "divided-by-T",
        (MEAN, "mean = h.masked_fill(padding, 0.0).sum(0) / len(h)"),
        "The mean is divided by the length of the batch, T. How many real states did you add up?",
    ),
    Misconception(
        "mean-of-everything",
        (MEAN, "mean = h.mean(0)"),
        "The mean is taken over the padding too. Whatever stands there changes it.",
    ),
    Misconception(
        "padding-added",
        (MEAN, "mean = h.sum(0) / lengths[:, None]"),
        "The sum of the mean runs over the padding too; only its divisor is the sentence's own length.",
    ),
    Misconception(
        "largest-of-everything",
        (LARGEST, "largest = h.amax(0)"),
        "largest looks at the padding too. A large number there wins.",
    ),
    Misconception(
        "zero-in-the-maximum",
        (LARGEST, "largest = h.masked_fill(padding, 0.0).amax(0)"),
        "Padding takes part in largest as 0. Where all states are negative, 0 is the largest: what can never win?",
    ),
    Misconception(
        "largest-in-size",
        (LARGEST, "largest = h.abs().masked_fill(padding, -torch.inf).amax(0)"),
        "largest forgets the sign: −3 is not larger than 2.",
    ),
    Misconception(
        "NaN-times-zero",
        (MEAN, "mean = (h * ~padding).sum(0) / lengths[:, None]"),
        "The mean multiplies the padding by 0. Where NaN stands there, 0 · NaN is NaN: choose, do not multiply.",
        rest_is_right=True,
    ),
    Misconception(
        "cleared-behind-the-graph",
        (MEAN, "h.data[padding[..., 0]] = 0; mean = h.sum(0) / lengths[:, None]"),
        "Values right, but the gradient of the mean flows into the padding: what is done to `h.data`, or under "
        "`torch.no_grad()`, no graph sees.",
        rest_is_right=True,
    ),
    Misconception(
        "last-detached",
        (LAST, LAST + ".detach()"),
        "last is right, but it was cut off from the graph: no gradient can reach the network through it.",
        rest_is_right=True,
    ),
    Misconception("mask-one-too-long", (PADDING, "padding = (steps[:, None] > lengths)[..., None]"), MASK_LONG),
    Misconception("mask-one-too-short", (PADDING, "padding = (steps[:, None] >= lengths - 1)[..., None]"), MASK_SHORT),
)

REAL = "real = torch.arange(len(s), device=s.device)[:, None] < lengths"
LOSSES = "losses = torch.where(real, torch.nn.functional.softplus(s) - y * s, 0.0)"
RETURN = "return losses.sum() / lengths.sum(), (losses.sum(0) / lengths).mean()"
MASKED_LOSS = (
    Misconception(
        "padding-counted",
        (LOSSES, "losses = torch.nn.functional.softplus(s) - y * s"),
        "Losses of the padding are added up too, while the divisors count real words only.",
    ),
    Misconception(
        "mean-over-the-array",
        (RETURN, "return losses.mean(), (losses.sum(0) / lengths).mean()"),
        "The mean per word divides by T · B. Padding has no loss, but here it still counts as words.",
    ),
    Misconception(
        "nothing-masked",
        (RETURN, "m = torch.nn.functional.softplus(s) - y * s; return m.mean(), m.mean(0).mean()"),
        "Both means are taken over the whole array, padding included. That is why they are equal.",
    ),
    Misconception(
        "sentences-divided-by-T",
        (RETURN, "return losses.sum() / lengths.sum(), (losses.sum(0) / len(s)).mean()"),
        "The mean per sentence divides every sentence by T: a short one counts for less than a long one.",
    ),
    Misconception(
        "the-same-mean-twice",
        (RETURN, "return losses.sum() / lengths.sum(), losses.sum() / lengths.sum()"),
        "Both results are the mean per word. Per sentence: first a mean inside each sentence, then over the sentences.",
    ),
    Misconception(
        "sum-over-sentences",
        (RETURN, "return losses.sum() / lengths.sum(), (losses.sum(0) / lengths).sum()"),
        "The sentences' means are added up. Twice the batch, twice the loss: it is the mean over the sentences.",
    ),
    Misconception(
        "exchanged",
        (RETURN, "return (losses.sum(0) / lengths).mean(), losses.sum() / lengths.sum()"),
        "The two means are in the opposite order: per word comes first.",
    ),
    Misconception(
        "scores-masked",
        (LOSSES, "s = torch.where(real, s, 0.0); losses = torch.nn.functional.softplus(s) - y * s"),
        "The scores of the padding are set to 0, not its losses. A score of 0 costs log 2. Mask after the loss.",
    ),
    Misconception(
        "overflow",
        (LOSSES, "losses = torch.where(real, torch.log(1 + torch.exp(s)) - y * s, 0.0)"),
        "exp overflows where the network is very sure. There is a form of log(1 + exp(s)) that does not.",
    ),
    Misconception(
        "plus",
        (LOSSES, "losses = torch.where(real, torch.nn.functional.softplus(s) + y * s, 0.0)"),
        "The sign of y s is turned: a high score for a positive sentence must lower the loss.",
    ),
    Misconception(
        "negative-for-positive",
        (LOSSES, "losses = torch.where(real, torch.nn.functional.softplus(s) - (1 - y) * s, 0.0)"),
        "y and 1 − y have changed places: a score above 0 speaks for positive, y = 1.",
    ),
    Misconception(
        "sigmoid-twice",
        (LOSSES, "p = s.sigmoid(); losses = torch.where(real, torch.nn.functional.softplus(p) - y * p, 0.0)"),
        "The scores go through σ twice: a loss on logits wants the scores themselves.",
    ),
    Misconception(
        "rounded-targets",
        (LOSSES, "losses = torch.where(real, torch.nn.functional.softplus(s) - (y > 0.5) * s, 0.0)"),
        "The targets were rounded to 0 and 1. They are degrees: y = 0.6 is less positive than y = 0.9.",
    ),
    Misconception("mask-one-too-long", (REAL, REAL.replace("<", "<=")), MASK_LONG),
    Misconception("mask-one-too-short", (REAL, f"{REAL} - 1"), MASK_SHORT),
    Misconception(
        "only-the-end",
        (REAL, REAL.replace("<", "==") + " - 1"),
        "Only the last word's loss is left. Here every real word has one.",
    ),
    Misconception(
        "cut-off",
        (RETURN, "losses = losses.detach(); " + RETURN),
        "The values are right and no gradient arrives: something cuts the graph (.item(), .detach(), NumPy).",
        rest_is_right=True,
    ),
)

THERE = "there = np.arange(len(s))[:, None] < lengths"
RIGHT = "right = ((s > 0) == positive) & there"
SHARE = "return right.sum(axis=1) / sentences, sentences"
AS_WORDS_ARRIVE = (
    Misconception(
        "padding-counted",
        (RIGHT, "right = (s > 0) == positive"),
        "Right answers in the padding are counted as well, and divided by the number of sentences that are there.",
        rest_is_right=True,
    ),
    Misconception(
        "divided-by-B",
        (SHARE, "return right.sum(axis=1) / len(lengths), sentences"),
        "Every row is divided by B. Sentences that have ended count as wrong: the curve falls for no reason.",
    ),
    Misconception(
        "nothing-masked",
        (THERE, "there = np.ones_like(s, dtype=bool)"),
        "All B sentences are counted at every step. Those that have ended are judged by what stands in the padding.",
    ),
    Misconception("one-too-long", (THERE, THERE.replace("<", "<=")), MASK_LONG),
    Misconception("one-too-short", (THERE, f"{THERE} - 1"), MASK_SHORT),
    Misconception(
        "probability",
        (RIGHT, "right = ((s > 0.5) == positive) & there"),
        "The scores are compared with ½, as if they were probabilities. σ(0) = ½: where does a score change sides?",
    ),
    Misconception(
        "zero-is-positive",
        (RIGHT, "right = ((s >= 0) == positive) & there"),
        "A score of exactly 0 says “positive” here. Read the exercise again: which side does it belong to?",
    ),
    Misconception(
        "carried-on",
        (
            THERE,
            "there = np.ones_like(s, dtype=bool); "
            "s = s[np.minimum(np.arange(len(s))[:, None], lengths - 1), np.arange(len(lengths))]",
        ),
        "A sentence that has ended keeps its last answer here. Asked for: only the sentences that are that long.",
    ),
    Misconception(
        "errors",
        (RIGHT, "right = ((s > 0) != positive) & there"),
        "This is the share of wrong answers: 1 − accuracy.",
    ),
    Misconception(
        "only-where-it-ends",
        (THERE, "there = np.arange(len(s))[:, None] == lengths - 1"),
        "Only sentences of exactly that length are counted. Longer ones have read that many words too.",
    ),
    Misconception(
        "one-number-a-sentence",
        ("axis=1", "axis=0"),
        "The sums run over the words, so that one number for each sentence is left. Wanted is one for each word.",
        times=2,
    ),
)

GAIN = "gain = right_b.astype(float) - right_a"
QUANTILES = "np.quantile(gain[resamples].mean(axis=1), [0.025, 0.975])"
DIFFERENCE = "return gain.mean(), low, high"
PAIRED_INTERVAL = (
    Misconception(
        "a-minus-b",
        (GAIN, "gain = right_a.astype(float) - right_b"),
        "All three have the opposite sign: how much more accurate b is than a, that is b minus a.",
    ),
    Misconception(
        "unpaired",
        (
            "gain[resamples].mean(axis=1)",
            "right_b[resamples].mean(axis=1) - right_a[resamples[::-1]].mean(axis=1)",
        ),
        "a and b are judged on different resamples. An easy sentence helps both: draw it for both, or for neither.",
    ),
    Misconception(
        "ninety-percent",
        ("[0.025, 0.975]", "[0.05, 0.95]"),
        "Five per cent are left out on each side: that is an interval of 90 %. How much may be left out on one side?",
    ),
    Misconception(
        "percent",
        ("[0.025, 0.975]", "[2.5, 97.5]"),
        "np.quantile counts from 0 to 1; np.percentile counts from 0 to 100.",
    ),
    Misconception(
        "smallest-and-largest",
        ("[0.025, 0.975]", "[0, 1]"),
        "These are the smallest and the largest resample. More resamples would make the interval wider and wider.",
    ),
    Misconception(
        "wrong-axis",
        ("gain[resamples].mean(axis=1)", "gain[resamples].mean(axis=0)"),
        "The mean is taken over the resamples. Each resample, a row, is one test set and has one mean.",
    ),
    Misconception(
        "standard-deviation",
        (QUANTILES, "gain.mean() + np.array([-1.96, 1.96]) * gain[resamples].mean(axis=1).std()"),
        "The interval is made from a standard deviation. The percentile bootstrap reads it off the sorted resamples.",
    ),
    Misconception(
        "spread-of-sentences",
        (QUANTILES, "np.quantile(gain, [0.025, 0.975])"),
        "These are quantiles over single sentences, all −1, 0 or 1. How uncertain is their *mean*?",
    ),
    Misconception(
        "centre-of-resamples",
        (DIFFERENCE, "return gain[resamples].mean(), low, high"),
        "The difference is that of the resamples. It is measured on the test sentences as they are.",
    ),
    Misconception(
        "only-a-changes",
        ("gain[resamples].mean(axis=1)", "right_b.mean() - right_a[resamples].mean(axis=1)"),
        "b is always judged on the same sentences, a on the resampled ones.",
    ),
)

BANK = {
    "sentiment.pool": POOL,
    "sentiment.masked_loss": MASKED_LOSS,
    "sentiment.as_words_arrive": AS_WORDS_ARRIVE,
    "sentiment.paired_interval": PAIRED_INTERVAL,
}
