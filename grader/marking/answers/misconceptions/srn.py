"""Lesson 01: wrong answers that people really give, as one-line edits of `solutions.srn`."""

from __future__ import annotations

from dataclasses import replace

from grader.marking.answers.misconceptions.entries import Misconception

STEP = "np.tanh(x_t @ W.T + h @ U.T + b)"
SOFTMAX = "return e / e.sum(axis=-1, keepdims=True)"
MEAN = "return losses.mean(), losses"
TARGET = "np.take_along_axis(o, targets[..., None], axis=-1)[..., 0]"
LOSSES = f"losses = log_sum - {TARGET}"
RISES = "starts[1:] = losses[1:] - losses[:-1] > rise"
COUNT = "H * D + H * H + H + O * H + O"
CELL = "torch.tanh(x_t @ self.W.T + h @ self.U.T + self.b)"

STEP_BANK = (
    Misconception(
        "transposed-U",
        ("h @ U.T", "h @ U"),
        "U enters as its transpose. U is square, so nothing complains: follow one entry U[i, j] from unit j to unit i.",
    ),
    Misconception("no-bias", (" + b)", ")"), "Something is missing from z_t: it has three terms, not two."),
    Misconception("no-state", (" + h @ U.T", ""), "The step forgets: the state before it has no influence on h_t."),
    Misconception("no-input", ("x_t @ W.T + ", ""), "The step is blind: the input x_t has no influence on h_t."),
    Misconception(
        "no-tanh",
        (STEP, STEP.removeprefix("np.tanh")),
        "This is z_t. The activation function is still to come.",
    ),
    Misconception(
        "tanh-of-input-only",
        (STEP, "np.tanh(x_t @ W.T + b) + h @ U.T"),
        "The state's part is added after tanh. All parts of z_t go through the activation together.",
    ),
    Misconception(
        "tanh-of-state-only",
        (STEP, "x_t @ W.T + np.tanh(h @ U.T + b)"),
        "The input's part is added after tanh. All parts of z_t go through the activation together.",
    ),
    Misconception(
        "tanh-before-bias",
        (STEP, "np.tanh(x_t @ W.T + h @ U.T) + b"),
        "The bias is added after tanh, so that h_t can leave the range from −1 to 1. What belongs inside?",
    ),
    Misconception(
        "tanh-of-each-part",
        (STEP, "np.tanh(x_t @ W.T) + np.tanh(h @ U.T + b)"),
        "tanh of a sum is not the sum of tanhs: add first, then activate once.",
    ),
    Misconception("tanh-twice", (STEP, f"np.tanh({STEP})"), "tanh is applied twice: once is enough."),
    Misconception(
        "sigmoid",
        (STEP, "1 / (1 + np.exp(-(x_t @ W.T + h @ U.T + b)))"),
        "The activation is another: these are sigmoids, between 0 and 1. Look at f again.",
    ),
    Misconception(
        "relu",
        (STEP, "np.maximum(x_t @ W.T + h @ U.T + b, 0)"),
        "The activation is another: nothing here is below 0. Look at f again.",
    ),
    Misconception(
        "old-state-added",
        (STEP, f"h + {STEP}"),
        "The old state is added to the new one. In this network h_t replaces h_{t−1}; it enters through U alone.",
    ),
    Misconception(
        "either-way-round",
        ("x_t @ W.T", "x_t @ (W if len(W) == x_t.shape[1] else W.T)"),
        "W is transposed only where it does not fit as it is. With as many inputs as units it fits both ways: rows are "
        "always multiplied by Wᵀ.",
    ),
    Misconception(
        "bias-twice",
        (" + b)", " + b + b)"),
        "The bias is added twice: z_t has three terms, one of them b.",
    ),
    Misconception(
        "W-not-transposed",
        ("x_t @ W.T", "x_t @ W"),
        "W enters as it is, which fits only where D = H. Rows are multiplied by Wᵀ: from (B, D) to (B, H) leads (D, "
        "H).",
    ),
    Misconception(
        "U-and-W-exchanged",
        ("np.tanh(x_t @ W.T + h @ U.T + b)", "np.tanh(x_t @ U.T + h @ W.T + b)"),
        "U and W have changed places, as in some books: here W leads from the input to the state, and U from state to "
        "state.",
    ),
    Misconception(
        "tanh-of-all-three",
        (STEP, "np.tanh(x_t @ W.T) + np.tanh(h @ U.T) + np.tanh(b)"),
        "tanh of a sum is not the sum of three tanhs: add first, then activate once.",
    ),
)

