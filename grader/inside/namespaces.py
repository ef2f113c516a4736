"""Namespaces for one kernel, by the system's own calls: what bubblewrap does for a command, done for a fork.

`fork_namespaces` makes them, `mount_private` the private folders and a /proc of its own, `lock` gives up every right.
See ``man 7 namespaces`` and ``man 7 user_namespaces``.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import stat
import struct
from collections.abc import Iterable, Mapping

NEWNS, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000
ALL_NEW = NEWNS | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 1 << 14, 1 << 18
NOATIME, NODIRATIME, RELATIME = 1 << 10, 1 << 11, 1 << 21
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
SECCOMP_MODE_FILTER, CAPABILITY_VERSION = 2, 0x20080522
CLONE = {"x86_64": 56, "aarch64": 220}
"""Number of the system call ``clone``."""
TERMINALS = 16
"""Most pseudo-terminals of a kernel; the system has some thousands for everybody."""
BYTES_FOR_EACH_FILE = 8192
"""A private folder takes one file for so many bytes of its size: an empty one takes memory, too."""

_libc = ctypes.CDLL(None, use_errno=True)


def fork_namespaces() -> int:
    """Fork a child that is process 1 in new namespaces, with all rights there and none outside.

    Returns:
        the child's process id in the parent, 0 in the child.

    The child must fork once more before it runs code of anybody else: the C library does not know of this fork, so its
    own notes, such as the thread's number, are the parent's.

    Raises:
        OSError: the kernel refused, or the processor is not in `CLONE`.
    """
    if platform.machine() not in CLONE:
        raise OSError(f"no number of the system call clone is known for {platform.machine()}")
    user, group = os.getuid(), os.getgid()
    child: int = _libc.syscall(CLONE[platform.machine()], ALL_NEW | signal.SIGCHLD, None, None, None, None)
    if child < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"new namespaces were refused: {os.strerror(code)}")
    if child == 0:
        _call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    return child


def mount_private(private: Mapping[str, int], kept: Iterable[str]) -> None:
    """Cover folders by empty private ones, /dev/pts and /proc by such as belong to these namespaces alone.

    Args:
        private: folder → its size in bytes; it takes a file for every `BYTES_FOR_EACH_FILE` of them.
        kept: folders that stay visible, although they lie in private ones.
    """
    _mount(None, "/", None, REC | PRIVATE)
    open_folders = {path: os.open(path, os.O_PATH) for path in kept}
    for folder, size in private.items():
        most = size // BYTES_FOR_EACH_FILE
        _mount("tmpfs", folder, "tmpfs", NOSUID | NODEV, f"size={size},nr_inodes={most},mode=0700")
    for path, handle in open_folders.items():
        os.makedirs(path)
        _mount(f"/proc/self/fd/{handle}", path, None, BIND | REC)
        os.close(handle)
    _mount("devpts", "/dev/pts", "devpts", NOSUID | NOEXEC, f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}")
    _freeze_devices()
    _mount("proc", "/proc", "proc", NOSUID | NODEV | NOEXEC)
    _write("/proc/sys/user/max_user_namespaces", "0")
    # all of it: where root marks, the system takes the code in the sandbox for the owner of /proc/sys
    _mount(None, "/proc", None, BIND | REMOUNT | RDONLY | NOSUID | NODEV | NOEXEC)


def _freeze_devices() -> None:
    """Let nobody change the rights or times of /dev/null and the like, which are the host's own; they work as before.

    Where root marks, the system takes the code in the sandbox for their owner.
    """
    for device in os.scandir("/dev"):
        if stat.S_ISCHR(device.stat(follow_symlinks=False).st_mode):
            _mount(None, device.path, None, BIND | REMOUNT | RDONLY | _flags(device.path))


def _flags(path: str) -> int:
    """Those flags of a mount that none but its owner may take away."""
    now = os.statvfs(path).f_flag
    relative = RELATIME if now & os.ST_RELATIME else 0
    return now & (NOSUID | NODEV | NOEXEC | NOATIME | NODIRATIME) | relative


def hide() -> None:
    """Let nobody look into this process, or change it, through /proc."""
    _call("prctl", PR_SET_DUMPABLE, 0, 0, 0, 0)


def lock(limits: Mapping[str, int], refused: bytes) -> None:
    """Give up every capability for good, set the limits, and refuse system calls.

    Args:
        limits: soft and hard limits by the names of `resource`, without their prefix: {"FSIZE": bytes, …}.
        refused: a seccomp filter, or nothing.
    """
    for name, most in limits.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    for capability in range(64):  # past the last one the kernel says EINVAL
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    _call("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call("capset", struct.pack("II", CAPABILITY_VERSION, 0), bytes(24))
    if refused:
        steps = ctypes.create_string_buffer(refused, len(refused))
        program = struct.pack("HxxxxxxP", len(refused) // 8, ctypes.addressof(steps))
        _call("prctl", PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0)


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind, options)]
    _call("mount", *texts[:3], ctypes.c_ulong(flags), texts[3])


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY)
    os.write(handle, text.encode())
    os.close(handle)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}{arguments}: {os.strerror(code)}")
