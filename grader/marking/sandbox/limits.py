"""What a submission may use, and the error where no sandbox can be had."""

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
        cell_seconds: of one cell; it is interrupted then.
        notebook_seconds: of all cells together; the kernel is killed then.
        memory: bytes of resident memory of all its processes together; the kernel is killed then.
        processes: all its processes and threads together; the kernel is killed then.
        file: bytes of one file that it writes.
        disk: bytes of each of its private folders.
        output: bytes of all outputs together; the kernel is killed then.
    """

    cell_seconds: int = 30
    notebook_seconds: int = 120
    memory: int = 3072 * MIB
    processes: int = 128
    file: int = 64 * MIB
    disk: int = 128 * MIB
    output: int = 16 * MIB