SEQUENCE_BANK = (
    Misconception(
        "h0-ignored",
        ("h = h0", "h = np.zeros_like(h0)"),
        "The sequence starts from zeros, whatever h0 is. The state before the first step is given.",
    ),
    Misconception(
        "state-not-carried",
        ("step(x_t, h, W, U, b)", "step(x_t, h0, W, U, b)"),
        "Every step starts from h0, so the network has no memory. Which state does step t need?",
    ),
    Misconception(
        "h0-among-states",
        ("states = []", "states = [h0]"),
        "There is one state too many: h0 is given, it is not an answer. T inputs make T states.",
    ),
    Misconception(
        "states-one-late",
        ("np.stack(states)", "np.stack([h0, *states[:-1]])"),
        "The list is one step late: it starts with h0 and lacks the last state. Store the state after the step, not "
        "before.",
    ),
    Misconception(
        "states-reversed",
        ("np.stack(states)", "np.stack(states[::-1])"),
        "The states are in the opposite order: the state after the first input comes first.",
    ),
    Misconception(
        "read-backwards",
        ("for x_t in x:", "for x_t in x[::-1]:"),
        "The sequence is read from its end to its start. Time is the first axis, and runs forward.",
    ),
    Misconception(
        "each-from-its-end",
        ("h = step(x_t, h, W, U, b)", "h = step(x[-1 - len(states)], h, W, U, b); states.insert(0, h); continue"),
        "The sequence is read from its end to its start: state t comes of x_t and all that follows. Time runs forward.",
    ),
    Misconception(
        "last-state-only",
        ("return np.stack(states)", "return h"),
        "This is the last state. All T are wanted.",
    ),
    Misconception(
        "batch-first",
        ("np.stack(states)", "np.stack(states, axis=1)"),
        "The axes are (B, T, H). In this course time comes first: (T, B, H).",
    ),
    Misconception(
        "first-input-repeated",
        ("step(x_t, h, W, U, b)", "step(x[0], h, W, U, b)"),
        "Every step sees the first input. Which input does step t need?",
    ),
    Misconception(
        "states-overwritten",
        ("np.stack(states)", "np.stack([h] * len(x))"),
        "All T states are the last one. If you keep a state in a list, is it an array of its own, or one that is "
        "overwritten later?",
    ),
    # A mistake in `step` spoils every sequence made with it.
    *(replace(entry, says=f"At every step: {entry.says}", where="step") for entry in STEP_BANK),
    Misconception(
        "axes-of-length-1-lost",
        ("np.stack(states)", "np.squeeze(np.stack(states))"),
        "Axes of length 1 are gone: `squeeze` takes every one of them. The shape is (T, B, H), also where one of the "
        "three is 1.",
    ),
)

