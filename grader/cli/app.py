"""The command itself: its help in two panels, and errors in a line.

Exit codes: 0 all fine; 1 something is missing, differs or was not marked; 2 the command was typed wrongly.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from grader.checks.errors import GraderError
from grader.cli.encoding import print_any_character
from grader.cli.terminal import err, plain
from grader.student.begin import here_is_the_clone

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
"""jsonschema would load it, to check addresses of the web that no notebook has: a quarter of the time to start."""
STUDENT, COURSE, MAINTAINER = "For students", "The course", "For maintainers"
"""The panels of `grader --help`."""
COURSES = (
    *("release", "collect", "autograde", "feedback", "report", "desk"),
    *("roster", "course", "extend", "import", "export", "similar", "journal"),
    *("lab", "doctor"),
)
"""The instructor's commands, as `grader --help` lists them."""
MAINTAINERS = (
    *("demo", "cluster-demo", "bench", "margins", "fidelity", "record", "mistakes", "sync", "site"),
    "new-lesson",
)
"""The maintainers' commands, as `grader --help` lists them."""
IN_THE_CLONE = (*COURSES, *MAINTAINERS)
"""What the students' package does not have."""
UNIX = ("fcntl", "grp", "pwd", "resource", "termios")
"""Modules of Python that Windows lacks."""
ON_LINUX = (
    "marking runs on Linux: on Windows in WSL 2, on macOS in a virtual machine. "
    "To learn you need none of it: `grader start 01`, `check` and Validate work here"
)


class OneLineErrors(TyperGroup):
    """Shows the grader's own errors and an interruption in one line, without a traceback, in any encoding.

    What is missing on this machine for a command is such an error, too.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names: the students' first, then in the order of a course."""
        return sorted(self.commands, key=lambda name: IN_THE_CLONE.index(name) if name in IN_THE_CLONE else -1)

    def main(self, *args: Any, **kw: Any) -> Any:
        """Run the command line."""
        print_any_character()
        return super().main(*args, **kw)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of that name; one of the instructor's is named as such where there is none."""
        if args and args[0] in IN_THE_CLONE:
            if args[0] not in self.commands:
                raise GraderError(f"`grader {args[0]}` is the instructor's, and works in a clone of the workbook")
            if sys.platform == "win32":
                raise GraderError(f"`grader {args[0]}` is the instructor's, and {ON_LINUX}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as missing:
            name = (missing.name or "").partition(".")[0]
            if name in ("", "grader", "solutions"):
                raise
            err.print(f"[red]✗[/] {plain(_not_installed(ctx.invoked_subcommand, name))}", highlight=False)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            err.print("[red]✗[/] Stopped. What is done is saved; the same command goes on from here.")
            raise typer.Exit(130) from None
        except GraderError as failure:
            err.print(f"[red]✗[/] {plain(failure)}", highlight=False)
            raise typer.Exit(1) from None
        except OSError as failure:
            if isinstance(failure, BrokenPipeError):
                raise
            err.print(f"[red]✗[/] {plain(failure)}", highlight=False)
            raise typer.Exit(1) from None


def _not_installed(command: str, package: str) -> str:
    """Why a command does not work without that package, and the way out."""
    if command not in IN_THE_CLONE:
        return f"{package} is not installed: pip install {package}"
    if not sys.platform.startswith("linux"):
        return f"`grader {command}` is the instructor's, and {ON_LINUX}"
    way_out = "in the clone, type `make setup` and use .venv/bin/grader; or pip install --editable '.[instructor]'"
    return f"`grader {command}` is the instructor's, and {package} is not installed: {way_out}"


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Start lessons and hand them in; release them, mark what is handed in, and give it back. "
    "A lesson is named 01-srn, 01 or srn.",
    epilog="A course goes: release → (students work and submit) → collect → autograde → feedback → report."
    if here_is_the_clone()
    else None,
)

Lesson = Annotated[str, typer.Argument(help="The lesson: 01-srn, 01 or srn.", metavar="LESSON")]
OneOrAll = Annotated[str | None, typer.Argument(help="The lesson; all lessons if none is named.", metavar="[LESSON]")]
