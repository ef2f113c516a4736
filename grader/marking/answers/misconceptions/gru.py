"""Lesson 04: wrong answers that people really give, as one-line edits of `solutions.gru`."""

from __future__ import annotations

from dataclasses import replace

from grader.marking.answers.misconceptions.entries import Misconception

SPLIT_W, SPLIT_U = (
    "a_r, a_z, a_n = np.split(x_t @ W.T + b, 3, axis=-1)",
    "u_r, u_z, u_n = np.split(h @ U.T, 3, axis=-1)",
)
CANDIDATE = "np.tanh(a_n + r * (u_n + b_m))"
MIX = "z * h + (1 - z) * n"

GATES = (
    Misconception(
        "order-z-r-n",
        ("r = sigmoid(a_r + u_r)", "a_r, a_z, u_r, u_z = a_z, a_r, u_z, u_r; r = sigmoid(a_r + u_r)"),
        "The blocks are taken in the order z, r, n. Here the reset gate comes first: r, z, n.",
    ),
    Misconception(
        "reset-before-the-product",
        (CANDIDATE, "np.tanh(a_n + (r * h) @ U[2 * len(b_m) :].T + b_m)"),
        "The reset gate multiplies the state, and then U_n is applied: that is the form of the 2014 paper. Here it "
        "acts after the product.",
    ),
    Misconception(
        "bias-outside-the-reset",
        (CANDIDATE, "np.tanh(a_n + r * u_n + b_m)"),
        "The bias b_m is added outside the reset gate's product. It belongs to what the state says: look inside the "
        "brackets.",
    ),
    Misconception(
        "both-biases-inside-the-reset",
        (CANDIDATE, "np.tanh(x_t @ W[2 * len(b_m) :].T + r * (b[2 * len(b_m) :] + u_n + b_m))"),
        "Both biases of the candidate are multiplied by the reset gate. Only one of the two stands inside.",
    ),
    Misconception(
        "input-reset-too",
        (CANDIDATE, "np.tanh(r * (a_n + u_n + b_m))"),
        "The reset gate multiplies the input's part as well. It shuts out the past, not the present.",
    ),
    Misconception(
        "no-bias-of-the-state",
        (CANDIDATE, "np.tanh(a_n + r * u_n)"),
        "One of the four parameters is never used: where is b_m?",
    ),
    Misconception(
        "no-reset",
        (CANDIDATE, "np.tanh(a_n + u_n + b_m)"),
        "The reset gate has no influence on the candidate.",
    ),
    Misconception(
        "update-gate-resets",
        (CANDIDATE, "np.tanh(a_n + z * (u_n + b_m))"),
        "The candidate is reset by the update gate. Each gate has one job: which is which?",
    ),
    Misconception(
        "sigmoid-candidate",
        (CANDIDATE, "sigmoid(a_n + r * (u_n + b_m))"),
        "The candidate goes through σ, and so can never be negative. It is a state, not a gate.",
    ),
    Misconception(
        "tanh-gates",
        ("sigmoid(", "np.tanh("),
        "The gates go through tanh, so that some are negative. A gate is a share, between 0 and 1.",
        times=2,
    ),
    Misconception(
        "transposed-U",
        (SPLIT_U, "u_r, u_z, u_n = (h @ block for block in np.split(U, 3))"),
        "The three blocks of U enter as their transposes. Each is square, so nothing complains: entry [i, j] leads "
        "from unit j to unit i.",
    ),
    Misconception(
        "gates-do-not-see-the-state",
        (SPLIT_U, "u_r, u_z, u_n = 0, 0, np.split(h @ U.T, 3, axis=-1)[2]"),
        "The gates look at the input alone. They should look at the state, too, before they decide.",
    ),
    Misconception(
        "no-bias",
        ("x_t @ W.T + b", "x_t @ W.T"),
        "The stacked bias b is missing.",
    ),
    Misconception(
        "b-in-both-products",
        ("np.split(h @ U.T, 3, axis=-1)", "np.split(h @ U.T + b, 3, axis=-1)"),
        "b is added to both products. It belongs to the input's; what stands beside the state's product is b_m, in "
        "the candidate alone.",
    ),
    Misconception(
        "bias-of-the-state-everywhere",
        ("np.split(h @ U.T, 3, axis=-1)", "np.split(h @ U.T + np.tile(b_m, 3), 3, axis=-1); b_m = 0 * b_m"),
        "b_m is added in the two gates as well. It is the second bias of the candidate alone.",
    ),
)

