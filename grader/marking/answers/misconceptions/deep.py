"""Lesson 06: wrong answers that people really give, as one-line edits of `solutions.deep`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

X_AGAIN = "Every layer is fed with x. What does h⁽⁰⁾ = x say about the lowest layer, and what do the others read?"
SAME_START = "Every layer starts from the states of the lowest one. Each has its own entry in the list of starts."
STARTS_TURNED = "The start states are handed out from the top down. The list begins with the lowest layer's."
NO_START = "The start states have no influence: every layer starts from zeros."
SHARED_LAYERS = "All layers above the lowest use the parameters of layer 2. Each has its own entry in the list."
FROM_THE_TOP = "The layers are run through in the opposite order: the list begins with the lowest one."
C_GOES_UP = "The cell states go up to the next layer. They stay inside their layer: what does a cell show to others?"
HANDED_ON = (
    "A layer starts from the last states of the layer below. "
    "In a stack nothing goes from the end of one layer to the start of another."
)
TOP_FIRST = "All is in the opposite order: the lowest layer comes first in the lists."

LOOP, RUN, UP = "zip(starts, layers, strict=True)", "CELLS[kind].forward(x, start, parameters)", "x = states[-1][0]"
FORWARD_BANK = (
    Misconception("x-for-every-layer", (UP, "pass"), X_AGAIN),
    Misconception("one-start-for-all", (LOOP, "zip([starts[0]] * len(layers), layers)"), SAME_START),
    Misconception("starts-turned-round", (LOOP, "zip(starts[::-1], layers)"), STARTS_TURNED),
    Misconception(
        "starts-of-zeros", (RUN, "CELLS[kind].forward(x, tuple(0 * s for s in start), parameters)"), NO_START
    ),
    Misconception(
        "one-layer-for-all",
        (LOOP, "zip(starts, [layers[0]] * len(layers))"),
        "Every layer uses the parameters of the lowest one. Each has its own, and those above read H numbers, not D.",
    ),
    Misconception(
        "upper-layers-shared", (LOOP, "zip(starts, [layers[min(k, 1)] for k in range(len(layers))])"), SHARED_LAYERS
    ),
    Misconception("from-the-top", (LOOP, "zip(starts[::-1], layers[::-1])"), FROM_THE_TOP),
    Misconception("c-goes-up", (UP, "x = states[-1][-1]"), C_GOES_UP),
    Misconception(
        "last-state-handed-on",
        (RUN, "CELLS[kind].forward(x, tuple(s[-1] for s in states[-1]) if states else start, parameters)"),
        HANDED_ON,
    ),
    Misconception(
        "tanh-between",
        (UP, "x = np.tanh(states[-1][0])"),
        "Something bends the hidden states once more on their way up. The next layer reads them as they are.",
    ),
    Misconception("top-layer-first", ("return states", "return states[::-1]"), TOP_FIRST),
    Misconception(
        "one-step-late",
        (UP, "x = np.concatenate([start[0][None], states[-1][0][:-1]])"),
        "A layer reads what the layer below knew one step earlier. Within a step the layers work one after another.",
    ),
)

INPUTS = "inputs = [x, *(h for h, *_ in states)]"
ARRIVES = "(dh + dx, *rest)"
CALL = "inputs[k], starts[k], layers[k]"
ONLY_TOP = "What comes from outside counts only at the top layer. The loss may look at every layer's states."
NOT_DOWN = "Nothing goes down from layer to layer: what the layer above reads, it must send a gradient for."
NO_DC = "What arrives at the cell states from outside has no influence."
DSTARTS_TURNED = "dstarts is turned round: the lowest layer's comes first, though it is computed last."
C_IN = "The layers above are given the cell states as what they read. They read the hidden states."
BACKWARD_BANK = (
    Misconception("only-the-top", (ARRIVES, "((dh if k == len(layers) - 1 else 0) + dx, *rest)"), ONLY_TOP),
    Misconception("nothing-goes-down", (ARRIVES, "(dh, *rest)"), NOT_DOWN),
    Misconception(
        "outside-twice",
        (ARRIVES, "(dh + dx + (dh if k < len(layers) - 1 else 0), *rest)"),
        "What comes from outside is counted twice in the layers below the top.",
    ),
    Misconception("x-for-every-layer", (CALL, "x, starts[k], layers[k]"), X_AGAIN),
    Misconception(
        "own-states-read",
        (INPUTS, "inputs = [h for h, *_ in states]"),
        "Each layer is given its own hidden states as what it read. It read those of the layer below.",
    ),
    Misconception("c-goes-up", (INPUTS, "inputs = [x, *(state[-1] for state in states)]"), C_IN),
    Misconception("one-start-for-all", (CALL, "inputs[k], starts[0], layers[k]"), SAME_START),
    Misconception("starts-of-zeros", (CALL, "inputs[k], tuple(0 * s for s in starts[k]), layers[k]"), NO_START),
    Misconception(
        "starts-turned-round-in-forward",
        (LOOP, "zip(starts[::-1], layers)"),
        f"The states are not those of this stack. {STARTS_TURNED}",
        where="forward",
    ),
    Misconception(
        "one-start-for-all-in-forward",
        (LOOP, "zip([starts[0]] * len(layers), layers)"),
        f"The states are not those of this stack. {SAME_START}",
        where="forward",
    ),
    Misconception("no-dc", (ARRIVES, "(dh + dx, *(0 * d for d in rest))"), NO_DC),
    Misconception("dstarts-turned-round", ("dstarts.insert(0, dstart)", "dstarts.append(dstart)"), DSTARTS_TURNED),
    Misconception(
        "dlayers-turned-round",
        ("dlayers.insert(0, dlayer)", "dlayers.append(dlayer)"),
        "dlayers is turned round: the lowest layer's comes first, though it is computed last.",
    ),
    Misconception(
        "from-below",
        ("in reversed(range(len(layers)))", "in range(len(layers))"),
        "The backward pass goes from below to the top. What the layer above sends down must be known first.",
    ),
    Misconception(
        "last-step-only",
        (ARRIVES, "(dh + (np.concatenate([0 * dx[:-1], dx[-1:]]) if k < len(layers) - 1 else 0), *rest)"),
        "The layer above sends down only the gradient of its last step. It read a hidden state at every step.",
    ),
    Misconception(
        "c-receives-too",
        ("(dh + dx, *rest)", "(dh + dx, *(each + dx for each in rest))"),
        "What the layer above sends down was added to the cell state's part, too. That layer read h alone.",
    ),
    Misconception(
        "own-states-read-above",
        ("inputs = [x, *(h for h, *_ in states)]", "inputs = [x, *(h for h, *_ in states[1:])]"),
        "The layers above the lowest are given their own hidden states as what they read. They read those of the "
        "layer below.",
    ),
)

NAMES = 'f"{part}_l{k}"'
SUM_OF = f"(named[{NAMES}] for part in parts)"
WITHOUT = f"(named[{NAMES}] * (part != '{{}}') for part in parts)"
FROM_TORCH_BANK = (
    Misconception(
        "lowest-for-all",
        (NAMES, 'f"{part}_l0"'),
        "Every layer gets the arrays of l0. The number at the end of a name is the layer's.",
    ),
    Misconception(
        "sorted-as-texts",
        ("for k in range(L)", "for k in sorted(map(str, range(L)))"),
        "The layers are sorted as texts: 10 comes before 2. Names end in numbers, so count.",
    ),
    Misconception(
        "one-digit",
        ("for k in range(L)", "for k in range(min(L, 10))"),
        "Only layers 0 to 9 are found: a number may have two digits.",
    ),
    Misconception("top-layer-first", ("for k in range(L)", "for k in reversed(range(L))"), TOP_FIRST),
    Misconception(
        "top-layer-lost", ("for k in range(L)", "for k in range(L - 1)"), "One layer is missing. l0 is the first one."
    ),
    Misconception(
        "second-bias-lost",
        (SUM_OF, WITHOUT.replace("{}", "bias_hh")),
        "bias_hh has no influence: PyTorch has two biases in each layer.",
    ),
    Misconception(
        "first-bias-lost",
        (SUM_OF, WITHOUT.replace("{}", "bias_ih")),
        "bias_ih has no influence: PyTorch has two biases in each layer.",
    ),
    Misconception(
        "biases-exchanged",
        ('"bias_ih", "bias_hh"', '"bias_hh", "bias_ih"'),
        "bias_ih and bias_hh have changed places, and in the GRU only one of them stands inside the reset. Which "
        "one does the cell's `from_torch` take first? The order of the dict means nothing.",
    ),
    Misconception(
        "matrices-exchanged",
        ('"weight_ih", "weight_hh"', '"weight_hh", "weight_ih"'),
        "weight_ih and weight_hh have changed places. Which of them is our W? The names say it; the order of the dict "
        "means nothing.",
    ),
    Misconception(
        "order-of-the-dict",
        (NAMES, "[name for name in named if name.startswith(part)][k]"),
        "The layers come in the order of the dict. That order means nothing: the names say which layer is which.",
    ),
    Misconception(
        "layers-as-they-appear",
        ("for k in range(L)", 'for k in dict.fromkeys(name.split("_l")[-1] for name in named)'),
        "The layers come in the order in which the dict first names them. That order means nothing: the number at the "
        "end of a name is the layer's.",
    ),
    Misconception(
        "parts-as-they-appear",
        (
            '(named[f"{part}_l{k}"] for part in parts)',
            '(value for name, value in named.items() if name.endswith(f"_l{k}"))',
        ),
        "The four arrays of a layer come in the order of the dict. That order means nothing: ask for each by its name.",
    ),
)

LOWEST, ABOVE, TOTAL = (
    "G * (H * D + H * H + H) + second_bias",
    "G * (H * H + H * H + H) + second_bias",
    "return lowest + (L - 1) * above",
)
D_FOR_ALL = "Every layer is counted as if it read D numbers. Only the lowest one does."
H_FOR_ALL = "The lowest layer is counted as if it read H numbers: it reads x."
TWO_BIASES = "Each block is counted with two biases, as PyTorch has them. Ours has one."
NO_BIAS = "The biases are not counted."
NO_B_M = "The GRU's second bias b_m is not counted: each of its layers has one."
COUNT_BANK = (
    Misconception("D-for-every-layer", (TOTAL, "return L * lowest"), D_FOR_ALL),
    Misconception("H-for-every-layer", (TOTAL, "return L * above"), H_FOR_ALL),
    Misconception(
        "one-layer-too-many",
        (TOTAL, "return lowest + L * above"),
        "There is one layer too many: the lowest is one of L.",
    ),
    Misconception(
        "one-layer",
        (TOTAL, "return lowest"),
        "The number of layers has no influence. They do not share their parameters.",
    ),
    Misconception("two-biases", ("= H if kind", "= (G + 1 if kind == 'gru' else G) * H if True or kind"), TWO_BIASES),
    Misconception("no-biases", ("= H if kind", "= (1 - G if kind == 'gru' else -G) * H if True or kind"), NO_BIAS),
    Misconception("no-b_m", ("= H if kind", "= 0 if kind"), NO_B_M),
    Misconception(
        "b_m-once",
        (TOTAL, "return lowest + (L - 1) * (above - second_bias)"),
        "The GRU's second bias b_m is counted once. Every layer has its own.",
    ),
    Misconception(
        "one-block",
        ('{"srn": 1, "gru": 3, "lstm": 4}[kind]', "1"),
        "Gates are not counted: a GRU has three blocks, an LSTM four.",
    ),
    Misconception(
        "layers-below-too",
        (ABOVE, "G * (H * H + H * D + H * H + H) + second_bias"),
        "The layers above are counted as if they read x besides the layer below.",
    ),
    Misconception(
        "one-matrix-above",
        ("G * (H * H + H * H + H)", "G * (H * H + H)"),
        "The layers above are counted with one matrix. They have a W for the layer below and a U for their own state.",
    ),
    Misconception(
        "two-biases-and-no-b_m",
        ("= H if kind", "= G * H if True or kind"),
        "Each block is counted with two biases, as PyTorch has them. Ours has one, and the GRU b_m besides.",
    ),
    Misconception(
        "one-layer-too-many-but-for-b_m",
        ("lowest + (L - 1) * above", "lowest + L * above - second_bias"),
        "There is one layer too many: the lowest is one of L.",
    ),
)
WIDTH_BANK = (
    Misconception(
        "one-too-many",
        ("return H", "return H + 1"),
        "This width has more parameters than there may be: it is one larger than the answer.",
    ),
    Misconception(
        "one-too-few", ("return H", "return H - 1"), "A stack one unit wider would do. When does your search stop?"
    ),
    Misconception("less-than", ("<= size", "< size"), "“At most” means: a count that is exactly the size is allowed."),
    Misconception(
        "nearest",
        (
            "return H",
            "return min(H, H + 1, key=lambda n: abs(count(D, n, L, kind) - size))",
        ),
        "This is the width whose count is nearest. It may be too large: at most means at most.",
    ),
    Misconception(
        "stops-at-100",
        ("while count(D", "while H < 100 and count(D"),
        "The search stops at 100 units, though more would fit. Only the count says how wide a layer may be.",
    ),
    Misconception("one-layer", ("L, kind) <=", "1, kind) <="), "The number of layers has no influence on the width."),
    Misconception(
        "D-for-every-layer",
        (TOTAL, "return L * lowest"),
        f"This is the width that another count allows. {D_FOR_ALL}",
        where="count",
    ),
    Misconception(
        "no-b_m",
        ("= H if kind", "= 0 if kind"),
        f"This is the width that another count allows. {NO_B_M}",
        where="count",
    ),
    Misconception(
        "two-biases",
        ("= H if kind", "= (G + 1 if kind == 'gru' else G) * H if True or kind"),
        f"This is the width that another count allows. {TWO_BIASES}",
        where="count",
    ),
    Misconception(
        "from-2-on",
        ("H = 1", "H = 2"),
        "The search begins at 2 units, so that one alone is never found.",
    ),
)

SCALE = "scale = masks[k - 1] / (1 - p) if train and k > 0 else 1"
D_RUN, D_UP = "CELLS[kind].forward(x * scale, starts[k], layers[k])", "x = states[-1][0]"
DROPPED = "return [(h * (masks[{}] / (1 - p) if train and {} else 1), *c) for k, (h, *c) in enumerate(states)]"
IN_TIME = (
    "tuple(map(np.stack, zip(*[(now := tuple(v[0] for v in CELLS[kind].forward(x[t : t + 1], "
    "tuple(s * (scale[t] if i == 0 and train and k else 1) for i, s in enumerate(now if t else starts[k])), "
    "layers[k]))) for t in range(len(x))])))"
)
NOT_SCALED = "What is kept is not scaled up: on average the next layer reads less in training than in evaluation."
INVERTED = "The mask is used upside down: 1 means kept."
FIRST_STEP = "The mask of the first step is used at all steps. Here a mask is given for every step."
OTHER_MASK = "The masks are handed out from the top down: the first one stands between layers 1 and 2."
FIRST_MASK = "The first mask is used between all layers: each place has its own."
DROPOUT_BANK = (
    Misconception("not-scaled", ("masks[k - 1] / (1 - p)", "masks[k - 1]"), NOT_SCALED),
    Misconception(
        "scaled-by-p",
        ("masks[k - 1] / (1 - p)", "masks[k - 1] / p"),
        "What is kept is divided by p. p is the share that is dropped: which share is kept on average?",
    ),
    Misconception(
        "scaled-down",
        ("masks[k - 1] / (1 - p)", "masks[k - 1] * (1 - p)"),
        "What is kept is made smaller instead of larger: what makes up for the dropped numbers?",
    ),
    Misconception(
        "scaled-in-evaluation",
        (SCALE, "scale = (masks[k - 1] if train else 1 - p) if k > 0 else 1"),
        "This is dropout as it was first written, scaled in evaluation. Here only training scales.",
    ),
    Misconception(
        "scaled-in-both",
        ("if train and k > 0 else 1", "if train and k > 0 else (1 - p if k > 0 else 1)"),
        "The numbers are scaled in evaluation, too. Training has made up for the dropped ones already.",
    ),
    Misconception(
        "dropped-in-evaluation",
        ("if train and k > 0", "if k > 0"),
        "Numbers are dropped in evaluation, too. There the stack must answer the same each time.",
    ),
    Misconception(
        "never-dropped",
        ("if train and k > 0", "if not train and False and k > 0"),
        "Nothing is ever dropped: in training the masks must have an effect.",
    ),
    Misconception(
        "modes-exchanged",
        ("if train and k > 0", "if not train and k > 0"),
        "Numbers are dropped in evaluation and kept in training: the two modes are exchanged.",
    ),
    Misconception("mask-inverted", ("masks[k - 1] / (1 - p)", "(1 - masks[k - 1]) / (1 - p)"), INVERTED),
    Misconception("mask-of-the-first-step", ("masks[k - 1] / (1 - p)", "masks[k - 1][:1] / (1 - p)"), FIRST_STEP),
    Misconception("first-mask-for-all", ("masks[k - 1] / (1 - p)", "masks[0] / (1 - p)"), FIRST_MASK),
    Misconception("masks-turned-round", ("masks[k - 1] / (1 - p)", "masks[-k] / (1 - p)"), OTHER_MASK),
    Misconception(
        "dropped-states-returned",
        ("return states", DROPPED.format("k", "k < len(masks)")),
        "The states of the lower layers are returned with holes in them. Dropping happens on the way up only.",
    ),
    Misconception(
        "last-layer-dropped",
        ("return states", DROPPED.format("-1", "0 < k == len(masks)")),
        "The top layer's states are dropped, too. The masks stand between layers: above the last one there is none.",
    ),
    Misconception(
        "in-time",
        (D_RUN, IN_TIME),
        "The mask acts on what goes from step to step inside a layer. It belongs on what goes up.",
    ),
    Misconception(
        "on-the-start",
        (
            D_RUN,
            "CELLS[kind].forward(x * scale, tuple(s * (scale[0] if train and k else 1) for s in starts[k]), layers[k])",
        ),
        "The start states are dropped, too. The mask acts only on what goes up from layer to layer.",
    ),
    Misconception("x-for-every-layer", (D_UP, "pass"), X_AGAIN),
    Misconception(
        "c-goes-up",
        ("x = states[-1][0]", "x = states[-1][-1]"),
        "The cell states go up to the next layer. They stay inside their layer: what does a cell show to others?",
    ),
    Misconception(
        "one-start-for-all",
        ("starts[k], layers[k]", "starts[0], layers[k]"),
        "Every layer starts from the states of the lowest one. Each has its own entry in the list of starts.",
    ),
)

D_ARRIVES, D_DOWN = "(dh + arriving, *rest)", "arriving = dx * scales[k - 1] if k > 0 else dx"
D_INPUTS = "inputs = [x, *(h * scale for (h, *_), scale in zip(states, scales, strict=False))]"
DROPOUT_BACKWARD_BANK = (
    Misconception(
        "mask-forgotten",
        (D_DOWN, "arriving = dx"),
        "The gradient goes down as if nothing had been dropped. What was dropped had no influence on the loss.",
    ),
    Misconception(
        "not-scaled-back",
        (D_DOWN, "arriving = dx * masks[k - 1] if k > 0 else dx"),
        "The gradient is masked but not scaled: on the way up every kept number was multiplied by something.",
    ),
    Misconception(
        "scaled-down",
        (D_DOWN, "arriving = dx * masks[k - 1] * (1 - p) if k > 0 else dx"),
        "The gradient is multiplied by 1 − p. A factor on the way up is the same factor on the way down.",
    ),
    Misconception(
        "scaled-but-not-masked",
        (D_DOWN, "arriving = dx / (1 - p) if k > 0 else dx"),
        "The gradient is scaled but not masked: what was dropped had no influence on the loss.",
    ),
    Misconception("not-scaled", ("[mask / (1 - p) for", "[mask for"), NOT_SCALED),
    Misconception(
        "outside-masked",
        (D_ARRIVES, "(dh * (scales[k] if k < len(masks) else 1) + arriving, *rest)"),
        "What comes from outside is masked, too. It arrives at the states themselves, before anything is dropped.",
    ),
    Misconception(
        "undropped-inputs",
        (D_INPUTS, "inputs = [x, *(h for h, *_ in states)]"),
        "The layers above are given the hidden states without holes. They read the dropped and scaled ones.",
    ),
    Misconception(
        "inputs-not-scaled",
        (D_INPUTS, "inputs = [x, *(h * mask for (h, *_), mask in zip(states, masks))]"),
        "The layers above are given the dropped hidden states, but these were scaled, too.",
    ),
    Misconception("masks-turned-round", (D_DOWN, "arriving = dx * scales[-k] if k > 0 else dx"), OTHER_MASK),
    Misconception("first-mask-for-all", (D_DOWN, "arriving = dx * scales[0] if k > 0 else dx"), FIRST_MASK),
    Misconception("only-the-top", (D_ARRIVES, "((dh if k == len(layers) - 1 else 0) + arriving, *rest)"), ONLY_TOP),
    Misconception("nothing-goes-down", (D_ARRIVES, "(dh, *rest)"), NOT_DOWN),
    Misconception("dstarts-turned-round", ("dstarts.insert(0, dstart)", "dstarts.append(dstart)"), DSTARTS_TURNED),
    Misconception("no-dc", (D_ARRIVES, "(dh + arriving, *(0 * d for d in rest))"), NO_DC),
    Misconception(
        "states-in-evaluation",
        ("masks, p, train=True)", "masks, p, train=False)"),
        "The states are those of evaluation: with nothing dropped.",
    ),
    Misconception(
        "forward-not-scaled",
        ("masks[k - 1] / (1 - p)", "masks[k - 1]"),
        f"The states are not those of this stack. {NOT_SCALED}",
        where="dropout_forward",
    ),
    Misconception(
        "forward-with-holes",
        ("return states", DROPPED.format("k", "k < len(masks)")),
        "The states come from a forward pass that returns them with holes; here they are dropped once more.",
        where="dropout_forward",
    ),
    Misconception(
        "mask-of-the-place-above",
        ("scales[k - 1] if k > 0", "scales[min(k, len(scales) - 1)] if k > 0"),
        "What a layer sends down passes the mask above it. On the way up the mask below it acted on what it read.",
    ),
    Misconception(
        "x-for-every-layer",
        (
            "inputs = [x, *(h * scale for (h, *_), scale in zip(states, scales, strict=False))]",
            "inputs = [x] * len(layers)",
        ),
        "Every layer is fed with x. What does h⁽⁰⁾ = x say about the lowest layer, and what do the others read?",
    ),
    Misconception(
        "one-start-for-all",
        ("inputs[k], starts[k], layers[k]", "inputs[k], starts[0], layers[k]"),
        "Every layer starts from the states of the lowest one. Each has its own entry in the list of starts.",
    ),
    Misconception(
        "dlayers-turned-round",
        ("dlayers.insert(0, dlayer)", "dlayers.append(dlayer)"),
        "dlayers is turned round: the lowest layer's comes first, though it is computed last.",
    ),
)

ADD = "y = states[k][0] + y if k > 0 else states[k][0]"
R_RUN = "CELLS[kind].forward(y, starts[k], layers[k])"
FIRST_TOO = (
    "The lowest layer has a residual path, too. Its input is x; here the paths begin above it, whatever the sizes."
)
RESIDUAL_BANK = (
    Misconception("lowest-layer-too", (ADD, "y = states[k][0] + y"), FIRST_TOO),
    Misconception(
        "where-sizes-agree",
        (ADD, "y = states[k][0] + y if y.shape == states[k][0].shape else states[k][0]"),
        "The lowest layer has a residual path where D = H. Here the paths begin above it, whatever the sizes.",
    ),
    Misconception(
        "no-path", (ADD, "y = states[k][0]"), "Nothing is added: y is the hidden state of the top layer alone."
    ),
    Misconception(
        "top-layer-only",
        (ADD, "y = states[k][0] + y if 0 < k == len(layers) - 1 else states[k][0]"),
        "Only the top layer has a residual path. Every layer but the lowest has one.",
    ),
    Misconception(
        "h-below-added",
        (ADD, "y = states[k][0] + states[k - 1][0] if k > 0 else states[k][0]"),
        "The hidden state of the layer below is added. What the layer *read* is to be added: y.",
    ),
    Misconception(
        "h-read",
        (R_RUN, "CELLS[kind].forward(states[-1][0] if states else x, starts[k], layers[k])"),
        "A layer reads the hidden states of the layer below. With residual paths it reads the sum y.",
    ),
    Misconception(
        "counted-twice",
        (ADD, "y = states[k][0] + 2 * y if k > 0 else states[k][0]"),
        "What a layer reads is added twice.",
    ),
    Misconception(
        "mean",
        (ADD, "y = (states[k][0] + y) / 2 if k > 0 else states[k][0]"),
        "The mean is taken instead of the sum.",
    ),
    Misconception(
        "sums-returned",
        (
            "return states, y",
            "return [(np.sum([s[0] for s in states[: k + 1]], axis=0), *s[1:]) for k, s in enumerate(states)], y",
        ),
        "The returned states hold the sums y. They are to hold what each cell computed, h.",
    ),
    Misconception(
        "top-state-returned",
        ("return states, y", "return states, states[-1][0]"),
        "y is the top layer's hidden state: the last sum is missing.",
    ),
    Misconception(
        "lowest-added",
        (ADD, "y = states[k][0] + states[0][0] if k > 0 else states[k][0]"),
        "The lowest layer's hidden state is added everywhere. A path goes past one layer: from what that layer reads.",
    ),
    Misconception(
        "c-added",
        (ADD, "y = states[k][-1] + y if k > 0 else states[k][-1]"),
        "The cell states are added up. What a cell shows is h.",
    ),
    Misconception("one-start-for-all", (R_RUN, "CELLS[kind].forward(y, starts[0], layers[k])"), SAME_START),
    Misconception("starts-turned-round", (R_RUN, "CELLS[kind].forward(y, starts[-1 - k], layers[k])"), STARTS_TURNED),
    Misconception(
        "sums-written-into-the-states",
        (
            "y = states[k][0] + y if k > 0 else states[k][0]",
            "y = np.add(y, states[k][0], out=y) if k > 0 else states[k][0]",
        ),
        "The lowest layer's hidden states became the sums: `y += …` writes into the array that stands in your list. "
        "Make a new array.",
    ),
    Misconception(
        "c-read",
        (
            "CELLS[kind].forward(y, starts[k], layers[k])",
            "CELLS[kind].forward(y if k < 1 else y - states[-1][0] + states[-1][-1], starts[k], layers[k])",
        ),
        "Of the layer below the next one is given the cell state. What a cell shows is h.",
    ),
)

BOTH = "dy = dx + dy if k > 0 else dx"
R_INPUTS = "inputs = [x, *np.cumsum([h for h, *_ in states], axis=0)]"
RESIDUAL_BACKWARD_BANK = (
    Misconception(
        "path-forgotten",
        (BOTH, "dy = dx"),
        "The gradient goes through the layers only. It goes past each of them, too: y is a sum.",
    ),
    Misconception(
        "layer-forgotten",
        (BOTH, "dy = dy if k > 0 else dx"),
        "The gradient goes past the layers only. It goes through each of them, too: y is a sum.",
    ),
    Misconception(
        "lowest-layer-too", ("return dx, dstarts", "return (dx + dy if dx is not dy else 2 * dx), dstarts"), FIRST_TOO
    ),
    Misconception(
        "h-read",
        (R_INPUTS, "inputs = [x, *(h for h, *_ in states)]"),
        "The layers are given the hidden states of the layers below. They read the sums y.",
    ),
    Misconception(
        "path-twice",
        (BOTH, "dy = dx + 2 * dy if k > 0 else dx"),
        "What goes past a layer is counted twice.",
    ),
    Misconception(
        "product",
        (BOTH, "dy = dx * dy if k > 0 else dx"),
        "What comes by the two ways is multiplied. Two ways to one number: their gradients are added.",
    ),
    Misconception(
        "mean",
        (BOTH, "dy = (dx + dy) / 2 if k > 0 else dx"),
        "The mean of what comes by the two ways is taken instead of the sum.",
    ),
    Misconception(
        "dy-for-c",
        ("np.zeros_like(dy) for", "dy for"),
        "The cell states receive dy, too. From outside nothing arrives at them.",
    ),
    Misconception("one-start-for-all", ("inputs[k], starts[k]", "inputs[k], starts[0]"), SAME_START),
    Misconception("starts-of-zeros", ("inputs[k], starts[k]", "inputs[k], tuple(0 * s for s in starts[k])"), NO_START),
    Misconception("dstarts-turned-round", ("dstarts.insert(0, dstart)", "dstarts.append(dstart)"), DSTARTS_TURNED),
    Misconception(
        "dlayers-turned-round",
        ("dlayers.insert(0, dlayer)", "dlayers.append(dlayer)"),
        "dlayers is turned round: the lowest layer's comes first, though it is computed last.",
    ),
    Misconception(
        "where-sizes-agree",
        (
            "dy = dx + dy if k > 0 else dx",
            "dx = dx + dy if k == 0 and dx.shape == dy.shape else dx; dy = dx + dy if k > 0 else dx",
        ),
        "Where D = H something goes past the lowest layer, too. There is no such path, whatever the sizes.",
    ),
    Misconception(
        "past-all-layers-at-once",
        (
            "dy = dx + dy if k > 0 else dx",
            "dy = dx + (inputs.append(dy) or inputs[len(layers) + 1]) if k > 0 else dx",
        ),
        "Past every layer goes what arrived at the top. What goes past a layer is what arrived at it: a sum already.",
    ),
    Misconception(
        "states-of-the-plain-stack",
        ("states, _ = residual_forward(x, starts, layers, kind)", "states = forward(x, starts, layers, kind)"),
        "The states are those of the stack without residual paths: run `residual_forward` to know what the layers "
        "read.",
    ),
)

INTO, OUT = "s = np.tanh(x_t @ W.T + h @ U.T + b)", "h = np.tanh(s @ W2.T + b2)"
TRANSITION_BANK = (
    Misconception(
        "linear-between",
        (INTO, "s = x_t @ W.T + h @ U.T + b"),
        "The layer in between has no bend: two linear maps in a row are one.",
    ),
    Misconception(
        "linear-out", (OUT, "h = s @ W2.T + b2"), "The new state is not bent: the second line has a tanh, too."
    ),
    Misconception("no-b", (INTO, "s = np.tanh(x_t @ W.T + h @ U.T)"), "The bias b has no influence."),
    Misconception("no-b2", (OUT, "h = np.tanh(s @ W2.T)"), "The bias b2 has no influence."),
    Misconception("no-x", (INTO, "s = np.tanh(h @ U.T + b)"), "The input has no influence."),
    Misconception(
        "no-state", (INTO, "s = np.tanh(x_t @ W.T + b)"), "The state before has no influence: nothing is remembered."
    ),
    Misconception(
        "nothing-carried",
        (INTO, "s = np.tanh(x_t @ W.T + h0 @ U.T + b)"),
        "Every step starts from h0. Which state does step t need?",
    ),
    Misconception(
        "zero-start", ("h, states = h0, []", "h, states = 0 * h0, []"), "The state starts from zeros, whatever h0 is."
    ),
    Misconception(
        "in-between-returned",
        ("states.append(h)", "states.append(s)"),
        "The layers in between are returned, with M units. The states are what comes out of it, with H units.",
    ),
    Misconception(
        "U-on-the-sum",
        (INTO, "s = np.tanh((x_t @ W.T + b) @ U) @ U.T"),
        "U multiplies the input's part. It belongs to the state before.",
    ),
    Misconception(
        "square-W2-transposed",
        (OUT, "h = np.tanh(s @ (W2 if len(W2) == W2.shape[1] else W2.T) + b2)"),
        "Where M = H, W2 is not transposed: its rows are the units that it leads to, whatever the sizes.",
    ),
    Misconception(
        "shortcut",
        (OUT, "h = np.tanh(s @ W2.T + b2) + h"),
        "The state before is added at the end. That would be a residual path, in time; it is not in the equations.",
    ),
    Misconception(
        "start-returned",
        ("np.stack(states)", "np.stack([h0, *states[:-1]])"),
        "The states come one step late: h0 is given, it is no answer.",
    ),
    Misconception(
        "reversed",
        ("np.stack(states)", "np.stack(states[::-1])"),
        "The states are in the opposite order of time.",
    ),
    Misconception(
        "in-between-carried",
        ("states.append(h)", "states.append(h); h = s"),
        "What is carried to the next step is the layer in between, which fits only where M = H. It is forgotten after "
        "each step.",
    ),
    Misconception(
        "axes-of-length-1-lost",
        ("np.stack(states)", "np.squeeze(np.stack(states))"),
        "Axes of length 1 are gone: `squeeze` takes every one of them. The shape is (T, B, H), also where one of the "
        "three is 1.",
    ),
)

M_DROP = "x = x * masks[k - 1] / (1 - self.p)"
M_RUN = "x, h_T = layer(x, h0[k : k + 1])"
MODULE_BANK = (
    Misconception(
        "plain-list",
        (
            "torch.nn.ModuleList(torch.nn.GRU(H if k else D, H) for k in range(L))",
            "[torch.nn.GRU(H if k else D, H) for k in range(L)]",
        ),
        "PyTorch does not find the layers' parameters, as where the layers stand in a plain list: no training, no "
        ".to(device).",
    ),
    Misconception(
        "D-for-every-layer",
        ("torch.nn.GRU(H if k else D, H)", "torch.nn.GRU(D, H)"),
        "Every layer is built for D inputs. Only the lowest one reads x.",
    ),
    Misconception(
        "dropped-in-evaluation",
        ("if k > 0 and self.training:", "if k > 0:"),
        "Numbers are dropped in evaluation, too. The module knows its mode: model.eval() sets it.",
    ),
    Misconception(
        "never-dropped",
        ("if k > 0 and self.training:", "if k > 0 and not self.layers:"),
        "Nothing is dropped in training: the masks must have an effect there.",
    ),
    Misconception(
        "modes-exchanged",
        ("if k > 0 and self.training:", "if k > 0 and not self.training:"),
        "Numbers are dropped in evaluation and kept in training: the two modes are exchanged.",
    ),
    Misconception("not-scaled", (M_DROP, "x = x * masks[k - 1]"), NOT_SCALED),
    Misconception("mask-inverted", (M_DROP, "x = x * (1 - masks[k - 1]) / (1 - self.p)"), INVERTED),
    Misconception("masks-turned-round", (M_DROP, "x = x * masks[-k] / (1 - self.p)"), OTHER_MASK),
    Misconception("mask-of-the-first-step", (M_DROP, "x = x * masks[k - 1, :1] / (1 - self.p)"), FIRST_STEP),
    Misconception(
        "last-layer-dropped",
        (
            "return x, torch.cat(last)",
            "return (x * masks[-1] / (1 - self.p) if self.training and len(masks) else x), torch.cat(last)",
        ),
        "The top layer's states are dropped, too. The masks stand between layers: above the last one there is none.",
    ),
    Misconception("one-start-for-all", (M_RUN, "x, h_T = layer(x, h0[:1])"), SAME_START),
    Misconception("zero-start", (M_RUN, "x, h_T = layer(x)"), "h0 has no influence: every layer starts from zeros."),
    Misconception(
        "last-state-handed-on",
        (M_RUN, "x, h_T = layer(x, last[-1] if last else h0[:1])"),
        HANDED_ON,
    ),
    Misconception(
        "cut-between-layers",
        (M_RUN, "x, h_T = layer(x.detach(), h0[k : k + 1])"),
        "No gradient reaches the lower layers: something cuts the graph on the way up.",
    ),
    Misconception(
        "x-detached",
        (M_RUN, "x, h_T = layer(x if k else x.detach(), h0[k : k + 1])"),
        "No gradient reaches x: something cuts it off from the graph. A layer below this stack could not learn.",
    ),
    Misconception(
        "h0-detached",
        (M_RUN, "x, h_T = layer(x, h0[k : k + 1].detach())"),
        "No gradient reaches h0: the states do not use it, or something cuts it off from the graph. A start that is "
        "learnt, or an encoder, needs it.",
    ),
    Misconception(
        "keeps-its-start",
        (M_RUN, "x, h_T = layer(x, self.__dict__.setdefault(f'kept{k}', h0[k : k + 1]))"),
        "The module remembers something from one call to the next. Each call gets its own h0, and needs no more.",
    ),
    Misconception(
        "last-states-cut",
        ("last.append(h_T)", "last.append(h_T.detach())"),
        "No gradient comes from the last states: something cuts the graph there.",
    ),
    Misconception(
        "top-layer-first",
        ("torch.cat(last)", "torch.cat(last[::-1])"),
        "The last states are turned round: the lowest layer's comes first.",
    ),
    Misconception(
        "top-state-for-all",
        ("torch.cat(last)", "h_T.repeat(len(last), 1, 1)"),
        "The last state of the top layer stands in place of all others.",
    ),
    Misconception(
        "top-layers-last-state-only",
        ("torch.cat(last)", "h_T"),
        "Only the top layer's last state is returned. The last state of every layer is wanted: (L, B, H).",
    ),
    Misconception(
        "one-axis-too-many",
        ("torch.cat(last)", "torch.stack(last)"),
        "The last states have an axis of length 1 too many: each is (1, B, H) already. Which function joins them "
        "along the first axis?",
    ),
    Misconception(
        "start-without-its-axis",
        ("h0[k : k + 1]", "h0[k]"),
        "A layer of PyTorch wants its start in the shape (1, B, H). `h0[k]` has lost the first axis.",
    ),
    Misconception(
        "last-states-with-holes",
        (
            "last.append(h_T)",
            "last.append(h_T * masks[k, -1:] / (1 - self.p) if self.training and k < len(masks) else h_T)",
        ),
        "The last states of the lower layers have holes: they were taken after the mask. Dropping happens on the way "
        "up only.",
    ),
)

BANK = {
    "deep.forward": FORWARD_BANK,
    "deep.from_torch": FROM_TORCH_BANK,
    "deep.count": COUNT_BANK,
    "deep.width": WIDTH_BANK,
    "deep.backward": BACKWARD_BANK,
    "deep.dropout_forward": DROPOUT_BANK,
    "deep.dropout_backward": DROPOUT_BACKWARD_BANK,
    "deep.residual_forward": RESIDUAL_BANK,
    "deep.residual_backward": RESIDUAL_BACKWARD_BANK,
    "deep.transition": TRANSITION_BANK,
    "deep.module": MODULE_BANK,
}
