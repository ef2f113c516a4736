"""What the disk refused, in a sentence with the way out."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.checks.errors import GraderError

NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)
FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


@contextmanager
def in_words(way_out: str) -> Iterator[None]:
    """Inside, what the disk refuses is said in a sentence.

    Args:
        way_out: what else to do where a folder cannot be written, as the end of a sentence.

    Raises:
        GraderError: in place of an OSError.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as failure:
        raise GraderError(_sentence(failure, way_out)) from None


def _sentence(failure: OSError, way_out: str) -> str:
    reason = (failure.strerror or str(failure)).lower()
    if failure.filename is None:
        return str(failure)
    path = Path(os.fsdecode(failure.filename)).absolute()
    if failure.errno in FULL:
        return f"there is no space left on the disk of {path.parent}: make some, and try again"
    if failure.errno not in NOT_ALLOWED:
        return f"{path}: {reason}"
    if os.path.isfile(path) and not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        return f"{path} cannot be read: {reason}"
    return f"the folder {_there(path.parent)} cannot be written: {reason}. Allow it, or {way_out}"


def _there(path: Path) -> Path:
    """That folder, or the nearest one above it that is there."""
    return path if os.path.lexists(path) or path == path.parent else _there(path.parent)
