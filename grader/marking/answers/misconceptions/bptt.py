"""Lesson 02: wrong answers that people really give, as one-line edits of `solutions.bptt`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

SIGMOID = "sigmoid = e / (1 + e) ** 2"
TANH = "tanh = 1 - np.tanh(z) ** 2"
RELU = "relu = (z > 0).astype(z.dtype)"

SLOPE_BANK = (
    Misconception(
        "sigmoid-itself",
        (SIGMOID, "sigmoid = 1 / (1 + np.exp(-z))"),
        "The first result is the sigmoid itself. Its slope is wanted: nowhere more than ¼.",
    ),
    Misconception(
        "sigmoid-of-z-as-h",
        (SIGMOID, "sigmoid = z * (1 - z)"),
        "In h (1 − h) the letter h stands for the sigmoid of z. Here z itself was put in its place.",
    ),
    Misconception(
        "sigmoid-overflows",
        (SIGMOID, "sigmoid = np.exp(-z) / (1 + np.exp(-z)) ** 2"),
        "Far below 0 the exponential overflows, and ∞/∞ is nan. The slope is the same at z and −z: which is harmless?",
    ),
    Misconception(
        "tanh-of-z-as-h",
        (TANH, "tanh = 1 - z**2"),
        "In 1 − h² the letter h stands for tanh z. Here z itself was put in its place.",
    ),
    Misconception(
        "tanh-not-squared",
        (TANH, "tanh = 1 - np.tanh(z)"),
        "The slope of tanh is the same at z and at −z, and 0 far away on both sides. Yours is 2 at the far left.",
    ),
    Misconception(
        "tanh-slope-halved",
        (TANH, "tanh = (1 - np.tanh(z) ** 2) / 2"),
        "At 0 tanh rises as steeply as the line h = z. Yours rises half as steeply.",
    ),
    Misconception(
        "relu-itself",
        (RELU, "relu = np.maximum(z, 0)"),
        "The third result is ReLU itself. Its slope takes two values only.",
    ),
    Misconception(
        "relu-slope-1-at-0",
        ("(z > 0)", "(z >= 0)"),
        "At z = 0 ReLU has a kink. By the convention of this course its slope counts as 0 there.",
    ),
    Misconception(
        "linear-itself",
        ("linear = np.ones_like(z)", "linear = z.copy()"),
        "The fourth result is the function itself. How steep is the line h = z?",
    ),
    Misconception(
        "overflows-in-float32",
        ("e = np.exp(-np.abs(z))", "e = np.exp(np.clip(z, -300, 300))"),
        "In float32 the exponential overflows from 89 on, and ∞/∞ is nan. The slope is the same at z and −z: which is "
        "harmless?",
    ),
    Misconception(
        "two-axes-only",
        ("linear = np.ones_like(z)", "linear = np.ones((len(z), z.shape[1]), dtype=z.dtype)"),
        "It works for arrays with two axes only. z may have any shape.",
    ),
    Misconception(
        "tanh-overflows",
        ("1 - np.tanh(z) ** 2", "1 - ((np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))) ** 2"),
        "tanh made of exponentials overflows far from 0, and ∞/∞ is nan. `np.tanh` does not.",
    ),
    Misconception(
        "linear-a-number",
        ("np.ones_like(z)", "1.0"),
        "The fourth slope is a single number. Each result has the shape of z.",
    ),
)

DERIVATION_BANK = (
    Misconception(
        "slope-of-tanh",
        ("delta32 = h2 * (1 - h2) * u", "delta32 = (1 - h2**2) * u"),
        "At step 2 the slope is that of tanh. This network bends with a sigmoid.",
    ),
    Misconception(
        "slope-of-tanh-everywhere",
        ("return delta31", "s = (1 + h1) * (1 + h2) * (1 + h3) / h1 / h2 / h3; return s * delta31"),
        "The slopes are those of tanh. This network bends with a sigmoid.",
    ),
    Misconception(
        "slope-one-step-early",
        ("delta32 = h2 * (1 - h2)", "delta32 = h1 * (1 - h1)"),
        "The slope in δ_{3,2} belongs to another step. δ_{3,2} is the derivative by z_2: which state is made from z_2?",
    ),
    Misconception(
        "no-u-on-the-way",
        ("delta32 = h2 * (1 - h2) * u * delta33", "delta32 = h2 * (1 - h2) * delta33"),
        "On the way from z_3 back to h_2 a factor is missing. How does h_2 enter z_3?",
    ),
    Misconception(
        "states-instead-of-inputs",
        ("return delta31 * x1, delta32 * x2, delta33 * x3", "return delta31 * h0, delta32 * h1, delta33 * h2"),
        "These are the parts of the gradient by u. For w another number stands beside δ_{3,k}.",
    ),
    Misconception(
        "parts-in-reverse-order",
        ("return delta31 * x1, delta32 * x2, delta33 * x3", "return delta33 * x3, delta32 * x2, delta31 * x1"),
        "The parts are in the opposite order: the part of k = 1 comes first.",
    ),
    Misconception(
        "sign-of-the-error",
        ("(h3 - y)", "(y - h3)"),
        "Everything has the opposite sign. Differentiate ½ (h_3 − y)² by h_3 once more.",
    ),
    Misconception(
        "factor-2-of-the-square",
        ("* (h3 - y)", "* 2 * (h3 - y)"),
        "Everything is twice too large. The loss has a ½ before its square.",
    ),
    Misconception(
        "no-slope-at-the-end",
        ("delta33 = h3 * (1 - h3) * (h3 - y)", "delta33 = h3 - y"),
        "δ_{3,3} is the derivative by z_3, not by h_3. What stands between the two?",
    ),
    Misconception(
        "h0-without-u",
        ("delta31 * u", "delta31"),
        "The last result is δ_{3,1}, the derivative by z_1. One factor leads from there to h_0.",
    ),
    Misconception(
        "losses-of-all-steps",
        (
            "return delta31 * x1, delta32 * x2, delta33 * x3, delta31 * u",
            "e2 = h2 * (1 - h2) * (u * delta33 + h2 - y); e1 = h1 * (1 - h1) * (u * e2 + h1 - "
            "y); return e1 * x1, e2 * x2, delta33 * x3, e1 * u",
        ),
        "Errors of the earlier steps are in it as well. This network has one loss, at the end.",
    ),
)

SCORE_BANK = (
    Misconception(
        "sum-instead-of-mean",
        ("/ (T * B)", ""),
        "This is the gradient of the sum of all losses. Ours is their mean over T · B steps.",
    ),
    Misconception(
        "mean-over-rows-only",
        ("/ (T * B)", "/ B"),
        "The mean is taken over the rows only. By our convention it is over all T · B steps.",
    ),
    Misconception(
        "mean-over-classes-too",
        ("/ (T * B)", "/ (T * B * O)"),
        "The result is too small by the number of classes: the mean does not run over classes.",
    ),
    Misconception(
        "opposite-sign",
        ("(y - onehot)", "(onehot - y)"),
        "The sign is turned round. The loss falls when the target's score rises: what sign has the target's entry?",
    ),
    Misconception(
        "softmax-only",
        ("(y - onehot)", "y"),
        "These are the probabilities. The target has not been subtracted: every row should sum to 0.",
    ),
    Misconception(
        "target-only",
        ("(y - onehot)", "(-onehot)"),
        "Only the target's score gets a gradient. The loss holds the logarithm of a sum over all scores too.",
    ),
    Misconception(
        "gradient-by-probabilities",
        ("(y - onehot)", "(-onehot / y)"),
        "This is the gradient by the probabilities, −1/y at the target. The gradient by the scores goes through the "
        "softmax as well.",
    ),
    Misconception(
        "one-sigmoid-slope",
        ("(y - onehot)", "((y - onehot) * y * (1 - y))"),
        "y (1 − y) is multiplied on as for a squared error with a sigmoid. For softmax with cross-entropy it cancels.",
    ),
    Misconception(
        "not-stable",
        ("np.exp(o - o.max(axis=-1, keepdims=True))", "np.exp(o)"),
        "For large scores exp overflows, and ∞/∞ is nan. Lesson 01 has the cure.",
    ),
    Misconception(
        "one-largest-for-all",
        ("o.max(axis=-1, keepdims=True)", "o.max()"),
        "One number, the largest score of all, is subtracted everywhere. In a row that lies far below it, every "
        "exponential becomes 0, and 0/0 is nan: each row needs its own.",
    ),
    Misconception(
        "target-not-divided",
        ("(y - onehot) / (T * B)", "y / (T * B) - onehot"),
        "Only the softmax is divided by T · B, the one-hot row is not: the mean divides the whole difference.",
    ),
    Misconception(
        "softmax-not-divided",
        ("(y - onehot) / (T * B)", "y - onehot / (T * B)"),
        "Only the one-hot row is divided by T · B: the division comes before the subtraction, unless there are "
        "brackets.",
    ),
    Misconception(
        "targets-of-all-steps",
        ("np.eye(O, dtype=o.dtype)[targets]", "np.isin(np.arange(O), targets)"),
        "1 is taken from every class that is a target somewhere, at every step. Each step has one target, its own.",
    ),
)

STEP = "(1 - h_k**2) * (delta_next @ U)"
STEP_BANK = (
    Misconception(
        "transposed-U",
        ("delta_next @ U", "delta_next @ U.T"),
        "U enters as its transpose. In columns it is Uᵀ δ; a row on the left of a matrix is transposed already.",
    ),
    Misconception(
        "no-slope",
        (STEP, "delta_next @ U"),
        "This is the derivative by h_k. To come to z_k it must pass the activation function.",
    ),
    Misconception(
        "state-for-slope",
        ("(1 - h_k**2)", "h_k"),
        "The state itself stands where its slope should be.",
    ),
    Misconception(
        "tanh-of-the-state",
        ("h_k**2", "np.tanh(h_k) ** 2"),
        "tanh is taken of h_k, which is a tanh already: h_k = tanh z_k.",
    ),
    Misconception(
        "slope-of-sigmoid",
        ("(1 - h_k**2)", "h_k * (1 - h_k)"),
        "h (1 − h) is the slope of the sigmoid. These states are made by tanh.",
    ),
    Misconception(
        "slope-before-U",
        (STEP, "((1 - h_k**2) * delta_next) @ U"),
        "The slope of step k is multiplied on before U. On the way back the error crosses U first, then the slope.",
    ),
    Misconception(
        "slope-added",
        (STEP, "(1 - h_k**2) + (delta_next @ U)"),
        "The slope is added. In the chain rule factors are multiplied.",
    ),
    Misconception(
        "no-U",
        ("(delta_next @ U)", "delta_next"),
        "The error term does not cross U on its way back.",
    ),
)

DOUBLE_BANK = (
    Misconception(
        "states-one-late",
        ("dU += delta[t, k].T @ before[k]", "dU += delta[t, k].T @ h[k]"),
        "In ∂U the error term of step k meets the state that step k made. Which state was U applied to?",
    ),
    Misconception(
        "h0-ignored",
        ("[h0[None], h[:-1]]", "[0 * h0[None], h[:-1]]"),
        "∂U lacks the part of the first step. The state before that step is h0, and it is given.",
    ),
    Misconception(
        "diagonal-only",
        ("for k in range(t + 1):", "for k in range(t, t + 1):"),
        "∂U holds the parts with k = t only, as if the network had no past. Sum over all k ≤ t.",
    ),
    Misconception(
        "last-loss-only",
        ("for k in range(t + 1):", "for k in range(t + 1 if t == T - 1 else 0):"),
        "∂U holds the parts of the last loss only. Sum over all t too.",
    ),
    Misconception(
        "diagonal-left-out",
        ("for k in range(t + 1):", "for k in range(t):"),
        "∂U lacks the parts with k = t. `range(t)` ends before t.",
    ),
    Misconception(
        "transposed-gradient",
        ("delta[t, k].T @ before[k]", "before[k].T @ delta[t, k]"),
        "∂U is transposed. Entry [i, j] belongs to U[i, j], which leads from unit j to unit i.",
    ),
    Misconception(
        "slope-of-the-later-step",
        ("delta_step(delta[t, k + 1], h[k], U)", "delta_step(delta[t, k + 1], h[k + 1], U)"),
        "δ_{t,k} is made with the slope of step k + 1. It is the derivative by z_k.",
    ),
    Misconception(
        "no-slope-at-the-end",
        ("(1 - h[t] ** 2) * (do[t] @ V)", "do[t] @ V"),
        "δ_{t,t} is the derivative by h_t, not by z_t: the slope of its own step is missing.",
    ),
    Misconception(
        "loss-of-step-k",
        ("(do[t] @ V)", "(do[0] @ V)"),
        "Every row of delta starts from the loss of the first step. Which loss does δ_{t,t} belong to?",
    ),
    Misconception(
        "axes-swapped",
        ("return delta, dU", "return delta.swapaxes(0, 1), dU"),
        "delta[t, k] and delta[k, t] are exchanged: the loss comes first, then the step.",
    ),
    Misconception(
        "transposed-U",
        ("delta_next @ U", "delta_next @ U.T"),
        "In every step back U enters as its transpose. A row on the left of a matrix is transposed already.",
        where="delta_step",
    ),
)

SLOPE = "dz[k] = (1 - h[k] ** 2) * (do[k] @ V + dh)"
SWEEP_BANK = (
    Misconception(
        "future-ignored",
        (SLOPE, "dz[k] = (1 - h[k] ** 2) * (do[k] @ V)"),
        "Nothing comes back from later steps. Each state serves two: its own output and the next step.",
    ),
    Misconception(
        "outputs-ignored",
        ("do[k] @ V + dh", "dh"),
        "What the output of each step sends back is missing; only dh goes through.",
    ),
    Misconception(
        "last-loss-only",
        ("do[k] @ V + dh", "do[k] @ V * (k == len(h) - 1) + dh"),
        "Only the output of the last step sends something back. Every step has a loss.",
    ),
    Misconception(
        "dh-ignored",
        ("do[k] @ V + dh)", "do[k] @ V + dh * (k < len(h) - 1))"),
        "The sweep starts from zeros, whatever dh is. What arrives from beyond the last step is given.",
    ),
    Misconception(
        "future-past-the-slope",
        (SLOPE, "dz[k] = (1 - h[k] ** 2) * (do[k] @ V) + dh"),
        "What comes from the future is added after the slope. Both streams meet in h_k, before it.",
    ),
    Misconception(
        "transposed-U",
        ("dh = dz[k] @ U", "dh = dz[k] @ U.T"),
        "U enters as its transpose. U is square, so nothing complains: in columns it is Uᵀ δ, in rows δ U.",
    ),
    Misconception(
        "no-slope",
        ("(1 - h[k] ** 2) * ", ""),
        "The slope of the activation function is missing: this is ∂L/∂h. Wanted is ∂L/∂z.",
    ),
    Misconception(
        "slope-of-the-step-before",
        ("(1 - h[k] ** 2)", "(1 - h[k - 1] ** 2)"),
        "The slope belongs to the step before. ∂L/∂z_k needs the slope at z_k.",
    ),
    Misconception(
        "forward-in-time",
        ("for k in reversed(range(len(h))):", "for k in range(len(h)):"),
        "The sweep runs forward in time. What step k needs comes from step k + 1: start at the end.",
    ),
    Misconception(
        "first-step-not-left",
        ("return dz, dh", "return dz, dz[0]"),
        "The second result is ∂L/∂z_1. One factor leads from there to h_0.",
    ),
    Misconception(
        "future-doubled",
        ("dh = dz[k] @ U", "dh = dh + dz[k] @ U"),
        "dh is added up from step to step. What arrived at h_k has already been passed on in ∂L/∂z_k.",
    ),
    Misconception(
        "dz-in-the-order-found",
        ("return dz, dh", "return dz[::-1], dh"),
        "∂L/∂z stands in the order in which a sweep finds it, the last step first. Step k's belongs to place k.",
    ),
    Misconception(
        "dh-past-the-slope",
        (
            "dz[k] = (1 - h[k] ** 2) * (do[k] @ V + dh)",
            "now = k < len(h) - 1; dz[k] = (1 - h[k] ** 2) * (do[k] @ V + now * dh) + (not now) * dh",
        ),
        "dh is added after the slope of the last step. It arrives at the state h_T: what arrives there passes that "
        "step's slope.",
    ),
)

GRADIENT_BANK = (
    Misconception(
        "states-one-late",
        ('dU = np.einsum("tbh,tbk->hk", dz, before)', 'dU = np.einsum("tbh,tbk->hk", dz, h)'),
        "In ∂U step t meets the state that it made. U was applied to the state before it.",
    ),
    Misconception(
        "h0-ignored",
        ("[h0[None], h[:-1]]", "[0 * h0[None], h[:-1]]"),
        "∂U lacks the part of the first step. The state before that step is h0, and it is given.",
    ),
    Misconception(
        "transposed-gradient-of-U",
        ('"tbh,tbk->hk"', '"tbh,tbk->kh"'),
        "∂U is transposed. It is square, so nothing complains: entry [i, j] leads from unit j to unit i.",
    ),
    Misconception(
        "gradient-of-b-is-a-mean",
        ("dz.sum(axis=(0, 1))", "dz.mean(axis=(0, 1))"),
        "∂b is a mean over steps and rows. The 1/TB is in ∂L/∂o already; shared parameters add up.",
    ),
    Misconception(
        "gradient-of-c-is-a-mean",
        ("do.sum(axis=(0, 1))", "do.mean(axis=(0, 1))"),
        "∂c is a mean over steps and rows. The 1/TB is in ∂L/∂o already; shared parameters add up.",
    ),
    Misconception(
        "states-before-in-V",
        ('np.einsum("tbo,tbh->oh", do, h)', 'np.einsum("tbo,tbh->oh", do, before)'),
        "In ∂V the output of step t meets the state before it. Which state was it read from?",
    ),
    Misconception(
        "gradient-of-h0-is-dz",
        ("dc, dh0, dx", "dc, dz[0], dx"),
        "The gradient of h0 is ∂L/∂z_1. One factor leads from there to h_0.",
    ),
    Misconception(
        "no-h0-gradient",
        ("dc, dh0, dx", "dc, 0 * dh0, dx"),
        "The gradient of h0 is 0. But every loss depends on h_0: it enters the first step.",
    ),
    Misconception(
        "inputs-through-no-slope",
        ("dx = dz @ W", "dx = (do @ V) @ W"),
        "∂x skips the slope and everything that comes back from later steps: start from ∂L/∂z.",
    ),
    Misconception(
        "last-step-only-in-W",
        ('dW = np.einsum("tbh,tbd->hd", dz, x)', 'dW = np.einsum("bh,bd->hd", dz[-1], x[-1])'),
        "∂W holds the last step only. All steps share W, so their parts add up.",
    ),
    Misconception(
        "future-ignored",
        ("(do[k] @ V + dh)", "(do[k] @ V)"),
        "Nothing comes back from later steps: the sweep treats every step as if it were the last.",
        where="sweep",
    ),
    Misconception(
        "transposed-U",
        ("dh = dz[k] @ U", "dh = dz[k] @ U.T"),
        "In the sweep U enters as its transpose.",
        where="sweep",
    ),
    Misconception(
        "no-slope",
        ("(1 - h[k] ** 2) * ", ""),
        "In the sweep the slope of the activation function is missing.",
        where="sweep",
    ),
    Misconception(
        "sum-instead-of-mean",
        ("/ (T * B)", ""),
        "All gradients are T · B times too large: they are those of the sum of all losses, and ours is their mean.",
        where="score_gradient",
    ),
    Misconception(
        "either-way-round",
        ("dx = dz @ W", "dx = dz @ (W.T if len(W) == W.shape[1] else W)"),
        "Where D = H, W is taken transposed. Backward, rows are multiplied by W as it is.",
    ),
    Misconception(
        "gradient-of-b-is-a-mean-over-rows",
        ("dz.sum(axis=(0, 1))", "dz.sum(axis=0).mean(axis=0)"),
        "∂b is a mean over the rows. The 1/TB is in ∂L/∂o already; shared parameters add up.",
    ),
    Misconception(
        "gradient-of-c-is-a-mean-over-rows",
        ("do.sum(axis=(0, 1))", "do.sum(axis=0).mean(axis=0)"),
        "∂c is a mean over the rows. The 1/TB is in ∂L/∂o already; shared parameters add up.",
    ),
    Misconception(
        "scores-without-c",
        ("h @ V.T + c", "h @ V.T"),
        "c has no influence on the scores of the forward pass, and all gradients are those of another network.",
    ),
    Misconception(
        "h0-shared-by-the-rows",
        ("dc, dh0, dx", "dc, dh0.sum(axis=0) + 0 * dh0, dx"),
        "The gradients of all rows' h0 were added up. Each row has an h0 of its own: what is not shared needs no sum.",
    ),
)

QUOTIENT = "(loss(theta + shift) - loss(theta - shift)) / (2 * step)"
DIFFERENCE_BANK = (
    Misconception(
        "forward-difference",
        (QUOTIENT, "(loss(theta + shift) - loss(theta)) / step"),
        "This is the forward difference. The central one looks at both sides, and its error is much smaller.",
    ),
    Misconception(
        "backward-difference",
        (QUOTIENT, "(loss(theta) - loss(theta - shift)) / step"),
        "This is the backward difference. The central one looks at both sides, and its error is much smaller.",
    ),
    Misconception(
        "divided-by-one-step",
        ("/ (2 * step)", "/ step"),
        "The result is twice too large. How far apart are the two points?",
    ),
    Misconception(
        "precedence",
        ("/ (2 * step)", "/ 2 * step"),
        "The difference was halved and then *multiplied* by the step: that is how Python reads `a / 2 * step`.",
    ),
    Misconception(
        "half-a-step",
        ("shift[index] = step", "shift[index] = step / 2"),
        "The result is half of what it should be. How far is each point moved, and how far apart are the two?",
    ),
    Misconception(
        "own-step",
        ("shift[index] = step", "step = shift[index] = 1e-5"),
        "The step that was given is not used.",
    ),
    Misconception(
        "all-entries-together",
        ("shift[index] = step", "shift[:] = step"),
        "All entries are moved at once, so every entry gets the sum of all derivatives. Move one at a time.",
    ),
    Misconception(
        "shift-kept",
        ("shift[index] = step", "(theta := theta.copy())[index] += (shift.__setitem__(index, step) or step)"),
        "The entries moved before were not moved back: each derivative is taken somewhere else.",
    ),
    Misconception(
        "two-axes-only",
        ("np.ndindex(theta.shape)", "np.ndindex(len(theta), theta.shape[1])"),
        "It works for arrays with two axes only. theta may have any shape: walk over all of its indices.",
    ),
    Misconception(
        "moves-a-copy",
        ("shift[index] = step", "shift.ravel()[np.ravel_multi_index(index, theta.shape)] = step"),
        "For a transposed array the result is 0: `ravel` and `reshape` may give a copy, and what is moved there never "
        "reaches the loss. Use the index itself, or `.flat`.",
    ),
    Misconception(
        "a-row-at-a-time",
        ("shift[index] = step", "shift[index[:1]] = step"),
        "All entries with the same first index are moved together, so each gets the sum of their derivatives. Move "
        "one at a time.",
    ),
    Misconception(
        "moves-not-undone",
        ("shift = np.zeros_like(theta)", "shift = shift if gradient.any() else np.zeros_like(theta)"),
        "Entries moved before are moved again, together with the next one: each gets a sum of derivatives. Take every "
        "move back.",
    ),
    Misconception(
        "left-above",
        ("/ (2 * step)", "/ (2 * step); theta = theta + shift"),
        "An entry stays moved up when the next one has its turn, so that each derivative but the first is taken "
        "somewhere else. Move it back.",
    ),
    Misconception(
        "left-below",
        ("/ (2 * step)", "/ (2 * step); theta = theta - shift"),
        "An entry stays moved down when the next one has its turn, so that each derivative but the first is taken "
        "somewhere else. Move it back.",
    ),
    Misconception(
        "own-step-in-float64",
        ("shift = np.zeros_like(theta)", "step, shift = 1e-5, np.zeros(theta.shape)"),
        "The step that was given is not used.",
    ),
    Misconception(
        "half-of-the-difference",
        ("/ (2 * step)", "/ (4 * step)"),
        "The result is half of what it should be. How far is each point moved, and how far apart are the two?",
    ),
)

VERDICT = "error <= 1e-6 * np.linalg.norm(numeric)"
CHECK_BANK = (
    Misconception(
        "always-true",
        (VERDICT, "True"),
        "Every gradient is accepted, wrong ones too.",
    ),
    Misconception(
        "always-false",
        (VERDICT, "np.all(gradient == numeric) and error > 0"),
        "Every gradient is refused, right ones too. A numeric gradient is never exact: allow an error.",
    ),
    Misconception(
        "absolute-error",
        (VERDICT, "error <= 1e-6"),
        "A small gradient passes however wrong it is, and a large one is refused though it is right: compare the "
        "error with the size of the gradient.",
        rest_is_right=True,
    ),
    Misconception(
        "zero-by-zero",
        (VERDICT, "error / np.linalg.norm(numeric) <= 1e-6"),
        "Where the loss does not depend on theta, the right gradient, 0, is refused. Neither 0/0 nor 0 < 0 says yes.",
    ),
    Misconception(
        "nan-passes",
        (VERDICT, "not error > 1e-6 * np.linalg.norm(numeric)"),
        "A gradient of nan is accepted. No comparison with nan is true: ask whether the error is small, not whether "
        "it is large.",
    ),
    Misconception(
        "too-lenient",
        (VERDICT, "error <= 0.1 * np.linalg.norm(numeric)"),
        "Gradients that are a little wrong are accepted. How small is the error of a right one?",
    ),
    Misconception(
        "size-only",
        (
            "error = np.linalg.norm(gradient - numeric)",
            "error = abs(np.linalg.norm(gradient) - np.linalg.norm(numeric))",
        ),
        "Gradients of the right length but with a wrong direction or sign are accepted: what counts is the length of "
        "the difference.",
    ),
    Misconception(
        "signed-error",
        ("error = np.linalg.norm(gradient - numeric)", "error = (gradient - numeric).max()"),
        "Gradients whose entries are too small are accepted: an error counts in both directions.",
    ),
    Misconception(
        "poor-step",
        ("central_difference(loss, theta, 1e-5)", "central_difference(loss, theta, 0.1)"),
        "Right gradients are refused. Either the numeric gradient is poor (look at the V of the step sizes), or too "
        "small an error is allowed.",
    ),
    Misconception(
        "nan-stepped-over",
        ("error = np.linalg.norm(gradient - numeric)", "error = max(abs(gradient - numeric).ravel())"),
        "A single nan among right entries is accepted. Every comparison with nan is False, and Python's `max` steps "
        "over it; NumPy's does not.",
    ),
    Misconception(
        "small-ones-pass",
        ("error <= 1e-6 * np.linalg.norm(numeric)", "np.allclose(gradient, numeric)"),
        "Very small gradients pass however wrong they are, as with `np.allclose`, which allows an absolute error of "
        "10⁻⁸ besides. Compare the error with the size of the gradient alone.",
    ),
    Misconception(
        "direction-only",
        (
            "np.linalg.norm(gradient - numeric)",
            "np.linalg.norm(gradient * np.linalg.norm(numeric) / max(np.linalg.norm(gradient), 1e-300) - numeric)",
        ),
        "A gradient in the right direction is accepted whatever its length: twice the right one, too.",
    ),
    Misconception(
        "sums-only",
        ("np.linalg.norm(gradient - numeric)", "abs((gradient - numeric).sum())"),
        "Gradients are accepted whose errors cancel in the sum over all entries. Take the size of each error before "
        "you add, or the length of them all.",
    ),
)

TRUNCATED_BANK = (
    Misconception(
        "losses-counted-again",
        ("block[: first - start] = 0", "block[: first - start] *= 1"),
        "Losses before the block send something back too. They were counted in an earlier sweep already.",
    ),
    Misconception(
        "last-loss-of-the-block-only",
        ("block[: first - start] = 0", "block[:-1] = 0"),
        "Only the loss at the end of each block is counted. All k1 losses of the block are new.",
    ),
    Misconception(
        "windows",
        ("start = max(0, end - k2)", "start = first"),
        "Each sweep stops where its block begins, so k2 has no effect. Go back k2 steps from the block's end.",
    ),
    Misconception(
        "k2-before-the-block",
        ("max(0, end - k2)", "max(0, first - k2)"),
        "The k2 steps are counted from the block's start. They are counted from its end.",
    ),
    Misconception(
        "one-step-too-far",
        ("max(0, end - k2)", "max(0, end - k2 - 1)"),
        "Each sweep goes back one step too many: k2 steps, the last step of the block among them.",
    ),
    Misconception(
        "k1-and-k2-exchanged",
        ("h = sequence(x, h0, W, U, b)", "h = sequence(x, h0, W, U, b); k1, k2 = min(k2, len(x)), max(k1, k2)"),
        "k1 and k2 are exchanged: k1 steps lie between two sweeps, and a sweep goes back k2 steps.",
    ),
    Misconception(
        "full-gradient",
        ("start = max(0, end - k2)", "start = 0"),
        "Nothing is cut: this is the full gradient.",
    ),
    Misconception(
        "overwritten",
        ("dz[start:end] += sweep", "dz[start:end] = sweep"),
        "Sweeps overlap. The later one overwrites what the earlier one found; their parts must be added.",
    ),
    Misconception(
        "rest-forgotten",
        ("range(0, len(x), k1)", "range(0, len(x) - k1 + 1, k1)"),
        "Where k1 does not divide T, the losses of the last steps are never counted.",
    ),
    Misconception(
        "negative-start",
        ("max(0, end - k2)", "end - k2"),
        "Near the beginning the start becomes negative, and Python counts a negative index from the end.",
    ),
    Misconception(
        "states-one-late",
        ("dz, before)", "dz, h)"),
        "In ∂U step t meets the state that it made. U was applied to the state before it.",
    ),
    Misconception(
        "future-ignored",
        ("(do[k] @ V + dh)", "(do[k] @ V)"),
        "In the sweep nothing comes back from later steps. If you call your `sweep`, look at Exercise 2.6 first.",
        where="sweep",
    ),
    Misconception(
        "transposed-U",
        ("dh = dz[k] @ U", "dh = dz[k] @ U.T"),
        "In the sweep U enters as its transpose. If you call your `sweep`, look at Exercise 2.6 first.",
        where="sweep",
    ),
    Misconception(
        "no-slope",
        ("(1 - h[k] ** 2) * ", ""),
        "In the sweep the slope of the activation function is missing. If you call your `sweep`, look at Exercise 2.6 "
        "first.",
        where="sweep",
    ),
    Misconception(
        "sum-instead-of-mean",
        ("/ (T * B)", ""),
        "The gradients are T · B times too large: they belong to the sum of all losses, and ours is their mean.",
        where="score_gradient",
    ),
    Misconception(
        "short-block-counted-as-long",
        ("max(0, end - k2)", "max(0, first + k1 - k2)"),
        "The last block may be shorter. Its sweep goes back k2 steps from its own end, not from where a full block "
        "would end.",
    ),
    Misconception(
        "every-loss-k2-steps",
        ("h = sequence(x, h0, W, U, b)", "h = sequence(x, h0, W, U, b); k1 = 1"),
        "Every loss goes back k2 steps from its own step, as if k1 were 1. All losses of a block are swept together, "
        "and k2 counts from the block's end.",
    ),
)

BANK = {
    "bptt.slopes": SLOPE_BANK,
    "bptt.derivation": DERIVATION_BANK,
    "bptt.score_gradient": SCORE_BANK,
    "bptt.delta_step": STEP_BANK,
    "bptt.double_sum": DOUBLE_BANK,
    "bptt.sweep": SWEEP_BANK,
    "bptt.gradients": GRADIENT_BANK,
    "bptt.central_difference": DIFFERENCE_BANK,
    "bptt.check_gradient": CHECK_BANK,
    "bptt.truncated": TRUNCATED_BANK,
}
