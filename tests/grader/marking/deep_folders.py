"""Folders inside each other, deeper than a path may be long; pytest could not remove them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def deep_folders(top: Path, depth: int, name: str) -> Iterator[None]:
    """Inside, there are so many folders of that name, each in the one before."""
    here = os.getcwd()
    os.chdir(top)
    for _ in range(depth):
        os.mkdir(name)
        os.chdir(name)
    os.chdir(here)
    try:
        yield
    finally:
        os.chdir(top)
        while os.path.isdir(name):
            os.chdir(name)
        while not os.path.samefile(".", top):
            os.chdir("..")
            os.rmdir(name)
        os.chdir(here)
