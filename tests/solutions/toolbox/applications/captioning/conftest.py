from pathlib import Path

import pytest

from solutions.toolbox.applications.captioning.album import Album

FOLDER = Path(__file__).resolve().parents[5] / "lessons/08-applications/data/captioning"


@pytest.fixture(scope="module")
def album():
    return Album.read(FOLDER)
