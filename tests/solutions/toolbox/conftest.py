"""Pictures are drawn and looked at in memory: no window opens. (The conftest of all tests closes the figures.)"""

import matplotlib as mpl
import pytest


@pytest.fixture(autouse=True)
def no_window():
    with mpl.rc_context({"backend": "agg"}):
        yield
