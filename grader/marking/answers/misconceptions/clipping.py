"""Lesson 03: wrong answers that people really give, as one-line edits of `solutions.clipping`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

JACOBIAN = "slope[:, :, None] * U"
PRODUCT = "product = product @ J"
APPEND = "norms.append(np.linalg.norm(product, 2, axis=(-2, -1)))"
STACK = "return np.stack(norms)"
RHO = "np.abs(np.linalg.eigvals(U)).max()"
SIGMA = "np.linalg.norm(U, 2)"
RMS = "np.sqrt((slopes**2).mean())"
FIT = "np.exp(lag @ np.log(norms) / (lag @ lag))"
GUARD = "if largest == 0 or not np.isfinite(largest):"
NORM = "norm = largest * np.sqrt(sum(np.sum((g / largest) ** 2) for g in gradients.values()))"
FACTOR = "factor = min(1, limit / norm)"
CLIPPED = "return {name: factor * g for name, g in gradients.items()}, norm"
CLIP = "np.clip(g, -limit, limit)"
VALUES = f"return {{name: {CLIP} for name, g in gradients.items()}}"
CLIP_CALL = "clipped, _ = clip_by_norm(gradients, limit)"
STEP = "p - lr * (clipped[name] + decay * p)"
STEPPED = f"return {{name: {STEP} for name, p in parameters.items()}}"
SIGNS = "Q = Q * np.sign(np.diag(R))"
QR = "np.linalg.qr(A if tall else A.T)"
ORTHOGONAL = "return gain * (Q if tall else Q.T)"

JACOBIAN_BANK = (
    Misconception(
        "transposed-U",
        (JACOBIAN, "slope[:, :, None] * U.T"),
        "U enters as its transpose. ∂h_t/∂h_{t−1} has a row for every unit of h_t: which index of U is that?",
    ),
    Misconception(
        "slopes-on-the-columns",
        (JACOBIAN, "slope[:, None, :] * U"),
        "The slopes multiply the columns of U. diag(f') stands on the left of U: what does it scale there?",
    ),
    Misconception(
        "no-slopes",
        (JACOBIAN, "np.ones_like(slope)[:, :, None] * U"),
        "These are the norms of powers of U: the slopes are missing.",
    ),
    Misconception(
        "one-slope-for-all-units",
        (JACOBIAN, "slope.mean(axis=1)[:, None, None] * U"),
        "All units of a step got the same slope. Each unit has its own.",
    ),
    Misconception(
        "from-the-start",
        ("for slope in slopes[::-1]:", "for slope in slopes:"),
        "The products start at the first step. The lag counts back from the last one: which Jacobian comes first?",
    ),
    Misconception(
        "back-to-the-start",
        (PRODUCT, "product = (slopes[len(norms) - 1][:, :, None] * U) @ product"),
        "These are the norms of ∂h_lag/∂h_0: the first Jacobian is step 1's. The lag counts back from the last step.",
    ),
    Misconception(
        "wrong-side",
        (PRODUCT, "product = J @ product"),
        "Each new Jacobian is multiplied on the wrong side: the older the step, the further to the right it stands.",
    ),
    Misconception(
        "product-of-norms",
        (APPEND, "norms.append(norms[-1] * np.linalg.norm(J, 2, axis=(-2, -1)))"),
        "This is the product of the norms, an upper bound. Wanted is the norm of the product.",
    ),
    Misconception(
        "single-jacobians",
        (APPEND, "norms.append(np.linalg.norm(J, 2, axis=(-2, -1)))"),
        "These are the norms of single Jacobians. Over a lag of three, three of them are multiplied.",
    ),
    Misconception(
        "frobenius",
        (APPEND, APPEND.replace("product, 2", 'product, "fro"')),
        "This is the Frobenius norm, the root of the sum of squares. Wanted is the largest singular value.",
    ),
    Misconception(
        "spectral-radius",
        (APPEND, "norms.append(np.abs(np.linalg.eigvals(product)).max(axis=-1))"),
        "This is the largest absolute eigenvalue. How much a matrix can stretch a vector is another number.",
    ),
    Misconception(
        "smallest",
        (APPEND, APPEND.replace("product, 2", "product, -2")),
        "This is the smallest singular value: how little a vector is stretched. Wanted is how much.",
    ),
    Misconception(
        "column-sums",
        (APPEND, APPEND.replace("product, 2", "product, 1")),
        "This is the largest sum of a column. Wanted is the largest singular value.",
    ),
    Misconception(
        "no-lag-0",
        (STACK, "return np.stack(norms[1:])"),
        "The norm for lag 0 is missing: there are T + 1 of them, and the first is that of the identity.",
    ),
    Misconception(
        "no-last-lag",
        (STACK, "return np.stack(norms[:-1])"),
        "The norm for lag T is missing: the longest way goes back to h0.",
    ),
    Misconception(
        "reversed",
        (STACK, "return np.stack(norms[::-1])"),
        "The norms are in the opposite order: lag 0 comes first.",
    ),
)

PREDICTION_BANK = (
    Misconception(
        "swapped",
        ("return sigma * slopes.max(), rho *", "return rho * slopes.max(), sigma *"),
        "Spectral radius and largest singular value are exchanged. Which of them bounds a single step?",
    ),
    Misconception(
        "order",
        (f"return sigma * slopes.max(), rho * {RMS}", f"return rho * {RMS}, sigma * slopes.max()"),
        "The two numbers are in the opposite order: the bound comes first.",
    ),
    Misconception(
        "frobenius",
        (SIGMA, "np.linalg.norm(U)"),
        "The bound takes the Frobenius norm, which `np.linalg.norm` gives by default. Which argument asks for σ_max?",
    ),
    Misconception(
        "singular-value-squared",
        (SIGMA, "np.linalg.eigvalsh(U.T @ U).max()"),
        "The largest eigenvalue of UᵀU is the square of the largest singular value: a root is missing.",
    ),
    Misconception(
        "real-part",
        (RHO, "np.linalg.eigvals(U).real.max()"),
        "Of the eigenvalues only the real parts are looked at. A complex or negative one can be the largest in size.",
    ),
    Misconception(
        "as-if-symmetric",
        (RHO, "np.abs(np.linalg.eigvalsh(U)).max()"),
        "`eigvalsh` looks at one half of the matrix and takes it for symmetric. U isn't.",
    ),
    Misconception(
        "bound-of-typical-slope",
        ("sigma * slopes.max()", f"sigma * {RMS}"),
        "The bound must hold at every step: a typical slope is not enough for it.",
    ),
    Misconception(
        "no-slope-in-the-bound",
        ("sigma * slopes.max()", "sigma"),
        "The bound is that of a network whose slopes are all 1. The largest slope is known: use it.",
    ),
    Misconception(
        "no-slope-in-the-prediction",
        (f"rho * {RMS}", "rho"),
        "The prediction is that of a linear network: the slopes are missing.",
    ),
    Misconception(
        "plain-mean",
        (RMS, "slopes.mean()"),
        "The prediction takes the plain mean of the slopes. Lengths add as squares: which mean does that ask for?",
    ),
    Misconception(
        "no-root",
        (RMS, "(slopes**2).mean()"),
        "The mean of the squared slopes is there, and its root is missing.",
    ),
    Misconception(
        "largest-slope-in-both",
        (RMS, "slopes.max()"),
        "The prediction takes the largest slope. Most units are not there: take a typical one.",
    ),
    Misconception(
        "root-in-each-step",
        ("np.sqrt((slopes**2).mean())", "np.sqrt((slopes**2).mean(axis=(1, 2))).mean()"),
        "A root was taken for every step, and the roots were averaged. One mean goes over all steps, rows and units, "
        "then one root.",
    ),
    Misconception(
        "spectral-radius-in-the-bound",
        ("np.linalg.norm(U, 2)", "np.abs(np.linalg.eigvals(U)).max()"),
        "The bound takes the spectral radius. It must hold for a single step, and for the worst vector: which number "
        "says that?",
    ),
)

MEASURE_BANK = (
    Misconception(
        "logarithm-left",
        (FIT, "(lag @ np.log(norms) / (lag @ lag))"),
        "This is log γ: undo the logarithm.",
    ),
    Misconception(
        "no-logarithm",
        (FIT, "(lag @ norms / (lag @ lag))"),
        "A straight line was fitted to the norms themselves. They grow by a factor a step: what makes that a line?",
    ),
    Misconception(
        "log10-and-exp",
        ("np.log(norms)", "np.log10(norms)"),
        "The logarithm has the base 10 and is undone with the base e.",
    ),
    Misconception(
        "end-points",
        (FIT, "((norms[-1] / norms[0]) ** (1 / (len(norms) - 1)))"),
        "Only the first and the last norm count here. Fit a line through all of them.",
    ),
    Misconception(
        "last-ratio",
        (FIT, "(norms[-1] / norms[-2])"),
        "This is the factor of the last step alone. Fit a line through all of them.",
    ),
    Misconception(
        "mean-of-ratios",
        (FIT, "(norms[1:] / norms[:-1]).mean(axis=0)"),
        "This is the mean of the factors. Factors multiply: fit a line to the logarithms.",
    ),
    Misconception(
        "through-the-first-norm",
        (FIT, "np.exp(np.arange(len(norms)) @ np.log(norms / norms[0]) / (np.arange(len(norms)) ** 2).sum())"),
        "The line is forced through the first norm. The intercept a is free: it is fitted as well.",
    ),
    Misconception(
        "through-zero",
        ("np.arange(len(norms)) - (len(norms) - 1) / 2", "np.arange(len(norms)) * 1.0"),
        "The line is forced through log 1 = 0. The intercept a is free: it is fitted as well.",
    ),
    Misconception(
        "inverse",
        (FIT, "np.exp(-lag @ np.log(norms) / (lag @ lag))"),
        "This is 1/γ: the lag counts back from the end, and lag 0 comes first.",
    ),
    Misconception(
        "one-for-all-rows",
        (FIT, "np.exp(lag @ np.log(norms).mean(axis=1) / (lag @ lag)) * np.ones(norms.shape[1])"),
        "All rows got the same γ: each sequence has its own line.",
    ),
    Misconception(
        "epsilon-in-log",
        ("np.log(norms)", "np.log(norms + 1e-16)"),
        "Norms below some size are not told apart: a small number is added to them, or they are raised to it. Those "
        "that have nearly vanished are the ones to be measured, and all are positive.",
    ),
    Misconception(
        "end-points-of-T-plus-1-steps",
        ("np.exp(lag @ np.log(norms) / (lag @ lag))", "((norms[-1] / norms[0]) ** (1 / len(norms)))"),
        "Only the first and the last norm count here, and T + 1 norms are T steps apart. Fit a line through all of "
        "them.",
    ),
)

NORM_BANK = (
    Misconception(
        "array-by-array",
        (CLIPPED, CLIPPED.replace("factor * g", "min(1, limit / max(np.linalg.norm(g), 1e-300)) * g")),
        "Each array is clipped by its own norm. All arrays together are one gradient: one norm, one factor.",
    ),
    Misconception(
        "always-scaled",
        (FACTOR, "factor = limit / norm"),
        "A gradient that is shorter than the limit is lengthened. Leave it alone.",
    ),
    Misconception(
        "not-clipped",
        (FACTOR, "factor = 1"),
        "The gradient comes back as long as it was.",
    ),
    Misconception(
        "upside-down",
        (FACTOR, "factor = min(1, norm / limit)"),
        "The factor is upside down: the longer the gradient, the smaller it must be.",
    ),
    Misconception(
        "never-above-1",
        (FACTOR, "factor = min(1, 1 / norm)"),
        "The gradient is clipped to the length 1, whatever the limit is.",
    ),
    Misconception(
        "to-length-1",
        (FACTOR, "factor = 1 if norm <= limit else 1 / norm"),
        "A gradient that is too long gets the length 1. It should get the length `limit`.",
    ),
    Misconception(
        "epsilon",
        (FACTOR, "factor = min(1, limit / (norm + 1e-6))"),
        "A small number is added to the norm, as PyTorch does. The zero gradient can be handled without it.",
    ),
    Misconception(
        "thrown-away",
        (FACTOR, "factor = 1 if norm <= limit else 0"),
        "A gradient that is too long is thrown away. It should be shortened, with its direction kept.",
    ),
    Misconception(
        "by-value",
        (CLIPPED, CLIPPED.replace("factor * g", "np.clip(g, -limit, limit)")),
        "Every entry is limited by itself. That is clipping by value, and it changes the direction.",
    ),
    Misconception(
        "squared-norm",
        (NORM, NORM.replace("largest * np.sqrt(", "largest**2 * (")),
        "This is the square of the norm: a root is missing.",
    ),
    Misconception(
        "sum-of-norms",
        (NORM, "norm = largest * sum(np.sqrt(np.sum((g / largest) ** 2)) for g in gradients.values())"),
        "The norms of the arrays are added. Lengths of perpendicular parts add as squares.",
    ),
    Misconception(
        "root-mean-square",
        (NORM, f"{NORM} / np.sqrt(sum(g.size for g in gradients.values()))"),
        "The mean of the squares was taken. A norm is the root of their sum.",
    ),
    Misconception(
        "largest-entry",
        (NORM, "norm = largest"),
        "The largest entry was taken for the norm. All entries count.",
    ),
    Misconception(
        "absolute-values",
        (NORM, "norm = largest * sum(np.sum(np.abs(g / largest)) for g in gradients.values())"),
        "This is the sum of absolute values. The length of a vector is the root of the sum of squares.",
    ),
    Misconception(
        "spectral-norm",
        (NORM, "norm = largest * max(np.linalg.norm(np.atleast_2d(g / largest), 2) for g in gradients.values())"),
        "This is a largest singular value. The gradient is one long vector here: its length is wanted.",
    ),
    Misconception(
        "bias-left-out",
        (NORM, NORM.replace("for g in gradients.values()", "for g in gradients.values() if g.ndim > 1")),
        "The norm misses the bias: all arrays of the dict count.",
    ),
    Misconception(
        "norm-after-clipping",
        (CLIPPED, f"{CLIPPED} * factor"),
        "The norm returned is the one after clipping. Wanted is the one before: it tells what happened.",
    ),
    Misconception(
        "overflow",
        (NORM, "norm = np.sqrt(sum(np.sum(g**2) for g in gradients.values()))"),
        "Finite but huge entries overflow when they are squared. Lesson 01 met this with exp: what helped there?",
    ),
    Misconception(
        "zero-over-zero",
        (GUARD, "if not np.isfinite(largest):"),
        "The zero gradient gives 0/0. It has the norm 0, and nothing needs to be clipped.",
    ),
    Misconception(
        "not-finite-spreads",
        (GUARD, "if largest == 0:"),
        "A gradient with an entry that is not finite comes back as it was, and its norm as NaN. Ask whether the "
        "largest entry is finite before you divide by it.",
    ),
    Misconception(
        "nan-spreads",
        (GUARD, "if largest == 0 or np.isinf(largest):"),
        "An infinite entry is handled, a NaN is not: the gradient comes back as it was. Python's own `min` and `max` "
        "may step over a NaN.",
    ),
    Misconception(
        "alarm-silenced",
        (GUARD, "if (largest := np.nan_to_num(largest, nan=0.0, posinf=0.0)) == 0:"),
        "A gradient that is not finite becomes zero, as it should, but its norm says 0: nobody notices what happened.",
    ),
    Misconception(
        "norm-forgotten",
        (CLIPPED, CLIPPED.removesuffix(", norm")),
        "Two results are wanted: the clipped gradient, and the norm that it had.",
    ),
    Misconception(
        "results-swapped",
        (CLIPPED, "return norm, {name: factor * g for name, g in gradients.items()}"),
        "The two results are in the opposite order: the clipped gradient comes first.",
    ),
    Misconception(
        "overflow-in-float64",
        (NORM, NORM.replace("largest * np", "np").replace("(g / largest) ** 2", "g.astype(float) ** 2")),
        "Finite but huge entries overflow when they are squared. Lesson 01 met this with exp: what helped there?",
    ),
    Misconception(
        "given-arrays-returned",
        (CLIPPED, CLIPPED.replace("factor * g", "g if factor == 1 else factor * g")),
        "An array that needs no clipping comes back as the very one that was given: if that changes later, so does "
        "your result. New arrays are asked for.",
    ),
    Misconception(
        "names-written-in",
        ("np.abs(g).max() for g in gradients.values()", 'np.abs(gradients[name]).max() for name in ("W", "U", "b")'),
        "The names W, U and b stand in your code. The dict may hold others: take them from it.",
    ),
    Misconception(
        "given-zeros-returned",
        ("return {name: np.zeros_like(g)", "return {name: np.zeros_like(g) if largest else g"),
        "The zero gradient comes back as the very arrays that were given: if they change later, so does your result. "
        "New arrays are asked for.",
    ),
    Misconception(
        "given-dict-returned",
        (CLIPPED, CLIPPED.replace("return ", "gradients |= ").replace(", norm", "; return gradients, norm")),
        "Your result is the dict that was given, changed: what the caller had in it is lost. Make a new dict, with "
        "new arrays.",
    ),
    Misconception(
        "array-by-array-with-care",
        (
            "{name: factor * g for",
            "{name: min(1, limit / (largest * max(np.sqrt(np.sum((g / largest) ** 2)), 1e-30))) * g for",
        ),
        "Each array is clipped by its own norm. All arrays together are one gradient: one norm, one factor.",
    ),
    Misconception(
        "plain-formula",
        ("if largest == 0 or not np.isfinite(largest):", "if (largest := largest.dtype.type(1)) == 0:"),
        "This is the plain formula. Huge entries overflow when they are squared, ∞ · 0 is NaN, and a NaN stays: three "
        "of the four rules are missing.",
    ),
    Misconception(
        "zero-times-infinity",
        ("np.zeros_like(g)", "0 * g"),
        "Where an entry is not finite the others become 0, and that one NaN: ∞ · 0 is NaN, and NaN · 0 too. The whole "
        "gradient becomes zero.",
    ),
    Misconception(
        "all-nan",
        ("np.zeros_like(g)", "g * 0 + (0 if np.isfinite(largest) else np.nan)"),
        "A gradient that is not finite comes back as NaN, every entry of it. It should become zero, and only its norm "
        "tells what happened.",
    ),
    Misconception(
        "nan-norm-for-infinity",
        ("for name, g in gradients.items()}, largest", "for name, g in gradients.items()}, 0 * largest"),
        "A gradient that is not finite becomes zero, as it should, but its norm is always NaN: where an entry is "
        "infinite, the norm is infinite.",
    ),
)

VALUE_BANK = (
    Misconception(
        "upper-side-only",
        (CLIP, "np.minimum(g, limit)"),
        "Large positive entries are limited, large negative ones are not.",
    ),
    Misconception(
        "set-to-zero",
        (CLIP, "np.where(np.abs(g) > limit, 0, g)"),
        "Entries beyond the limit become 0. They should become the limit, with their sign.",
    ),
    Misconception(
        "sign-lost",
        (CLIP, "np.where(np.abs(g) > limit, limit, g)"),
        "Entries beyond the limit lose their sign: a step that should go down goes up.",
    ),
    Misconception(
        "signs-only",
        (CLIP, "limit * np.sign(g)"),
        "All entries got the size of the limit. Those within it must stay as they were.",
    ),
    Misconception(
        "absolute-values",
        (CLIP, "np.minimum(np.abs(g), limit)"),
        "The absolute values were limited, and the signs are gone.",
    ),
    Misconception(
        "by-norm",
        (CLIP, "g * min(1, limit / max(np.sqrt(sum((v**2).sum() for v in gradients.values())), 1e-300))"),
        "The whole gradient is scaled: that is clipping by norm. By value, every entry is limited by itself.",
    ),
    Misconception(
        "scaled-to-the-largest",
        (CLIP, "g * min(1, limit / max(np.abs(g).max(), 1e-300))"),
        "Each array is scaled so that its largest entry fits. By value, the other entries stay as they are.",
    ),
    Misconception(
        "between-0-and-limit",
        (CLIP, "np.clip(g, 0, limit)"),
        "Negative entries became 0. They are limited at −limit.",
    ),
    Misconception(
        "soft",
        (CLIP, "limit * np.tanh(g / limit)"),
        "The entries are bent smoothly. Those within the limit must stay exactly as they were.",
    ),
    Misconception(
        "given-arrays-returned",
        (CLIP, f"g if np.abs(g).max() <= limit else {CLIP}"),
        "An array that needs no clipping comes back as the very one that was given: if that changes later, so does "
        "your result. New arrays are asked for.",
    ),
    Misconception(
        "names-written-in",
        ("for name, g in gradients.items()", 'for name, g in ((name, gradients[name]) for name in ("W", "U", "b"))'),
        "The names W, U and b stand in your code. The dict may hold others: take them from it.",
    ),
    Misconception(
        "given-dict-returned",
        (VALUES, VALUES.replace("return ", "gradients |= ") + "; return gradients"),
        "Your result is the dict that was given, changed: what the caller had in it is lost. Make a new dict, with "
        "new arrays.",
    ),
    Misconception(
        "scaled-entry-by-entry",
        ("np.clip(g, -limit, limit)", "g * np.minimum(1, limit / np.abs(g))"),
        "Each entry is multiplied by limit / |g|: an infinite entry becomes ∞ · 0, which is NaN. It should become "
        "±limit.",
    ),
)

STEP_BANK = (
    Misconception(
        "not-clipped",
        (CLIP_CALL, "clipped = gradients"),
        "The step goes as far as the gradient is long: it is not clipped.",
    ),
    Misconception(
        "decay-clipped-too",
        ("gradients, limit)", "{n: g + decay * parameters[n] for n, g in gradients.items()}, limit); decay = 0"),
        "The decay was added before clipping, so that it is clipped along. Only the gradient of the loss is clipped.",
    ),
    Misconception(
        "step-clipped",
        ("gradients, limit)", "gradients, limit / lr)"),
        "The gradient was multiplied by lr before it was clipped: the limit is one for the gradient, not for the step.",
    ),
    Misconception(
        "clipped-by-value",
        (CLIP_CALL, "clipped = clip_by_value(gradients, limit)"),
        "The gradient is clipped by value. Clip it by norm.",
    ),
    Misconception(
        "clipped-array-by-array",
        (CLIP_CALL, "clipped = {n: clip_by_norm({n: g}, limit)[0][n] for n, g in gradients.items()}"),
        "Each array is clipped by its own norm. All of them together are one gradient.",
    ),
    Misconception(
        "no-decay",
        (STEP, "p - lr * clipped[name]"),
        "The decay is missing.",
    ),
    Misconception(
        "decay-without-lr",
        (STEP, "p - lr * clipped[name] - decay * p"),
        "The decay is not multiplied by the learning rate. Here it belongs to the gradient: lr multiplies both.",
    ),
    Misconception(
        "decay-after-the-step",
        (STEP, "(p - lr * clipped[name]) * (1 - lr * decay)"),
        "The decay acts on the parameter after the step. It is computed from the parameter before it.",
    ),
    Misconception(
        "decay-grows",
        (STEP, "p - lr * (clipped[name] - decay * p)"),
        "The decay has the wrong sign: the weights grow.",
    ),
    Misconception(
        "uphill",
        (STEP, "p + lr * (clipped[name] + decay * p)"),
        "The step goes uphill: look at the sign in front of lr.",
    ),
    Misconception(
        "uphill-with-decay",
        (STEP, "p + lr * (clipped[name] - decay * p)"),
        "The gradient is followed uphill, the decay is not: look at the two signs.",
    ),
    Misconception(
        "decay-twice",
        (STEP, "p - lr * (clipped[name] + 2 * decay * p)"),
        "The decay is twice as strong: the penalty is ½ · decay · θ², and its gradient has no 2.",
    ),
    Misconception(
        "decay-of-the-gradient",
        (STEP, "p - lr * (clipped[name] + decay * clipped[name])"),
        "The decay multiplies the gradient. It belongs to the parameter.",
    ),
    Misconception(
        "decay-by-sign",
        (STEP, "p - lr * (clipped[name] + decay * np.sign(p))"),
        "The decay pulls every weight equally hard (an L1 penalty). Here it is proportional to the weight.",
    ),
    Misconception(
        "bias-not-decayed",
        (STEP, "p - lr * (clipped[name] + decay * p * (p.ndim > 1))"),
        "The bias does not decay. That is often done, but (as with PyTorch's default) here every parameter decays.",
    ),
    Misconception(
        "step-only",
        (STEP, "-lr * (clipped[name] + decay * p)"),
        "This is the change. Wanted are the new parameters.",
    ),
    Misconception(
        "always-scaled",
        (FACTOR, "factor = limit / norm"),
        "A gradient that is shorter than the limit is lengthened. If you call your `clip_by_norm`, look at it first.",
        where="clip_by_norm",
    ),
    Misconception(
        "not-finite-spreads",
        (GUARD, "if largest == 0:"),
        "A gradient with an entry that is not finite is followed as it is. It should become zero: if you call your "
        "`clip_by_norm`, look at it first.",
        where="clip_by_norm",
    ),
    Misconception(
        "nan-spreads",
        (GUARD, "if largest == 0 or np.isinf(largest):"),
        "An infinite entry is handled, a NaN is not: it gets into the parameters. If you call your `clip_by_norm`, "
        "look at it first.",
        where="clip_by_norm",
    ),
    Misconception(
        "names-written-in",
        ("for name, p in parameters.items()", 'for name, p in ((name, parameters[name]) for name in ("W", "U", "b"))'),
        "The names W, U and b stand in your code. The dicts may hold others: take them from there.",
    ),
    Misconception(
        "given-dict-returned",
        (STEPPED, STEPPED.replace("return ", "parameters |= ") + "; return parameters"),
        "Your result is the dict that was given, changed: what the caller had in it is lost. Make a new dict, with "
        "new arrays.",
    ),
    Misconception(
        "clipped-after-the-decay-is-scaled",
        ("gradients, limit)", "{n: lr * g for n, g in gradients.items()}, limit); lr = 1"),
        "lr multiplies the gradient before it is clipped, and the decay not at all. In (3.14) it multiplies both "
        "parts of the bracket.",
    ),
)

ORTHOGONAL_BANK = (
    Misconception(
        "signs-left",
        (SIGNS, "Q = Q * 1.0"),
        "The columns have the signs that the QR routine happened to choose. The diagonal of R must be positive.",
    ),
    Misconception(
        "signs-on-the-rows",
        (SIGNS, "Q = np.sign(np.diag(R))[:, None] * Q if len(Q) == len(R) else Q"),
        "The signs multiply the rows of Q. A diagonal entry of R belongs to a column of Q.",
    ),
    Misconception(
        "signs-upside-down",
        (SIGNS, "Q = -Q * np.sign(np.diag(R))"),
        "The sign is turned: the diagonal of R must be positive, not negative.",
    ),
    Misconception(
        "times-the-diagonal",
        (SIGNS, "Q = Q * np.diag(R)"),
        "The columns are multiplied by the diagonal of R itself: their length is no longer 1. Only its signs matter.",
    ),
    Misconception(
        "gain-forgotten",
        (ORTHOGONAL, "return Q if tall else Q.T"),
        "The gain is missing.",
    ),
    Misconception(
        "gain-divides",
        (ORTHOGONAL, "return (Q if tall else Q.T) / gain"),
        "The result is divided by the gain. All singular values should equal it.",
    ),
    Misconception(
        "gain-squared",
        (ORTHOGONAL, "return gain**2 * (Q if tall else Q.T)"),
        "The gain enters twice.",
    ),
    Misconception(
        "not-transposed-back",
        (ORTHOGONAL, "return gain * Q"),
        "A wide A gives a tall result: it was transposed before, and must be transposed back.",
    ),
    Misconception(
        "wide-not-transposed",
        ("tall = A.shape[0] >= A.shape[1]", "tall = True"),
        "A wide A is decomposed as it is, and its Q is too small. Work with the transpose.",
    ),
    Misconception(
        "always-transposed",
        ("tall = A.shape[0] >= A.shape[1]", "tall = False"),
        "The rows were made orthogonal, one after the other. For a square or tall A it is the columns.",
    ),
    Misconception(
        "transposed",
        (ORTHOGONAL, "return gain * (Q.T if tall else Q)"),
        "The result is transposed: it should have the shape of A.",
    ),
    Misconception(
        "only-scaled",
        (ORTHOGONAL, "return gain * A / np.linalg.norm(A, 2)"),
        "A was only scaled: its largest singular value is right, the others are not.",
        rest_is_right=True,
    ),
    Misconception(
        "columns-scaled",
        (ORTHOGONAL, "return gain * A / np.linalg.norm(A, axis=0 if tall else 1, keepdims=True)"),
        "The columns have the right length, but are not perpendicular to each other.",
    ),
    Misconception(
        "nearest-orthogonal",
        (QR, "((s := np.linalg.svd(A if tall else A.T, full_matrices=False))[0] @ s[2], np.eye(min(A.shape)))"),
        "This matrix is orthogonal, but another one (from the singular value decomposition). Take Q of the QR "
        "decomposition.",
    ),
    Misconception(
        "signs-on-the-first-rows",
        (
            "Q = Q * np.sign(np.diag(R))",
            "Q = np.append(np.sign(np.diag(R)), np.ones(len(Q) - len(R)))[:, None] * Q",
        ),
        "The signs multiply the rows of Q. A diagonal entry of R belongs to a column of Q.",
    ),
    Misconception(
        "wide-padded",
        (
            "Q if tall else Q.T",
            "Q if tall else np.pad((two := np.linalg.qr(A))[0] * np.sign(np.diag(two[1])), ((0, "
            "0), (0, A.shape[1] - len(A))))",
        ),
        "A wide A is decomposed as it is, and its Q filled up with columns of 0: then the rows are perpendicular, but "
        "to other ends. Work with the transpose.",
    ),
)

IRNN_BANK = (
    Misconception(
        "all-ones",
        ("scale * np.eye(H, dtype=A.dtype)", "scale * np.ones((H, H), dtype=A.dtype)"),
        "U adds all units up. To copy the state, each unit may see only itself.",
    ),
    Misconception(
        "scale-forgotten",
        ("scale * np.eye(H, dtype=A.dtype)", "np.eye(H, dtype=A.dtype)"),
        "U is the identity itself: the scale is missing.",
    ),
    Misconception(
        "size-of-the-input",
        ("H = len(A)", "H = A.shape[1]"),
        "U and b have the size of the input. They belong to the units of the state.",
    ),
    Misconception(
        "std-forgotten",
        ("return std * A,", "return A,"),
        "W is A itself: it should be std times as large.",
    ),
    Misconception(
        "variance",
        ("return std * A,", "return std**2 * A,"),
        "W is multiplied by the variance. A standard deviation of std is wanted.",
    ),
    Misconception(
        "divided",
        ("return std * A,", "return A / std,"),
        "W is divided by std: it becomes larger instead of smaller.",
    ),
    Misconception(
        "scale-on-W",
        ("return std * A, scale * np.eye(H, dtype=A.dtype)", "return scale * A, std * np.eye(H, dtype=A.dtype)"),
        "std and scale are exchanged: which of them belongs to the input?",
    ),
    Misconception(
        "bias-of-ones",
        ("np.zeros(H, dtype=A.dtype)", "np.ones(H, dtype=A.dtype)"),
        "The bias is 1: then every step adds 1 to the state. A network that copies adds nothing.",
    ),
    Misconception(
        "order",
        ("return std * A, scale * np.eye(H, dtype=A.dtype),", "return scale * np.eye(H, dtype=A.dtype), std * A,"),
        "W and U are in the opposite order.",
    ),
    Misconception(
        "transposed-W",
        ("return std * A,", "return std * A.T,"),
        "W is transposed: it has a row for every unit, as A has.",
    ),
)

BANK = {
    "clipping.jacobian_norms": JACOBIAN_BANK,
    "clipping.predicted_gamma": PREDICTION_BANK,
    "clipping.measured_gamma": MEASURE_BANK,
    "clipping.clip_by_norm": NORM_BANK,
    "clipping.clip_by_value": VALUE_BANK,
    "clipping.sgd_step": STEP_BANK,
    "clipping.orthogonal": ORTHOGONAL_BANK,
    "clipping.irnn": IRNN_BANK,
}