OUTPUT_BANK = (
    Misconception(
        "not-stable",
        ("np.exp(o - o.max(axis=-1, keepdims=True))", "np.exp(o)"),
        "For large scores exp overflows, and ∞/∞ is nan. What can you do to the scores that leaves the softmax as it "
        "is?",
    ),
    Misconception(
        "stable-only-when-huge",
        ("np.exp(o - o.max(axis=-1, keepdims=True))", "np.exp(o - (o.max() > 700) * o.max(axis=-1, keepdims=True))"),
        "The largest score is subtracted only where scores are huge. In float32 exp overflows much earlier, and where "
        "all scores are very low every exponential is 0. What may always be done need not wait.",
    ),
    Misconception(
        "softmax-over-time",
        (SOFTMAX, "return np.exp(o - np.logaddexp.reduce(o, axis=0, keepdims=True))"),
        "The probabilities sum to 1 over the time steps. Each time step and row should make up one distribution.",
    ),
    Misconception(
        "softmax-over-batch",
        (SOFTMAX, "return np.exp(o - np.logaddexp.reduce(o, axis=1, keepdims=True))"),
        "The probabilities sum to 1 over the rows of the batch. Each time step and row should make up one "
        "distribution.",
    ),
    Misconception(
        "softmax-over-everything",
        (SOFTMAX, "return np.exp(o - np.logaddexp.reduce(o, axis=None))"),
        "All probabilities of the whole array together sum to 1. Each time step and row should make up one "
        "distribution.",
    ),
    Misconception(
        "no-bias",
        (" + c", ""),
        "The scores lack a term: the output layer has two parameters, V and c.",
    ),
    Misconception("scores", (SOFTMAX, "return o"), "These are the scores o_t. The softmax is still to come."),
    Misconception(
        "not-normalised",
        (SOFTMAX, "return e"),
        "The largest entry of each row is 1: these are the exponentials. Probabilities sum to 1.",
    ),
    Misconception(
        "exp-only",
        (SOFTMAX, "return np.exp(o)"),
        "These are the exponentials of the scores. Probabilities sum to 1.",
    ),
    Misconception(
        "log-softmax",
        (SOFTMAX, "return o - np.logaddexp.reduce(o, axis=-1, keepdims=True)"),
        "These are logarithms of the probabilities. The probabilities themselves are wanted.",
    ),
    Misconception(
        "sigmoid",
        (SOFTMAX, "return 0.5 * (1 + np.tanh(0.5 * o))"),
        "Each class has its own sigmoid. Here the classes exclude each other: their probabilities share one sum.",
    ),
    Misconception(
        "winner-takes-all",
        (SOFTMAX, "return (e == 1).astype(o.dtype)"),
        "The likeliest class gets everything. The softmax keeps a probability for each class.",
    ),
    Misconception(
        "no-exponential",
        (SOFTMAX, "return o / o.sum(axis=-1, keepdims=True)"),
        "The scores are divided by their sum, so that some results are negative. What makes every score positive "
        "first?",
    ),
    Misconception(
        "softmax-twice",
        (SOFTMAX, "return (y := np.exp(e / e.sum(axis=-1, keepdims=True))) / y.sum(axis=-1, keepdims=True)"),
        "The softmax is applied twice: that flattens the probabilities.",
    ),
    Misconception(
        "either-way-round",
        ("h @ V.T", "h @ (V if len(V) == h.shape[-1] else V.T)"),
        "V is transposed only where it does not fit as it is. With as many classes as units it fits both ways: rows "
        "are always multiplied by Vᵀ.",
    ),
    Misconception(
        "scores-cut-off",
        ("o = h @ V.T + c", "o = np.clip(h @ V.T + c, -80, 80)"),
        "Scores are cut off at some size, so that all larger ones become equal. What can you do to the scores of a row "
        "that leaves its softmax as it is?",
    ),
    Misconception(
        "mean-subtracted",
        ("o.max(axis=-1, keepdims=True)", "o.mean(axis=-1, keepdims=True)"),
        "The mean of a row is subtracted. Where one score lies far above the others, exp still overflows: which number "
        "leaves no exponent above 0?",
    ),
    Misconception(
        "one-largest-for-all",
        ("o.max(axis=-1, keepdims=True)", "o.max()"),
        "One number, the largest score of all, is subtracted everywhere. In a row that lies far below it, every "
        "exponential becomes 0, and 0/0 is nan: each row needs its own.",
    ),
    Misconception(
        "sum-over-everything",
        ("e / e.sum(axis=-1, keepdims=True)", "e / e.sum()"),
        "All numbers of the whole array together sum to 1: the sum below the bar runs over all axes. Each time step "
        "and row should make up one distribution.",
    ),
    Misconception(
        "sum-over-time",
        ("e / e.sum(axis=-1, keepdims=True)", "e / e.sum(axis=0, keepdims=True)"),
        "The probabilities sum to 1 over the time steps: the sum below the bar runs over the first axis. Each time "
        "step and row should make up one distribution.",
    ),
    Misconception(
        "sum-over-batch",
        ("e / e.sum(axis=-1, keepdims=True)", "e / e.sum(axis=1, keepdims=True)"),
        "The probabilities sum to 1 over the rows: the sum below the bar runs over the batch. Each time step and row "
        "should make up one distribution.",
    ),
    Misconception(
        "largest-in-size",
        ("o.max(axis=-1, keepdims=True)", "np.abs(o).max(axis=-1, keepdims=True)"),
        "The largest absolute value is subtracted. Where all scores lie far below 0 that takes them down once more: "
        "every exponential becomes 0, and 0/0 is nan.",
    ),
)

