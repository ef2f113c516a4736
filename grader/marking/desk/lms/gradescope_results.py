"""An "autograder" for Gradescope that computes nothing: it gives each submission the points that this course gave.

Gradescope imports no points. A *programming assignment* there takes a zip with ``setup.sh`` and ``run_autograder``,
runs it on every submission, and takes points and text from the ``results.json`` that it writes.
https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

import json

from grader.marking.desk.lms.grades import Grades
from grader.marking.desk.lms.pages import packed

RUN = '''#!/usr/bin/env python3
"""Look up the points of whoever handed this in; no code of theirs is run."""

import json
import os
from pathlib import Path

top = Path(os.environ.get("AUTOGRADER", "/autograder"))
given = json.loads((top / "source" / "points.json").read_text(encoding="utf-8"))
users = json.loads((top / "submission_metadata.json").read_text(encoding="utf-8")).get("users", [])
names = [str(user.get(key) or "").strip().casefold() for user in users for key in ("email", "sid")]
found = next((given[name] for name in names if name and name in given), None)
result = found or {"score": 0, "output": "Nothing of this submission is marked yet.", "visibility": "hidden"}
(top / "results").mkdir(exist_ok=True)
(top / "results" / "results.json").write_text(json.dumps(result), encoding="utf-8")
'''


def autograder(grades: Grades) -> bytes:
    """The zip: points by e-mail and SID, in small letters."""
    points: dict[str, dict[str, object]] = {}
    for one in grades.students.values():
        grade = grades.of(one.id)
        if grade.points is not None:
            result = {"score": grade.points, "output": grade.comment, "output_format": "text"}
            points |= {name.casefold(): result for name in (one.email, one.lms_id, one.id) if name}
    text = json.dumps(points, ensure_ascii=False, indent=1, sort_keys=True)
    files = {"setup.sh": "#!/usr/bin/env bash\n", "run_autograder": RUN, "points.json": text}
    modes = {"setup.sh": 0o755, "run_autograder": 0o755}
    return packed(((name, content.encode()) for name, content in files.items()), modes)
