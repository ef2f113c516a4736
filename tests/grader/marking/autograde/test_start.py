"""Is what a run imports before it begins no more than it needs?"""

from __future__ import annotations

import subprocess
import sys

START = "import sys, grader.marking.autograde.autograde, grader.marking.desk.configuration; print(*sys.modules)"


def test_who_coordinates_imports_neither_pytorch_nor_ipython():
    """They take a second, and only those who judge or run notebooks need them."""
    done = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True)
    assert not {"torch", "IPython", "matplotlib"} & set(done.stdout.split())