LOSS_BANK = (
    Misconception(
        "sum",
        (MEAN, "return losses.sum(), losses"),
        "The losses are right, and their sum is returned as the loss. The convention here is another: see the "
        "equation.",
        rest_is_right=True,
    ),
    Misconception(
        "mean-over-time-only",
        (MEAN, "return losses.sum(axis=1).mean(), losses"),
        "The sum of the losses is divided by T. How many terms has the double sum?",
    ),
    Misconception(
        "mean-over-batch-only",
        (MEAN, "return losses.sum(axis=0).mean(), losses"),
        "The sum of the losses is divided by B. How many terms has the double sum?",
    ),
    Misconception(
        "mean-over-classes-too",
        (MEAN, "return losses.sum() / o.size, losses"),
        "The sum of the losses is divided by T · B · O. A step has one loss, however many classes there are.",
    ),
    Misconception(
        "order-of-results",
        (MEAN, "return losses, losses.mean()"),
        "The two results are in the wrong order: the mean comes first.",
    ),
    Misconception(
        "bits",
        (LOSSES, f"losses = (log_sum - {TARGET}) / np.log(2)"),
        "Every loss is too large by the factor 1.4427 = 1 / ln 2: these are bits. Nats are wanted.",
    ),
    Misconception(
        "sign",
        (LOSSES, f"losses = {TARGET} - log_sum"),
        "Every loss has the wrong sign: the logarithm of a probability is negative, a loss is not.",
    ),
    Misconception(
        "no-normaliser",
        (LOSSES, f"losses = -{TARGET}"),
        "The loss uses the target's score alone. A score becomes a probability only in comparison with the others.",
    ),
    Misconception(
        "probability",
        (LOSSES, f"losses = np.exp({TARGET} - log_sum)"),
        "These are the probabilities of the targets. The loss is what you get when you take one more function of them.",
    ),
    Misconception(
        "one-minus-probability",
        (LOSSES, f"losses = 1 - np.exp({TARGET} - log_sum)"),
        "This is one minus the probability of the target. Cross-entropy punishes confident mistakes without bound.",
    ),
    Misconception(
        "targets-one-late",
        ("targets[..., None]", "np.roll(targets, -1, axis=0)[..., None]"),
        "Each step is compared with the target of the next step. The targets are shifted already: target t belongs to "
        "step t.",
    ),
    Misconception(
        "targets-one-early",
        ("targets[..., None]", "np.roll(targets, 1, axis=0)[..., None]"),
        "Each step is compared with the target of the step before. Target t belongs to step t.",
    ),
    Misconception(
        "overflow",
        ("np.log(np.exp(o - top).sum(axis=-1)) + top[..., 0]", "np.log(np.exp(o).sum(axis=-1))"),
        "For large scores exp overflows. What can you take out of the sum before exp?",
    ),
    Misconception(
        "log-of-softmax",
        (LOSSES, f"losses = -np.log(np.exp({TARGET} - log_sum))"),
        "Where the target's score lies far below another its probability rounds to 0, and its logarithm is −∞. "
        "Simplify log(exp(…)/…) on paper before you compute it.",
    ),
    Misconception(
        "epsilon-in-log",
        (LOSSES, f"losses = -np.log(np.exp({TARGET} - log_sum) + 1e-12)"),
        "A small number stands inside the logarithm, added or as a limit. That hides large losses (with 1e-12 none "
        "exceeds 27.6) instead of computing them: simplify the logarithm on paper.",
    ),
    Misconception(
        "largest-score-not-added-back",
        (" + top[..., 0]", ""),
        "The largest score was taken off inside exp and never came back: what is log(Σ exp(o − m)) in terms of log(Σ "
        "exp(o))?",
    ),
    Misconception(
        "softmax-before-loss",
        ("top = o.max(", "top = (o := np.exp(o - np.logaddexp.reduce(o, axis=-1, keepdims=True))).max("),
        "The softmax is taken twice: `o` holds scores, and the loss contains a softmax already.",
    ),
    Misconception(
        "likeliest-class",
        (LOSSES, "losses = log_sum - top[..., 0]"),
        "This is the loss of the likeliest class, whatever the target is.",
    ),
    Misconception(
        "one-largest-for-all",
        ("o.max(axis=-1, keepdims=True)", "o[..., :1] * 0 + o.max()"),
        "One number, the largest score of all, is taken off everywhere. In a step whose scores lie far below it every "
        "exponential becomes 0, and the logarithm of the sum −∞.",
    ),
    Misconception(
        "whole-numbers",
        ("return losses.mean(), losses", "losses = losses.astype(int); return losses.mean(), losses"),
        "The losses are whole numbers: they were stored in an array of integers, such as one made like `targets`.",
    ),
)

