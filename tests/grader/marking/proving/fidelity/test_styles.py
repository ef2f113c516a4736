"""Does a style change how an answer is written, and nothing of what it says?"""

import numpy as np

from grader.checks.task import find_task
from grader.marking.proving.fidelity.styles import as_lists, in_double, in_fortran_order, styles
from solutions.srn import SRN, step

X = np.arange(6.0, dtype="float32").reshape(2, 3)


def twice(x, more):
    return {"y": 2 * x}, [x.dtype, x.flags.f_contiguous], more


def test_in_double_precision_computes_in_float64():
    answer, (dtype, _), _ = in_double(twice)(X, more=1)
    assert dtype == answer["y"].dtype == np.float64
    np.testing.assert_array_equal(answer["y"], 2 * X)


def test_in_fortran_order_comes_in_and_goes_out_so():
    answer, (_, fortran), _ = in_fortran_order(twice)(X, more=(X,))
    assert fortran
    assert answer["y"].flags.f_contiguous
    np.testing.assert_array_equal(answer["y"], 2 * X)


def test_as_lists_gives_lists_but_for_empty_arrays():
    answer, _, more = as_lists(twice)(X, more=np.zeros((0, 3)))
    assert answer["y"] == (2 * X).tolist()
    assert more.shape == (0, 3)


def test_modules_and_tensors_have_one_style():
    assert list(styles(find_task("srn.module"), SRN)) == ["as written"]
    assert len(styles(find_task("srn.step"), step)) == 4
