"""Mark and make the feedback, alone: ``python marking_run.py LIMITS``, limits and outcomes as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from grader.marking.autograde.run import autograde
from grader.marking.feedback.run import feedback
from grader.marking.sandbox.bubblewrap import Limits

LESSON = "01-srn"

if __name__ == "__main__":
    summary = autograde(LESSON, limits=Limits(**json.loads(sys.argv[1])))
    feedback(LESSON, to_exchange=False)
    print("\n" + json.dumps([asdict(outcome) for outcome in summary.outcomes]))
