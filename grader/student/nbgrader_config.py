"""nbgrader's configuration on a student's machine: installing the package puts it into ``etc/jupyter``."""

from grader.checks.validate import only_define

c = get_config()  # type: ignore[name-defined]  # noqa: F821 (traitlets gives it)
c.Execute.on_cell_start = only_define  # Validate runs of the long experiments what they define, and the tasks