STEP = (
    Misconception(
        "z-and-1-minus-z",
        (MIX, "(1 - z) * h + z * n"),
        "z and 1 − z are swapped: your update gate lets the candidate in where it should keep the old state. Other "
        "books do it that way; here z → 1 keeps.",
    ),
    Misconception(
        "no-complement",
        (MIX, "z * h + n"),
        "The candidate is added whole. How much of it should come in, when z of the old state stays?",
    ),
    Misconception("candidate-only", (MIX, "n"), "This is the candidate. The update gate has not acted yet."),
    Misconception(
        "no-candidate",
        (MIX, "z * h"),
        "The old state fades, and nothing new comes in.",
    ),
    Misconception(
        "reset-gate-updates",
        ("_, z, n = gates", "z, _, n = gates"),
        "The reset gate mixes old and new here. That is the job of the second gate.",
    ),
    *(replace(entry, where="gates") for entry in GATES),
    Misconception(
        "bent-again",
        ("z * h + (1 - z) * n", "np.tanh(z * h + (1 - z) * n)"),
        "The new state is bent once more. It is a weighted mean of the old state and the candidate, as it is.",
    ),
)

LIMITS = (
    Misconception(
        "z-limits-swapped",
        ("return h, np.tanh(a_n), np.tanh(a_n + u_n + b_m)", "return np.tanh(a_n + u_n + b_m), h, h"),
        "What z → 1 and z → 0 do is exchanged. Put z = 1 into the equation of h_t.",
    ),
    Misconception(
        "bias-stays-in-forget",
        ("np.tanh(a_n),", "np.tanh(a_n + b_m),"),
        "With r = 0 a bias is still there that the reset gate should have shut out.",
    ),
    Misconception(
        "no-bias-of-the-state",
        ("np.tanh(a_n + u_n + b_m)", "np.tanh(a_n + u_n)"),
        "With r = 1 everything inside the reset gate's product comes through. Is it all there?",
    ),
    Misconception(
        "forget-and-simple-swapped",
        ("np.tanh(a_n), np.tanh(a_n + u_n + b_m)", "np.tanh(a_n + u_n + b_m), np.tanh(a_n)"),
        "The last two are in the wrong order, or r → 0 and r → 1 are exchanged: r → 0 shuts the old state out.",
    ),
    Misconception(
        "forget-is-zero",
        ("np.tanh(a_n),", "0 * h,"),
        "With z = 0 and r = 0 the old state is forgotten, but the new input is not: something remains.",
    ),
    Misconception(
        "first-block",
        ("_, _, a_n =", "a_n, _, _ ="),
        "The candidate's input part is taken from the wrong block of W and b. The order is r, z, n.",
    ),
    Misconception(
        "no-tanh",
        ("np.tanh(", "("),
        "These are the numbers before tanh.",
        times=2,
    ),
    Misconception(
        "copy-is-bent",
        ("return h,", "return np.tanh(h),"),
        "With z = 1 the old state is kept as it is: no tanh stands on its way.",
    ),
    Misconception(
        "transposed-U",
        ("np.split(h @ U.T, 3, axis=-1)", "(h @ block for block in np.split(U, 3))"),
        "The block of U enters as its transpose. It is square, so nothing complains: entry [i, j] leads from unit j "
        "to unit i.",
    ),
    Misconception(
        "first-block-of-both",
        ("3, axis=-1)", "3, axis=-1)[::-1]"),
        "The first block was taken, of W, b and U alike: that is the reset gate's. The order is r, z, n.",
        times=2,
    ),
)

