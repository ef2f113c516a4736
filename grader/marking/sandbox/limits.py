"""What a submission may use, and the error where no sandbox can be started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from grader.checks.errors import GraderError
from grader.marking.course.limit_values import amount

MIB = 2**20
PATIENCE = 4
"""How many times its seconds a cell or notebook may take by the clock, where it waits for a processor meanwhile."""


class SandboxUnavailable(GraderError):
    """No sandbox can be started on this machine, so nothing is run and nothing is marked."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Seconds are its own: those in which it computes or sleeps, not those in which it waits for a processor that others
    use, up to `PATIENCE` times as many by the clock. What ends by the clock alone is run again with nobody beside it.

    Attributes:
        cell_seconds: seconds of one cell, which is then interrupted.
        notebook_seconds: seconds of all exercises and their checks together; then the kernel is killed.
        other_seconds: seconds of all other cells together; the one that runs then is interrupted, and of those after it
            only what they define is run. So what a student tries out takes nothing from the exercises.
        memory: bytes of memory of all its processes together, with what the system keeps for them (page tables,
            buffers of sockets); above, the kernel is killed. What several processes share counts once.
        processes: number of its processes and threads together; above, the kernel is killed.
        file: bytes of one file that it writes.
        disk: bytes of each of its private folders, which lie in memory, too; a file counts at least 8 KiB.
        output: bytes of all outputs together, as they are stored: what shows in several places counts in each. Above,
            the kernel is killed.
    """

    cell_seconds: int = 30
    notebook_seconds: int = 120
    other_seconds: int = 60
    memory: int = 3072 * MIB
    processes: int = 128
    file: int = 64 * MIB
    disk: int = 128 * MIB
    output: int = 16 * MIB

    def but(self, given: Mapping[str, object]) -> Limits:
        """These limits with others in place of some, by name; a size may be a text such as "2 GiB".

        Raises:
            GraderError: there is no limit of that name, it is no positive whole number, or too small for any kernel.
        """
        names = [each.name for each in fields(self)]
        found: dict[str, int] = {}
        for name, said in given.items():
            if name not in names:
                raise GraderError(f"there is no limit {name!r}: the limits are {', '.join(names)}")
            try:
                value = amount(name, said)
            except ValueError as why:
                raise GraderError(f"the limit {why}") from None
            if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
                raise GraderError(f"the limit {name} must be a positive whole number, not {said!r}")
            found[name] = value
        return replace(self, **found)
