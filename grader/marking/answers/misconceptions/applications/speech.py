"""Lesson 08, speech: wrong answers that people really give, as one-line edits of `solutions.applications.speech`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

LOCAL = "local = np.sqrt(((x[:, None] - y[None]) ** 2).sum(axis=-1))"
WAYS = "min(D[i, j + 1], D[i + 1, j], D[i, j])"
TABLE = "D = np.full((len(x) + 1, len(y) + 1), np.inf, dtype=x.dtype)"
RESULT = "return D[1:, 1:]"

DTW_BANK = (
    Misconception(
        "squared-cost",
        (LOCAL, "local = ((x[:, None] - y[None]) ** 2).sum(axis=-1)"),
        "The local costs are squared distances. Wanted is the Euclidean distance itself.",
    ),
    Misconception(
        "city-block",
        (LOCAL, "local = np.abs(x[:, None] - y[None]).sum(axis=-1)"),
        "The local costs are sums of absolute differences. Wanted is the Euclidean distance.",
    ),
    Misconception(
        "mean-over-features",
        (LOCAL, "local = np.sqrt(((x[:, None] - y[None]) ** 2).mean(axis=-1))"),
        "The local costs take the mean over the features. The Euclidean distance has a sum there.",
    ),
    Misconception(
        "root-of-each",
        (LOCAL, "local = ((x[:, None] - y[None]) ** 2).sum(axis=-1) / x.shape[1]"),
        "The local costs are mean squared differences. Wanted is the Euclidean distance.",
    ),
    Misconception(
        "no-diagonal",
        (WAYS, "(0 if i == j == 0 else min(D[i, j + 1], D[i + 1, j]))"),
        "The diagonal step is missing: both recordings may go on by a frame at once.",
    ),
    Misconception(
        "y-never-waits",
        (WAYS, "min(D[i + 1, j], D[i, j])"),
        "One of the three ways is missing: y may stay at its frame while x goes on.",
    ),
    Misconception(
        "x-never-waits",
        (WAYS, "min(D[i, j + 1], D[i, j])"),
        "One of the three ways is missing: x may stay at its frame while y goes on.",
    ),
    Misconception(
        "diagonal-costs-twice",
        (
            f"local[i, j] + {WAYS}",
            "min(D[i, j + 1] + local[i, j], D[i + 1, j] + local[i, j], D[i, j] + 2 * local[i, j])",
        ),
        "The diagonal step counts its local cost twice. Some authors do so; here every step counts it once.",
    ),
    Misconception(
        "free-start",
        (TABLE, "D = np.zeros((len(x) + 1, len(y) + 1), dtype=x.dtype)"),
        "An alignment may begin at any frame of either recording: the first row and column hold local costs, not "
        "their sums. What must a frame around the table hold, but for one corner?",
    ),
    Misconception(
        "dearest-way",
        (WAYS, "max(v for v in (D[i, j + 1], D[i + 1, j], D[i, j]) if v < np.inf)"),
        "The dearest of the three ways is taken. Wanted is the cheapest alignment.",
    ),
    Misconception(
        "local-costs-only",
        (RESULT, "return local"),
        "These are the local costs alone. What did it cost to get to each entry?",
    ),
    Misconception(
        "with-the-frame",
        (RESULT, "return D"),
        "The table comes with the row and the column of infinities around it. Wanted are N rows and M columns.",
    ),
    Misconception(
        "transposed",
        (RESULT, "return D[1:, 1:].T"),
        "The table is transposed: its rows belong to the frames of x.",
    ),
    Misconception(
        "distance-only",
        (RESULT, "return D[-1, -1]"),
        "This is the distance alone. Wanted is the whole table; the distance is its last entry.",
    ),
    Misconception(
        "divided-by-length",
        (RESULT, "return D[1:, 1:] / (len(x) + len(y))"),
        "The table is divided by the lengths. That comes later, when distances are compared; wanted is the sum.",
    ),
)

TEST = "if k != before and k != blank:"
BEFORE = "before = k"

COLLAPSE_BANK = (
    Misconception(
        "blanks-dropped-first",
        (BEFORE, "before = k if k != blank else before"),
        "The blanks are dropped before the repeats are merged. What then becomes of a label that was said twice?",
    ),
    Misconception(
        "blanks-kept",
        (TEST, "if k != before:"),
        "Repeats are merged, but blanks are still there.",
    ),
    Misconception(
        "repeats-kept",
        (TEST, "if k != blank:"),
        "Blanks are dropped, but a label that lasts for several frames is listed once for each of them.",
    ),
    Misconception(
        "each-label-once",
        (TEST, "if k not in labels and k != blank:"),
        "Each label is listed at most once. A digit may be said again later.",
    ),
    Misconception(
        "blank-is-0",
        (TEST, "if k != before and k != 0:"),
        "Class 0 is taken for the blank. Which class it is, is given.",
    ),
    Misconception(
        "runs-of-one-are-lost",
        (TEST, "if k == before and k != blank and (len(labels) == 0 or labels[-1] != k):"),
        "A label that lasts for a single frame is lost. One frame is enough.",
    ),
    Misconception(
        "compared-with-the-last",
        ("labels, before = [], blank", "labels, before = [], path[-1]"),
        "The first frame is compared with the last one: path[-1] is the end of the path. Nothing stands before it.",
    ),
    Misconception(
        "first-label-lost",
        ("labels, before = [], blank", "labels, before = [], path[0]"),
        "The first label is lost where the path begins with it. What stands before the first frame?",
    ),
    Misconception(
        "sorted",
        ("return labels", "return sorted(labels)"),
        "The labels are sorted: they must keep their order.",
    ),
    Misconception(
        "blank-is-0-from-the-start",
        ("labels, before = [], blank", "labels, before, blank = [], None, 0"),
        "Class 0 is taken for the blank, before the first frame as well. Which class the blank is, is given.",
    ),
)

JUMPS = "s > 1 and k not in (blank, extended[s - 2])"
EXTENDED = "[blank] + [k for label in labels for k in (label, blank)]"
START = "alpha[:2] = log_p[0, extended[:2]]"
SUM = "np.logaddexp(np.logaddexp(stay, step), jump)"
END = "return -np.logaddexp.reduce(alpha[-2:])"

CTC_BANK = (
    Misconception(
        "never-jumps",
        (JUMPS, "False"),
        "A path can never leave out the blank between two labels. Between different labels it may.",
    ),
    Misconception(
        "jumps-between-equal-labels",
        (JUMPS, "s > 1 and k != blank"),
        "A path may jump over the blank between two equal labels. What would such a path collapse to?",
    ),
    Misconception(
        "jumps-everywhere",
        (JUMPS, "s > 1"),
        "Every state can be reached by a jump over its neighbour. From blank to blank this leaves out a label.",
    ),
    Misconception(
        "only-blanks-jump",
        (JUMPS, "s > 1 and k == blank"),
        "The jump is allowed from blank to blank, which leaves out a label, and not from label to label.",
    ),
    Misconception(
        "no-blanks",
        (EXTENDED, "list(labels) or [blank]"),
        "No blanks stand between the labels. Paths that pause, or say a label twice, are not counted.",
    ),
    Misconception(
        "no-blank-at-the-end",
        (EXTENDED, "[k for label in labels for k in (blank, label)] or [blank]"),
        "The last blank is missing: a path may fall silent after its last label.",
    ),
    Misconception(
        "no-blank-at-the-start",
        (EXTENDED, "[k for label in labels for k in (label, blank)] or [blank]"),
        "The first blank is missing. And where may a path start then?",
    ),
    Misconception(
        "starts-with-a-blank",
        (START, "alpha[:1] = log_p[0, extended[:1]]"),
        "Every path starts with a blank. It may start with the first label as well.",
    ),
    Misconception(
        "starts-with-a-label",
        (START, "alpha[1:2] = log_p[0, extended[1:2]]"),
        "Every path starts with the first label. It may start with a blank as well.",
    ),
    Misconception(
        "ends-with-a-blank",
        (END, "return -alpha[-1]"),
        "Only paths that end with a blank are counted. A path may end with the last label as well.",
    ),
    Misconception(
        "ends-with-a-label",
        (END, "return -alpha[-2:][0]"),
        "Only paths that end with the last label are counted. A path may end with a blank as well.",
    ),
    Misconception(
        "ends-anywhere",
        (END, "return -np.logaddexp.reduce(alpha)"),
        "All states are added up at the end. A path that stops in the middle has not said all labels.",
    ),
    Misconception(
        "best-path-only",
        (SUM, "np.maximum(np.maximum(stay, step), jump)"),
        "Of the paths that lead to a state only the best one is counted. Wanted is the sum over all of them.",
    ),
    Misconception(
        "sum-of-logs",
        (END, "return -alpha[-2:].sum()"),
        "The two logarithms at the end are added: that multiplies the probabilities. Which function adds them?",
    ),
    Misconception(
        "leaves-the-logs",
        (END, "return -np.log(np.exp(alpha[-2:]).sum())"),
        "A long sequence's probability is too small for a number, and the log of 0 is −inf. Stay with logarithms to "
        "the end.",
    ),
    Misconception(
        "log-probability",
        (END, "return np.logaddexp.reduce(alpha[-2:])"),
        "This is the log-probability. A loss is minus that.",
    ),
    Misconception(
        "divided-by-labels",
        (END, "return -np.logaddexp.reduce(alpha[-2:]) / max(1, len(labels))"),
        "The loss is divided by the number of labels. PyTorch's `reduction='mean'` does so; wanted is the plain loss.",
    ),
    Misconception(
        "divided-by-frames",
        (END, "return -np.logaddexp.reduce(alpha[-2:]) / len(log_p)"),
        "The loss is divided by the number of frames. Wanted is the plain loss.",
    ),
    Misconception(
        "blank-is-0",
        (EXTENDED, "[0] + [k for label in labels for k in (label, 0)]"),
        "Class 0 is taken for the blank. Which class it is, is given.",
    ),
    Misconception(
        "zero-where-impossible",
        (END, "return -np.logaddexp.reduce(alpha[-2:]) if alpha[-2:].max() > -np.inf else 0.0"),
        "For labels that do not fit into the frames the loss is 0, as if they were certain. What is −log 0?",
    ),
    Misconception(
        "first-frame-twice",
        ("for log_p_t in log_p[1:]:", "for log_p_t in log_p:"),
        "The first frame is counted twice: once at the start, and again in the loop.",
    ),
    Misconception(
        "only-state-twice",
        ("-np.logaddexp.reduce(alpha[-2:])", "-np.logaddexp(alpha[-1], alpha[len(alpha) - 2])"),
        "Without labels the only state is counted twice: S − 1 does not exist then, and the index −1 is the last "
        "state again.",
    ),
    Misconception(
        "best-path",
        ("np.logaddexp", "np.maximum"),
        "This is the price of the best path alone. All paths that collapse to the labels count together.",
        times=3,
    ),
)

ROW = "row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (label != other)))"
RATE = "return edits / sum(len(said) for said in references)"
ADD = "edits += row[-1]"

RATE_BANK = (
    Misconception(
        "mean-of-rates",
        (ADD, "edits += row[-1] / max(1, len(said)) * sum(len(said) for said in references) / len(references)"),
        "This is the mean of each sequence's own rate: a short one counts as much as a long one. Divide once.",
    ),
    Misconception(
        "by-what-was-heard",
        (RATE, "return edits / sum(len(heard) for heard in hypotheses)"),
        "The edits are divided by the length of what was recognised. Whoever says more would get a better rate.",
    ),
    Misconception(
        "by-the-longer",
        (RATE, "return edits / sum(max(len(r), len(h)) for r, h in zip(references, hypotheses))"),
        "The edits are divided by the longer of the two. That keeps the rate below 1, which it need not be.",
    ),
    Misconception(
        "by-sequences",
        (RATE, "return edits / len(references)"),
        "These are edits per sequence. Wanted are edits per label of the references.",
    ),
    Misconception(
        "edits",
        (RATE, "return edits"),
        "This is the number of edits. It must be divided by the total length of the references.",
    ),
    Misconception(
        "sequences-with-an-error",
        (RATE, "return sum(r != h for r, h in zip(references, hypotheses)) / len(references)"),
        "This is the share of sequences with any error in them. Wanted are the edits, label by label.",
    ),
    Misconception(
        "place-by-place",
        (ADD, "edits += sum(r != h for r, h in zip(said, heard)) + abs(len(said) - len(heard))"),
        "The labels are compared place by place. After one that was left out, all the others seem wrong.",
    ),
    Misconception(
        "replacing-costs-two",
        (ROW, ROW.replace("(label != other)", "2 * (label != other)")),
        "Replacing a label counts as two edits. It is one.",
    ),
    Misconception(
        "nothing-inserted",
        (ROW, "row.append(min(above[j] + 1, row[j - 1], above[j - 1] + (label != other)))"),
        "Labels that were heard, but not said, cost nothing. Each of them is an edit.",
    ),
    Misconception(
        "nothing-deleted",
        (ROW, "row.append(min(above[j], row[j - 1] + 1, above[j - 1] + (label != other)))"),
        "Labels that were said, but not heard, cost nothing. Each of them is an edit.",
    ),
    Misconception(
        "no-way-from-above",
        (ROW, "row.append(min(row[j - 1] + 1, above[j - 1] + (label != other)))"),
        "Two of the three edits are there. A label that was not heard, in the middle, costs more than one here.",
    ),
    Misconception(
        "at-most-one",
        (RATE, "return min(1.0, edits / sum(len(said) for said in references))"),
        "The rate is cut off at 1. Whoever hears far too much makes more errors than there are labels.",
    ),
    Misconception(
        "accuracy",
        (RATE, "return 1 - edits / sum(len(said) for said in references)"),
        "This is 1 minus the rate. An error rate is 0 when all is right.",
        rest_is_right=True,
    ),
)

BANK = {
    "speech.dtw": DTW_BANK,
    "speech.collapse": COLLAPSE_BANK,
    "speech.ctc_loss": CTC_BANK,
    "speech.error_rate": RATE_BANK,
}
