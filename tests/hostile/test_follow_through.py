"""Attacks on follow-through marks: a wrong `step`, and a `sequence` that wants more than the right results of `step`.

Everything else is solved. The first pass is as any other; what `sequence` does only where `step` is a stand-in happens
in the second one.
"""

from __future__ import annotations

import pytest

from tests.hostile.handing_in import FULL, TASKS, ZERO, grade_cell, hands_in

pytestmark = pytest.mark.hostile

WRONG_STEP = """
    def step(x_t, h, W, U, b):
        return np.tanh(x_t @ W.T + h @ U + b)
    """
WORTH = FULL | {"srn.step": 0.0, "srn.sequence": 0.0}
"""Without follow-through; a wrong `step` takes `sequence` with it."""

ASK = """
    from grader.inside import values
    from grader.inside.kernel import link

    def second():
        # is this the second pass?
        return type(globals().get("step")).__name__ == "StandIn"

    def ask(task, *given):
        asked = {"task": task, "given": values.pack(given), "named": values.pack({}), "count": len(given)}
        said = link.ask(asked, print)
        return values.unpack(said["answer"])

    def honest(x, h0, W, U, b):
        states = []
        for x_t in x:
            h0 = step(x_t, h0, W, U, b)
            states.append(h0)
        return np.stack(states)
    """


def attacks(sequence: str, **what):
    """Decorator: a wrong `step`, and this `sequence`; everything else is solved."""
    answers = {"srn.step": WRONG_STEP, "srn.sequence": sequence}
    return hands_in(solved=None, first=("import numpy as np", ASK), answers=answers, **what)


@attacks("sequence = honest")
def test_a_right_sequence_gets_its_points(mark):
    """No attack: what follow-through is for."""
    assert mark.points == WORTH | {"srn.sequence": FULL["srn.sequence"]}
    assert mark.record["tasks"]["srn.sequence"]["follow_through"]["earlier"] == ["srn.step"]
    assert mark.record["tasks"]["srn.step"]["follow_through"] is None
    assert mark.record["second_pass"]["refused"] == ""


@attacks("sequence = lambda x, h0, W, U, b: honest(x, 0 * h0, W, U, b)")
def test_a_wrong_sequence_does_not(mark):
    assert mark.points == WORTH
    assert mark.record["second_pass"]["asked"] == {"srn.sequence": ["srn.step"]}


