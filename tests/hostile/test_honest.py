"""Submissions that look odd and are right: each gets everything."""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, ZERO, hands_in

pytestmark = pytest.mark.hostile

NOISE = """
    import sys, warnings, logging
    print("a warning of mine", file=sys.stderr)
    warnings.warn("deprecated, says a library")
    logging.getLogger().error("logged")
    """

DISGUISES = """
    import torch

    class Agreeable(np.ndarray):
        "Equal to everything, and right."
        def __eq__(self, other):
            return np.ones(self.shape, bool)
        __ne__ = __lt__ = __eq__

    class Number(float):
        def __eq__(self, other):
            return True
        __hash__ = float.__hash__

    class Tensor(torch.Tensor):
        pass

    def in_disguise(function, disguise):
        return lambda *given, **named: disguise(function(*given, **named))

    def as_array(value):
        return np.asarray(value).view(Agreeable)
    """
DISGUISED = {
    "srn.step": "step = in_disguise(step, as_array)",
    "srn.sequence": "sequence = in_disguise(sequence, as_array)",
    "srn.output_layer": "output_layer = in_disguise(output_layer, as_array)",
    "srn.cross_entropy": "cross_entropy = in_disguise(cross_entropy, lambda pair: tuple(map(as_array, pair)))",
    "srn.word_starts": "word_starts = in_disguise(word_starts, as_array)",
    "srn.f1_score": "f1_score = in_disguise(f1_score, lambda three: [Number(value) for value in three])",
    "srn.parameter_count": "parameter_count = in_disguise(parameter_count, np.int64)",
    "srn.module": "SRN.forward = in_disguise(SRN.forward, lambda h: h.as_subclass(Tensor))",
}


@hands_in(solved=None, first=(NOISE,), before={"srn.step": NOISE, "srn.module": NOISE})
def test_writes_to_stderr_and_warns(mark):
    """Plain nbgrader gives zero for a warning on stderr."""
    assert mark.points == FULL


@hands_in(
    solved=None,
    answers={
        "srn.parameter_count": """
    import sys, warnings

    def parameter_count(D, H, O):
        print("counting", file=sys.stderr)
        warnings.warn("counting")
        np.log(0.0)
        return H * D + H * H + H + O * H + O
    """
    },
)
def test_function_itself_warns(mark):
    """A warning inside the function that is checked costs nothing either."""
    assert mark.points == FULL


@hands_in(solved=None, first=("for i in range(60_000): print('line', i)",))
def test_prints_a_lot(mark):
    """Loud is not wrong, as long as the output stays below the limit."""
    assert mark.points == FULL
    assert mark.ended == ""


@hands_in(solved=None, first=(DISGUISES,), before=DISGUISED)
def test_right_in_disguise(mark):
    """Subclasses with an ``__eq__`` of their own, right values: judged by value."""
    assert mark.points == FULL


@hands_in()
def test_untouched(mark):
    """Nothing done, nothing earned, and nothing reported as broken."""
    assert mark.points == ZERO
    assert mark.status == "marked"
    assert mark.ended == ""
