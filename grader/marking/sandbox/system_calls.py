"""The seccomp filter: it refuses system calls that no lesson needs, whose memory is charged to no process, or by which
kernels could talk to each other.

The filter is a BPF program (``man 2 seccomp``). Each kernel installs it on itself before it runs a cell
(`grader.inside.namespaces.lock`). A refused call fails with EPERM, or as it would on a system without it; a lock on a
file is said to be had, and is none: kernels see the same read-only files, and would see each other's locks on them.
"""

from __future__ import annotations

import errno
import platform
import socket
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
    "mq_open": (240, 180),  # counted for the user, whoever it is that marks
    "fanotify_init": (300, 262),  # who reads a file that all see
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
ABSENT = {
    "inotify_init1": (294, 26),  # who opens a file that all see; programs know systems that cannot tell
    "mincore": (27, 232),  # which pages of it are in memory
    "cachestat": (451, 451),
    "preadv2": (327, 286),  # the same, by RWF_NOWAIT; without flags the C library takes preadv
    "io_setup": (206, 0),  # the system has a number of them for everybody
}
"""Calls that fail as on a system which does not have them (ENOSYS)."""
ONLY_X86_64 = {"inotify_init": 253}
PRETENDED = {
    "flock": (73, 32),
    "fadvise64": (221, 223),  # advice: which pages of a file are wanted in memory
}
"""Calls that do nothing and succeed."""
FCNTL, SOCKET, SOCKETPAIR, MMAP, SETSOCKOPT = (72, 25), (41, 198), (53, 199), (9, 222), (54, 208)
LOCKS = (6, 7, 37, 38)
"""F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW: pretended, like flock. SQLite and others go on as if alone."""
TOLD = (1024, 1026)
"""F_SETLEASE and F_NOTIFY: who opens or reads a file that all see. Refused."""
FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)
"""Families of sockets that there are. Others, such as AF_VSOCK, may belong to no network namespace."""
BUFFERS = (7, 8)
"""SO_SNDBUF and SO_RCVBUF, whose memory is charged to no process: pretended."""
SHARED_ANONYMOUS = 0x21
"""MAP_SHARED and MAP_ANONYMOUS: memory that is no longer charged once its pages are given back, and stays."""


LOAD, EQUAL, AT_LEAST, AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
"""What the filter returns: let it pass; fail with EPERM."""
FAIL = 0x00050000
"""The same with any error, added to it; with none, the call does nothing and succeeds."""
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
"""Offsets in ``struct seccomp_data``."""
FOREIGN = 0x40000000
"""From this number on, x86_64 has each call a second time (the x32 ABI)."""


def filter_program(machine: str | None = None, gpu: bool = False) -> bytes:
    """The filter for that machine (this one, if None), as ``prctl`` reads it; empty where no numbers are known.

    Calls of another architecture of the same processor are all refused. CUDA's driver shares memory with itself: with
    ``gpu`` it may.
    """
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return b""
    which = list(ARCHITECTURES).index(machine)
    program = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, ARCHITECTURES[machine], then=1),
        _step(RETURN, REFUSE),
        _step(LOAD, NUMBER),
        *([_step(AT_LEAST, FOREIGN, otherwise=1), _step(RETURN, REFUSE)] if machine == "x86_64" else []),
        *([] if gpu else _on_call(MMAP[which], _any_of(3, (SHARED_ANONYMOUS,), REFUSE, mask=SHARED_ANONYMOUS))),
        *_on_call(FCNTL[which], _any_of(1, LOCKS, FAIL) + _any_of(1, TOLD, REFUSE)),
        *_on_call(SETSOCKOPT[which], _any_of(2, BUFFERS, FAIL)),
        *_on_call(SOCKET[which], _none_of(0, FAMILIES, FAIL + errno.EAFNOSUPPORT)),
        *_on_call(SOCKETPAIR[which], _none_of(0, FAMILIES, FAIL + errno.EAFNOSUPPORT)),
    ]
    for calls, end in ((PRETENDED, FAIL), (REFUSED, REFUSE), (ABSENT, FAIL + errno.ENOSYS)):
        for numbers in calls.values():
            program += _on_call(numbers[which], [_step(RETURN, end)])
    if machine == "x86_64":
        for number in ONLY_X86_64.values():
            program += _on_call(number, [_step(RETURN, FAIL + errno.ENOSYS)])
    return b"".join([*program, _step(RETURN, ALLOW)])


def _on_call(number: int, then: list[bytes]) -> list[bytes]:
    """Steps for one system call. They may replace what was loaded: behind them it is the number again."""
    ends = [] if len(then) == 1 else [_step(RETURN, ALLOW)]
    return [_step(EQUAL, number, otherwise=len(then) + len(ends)), *then, *ends]


def _any_of(argument: int, values: tuple[int, ...], end: int, mask: int = 0xFFFFFFFF) -> list[bytes]:
    """End so where an argument, of which 32 bits count, is one of these."""
    tests = [_step(EQUAL, value, then=len(values) - 1 - i) for i, value in enumerate(values[:-1])]
    return [*_load(argument, mask), *tests, _step(EQUAL, values[-1], otherwise=1), _step(RETURN, end)]


def _none_of(argument: int, values: tuple[int, ...], end: int) -> list[bytes]:
    """The same where it is none of them."""
    tests = [_step(EQUAL, value, then=len(values) - i) for i, value in enumerate(values)]
    return [*_load(argument, 0xFFFFFFFF), *tests, _step(RETURN, end)]


def _load(argument: int, mask: int) -> list[bytes]:
    return [_step(LOAD, ARGUMENTS + 8 * argument), _step(AND, mask)]


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; ``then`` and ``otherwise`` say how many to skip."""
    return struct.pack("=HBBI", code, then, otherwise, value)
