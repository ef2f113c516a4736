"""Does what a case is about stand in its inputs whatever the seed, and in no other case by chance?

What is there shows in known mistakes: a mistake with ties is wrong wherever there are ties, and right elsewhere.
"""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.answers import collect
from grader.checks.compare import compare
from grader.checks.expected import public_seed
from grader.checks.task import find_task
from grader.marking.answers.misconceptions import bank, mistaken
from grader.marking.answers.references import recorded_floors, recording, reference_outputs

SEEDS = range(200)

ALWAYS = [
    ("lstm.set_forget_bias", "three-blocks", "ordinary", None),
    ("lstm.set_forget_bias", "one-not-copied", "ordinary", "results that are no copies"),
    ("deep.from_torch", "order-of-the-dict", "GRU, 3 layers", "W_lowest"),
    ("deep.from_torch", "order-of-the-dict", "LSTM, 2 layers", "W_lowest"),
    ("deep.width", "stops-at-100", "very wide", None),
    ("deep.width", "two-biases", "half a unit more", None),
    ("deep.transition", "square-W2-transposed", "M = H", None),
    ("bidirectional.keep", "infinity-replaced", "a real ∞", None),
    ("bidirectional.reverse", "infinity-replaced", "a real ∞", None),
    ("bidirectional.mean_loss", "infinity-replaced", "a real ∞", None),
    ("language_model.windows", "symbols-dealt-out", "ordinary", "x"),
    ("language_model.measures", "real-infinity-dropped", "a real loss of ∞", None),
    ("language_model.back_off", "unseen-is-zero", "contexts never seen", None),
    ("language_model.sample", "not-stable", "nearly cold", "p"),
    ("language_model.sample", "not-stable", "nearly cold", "drawn"),
    ("sentiment.pool", "zero-in-the-maximum", "ordinary", "largest"),
    ("sentiment.pool", "zero-in-the-maximum", "longer", "largest"),
    ("sentiment.pool", "NaN-times-zero", "NaN in the padding", "mean"),
    ("sentiment.masked_loss", "overflow", "very sure", None),
    ("sentiment.paired_interval", "a-minus-b", "ordinary", "difference"),
    ("sentiment.paired_interval", "a-minus-b", "one sentence", "difference"),
    ("tagging.spans", "in-the-order-of-kinds", "ordinary", None),
    ("tagging.spans", "in-the-order-of-kinds", "ill formed", None),
    ("tagging.spans", "last-left-open", "one token", None),
    ("translation.teacher_forcing", "nothing-padded", "ordinary", "wanted"),
    ("translation.attend", "not-stable", "large scores", "weights"),
    ("translation.attend", "NaN-times-zero", "NaN behind the ends", "context"),
    ("translation.attend", "square-A-transposed", "H = E", "weights"),
    ("translation.greedy", "last-of-equals", "ties", None),
    ("translation.greedy", "one-step-short", "nothing ends", None),
    ("translation.beam_search", "equals-by-larger-symbol", "ties", None),
    ("translation.beam_search", "last-of-equal-scores", "equal scores", None),
    ("translation.beam_search", "unfinished-compete", "only a bad one ends", None),
    ("translation.beam_search", "finished-takes-a-place", "garden path", None),
    ("translation.beam_search", "greedy", "garden path", None),
    ("translation.beam_search", "one-round-short", "nothing ends", None),
    ("speech.collapse", "compared-with-the-last", "it ends as it begins", None),
    ("speech.collapse", "blanks-dropped-first", "ordinary", None),
    ("speech.collapse", "repeats-kept", "ordinary", None),
    ("speech.ctc_loss", "jumps-between-equal-labels", "ordinary", None),
    ("captioning.caption_states", "square-A-transposed", "F = H", None),
    ("forecasting.seasonal_naive", "one-axis-alone", "a number each step", None),
    ("forecasting.quantile_loss", "outside", "ordinary", "coverage"),
    ("forecasting.quantile_loss", "only-below-the-highest", "ordinary", "coverage"),
]
"""Task, mistake, a case in which the mistake must show, and the output in which it does (None: in any)."""

NEVER = [
    ("deep.width", "stops-at-100", "SRN, 1 layer"),
    ("deep.width", "less-than", "SRN, 1 layer"),
    ("deep.width", "less-than", "GRU, 3 layers"),
    ("deep.width", "less-than", "LSTM, 2 layers"),
    ("deep.width", "less-than", "GRU, 2 layers"),
    ("language_model.measures", "real-infinity-dropped", "ordinary"),
    ("language_model.back_off", "unseen-is-zero", "ordinary"),
    ("language_model.back_off", "unseen-is-uniform", "sparse"),
    ("language_model.sample", "not-stable", "ordinary"),
    ("sentiment.masked_loss", "overflow", "ordinary"),
    ("translation.attend", "not-stable", "ordinary"),
    ("translation.attend", "square-A-transposed", "ordinary"),
    ("translation.greedy", "last-of-equals", "ordinary"),
    ("translation.greedy", "last-of-equals", "float32"),
    ("translation.greedy", "one-step-short", "another"),
    ("translation.beam_search", "equals-by-larger-symbol", "divided by the length"),
    ("translation.beam_search", "equals-by-larger-symbol", "float32"),
    ("translation.beam_search", "last-of-equal-scores", "ordinary"),
    ("translation.beam_search", "one-round-short", "a power of the length"),
    ("speech.collapse", "compared-with-the-last", "ordinary"),
    ("speech.collapse", "compared-with-the-last", "longer"),
    ("speech.ctc_loss", "jumps-between-equal-labels", "no label twice"),
    ("tagging.spans", "in-the-order-of-kinds", "one token"),
]
"""Task, mistake, a case in which it must not show."""


def wrong_outputs(name, mistake, label):
    """For each seed, the names of the outputs that are wrong: two hundred drawn ones, the public and the recorded."""
    task = find_task(name)
    (entry,) = [entry for entry in bank(task) if entry.name == mistake]
    case, floors = task.case(label), recorded_floors(task.module)[name][label]
    for seed in (*SEEDS, public_seed(task, case), recording(task.module).seeds[name][label]):
        with np.errstate(all="ignore"):
            answer = collect(task, mistaken(task, entry), case, seed)
        findings = compare(task, case, answer, reference_outputs(task, case, seed), floors)
        yield {finding.output for finding in findings if not finding.right}


@pytest.mark.parametrize(("name", "mistake", "label", "output"), ALWAYS)
def test_it_is_there_whatever_the_seed(name, mistake, label, output):
    assert all(output in wrong if output else wrong for wrong in wrong_outputs(name, mistake, label))


@pytest.mark.parametrize(("name", "mistake", "label"), NEVER)
def test_it_is_never_there_by_chance(name, mistake, label):
    assert not any(wrong_outputs(name, mistake, label))
