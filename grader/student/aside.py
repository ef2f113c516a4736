"""Names under which what is there is set aside: with the day, and a number where that is taken."""

from __future__ import annotations

from datetime import date
from pathlib import Path


def dated(path: Path) -> Path:
    """A name that is free: "01-srn-2030-01-31" for the folder "01-srn", "a-2030-01-31-2.zip" for the file "a.zip"."""
    suffix = "" if path.is_dir() else path.suffix
    stem = f"{path.name.removesuffix(suffix)}-{date.today().isoformat()}"
    number, free = 1, path.with_name(f"{stem}{suffix}")
    while free.exists():
        number += 1
        free = path.with_name(f"{stem}-{number}{suffix}")
    return free