SEQUENCE = (
    Misconception(
        "always-from-h0",
        ("step(x_t, h, W", "step(x_t, h0, W"),
        "Every step starts from h0. The state just computed must go into the next one.",
    ),
    Misconception(
        "zero-start",
        ("h = h0", "h = 0 * h0"),
        "The sequence starts from zeros, whatever h0 is.",
    ),
    Misconception(
        "h0-among-the-states",
        ("states.append(h)", "states.append(h) or states[0] is h and states.insert(0, h0)"),
        "h0 is among the states. The result begins with h_1: one state for each input.",
    ),
    Misconception(
        "batch-first",
        ("np.stack(states)", "np.stack(states, axis=1)"),
        "The axes of the result are (B, T, H). Time comes first.",
    ),
    Misconception(
        "last-state-only",
        ("np.stack(states)", "h"),
        "Only the last state is returned. All T are wanted.",
    ),
    Misconception(
        "backwards",
        ("for x_t in x:", "for x_t in x[::-1]:"),
        "The inputs are read from the last to the first.",
    ),
    Misconception(
        "each-from-its-end",
        (
            "h = step(x_t, h, W, U, b, b_m)",
            "h = step(x[-1 - len(states)], h, W, U, b, b_m); states.insert(0, h); continue",
        ),
        "The inputs are read from the last to the first: state t comes of x_t and all that follows. Time runs forward.",
    ),
    *(replace(entry, where="step") for entry in STEP if not entry.where),
    *(replace(entry, where="gates") for entry in GATES),
    Misconception(
        "states-one-late",
        ("np.stack(states)", "np.stack([h0, *states[:-1]])"),
        "The list is one step late: it starts with h0 and lacks the last state. Keep the state after the step, not "
        "before.",
    ),
    Misconception(
        "states-reversed",
        ("np.stack(states)", "np.stack(states[::-1])"),
        "The states are in the opposite order: the state after the first input comes first.",
    ),
    Misconception(
        "states-overwritten",
        ("np.stack(states)", "np.stack([h] * len(x))"),
        "All T states are the last one. If you keep a state in a list, is it an array of its own, or one that is "
        "overwritten later?",
    ),
    Misconception(
        "axes-of-length-1-lost",
        ("np.stack(states)", "np.squeeze(np.stack(states))"),
        "Axes of length 1 are gone: `squeeze` takes every one of them. The shape is (T, B, H), also where one of the "
        "three is 1.",
    ),
)

COUNT = (
    Misconception(
        "one-gate",
        ("weights = 3 *", "weights = 1 *"),
        "The weights of one block are counted. How many blocks are stacked?",
    ),
    Misconception(
        "two-blocks",
        ("weights = 3 *", "weights = 2 *"),
        "The weights of two blocks are counted. The candidate has its own, too.",
    ),
    Misconception(
        "four-blocks",
        ("weights = 3 *", "weights = 4 *"),
        "Four blocks of weights are counted; that is the LSTM. Here there are two gates and a candidate.",
    ),
    Misconception(
        "no-bias-of-the-state",
        ("weights + 4 * H", "weights + 3 * H"),
        "H are missing in your first count. There are two vectors of biases, b with a part for each block, and b_m.",
    ),
    Misconception(
        "no-biases",
        ("return weights + 4 * H, weights + 6 * H", "return weights, weights"),
        "Only the weights are counted; biases are learned, too.",
    ),
    Misconception(
        "torch-has-one-bias",
        ("weights + 6 * H", "weights + 3 * H"),
        "PyTorch has two vectors of biases, each with a part for r, z and n.",
    ),
    Misconception(
        "torch-as-ours",
        ("weights + 6 * H", "weights + 4 * H"),
        "PyTorch does not merge the biases of r and z: it has two for each.",
    ),
    Misconception(
        "swapped-results",
        ("weights + 4 * H, weights + 6 * H", "weights + 6 * H, weights + 4 * H"),
        "The two counts are in the wrong order: ours first.",
    ),
    Misconception(
        "D-and-H-swapped",
        ("H * D + H * H", "H * D + D * D"),
        "U leads from state to state: its shape has no D.",
    ),
    Misconception(
        "b_m-of-3H",
        ("weights + 4 * H,", "weights + 6 * H,"),
        "Your first count has 6 · H biases, as PyTorch's. Here b_m stands in the candidate alone: H entries.",
    ),
    Misconception(
        "U-once",
        ("3 * (H * D + H * H)", "3 * H * D + H * H"),
        "U is counted with one block. It has three, as W has.",
    ),
    Misconception(
        "W-once",
        ("3 * (H * D + H * H)", "H * D + 3 * H * H"),
        "W is counted with one block. It has three, as U has.",
    ),
)

