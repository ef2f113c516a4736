"""Downloads as Canvas, Moodle and Gradescope make them, by what their own code writes.

Canvas (`lib/content_zipper.rb`): all files side by side; names in UTF-8 without the flag that says so (rubyzip), small
letters, nothing but word signs; every entry has the time of packing. Moodle (`mod/assign/classes/downloader.php`): a
folder for each participant, or with "download in folders" off a prefix; the flag is set. Gradescope: a folder for each
submission below ``assignment_…_export``, and ``submission_metadata.yml``.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

PACKED = (2026, 5, 8, 9, 30, 0)
"""When the LMS packed them, by its clock."""


class WithoutFlag(zipfile.ZipInfo):
    """An entry named in UTF-8 that does not say so, as rubyzip writes it."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("utf-8"), self.flag_bits & ~0x800


def zip_of(path: Path, files, *, packed=PACKED, flagged=True, compression=zipfile.ZIP_DEFLATED) -> Path:
    """A zip of (name, content) in that order, where a name may stand twice."""
    with zipfile.ZipFile(path, "w") as made:
        for name, content in files:
            entry = (zipfile.ZipInfo if flagged else WithoutFlag)(name, packed)
            entry.compress_type, entry.create_system, entry.external_attr = compression, 3, 0o644 << 16
            made.writestr(entry, content)
    return path


def canvas_name(sortable: str, user: int | str, attachment: int, file: str, *, late: bool = False) -> str:
    parts = [sortable.lower(), *(["LATE"] if late else []), str(user)]
    return re.sub(r"[^\w]", "", "_".join(parts)) + f"_{attachment}_" + re.sub(r'[\x00/\\:*?"<>|]+', "_", file)


def canvas(path: Path, files, **options) -> Path:
    return zip_of(path, files, flagged=False, **options)


def moodle_name(full: str, participant: int, file: str, *, folders: bool = True, before_4_1: bool = True) -> str:
    prefix = re.sub(r"[&<>\"`|':\\/*?]", "", full.replace("_", " ")) + f"_{participant}_assignsubmission_file"
    return f"{prefix}{'_' if before_4_1 else ''}/{file}" if folders else f"{prefix}_{file}"


def gradescope(path: Path, submissions, **options) -> Path:
    """Of (folder, [(name, sid, e-mail), …], time, files)."""
    top, lines, files = "assignment_4711_export/", [], []
    for folder, people, when, inside in submissions:
        lines += ["---"] if not lines else []
        lines += [f"{folder}:", "  :submitters:"]
        for name, sid, email in people:
            lines += [f"  - :name: {name}", f"    :sid: '{sid}'", f"    :email: {email}"]
        lines += [f"  :created_at: {when}", "  :score: 0.0", "  :status: processed", "  :results:", "    tests: []"]
        files += [(f"{top}{folder}/{name}", content) for name, content in inside]
    return zip_of(path, [(f"{top}submission_metadata.yml", "\n".join(lines) + "\n"), *files], **options)
