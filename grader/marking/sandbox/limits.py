"""What a submission may use, and the error where no sandbox can be started."""

from __future__ import annotations

from dataclasses import dataclass

from grader.checks.errors import GraderError

MIB = 2**20


class SandboxUnavailable(GraderError):
    """No sandbox can be started on this machine, so nothing is run and nothing is marked."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        cell_seconds: seconds of one cell, which is then interrupted.
        notebook_seconds: seconds of all cells together; then the kernel is killed.
        memory: bytes of resident memory of all its processes together; above, the kernel is killed.
        processes: number of its processes and threads together; above, the kernel is killed.
        file: bytes of one file that it writes.
        disk: bytes of each of its private folders.
        output: bytes of all outputs together; above, the kernel is killed.
    """

    cell_seconds: int = 30
    notebook_seconds: int = 120
    memory: int = 3072 * MIB
    processes: int = 128
    file: int = 64 * MIB
    disk: int = 128 * MIB
    output: int = 16 * MIB