FROM_TORCH = (
    Misconception(
        "all-biases-added",
        ("b[: 2 * H] += bias_hh[: 2 * H]", "b += bias_hh"),
        "The two biases of the candidate are merged into b, although one of them stands inside the reset gate's "
        "product.",
    ),
    Misconception(
        "bias-hh-ignored",
        ("b[: 2 * H] += bias_hh[: 2 * H]", "pass"),
        "For r and z, one of PyTorch's two biases is lost.",
    ),
    Misconception(
        "inside-and-outside-exchanged",
        ("b = bias_ih.copy()", "b, bias_hh = bias_hh.copy(), bias_ih"),
        "The candidate's two biases are exchanged: which of PyTorch's is multiplied by the reset gate?",
    ),
    Misconception(
        "first-block",
        ("bias_hh[2 * H :]", "bias_hh[:H]"),
        "b_m is taken from the reset gate's block. The order is r, z, n.",
    ),
    Misconception(
        "order-z-r-n",
        ("b = bias_ih.copy()", "b = np.roll(bias_ih.reshape(3, H)[[1, 0, 2]], 0).ravel()"),
        "The first two blocks of one of the biases have changed places. PyTorch's order is r, z, n, like ours.",
    ),
    Misconception(
        "mean-of-the-biases",
        ("b[: 2 * H] += bias_hh[: 2 * H]", "b[: 2 * H] = (b + bias_hh)[: 2 * H] / 2"),
        "The biases of r and z are averaged. In the equation both are added.",
    ),
    Misconception(
        "weights-transposed",
        ("return weight_ih, weight_hh,", "return weight_ih.T, weight_hh.T,"),
        "The weights are transposed. PyTorch's have our shapes, (3H, D) and (3H, H).",
    ),
    Misconception(
        "H-from-D",
        ("weight_hh.shape[1]", "weight_ih.shape[1]"),
        "The blocks are cut with the size of the input: the second axis of weight_ih is D. Which array has H there?",
    ),
)

SHORTCUT = "z[:, :, None] * np.eye(len(b_m), dtype=U.dtype)"
JACOBIAN = (
    Misconception(
        "no-shortcut",
        (SHORTCUT, "0 * U_z"),
        "The direct way is missing: h_{t-1} itself stands in the equation of h_t.",
    ),
    Misconception(
        "shortcut-only",
        ("shortcut + by_update + ", "shortcut + 0 * "),
        "Only the direct way is there. The gates and the candidate depend on h_{t-1}, too.",
    ),
    Misconception(
        "gates-held-constant",
        ("by_update = ((h - n) * z * (1 - z))", "by_update = (0 * z)"),
        "The update gate is held constant. It is computed from h_{t-1}: differentiate it, too.",
    ),
    Misconception(
        "reset-held-constant",
        (" + (m * r * (1 - r))[:, :, None] * U_r", ""),
        "The reset gate is held constant. It is computed from h_{t-1}: differentiate it, too.",
    ),
    Misconception(
        "candidate-in-by-update",
        ("(h - n) * z", "h * z"),
        "z stands twice in the equation of h_t, once as 1 − z; only one of the two is differentiated.",
    ),
    Misconception(
        "columns-instead-of-rows",
        ("[:, :, None] * U_z", "[:, None, :] * U_z"),
        "The factors of z multiply the columns of U_z. A diagonal matrix on the left multiplies rows.",
    ),
    Misconception(
        "transposed",
        (
            "return shortcut + by_update + ((1 - z) * (1 - n**2))[:, :, None] * by_candidate",
            "return (shortcut + by_update + ((1 - z) * (1 - n**2))[:, :, None] * by_candidate).swapaxes(1, 2)",
        ),
        "Rows and columns are exchanged: J[i, j] says how much unit i of h_t changes with unit j of h_{t-1}.",
    ),
    Misconception(
        "no-tanh-slope",
        ("((1 - z) * (1 - n**2))", "(1 - z)"),
        "The slope of tanh is missing in the candidate's ways.",
    ),
    Misconception(
        "m-without-bias",
        ("m = h @ U_n.T + b_m", "m = h @ U_n.T"),
        "What the reset gate multiplies has a bias, too.",
    ),
    Misconception(
        "z-and-1-minus-z",
        (SHORTCUT, "(1 - z)[:, :, None] * np.eye(len(b_m), dtype=U.dtype)"),
        "The direct way has the weight 1 − z. When z is 1, the state is copied: how large is its derivative then?",
    ),
    *(replace(entry, where="gates") for entry in GATES[:3]),
    Misconception(
        "columns-everywhere",
        ("[:, :, None]", "[:, None, :]"),
        "Every vector multiplies the columns of its matrix. A diagonal matrix on the left multiplies rows.",
        times=5,
    ),
    Misconception(
        "sign-of-the-update-gate",
        ("(h - n) * z", "(n - h) * z"),
        "The way through the update gate has the wrong sign. When z grows, does the old state or the candidate gain?",
    ),
    Misconception(
        "shortcut-in-every-column",
        ("np.eye(len(b_m), dtype=U.dtype)", "np.ones_like(U_z)"),
        "The direct way is in every column. Unit j of h_{t-1} itself stands in the equation of one unit of h_t: which?",
    ),
)

