"""What every test leaves behind is cleared away, so that no test depends on those before it."""

import os
import sys
from importlib import import_module

import pytest
from hypothesis import HealthCheck, settings

from grader.checks.progress import PLACE
from grader.marking.course.course import VARIABLE

# A busy machine draws examples slowly, which says nothing of the code; in CI the same examples are drawn every time.
settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("house")

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when NumPy and PyTorch start: files of tests run side by side


os.environ[PLACE] = "off"  # tests, and the kernels and commands that they start, earn nothing for whoever runs them


def pytest_collection_modifyitems(items):
    """Where there is no GPU, what needs one is skipped, and says so."""
    needing = [item for item in items if item.get_closest_marker("gpu")]
    if needing and not import_module("torch").cuda.is_available():
        for item in needing:
            item.add_marker(pytest.mark.skip(reason="no GPU that PyTorch can use"))


@pytest.fixture(autouse=True)
def close_figures():
    """matplotlib keeps every figure until it is closed, and warns when there are many."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(autouse=True)
def the_course_of_the_environment_stays():
    """A test that named another course for all who come after it would be their mistake to find."""
    before = os.environ.get(VARIABLE)
    yield
    assert os.environ.get(VARIABLE) == before, f"the test left {VARIABLE} changed"
