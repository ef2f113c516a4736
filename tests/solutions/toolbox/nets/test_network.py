"""Is a cell with an output layer a network whose state goes on and whose tables can be one?"""

import torch

from solutions.srn import SRN
from solutions.toolbox.nets.network import Network, size


def test_the_state_of_a_network_can_be_handed_over():
    """Reading a text in two parts gives the scores of reading it at once."""
    torch.manual_seed(0)
    model, x = Network(SRN(2, 5), 5, 3), torch.randn(9, 2, 2)
    first, h = model(x[:4])
    torch.testing.assert_close(torch.cat([first, model(x[4:], h)[0]]), model(x)[0])


def test_tied_networks_read_and_write_with_one_table():
    model = Network(SRN(6, 6), 6, 11, torch.nn.Embedding(11, 6)).tie()
    assert model.output.weight is model.embedding.weight
    assert model(torch.zeros(3, 2, dtype=torch.int64))[0].shape == (3, 2, 11)


def test_the_size_counts_every_number_once():
    """V (11, 6), c (11,), and a cell of 6 · 6 + 6 · 6 + 6; tied, the table of the embedding is V."""
    model = Network(SRN(6, 6), 6, 11, torch.nn.Embedding(11, 6))
    assert size(model) == 2 * 11 * 6 + 11 + sum(value.numel() for value in SRN(6, 6).parameters())
    assert size(model.tie()) == size(model.cell) + 11 * 6 + 11