FORWARD = (
    Misconception(
        "z-and-1-minus-z",
        ("n[t] + z[t] * (before - n[t])", "before + z[t] * (n[t] - before)"),
        "z and 1 − z are swapped: here z → 1 keeps the old state.",
    ),
    Misconception(
        "bias-outside-the-reset",
        ("m[t] = u[:, 2 * H :] + b_m", "m[t], n[t] = u[:, 2 * H :], n[t] + b_m"),
        "b_m is added outside the reset gate's product, and is missing in m.",
    ),
    Misconception(
        "m-after-the-reset",
        ("return h, r, z, n, m", "return h, r, z, n, r * m"),
        "Your m is r ⊙ m already. The one before the reset gate is wanted.",
    ),
    Misconception(
        "always-from-h0",
        ("before = h[t]", "before = h0"),
        "Every step starts from h0. The state just computed must go into the next one.",
    ),
    Misconception(
        "zero-start",
        ("before = h0", "before = 0 * h0"),
        "The sequence starts from zeros, whatever h0 is.",
    ),
    Misconception(
        "order-z-r-n",
        ("rz, r, z, n = kept", "rz, z, r, n = kept"),
        "r and z are exchanged: the reset gate's block comes first.",
    ),
    Misconception(
        "no-bias",
        ("kept += b", "pass"),
        "The stacked bias b is missing.",
    ),
    Misconception(
        "no-reset",
        ("+ r[t] * m[t])", "+ m[t])"),
        "The reset gate has no influence on the candidate.",
    ),
    Misconception(
        "one-state-for-all",
        ("return h, r", "return 0 * h + h[-1], r"),
        "All states are the last one. If you keep a state in a list, is it a copy, or is it overwritten later?",
    ),
    Misconception(
        "order-of-results",
        ("return h, r, z, n, m", "return h, z, r, n, m"),
        "Two results are exchanged: r comes before z.",
    ),
    Misconception(
        "m-without-bias",
        ("return h, r, z, n, m", "return h, r, z, n, m - b_m"),
        "m lacks its bias. It is all that the reset gate multiplies: a product and a bias.",
    ),
    Misconception(
        "states-one-late",
        ("return h, r", "return np.concatenate([h0[None], h[:-1]]), r"),
        "The states are one step late: they start with h0 and lack the last one.",
    ),
)

