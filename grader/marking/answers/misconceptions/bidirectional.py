"""Lesson 07: wrong answers that people really give, as one-line edits of `solutions.bidirectional`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

NAN = "Where the padding holds NaN it stays: 0 × NaN is NaN. Choose between two values instead of multiplying by 0."
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
NO_MORE_INFINITE = (
    "A real ∞ became the largest number there is: `nan_to_num` changes what is real, too. Only the padding may go."
)
ONE_TOO_MANY = "One step too many of each sequence: steps are counted from 0, so the last one is length − 1."

LEFT = "left = cell.forward(reverse(x, lengths), starts[1], parameters[1])"


def turned_whole(read: str, back: str = "keep(v[::-1], n)") -> str:
    """An edit of `states`: ← reads that, and what it says is turned back in that way."""
    return f"reverse = lambda v, n: {back}; left = cell.forward({read}, starts[1], parameters[1])"


INSIDE_N = "(torch.arange(len(y))[:, None] < n)[..., None].to(y.device)"
CHOOSE = "np.where(inside[:, :, None], x, 0)"
MULTIPLIED = Misconception("mask-multiplied", (CHOOSE, "x * inside[:, :, None]"), NAN, where="keep")

INVERTED = Misconception(
    "keep-inverted",
    ("[:, None] < lengths", "[:, None] >= lengths"),
    "The sequences are emptied where the padding should be. If you call your `keep`, look at Exercise 7.2 first.",
    where="keep",
)
TURNED_WHOLE = Misconception(
    "whole-batch-turned",
    ("return keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)", "return x[::-1]"),
    "The padding is turned round with the rest. If you call your `reverse`, look at Exercise 7.3 first.",
    where="reverse",
)

BANK = {
    "bidirectional.keep": (
        MULTIPLIED,
        Misconception(
            "mask-inverted",
            ("[:, None] < lengths", "[:, None] >= lengths"),
            "The padding is kept, the sequences are emptied.",
        ),
        Misconception("one-too-many", ("[:, None] < lengths", "[:, None] <= lengths"), ONE_TOO_MANY),
        Misconception(
            "one-too-few",
            ("[:, None] < lengths", "[:, None] < lengths - 1"),
            "The last step of every sequence is lost: a sequence of length 1 has a step 0.",
        ),
        Misconception(
            "padding-in-front",
            ("np.arange(len(x))[:, None]", "np.arange(len(x))[::-1, None]"),
            "The padding is looked for in front of the sequences. It stands behind them.",
        ),
        Misconception(
            "nothing-done",
            (f"return {CHOOSE}", "return x"),
            "The padding is still there.",
        ),
        Misconception(
            "infinity-replaced",
            (CHOOSE, "np.nan_to_num(x) * inside[:, :, None]"),
            NO_MORE_INFINITE,
        ),
        Misconception(
            "nan-only",
            (f"return {CHOOSE}", "return np.nan_to_num(x)"),
            "NaN is gone, other numbers in the padding are still there: look at lengths, not at values.",
        ),
        Misconception(
            "first-step-of-the-padding",
            (
                "np.where(inside[:, :, None], x, 0)",
                "np.where((np.arange(len(x))[:, None] == lengths)[:, :, None], 0, np.nan_to_num(x))",
            ),
            "Only the first step of the padding is emptied. All of it goes, whatever stands there.",
        ),
    ),
    "bidirectional.reverse": (
        Misconception(
            "infinity-replaced",
            ("np.take_along_axis(x,", "np.take_along_axis(np.nan_to_num(x),"),
            NO_MORE_INFINITE,
        ),
        Misconception(
            "whole-batch-turned",
            ("return keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)", "return x[::-1]"),
            "The padding is turned round too: it stands in front now. Each sequence must be turned within its own "
            "length.",
        ),
        Misconception(
            "turned-then-cut",
            ("source = np.where(t < lengths, lengths - 1 - t, t)", "source = (len(x) - 1 - t) + 0 * lengths"),
            "The whole batch is turned round and then cut: shorter sequences begin with their padding. Step 0 of the "
            "result is each sequence's own last step.",
        ),
        Misconception(
            "padding-left",
            (
                "keep(np.take_along_axis(x, source[:, :, None], axis=0), lengths)",
                "np.take_along_axis(x, source[:, :, None], axis=0)",
            ),
            "Something is left in the padding. There must stand zeros.",
        ),
        Misconception(
            "not-turned",
            ("lengths - 1 - t, t)", "t, t)"),
            "The sequences still run from their first step to their last.",
        ),
        Misconception(
            "one-too-far",
            ("lengths - 1 - t, t)", "lengths - t, t)"),
            "An index lies outside the steps. They are counted from 0: a sequence of length 1 has its last step at 0.",
        ),
        Misconception(
            "last-step-first-only",
            ("lengths - 1 - t, t)", "(t - 1) % lengths, t)"),
            "The last step stands first, but the others still run forwards.",
        ),
        MULTIPLIED,
        INVERTED,
    ),
    "bidirectional.states": (
        Misconception(
            "padding-read-first",
            (
                LEFT,
                turned_whole("keep(x, lengths)[::-1]"),
            ),
            PADDING_FIRST,
        ),
        Misconception(
            "padding-read-first-as-it-is",
            (
                LEFT,
                turned_whole("x[::-1]"),
            ),
            PADDING_FIRST,
        ),
        Misconception(
            "padding-read-first-and-shown",
            (
                LEFT,
                turned_whole("x[::-1]", "v[::-1]"),
            ),
            PADDING_FIRST,
        ),
        Misconception(
            "not-turned-back",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            NOT_BACK,
        ),
        Misconception(
            "input-not-turned",
            ("cell.forward(reverse(x, lengths), starts[1]", "cell.forward(keep(x, lengths), starts[1]"),
            NOT_TURNED + " Its states, not its input, are turned round.",
        ),
        Misconception(
            "nothing-turned",
            (
                LEFT,
                "reverse = keep; left = cell.forward(reverse(x, lengths), starts[1], parameters[1])",
            ),
            NOT_TURNED,
        ),
        Misconception("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET),
        Misconception("one-start", ("starts[1]", "starts[0]"), ONE_START),
        Misconception(
            "starts-exchanged",
            ("cell = CELLS[kind]", "cell, starts = CELLS[kind], starts[::-1]"),
            "The starts of the two directions are exchanged: the first of the pair belongs to →.",
        ),
        Misconception(
            "parameters-exchanged",
            ("cell = CELLS[kind]", "cell, parameters = CELLS[kind], parameters[::-1]"),
            "The parameters of the two directions are exchanged: the first of the pair belongs to →.",
        ),
        Misconception(
            "start-from-the-other",
            ("starts[1]", "tuple(each[-1] for each in right)"),
            "The direction ← goes on from where → ended. The two know nothing of each other: each has its own start.",
        ),
        Misconception(
            "directions-exchanged",
            (
                "return tuple(keep(each, lengths) for each in right), tuple(reverse(each, lengths) for each in left)",
                "return tuple(reverse(each, lengths) for each in left), tuple(keep(each, lengths) for each in right)",
            ),
            EXCHANGED,
        ),
        Misconception(
            "padding-not-zero",
            ("return tuple(keep(each, lengths) for each in right)", "return tuple(each for each in right)"),
            "The states of → go on in the padding. Behind a sequence's end they must be zero.",
        ),
        MULTIPLIED,
        INVERTED,
        Misconception(
            "cell-state-not-turned-back",
            (
                "tuple(reverse(each, lengths) for each in left)",
                "(reverse(left[0], lengths), *(keep(each, lengths) for each in left[1:]))",
            ),
            "Of ← only h was turned back. An LSTM's cell states stand in the order in which they were read: each "
            "state of the tuple is turned.",
        ),
    ),
    "bidirectional.final_states": (
        Misconception(
            "last-of-the-batch",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[-1]"),
            "The final state of → of a sequence shorter than the batch comes out of its padding. Where is its own last "
            "step?",
        ),
        Misconception(
            "left-at-its-start",
            (", left[0]", ", left[lengths - 1, np.arange(len(lengths))]"),
            "The direction ← is asked where it begins: there it has read one step only. Where does it end?",
        ),
        Misconception(
            "left-at-the-batchs-end",
            (", left[0]", ", left[-1]"),
            "The final state of ← is what stands at the last step of the batch: padding, or the step where it begins. "
            "Where does it end?",
        ),
        Misconception(
            "right-at-its-start",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[0]"),
            "The direction → is asked at step 0, where it has read one step only.",
        ),
        Misconception(
            "length-as-index",
            ("right[lengths - 1,", "right[lengths,"),
            "An index lies outside the steps. They are counted from 0: a sequence of length 7 ends at step 6.",
        ),
        Misconception(
            "one-before-the-end",
            ("right[lengths - 1,", "right[lengths - 2,"),
            "One step too early: a sequence of length 1 ends at step 0.",
        ),
        Misconception(
            "every-row-for-every-length",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[lengths - 1]"),
            "For every length all rows are taken. Say with a second index which row belongs to which length.",
        ),
        Misconception(
            "exchanged",
            (
                "return right[lengths - 1, np.arange(len(lengths))], left[0]",
                "return left[0], right[lengths - 1, np.arange(len(lengths))]",
            ),
            EXCHANGED,
        ),
        Misconception(
            "last-of-the-longest",
            ("right[lengths - 1, np.arange(len(lengths))]", "right[lengths.max() - 1]"),
            "The final state of → is what stands at the last step of the longest sequence: for the others that is "
            "padding.",
        ),
    ),
    "bidirectional.join": (
        Misconception(
            "left-first",
            ("[right, left]", "[left, right]"),
            "The two halves are exchanged: → comes first.",
        ),
        Misconception(
            "along-time",
            ("axis=-1", "axis=0"),
            "One direction stands behind the other in time. They must stand side by side at each step.",
        ),
        Misconception(
            "along-rows",
            ("axis=-1", "axis=1"),
            "The batch has twice as many rows now. The two directions must stand side by side in each row.",
        ),
        Misconception(
            "interleaved",
            (
                "np.concatenate([right, left], axis=-1)",
                "np.stack([right, left], axis=-1).reshape(*right.shape[:2], -1)",
            ),
            "The units of the two directions alternate. All of → come first, then all of ←.",
        ),
        Misconception(
            "mean-is-sum",
            ('(0.5 if how == "mean" else 1)', "1"),
            "For “mean” the sum is returned.",
        ),
        Misconception(
            "sum-is-mean",
            ('(0.5 if how == "mean" else 1)', "0.5"),
            "For “sum” the mean is returned.",
        ),
        Misconception(
            "product",
            ("(right + left)", "(right * left)"),
            "The two states are multiplied. What is asked for is a sum or a mean.",
        ),
        Misconception(
            "half-of-the-left",
            ("(right + left) * (", "right + left * ("),
            "For “mean” only the left state is halved: brackets are missing.",
        ),
    ),
    "bidirectional.mean_loss": (
        Misconception(
            "infinity-replaced",
            ("losses[inside].mean()", "np.nan_to_num(losses)[inside].mean()"),
            NO_MORE_INFINITE,
        ),
        Misconception(
            "padding-counted",
            ("losses[inside].mean()", "losses.mean()"),
            "The losses in the padding are counted. Which of the T·B losses are real?",
        ),
        Misconception(
            "divided-by-all",
            ("losses[inside].mean()", "np.where(inside, losses, 0).mean()"),
            "The sum of the real losses is divided by T·B. How many losses are in the sum?",
        ),
        Misconception(
            "mean-of-means",
            ("losses[inside].mean()", "np.mean([losses[:n, b].mean() for b, n in enumerate(lengths)])"),
            "Every sequence counts alike, so a step of a short one counts more. Every real step must count alike.",
        ),
        Misconception(
            "divided-by-rows",
            ("losses[inside].mean()", "losses[inside].sum() / len(lengths)"),
            "The sum of the real losses is divided by the number of sequences, not of steps.",
        ),
        Misconception(
            "sum",
            ("losses[inside].mean()", "losses[inside].sum()"),
            "That is the sum. The mean is asked for: divided by what?",
        ),
        Misconception(
            "mask-multiplied",
            ("losses[inside].mean()", "(losses * inside).sum() / inside.sum()"),
            NAN,
        ),
        Misconception("one-too-many", ("[:, None] < lengths", "[:, None] <= lengths"), ONE_TOO_MANY),
        Misconception(
            "nan-only",
            ("losses[inside].mean()", "np.nanmean(losses)"),
            "NaN is left out, other numbers in the padding are counted: look at lengths, not at values.",
        ),
    ),
    "bidirectional.gradients": (
        Misconception(
            "dx-of-left-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "dx_right"),
            "dx has the part of → only. Who else reads x?",
        ),
        Misconception(
            "dx-of-right-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "reverse(dx_left, lengths)"),
            "dx has the part of ← only. Who else reads x?",
        ),
        Misconception(
            "dx-not-turned-back",
            ("dx_right + reverse(dx_left, lengths)", "dx_right + dx_left"),
            "The two parts of dx run in opposite directions: one of them stands in the order in which ← read.",
        ),
        Misconception(
            "dx-averaged",
            ("dx_right + reverse(dx_left, lengths)", "(dx_right + reverse(dx_left, lengths)) / 2"),
            "dx is half of what it should be: gradients of two readers add up.",
        ),
        Misconception(
            "arriving-not-turned",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            "What arrives at the states of ← stands in the order of time. The cell of ← walked in another.",
        ),
        Misconception(
            "input-not-turned",
            ("cell.backward(arriving[1], reverse(x, lengths)", "cell.backward(arriving[1], keep(x, lengths)"),
            "In the backward pass the cell of ← must be given the same input as in the forward pass.",
        ),
        Misconception(
            "whole-batch-turned",
            (
                "cell, (right, left) = CELLS[kind], dstates",
                "cell, (right, left), reverse = CELLS[kind], dstates, lambda each, lengths: each[::-1]",
            ),
            PADDING_FIRST,
        ),
        Misconception(
            "padding-receives",
            ("arriving = tuple(keep(each, lengths) for each in right)", "arriving = tuple(each for each in right)"),
            "What arrives in the padding counts for →. The states there are zero whatever happens: nothing goes "
            "further back from them.",
        ),
        Misconception(
            "dstarts-exchanged",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_left[0], found_right[0]), (found_right[1], found_left[1])",
            ),
            "The gradients of the two starts are exchanged: the first of the pair belongs to →.",
        ),
        Misconception(
            "dparameters-exchanged",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_right[0], found_left[0]), (found_left[1], found_right[1])",
            ),
            "The gradients of the two directions' parameters are exchanged: the first of the pair belongs to →.",
        ),
        Misconception(
            "dparameters-added",
            (
                "*zip(found_right, found_left, strict=True)",
                "(found_right[0], found_left[0]), 2 * ({k: v + found_left[1][k] for k, v in found_right[1].items()},)",
            ),
            "The gradients of the two directions' parameters are added up, as if they shared them. Each has its own.",
        ),
        Misconception("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET),
        Misconception("one-start", ("starts[1]", "starts[0]"), ONE_START),
        MULTIPLIED,
        INVERTED,
        Misconception(
            "cell-state-not-turned",
            (
                "tuple(reverse(each, lengths) for each in left)",
                "(reverse(left[0], lengths), *(keep(each, lengths) for each in left[1:]))",
            ),
            "What an LSTM's cell states of ← receive stands in the order of time. It must be turned as what h "
            "receives.",
        ),
        Misconception(
            "padding-receives-but-not-x",
            (
                "dx_right, *found_right = cell.backward(arriving[0], keep(x, lengths), starts[0], parameters[0])",
                "dx_right, *found_right = cell.backward(right, keep(x, lengths), starts[0], "
                "parameters[0]); dx_right = keep(dx_right, lengths)",
            ),
            "What arrives in the padding counts for →, though dx is emptied afterwards. The states there are zero "
            "whatever happens: nothing goes further back from them.",
        ),
    ),
    "bidirectional.deep": (
        Misconception(
            "right-half-only",
            ('x = join(right[0], left[0], "concat")', "x = right[0]"),
            "What the next layer is given does not fit its W. That has 2H columns: the layer reads both directions, "
            "side by side.",
        ),
        Misconception(
            "left-half-first",
            ("right[0], left[0]", "left[0], right[0]"),
            "The halves of what a layer hands on are exchanged: → comes first.",
        ),
        Misconception(
            "lengths-forgotten-above",
            ('left[0], "concat")', 'left[0], "concat"); lengths = np.full_like(lengths, len(x))'),
            "The lowest layer is right. The layers above it read the padding too: they need the lengths as well.",
            rest_is_right=True,
        ),
        Misconception(
            "one-layer-too-few",
            ("in layers:", "in layers[:-1]:"),
            "The topmost layer is missing.",
        ),
        Misconception(
            "lowest-layers-starts",
            ("states(x, lengths, starts,", "states(x, lengths, layers[0][0],"),
            "Every layer begins with the lowest one's starts. Each layer has its own.",
        ),
        Misconception(
            "cell-state-goes-up",
            ("right[0], left[0]", "right[-1], left[-1]"),
            "An LSTM hands its cell state c up to the next layer. What is the output of an LSTM?",
        ),
        Misconception(
            "one-set-of-parameters",
            ("parameters[1]", "parameters[0]"),
            ONE_SET,
            where="states",
        ),
        Misconception(
            "not-turned-back",
            ("tuple(reverse(each, lengths) for each in left)", "tuple(keep(each, lengths) for each in left)"),
            NOT_BACK,
            where="states",
        ),
        Misconception(
            "padding-read-first",
            (
                LEFT,
                turned_whole("keep(x, lengths)[::-1]"),
            ),
            PADDING_FIRST,
            where="states",
        ),
        MULTIPLIED,
        INVERTED,
        TURNED_WHOLE,
        Misconception(
            "right-half-twice",
            (
                "right, left = states(x, lengths, starts, parameters, kind)",
                "x = x if starts is layers[0][0] else np.concatenate(2 * [np.split(x, 2, "
                "axis=-1)[0]], axis=-1); right, left = states(x, lengths, starts, parameters, kind)",
            ),
            "The layers above are given the states of → twice. Both directions of a layer read both directions of the "
            "one below.",
        ),
    ),
    "bidirectional.deep_gradients": (
        Misconception(
            "halves-exchanged",
            ("np.split(dy, 2, axis=-1)", "np.split(dy, 2, axis=-1)[::-1]"),
            "What arrives at a layer is shared out the wrong way: the first half of y was →.",
        ),
        Misconception(
            "right-half-only",
            ("np.split(dy, 2, axis=-1)", "np.split(dy * (np.arange(dy.shape[2]) < dy.shape[2] // 2), 2, axis=-1)"),
            "The direction ← of each layer receives nothing. The second half of dy is its share.",
        ),
        Misconception(
            "not-passed-down",
            ("dy, *dlayer", "dx, *dlayer"),
            "Every layer receives what the topmost one received. A layer's dx is what the layer below it receives.",
        ),
        Misconception(
            "topmost-first",
            ("found[::-1]", "found"),
            "The layers' gradients stand in the order in which they were found. The lowest layer comes first.",
        ),
        Misconception(
            "cell-state-receives",
            ("np.zeros_like(half) for _", "half for _"),
            "An LSTM's cell state receives what its h receives. Only h goes up to the next layer.",
        ),
        Misconception(
            "dx-of-left-forgotten",
            ("dx_right + reverse(dx_left, lengths)", "dx_right"),
            "A layer hands down the dx of → only. Who else reads what the layer below wrote?",
            where="gradients",
        ),
        Misconception(
            "dx-not-turned-back",
            ("dx_right + reverse(dx_left, lengths)", "dx_right + dx_left"),
            "The two parts of a layer's dx run in opposite directions: one stands in the order in which ← read.",
            where="gradients",
        ),
        Misconception("one-set-of-parameters", ("parameters[1]", "parameters[0]"), ONE_SET, where="gradients"),
        INVERTED,
        TURNED_WHOLE,
    ),
    "bidirectional.parameter_count": (
        Misconception(
            "one-direction",
            ("return 2 * sum", "return sum"),
            "That is the number of one direction. The other has its own parameters.",
        ),
        Misconception(
            "layers-above-read-H",
            ("[2 * H]", "[H]"),
            "From the second layer on, each direction reads both directions of the layer below.",
        ),
        Misconception(
            "every-layer-reads-D",
            ("[2 * H]", "[D]"),
            "Only the lowest layer reads x. What do the others read, and how wide is it?",
        ),
        Misconception(
            "one-layer-too-many",
            ("(layers - 1)", "layers"),
            "One layer too many: the lowest one is one of them.",
        ),
        Misconception(
            "lowest-layer-reads-2H",
            ("[D] + (layers - 1) * [2 * H]", "layers * [2 * H]"),
            "The lowest layer reads x, which has D entries.",
        ),
        Misconception(
            "no-b_m",
            (
                "for shape in CELLS[kind].shapes(size, H).values()",
                'for name, shape in CELLS[kind].shapes(size, H).items() if name != "b_m"',
            ),
            "The GRU's second bias b_m is not counted: each direction of each layer has one.",
        ),
    ),
    "bidirectional.packed": (
        Misconception(
            "sorted-assumed",
            (", enforce_sorted=False", ""),
            "Packing assumes that the longest sequence comes first, unless it is told that the batch is not sorted.",
        ),
        Misconception(
            "shorter-than-the-batch",
            (", total_length=len(x)", ""),
            "Unpacked, y is as long as the longest sequence. It must be as long as x: unpacking can be told so.",
        ),
        Misconception(
            "not-packed",
            (
                "packed = pack_padded_sequence(x, lengths, enforce_sorted=False)",
                "packed = x; pad_packed_sequence = lambda y, total_length: (y, lengths)",
            ),
            "Without packing the layer reads the padding: the direction ← even begins there.",
        ),
        Misconception(
            "not-packed-but-cut",
            (
                "packed = pack_padded_sequence(x, lengths, enforce_sorted=False)",
                f"packed, n = x, lengths; pad_packed_sequence = lambda y, total_length: (y * {INSIDE_N}, n)",
            ),
            "Zeros in the padding of y do not help: without packing the direction ← has begun in the padding.",
        ),
        Misconception(
            "final-order",
            ("[last[0], last[1]]", "[last[1], last[0]]"),
            "The halves of the final states are exchanged: → comes first.",
        ),
        Misconception(
            "last-step-of-y",
            ("torch.cat([last[0], last[1]], dim=-1)", "y[-1]"),
            "The final states are not y at the last step of the batch: short sequences have padding there, and ← ends "
            "at the other side.",
        ),
        Misconception(
            "own-last-step-of-y",
            ("torch.cat([last[0], last[1]], dim=-1)", "y[lengths - 1, torch.arange(len(lengths))]"),
            "The half of → is right. The direction ← ends at step 0; at the sequence's last step it has read one step.",
            rest_is_right=True,
        ),
        Misconception(
            "cell-states",
            ("(last, _)", "(_, last)"),
            "The second of the two last states is the cell state c. The final states asked for are h.",
        ),
        Misconception(
            "rows-mixed",
            ("torch.cat([last[0], last[1]], dim=-1)", "last.reshape(x.shape[1], -1)"),
            "Reshaping (2, B, H) to (B, 2H) mixes the rows: the first axis is the direction, not the row.",
        ),
        Misconception(
            "one-direction",
            (", bidirectional=True", ""),
            "The layer reads in one direction only.",
        ),
        Misconception(
            "keeps-its-state",
            ("self.layer(packed)", "self.layer(packed, getattr(self, 'kept', None)); self.kept = (last, _)"),
            "The module remembers its states from one call to the next. It starts from zeros in each.",
        ),
        Misconception(
            "cut-from-the-graph",
            ("packed = pack_padded_sequence(x,", "packed = pack_padded_sequence(x.detach(),"),
            "No gradient arrives at x: something cuts it from the graph.",
        ),
    ),
}
