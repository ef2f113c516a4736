"""Wrong values that say they are right: objects whose comparisons, conversions or arithmetic lie."""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, ZERO, hands_in

pytestmark = pytest.mark.hostile

YES = """
    import torch

    class Yes(np.ndarray):
        "Equal to everything; every function of NumPy finds it equal, close and finite."
        def __eq__(self, other):
            return np.ones(self.shape, bool)
        __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__
        def __array_ufunc__(self, ufunc, method, *inputs, **options):
            return np.zeros(self.shape)
        def __array_function__(self, function, types, given, named):
            return True
        def __sub__(self, other):
            return np.zeros(self.shape)
        __rsub__ = __sub__

    class Lazy:
        "Decides what it holds when it is asked, and says yes to every question."
        def __init__(self, shape, dtype=float):
            self.shape, self.dtype, self.ndim, self.size = shape, np.dtype(dtype), len(shape), 1
        def __array__(self, dtype=None, copy=None):
            return np.zeros(self.shape, self.dtype).view(Yes)
        def __eq__(self, other):
            return True
        __hash__ = None
        def __getattr__(self, name):
            raise AttributeError(name)

    class Number(float):
        def __eq__(self, other):
            return True
        __hash__ = float.__hash__
        def __sub__(self, other):
            return 0.0
        __rsub__ = __sub__
        def __float__(self):
            return 0.5

    class Count(int):
        def __eq__(self, other):
            return True
        __hash__ = int.__hash__

    class Tensor(torch.Tensor):
        @classmethod
        def __torch_function__(cls, function, types, given=(), named=None):
            if function is torch.Tensor.__sub__:
                return torch.zeros_like(given[0])
            return super().__torch_function__(function, types, given, named or {})
    """


@hands_in(
    first=(YES,),
    answers={
        "srn.step": "step = lambda x_t, h, W, U, b: np.zeros_like(h).view(Yes)",
        "srn.sequence": "sequence = lambda x, h0, W, U, b: Lazy((len(x), *h0.shape), x.dtype)",
        "srn.output_layer": "output_layer = lambda h, V, c: (h @ V.T * 0 + 1 / len(V) + 1e-3).view(Yes)",
        "srn.cross_entropy": "cross_entropy = lambda o, targets: (Number(1), Lazy(targets.shape, o.dtype))",
        "srn.word_starts": "word_starts = lambda losses, rise: np.zeros(len(losses), bool).view(Yes)",
        "srn.f1_score": "f1_score = lambda found, true: (Number(7), Number(7), Number(7))",
        "srn.parameter_count": "parameter_count = lambda D, H, O: Count(0)",
        "srn.module": """
        class SRN(torch.nn.Module):
            def __init__(self, D, H):
                super().__init__()
                self.W = torch.nn.Parameter(torch.empty(H, D))
                self.U = torch.nn.Parameter(torch.empty(H, H))
                self.b = torch.nn.Parameter(torch.empty(H))

            def forward(self, x, h0):
                return torch.zeros(len(x), *h0.shape, dtype=x.dtype).as_subclass(Tensor)
        """,
    },
)
def test_wrong_and_equal_to_everything(mark):
    """Hopes that the grader asks the answer whether it is right."""
    assert mark.points == ZERO
    assert mark.status == "marked"


@hands_in(
    solved=None,
    answers={
        "srn.word_starts": """
        class Two:
            "Wrong at the first look, and another array at each."
            looks = 0
            def __array__(self, dtype=None, copy=None):
                Two.looks += 1
                return np.ones(40, bool) if Two.looks % 2 else np.zeros(40, bool)

        word_starts = lambda losses, rise: Two()
        """,
        "srn.f1_score": "f1_score = lambda found, true: (float('nan'),) * 3",
        "srn.output_layer": "output_layer = lambda h, V, c: np.full((*h.shape[:2], len(V)), np.inf)",
        "srn.parameter_count": "parameter_count = lambda D, H, O: np.array([[D]], dtype=object)",
    },
)
def test_nan_inf_objects_and_changing_arrays(mark):
    """Hopes that NaN compares as it likes, and that an object array is taken for an answer."""
    lost = ("srn.word_starts", "srn.f1_score", "srn.output_layer", "srn.parameter_count")
    assert mark.points == FULL | dict.fromkeys(lost, 0.0)


BY_HEART = """
    import os
    from grader.checks.expected import expected_outputs, public_seed
    from grader.checks.task import find_task

    def by_heart(name, wrong):
        "An answer that knows the public cases, and nothing else."
        task = find_task(name)
        public = [case for case in task.cases if case.public]
        known = [(task.draw(case, public_seed(task, case)), expected_outputs(task, case)) for case in public]

        def answer(*given, **named):
            got = [*given, *named.values()]
            for inputs, outputs in known:
                if all(np.shape(a) == np.shape(b) and np.all(a == b) for a, b in zip(got, inputs.values())):
                    values = [outputs[output.name] for output in task.outputs]
                    return values if len(values) > 1 else values[0]
            return wrong(*got)

        return answer
    """
LEARNT = {
    "srn.step": 'step = by_heart("srn.step", lambda x_t, h, W, U, b: h)',
    "srn.sequence": 'sequence = by_heart("srn.sequence", lambda x, h0, *rest: np.stack([h0] * len(x)))',
    "srn.output_layer": 'output_layer = by_heart("srn.output_layer", lambda h, V, c: h @ V.T)',
    "srn.cross_entropy": 'cross_entropy = by_heart("srn.cross_entropy", lambda o, targets: (0.0, 0.0 * targets))',
    "srn.word_starts": 'word_starts = by_heart("srn.word_starts", lambda losses, rise: losses < 0)',
    "srn.f1_score": 'f1_score = by_heart("srn.f1_score", lambda found, true: (0.0, 0.0, 0.0))',
    "srn.parameter_count": 'parameter_count = by_heart("srn.parameter_count", lambda D, H, O: 0)',
}
NAMES = {name: source.partition(" ")[0] for name, source in LEARNT.items()}
PUBLIC_CHECKS = "\n".join(
    [
        "from grader.checks import run_file",
        "run, run_file._begun = run_file._begun, None",
        *(f'check("{name}", {function})' for name, function in NAMES.items()),
        'print("REPORT", \'{"public checks": "all passed"}\')',
        "run_file._begun = run",
    ]
)


@hands_in(first=(BY_HEART,), answers=LEARNT, last=(PUBLIC_CHECKS,))
def test_knows_the_public_cases_by_heart(mark):
    """Passes every public check with recorded answers, computes nothing: worth nothing."""
    assert mark.report == {"public checks": "all passed"}
    assert mark.points == ZERO