STARTS_BANK = (
    Misconception(
        "first-letter-no-start",
        ("np.ones(", "np.zeros("),
        "The first letter is no start here. A text starts with a word.",
    ),
    Misconception(
        "absolute-difference",
        (RISES, "starts[1:] = np.abs(losses[1:] - losses[:-1]) > rise"),
        "A fall of the loss cuts as well as a rise. Which of the two is a surprise?",
    ),
    Misconception(
        "equal-rise-cuts",
        (RISES, "starts[1:] = losses[1:] - losses[:-1] >= rise"),
        "A rise of exactly `rise` cuts. The equation asks for more than that.",
    ),
    Misconception(
        "falls",
        (RISES, "starts[1:] = losses[:-1] - losses[1:] > rise"),
        "The cuts are where the loss falls. A surprise makes it rise: which letter is taken from which?",
    ),
    Misconception(
        "level",
        (RISES, "starts[1:] = losses[1:] > rise"),
        "The loss itself is compared with the threshold. What counts is how much it rises from one letter to the next.",
    ),
    Misconception(
        "level-from-first",
        ("starts[1:] = losses[1:] - losses[:-1] > rise", "starts = losses > rise"),
        "The loss itself is compared with the threshold. What counts is how much it rises from one letter to the next.",
    ),
    Misconception(
        "any-rise",
        (RISES, "starts[1:] = losses[1:] > losses[:-1]"),
        "Every rise cuts, however small: `rise` says how large it must be.",
    ),
    Misconception(
        "too-small-rises",
        (RISES, "starts[1:] = losses[1:] - losses[:-1] < rise"),
        "The cuts are where the loss rises too little: look at the direction of the comparison.",
    ),
    Misconception(
        "one-early",
        (RISES, "starts[:-1], starts[-1] = losses[1:] - losses[:-1] > rise, False"),
        "Every cut is one letter early: it marks the last letter of a word. The surprising letter is the first of the "
        "next word.",
    ),
    Misconception(
        "one-early-and-last",
        (RISES, "starts[:-1] = losses[1:] - losses[:-1] > rise"),
        "Every cut is one letter early: it marks the last letter of a word. The surprising letter is the first of the "
        "next word.",
    ),
    Misconception(
        "one-early-but-first",
        (RISES, "starts[1:] = np.append(losses[2:] - losses[1:-1] > rise, [False] * (len(losses) > 1))"),
        "Every cut is one letter early: it marks the last letter of a word. The surprising letter is the first of the "
        "next word.",
    ),
    Misconception(
        "one-late",
        (RISES, "starts[1:] = np.append([False] * (len(losses) > 1), (losses[1:] - losses[:-1])[:-1] > rise)"),
        "Every cut is one letter late: the surprising letter itself starts the word.",
    ),
    Misconception(
        "positions",
        ("return starts", "return np.flatnonzero(starts)"),
        "These are the positions of the starts. Wanted is a yes or no for each letter.",
    ),
    Misconception(
        "first-letter-missing",
        ("return starts", "return starts[1:]"),
        "There is one decision too few: T letters have T − 1 differences, and the first letter starts a word.",
    ),
    Misconception(
        "threshold-below-0",
        (RISES, "starts[1:] = losses[1:] - losses[:-1] > max(rise, 0)"),
        "A threshold below 0 is taken for 0. It is a number like any other: with it, small falls count as starts too.",
    ),
    Misconception(
        "first-compared-with-the-last",
        ("starts[1:] = losses[1:] - losses[:-1] > rise", "starts = losses - np.roll(losses, 1) > rise"),
        "The first letter is compared with the last one: `np.roll`, or the index −1, goes round in a circle. A text "
        "starts with a word, whatever its loss.",
    ),
    Misconception(
        "one-early-and-both-ends",
        ("starts[1:] = losses[1:] - losses[:-1] > rise", "starts[1:-1] = (losses[1:] - losses[:-1])[1:] > rise"),
        "Every cut is one letter early: it marks the last letter of a word. The surprising letter is the first of the "
        "next word.",
    ),
)

