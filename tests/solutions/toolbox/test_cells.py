"""Are PyTorch's gated layers called as the lessons call theirs?"""

import pytest
import torch

from solutions.toolbox.cells import Gated


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_it_is_torchs_layer_with_a_cell_state_of_zeros(kind):
    cell, x, h0 = Gated(kind, 3, 5), torch.randn(4, 2, 3), torch.randn(2, 5)
    start = (h0[None], torch.zeros(1, 2, 5)) if kind == "LSTM" else h0[None]
    assert torch.equal(cell(x, h0), cell.layer(x, start)[0])
