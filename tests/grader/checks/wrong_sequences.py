"""Right and wrong answers to "srn.sequence" and others that several tests need."""

from __future__ import annotations

import numpy as np

from solutions.srn import sequence as right
from solutions.srn import step


def forgets(x, h0, W, U, b):
    """Starts every step from h0: right at time step 0, wrong from 1."""
    return np.stack([step(x_t, h0, W, U, b) for x_t in x])


def unwritten(x, h0, W, U, b):
    raise NotImplementedError


def doubled(x, h0, W, U, b):
    return 2 * right(x, h0, W, U, b)


def batch_first(x, h0, W, U, b):
    return right(x, h0, W, U, b).transpose(1, 0, 2)


def in_place(x, h0, W, U, b):
    answer = right(x, h0, W, U, b)
    h0 += 1
    return answer


def cell(source: str, name: str):
    """The object of that name, defined as if in a notebook's cell."""
    import linecache

    file = "/tmp/ipykernel_7/42.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space = {"np": np}
    exec(compile(source, file, "exec"), space)
    return space[name]