SCORE_BANK = (
    Misconception(
        "swapped",
        ("return float(precision), float(recall)", "return float(recall), float(precision)"),
        "Precision and recall are swapped: which of them asks how many of the *cuts* are right?",
    ),
    Misconception(
        "arithmetic-mean",
        ("f1 = 2 * hits / max(n_found + n_true, 1)", "f1 = (precision + recall) / 2"),
        "F1 is not the ordinary mean of precision and recall, but one that is small as soon as either is small.",
    ),
    Misconception(
        "geometric-mean",
        ("f1 = 2 * hits / max(n_found + n_true, 1)", "f1 = np.sqrt(precision * recall)"),
        "F1 is not the geometric mean of precision and recall: look at the equation again.",
    ),
    Misconception(
        "factor-2-missing",
        ("f1 = 2 * hits", "f1 = hits"),
        "F1 is half of what it should be: with precision and recall both 1 it should be 1.",
    ),
    Misconception(
        "jaccard",
        ("f1 = 2 * hits / max(n_found + n_true, 1)", "f1 = hits / max((found | true).sum(), 1)"),
        "This is hits divided by all letters marked in either (Jaccard's index). F1 counts the hits twice, above and "
        "below.",
    ),
    Misconception(
        "product",
        ("f1 = 2 * hits / max(n_found + n_true, 1)", "f1 = precision * recall"),
        "F1 is not the product of precision and recall: two equal values should give that value.",
    ),
    Misconception(
        "first-letter-counted",
        ("found, true = found[1:], true[1:]", "found, true = found[0:], true[0:]"),
        "The first letter is counted as a hit. It starts a word whatever the network says: leave it out.",
    ),
    Misconception(
        "accuracy-as-precision",
        ("precision = hits / max(n_found, 1)", "precision = (found == true).mean()"),
        "This precision is the accuracy: it counts the letters where nothing starts and nothing was found.",
    ),
    Misconception(
        "hits-over-letters",
        ("precision = hits / max(n_found, 1)", "precision = hits / len(found)"),
        "The hits are divided by the number of letters. Precision asks about the cuts alone.",
    ),
    Misconception(
        "hits-by-or",
        ("(found & true).sum()", "(found | true).sum()"),
        "The hits are too many: a hit is a letter marked in both, not in either.",
    ),
    Misconception(
        "hits-are-agreements",
        ("(found & true).sum()", "(found == true).sum()"),
        "The hits are too many: letters that start nothing and were not cut agree too, but are no hits.",
    ),
    Misconception(
        "nothing-found-is-nan",
        ("hits / max(n_found, 1)", "hits / n_found"),
        "Where nothing was found, precision is 0/0 = nan. Here it counts as 0.",
    ),
    Misconception(
        "nothing-to-find-is-nan",
        ("hits / max(n_true, 1)", "hits / n_true"),
        "Where there is nothing to find, recall is 0/0 = nan. Here it counts as 0.",
    ),
    Misconception(
        "no-hits-is-nan",
        ("f1 = 2 * hits / max(n_found + n_true, 1)", "f1 = 2 * precision * recall / (precision + recall)"),
        "Where precision and recall are both 0, F1 is 0/0 = nan. Here it counts as 0.",
    ),
    Misconception(
        "nothing-found-is-1",
        ("hits / max(n_found, 1)", "(hits / n_found if n_found else 1)"),
        "Where nothing was found, precision counts as 0 here, not as 1.",
    ),
    Misconception(
        "nothing-to-find-is-1",
        ("hits / max(n_true, 1)", "(hits / n_true if n_true else 1)"),
        "Where there is nothing to find, recall counts as 0 here, not as 1.",
    ),
    Misconception(
        "nothing-found-raises",
        ("hits / max(n_found, 1)", "int(hits) / int(n_found)"),
        "Where nothing was found, something is divided by 0. Precision counts as 0 there: ask before you divide.",
    ),
    Misconception(
        "nothing-to-find-raises",
        ("hits / max(n_true, 1)", "int(hits) / int(n_true)"),
        "Where there is nothing to find, something is divided by 0. Recall counts as 0 there: ask before you divide.",
    ),
    Misconception(
        "one-letter-counted",
        ("found, true = found[1:], true[1:]", "found, true = found[1 - len(found) :], true[1 - len(true) :]"),
        "In a text of one letter, that letter is counted. The first letter never counts, however short the text is.",
    ),
    Misconception(
        "no-hits-raises",
        (
            "f1 = 2 * hits / max(n_found + n_true, 1)",
            "f1 = 2 * float(precision) * float(recall) / (float(precision) + float(recall))",
        ),
        "Where precision and recall are both 0, something is divided by 0. F1 counts as 0 there: (1.15) needs one "
        "question less.",
    ),
)

