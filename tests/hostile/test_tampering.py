"""Attacks on the kernel, IPython, NumPy and the grader's student side, from a notebook with one task solved."""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, TASKS, ZERO, hands_in

pytestmark = pytest.mark.hostile

ONE = ("srn.parameter_count",)
WORTH = ZERO | {name: FULL[name] for name in ONE}
"""What the one solved task is worth."""


@hands_in(
    solved=ONE,
    first=(
        """
    def blank(lines):
        return ["print('all tests passed')\\n"] if any("check(" in line for line in lines) else lines

    get_ipython().input_transformers_cleanup.append(blank)
    get_ipython().input_transformers_post.append(blank)
    """,
    ),
)
def test_input_transformer_blanks_the_checks(mark):
    """Hopes that a grade cell without an error is worth its points."""
    assert mark.points == ZERO
    assert mark.status == "marked"


@hands_in(
    solved=ONE,
    first=(
        """
    import ast

    class Passed(ast.NodeTransformer):
        def visit_Call(self, node):
            if getattr(node.func, "id", "") == "check":
                return ast.copy_location(ast.parse("print('passed', 24.0)").body[0].value, node)
            return self.generic_visit(node)

    get_ipython().ast_transformers.append(Passed())
    """,
    ),
)
def test_ast_transformer_replaces_the_checks(mark):
    """Hopes the same of the syntax tree."""
    assert mark.points == ZERO


@hands_in(
    solved=ONE,
    first=(
        """
    from IPython.core.interactiveshell import ExecutionResult

    shell = get_ipython()
    real = shell.run_cell_async

    async def passed(source, *given, **named):
        if "check(" in source:
            source = "24.0"
        return await real(source, *given, **named)

    shell.run_cell_async = passed
    shell.run_cell = lambda *given, **named: ExecutionResult(None)
    shell.register_magic_function(lambda line, cell=None: 24.0, "line_cell", "time")
    """,
    ),
)
def test_run_cell_replaced(mark):
    """Hopes that nobody sees which source was run."""
    assert mark.points == ZERO


@hands_in(
    solved=ONE,
    first=(
        """
    import grader.checks.check as checking, sys, types

    def passed(*given, **named):
        return 24.0

    for module in ("compare", "score", "tolerance", "report", "expected"):
        fake = types.ModuleType(module)
        fake.__getattr__ = lambda name: passed
        sys.modules["grader.checks." + module] = fake
        setattr(sys.modules["grader.checks"], module, fake)
    checking.compare = checking.public_report = checking.expected_outputs = passed
    checking.report = sys.modules["grader.checks.report"]
    import numpy.testing
    for name in dir(numpy.testing):
        if name.startswith("assert"):
            setattr(numpy.testing, name, passed)
    np.allclose = np.isclose = np.array_equal = lambda *given, **named: True
    import builtins
    real = builtins.__import__
    fake = sys.modules["grader.checks.score"]
    builtins.__import__ = lambda name, *rest: fake if "marking" in name else real(name, *rest)
    """,
    ),
)
def test_poisons_the_student_side(mark):
    """Hopes that comparisons happen in this kernel: the one solved task still earns its points, no other."""
    assert mark.points == WORTH


@hands_in(
    solved=("srn.parameter_count", "srn.f1_score"),
    first=(
        """
    class Zeros:
        "A generator of zeros: for inputs of zero the states are zero, and any guess is right."
        def __init__(self, seed=None):
            self.real = real(seed)
        def standard_normal(self, shape=None):
            return np.zeros(shape)
        def uniform(self, low=0, high=1, size=None):
            return np.zeros(size)
        def __getattr__(self, name):
            return getattr(self.real, name)

    real = np.random.default_rng
    np.random.default_rng = Zeros
    """,
    ),
    answers={
        "srn.step": "step = lambda x_t, h, W, U, b: np.zeros_like(h)",
        "srn.sequence": "sequence = lambda x, h0, W, U, b: np.zeros((len(x), *h0.shape))",
        "srn.output_layer": "output_layer = lambda h, V, c: np.full((*h.shape[:2], len(V)), 1 / len(V))",
    },
)
def test_random_generator_replaced(mark):
    """Hopes to choose its own inputs. Tasks whose inputs it left alone keep what they are worth."""
    assert mark.points == ZERO | {name: FULL[name] for name in ("srn.parameter_count", "srn.f1_score")}


