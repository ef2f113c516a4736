"""Is a stub told from code that forgot its `return`?"""

from __future__ import annotations

import pytest

from grader.checks.begun import is_begun


def docstring(x):
    """Sum of x."""


def dots(x): ...


def refuses(x):
    """Sum of x."""
    raise NotImplementedError()


def computes(x):
    total = x + 1  # noqa: F841


def prints(x):
    print(x)


class Stub:
    def __init__(self):
        self.h = 0

    def forward(self, x):
        pass


class Model(Stub):
    def forward(self, x):
        self.h = x


@pytest.mark.parametrize("answer", [docstring, dots, refuses, Stub])
def test_a_stub_is_not_begun(answer):
    assert not is_begun(answer)


@pytest.mark.parametrize("answer", [computes, prints, Model, lambda x: None, len])
def test_code_is_begun_and_so_is_what_nobody_can_read(answer):
    assert is_begun(answer)
