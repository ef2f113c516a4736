"""Lesson 08, translation: wrong answers that people really give, as one-line edits of the reference."""

from __future__ import annotations

from grader.marking.answers.misconceptions.entries import Misconception

WANTED, RETURNED = "wanted = np.where(t == lengths, end, padded)", "return inputs, wanted, t <= lengths"
INPUTS = "inputs = np.concatenate([np.full((1, B), begin), padded[:-1]])"
PADDED = "padded = np.where(t < lengths, np.concatenate([targets, np.full((1, B), pad)]), pad)"
FORCING_BANK = (
    Misconception(
        "end-in-the-last-row",
        (WANTED, "wanted = np.where(t == S, end, padded)"),
        "end stands in the last row of every column. Each sentence ends in its own row, right after its last symbol.",
    ),
    Misconception(
        "no-end",
        (WANTED, "wanted = padded"),
        "The decoder is never asked for the end symbol: then it cannot learn when to stop.",
    ),
    Misconception(
        "end-over-the-last-word",
        (WANTED, "wanted = np.where(t == lengths - 1, end, padded)"),
        "end replaces the last symbol of each sentence. It must follow it.",
    ),
    Misconception(
        "not-shifted",
        (INPUTS, "inputs = np.where(t == lengths, end, padded)"),
        "The decoder is fed the very symbol that it should answer. It must be fed the one before.",
    ),
    Misconception(
        "begin-in-both",
        (WANTED, "wanted = inputs"),
        "inputs and wanted are the same: the decoder would learn to repeat its input.",
    ),
    Misconception(
        "end-is-fed",
        (INPUTS, "inputs = np.concatenate([np.full((1, B), begin), np.where(t == lengths, end, padded)[:-1]])"),
        "end is fed to the decoder, one step after it was wanted. After end nothing more is said: pad stands there.",
    ),
    Misconception(
        "begin-and-end-exchanged",
        ("S, B = targets.shape", "(S, B), begin, end = targets.shape, end, begin"),
        "begin and end are exchanged: which one opens the inputs, which one closes what is wanted?",
    ),
    Misconception(
        "nothing-padded",
        (PADDED, "padded = np.concatenate([targets, np.full((1, B), pad)])"),
        "What stands behind a sentence's own end was taken for a part of it. Look at lengths, and put pad there.",
    ),
    Misconception(
        "mask-without-end",
        (RETURNED, "return inputs, wanted, t < lengths"),
        "The step at which end is wanted does not count. The decoder must learn to stop, too.",
    ),
    Misconception(
        "mask-of-everything",
        (RETURNED, "return inputs, wanted, t <= S + 0 * lengths"),
        "Every step counts, padding included: the decoder would spend its effort on saying nothing.",
    ),
    Misconception(
        "mask-upside-down",
        (RETURNED, "return inputs, wanted, t > lengths"),
        "The mask is true where nothing is wanted, and false where it counts.",
    ),
    Misconception(
        "mask-by-symbol",
        (RETURNED, "return inputs, wanted, wanted != pad"),
        "The mask asks which symbol stands there. Some programs pad with end itself: ask the lengths instead.",
    ),
)

