"""Mark and make the feedback, alone: ``python marking_run.py LIMITS``, limits and outcomes as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from grader.marking.autograde.autograde import autograde
from grader.marking.course.course import Course
from grader.marking.feedback.feedback import feedback
from grader.marking.sandbox.limits import Limits

LESSON = "01-srn"

if __name__ == "__main__":
    course = Course.from_environment()
    summary = autograde(course, LESSON, limits=Limits(**json.loads(sys.argv[1])))
    feedback(course, LESSON, to_exchange=False)
    print("\n" + json.dumps([asdict(outcome) for outcome in summary.outcomes]))