ERRORS = (
    Misconception(
        "no-tanh-slope",
        ("dh * (1 - z) * (1 - n**2)", "dh * (1 - z)"),
        "δ_n belongs to what goes into tanh: the slope of tanh is missing.",
    ),
    Misconception(
        "z-instead-of-1-minus-z",
        ("dh * (1 - z) * (1 - n**2)", "dh * z * (1 - n**2)"),
        "The candidate enters h_t with the weight 1 − z, so its error term has that factor.",
    ),
    Misconception(
        "sign-of-the-update-gate",
        ("(before - n)", "(n - before)"),
        "δ_z has the wrong sign. When z grows, does the old state or the candidate gain?",
    ),
    Misconception(
        "half-of-the-update-gate",
        ("(before - n)", "before"),
        "z stands twice in the equation of h_t, and only one of the two places is differentiated.",
    ),
    Misconception(
        "no-sigmoid-slope-of-z",
        (" * z * (1 - z)", ""),
        "δ_z belongs to what goes into σ: the slope of σ is missing.",
    ),
    Misconception(
        "no-sigmoid-slope-of-r",
        (" * r * (1 - r)", ""),
        "δ_r belongs to what goes into σ: the slope of σ is missing.",
    ),
    Misconception(
        "reset-from-dh",
        ("delta_n * m", "dh * m"),
        "δ_r starts from the gradient of h_t. The reset gate acts through the candidate: pass through it first.",
    ),
    Misconception(
        "reset-times-the-old-state",
        ("delta_n * m", "delta_n * before"),
        "δ_r is multiplied by the old state. That would fit a reset before the product; here r multiplies something "
        "else.",
    ),
    Misconception(
        "reset-counted-in-the-candidate",
        ("return delta_r, delta_z, delta_n", "return delta_r, delta_z, delta_n * r"),
        "Your δ_n has been multiplied by r. That is the gradient of m, inside the product; δ_n stands before tanh.",
    ),
    Misconception(
        "tanh-slope-of-n-squared-missing",
        ("(1 - n**2)", "(1 - n)"),
        "The slope of tanh, written by its value, is another one: 1 − n squared.",
    ),
    Misconception(
        "order",
        ("return delta_r, delta_z, delta_n", "return delta_z, delta_r, delta_n"),
        "Two results are exchanged: the order is r, z, n.",
    ),
    Misconception(
        "all-steps-only",
        ("delta_n * m * r * (1 - r)", 'np.einsum("tbh,tbh->tbh", delta_n, m * r * (1 - r))'),
        "It works for all steps at once, (T, B, H), and for nothing else. Unit by unit, one step, (B, H), must do too.",
    ),
    Misconception(
        "tanh-of-the-candidate",
        ("(1 - n**2)", "(1 - np.tanh(n) ** 2)"),
        "tanh is taken of n, which is a tanh already: its slope, written with n, needs no other.",
    ),
)

BACK = "total[t + 1] * z[t] + "
BACKWARD = (
    Misconception(
        "no-shortcut",
        (BACK, ""),
        "The direct way back is missing: h_{t-1} itself stands in the equation of h_t, with a weight.",
    ),
    Misconception(
        "shortcut-only",
        (BACK + "(total[t + 1][:, None] * to_U[t]).reshape(B, 3 * H) @ U", "total[t + 1] * z[t]"),
        "Only the direct way leads back. The gates and the candidate depend on h_{t-1}, too.",
    ),
    Misconception(
        "shortcut-without-z",
        (BACK, "total[t + 1] + "),
        "The direct way back has a weight: how much of h_{t-1} was kept?",
    ),
    Misconception(
        "no-way-through-time",
        ("total[t] += ", "total[t] = total[t] if t else "),
        "Each state's gradient counts its own step alone. Later steps depend on it as well.",
    ),
    Misconception(
        "reset-forgotten-in-U",
        ("to_U[:, :, 2] *= r", "pass"),
        "The candidate's part that goes to U, b_m and the old state passes through the reset gate: a factor is "
        "missing.",
    ),
    Misconception(
        "reset-in-W-too",
        ("to_U = to_W.copy()", "to_U = to_W"),
        "The reset gate's factor is in the gradients of W, b and x as well. Those stand outside its product.",
    ),
    Misconception(
        "transposed-U",
        (".reshape(B, 3 * H) @ U", ".reshape(B, 3, H).sum(1) @ (U[:H] + U[H : 2 * H] + U[2 * H :])"),
        "The error terms of the three blocks are added up before they meet U. Each has its own block.",
    ),
    Misconception(
        "U-with-the-new-state",
        ("to_U.T @ before.reshape", "to_U.T @ h.reshape"),
        "The gradient of U pairs each error term with the state of the same step. U was multiplied by the one before.",
    ),
    Misconception(
        "h0-forgotten",
        ("before = np.concatenate([h0[None], h[:-1]])", "before = np.concatenate([0 * h0[None], h[:-1]])"),
        "The state before the first step is taken as zero. It is h0.",
    ),
    Misconception(
        "b-m-as-b",
        ("to_U[:, 2 * H :].sum(axis=0)", "to_W[:, 2 * H :].sum(axis=0)"),
        "The gradient of b_m equals that of the last third of b. The two biases stand at different places.",
    ),
    Misconception(
        "mean-over-the-batch",
        ("to_W.sum(axis=0)", "to_W.sum(axis=0) / B"),
        "The gradient of b is divided by B. L is given by its gradients dh; nothing is averaged here.",
    ),
    *(
        replace(entry, where="error_terms")
        for entry in ERRORS
        if entry.name not in ("order", "reset-counted-in-the-candidate", "all-steps-only")
    ),
    Misconception(
        "outside-at-the-end-only",
        (
            "np.concatenate([np.zeros_like(h0)[None], dh])",
            "np.concatenate([np.zeros_like(h0)[None], 0 * dh[:-1], dh[-1:]])",
        ),
        "From outside only the last state receives something. Every state has its own entry in dh.",
    ),
)

