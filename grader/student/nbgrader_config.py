"""nbgrader's configuration on a student's machine: installing the package puts it into ``etc/jupyter``."""

from grader.checks.validate import validate_by_exercise

c = get_config()  # type: ignore[name-defined]  # noqa: F821 (traitlets gives it)
validate_by_exercise(c)  # a line for each exercise; of the long experiments Validate runs what they define
