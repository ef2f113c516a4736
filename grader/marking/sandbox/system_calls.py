"""The seccomp filter: it refuses system calls that no lesson needs or whose memory is charged to no process.

The filter is a BPF program (``man 2 seccomp``). Each kernel installs it on itself before it runs a cell
(`grader.inside.namespaces.lock`). A refused call fails with EPERM.
"""

from __future__ import annotations

import platform
import struct

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machine → its AUDIT_ARCH number."""

# name: (x86_64, aarch64)
REFUSED = {
    "memfd_create": (319, 279),  # files in memory, charged to no process
    "memfd_secret": (447, 447),
    "shmget": (29, 194),  # System V memory, the same
    "msgget": (68, 186),
    "semget": (64, 190),
    "add_key": (248, 217),  # keyrings are shared with the host
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "io_uring_setup": (425, 425),
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "open_by_handle_at": (304, 265),
}

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050001
"""What the filter returns: let it pass; fail with EPERM."""
NUMBER, ARCHITECTURE = 0, 4
"""Offsets in ``struct seccomp_data``."""
FOREIGN = 0x40000000
"""From this number on, x86_64 has each call a second time (the x32 ABI)."""


def filter_program(machine: str | None = None) -> bytes:
    """The filter for that machine (this one, if None), as ``prctl`` reads it; empty where no numbers are known.

    Calls of another architecture of the same processor are all refused.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return b""
    numbers = [pair[list(ARCHITECTURES).index(machine)] for pair in REFUSED.values()]
    tests = [(EQUAL, number) for number in numbers] + ([(AT_LEAST, FOREIGN)] if machine == "x86_64" else [])
    program = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, ARCHITECTURES[machine], otherwise=len(tests) + 2),
        _step(LOAD, NUMBER),
        *(_step(test, number, then=len(tests) - i) for i, (test, number) in enumerate(tests)),
        _step(RETURN, ALLOW),
        _step(RETURN, REFUSE),
    ]
    return b"".join(program)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; ``then`` and ``otherwise`` say how many to skip."""
    return struct.pack("=HBBI", code, then, otherwise, value)
