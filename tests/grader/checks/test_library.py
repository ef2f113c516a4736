"""Are library calls noted where an exercise asks for the code itself, and nowhere else?"""

import numpy as np
import pytest
import torch

from grader.checks import answers
from grader.checks.check import public_report
from grader.checks.library import LIBRARY, WRITTEN_BY_HAND, calls_noted, kinds_of, library_remark
from grader.checks.report import passed
from grader.checks.task import all_tasks, find_task
from solutions.toolbox.experiments.segmentation import tag_loss
from solutions.toolbox.experiments.training import symbol_loss

TASKS = all_tasks()
x, w = torch.randn(5, 2, 3), torch.randn(3, requires_grad=True)
TARGETS = torch.ones(5, 2, dtype=torch.long)
weights = [torch.randn(4, 3), torch.randn(4, 4), torch.zeros(4), torch.zeros(4)]
CALLS = {
    "a layer": ("gru.sequence", lambda: torch.nn.GRU(3, 4)(x), "torch.gru"),
    "an LSTM": ("lstm.step", lambda: torch.nn.LSTM(3, 4)(x), "torch.lstm"),
    "a cell": ("gru.step", lambda: torch.nn.GRUCell(3, 4)(x[0]), "torch.gru_cell"),
    "the ReLU network": ("srn.step", lambda: torch.nn.RNN(3, 4, nonlinearity="relu")(x), "torch.rnn_relu"),
    "backward": ("bptt.sweep", lambda: (w * w).sum().backward(), "torch.Tensor.backward"),
    "grad": ("gru.backward", lambda: torch.autograd.grad((w * w).sum(), w), "torch.autograd.grad"),
    "vjp": ("lstm.step_back", lambda: torch.func.vjp(lambda v: v * v, w)[1](w), "torch.autograd.grad"),
    "jacfwd": ("gru.jacobian", lambda: torch.func.jacfwd(lambda v: v * v)(w), "torch.autograd.forward_ad"),
    "attention": (
        "translation.attend",
        lambda: torch.nn.functional.scaled_dot_product_attention(x, x, x),
        "torch.nn.functional.scaled_dot_product_attention",
    ),
    "convolution": ("captioning.convolve", lambda: torch.nn.Conv2d(1, 1, 2)(torch.randn(1, 1, 4, 4)), "torch.conv2d"),
    "a softmax": ("srn.output_layer", lambda: torch.nn.Softmax(-1)(x), "torch.nn.functional.softmax"),
    "a tensor's softmax": ("bptt.score_gradient", lambda: x.log_softmax(-1), "torch.Tensor.log_softmax"),
    "the toolbox's loss": ("srn.cross_entropy", lambda: symbol_loss(x, TARGETS), "torch.nn.functional.cross_entropy"),
    "its loss of tags": ("srn.cross_entropy", lambda: tag_loss(x, TARGETS), "torch.nn.functional.cross_entropy"),
    "CTC": (
        "speech.ctc_loss",
        lambda: torch.nn.CTCLoss()(x.log_softmax(-1), torch.ones(2, 2, dtype=torch.long), [5, 5], [2, 2]),
        "torch.nn.functional.ctc_loss",
    ),
    "softmax": ("srn.output_layer", lambda: torch.softmax(x, -1), "torch.softmax"),
    "a softmax layer": ("srn.output_layer", lambda: torch.nn.Softmax(-1)(x), "torch.nn.functional.softmax"),
    "a special softmax": ("srn.output_layer", lambda: torch.special.softmax(x, -1), "torch.special.softmax"),
    "a distribution": ("srn.output_layer", lambda: torch.distributions.Categorical(logits=x), "torch.Tensor.logsumexp"),
    "cross-entropy": (
        "srn.cross_entropy",
        lambda: torch.nn.CrossEntropyLoss()(x[0], torch.zeros(2, dtype=torch.long)),
        "torch.nn.functional.cross_entropy",
    ),
    "an operator": ("bptt.score_gradient", lambda: torch.ops.aten._softmax(x, -1, False), "torch.softmax"),
    "an operator's overload": (
        "srn.sequence",
        lambda: torch.ops.aten.rnn_tanh.input(x, torch.zeros(1, 2, 4), weights, True, 1, 0.0, False, False, False),
        "torch.rnn_tanh",
    ),
}


def test_only_tasks_and_kinds_that_there_are():
    assert set(WRITTEN_BY_HAND) <= set(TASKS)
    assert {kind for kinds in WRITTEN_BY_HAND.values() for kind in kinds} == set(LIBRARY)


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
@pytest.mark.parametrize("what", CALLS)
def test_a_call_is_noted_by_its_public_name(what):
    name, call, noted = CALLS[what]
    with calls_noted(find_task(name)) as names:
        call()
    assert names == {noted}


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")
@pytest.mark.parametrize("what", CALLS)
def test_where_the_exercise_does_not_mind_nothing_is_noted(what):
    with calls_noted(find_task("bidirectional.packed")) as names:
        CALLS[what][1]()
    assert names == set()


def by_torch(x_t, h, W, U, b):
    """Exercise 1.1, by PyTorch's cell."""
    cell = torch.nn.RNNCell(W.shape[1], W.shape[0], dtype=torch.float64 if W.dtype == np.float64 else torch.float32)
    with torch.no_grad():
        for parameter, array in zip(cell.parameters(), (W, U, b, 0 * b), strict=True):
            parameter.copy_(torch.as_tensor(array))
        return cell(torch.as_tensor(x_t), torch.as_tensor(h)).numpy()


def test_the_student_is_told_at_once_and_the_check_passes():
    report = public_report(find_task("srn.step"), by_torch)
    assert passed(report)
    [said] = report.remarks
    assert "torch.rnn_tanh_cell" in said
    assert "program yourself" in said


def test_what_a_name_does_not_say_is_said_beside_it():
    [said] = library_remark([".imag", "torch.gru"])
    assert said.startswith("Your answer calls .imag (a complex step), torch.gru, but")


def test_the_note_travels_and_is_not_taken_on_trust():
    task = find_task("srn.step")
    [case, *_] = task.cases
    bundle = answers.pack(task, [answers.collect(task, by_torch, case, 7)])
    [entry] = bundle["cases"]
    [arrived] = answers.unpack(task, bundle, [(case.label, 7)])
    assert arrived.called == ("torch.rnn_tanh_cell",)
    entry["called"] = ["torch.rnn_tanh_cell", "<b>anything</b>", "torch.conv2d"]
    assert answers.unpack(task, bundle, [(case.label, 7)])[0].called == ("torch.rnn_tanh_cell",)


@pytest.mark.parametrize("name", [name for name in TASKS if "autograd" in kinds_of(TASKS[name])])
def test_no_task_that_minds_autograd_uses_it_itself(name):
    """A module's gradients are taken by the check: that is not the student's doing."""
    assert not TASKS[name].torch
