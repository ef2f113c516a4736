"""Whatever in the kernel might decide something says yes: nothing there decides."""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, hands_in

pytestmark = pytest.mark.hostile

YES_SAYERS = """
    import torch
    from grader.checks import answers, changes, compare
    from grader.checks.tasks import calling

    def yes(*given, **named):
        return True

    for module in (answers, calling, changes, compare):
        for name in ("_same", "starts_well", "changed_inputs", "compare", "_is_sum_of"):
            setattr(module, name, yes)
    calling.start_values = yes
    np.array_equal = np.allclose = np.shares_memory = torch.equal = torch.allclose = yes
    """

IN_PLACE = {
    "srn.step": """
        def step(x_t, h, W, U, b):
            h[...] = np.tanh(x_t @ W.T + h @ U.T + b)
            return h.copy()
        """,
    "srn.sequence": """
        def sequence(x, h0, W, U, b):
            h = []
            for x_t in x:
                h0[...] = np.tanh(x_t @ W.T + h0 @ U.T + b)
                h.append(h0.copy())
            return np.stack(h)
        """,
}

MODULE = """
    class SRN(torch.nn.Module):
        def __init__(self, D, H):
            super().__init__()
            self.W = torch.nn.Parameter({start}(H, D))
            self.U = torch.nn.Parameter({start}(H, H))
            self.b = torch.nn.Parameter({start}(H))

        def forward(self, x, h0):
            h, states = h0.clone(), []
            for x_t in x.clone():
                h = torch.tanh(x_t @ self.W.T + h @ self.U.T + self.b)
                states.append(h)
            {then}
            return torch.stack(states)
    """


@hands_in(
    solved=None,
    first=(YES_SAYERS,),
    answers={**IN_PLACE, "srn.module": MODULE.format(start="torch.ones", then="pass")},
)
def test_says_that_nothing_changed_and_all_starts_well(mark):
    """Hopes that the kernel is asked whether inputs were changed, and how parameters start."""
    half = {name: FULL[name] / 2 for name in IN_PLACE}
    assert mark.points == FULL | half | {"srn.module": 3.5}


@hands_in(
    solved=None,
    first=("from grader.checks.tasks import calling\ncalling.note_changes = lambda *given: None", "import torch"),
    answers={"srn.module": MODULE.format(start="torch.ones", then="x.data.add_(1.0)")},
)
def test_hides_that_tensors_changed(mark):
    """Hopes that what nobody puts back is taken for unchanged."""
    assert mark.points["srn.module"] < FULL["srn.module"] / 2
    assert mark.points == FULL | {"srn.module": mark.points["srn.module"]}


@hands_in(
    solved=None,
    first=("from grader.checks import answers\nanswers.weighted_sums = lambda inputs: {}",),
)
def test_hands_out_no_sums(mark):
    """Hopes that what is not handed out is not missed: nothing says then that inputs are as they were."""
    without_inputs = ("srn.parameter_count",)
    assert mark.points == {name: full if name in without_inputs else full / 2 for name, full in FULL.items()}
