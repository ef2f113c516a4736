"""Does the bench of the cells compare the same computation in three forms, and say so in a line for each size?"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grader.marking.proving.cell_bench import CELLS, forms, main


@pytest.mark.parametrize("name", CELLS)
def test_the_three_forms_compute_the_same_gradients(name):
    ours, torchs, textbook = (form() for form in forms(CELLS[name], 4, 3, 2, 5))
    for way in (ours, textbook):
        np.testing.assert_allclose(way["x"], torchs["x"], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(way["h0"], torchs["h0"], rtol=1e-4, atol=1e-5)


def test_it_says_a_line_for_each_cell_and_size_and_leaves_torch_as_it_was():
    lines, threads = [], torch.get_num_threads()
    main(sizes=((2, 1, 1, 1), (3, 2, 1, 2)), rounds=1, say=lines.append)
    assert len(lines) == 1 + 2 * len(CELLS)
    assert all("ours" in line and "textbook" in line for line in lines[1:])
    assert torch.get_num_threads() == threads
