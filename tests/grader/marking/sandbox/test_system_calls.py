"""Does the seccomp filter refuse what it should on each processor, by what and how it is called?"""

from __future__ import annotations

import errno
import struct

import pytest

from grader.marking.sandbox.system_calls import ALLOW, ARCHITECTURES, FAIL, filter_program

PRETENDED = FAIL
REFUSED = FAIL | errno.EPERM
NO_FAMILY = FAIL | errno.EAFNOSUPPORT
ABSENT = FAIL | errno.ENOSYS


def verdict(machine, number, *arguments, gpu=False, architecture=None):
    """What the filter returns, by running its steps as Linux does."""
    data = struct.pack(
        "=IIQ6Q", number, architecture or ARCHITECTURES[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    steps = list(struct.iter_unpack("=HBBI", filter_program(machine, gpu)))
    at = held = 0
    while True:
        code, then, otherwise, value = steps[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif code == 0x54:
            held &= value
        else:
            at += then if (held == value if code == 0x15 else held >= value) else otherwise


CALLS = [
    ("read", (0, 63), (), ALLOW),
    ("futex", (202, 98), (), ALLOW),
    ("memfd_create", (319, 279), (), REFUSED),
    ("open_by_handle_at", (304, 265), (), REFUSED),
    ("inotify_init1", (294, 26), (), ABSENT),
    ("flock", (73, 32), (3, 2), PRETENDED),
    *(("fcntl", (72, 25), (3, command), PRETENDED) for command in (6, 7, 37, 38)),
    *(("fcntl", (72, 25), (3, command), ALLOW) for command in (0, 1, 2, 3, 4, 5, 36, 1030)),
    *(("fcntl", (72, 25), (3, command), REFUSED) for command in (1024, 1026)),
    *(("socket", (41, 198), (family, 1), ALLOW) for family in (1, 2, 10)),
    *(("socket", (41, 198), (family, 1), NO_FAMILY) for family in (0, 16, 17, 31, 38, 40)),
    ("socketpair", (53, 199), (1, 1), ALLOW),
    ("socketpair", (53, 199), (30, 1), NO_FAMILY),
    ("setsockopt", (54, 208), (3, 1, 7), PRETENDED),
    ("setsockopt", (54, 208), (3, 1, 2), ALLOW),
    ("mmap", (9, 222), (0, 4096, 3, 0x22), ALLOW),
    ("mmap", (9, 222), (0, 4096, 3, 0x01), ALLOW),
    ("mmap", (9, 222), (0, 4096, 3, 0x21), REFUSED),
    ("mmap", (9, 222), (0, 4096, 3, 0x4023), REFUSED),
]


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize(("name", "numbers", "arguments", "wanted"), CALLS)
def test_each_call_has_its_answer(machine, name, numbers, arguments, wanted):
    number = numbers[list(ARCHITECTURES).index(machine)]
    assert verdict(machine, number, *arguments) == wanted, name


def test_the_rest():
    """Another architecture's calls, and those of x32; CUDA's driver shares memory with itself."""
    machine = "x86_64"
    assert verdict(machine, 0, architecture=0x40000003) == REFUSED
    assert verdict(machine, 0x40000000 + 41, 1) == REFUSED
    assert verdict(machine, 253) == ABSENT
    assert verdict(machine, 9, 0, 4096, 3, 0x21, gpu=True) == ALLOW
    assert filter_program("riscv64") == b""