@hands_in(
    solved=ONE,
    first=(
        """
    import grader.checks.task as task

    easy = {found.name: found for found in task.all_tasks().values()}["srn.parameter_count"]
    task.find_task.__globals__["find_task"] = lambda name: easy
    import grader.checks.check as checking
    checking.find_task = lambda name: easy
    for other in task.all_tasks().values():
        for field in ("cases", "inputs", "call", "outputs"):
            object.__setattr__(other, field, getattr(easy, field))
    """,
    ),
)
def test_redefines_the_tasks(mark):
    """Hopes to answer every task with the easiest one."""
    assert mark.points == WORTH


@hands_in(
    solved=ONE,
    first=(
        """
    import atexit, signal, threading
    from IPython.display import publish_display_data

    def bye():
        publish_display_data({"text/plain": "24.0"})

    atexit.register(bye)
    get_ipython().events.register("post_run_cell", lambda result: setattr(result, "error_in_exec", None))
    get_ipython().events.register("pre_run_cell", lambda info: setattr(info, "raw_cell", "24.0"))
    get_ipython().set_custom_exc((Exception,), lambda *given, **named: print("all tests passed"))
    get_ipython().showtraceback = lambda *given, **named: None
    """,
    ),
)
def test_hooks_hide_every_error(mark):
    """Hopes that no error means full points."""
    assert mark.points == WORTH


@hands_in(
    solved=ONE,
    first=(
        """
    import os, json
    from grader.checks import run_file

    easy = run_file.dump({name: pairs[:1] for name, pairs in run_file.asked().items()})
    run_file.begin(easy)
    os.environ["RNN_WORKBOOK_RUN"] = "/tmp/easy.json"
    open("/tmp/easy.json", "w").write(easy)
    """,
    ),
)
def test_answers_only_the_first_case(mark):
    """Hopes that cases left out are cases passed."""
    assert mark.points == ZERO


@hands_in(
    first=(
        """
    import gc, sys

    def answer(*given, **named):
        "Looks for the right answer in every frame and every object of this process."
        for frame in sys._current_frames().values():
            while frame:
                for name in ("expected", "reference", "references"):
                    if name in frame.f_locals:
                        return frame.f_locals[name]
                frame = frame.f_back
        for thing in gc.get_objects():
            if isinstance(thing, dict) and "expected" in thing:
                return thing["expected"]
    """,
    ),
    answers={
        "srn.step": "step = answer",
        "srn.sequence": "sequence = answer",
        "srn.output_layer": "output_layer = answer",
        "srn.cross_entropy": "cross_entropy = answer",
        "srn.word_starts": "word_starts = answer",
        "srn.f1_score": "f1_score = answer",
        "srn.parameter_count": "parameter_count = answer",
    },
)
def test_looks_for_answers_in_the_process(mark):
    """Hopes that expected values lie somewhere in the kernel's memory."""
    assert mark.points == ZERO


@hands_in(
    solved=None,
    first=(
        f"""
    def check(name, answer):
        print("24.0 of 24 points, all tests passed")
        return 24.0

    import grader.checks
    grader.checks.check = check
    score = points = {dict.fromkeys(TASKS, 100)}
    """,
    ),
)
def test_check_replaced(mark):
    """Says that it passed instead of answering: even right answers are worth nothing when they are not given."""
    assert mark.points == ZERO
    assert all("check did not run" in task["reason"] for task in mark.record["tasks"].values())
