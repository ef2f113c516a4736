"""What is exported, read as Canvas, Moodle and Gradescope read it: by what their own code does."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
import zipfile


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def canvas_gradebook(path, users):
    """`lib/gradebook_importer.rb`: {user: {title: points}}, {title: points possible}; users by id, login and name."""
    heads, *rows = rows_of(path)
    assert len(heads) > 3
    assert "Student" in heads[0]
    assert "ID" in heads[1]
    assert (heads[2], heads[3], heads[4]) == ("SIS User ID", "SIS Login ID", "Section")
    points, possible = {}, {}
    for row in rows:
        if "Points Possible" in row[0]:
            possible = dict(zip(heads[5:], map(float, row[5:]), strict=True))
            continue
        user = next(
            (one for one in users if one["id"] == row[1]),
            next((one for one in users if row[3] and one["login"] == row[3]), None),
        ) or next((one for one in users if one["name"] == row[0]), None)
        assert user is not None, row
        points[user["id"]] = dict(zip(heads[5:], row[5:], strict=True))
    return points, possible


def canvas_comments(path, attachments):
    """`infer_comment_context_from_filename`: {user: [(name that is shown, content)]}; what is ignored is an error."""
    found = {}
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            parts = [part for part in os.path.basename(name).split("_") if part != "LATE"]
            user, attachment = [part for part in parts if re.fullmatch(r"\d+", part)][:2]
            assert attachments[attachment][0] == user, name
            found.setdefault(user, []).append((attachments[attachment][1], packed.read(name)))
    return found


def moodle_worksheet(path):
    """`importgradeslib.php`: {participant: (points, comment as it is shown)}."""
    heads, *rows = rows_of(path)
    number, grade, comment = (heads.index(one) for one in ("Identifier", "Grade", "Feedback comments"))
    assert "Last modified (grade)" in heads
    read = {}
    for row in rows:
        assert len(row) == len(heads)
        read[int(row[number].removeprefix("Participant "))] = (row[grade], html.unescape(row[comment]))
    return read


def moodle_feedback(path, participants):
    """`importziplib.php`: {participant: [(name, content)]}; what is ignored is an error."""
    found = {}
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            folder, _, file = name.partition("/")
            parts = folder.split("_", 4)
            assert len(parts) >= 4, name
            assert parts[1].isdecimal(), name
            assert int(parts[1]) in participants, name
            assert parts[2:4] == ["assignsubmission", "file"], name
            found.setdefault(int(parts[1]), []).append((file, packed.read(name)))
    return found


def gradescope_autograder(path, folder, **user):
    """What `run_autograder` says of a submission by that user."""
    with zipfile.ZipFile(path) as packed:
        assert {one.filename: one.external_attr >> 16 for one in packed.infolist()}["run_autograder"] == 0o755
        packed.extractall(folder / "source")
    (folder / "submission_metadata.json").write_text(json.dumps({"id": 1, "users": [{"id": 2, **user}]}))
    command = [sys.executable, str(folder / "source" / "run_autograder")]
    subprocess.run(command, check=True, env={"AUTOGRADER": str(folder), "PATH": os.environ["PATH"]})
    return json.loads((folder / "results" / "results.json").read_text())
