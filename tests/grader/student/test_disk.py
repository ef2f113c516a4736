"""Is it said in a sentence what the disk refuses, and where?"""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from grader.checks import GraderError
from grader.student.disk import in_words


def said(do) -> str:
    with pytest.raises(GraderError) as raised, in_words("work elsewhere"):
        do()
    return str(raised.value)


@pytest.fixture
def closed():
    """A folder into which nobody but its owner, who runs no longer, may write; another user than root is needed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "secret").touch(mode=0o000)
        folder.chmod(0o555)
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        if root:
            os.seteuid(65534)
        yield folder
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_folder_that_cannot_be_written_is_named_with_the_way_out(closed):
    says = f"the folder {closed} cannot be written: permission denied. Allow it, or work elsewhere"
    assert said((closed / "new").mkdir) == says
    assert said((closed / "new").touch) == says


def test_a_file_that_cannot_be_read_is_named(closed):
    assert said((closed / "secret").read_bytes) == f"{closed / 'secret'} cannot be read: permission denied"


def test_anything_else_is_named_with_its_path(tmp_path):
    (tmp_path / "file").touch()
    assert said((tmp_path / "file" / "new").mkdir) == f"{tmp_path / 'file' / 'new'}: not a directory"


def test_a_full_disk_is_said_to_be_full(tmp_path):
    def write():
        raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "x"))

    assert "no space left" in said(write)