COUNT_BANK = (
    Misconception(
        "two-biases",
        (COUNT, f"{COUNT} + H"),
        "There are H too many. `torch.nn.RNN` keeps two biases, this network one; and the state is not a parameter.",
    ),
    Misconception("no-b", (COUNT, "H * D + H * H + O * H + O"), "H are missing: has every unit its bias?"),
    Misconception("no-c", (COUNT, "H * D + H * H + H + O * H"), "O are missing: has every class its bias?"),
    Misconception(
        "no-biases",
        (COUNT, "H * D + H * H + O * H"),
        "The matrices are counted, the biases are not.",
    ),
    Misconception(
        "no-output-layer",
        (COUNT, "H * D + H * H + H"),
        "The output layer is not counted. What makes y_t?",
    ),
    Misconception(
        "no-recurrence",
        (COUNT, "H * D + H + O * H + O"),
        "This is a feed-forward network: the matrix from state to state is missing.",
    ),
    Misconception(
        "one-weight-per-unit",
        (COUNT, "H * D + H + H + O * H + O"),
        "Where U's H · H entries should be counted, H are. Each unit sees the whole state, not its own past alone.",
    ),
    Misconception(
        "output-from-input",
        (COUNT, "H * D + H * H + H + O * D + O"),
        "V is counted as a matrix from input to output. What does the output layer read?",
    ),
    Misconception(
        "output-sees-input-too",
        (COUNT, f"{COUNT} + O * D"),
        "There are O · D too many: the output layer reads the hidden state and nothing else.",
    ),
    Misconception(
        "c-of-H",
        ("O * H + O", "O * H + H"),
        "H stands in your count where the O entries of c should. It has one for each class.",
    ),
    Misconception(
        "U-as-W",
        ("H * D + H * H + H", "2 * H * D + H"),
        "H · D stands in your count where the H · H entries of U should. It leads from state to state.",
    ),
)

