"""Lesson 05: wrong answers that people really give, as one-line edits of `solutions.lstm`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception


def reordered(order: str) -> tuple[str, str]:
    """An edit of `sequence`: the blocks of W, U and b are taken to be stacked in another order, such as "ifog"."""
    places = tuple(order.index(name) for name in "ifgo")
    head = "(T, B, D), H = x.shape, h0.shape[1]"
    blocks = f"(np.concatenate([np.split(v, 4)[k] for k in {places}]) for v in (W, U, b))"
    return head, f"{head}; W, U, b = {blocks}"


IFOG = "The blocks are read in the order i, f, o, g. Here the candidate stands before the output gate."
FIGO = "The blocks are read in the order f, i, g, o, as some textbooks write them. Here the input gate comes first."
STACKED_IFOG = "The blocks of dz stand in the order i, f, o, g. Here the candidate's stands before the output gate's."
STACKED_FIGO = "The blocks of dz stand in the order f, i, g, o. Here the input gate's comes first."
IGFO = "The blocks are read in the order i, g, f, o, as some other libraries store them. Here f stands second."
BLOCKS = (
    "Each block of U enters as its transpose. A block is square, so nothing complains: which index is the new unit?"
)
TRANSPOSED = "np.concatenate([u.T for u in np.split(U, {})])"
NO_BIAS = "The bias has no influence: each sum has three terms, not two."
NO_STATE = "The hidden state has no influence on the gates: every layer reads h_{t−1} too."
SIGMOID_G = (
    "The candidate is between 0 and 1, as a gate is. It must be able to write negative numbers: which function can?"
)
OPENING = "The forget gate is used upside down: f → 1 keeps, f → 0 erases."
I_AND_F = "Input and forget gate are exchanged: which of them decides about the old cell state, which about the new?"
SHOWN_AS_IT_IS = "The cell state is shown as it is. It goes through a function first, however small it is: which one?"
NOT_SQUASHED = "The cell state is shown as it is. It may be large: what brings it back between −1 and 1?"
OLD_SHOWN = "The hidden state shows the old cell state. First the belt is changed, then it is shown."
NO_O = "The output gate is not used: h_t shows all of the cell."
PAIR = "The two results are in the opposite order: the hidden state comes first."
ON_THE_BELT = "The cell state itself is bent by tanh. On the belt nothing is bent: tanh acts only on what is shown."
H_FOR_C = "The old hidden state was put where the old cell state belongs: there are two states, h and c."
DOUBLE_TANH = "The candidate went through tanh twice."

GATES = "i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)"
GATES_BANK = (
    Misconception("order-ifog", (GATES, GATES.replace("i, f, g, o", "i, f, o, g")), IFOG),
    Misconception("order-figo", (GATES, GATES.replace("i, f, g, o", "f, i, g, o")), FIGO),
    Misconception("order-igfo", (GATES, GATES.replace("i, f, g, o", "i, g, f, o")), IGFO),
    Misconception(
        "interleaved",
        (GATES, "i, f, g, o = np.moveaxis((x_t @ W.T + h @ U.T + b).reshape(len(x_t), -1, 4), -1, 0)"),
        "Every fourth column was taken for a gate. A block is H columns side by side.",
    ),
    Misconception("transposed-U", ("h @ U.T", f"h @ {TRANSPOSED.format(4)}.T"), BLOCKS),
    Misconception("no-bias", (" + b,", ","), NO_BIAS),
    Misconception(
        "bias-twice", (" + b,", " + b + b,"), "The bias is added twice. PyTorch has two biases; here there is one."
    ),
    Misconception("no-state", (" + h @ U.T", ""), NO_STATE),
    Misconception("sigmoid-for-g", ("np.tanh(g)", "sigmoid(g)"), SIGMOID_G),
    Misconception(
        "tanh-for-o", ("sigmoid(o)", "np.tanh(o)"), "The output gate can be negative. A gate is open or shut: 0 to 1."
    ),
    Misconception(
        "tanh-for-all",
        ("sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)", "np.tanh(i), np.tanh(f), np.tanh(g), np.tanh(o)"),
        "All four layers use tanh. Three of them are gates: what range does a gate need?",
    ),
    Misconception(
        "sums",
        ("sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)", "i, f, g, o"),
        "These are the sums z. The activation functions are still to come.",
    ),
    Misconception(
        "forget-bias-of-1",
        ("sigmoid(f)", "sigmoid(f + 1)"),
        "1 is added to the forget gate's sum, as in older TensorFlow. Here the gate has its bias b alone.",
    ),
    Misconception(
        "returned-as-ifog",
        ("sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)", "sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)"),
        "The four layers are right and come in the order i, f, o, g. Asked for is i, f, g, o.",
    ),
    Misconception(
        "g-as-a-sum",
        ("np.tanh(g)", "g"),
        "The third result is the sum z_g. Its activation function is still to come.",
    ),
    Misconception(
        "candidate-half-as-steep",
        ("np.tanh(g)", "np.tanh(g / 2)"),
        "The candidate is tanh of half its sum, as 2 σ(z) − 1 is. How far must z be stretched?",
    ),
)

STEP_LINE, SHOW = "c_t = f * c + i * g", "return o * np.tanh(c_t), c_t"
STEP_BANK = (
    Misconception("inverted-forget-gate", (STEP_LINE, "c_t = (1 - f) * c + i * g"), OPENING),
    Misconception("i-and-f-exchanged", (STEP_LINE, "c_t = i * c + f * g"), I_AND_F),
    Misconception(
        "coupled",
        (STEP_LINE, "c_t = f * c + (1 - f) * g"),
        "The input gate is not used: 1 − f decides in its place. That is the variant with coupled gates.",
    ),
    Misconception(
        "coupled-by-i",
        (STEP_LINE, "c_t = (1 - i) * c + i * g"),
        "The forget gate is not used: 1 − i decides in its place. Here the two gates are free.",
    ),
    Misconception(
        "no-forget-gate",
        (STEP_LINE, "c_t = c + i * g"),
        "Nothing is ever forgotten: this is the cell of 1997. What multiplies the old cell state since 2000?",
    ),
    Misconception(
        "no-input-gate", (STEP_LINE, "c_t = f * c + g"), "The candidate is written in full: its gate is missing."
    ),
    Misconception(
        "product",
        (STEP_LINE, "c_t = f * c * i * g"),
        "Old and new are multiplied. What is kept and what is written are added.",
    ),
    Misconception("tanh-on-the-belt", (STEP_LINE, "c_t = np.tanh(f * c + i * g)"), ON_THE_BELT),
    Misconception("h-for-c", (STEP_LINE, "c_t = f * h + i * g"), H_FOR_C),
    Misconception("tanh-twice", (STEP_LINE, "c_t = f * c + i * np.tanh(g)"), DOUBLE_TANH),
    Misconception("not-squashed", (SHOW, "return o * c_t, c_t"), NOT_SQUASHED),
    Misconception("no-output-gate", (SHOW, "return np.tanh(c_t), c_t"), NO_O),
    Misconception("old-state-shown", (SHOW, "return o * np.tanh(c), c_t"), OLD_SHOWN),
    Misconception("opposite-order", (SHOW, "return c_t, o * np.tanh(c_t)"), PAIR),
    Misconception(
        "sigmoid-shown",
        (SHOW, "return o * sigmoid(c_t), c_t"),
        "What is shown is never negative: the cell state goes through σ. Which function keeps the sign?",
    ),
    Misconception(
        "state-replaced",
        (SHOW, "return o * np.tanh(c_t), o * c_t"),
        "The output gate acts on the cell state itself. It decides only what is shown; the belt stays as it is.",
    ),
    Misconception("order-ifog", (GATES, GATES.replace("i, f, g, o", "i, f, o, g")), IFOG, where="gates"),
    Misconception("no-bias", (" + b,", ","), NO_BIAS, where="gates"),
    Misconception(
        "order-igfo",
        (
            "i, f, g, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)",
            "i, g, f, o = np.split(x_t @ W.T + h @ U.T + b, 4, axis=-1)",
        ),
        "The blocks are read in the order i, g, f, o, as some other libraries store them. Here f stands second.",
        where="gates",
    ),
    Misconception(
        "forget-bias-of-1",
        ("sigmoid(f)", "sigmoid(f + 1)"),
        "1 is added to the forget gate's sum, as in older TensorFlow. Here the gate has its bias b alone.",
        where="gates",
    ),
    Misconception(
        "sigmoid-for-g",
        ("np.tanh(g)", "sigmoid(g)"),
        "The candidate is between 0 and 1, as a gate is. It must be able to write negative numbers: which function "
        "can?",
        where="gates",
    ),
    Misconception(
        "no-state",
        (" + h @ U.T", ""),
        "The hidden state has no influence on the gates: every layer reads h_{t−1} too.",
        where="gates",
    ),
    Misconception(
        "gate-before-tanh",
        (SHOW, "return np.tanh(o * c_t), c_t"),
        "The output gate acts inside tanh. In the equation of h_t, which of the two comes first?",
    ),
    Misconception(
        "new-forgotten-too",
        (STEP_LINE, "c_t = f * (c + i * g)"),
        "The forget gate multiplies what is newly written, too. It decides about the old cell state alone.",
    ),
)

START = "(h[t - 1], c[t - 1]) if t else (h0, c0)"
SEQUENCE_BANK = (
    Misconception("order-ifog", reordered("ifog"), IFOG),
    Misconception("order-figo", reordered("figo"), FIGO),
    Misconception(
        "h0-ignored", (START, START.replace("(h0,", "(0 * h0,")), "The hidden state starts from zeros, whatever h0 is."
    ),
    Misconception(
        "c0-ignored", (START, START.replace("c0)", "0 * c0)")), "The cell state starts from zeros, whatever c0 is."
    ),
    Misconception("starts-exchanged", (START, START.replace("(h0, c0)", "(c0, h0)")), "h0 and c0 are exchanged."),
    Misconception("nothing-carried", (START, "(h0, c0)"), "Every step starts from h0 and c0: nothing is remembered."),
    Misconception(
        "c-not-carried",
        (START, "(h[t - 1] if t else h0, c0)"),
        "The cell state starts from c0 at every step. It is the memory: which c does step t need?",
    ),
    Misconception(
        "h-not-carried",
        (START, "(h0, c[t - 1] if t else c0)"),
        "The gates read h0 at every step. Which h does step t need?",
    ),
    Misconception("h-for-c", ("f[t] * c_before", "f[t] * h_before"), H_FOR_C),
    Misconception("inverted-forget-gate", ("f[t] * c_before", "(1 - f[t]) * c_before"), OPENING),
    Misconception("i-and-f-exchanged", ("f[t] * c_before + i[t] * g[t]", "i[t] * c_before + f[t] * g[t]"), I_AND_F),
    Misconception(
        "no-forget-gate",
        ("f[t] * c_before", "c_before"),
        "The old cell state is kept in full: the forget gate is unused.",
    ),
    Misconception("no-bias", (" + s * b)", ")"), NO_BIAS),
    Misconception("not-squashed", ("o[t] * np.tanh(c[t])", "o[t] * c[t]"), NOT_SQUASHED),
    Misconception("no-output-gate", ("o[t] * np.tanh(c[t])", "np.tanh(c[t])"), NO_O),
    Misconception("sigmoid-for-g", ("[0.5, 0.5, 1, 0.5]", "[0.5, 0.5, 0.5, 0.5]"), SIGMOID_G),
    Misconception(
        "tanh-on-the-belt",
        ("c[t] = f[t] * c_before + i[t] * g[t]", "c[t] = np.tanh(f[t] * c_before + i[t] * g[t])"),
        ON_THE_BELT,
    ),
    Misconception(
        "h-and-c-exchanged",
        ("return h, c, a", "return c, h, a"),
        "Hidden and cell states are returned in the opposite order.",
    ),
    Misconception(
        "one-step-late",
        ("return h, c, a", "return h, np.concatenate([c0[None], c[:-1]]), a"),
        "The cell states are those before each step: c0 is given, it is not an answer.",
    ),
    Misconception(
        "reversed",
        ("return h, c, a", "return h[::-1], c[::-1], a[::-1]"),
        "All is in the opposite order: the state after the first input comes first.",
    ),
    Misconception(
        "only-the-last",
        ("return h, c, a", "return h, c[-1], a"),
        "Only the last cell state is returned, as PyTorch does. Here those of all steps are wanted.",
    ),
    Misconception(
        "sums-kept",
        (
            "return h, c, a",
            "return h, c, np.concatenate([np.arctanh(v) if v is g else np.log(v / (1 - v)) for v "
            "in (i, f, g, o)], axis=-1)",
        ),
        "a holds the sums. The way back needs the gates *after* σ and tanh.",
    ),
    Misconception(
        "h-one-step-late",
        ("return h, c, a", "return np.concatenate([h0[None], h[:-1]]), c, a"),
        "The hidden states are those before each step: h0 is given, it is not an answer.",
    ),
    Misconception(
        "gates-of-the-next-step",
        (
            "return h, c, a",
            "return h, c, s * np.tanh((x.reshape(T * B, D) @ (s[:, None] * W).T + s * "
            "b).reshape(T, B, 4 * H) + h @ scaled_U) + rest",
        ),
        "The gates in a read the hidden state of their own step. They are to be those that made it, from the state "
        "before.",
    ),
)

TOTAL = "total = dc + dh * o * (1 - tanh_c**2)"
BACK_BANK = (
    Misconception(
        "belt-lost",
        (TOTAL, "total = dh * o * (1 - tanh_c**2)"),
        "What comes along the belt is lost: c_t is reached by two ways.",
    ),
    Misconception(
        "h-lost", (TOTAL, "total = dc"), "What comes through h_t is lost: h_t = o ⊙ tanh(c_t) depends on c_t too."
    ),
    Misconception(
        "no-tanh-slope", (TOTAL, "total = dc + dh * o"), "The slope of the tanh between c_t and h_t is missing."
    ),
    Misconception(
        "no-output-gate",
        (TOTAL, "total = dc + dh * (1 - tanh_c**2)"),
        "On its way from h_t to c_t the gradient meets the output gate, too.",
    ),
    Misconception(
        "slope-of-c",
        (TOTAL, "total = dc + dh * o * (1 - (f * c_before + i * g) ** 2)"),
        "1 − y² is the slope of tanh where y is its *result*. Here y is the cell state, which went into it.",
    ),
    Misconception(
        "no-slope-of-i", ("total * g * i * (1 - i)", "total * g"), "The slope of the input gate's σ is missing."
    ),
    Misconception(
        "no-slope-of-f",
        ("total * c_before * f * (1 - f)", "total * c_before"),
        "The slope of the forget gate's σ is missing.",
    ),
    Misconception(
        "no-slope-of-g", ("total * i * (1 - g**2)", "total * i"), "The slope of the candidate's tanh is missing."
    ),
    Misconception(
        "no-slope-of-o", ("dh * tanh_c * o * (1 - o)", "dh * tanh_c"), "The slope of the output gate's σ is missing."
    ),
    Misconception(
        "sigmoids-slope-for-g",
        ("total * i * (1 - g**2)", "total * i * g * (1 - g)"),
        "The candidate got the slope of σ. Its activation function is another one.",
    ),
    Misconception(
        "new-state-for-f",
        ("total * c_before * f", "total * (f * c_before + i * g) * f"),
        "The forget gate multiplies the *old* cell state: so which of the two is its factor?",
    ),
    Misconception(
        "i-by-itself",
        ("dz_i = total * g * i", "dz_i = total * i * i"),
        "The factor of the input gate is what it multiplies in the equation of c_t: not i itself.",
    ),
    Misconception(
        "o-from-total",
        ("dh * tanh_c * o", "total * tanh_c * o"),
        "The output gate feels only what arrives at h_t: it has no part in c_t.",
    ),
    Misconception(
        "o-with-c",
        ("dh * tanh_c * o", "dh * (f * c_before + i * g) * o"),
        "The output gate multiplies tanh(c_t), not c_t.",
    ),
    Misconception(
        "nothing-forgotten",
        ("axis=-1), total * f", "axis=-1), total"),
        "The gradient goes back as if nothing had been forgotten: what is ∂c_t/∂c_{t−1}?",
    ),
    Misconception(
        "only-the-belt-goes-back",
        ("axis=-1), total * f", "axis=-1), dc * f"),
        "What came through h_t does not go on to c_{t−1}. From c_t on, both ways are one.",
    ),
    Misconception("inverted-forget-gate", ("axis=-1), total * f", "axis=-1), total * (1 - f)"), OPENING),
    Misconception("order-ifog", ("[dz_i, dz_f, dz_g, dz_o]", "[dz_i, dz_f, dz_o, dz_g]"), STACKED_IFOG),
    Misconception("order-figo", ("[dz_i, dz_f, dz_g, dz_o]", "[dz_f, dz_i, dz_g, dz_o]"), STACKED_FIGO),
    Misconception(
        "tanh-of-g",
        ("(1 - g**2)", "(1 - np.tanh(g) ** 2)"),
        "tanh is taken of g, which is a tanh already: a_t holds the gates after σ and tanh.",
    ),
    Misconception(
        "belt-past-the-output-gate",
        ("dc + dh * o * (1 - tanh_c**2)", "(dc + dh * o) * (1 - tanh_c**2)"),
        "What comes along the belt passes the slope of tanh. Only what comes through h_t does.",
    ),
)

BACKWARD_BANK = (
    Misconception(
        "h-not-carried",
        ("dh_t = dh[t] + dh_before", "dh_t = dh[t]"),
        "Each h_t gets only what comes from outside. The four sums of the next step read it as well.",
    ),
    Misconception(
        "belt-cut",
        ("dc_t = dc_before + dh_t", "dc_t = dh_t"),
        "Nothing goes back along the belt. That is the way which the cell was invented for.",
    ),
    Misconception(
        "dc-ignored",
        ("np.zeros_like(h0), dc", "np.zeros_like(h0), np.zeros_like(dc)"),
        "What arrives at the last cell state from outside, dc, is ignored.",
    ),
    Misconception(
        "belt-only",
        ("dh_before = dz[t] @ U", "dh_before = np.zeros_like(h0)"),
        "The gradient goes back along the belt alone, as in 1997. Through h_{t−1} and U another part of it goes back.",
    ),
    Misconception(
        "U-transposed",
        ("dz[t] @ U", f"dz[t] @ {TRANSPOSED.format(4)}"),
        "On the way back each block of U enters as its transpose. Write the shapes: (B, 4H) times what gives (B, H)?",
    ),
    Misconception(
        "nothing-forgotten",
        ("dc_before = dc_t * f[t]", "dc_before = dc_t"),
        "The gradient goes back as if nothing had been forgotten: what is ∂c_t/∂c_{t−1}?",
    ),
    Misconception(
        "only-the-belt-goes-back",
        ("dc_before = dc_t * f[t]", "dc_before = dc_before * f[t]"),
        "What came through h_t does not go on to c_{t−1}. From c_t on, both ways are one.",
    ),
    Misconception(
        "wrong-forget-gate",
        ("dc_before = dc_t * f[t]", "dc_before = dc_t * f[t - 1]"),
        "Between c_{t−1} and c_t stands the forget gate of step t. Another one was taken.",
    ),
    Misconception(
        "h-for-h-before",
        ("rows.T @ h_before.reshape", "rows.T @ h.reshape"),
        "U multiplies the hidden state of the step *before*: its gradient needs that one too.",
    ),
    Misconception(
        "h0-forgotten",
        ("np.concatenate([h0[None], h[:-1]])", "np.concatenate([0 * h0[None], h[:-1]])"),
        "The gradient of U misses the first step: before it, the hidden state is h0, not zero.",
    ),
    Misconception(
        "c0-forgotten",
        ("np.concatenate([c0[None], c[:-1]])", "np.concatenate([0 * c0[None], c[:-1]])"),
        "The forget gate's gradient misses the first step: before it, the cell state is c0, not zero.",
    ),
    Misconception(
        "c-for-c-before",
        ("c_before * f * (1 - f)", "c * f * (1 - f)"),
        "The forget gate multiplies the cell state of the step *before*: that is its factor.",
    ),
    Misconception(
        "no-tanh-slope",
        ("expose = o * (1 - tanh_c**2)", "expose = o"),
        "The slope of the tanh between c_t and h_t is missing.",
    ),
    Misconception(
        "slope-of-c",
        ("expose = o * (1 - tanh_c**2)", "expose = o * (1 - c**2)"),
        "1 − y² is the slope of tanh where y is its *result*. Here y is the cell state, which went into it.",
    ),
    Misconception(
        "sigmoids-slope-for-g",
        ("i * (1 - g**2)", "i * g * (1 - g)"),
        "The candidate got the slope of σ. Its activation function is another one.",
    ),
    Misconception(
        "o-with-c", ("tanh_c * o * (1 - o)", "c * o * (1 - o)"), "The output gate multiplies tanh(c_t), not c_t."
    ),
    Misconception(
        "bias-mean",
        ("rows.sum(axis=0)", "rows.mean(axis=0)"),
        "The bias is used at every step of every row: its gradient is a sum, not a mean.",
    ),
    Misconception(
        "from-the-front",
        ("in reversed(range(T))", "in range(T)"),
        "The sweep goes forwards. What h_t receives from step t + 1 must be known first.",
    ),
    Misconception(
        "h0-counted-again",
        ('"h0": dh_before', '"h0": dh_before + dh[0]'),
        "The gradient of h0 has a part too much: dh[0] arrives at h_1, not at h0.",
    ),
    Misconception(
        "sequence-in-order-ifog",
        reordered("ifog"),
        f"The states are not those of this cell. {IFOG}",
        where="sequence",
    ),
    Misconception(
        "sequence-in-order-figo",
        reordered("figo"),
        f"The states are not those of this cell. {FIGO}",
        where="sequence",
    ),
    Misconception("starts-exchanged", ('"h0": dh_before', '"h0": dc_before'), "h0 got the gradient of c0."),
    Misconception(
        "belt-starts-anew",
        ("dc_t = dc_before + dh_t", "dc_t = dc + dh_t"),
        "At every step dc from outside arrives in place of what came along the belt. It arrives once, at the last "
        "cell state.",
    ),
    Misconception(
        "outside-at-the-end-only",
        ("dh_t = dh[t] + dh_before", "dh_t = dh[t] * (t == T - 1) + dh_before"),
        "From outside only the last hidden state receives something. Every one has its own entry in dh.",
    ),
    Misconception(
        "tanh-of-g",
        ("(1 - g**2)", "(1 - np.tanh(g) ** 2)"),
        "tanh is taken of g, which is a tanh already: the gates are kept after σ and tanh.",
    ),
)

FIRST = "c_t = c + sigmoid(i) * np.tanh(g)"
FIRST_SHOW = "return sigmoid(o) * np.tanh(c_t), c_t"
FIRST_SPLIT = "i, g, o = np.split(x_t @ W.T + h @ U.T + b, 3, axis=-1)"
FIRST_BANK = (
    Misconception(
        "order-gio",
        (FIRST_SPLIT, FIRST_SPLIT.replace("i, g, o", "g, i, o")),
        "The first block was taken for the candidate: the order is i, g, o.",
    ),
    Misconception(
        "order-iog",
        (FIRST_SPLIT, FIRST_SPLIT.replace("i, g, o", "i, o, g")),
        "Candidate and output gate are exchanged: the order is i, g, o.",
    ),
    Misconception(
        "coupled",
        (FIRST, "c_t = (1 - sigmoid(i)) * c + sigmoid(i) * np.tanh(g)"),
        "Writing erases here. In 1997 nothing multiplies the old cell state.",
    ),
    Misconception(
        "not-added", (FIRST, "c_t = sigmoid(i) * np.tanh(g)"), "The old cell state is gone: the carousel adds to it."
    ),
    Misconception(
        "no-input-gate", (FIRST, "c_t = c + np.tanh(g)"), "The candidate is written in full: its gate is missing."
    ),
    Misconception("sigmoid-for-g", (FIRST, "c_t = c + sigmoid(i) * sigmoid(g)"), SIGMOID_G),
    Misconception("tanh-on-the-belt", (FIRST, "c_t = np.tanh(c + sigmoid(i) * np.tanh(g))"), ON_THE_BELT),
    Misconception("h-for-c", (FIRST, "c_t = h + sigmoid(i) * np.tanh(g)"), H_FOR_C),
    Misconception("not-squashed", (FIRST_SHOW, "return sigmoid(o) * c_t, c_t"), NOT_SQUASHED),
    Misconception("no-output-gate", (FIRST_SHOW, "return np.tanh(c_t), c_t"), NO_O),
    Misconception("old-state-shown", (FIRST_SHOW, "return sigmoid(o) * np.tanh(c), c_t"), OLD_SHOWN),
    Misconception("opposite-order", (FIRST_SHOW, "return c_t, sigmoid(o) * np.tanh(c_t)"), PAIR),
    Misconception("transposed-U", ("h @ U.T", f"h @ {TRANSPOSED.format(3)}.T"), BLOCKS),
    Misconception(
        "output-gate-not-squashed",
        ("sigmoid(o) *", "o *"),
        "The output gate is a plain sum: its σ is missing.",
    ),
    Misconception(
        "input-gate-not-squashed",
        ("sigmoid(i) *", "i *"),
        "The input gate is a plain sum: its σ is missing.",
    ),
    Misconception(
        "no-bias",
        (" + b,", ","),
        "The bias has no influence: each sum has three terms, not two.",
    ),
    Misconception(
        "no-state",
        (" + h @ U.T", ""),
        "The hidden state has no influence on the gates: every layer reads h_{t−1} too.",
    ),
)

COPIED, SET = "b_ih, b_hh = b_ih.copy(), b_hh.copy()", "b_ih[H : 2 * H], b_hh[H : 2 * H] = value, 0"
BIAS_BANK = (
    Misconception(
        "both",
        (SET, SET.replace("value, 0", "value, value")),
        "Both biases got the value. PyTorch adds them: the gate starts with twice as much.",
    ),
    Misconception(
        "other-left",
        (SET, "b_ih[H : 2 * H] = value"),
        "One bias is set, the other still stands in its block: they are added.",
    ),
    Misconception(
        "added",
        (SET, "b_ih[H : 2 * H] += value"),
        "The value was added to what stood there. The sum of the two biases must be the value itself.",
    ),
    Misconception("first-block", ("[H : 2 * H]", "[:H]"), "The first block was set: that is the input gate.", times=2),
    Misconception(
        "third-block",
        ("[H : 2 * H]", "[2 * H : 3 * H]"),
        "The third block was set: in PyTorch that is the candidate.",
        times=2,
    ),
    Misconception(
        "last-block", ("[H : 2 * H]", "[3 * H :]"), "The last block was set: that is the output gate.", times=2
    ),
    Misconception(
        "everywhere",
        ("[H : 2 * H]", "[:]"),
        "All four blocks were set. Only the forget gate's bias changes.",
        times=2,
    ),
    Misconception(
        "from-f-on",
        ("[H : 2 * H]", "[H:]"),
        "Everything from the second block on was set. Where does the block f end?",
        times=2,
    ),
    Misconception(
        "three-blocks", ("len(b_ih) // 4", "len(b_ih) // 3"), "The vector was cut into three. The LSTM has four blocks."
    ),
    Misconception("in-place", (COPIED, "pass"), "The given arrays were changed. Copy them first."),
    Misconception(
        "one-not-copied",
        (
            COPIED,
            f"{COPIED.replace('b_hh.copy()', 'b_hh')}; b_ih[H : 2 * H] = value - b_hh[H : 2 * H]; return b_ih, b_hh",
        ),
        "One of the results is the very array that was given: whoever changes the one changes the other. Copy both.",
        rest_is_right=True,
    ),
    Misconception(
        "negative",
        (SET, SET.replace("value, 0", "-value, 0")),
        "The sign is turned: σ of a positive bias is an open gate, and an open forget gate keeps.",
    ),
    Misconception(
        "added-to-one",
        ("b_ih[H : 2 * H], b_hh[H : 2 * H] = value, 0", "b_ih[H : 2 * H] += value; b_hh[H : 2 * H] = 0"),
        "The sum of the two biases is the value and something that stood there. It must be the value itself.",
    ),
    Misconception(
        "other-zero-everywhere",
        ("b_ih[H : 2 * H], b_hh[H : 2 * H] = value, 0", "b_ih[H : 2 * H] = value; b_hh[:] = 0"),
        "The other bias became zero in all blocks. Only the forget gate's may change.",
    ),
)

PEEP_C = "c_t = sigmoid(f + p[1] * c) * c + sigmoid(i + p[0] * c) * np.tanh(g)"
PEEP_SHOW = "return sigmoid(o + p[2] * c_t) * np.tanh(c_t), c_t"
PEEPHOLE_BANK = (
    Misconception(
        "o-sees-the-old-state",
        (PEEP_SHOW, PEEP_SHOW.replace("p[2] * c_t", "p[2] * c")),
        "The output gate looks at the old cell state. It comes last: the new one is there already.",
    ),
    Misconception(
        "o-does-not-look",
        (PEEP_SHOW, PEEP_SHOW.replace("o + p[2] * c_t", "o")),
        "The output gate has no peephole. It looks at the cell state too: at which?",
    ),
    Misconception(
        "o-sees-the-squashed-state",
        (PEEP_SHOW, PEEP_SHOW.replace("p[2] * c_t", "p[2] * np.tanh(c_t)")),
        "The output gate's peephole sees tanh(c_t). It looks at the cell state itself.",
    ),
    Misconception(
        "rows-exchanged",
        (PEEP_C, "c_t = sigmoid(f + p[0] * c) * c + sigmoid(i + p[1] * c) * np.tanh(g)"),
        "The peepholes of i and f are exchanged: the rows of p are in the order i, f, o.",
    ),
    Misconception("f-does-not-look", (PEEP_C, PEEP_C.replace("f + p[1] * c", "f")), "The forget gate has no peephole."),
    Misconception("i-does-not-look", (PEEP_C, PEEP_C.replace("i + p[0] * c", "i")), "The input gate has no peephole."),
    Misconception(
        "sees-h",
        (PEEP_C, "c_t = sigmoid(f + p[1] * h) * c + sigmoid(i + p[0] * h) * np.tanh(g)"),
        "Input and forget gate look at the hidden state, which they know already. A peephole looks at the cell state.",
    ),
    Misconception(
        "outside",
        (PEEP_C, "c_t = (sigmoid(f) + p[1] * c) * c + (sigmoid(i) + p[0] * c) * np.tanh(g)"),
        "The peepholes are added after σ, so that a gate can leave 0 to 1. What belongs inside?",
    ),
    Misconception(
        "candidate-looks",
        (PEEP_C, PEEP_C.replace("np.tanh(g)", "np.tanh(g + p[0] * c)")),
        "The candidate looks at the cell state as well. Only the three gates have peepholes.",
    ),
    Misconception(
        "none",
        (PEEP_C, "c_t = sigmoid(f) * c + sigmoid(i) * np.tanh(g); p = 0 * p"),
        "This is the LSTM without peepholes: p has no influence.",
    ),
    Misconception(
        "inverted-forget-gate",
        (PEEP_C, PEEP_C.replace("sigmoid(f + p[1] * c) * c", "(1 - sigmoid(f + p[1] * c)) * c")),
        OPENING,
    ),
    Misconception("not-squashed", (PEEP_SHOW, PEEP_SHOW.replace("np.tanh(c_t)", "c_t")), NOT_SQUASHED),
    Misconception("opposite-order", (PEEP_SHOW, "return c_t, sigmoid(o + p[2] * c_t) * np.tanh(c_t)"), PAIR),
    Misconception("order-ifog", ("i, f, g, o = np", "i, f, o, g = np"), IFOG),
    Misconception(
        "o-outside",
        ("sigmoid(o + p[2] * c_t) *", "(sigmoid(o) + p[2] * c_t) *"),
        "The output gate's peephole is added after σ, so that the gate can leave 0 to 1. What belongs inside?",
    ),
    Misconception(
        "order-figo",
        ("i, f, g, o = np", "f, i, g, o = np"),
        "The blocks are read in the order f, i, g, o, as some textbooks write them. Here the input gate comes first.",
    ),
    Misconception(
        "rows-in-order-ofi",
        ("i, f, g, o = np", "p = p[::-1]; i, f, g, o = np"),
        "The rows of p are taken from the last to the first. They are in the order i, f, o.",
    ),
    Misconception(
        "sigmoid-for-g",
        ("np.tanh(g)", "sigmoid(g)"),
        "The candidate is between 0 and 1, as a gate is. It must be able to write negative numbers: which function "
        "can?",
    ),
)

COUPLED = "c_t = f * c + (1 - f) * np.tanh(g)"
COUPLED_SHOW = "return sigmoid(o) * np.tanh(c_t), c_t"
COUPLED_BANK = (
    Misconception(
        "inverted",
        (COUPLED, "c_t = (1 - f) * c + f * np.tanh(g)"),
        "f and 1 − f are exchanged: f → 1 keeps the old cell state, and then nothing is written.",
    ),
    Misconception(
        "not-coupled",
        (COUPLED, "c_t = f * c + np.tanh(g)"),
        "The candidate is written in full. What the cell forgets makes room for it: how much?",
    ),
    Misconception(
        "same-gate",
        (COUPLED, "c_t = f * c + f * np.tanh(g)"),
        "Keeping and writing go together here. Coupled means: the more is kept, the less is written.",
    ),
    Misconception(
        "nothing-forgotten",
        (COUPLED, "c_t = c + (1 - f) * np.tanh(g)"),
        "The old cell state is kept in full: the forget gate must act on it as well.",
    ),
    Misconception("sigmoid-for-g", (COUPLED, "c_t = f * c + (1 - f) * sigmoid(g)"), SIGMOID_G),
    Misconception("tanh-on-the-belt", (COUPLED, "c_t = np.tanh(f * c + (1 - f) * np.tanh(g))"), ON_THE_BELT),
    Misconception("h-for-c", (COUPLED, "c_t = f * h + (1 - f) * np.tanh(g)"), H_FOR_C),
    Misconception("not-squashed", (COUPLED_SHOW, "return sigmoid(o) * c_t, c_t"), SHOWN_AS_IT_IS),
    Misconception("no-output-gate", (COUPLED_SHOW, "return np.tanh(c_t), c_t"), NO_O),
    Misconception("old-state-shown", (COUPLED_SHOW, "return sigmoid(o) * np.tanh(c), c_t"), OLD_SHOWN),
    Misconception("opposite-order", (COUPLED_SHOW, "return c_t, sigmoid(o) * np.tanh(c_t)"), PAIR),
    Misconception(
        "order-gfo",
        ("f, g, o = np", "g, f, o = np"),
        "The first block was taken for the candidate: the order is f, g, o.",
    ),
    Misconception(
        "order-fog", ("f, g, o = np", "f, o, g = np"), "Candidate and output gate are exchanged: the order is f, g, o."
    ),
    Misconception("gate-not-squashed", ("f = sigmoid(f)", "pass"), "The forget gate is a plain sum: its σ is missing."),
    Misconception(
        "complement-inside",
        ("(1 - f) * np.tanh(g)", "sigmoid(1 - np.log(f / (1 - f))) * np.tanh(g)"),
        "1 was taken from inside σ: σ(1 − z). What is left to 1 is 1 − σ(z).",
    ),
    Misconception(
        "output-gate-not-squashed",
        ("sigmoid(o) *", "o *"),
        "The output gate is a plain sum: its σ is missing.",
    ),
    Misconception(
        "candidate-not-squashed",
        ("np.tanh(g)", "g"),
        "The candidate is a plain sum: its tanh is missing.",
    ),
)

BLOCK = "block = H * D + H * H + H"
COUNTS = "return block, 3 * block + H, 4 * block, 3 * block, 4 * block + 3 * H, 3 * block"
COUNT_BANK = (
    Misconception(
        "no-biases", (BLOCK, "block = H * D + H * H"), "The biases are missing: every block has one for each unit."
    ),
    Misconception(
        "two-biases",
        (BLOCK, "block = H * D + H * H + 2 * H"),
        "Every block has two biases, as in PyTorch. Here it has one.",
    ),
    Misconception(
        "one-bias-number", (BLOCK, "block = H * D + H * H + 1"), "A bias is a vector: one number for each unit."
    ),
    Misconception("no-U", (BLOCK, "block = H * D + H"), "The matrix from state to state is missing."),
    Misconception(
        "gru-without-b_m",
        (COUNTS, COUNTS.replace("3 * block + H,", "3 * block,")),
        "The GRU misses a bias: lesson 04 has b, one for each block, and b_m inside the reset gate's product.",
    ),
    Misconception(
        "gru-as-lstm",
        (COUNTS, COUNTS.replace("3 * block + H,", "4 * block,")),
        "The number given for the GRU is that of an LSTM. Count the GRU's blocks, r, z, n, and look at the order of "
        "the results.",
    ),
    Misconception(
        "lstm-of-three",
        (COUNTS, COUNTS.replace("+ H, 4 * block,", "+ H, 3 * block,")),
        "The number given for the LSTM is that of three blocks. It has three gates and one layer more; and look at "
        "the order of the results.",
    ),
    Misconception(
        "full-peepholes",
        (COUNTS, COUNTS.replace("3 * H,", "3 * H * H,")),
        "The peepholes are counted as matrices. Each unit looks at its own cell state alone.",
    ),
    Misconception(
        "four-peepholes",
        (COUNTS, COUNTS.replace("3 * H,", "4 * H,")),
        "Four layers were given peepholes. Which of them is no gate?",
    ),
    Misconception(
        "one-peephole", (COUNTS, COUNTS.replace("+ 3 * H,", "+ H,")), "Three gates have peepholes, each its own."
    ),
    Misconception(
        "coupled-of-four",
        (COUNTS, COUNTS.replace("3 * H, 3 * block", "3 * H, 4 * block")),
        "The number given for coupled gates is that of the plain LSTM. They share one block: how many are left?",
    ),
    Misconception(
        "1997-of-four",
        (COUNTS, COUNTS.replace("4 * block, 3 * block,", "4 * block, 4 * block,")),
        "The number given for 1997 is that of the LSTM with a forget gate. Without it, how many blocks are left?",
    ),
    Misconception(
        "two-biases-as-in-torch",
        ("return block, 3 * block + H,", "block += H; return block, 3 * block,"),
        "Every block has two biases, as in PyTorch. Here it has one, and the GRU b_m besides.",
    ),
    Misconception(
        "gru-and-lstm-exchanged",
        ("3 * block + H, 4 * block,", "4 * block, 3 * block + H,"),
        "The numbers of GRU and LSTM have changed places: the order is SRN, GRU, LSTM.",
    ),
    Misconception(
        "gru-bias-in-every-block",
        ("3 * block + H,", "3 * block + 3 * H,"),
        "The GRU has one bias more than it has blocks, not one more in each block.",
    ),
)

CELL = "c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)"
STARTS = "h, c, states = h0, c0, []"
MODULE_BANK = (
    Misconception("order-ifog", ("i, f, g, o = (", "i, f, o, g = ("), IFOG),
    Misconception("order-figo", ("i, f, g, o = (", "f, i, g, o = ("), FIGO),
    Misconception("transposed-U", ("h @ self.U.T", "h @ torch.cat([u.T for u in self.U.chunk(4)]).T"), BLOCKS),
    Misconception("no-bias", (" + self.b)", ")"), NO_BIAS),
    Misconception(
        "inverted-forget-gate", (CELL, CELL.replace("torch.sigmoid(f) * c", "(1 - torch.sigmoid(f)) * c")), OPENING
    ),
    Misconception(
        "coupled",
        (CELL, CELL.replace("torch.sigmoid(i)", "(1 - torch.sigmoid(f))")),
        "The input gate is not used: 1 − f decides in its place.",
    ),
    Misconception("sigmoid-for-g", (CELL, CELL.replace("torch.tanh(g)", "torch.sigmoid(g)")), SIGMOID_G),
    Misconception(
        "no-forget-gate",
        (CELL, "c = c + torch.sigmoid(i) * torch.tanh(g)"),
        "The old cell state is kept in full: the forget gate is unused.",
    ),
    Misconception("not-squashed", ("torch.sigmoid(o) * torch.tanh(c)", "torch.sigmoid(o) * c"), NOT_SQUASHED),
    Misconception(
        "c-detached",
        (CELL, CELL.replace("torch.sigmoid(f) * c", "torch.sigmoid(f) * c.detach()")),
        "The states are right and the gradients are not: the belt is cut out of the graph at every step.",
        rest_is_right=True,
    ),
    Misconception(
        "h-detached",
        ("h @ self.U.T", "h.detach() @ self.U.T"),
        "The states are right and the gradients are not: h is cut out of the graph, so only the belt carries them.",
        rest_is_right=True,
    ),
    Misconception(
        "h0-ignored",
        (STARTS, "h, c, states = torch.zeros_like(h0), c0, []"),
        "The hidden state starts from zeros, whatever h0 is.",
    ),
    Misconception(
        "keeps-a-start-for-each-size",
        (STARTS, "h, c, states = h0, self.__dict__.setdefault('kept', {}).setdefault(c0.shape, c0), []"),
        "A second call of the same size starts with a cell state of an earlier one. Start from the c0 that is given.",
        rest_is_right=True,
    ),
    Misconception(
        "c0-ignored",
        (STARTS, "h, c, states = h0, torch.zeros_like(c0), []"),
        "The cell state starts from zeros, whatever c0 is.",
    ),
    Misconception("starts-exchanged", (STARTS, "h, c, states = c0, h0, []"), "h0 and c0 are exchanged."),
    Misconception(
        "x-detached",
        ("for x_t in x:", "for x_t in x.detach():"),
        "No gradient reaches x: something cuts it off from the graph. A layer below this one could not learn.",
    ),
    Misconception(
        "h0-detached",
        (STARTS, STARTS.replace("= h0,", "= h0.detach(),")),
        "No gradient reaches h0: the states do not use it, or something cuts it off from the graph. A start that is "
        "learnt, or an encoder, needs it.",
    ),
    Misconception(
        "c0-detached",
        (STARTS, STARTS.replace(" c0,", " c0.detach(),")),
        "No gradient reaches c0: the states do not use it, or something cuts it off from the graph. A start that is "
        "learnt, or an encoder, needs it.",
    ),
    Misconception(
        "keeps-its-start",
        (STARTS, "h, c, states = *self.__dict__.setdefault('kept', (h0, c0)), []"),
        "The module remembers something from one call to the next. Each call has its own h0 and c0, and needs no more.",
    ),
    Misconception(
        "last-h-for-c",
        ("return torch.stack(states), c", "return torch.stack(states), h"),
        "The second result is the last hidden state. The last cell state is wanted.",
    ),
    Misconception(
        "c-returned-detached",
        ("return torch.stack(states), c", "return torch.stack(states), c.detach()"),
        "The last cell state was taken out of the graph: what arrives at it from outside is lost.",
    ),
    Misconception(
        "torchs-form",
        ("return torch.stack(states), c", "return torch.stack(states), (h, c)"),
        "The second result is a pair, as PyTorch returns it. Here the cell state alone is wanted.",
    ),
    Misconception(
        "U-no-gradient",
        ("self.U.T", "self.U.data.T"),
        "U gets no gradient: something keeps it out of the graph, such as `.data`, `.detach()` or `torch.tensor(…)`.",
    ),
    Misconception(
        "no-super-init",
        ("super().__init__()", "pass"),
        "The module was not initialised: the first line of `__init__` must be `super().__init__()`.",
    ),
    Misconception(
        "three-blocks",
        ("torch.empty(4 * H", "torch.empty(3 * H"),
        "The parameters hold three blocks. The candidate is a block as well.",
        times=3,
    ),
    Misconception(
        "start-values",
        (".uniform_(-bound, bound)", ".zero_()"),
        "Not every parameter starts where it should: each one, bias or not, is drawn evenly from all of −1/√H to 1/√H.",
        times=3,
    ),
    Misconception(
        "order-igfo",
        ("i, f, g, o = (", "i, g, f, o = ("),
        "The blocks are read in the order i, g, f, o, as some other libraries store them. Here f stands second.",
    ),
    Misconception(
        "forget-bias-of-1",
        ("torch.sigmoid(f)", "torch.sigmoid(f + 1)"),
        "1 is added to the forget gate's sum, as in older TensorFlow. Here the gate has its bias b alone.",
    ),
    Misconception(
        "last-states-kept",
        (
            "h, c, states = h0, c0, []",
            'h, c, states, self.last = *(self.last() if hasattr(self, "last") else (h0, c0)), '
            "[], lambda: (h.detach(), c.detach())",
        ),
        "A second call of the module goes on from the last states of the call before. Each call has its own h0 and "
        "c0, and needs no more.",
    ),
    Misconception(
        "last-states-kept-in-their-graph",
        (
            "h, c, states = h0, c0, []",
            'h, c, states, self.last = *(self.last() if hasattr(self, "last") else (h0, c0)), [], lambda: (h, c)',
        ),
        "A second call of the module goes on from states of the call before, whose graph is gone after `backward()`. "
        "Each call has its own h0 and c0.",
    ),
    Misconception(
        "plain-tensors",
        ("torch.nn.Parameter(", "("),
        "PyTorch finds no parameters: the module does not know that W, U and b are learned. What makes a tensor a "
        "parameter, and by which name is it found?",
        times=3,
    ),
    Misconception(
        "states-detached",
        ("states.append(h)", "states.append(h.detach())"),
        "h is right, but nothing can be differentiated through it: what is returned is in no graph (`.detach()`, "
        "`.data`, `torch.no_grad()`, NumPy).",
    ),
    Misconception(
        "float32-states",
        ("torch.stack(states)", "torch.stack(states).float().to(h0.dtype)"),
        "The states were rounded to float32, whatever the inputs are, as happens in a tensor made beforehand: "
        "`torch.zeros(…)` is float32, and on the CPU. Collect them in a list.",
    ),
    Misconception(
        "last-cell-state-kept",
        (
            "h, c, states = h0, c0, []",
            'h, c, states, self.last = h0, self.last() if hasattr(self, "last") else c0, [], lambda: c.detach()',
        ),
        "A second call of the module goes on from the cell state of the call before. Each call has its own c0, and "
        "needs no more.",
    ),
)

BANK = {
    "lstm.gates": GATES_BANK,
    "lstm.step": STEP_BANK,
    "lstm.sequence": SEQUENCE_BANK,
    "lstm.step_back": BACK_BANK,
    "lstm.backward": BACKWARD_BANK,
    "lstm.step_1997": FIRST_BANK,
    "lstm.set_forget_bias": BIAS_BANK,
    "lstm.peephole_step": PEEPHOLE_BANK,
    "lstm.coupled_step": COUPLED_BANK,
    "lstm.parameter_counts": COUNT_BANK,
    "lstm.module": MODULE_BANK,
}
