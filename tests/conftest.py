"""What every test leaves behind is cleared away, so that no test depends on those before it."""

import sys

import pytest


@pytest.fixture(autouse=True)
def close_figures():
    """matplotlib keeps every figure until it is closed, and warns when there are many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
