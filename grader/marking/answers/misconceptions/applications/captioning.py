"""Lesson 08, captioning: wrong answers that people really give, as one-line edits of `solutions.applications`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

WINDOWS = "[:, :, ::stride, ::stride]"
RELU = "np.maximum(z, 0)"
START = "np.tanh(features @ A.T + a)"
READ = "np.concatenate([start, captions[:-1]])"
STATES = "sequence(E[read], h0, **cell)"
COUNTS = "np.cumsum(is_end, axis=0) - is_end == 0"
MEANS = "total / counts.sum(), total / targets.shape[1]"
LIKELIEST = "np.where(ended, end, o.argmax(axis=1))"
SURPRISE = "cross_entropy(o[None], word[None])[1][0]"
LOG_P = f"log_p -= np.where(ended, 0, {SURPRISE})"

CONVOLVE = (
    Misconception(
        "flipped-kernel",
        ("windows, K)", "windows, K[:, :, ::-1, ::-1])"),
        "The kernel is turned around before it is slid. That is the convolution of mathematics; in the equation here r "
        "and s run the same way in K and in x.",
    ),
    Misconception(
        "no-bias",
        (" + b[:, None, None]", ""),
        "A term is missing: each map has a bias of its own.",
    ),
    Misconception(
        "bias-after-relu",
        (RELU, "np.maximum(z - b[:, None, None], 0) + b[:, None, None]"),
        "The bias is added after ReLU, so that a map can be negative. What belongs inside the maximum?",
    ),
    Misconception(
        "no-relu",
        (RELU, "z"),
        "Some entries are negative: the last function of the equation is missing.",
    ),
    Misconception(
        "absolute-value",
        (RELU, "np.abs(z)"),
        "Negative sums become positive ones. ReLU makes something else of them.",
    ),
    Misconception(
        "stride-ignored",
        (WINDOWS, ""),
        "There are too many places: the kernel moves by one. How far does it move here?",
    ),
    Misconception(
        "stride-of-rows-only",
        (WINDOWS, "[:, :, ::stride]"),
        "The kernel moves by the stride downwards and by one to the right. The stride is for both directions.",
    ),
    Misconception(
        "frame-of-zeros",
        ("sliding_window_view(x, ", "sliding_window_view(np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))), "),
        "There is a frame of zeros around the picture. Here only places count at which the whole kernel lies inside.",
    ),
    Misconception(
        "mean-over-the-kernel",
        ("windows, K)", "windows, K) / K[0].size"),
        "The products are averaged over the kernel. The equation sums them.",
    ),
    Misconception(
        "last-place-missing",
        (WINDOWS, "[:, :, :-1:stride, :-1:stride]"),
        "Where the picture ends just with a kernel, its last place is missing. Up to which index may a kernel start?",
    ),
    Misconception(
        "picture-divided-by-the-stride",
        (
            "sliding_window_view(x, ",
            "sliding_window_view(np.pad(x, ((0, 0), (0, 0), (0, K.shape[2] - 1), (0, K.shape[3] "
            "- 1)))[:, :, : x.shape[2] // stride * stride - stride + K.shape[2], : x.shape[3] // "
            "stride * stride - stride + K.shape[3]], ",
        ),
        "There are P // v places in each column, and Q // v in each row. At the border the kernel must lie inside "
        "with all of its entries: fewer places count.",
    ),
    Misconception(
        "stride-only-counts",
        (
            "windows[:, :, ::stride, ::stride]",
            "windows[:, :, : -(-windows.shape[2] // stride), : -(-windows.shape[3] // stride)]",
        ),
        "The stride sets how many windows there are, but each is one point from the one before. How far does it move?",
    ),
)

STATES_BANK = (
    Misconception(
        "sees-the-word-it-is-to-write",
        ("E[read]", "E[captions]"),
        "Step t reads word t, the one that it is to write. It would learn to copy, and know nothing to say later.",
    ),
    Misconception(
        "start-is-the-first-word",
        ("len(E) - 1", "0"),
        "The first step reads row 0 of E, which belongs to a word. Which row stands for the start?",
    ),
    Misconception(
        "last-word-first",
        (READ, "np.roll(captions, 1, axis=0)"),
        "The first step reads the last word of the caption: the words are shifted in a circle. What does it read?",
    ),
    Misconception(
        "reads-ahead",
        (READ, "np.concatenate([captions[1:], start])"),
        "The words are shifted the wrong way: step t reads the word after it.",
    ),
    Misconception(
        "one-state-too-many",
        (READ, "np.concatenate([start, captions])"),
        "There are T + 1 states: the last word is written, and need not be read.",
    ),
    Misconception(
        "square-A-transposed",
        (START, "np.tanh(features @ (A if len(A) == A.shape[1] else A.T) + a)"),
        "Where there are as many features as units, A is not transposed: its rows are units, whatever the sizes.",
    ),
    Misconception(
        "no-tanh",
        (START, START.removeprefix("np.tanh")),
        "The start can leave the range from −1 to 1, where no state of a GRU comes. A function is missing.",
    ),
    Misconception(
        "no-bias",
        (START, "np.tanh(features @ A.T)"),
        "The start lacks a term: the layer has two parameters.",
    ),
    Misconception(
        "relu",
        (START, "np.maximum(features @ A.T + a, 0)"),
        "The start has no negative entries. That is another function than the equation's.",
    ),
    Misconception(
        "blind",
        (STATES, "sequence(E[read], np.zeros_like(h0), **cell)"),
        "The GRU does not use the start: it writes the same for every picture.",
    ),
    Misconception(
        "picture-at-every-step",
        (STATES, "sequence(E[read], h0, **cell) + h0"),
        "The picture is added to every state. Here it enters once, before the first step.",
    ),
    Misconception(
        "state-not-carried",
        (STATES, "np.concatenate([sequence(E[word][None], h0, **cell) for word in read])"),
        "Every step starts from the picture, and forgets the words before the last one. What is carried on?",
    ),
    Misconception(
        "states-one-late",
        (STATES, "np.concatenate([h0[None], sequence(E[read], h0, **cell)[:-1]])"),
        "The states start with h0 and lack the last one. T steps make the states h_1 to h_T.",
    ),
)

LOSS = (
    Misconception(
        "end-not-counted",
        (COUNTS, "~is_end"),
        "The end symbol does not count, so nothing teaches the network to stop. Only what comes after it is padding.",
    ),
    Misconception(
        "padding-counted",
        (COUNTS, "np.ones_like(is_end)"),
        "Padding counts like words. After its first end symbol a caption says nothing any more.",
    ),
    Misconception(
        "divided-by-all-places",
        ("total / counts.sum()", "total / targets.size"),
        "The sum leaves padding out, and the mean per word is divided by all T · B places. How many losses were added?",
    ),
    Misconception(
        "mean-of-means",
        ("total / counts.sum()", "((losses * counts).sum(axis=0) / counts.sum(axis=0)).mean()"),
        "The mean per word is a mean of the captions' means: a word of a short caption counts more than one of a long "
        "caption. Here all words count alike.",
    ),
    Misconception(
        "order-of-results",
        (f"return {MEANS}", "return total / targets.shape[1], total / counts.sum()"),
        "The two results are in the wrong order: per word comes first.",
    ),
    Misconception(
        "divided-by-T",
        ("total / targets.shape[1]", "total / targets.shape[0]"),
        "The loss per caption is divided by T. Which of the two axes holds the captions?",
    ),
    Misconception(
        "sum-of-captions",
        (", total / targets.shape[1]", ", total"),
        "The loss per caption is the sum over all captions: it grows with the batch.",
    ),
    Misconception(
        "end-is-word-0",
        ("targets == end", "targets == 0"),
        "Number 0 is taken for the end symbol. Which number it has is given.",
    ),
    Misconception(
        "second-end-counted",
        (COUNTS, "np.cumsum(is_end, axis=0) - is_end <= 1"),
        "One place too many counts in each padded caption: the second end symbol is padding already.",
    ),
    Misconception(
        "end-looked-for-across-captions",
        (COUNTS, "np.cumsum(is_end, axis=1) - is_end == 0"),
        "The end symbol is looked for along the batch. A caption runs along the first axis.",
    ),
    Misconception(
        "bits",
        ("losses = cross_entropy(o, targets)[1]", "losses = cross_entropy(o, targets)[1] / np.log(2)"),
        "Both are too large by the factor 1.4427 = 1 / ln 2: these are bits. Nats are wanted.",
    ),
    Misconception(
        "per-caption-is-a-mean-of-means",
        ("total / targets.shape[1]", "((losses * counts).sum(axis=0) / counts.sum(axis=0)).mean()"),
        "The mean per caption divides every caption by its own length first. The loss of a caption is the sum over "
        "its words.",
    ),
    Misconception(
        "no-end-has-length-1",
        ("np.cumsum(is_end, axis=0) - is_end == 0", "np.arange(len(targets))[:, None] <= is_end.argmax(axis=0)"),
        "Of a caption without an end symbol only the first word counts: `argmax` of nothing but False is 0. Its "
        "length is T.",
    ),
)

WRITE = (
    Misconception(
        "goes-on-after-the-end",
        (LIKELIEST, "o.argmax(axis=1)"),
        "After its end symbol a caption goes on with other words. Some rows end before others: keep account of each.",
    ),
    Misconception(
        "all-stop-with-the-first",
        ("ended |= word == end", "ended |= np.any(word == end)"),
        "As soon as one caption has ended all of them stop. Each has an end of its own.",
    ),
    Misconception(
        "padding-has-probability",
        (LOG_P, f"log_p -= {SURPRISE}"),
        "What follows the end symbol lowers the probability. It is padding: the caption is complete.",
    ),
    Misconception(
        "end-has-no-probability",
        (LOG_P, f"log_p -= np.where(ended | (word == end), 0, {SURPRISE})"),
        "The probability lacks the end symbol's part. To stop is a decision like any other word.",
    ),
    Misconception(
        "sign",
        ("log_p -=", "log_p +="),
        "The logarithm of a probability is negative. This is the loss.",
    ),
    Misconception(
        "probability",
        ("np.stack(words), log_p", "np.stack(words), np.exp(log_p)"),
        "These are probabilities. Their logarithms are wanted.",
    ),
    Misconception(
        "starts-with-the-end",
        ("len(E) - 1", "end"),
        "The first step reads the end symbol. The start has a row of its own, the last of E.",
    ),
    Misconception(
        "starts-with-word-0",
        ("len(E) - 1", "0"),
        "The first step reads row 0 of E, which belongs to a word. Which row stands for the start?",
    ),
    Misconception(
        "word-not-read",
        ("step(E[word], h,", "step(E[np.full(len(h0), len(E) - 1)], h,"),
        "Every step reads the start. The network must be told what it has just written.",
    ),
    Misconception(
        "state-not-carried",
        ("step(E[word], h,", "step(E[word], h0,"),
        "Every step starts from the picture's state, and forgets what was written before the last word.",
    ),
    Misconception(
        "no-bias",
        (" + c", ""),
        "The scores lack a term: the output layer has two parameters.",
    ),
    Misconception(
        "start-among-the-words",
        ("words, ended = [],", "words, ended = [word],"),
        "The captions are one longer than the limit: the start is read, it is no word of the caption.",
    ),
    Misconception(
        "batch-first",
        ("np.stack(words)", "np.stack(words, axis=1)"),
        "The axes are (B, T). In this course time comes first: (T, B).",
    ),
    Misconception(
        "stops-when-all-have-ended",
        ("np.stack(words)", "np.stack(words)[: (np.stack(words) != end).any(axis=1).sum() + 1]"),
        "There are fewer rows than the limit: once all captions have ended the rest is padding, and it belongs to the "
        "result.",
    ),
)

BANK = {
    "captioning.convolve": CONVOLVE,
    "captioning.caption_states": STATES_BANK,
    "captioning.caption_loss": LOSS,
    "captioning.write": WRITE,
}