SCORES, WEIGHTS = 'scores = torch.einsum("sbh,he,tbe->stb", s, A, h)', ".masked_fill(behind, -math.inf).softmax(dim=1)"
CONTEXT = 'return weights, torch.einsum("stb,tbe->sbe", weights, h)'
ATTEND_BANK = (
    Misconception(
        "no-mask",
        ("[:, None] >= lengths", "[:, None] >= len(h) + 0 * lengths"),
        "States behind a sentence's own end get a weight. Its length says how many there are to choose from.",
    ),
    Misconception(
        "scores-of-zero",
        (WEIGHTS, ".masked_fill(behind, 0.0).softmax(dim=1)"),
        "Behind the end the score is 0. A score of 0 is not a weight of 0: e⁰ = 1.",
    ),
    Misconception(
        "masked-after-the-softmax",
        (WEIGHTS, ".softmax(dim=1).masked_fill(behind, 0.0)"),
        "The weights were set to 0 after the softmax: those that are left no longer sum to 1.",
    ),
    Misconception(
        "one-too-many",
        ("[:, None] >= lengths", "[:, None] > lengths"),
        "One state too many can be seen. Steps count from 0: which is the last one of a sentence of length n?",
    ),
    Misconception(
        "one-too-few",
        ("[:, None] >= lengths", "[:, None] >= (lengths - 1).clamp(min=1)"),
        "The last word of a sentence cannot be seen. Steps count from 0: which is the last one of n?",
    ),
    Misconception(
        "softmax-over-target-steps",
        (WEIGHTS, ".masked_fill(behind, -math.inf).softmax(dim=0).nan_to_num()"),
        "The weights sum to 1 over the target steps. Each target step shares its attention among the source steps.",
    ),
    Misconception(
        "softmax-over-sentences",
        (WEIGHTS, ".masked_fill(behind, -math.inf).softmax(dim=2)"),
        "The weights sum to 1 over the sentences of the batch. They have nothing to do with each other.",
    ),
    Misconception(
        "not-stable",
        (
            "weights = scores.masked_fill(behind, -math.inf).softmax(dim=1)",
            "e = scores.masked_fill(behind, -math.inf).exp(); weights = e / e.sum(dim=1, keepdim=True)",
        ),
        "Large scores overflow in exp. What may be subtracted from all scores without changing the softmax?",
    ),
    Misconception(
        "divided-by-the-root",
        (SCORES, SCORES + " / s.shape[2] ** 0.5"),
        "The scores are divided by the root of the size, as transformers do. Here they are taken as they are.",
    ),
    Misconception(
        "tanh-of-scores",
        (SCORES, SCORES + ".tanh()"),
        "The scores went through tanh. Between −1 and 1 no word can be much more important than another.",
    ),
    Misconception(
        "context-of-equal-weights",
        (CONTEXT, "return weights, h.mean(dim=0).expand(len(s), -1, -1) + 0 * weights.sum()"),
        "The context is the plain mean of all states. It must be their sum with the weights of this target step.",
    ),
    Misconception(
        "weights-detached",
        (CONTEXT, 'return weights, torch.einsum("stb,tbe->sbe", weights.detach(), h).requires_grad_()'),
        "Values right, gradients zero: the graph is cut between weights and context, so attention cannot be learnt.",
        rest_is_right=True,
    ),
    Misconception(
        "states-detached",
        ('tbe->sbe", weights, h)', 'tbe->sbe", weights, h.detach())'),
        "Values right, but no gradient reaches the encoder through the context: h was cut off from the graph there.",
        rest_is_right=True,
    ),
    Misconception(
        "keys-detached",
        (SCORES, SCORES.replace("A, h", "A, h.detach()")),
        "Values right, but no gradient reaches the encoder through the scores: h was cut off from the graph there.",
        rest_is_right=True,
    ),
    Misconception(
        "NaN-times-zero",
        ("h = h.masked_fill(behind[..., None], 0.0)", "h = h"),
        "Behind an end stands NaN, and your sum takes it in: a weight of 0 does not help, as 0 · NaN is NaN.",
    ),
    Misconception(
        "square-A-transposed",
        ("A, h)", "A.T if len(A) == A.shape[1] else A, h)"),
        "Where H = E, A is turned round: which of its axes belongs to the decoder does not depend on the sizes.",
    ),
    Misconception(
        "the-best-alone",
        (CONTEXT, "return weights, h[weights.argmax(dim=1), torch.arange(h.shape[1], device=h.device)]"),
        "The context is the state with the largest weight alone. That has no gradient; all states count by weight.",
    ),
)

BEST, ADD = "best = int(np.argmax(log_p))", "total += log_p[best]"
ASK = "next_log_probabilities(symbols)"
LAST_ONLY = (
    "The function was asked with the last symbol alone. It wants the whole translation so far: its place counts."
)
GREEDY_BANK = (
    Misconception(
        "end-returned",
        ("return symbols, total", "return (symbols + [end])[:longest] if best == end else symbols, total"),
        "The end symbol is returned as a part of the translation. It only says that the translation is over.",
    ),
    Misconception(
        "end-not-counted",
        (ADD, "total += log_p[best] * (best != end)"),
        "The log-probability of the end symbol is missing in the sum. To stop here is a decision, and has its price.",
    ),
    Misconception(
        "probabilities-added",
        (ADD, "total += np.exp(log_p[best])"),
        "Probabilities were added. The probability of the whole is a product: which sum is that in logarithms?",
    ),
    Misconception(
        "only-the-last-step",
        (ADD, "total = log_p[best]"),
        "Only the last step's log-probability is returned. That of the whole is the sum over all steps.",
    ),
    Misconception(
        "mean",
        ("return symbols, total", "return symbols, total / (len(symbols) + (best == end))"),
        "The sum was divided by the number of steps. Here it is asked for as it is.",
    ),
    Misconception("only-the-last-symbol", (ASK, "next_log_probabilities(symbols[-1:])"), LAST_ONLY),
    Misconception(
        "nothing-said-so-far",
        (ASK, "next_log_probabilities([])"),
        "Every step asks with an empty translation. The next symbol depends on those before it.",
    ),
    Misconception(
        "goes-on-after-end",
        ("if best == end:", "if len(symbols) == longest:"),
        "The search goes on after the end symbol: everything behind it belongs to no translation.",
    ),
    Misconception(
        "last-of-equals",
        (BEST, "best = len(log_p) - 1 - int(np.argmax(log_p[::-1]))"),
        "Of symbols that are equally probable the largest was taken. The smallest is asked for.",
    ),
    Misconception(
        "least-probable",
        (BEST, "best = int(np.argmin(log_p))"),
        "The least probable symbol was taken in each step. Logarithms of probabilities are negative: larger is better.",
    ),
    Misconception(
        "one-step-short",
        ("range(longest)", "range(longest - 1)"),
        "The search stops one step early where no end comes: longest steps may be made.",
    ),
)