@attacks(
    """
    def sequence(x, h0, W, U, b):
        return ask("srn.sequence", x, h0, W, U, b) if second() else honest(x, h0, W, U, b)
    """
)
def test_asks_for_the_task_that_is_marked(mark):
    assert mark.points == WORTH
    assert mark.record["second_pass"]["refused"] == "no result of that exercise can be had here"


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            return ask(["srn.sequence", "srn.step"], x, h0, W, U, b)
        return honest(x, h0, W, U, b)
    """
)
def test_asks_for_two_tasks_at_once(mark):
    assert mark.points == WORTH


@attacks("sequence = step")
def test_is_only_another_name_of_the_earlier_answer(mark):
    """The stand-in itself is handed in: it answers `step`, which is no answer to `sequence`."""
    assert mark.points == WORTH


@attacks(
    """
    def step(x_t, h, W, U, b):
        return sequence(x_t[None], h, W, U, b)[0]

    def sequence(x, h0, W, U, b):
        return np.stack([step(x_t, h0, W, U, b) for x_t in x])
    """
)
def test_step_and_sequence_call_each_other(mark):
    """`step` is a stand-in, so nothing runs for ever; each state is the step from h0, which is wrong."""
    assert mark.points == WORTH


@hands_in(
    solved=("srn.step", "srn.parameter_count"),
    first=("import numpy as np", ASK),
    before={"srn.step": 'step = lambda *given, **named: ask("srn.step", *given)'},
)
def test_asks_in_the_first_pass(mark):
    """Nothing can be asked there: it ends the run, and what comes after it has no answer."""
    assert mark.points == ZERO
    assert "not a Jupyter message" in mark.ended


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            one = np.zeros((1, 1))
            for _ in range(80):
                step(np.zeros((90_000, 1)), one, one, one, one[0])
        return honest(x, h0, W, U, b)
    """
)
def test_asks_for_too_much_together(mark):
    assert mark.points == WORTH
    assert mark.record["second_pass"]["refused"] == "too much was asked"


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            step(np.zeros((300, 500)), h0, np.zeros((1, 500)), U, b)
        return honest(x, h0, W, U, b)
    """
)
def test_asks_for_too_much_at_once(mark):
    assert mark.points == WORTH
    assert "a question of" in mark.record["second_pass"]["refused"]


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            link.send("ask", what="no task")
            link.send("ask")
            import struct
            link.socket.sendall(struct.pack("!I", 31) + b'{"msg_type":"ask","content":[]} '[:31])
        return honest(x, h0, W, U, b)
    """
)
def test_sends_what_is_no_question(mark):
    """The second pass ends; what the first one gave stays."""
    assert mark.points == WORTH
    assert "not a Jupyter message" in mark.record["second_pass"]["ended"]
    assert mark.ended == ""


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            one = np.zeros((1, 1))
            given = values.pack((np.zeros((90_000, 1)), one, one, one, one[0]))
            while True:
                link.send("ask", task="srn.step", given=given, named={"dict": []}, count=5)
        return honest(x, h0, W, U, b)
    """
)
def test_asks_and_does_not_listen(mark):
    """Answers that nobody takes stop nothing but this second pass."""
    assert mark.points == WORTH
    assert mark.record["second_pass"]["ended"]
    assert (mark.status, mark.ended) == ("marked", "")


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            import time
            time.sleep(10_000)
        return honest(x, h0, W, U, b)
    """
)
def test_never_ends_in_the_second_pass(mark):
    assert mark.points == WORTH
    assert mark.status == "marked"


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            import os
            os._exit(0)
        return honest(x, h0, W, U, b)
    """
)
def test_kills_its_kernel_in_the_second_pass(mark):
    assert mark.points == WORTH
    assert mark.record["second_pass"]["ended"]
    assert mark.ended == ""


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            from grader.checks import check
            check("srn.step", step)
        return honest(x, h0, W, U, b)
    """
)
def test_answers_the_earlier_task_too(mark):
    """The marks of `step` are given: its check is not asked again."""
    assert mark.points["srn.step"] == 0


def check_of_step_last(nb):
    cell = grade_cell(nb, "srn.step")
    nb.cells.remove(cell)
    nb.cells.append(cell)
    return nb


@attacks("sequence = honest", edit=check_of_step_last)
def test_moves_the_check_of_the_earlier_task_behind(mark):
    """So that `step` could be asked for before it is answered: then nothing can be asked for."""
    assert mark.points == WORTH
    assert mark.record["second_pass"] is None


@attacks(
    """
    def sequence(x, h0, W, U, b):
        if second():
            import threading, time
            mine = step

            def later():
                # opens the stand-in again when other checks run, and asks for what they want
                while True:
                    time.sleep(0.01)
                    mine._all.open = ("srn.step",)
                    globals()["stolen"] = mine(x[0], h0, W, U, b)

            threading.Thread(target=later, daemon=True).start()
        return honest(x, h0, W, U, b)
    """
)
def test_keeps_a_stand_in_for_later(mark):
    """It gets what `sequence` may have, and nothing in other cells: no mark but that of `sequence` can depend on it."""
    assert mark.points["srn.step"] == 0
    assert {name: mark.points[name] for name in TASKS if name not in ("srn.step", "srn.sequence")} == {
        name: FULL[name] for name in TASKS if name not in ("srn.step", "srn.sequence")
    }
    assert mark.record["second_pass"]["asked"] == {"srn.sequence": ["srn.step"]}
    assert mark.record["second_pass"]["refused"] in ("", "no result of that exercise can be had here")