MODULE_BANK = (
    Misconception(
        "transposed-U",
        ("h @ self.U.T", "h @ self.U"),
        "U enters as its transpose. U is square, so nothing complains: compare with your `step`.",
    ),
    Misconception("no-bias", (" + self.b)", ")"), "b has no influence: z_t has three terms, not two."),
    Misconception(
        "no-bias-gradient",
        (" + self.b)", " + self.b.data)"),
        "b gets no gradient: something keeps it out of the graph, such as `.data`, `.detach()` or `torch.tensor(…)`. "
        "Use the parameter itself.",
    ),
    Misconception(
        "no-input-weight-gradient",
        ("self.W.T", "self.W.data.T"),
        "W gets no gradient: something keeps it out of the graph, such as `.data`, `.detach()` or `torch.tensor(…)`. "
        "Use the parameter itself.",
    ),
    Misconception(
        "no-state-weight-gradient",
        ("self.U.T", "self.U.data.T"),
        "U gets no gradient: something keeps it out of the graph, such as `.data`, `.detach()` or `torch.tensor(…)`. "
        "Use the parameter itself.",
    ),
    Misconception(
        "state-detached",
        ("h @ self.U.T", "h.detach() @ self.U.T"),
        "The states are right and the gradients are not: the state is cut out of the graph at every step, so nothing "
        "flows back through time.",
        rest_is_right=True,
    ),
    Misconception(
        "state-detached-after-the-step",
        ("states.append(h)", "states.append(h); h = h.detach()"),
        "The states are right and the gradients are not: the state is cut out of the graph at every step, so nothing "
        "flows back through time.",
        rest_is_right=True,
    ),
    Misconception(
        "states-detached",
        ("states.append(h)", "states.append(h.detach())"),
        "The states are right, but nothing can be differentiated: what is returned is in no graph (`.detach()`, "
        "`.data`, `torch.no_grad()`, NumPy).",
        rest_is_right=True,
    ),
    Misconception(
        "W-no-parameter",
        (
            "self.W = torch.nn.Parameter(torch.empty(H, D).uniform_(-bound, bound))",
            "self.W = torch.empty(H, D).uniform_(-bound, bound)",
        ),
        "PyTorch finds no parameter W: the module does not know that W is learned. What makes a tensor a parameter, "
        "and by which name is it found?",
    ),
    Misconception(
        "plain-tensors",
        ("torch.nn.Parameter(", "("),
        "PyTorch finds no parameters: the module does not know that W, U and b are learned. What makes a tensor a "
        "parameter, and by which name is it found?",
        times=3,
    ),
    Misconception(
        "no-super-init",
        ("super().__init__()", "pass"),
        "The module was not initialised: the first line of `__init__` must be `super().__init__()`.",
    ),
    Misconception("no-tanh", ("torch.tanh(", "("), "This is z_t. The activation function is still to come."),
    Misconception(
        "sigmoid",
        ("torch.tanh(", "torch.sigmoid("),
        "The activation is another: these are sigmoids, between 0 and 1. Look at f again.",
    ),
    Misconception(
        "relu",
        ("torch.tanh(", "torch.relu("),
        "The activation is another: nothing here is below 0. Look at f again.",
    ),
    Misconception(
        "tanh-before-bias",
        (CELL, "torch.tanh(x_t @ self.W.T + h @ self.U.T) + self.b"),
        "The bias is added after tanh, so that h can leave the range from −1 to 1. What belongs inside?",
    ),
    Misconception(
        "h0-ignored",
        ("h = h0", "h = torch.zeros_like(h0)"),
        "The sequence starts from zeros, whatever h0 is.",
    ),
    Misconception(
        "h0-of-another-dtype",
        ("h = h0", "h = torch.zeros(h0.shape, device=h0.device)"),
        "The state starts as fresh float32 zeros: h0 is ignored, and float64 inputs do not fit. h0 is given.",
    ),
    Misconception(
        "state-not-carried",
        ("h @ self.U.T", "h0 @ self.U.T"),
        "Every step starts from h0, so the network has no memory. Which state does step t need?",
    ),
    Misconception(
        "h0-among-states",
        ("states = []", "states = [h0]"),
        "There is one state too many: h0 is given, it is not an answer. T inputs make T states.",
    ),
    Misconception(
        "states-reversed",
        ("torch.stack(states)", "torch.stack(states[::-1])"),
        "The states are in the opposite order: the state after the first input comes first.",
    ),
    Misconception(
        "pair-returned",
        ("return torch.stack(states)", "return torch.stack(states), h"),
        "Two things are returned, as by `torch.nn.RNN`. Here the states alone are wanted.",
    ),
    Misconception(
        "start-values",
        (".uniform_(-bound, bound)", ".zero_()"),
        "Not every parameter starts where it should: each one, bias or not, is drawn evenly from all of −1/√H to 1/√H.",
        times=3,
    ),
    Misconception(
        "input-detached",
        ("for x_t in x:", "for x_t in x.detach():"),
        "x gets no gradient: something takes it out of the graph (`.detach()`, `.data`, `torch.tensor(…)`), so that "
        "nothing below this layer, such as an embedding, could learn.",
    ),
    Misconception(
        "h0-detached",
        ("h = h0", "h = h0.detach()"),
        "h0 gets no gradient: the states do not use it, or something takes it out of the graph (`.detach()`, `.data`, "
        "…). A start which another network computes could not be learned.",
    ),
    Misconception(
        "start-kept",
        ("h = h0", 'h, self.start = getattr(self, "start", h0), h0'),
        "A second call of the module begins with the h0 of an earlier one. Every call starts from its own h0.",
    ),
    Misconception(
        "last-state-kept",
        ("h = h0", 'h, self.last = self.last() if hasattr(self, "last") else h0, lambda: h.detach()'),
        "A second call of the module goes on from the last state of the call before. Every call starts from its own "
        "h0.",
    ),
    Misconception(
        "last-state-kept-in-its-graph",
        ("h = h0", 'h, self.last = self.last() if hasattr(self, "last") else h0, lambda: h'),
        "A second call of the module goes on from a state of the call before, whose graph is gone after `backward()`. "
        "Every call starts from its own h0.",
    ),
    Misconception(
        "float32-states",
        ("torch.stack(states)", "torch.stack(states).float().to(h0.dtype)"),
        "The states were rounded to float32, whatever the inputs are, as happens in a tensor made beforehand: "
        "`torch.zeros(…)` is float32, and on the CPU. Collect them in a list.",
    ),
)

BANK = {
    "srn.step": STEP_BANK,
    "srn.sequence": SEQUENCE_BANK,
    "srn.output_layer": OUTPUT_BANK,
    "srn.cross_entropy": LOSS_BANK,
    "srn.word_starts": STARTS_BANK,
    "srn.f1_score": SCORE_BANK,
    "srn.parameter_count": COUNT_BANK,
    "srn.module": MODULE_BANK,
}
