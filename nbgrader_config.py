"""nbgrader's configuration: `nbgrader autograde`, its API and Formgrader's button all mark with this grader.

`grader/marking/desk/configuration.py` says how. What this course wants otherwise is said at the end of this file.
"""

from grader.checks.validate import validate_by_exercise

c = get_config()  # noqa: F821 (traitlets gives it)
validate_by_exercise(c)

try:
    from grader.marking.desk.configuration import configure
except ModuleNotFoundError:  # a student's packages: Validate works, and nothing is marked
    pass
else:
    configure(c)

# What a submission may use is said here: c.RunInSandbox.limits = Limits(cell_seconds=60), and for single lessons
# c.RunInSandbox.lesson_limits = {"05-lstm": {"notebook_seconds": 240}}; see grader/marking/sandbox/limits.py. Or in the
# course's own course.toml, as dates, late rule, exchange and gradebook are: `grader course --new` writes an example.