CELL = "torch.tanh(a_n + r * (u_n + self.b_m))"
MODULE = (
    Misconception(
        "z-and-1-minus-z",
        ("h = z * h + (1 - z) * n", "h = (1 - z) * h + z * n"),
        "z and 1 − z are swapped: here z → 1 keeps the old state.",
    ),
    Misconception(
        "bias-outside-the-reset",
        (CELL, "torch.tanh(a_n + r * u_n + self.b_m)"),
        "b_m is added outside the reset gate's product.",
    ),
    Misconception(
        "reset-before-the-product",
        (CELL, "torch.tanh(a_n + (r * h) @ self.U.chunk(3)[2].T + self.b_m)"),
        "The reset gate multiplies the state before the product with U_n. torch.nn.GRU multiplies after it.",
    ),
    Misconception(
        "order-z-r-n",
        (
            "r = torch.sigmoid(a_r + u_r)",
            "a_r, a_z, u_r, u_z = a_z, a_r, u_z, u_r; r = torch.sigmoid(a_r + u_r)",
        ),
        "The blocks are taken in the order z, r, n. Here the reset gate comes first.",
    ),
    Misconception(
        "detached",
        ("a_r, a_z, a_n = a.chunk(3, dim=-1)", "a_r, a_z, a_n, h = *a.chunk(3, dim=-1), h.detach()"),
        "The states are right. The gradients stop at each step: something cuts the graph between two steps.",
        rest_is_right=True,
    ),
    Misconception(
        "detached-after-the-step",
        ("states.append(h)", "states.append(h); h = h.detach()"),
        "The states are right. The gradients stop at each step: something cuts the graph between two steps.",
        rest_is_right=True,
    ),
    Misconception(
        "data-of-U",
        ("(h @ self.U.T)", "(h @ self.U.data.T)"),
        "The states are right, and U gets no gradient: it is used outside the graph.",
        rest_is_right=True,
    ),
    Misconception(
        "zero-start",
        ("h = h0", "h = 0 * h0"),
        "The sequence starts from zeros, whatever h0 is.",
    ),
    Misconception(
        "no-bias-of-the-state",
        (CELL, "torch.tanh(a_n + r * u_n)"),
        "No state depends on b_m. What does it stand beside?",
    ),
    Misconception(
        "start-values",
        (".uniform_(-bound, bound)", ".zero_()"),
        "Not every parameter starts where it should: each one, bias or not, is drawn evenly from all of −1/√H to 1/√H.",
        times=4,
    ),
    Misconception(
        "input-detached",
        ("for a in x @", "for a in x.detach() @"),
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
        "b_m-no-parameter",
        (
            "self.b_m = torch.nn.Parameter(torch.empty(H).uniform_(-bound, bound))",
            "self.b_m = torch.empty(H).uniform_(-bound, bound)",
        ),
        "PyTorch finds no parameter b_m: the module does not know that b_m is learned. What makes a tensor a "
        "parameter, and by which name is it found?",
    ),
    Misconception(
        "plain-tensors",
        ("torch.nn.Parameter(", "("),
        "PyTorch finds no parameters: the module does not know that W, U, b and b_m are learned. What makes a tensor "
        "a parameter, and by which name is it found?",
        times=4,
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
    Misconception(
        "states-detached",
        ("states.append(h)", "states.append(h.detach())"),
        "The states are right, but nothing can be differentiated: what is returned is in no graph (`.detach()`, "
        "`.data`, `torch.no_grad()`, NumPy).",
        rest_is_right=True,
    ),
)

BANK = {
    "gru.gates": GATES,
    "gru.step": STEP,
    "gru.limits": LIMITS,
    "gru.sequence": SEQUENCE,
    "gru.parameter_count": COUNT,
    "gru.from_torch": FROM_TORCH,
    "gru.jacobian": JACOBIAN,
    "gru.forward": FORWARD,
    "gru.error_terms": ERRORS,
    "gru.backward": BACKWARD,
    "gru.module": MODULE,
}
