"""Lesson 08, tagging: wrong answers that people really give, as one-line edits of `solutions.applications.tagging`."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

MEAN = "return torch.nn.functional.cross_entropy(o[real], targets[real])"
EACH = "torch.nn.functional.cross_entropy(o.transpose(1, 2), targets, reduction='none')"
WITHIN = "[:, None] < lengths"

LOSS_BANK = (
    Misconception(
        "padding-counted",
        (MEAN, "return torch.nn.functional.cross_entropy(o.flatten(0, 1), targets.flatten())"),
        "The padding is counted like real tokens. `lengths` says where each sentence ends.",
    ),
    Misconception(
        "divided-by-TB",
        (MEAN, f"return ({EACH} * real).mean()"),
        "The padding's losses are set to zero, but the sum is divided by T · B. How many tokens are real?",
    ),
    Misconception(
        "mean-of-means",
        (MEAN, f"return (({EACH} * real).sum(dim=0) / lengths).mean()"),
        "This is the mean of the sentences' means: a word of a short sentence weighs more than one of a long sentence.",
    ),
    Misconception(
        "mean-of-steps",
        (MEAN, f"return (({EACH} * real).sum(dim=1) / real.sum(dim=1)).mean()"),
        "This is the mean of the time steps' means: late steps, of which few sentences have any, weigh too much.",
    ),
    Misconception(
        "sum",
        (MEAN, f"return ({EACH} * real).sum()"),
        "The padding is left out; but this is a sum, and it grows with the batch. A mean is wanted.",
    ),
    Misconception(
        "divided-by-sentences",
        (MEAN, f"return ({EACH} * real).sum() / o.shape[1]"),
        "The sum over the real tokens is divided by the number of sentences. How many tokens are real?",
    ),
    Misconception(
        "tag-0-ignored",
        (MEAN, "return torch.nn.functional.cross_entropy(o.flatten(0, 1), targets.flatten(), ignore_index=0)"),
        "Every token whose target is 0 is left out, real ones too. Padding cannot be told by its target here.",
    ),
    Misconception(
        "one-too-many",
        (WITHIN, "[:, None] <= lengths"),
        "One token too many is counted in each sentence. Time steps start at 0: which is the last real one?",
    ),
    Misconception(
        "one-too-few",
        (WITHIN, "[:, None] < (lengths - 1).clamp(min=1)"),
        "The last token of each sentence is left out. Time steps start at 0: which is the last real one?",
    ),
    Misconception(
        "mask-inverted",
        (WITHIN, "[:, None] >= lengths.clamp(max=len(o) - 1)"),
        "The mask is true where the padding is. Which part do you want to keep?",
    ),
    Misconception(
        "padding-in-front",
        ("torch.arange(len(o), device=o.device)", "torch.arange(len(o), device=o.device).flip(0)"),
        "The mask keeps the last tokens of each column. Here the sentences begin at step 0 and the padding comes last.",
    ),
    Misconception(
        "softmax-twice",
        ("cross_entropy(o[real]", "cross_entropy(o[real].softmax(-1)"),
        "The softmax is taken twice: `o` holds scores, and the cross-entropy has one inside.",
    ),
    Misconception(
        "graph-cut",
        ("cross_entropy(o[real]", "cross_entropy(o.detach()[real]"),
        "The loss is right, but no gradient flows back to `o`: something cuts the graph (.item(), .detach(), NumPy).",
        rest_is_right=True,
    ),
)

CONFUSION_BANK = (
    Misconception(
        "transposed",
        ("(targets[real], found[real])", "(found[real], targets[real])"),
        "Rows and columns are swapped: the rows belong to the true tags.",
    ),
    Misconception(
        "each-pair-once",
        ("np.add.at(counts, (targets[real], found[real]), 1)", "counts[targets[real], found[real]] += 1"),
        "No entry is above 1. With arrays as indices, += adds once to each place, however often the place occurs.",
    ),
    Misconception(
        "padding-counted",
        ("(targets[real], found[real])", "(targets, found)"),
        "All T · B places are counted. Behind the end of a sentence nothing is true or false.",
    ),
    Misconception(
        "one-too-many",
        (WITHIN, "[:, None] <= lengths"),
        "One token too many is counted in each sentence. Time steps start at 0: which is the last real one?",
    ),
    Misconception(
        "one-too-few",
        (WITHIN, "[:, None] < lengths - 1"),
        "The last token of each sentence is left out. Time steps start at 0: which is the last real one?",
    ),
    Misconception(
        "tag-0-ignored",
        ("[:, None] < lengths", "[:, None] < lengths * np.ones_like(targets) * (targets > 0)"),
        "Real tokens with tag 0 are left out. Padding is known by `lengths`, not by its tag.",
    ),
    Misconception(
        "padding-in-front",
        ("np.arange(len(targets))", "np.arange(len(targets))[::-1]"),
        "The mask keeps the last tokens of each column. Here the sentences begin at step 0 and the padding comes last.",
    ),
    Misconception(
        "errors-only",
        ("return counts", "return counts - np.diag(np.diag(counts))"),
        "The diagonal is empty: right answers are counted, too.",
    ),
    Misconception(
        "shares",
        ("return counts", "return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)"),
        "Each row is divided by its sum. Counts are wanted: shares hide how seldom a tag is.",
    ),
)

CONTINUES = 'if tag == f"I-{kind}":'
OPENS = "start, kind = t, tag[2:]"

SPANS_BANK = (
    Misconception(
        "end-included",
        ("found.append((start, t, kind))", "found.append((start, t - 1, kind))"),
        "Every end is one too small: `end` is the place after the last token, as in a slice.",
    ),
    Misconception(
        "length-for-end",
        ("found.append((start, t, kind))", "found.append((start, t - start, kind))"),
        "The second number is the length of the span. Its end is wanted.",
    ),
    Misconception(
        "last-left-open",
        ('enumerate([*tags, "O"])', "enumerate(tags)"),
        "A span that reaches the end of the sentence is lost: nothing closes it.",
    ),
    Misconception(
        "neighbours-joined",
        (CONTINUES, "if kind and tag[2:] == kind:"),
        "Two names of one kind side by side are joined: what does B say that I does not?",
    ),
    Misconception(
        "any-I-continues",
        (CONTINUES, 'if kind and tag[0] == "I":'),
        "An I of another kind continues the span. It belongs to a span of its own kind.",
    ),
    Misconception(
        "kind-never-changes-the-span",
        (CONTINUES, 'if kind and tag[0] != "O":'),
        "Whatever is not O continues an open span: neither B nor another kind ends it.",
    ),
    Misconception(
        "I-alone-is-dropped",
        (OPENS, 'start, kind = t, tag[2:] if tag[0] == "B" else ""'),
        "An I without a beginning is thrown away. Read the rule again: which I begins a span?",
    ),
    Misconception(
        "single-tokens-lost",
        ("        if kind:", "        if kind and t > start + 1:"),
        "Spans of a single token are missing.",
    ),
    Misconception(
        "every-token-its-own",
        (CONTINUES, "if not tag:"),
        "Every token has a span of its own: I should continue what B began.",
    ),
    Misconception(
        "in-the-order-of-kinds",
        ("return found", "return sorted(found, key=lambda span: span[2])"),
        "The spans are right, but sorted by their kinds. They are asked for in the order in which they stand.",
    ),
    Misconception(
        "starts-at-1",
        ('enumerate([*tags, "O"])', 'enumerate([*tags, "O"], start=1)'),
        "All places are one too large: the first token has place 0.",
    ),
)

HITS = "len(set(ours) & set(theirs))"
SUM = f"hits = sum({HITS} for ours, theirs in zip(found, true, strict=True))"
F1 = "f1 = 2 * hits / max(n_found + n_true, 1)"
RATES = "precision, recall = hits / max(n_found, 1), hits / max(n_true, 1)"

F1_BANK = (
    Misconception(
        "sentences-joined",
        (SUM, "hits = len({s for ours in found for s in ours} & {s for theirs in true for s in theirs})"),
        "All sentences are thrown into one set: a span of one sentence matches one of another, and doubles are lost.",
    ),
    Misconception(
        "kind-ignored",
        (HITS, "len({s[:2] for s in ours} & {s[:2] for s in theirs})"),
        "The right place with the wrong kind counts as a hit. A place called a person is no hit.",
    ),
    Misconception(
        "end-ignored",
        (HITS, "len({s[::2] for s in ours} & {s[::2] for s in theirs})"),
        "A span that starts right and ends wrong counts as a hit. Both ends must agree.",
    ),
    Misconception(
        "overlap-counts",
        (HITS, "sum(any(a[0] < b[1] and b[0] < a[1] and a[2] == b[2] for b in theirs) for a in ours)"),
        "Spans that merely overlap count as hits. Both ends must agree.",
    ),
    Misconception(
        "precision-and-recall-swapped",
        (RATES, "precision, recall = hits / max(n_true, 1), hits / max(n_found, 1)"),
        "Precision and recall are swapped: precision asks how many of the *found* spans are right.",
    ),
    Misconception(
        "arithmetic-mean",
        (F1, "f1 = (precision + recall) / 2"),
        "This is the ordinary mean of precision and recall. F1 is their harmonic mean: it sides with the smaller.",
    ),
    Misconception(
        "factor-2-missing",
        (F1, "f1 = hits / max(n_found + n_true, 1)"),
        "Half of what is wanted: with every span right, F1 must be 1.",
        rest_is_right=True,
    ),
    Misconception(
        "hits-over-union",
        (F1, "f1 = hits / max(n_found + n_true - hits, 1)"),
        "This is hits over the union of both (Jaccard's index): a relative of F1, but smaller.",
    ),
    Misconception(
        "mean-of-sentences",
        (
            F1,
            "f1 = np.mean([2 * len({*a} & {*b}) / max(len(a) + len(b), 1) for a, b in zip(found, true, strict=True)])",
        ),
        "This is the mean of the sentences' F1: a sentence with one name weighs as much as one with five.",
    ),
    Misconception(
        "whole-sentences",
        (HITS, "(set(ours) == set(theirs)) * len(theirs)"),
        "Only sentences without any mistake score. Each span counts by itself.",
    ),
    Misconception(
        "nothing-found-is-perfect",
        (RATES, "precision, recall = hits / n_found if n_found else 1.0, hits / n_true if n_true else 1.0"),
        "Where there is nothing to divide by you return 1. Here 0/0 counts as 0.",
    ),
    Misconception(
        "zero-raises",
        ("hits / max(n_found, 1), hits / max(n_true, 1)", "hits / n_found, hits / n_true"),
        "Where nothing was found, or there is nothing to find, something is divided by 0. 0/0 counts as 0: ask before "
        "you divide.",
    ),
    Misconception(
        "sentences-in-one-set",
        ("hits = sum(", "found, true = [set().union(*found)], [set().union(*true)]; hits = sum("),
        "Equal spans of different sentences count once, as if all sentences were one. Compare sentence by sentence.",
    ),
)

BANK = {
    "tagging.masked_loss": LOSS_BANK,
    "tagging.confusion": CONFUSION_BANK,
    "tagging.spans": SPANS_BANK,
    "tagging.span_f1": F1_BANK,
}
