"""Lesson 07: wrong answers that people really give, as one-line edits of `solutions.bidirectional`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception


def entries(task: str, *rows: tuple) -> tuple[Misconception, ...]:
    """One misconception for each row: name, edit, sentence, and perhaps a dict of more."""
    return tuple(Misconception(f"bidirectional.{task}", *row[:3], **(row[3] if len(row) > 3 else {})) for row in rows)


NAN = "Right until the padding holds NaN: 0 × NaN is NaN. Choose between two values instead of multiplying by 0."
PADDING_FIRST = (
    "The direction ← begins in the padding: the whole batch is turned round, not each sequence. Where does a sequence "
    "of length 3 stand after that, if T is 7?"
)
NOT_BACK = (
    "The states of ← stand in the order in which they were read. At time step t must stand what ← knows after reading "
    "step t."
)
NOT_TURNED = "The direction ← reads from left to right. What must it read first?"
ONE_SET = "Both directions compute with one set of parameters. Each has its own."
ONE_START = "Both directions begin with the same state. Each has its own start."
EXCHANGED = "The two directions are exchanged: → comes first."
ONE_TOO_MANY = "One step too many of each sequence: steps are counted from 0, so the last one is length − 1."

LEFT = "left = cell.forward(reverse(x, lengths), starts[1], parameters[1])"


def turned_whole(read: str, back: str = "keep(v[::-1], n)") -> str:
    """An edit of `states`: ← reads that, and what it says is turned back in that way."""
    return f"reverse = lambda v, n: {back}; left = cell.forward({read}, starts[1], parameters[1])"


INSIDE_N = "(torch.arange(len(y))[:, None] < n)[..., None].to(y.device)"
CHOOSE = "np.where(inside[:, :, None], x, 0)"
MULTIPLIED = ((CHOOSE, "x * inside[:, :, None]"), NAN, {"where": "keep"})

INVERTED = (
    ("[:, None] < lengths", "[:, None] >= lengths"),
    "Your `keep` empties the sequences instead of the padding, and it is used here. Mend Exercise 7.2 first.",
    {"where": "keep"},
)
TURNED_WHOLE = (
    ("return keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)", "return x[::-1]"),
    "Your `reverse` turns the padding round too, and it is used here. Mend Exercise 7.3 first.",
    {"where": "reverse"},
)

BANK = (
    *entries(
        "keep",
        ("mask-multiplied", *MULTIPLIED),
        (
            "mask-inverted",
            ("[:, None] < lengths", "[:, None] >= lengths"),
            "The padding is kept, the sequences are emptied.",
        ),
        ("one-too-many", ("[:, None] < lengths", "[:, None] <= lengths"), ONE_TOO_MANY),
        (
            "one-too-few",
            ("[:, None] < lengths", "[:, None] < lengths - 1"),
            "The last step of every sequence is lost: a sequence of length 1 has a step 0.",
        ),
        (
            "padding-in-front",
            ("np.arange(len(x))[:, None]", "np.arange(len(x))[::-1, None]"),
            "The padding is looked for in front of the sequences. It stands behind them.",
        ),
        (
            "nothing-done",
            (f"return {CHOOSE}", "return x"),
            "The padding is still there.",
        ),
        (
            "nan-only",
            (f"return {CHOOSE}", "return np.nan_to_num(x)"),
            "NaN is gone, other numbers in the padding are still there: look at lengths, not at values.",
        ),
    ),
    *entries(
        "reverse",
        (
            "whole-batch-turned",
            ("return keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)", "return x[::-1]"),
            "The padding is turned round too: it stands in front now. Each sequence must be turned within its own "
            "length.",
        ),
        (
            "turned-then-cut",
            ("source = np.where(t < lengths, lengths - 1 - t, t)", "source = (len(x) - 1 - t) + 0 * lengths"),
            "The whole batch is turned round and then cut: of short sequences only padding is left. Step 0 of the "
            "result is each sequence's own last step.",
        ),
        (
            "padding-left",
            (
                "keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)",
                "np.take_along_axis(x, source[:, :, None], axis=0)",
            ),
            "The sequences are right; in the padding must stand zeros.",
        ),
        (
            "not-turned",
            ("lengths - 1 - t, t)", "t, t)"),
            "The sequences still run from their first step to their last.",
        ),
        (
            "one-too-far",
            ("lengths - 1 - t, t)", "lengths - t, t)"),
            "One step too far: steps are counted from 0, so a sequence of length 1 has its last step at 0.",
        ),
        (
            "last-step-first-only",
            ("lengths - 1 - t, t)", "(t - 1) % lengths, t)"),
            "The last step stands first, but the others still run forwards.",
        ),
        ("mask-multiplied", *MULTIPLIED),
        ("keep-inverted", *INVERTED),
    ),
    *entries(
        "states",
        (
            "padding-read-first",
            (
                LEFT,
                turned_whole("keep(x, lengths)[::-1]"),
            ),
            PADDING_FIRST,
        ),
        (
            "padding-read-first-as-it-is",
            (
                LEFT,
                turned_whole("x[::-1]"),
            ),
            PADDING_FIRST,
        ),
        (
            "padding-read-first-and-shown",
            (
                LEFT,
                turned_whole("x[::-1]", "v[::-1]"),
            ),
            PADDING_FIRST,
        ),
        (
            "not-turned-back",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            NOT_BACK,
        ),
        (
            "input-not-turned",
            ("cell.forward(reverse(x, lengths), starts[1]", "cell.forward(keep(x, lengths), starts[1]"),
            NOT_TURNED + " Its states, not its input, are turned round.",
        ),
        (
            "nothing-turned",
            (
                LEFT,
                "reverse = keep; left = cell.forward(reverse(x, lengths), starts[1], parameters[1])",
            ),
            NOT_TURNED,
        ),
        ("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET),
        ("one-start", ("starts[1]", "starts[0]"), ONE_START),
        (
            "starts-exchanged",
            ("cell = CELLS[kind]", "cell, starts = CELLS[kind], starts[::-1]"),
            "The starts of the two directions are exchanged: the first of the pair belongs to →.",
        ),
        (
            "parameters-exchanged",
            ("cell = CELLS[kind]", "cell, parameters = CELLS[kind], parameters[::-1]"),
            "The parameters of the two directions are exchanged: the first of the pair belongs to →.",
        ),
        (
            "start-from-the-other",
            ("starts[1]", "tuple(each[-1] for each in right)"),
            "The direction ← goes on from where → ended. The two know nothing of each other: each has its own start.",
        ),
        (
            "directions-exchanged",
            (
                "return tuple(keep(each, lengths) for each in right), tuple(reverse(each, lengths) for each in left)",
                "return tuple(reverse(each, lengths) for each in left), tuple(keep(each, lengths) for each in right)",
            ),
            EXCHANGED,
        ),
        (
            "padding-not-zero",
            ("return tuple(keep(each, lengths) for each in right)", "return tuple(each for each in right)"),
            "The states of → go on in the padding. Behind a sequence's end they must be zero.",
        ),
        ("mask-multiplied", *MULTIPLIED),
        ("keep-inverted", *INVERTED),
    ),
    *entries(
        "final_states",
        (
            "last-of-the-batch",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[-1]"),
            "The direction → is asked at the last step of the batch. A shorter sequence has only padding there.",
        ),
        (
            "left-at-its-start",
            (", left[0]", ", left[lengths - 1, np.arange(len(lengths))]"),
            "The direction ← is asked where it begins: there it has read one step only. Where does it end?",
        ),
        (
            "left-at-the-batchs-end",
            (", left[0]", ", left[-1]"),
            "The direction ← is asked at the last step of the batch: there it has hardly begun. Where does it end?",
        ),
        (
            "right-at-its-start",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[0]"),
            "The direction → is asked at step 0, where it has read one step only.",
        ),
        (
            "length-as-index",
            ("right[lengths - 1,", "right[lengths,"),
            "One step too far: steps are counted from 0, so a sequence of length 7 ends at step 6.",
        ),
        (
            "one-before-the-end",
            ("right[lengths - 1,", "right[lengths - 2,"),
            "One step too early: a sequence of length 1 ends at step 0.",
        ),
        (
            "every-row-for-every-length",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[lengths - 1]"),
            "For every length all rows are taken. Say with a second index which row belongs to which length.",
        ),
        (
            "exchanged",
            (
                "return right[lengths - 1, np.arange(len(lengths))], left[0]",
                "return left[0], right[lengths - 1, np.arange(len(lengths))]",
            ),
            EXCHANGED,
        ),
    ),
    *entries(
        "join",
        (
            "left-first",
            ("[right, left]", "[left, right]"),
            "The two halves are exchanged: → comes first.",
        ),
        (
            "along-time",
            ("axis=-1", "axis=0"),
            "One direction stands behind the other in time. They must stand side by side at each step.",
        ),
        (
            "along-rows",
            ("axis=-1", "axis=1"),
            "The batch has twice as many rows now. The two directions must stand side by side in each row.",
        ),
        (
            "interleaved",
            (
                "np.concatenate([right, left], axis=-1)",
                "np.stack([right, left], axis=-1).reshape(*right.shape[:2], -1)",
            ),
            "The units of the two directions alternate. All of → come first, then all of ←.",
        ),
        (
            "mean-is-sum",
            ('(0.5 if how == "mean" else 1)', "1"),
            "For “mean” the sum is returned.",
        ),
        (
            "sum-is-mean",
            ('(0.5 if how == "mean" else 1)', "0.5"),
            "For “sum” the mean is returned.",
        ),
        (
            "product",
            ("(right + left)", "(right * left)"),
            "The two states are multiplied. What is asked for is a sum or a mean.",
        ),
    ),
    *entries(
        "mean_loss",
        (
            "padding-counted",
            ("losses[inside].mean()", "losses.mean()"),
            "The losses in the padding are counted. Which of the T·B losses are real?",
        ),
        (
            "divided-by-all",
            ("losses[inside].mean()", "np.where(inside, losses, 0).mean()"),
            "The sum is right, but it is divided by T·B. How many losses are in the sum?",
        ),
        (
            "mean-of-means",
            ("losses[inside].mean()", "np.mean([losses[:n, b].mean() for b, n in enumerate(lengths)])"),
            "Every sequence counts alike, so a step of a short one counts more. Every real step must count alike.",
        ),
        (
            "divided-by-rows",
            ("losses[inside].mean()", "losses[inside].sum() / len(lengths)"),
            "The sum is right, but it is divided by the number of sequences, not of steps.",
        ),
        (
            "sum",
            ("losses[inside].mean()", "losses[inside].sum()"),
            "That is the sum. The mean is asked for: divided by what?",
        ),
        (
            "mask-multiplied",
            ("losses[inside].mean()", "(losses * inside).sum() / inside.sum()"),
            NAN,
        ),
        ("one-too-many", ("[:, None] < lengths", "[:, None] <= lengths"), ONE_TOO_MANY),
    ),
    *entries(
        "gradients",
        (
            "dx-of-left-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "dx_right"),
            "dx has the part of → only. Who else reads x?",
        ),
        (
            "dx-of-right-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "reverse(dx_left, lengths)"),
            "dx has the part of ← only. Who else reads x?",
        ),
        (
            "dx-not-turned-back",
            ("dx_right + reverse(dx_left, lengths)", "dx_right + dx_left"),
            "The two parts of dx run in opposite directions: one of them stands in the order in which ← read.",
        ),
        (
            "dx-averaged",
            ("dx_right + reverse(dx_left, lengths)", "(dx_right + reverse(dx_left, lengths)) / 2"),
            "dx is half of what it should be: gradients of two readers add up.",
        ),
        (
            "arriving-not-turned",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            "What arrives at the states of ← stands in the order of time. The cell of ← walked in another.",
        ),
        (
            "input-not-turned",
            ("cell.backward(arriving[1], reverse(x, lengths)", "cell.backward(arriving[1], keep(x, lengths)"),
            "In the backward pass the cell of ← must be given the same input as in the forward pass.",
        ),
        (
            "whole-batch-turned",
            (
                "cell, (right, left) = CELLS[kind], dstates",
                "cell, (right, left), reverse = CELLS[kind], dstates, lambda each, lengths: each[::-1]",
            ),
            PADDING_FIRST,
        ),
        (
            "padding-receives",
            ("arriving = tuple(keep(each, lengths) for each in right)", "arriving = tuple(each for each in right)"),
            "What arrives in the padding counts for →. The states there are zero whatever happens: nothing goes "
            "further back from them.",
        ),
        (
            "dstarts-exchanged",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_left[0], found_right[0]), (found_right[1], found_left[1])",
            ),
            "The gradients of the two starts are exchanged: the first of the pair belongs to →.",
        ),
        (
            "dparameters-exchanged",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_right[0], found_left[0]), (found_left[1], found_right[1])",
            ),
            "The gradients of the two directions' parameters are exchanged: the first of the pair belongs to →.",
        ),
        (
            "dparameters-added",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_right[0], found_left[0]), 2 * ({k: v + found_left[1][k] for k, v in found_right[1].items()},)",
            ),
            "The gradients of the two directions' parameters are added up, as if they shared them. Each has its own.",
        ),
        ("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET),
        ("one-start", ("starts[1]", "starts[0]"), ONE_START),
        ("mask-multiplied", *MULTIPLIED),
        ("keep-inverted", *INVERTED),
    ),
    *entries(
        "deep",
        (
            "right-half-only",
            ('x = join(right[0], left[0], "concat")', "x = right[0]"),
            "The next layer is given the states of → only. Its W has 2H columns: it reads both directions.",
        ),
        (
            "left-half-first",
            ("right[0], left[0]", "left[0], right[0]"),
            "The halves of what a layer hands on are exchanged: → comes first.",
        ),
        (
            "lengths-forgotten-above",
            ('left[0], "concat")', 'left[0], "concat"); lengths = np.full_like(lengths, len(x))'),
            "The lowest layer is right. The layers above it read the padding too: they need the lengths as well.",
        ),
        (
            "one-layer-too-few",
            ("in layers:", "in layers[:-1]:"),
            "The topmost layer is missing.",
        ),
        (
            "lowest-layers-starts",
            ("states(x, lengths, starts,", "states(x, lengths, layers[0][0],"),
            "Every layer begins with the lowest one's starts. Each layer has its own.",
        ),
        (
            "cell-state-goes-up",
            ("right[0], left[0]", "right[-1], left[-1]"),
            "An LSTM hands its cell state c up to the next layer. What is the output of an LSTM?",
        ),
        (
            "one-set-of-parameters",
            ("parameters[1]", "parameters[0]"),
            ONE_SET,
            {"where": "states"},
        ),
        (
            "not-turned-back",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            NOT_BACK,
            {"where": "states"},
        ),
        (
            "padding-read-first",
            (
                LEFT,
                turned_whole("keep(x, lengths)[::-1]"),
            ),
            PADDING_FIRST,
            {"where": "states"},
        ),
        ("mask-multiplied", *MULTIPLIED),
        ("keep-inverted", *INVERTED),
        ("whole-batch-turned", *TURNED_WHOLE),
    ),
    *entries(
        "deep_gradients",
        (
            "halves-exchanged",
            ("np.split(dy, 2, axis=-1)", "np.split(dy, 2, axis=-1)[::-1]"),
            "What arrives at a layer is shared out the wrong way: the first half of y was →.",
        ),
        (
            "right-half-only",
            ("np.split(dy, 2, axis=-1)", "np.split(dy * (np.arange(dy.shape[2]) < dy.shape[2] // 2), 2, axis=-1)"),
            "The direction ← of each layer receives nothing. The second half of dy is its share.",
        ),
        (
            "not-passed-down",
            ("dy, *dlayer", "dx, *dlayer"),
            "Every layer receives what the topmost one received. A layer's dx is what the layer below it receives.",
        ),
        (
            "topmost-first",
            ("found[::-1]", "found"),
            "The layers' gradients stand in the order in which they were found. The lowest layer comes first.",
        ),
        (
            "cell-state-receives",
            ("np.zeros_like(half) for _", "half for _"),
            "An LSTM's cell state receives what its h receives. Only h goes up to the next layer.",
        ),
        (
            "dx-of-left-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "dx_right"),
            "A layer hands down the dx of → only. Who else reads what the layer below wrote?",
            {"where": "gradients"},
        ),
        (
            "dx-not-turned-back",
            ("dx_right + reverse(dx_left, lengths)", "dx_right + dx_left"),
            "The two parts of a layer's dx run in opposite directions: one stands in the order in which ← read.",
            {"where": "gradients"},
        ),
        ("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET, {"where": "gradients"}),
        ("keep-inverted", *INVERTED),
        ("whole-batch-turned", *TURNED_WHOLE),
    ),
    *entries(
        "parameter_count",
        (
            "one-direction",
            ("return 2 * sum", "return sum"),
            "That is the number of one direction. The other has its own parameters.",
        ),
        (
            "layers-above-read-H",
            ("[2 * H]", "[H]"),
            "From the second layer on, each direction reads both directions of the layer below.",
        ),
        (
            "every-layer-reads-D",
            ("[2 * H]", "[D]"),
            "Only the lowest layer reads x. What do the others read, and how wide is it?",
        ),
        (
            "one-layer-too-many",
            ("(layers - 1)", "layers"),
            "One layer too many: the lowest one is one of them.",
        ),
        (
            "lowest-layer-reads-2H",
            ("[D] + (layers - 1) * [2 * H]", "layers * [2 * H]"),
            "The lowest layer reads x, which has D entries.",
        ),
    ),
    *entries(
        "packed",
        (
            "sorted-assumed",
            (", enforce_sorted=False", ""),
            "Packing assumes that the longest sequence comes first, unless it is told that the batch is not sorted.",
        ),
        (
            "shorter-than-the-batch",
            (", total_length=len(x)", ""),
            "Unpacked, y is as long as the longest sequence. It must be as long as x: unpacking can be told so.",
        ),
        (
            "not-packed",
            (
                "packed = pack_padded_sequence(x, lengths, enforce_sorted=False)",
                "packed = x; pad_packed_sequence = lambda y, total_length: (y, lengths)",
            ),
            "Without packing the layer reads the padding: the direction ← even begins there.",
        ),
        (
            "not-packed-but-cut",
            (
                "packed = pack_padded_sequence(x, lengths, enforce_sorted=False)",
                f"packed, n = x, lengths; pad_packed_sequence = lambda y, total_length: (y * {INSIDE_N}, n)",
            ),
            "Zeros in the padding of y do not help: without packing the direction ← has begun in the padding.",
        ),
        (
            "final-order",
            ("[last[0], last[1]]", "[last[1], last[0]]"),
            "The halves of the final states are exchanged: → comes first.",
        ),
        (
            "last-step-of-y",
            ("torch.cat([last[0], last[1]], dim=-1)", "y[-1]"),
            "The final states are not y at the last step of the batch: short sequences have padding there, and ← ends "
            "at the other side.",
        ),
        (
            "own-last-step-of-y",
            ("torch.cat([last[0], last[1]], dim=-1)", "y[lengths - 1, torch.arange(len(lengths))]"),
            "The half of → is right. The direction ← ends at step 0; at the sequence's last step it has read one step.",
        ),
        (
            "cell-states",
            ("(last, _)", "(_, last)"),
            "The second of the two last states is the cell state c. The final states asked for are h.",
        ),
        (
            "rows-mixed",
            ("torch.cat([last[0], last[1]], dim=-1)", "last.reshape(x.shape[1], -1)"),
            "Reshaping (2, B, H) to (B, 2H) mixes the rows: the first axis is the direction, not the row.",
        ),
        (
            "one-direction",
            (", bidirectional=True", ""),
            "The layer reads in one direction only.",
        ),
        (
            "cut-from-the-graph",
            ("packed = pack_padded_sequence(x,", "packed = pack_padded_sequence(x.detach(),"),
            "No gradient arrives at x: something cuts it from the graph.",
        ),
    ),
)