FINISHED = "finished += [found for found in kept if found[0][-1] == end]"
CHOOSE = "max(finished or beam, key=lambda found: found[1] / len(found[0]) ** alpha)"
SORT = "candidates.sort(key=lambda found: -found[1])"
BEAM_BANK = (
    Misconception(
        "finished-forgotten",
        (FINISHED, FINISHED.replace("+=", "=")),
        "What has finished in an earlier round is forgotten. A short translation may still be the best in the end.",
    ),
    Misconception(
        "finished-goes-on",
        ("beam = [found for found in kept if found[0][-1] != end]", "beam = kept"),
        "Finished hypotheses are continued. What ends is put aside; nothing follows its end.",
    ),
    Misconception(
        "finished-takes-a-place",
        ("kept = candidates[:width]", "kept = candidates[: max(0, width - len(finished))]"),
        "Each finished hypothesis leaves one place less for the others. Here it is put aside and takes no place.",
    ),
    Misconception(
        "first-to-finish",
        ("max(finished or beam", "max(finished[:1] or beam"),
        "The first hypothesis that finished was taken. Others that finish later may have a better score.",
    ),
    Misconception(
        "last-to-finish",
        ("max(finished or beam", "max(finished[-1:] or beam"),
        "The last hypothesis that finished was taken. The one with the best score is asked for.",
    ),
    Misconception(
        "unfinished-compete",
        ("max(finished or beam", "max(finished + beam"),
        "A hypothesis without an end was taken though others had finished. Unfinished ones count only if none has.",
    ),
    Misconception(
        "sum-not-carried",
        ("total + log_p)", "0 * total + log_p)"),
        "Hypotheses are compared by their last step alone. What was paid for the steps before must be carried along.",
    ),
    Misconception(
        "probabilities-added",
        ("total + log_p)", "total + np.exp(log_p))"),
        "Probabilities were added. The probability of the whole is a product: which sum is that in logarithms?",
    ),
    Misconception(
        "not-divided",
        (CHOOSE, "max(finished or beam, key=lambda found: found[1])"),
        "The finished hypotheses are compared by their sums alone: alpha has no influence.",
    ),
    Misconception(
        "always-mean",
        (CHOOSE, "max(finished or beam, key=lambda found: found[1] / len(found[0]))"),
        "The finished hypotheses are always compared by their means. What does alpha = 0 ask for?",
    ),
    Misconception(
        "multiplied",
        (CHOOSE, "max(finished or beam, key=lambda found: found[1] * len(found[0]) ** alpha)"),
        "The sum is multiplied by the power of the length. Long translations should be helped, not punished twice.",
    ),
    Misconception(
        "end-not-in-the-length",
        (
            CHOOSE,
            "max(finished or beam, key=lambda found: found[1] / max(1, len(found[0]) - (end in found[0])) ** alpha)",
        ),
        "The length was counted without the end symbol. Its log-probability is in the sum, so it counts in the length.",
    ),
    Misconception(
        "end-returned",
        ("return [k for k in symbols if k != end], total", "return symbols, total"),
        "The end symbol is returned as a part of the translation. It only says that the translation is over.",
    ),
    Misconception(
        "score-returned",
        ("if k != end], total", "if k != end], total / (len(symbols) ** alpha)"),
        "The divided score is returned. It only chooses among the finished ones; the plain sum is asked for.",
    ),
    Misconception(
        "only-the-last-symbol",
        ("(next_log_probabilities(symbols))", "(next_log_probabilities(symbols[-1:]))"),
        LAST_ONLY,
    ),
    Misconception(
        "greedy",
        ("kept = candidates[:width]", "kept = candidates[:1]"),
        "Only one hypothesis is kept in each round: that is greedy search. width of them go on.",
    ),
    Misconception(
        "width-for-each",
        ("kept = candidates[:width]", "kept = candidates[: width**2]"),
        "More than width hypotheses are kept: width is the number for all of them together, not for each.",
    ),
    Misconception(
        "worst-kept",
        (SORT, "candidates.sort(key=lambda found: found[1])"),
        "The least probable continuations are kept. Logarithms of probabilities are negative: larger is better.",
    ),
    Misconception(
        "equals-by-larger-symbol",
        (SORT, "candidates = sorted(candidates[::-1], key=lambda found: -found[1])"),
        "Of equal continuations the later one was taken. First comes the better hypothesis, then the smaller symbol.",
    ),
    Misconception(
        "last-of-equal-scores",
        ("max(finished or beam", "max((finished or beam)[::-1]"),
        "Of finished hypotheses with equal scores the last one was taken. The one that finished first wins.",
    ),
    Misconception(
        "one-round-short",
        ("range(longest)", "range(max(1, longest - 1))"),
        "The search stops one round early: a hypothesis may have longest symbols, the end included.",
    ),
    Misconception(
        "nothing-finished-is-nothing",
        ("max(finished or beam", "max(finished or [([end], 0.0)]"),
        "If nothing has finished an empty translation comes out. The best unfinished hypothesis is asked for then.",
    ),
)

BANK = {
    "translation.teacher_forcing": FORCING_BANK,
    "translation.attend": ATTEND_BANK,
    "translation.greedy": GREEDY_BANK,
    "translation.beam_search": BEAM_BANK,
}
