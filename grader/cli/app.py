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
from grader.cli.printing import err, plain

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
"""jsonschema would load it, to check addresses of the web that no notebook has: a quarter of the time to start."""
COURSE, MAINTAINER = "The course", "For maintainers"
"""The panels of `grader --help`."""


class OneLineErrors(TyperGroup):
    """Shows the grader's own errors and an interruption in one line, without a traceback, in any encoding."""

    def main(self, *args: Any, **kw: Any) -> Any:
        """Run the command line."""
        print_any_character()
        return super().main(*args, **kw)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
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


app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Release lessons, mark what students hand in, and give it back. A lesson is named 01-srn, 01 or srn.",
    epilog="A course goes: release → (students work and submit) → collect → autograde → feedback → report.",
)

Lesson = Annotated[str, typer.Argument(help="The lesson: 01-srn, 01 or srn.", metavar="LESSON")]
OneOrAll = Annotated[str | None, typer.Argument(help="The lesson; all lessons if none is named.", metavar="[LESSON]")]
