"""Are PyTorch's layers and stacks called as the lessons call theirs?"""

import pytest
import torch

from solutions.toolbox.nets.layers import Gated, Layered


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_it_is_torchs_layer_with_a_cell_state_of_zeros(kind):
    cell, x, h0 = Gated(kind, 3, 5), torch.randn(4, 2, 3), torch.randn(2, 5)
    start = (h0[None], torch.zeros(1, 2, 5)) if kind == "LSTM" else h0[None]
    assert torch.equal(cell(x, h0), cell.layer(x, start)[0])


@pytest.mark.parametrize("kind", ["srn", "gru", "lstm"])
def test_it_is_torchs_stack_with_one_start_for_all_layers_and_cell_states_of_zeros(kind):
    cell, x, h0 = Layered(kind, 3, 5, 2), torch.randn(4, 2, 3), torch.randn(2, 5)
    both = torch.stack([h0, h0])
    start = (both, torch.zeros(2, 2, 5)) if kind == "lstm" else both
    assert torch.equal(cell(x, h0), cell.stack(x, start)[0])


def test_it_drops_in_training_only():
    cell, x, h0 = Layered("gru", 3, 5, 2, p=0.5), torch.randn(4, 2, 3), torch.zeros(2, 5)
    assert not torch.equal(cell(x, h0), cell(x, h0))
    assert torch.equal(cell.eval()(x, h0), cell(x, h0))
