"""What a submission can read, reach and do: it reports what it found, and the test reads the report."""

from __future__ import annotations

import os
import socket
import tempfile
from pathlib import Path

import pytest

from grader.marking.course.paths import ROOT
from grader.marking.sandbox.bubblewrap import SYSTEM, kept_folders
from tests.hostile.conftest import SECRET
from tests.hostile.handing_in import FULL, hands_in

pytestmark = pytest.mark.hostile

PLACES = [
    *(
        "/etc/passwd",
        "/etc/shadow",
        "/etc/hostname",
        "/etc/machine-id",
        "/root",
        "/var",
        "/srv",
        "/mnt",
        "/sys",
        "/boot",
    ),
    *(str(ROOT / name) for name in ("grader/marking", "solutions", "lessons", "nbgrader_config.py")),
    *(str(Path.home() / name) for name in (".bashrc", ".ssh", ".config")),
]

NO_ANSWERS = ("/grader/checks/tasks/srn.py", "/solutions/toolbox/pictures/srn.py")
"""What is called like the lesson's solution, and may be seen."""

READ = f"""
    import glob, json, os, sys

    SYSTEM, ENVIRONMENT = {SYSTEM!r}, (os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix))

    def readable(path):
        try:
            if os.path.isdir(path):
                inside = (os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files)
                return any(not file.startswith(ENVIRONMENT) for file in inside)
            with open(path, "rb") as file:
                return bool(file.read(1))
        except OSError:
            return False

    def found(*names):
        "Every file of such a name, anywhere."
        skip = ("/proc", "/sys", "/dev", "/etc", *SYSTEM)
        return sorted(
            os.path.join(folder, name)
            for top in os.scandir("/") if top.path not in skip
            for folder, folders, files in os.walk(top.path)
            for name in (*folders, *files)
            if name in names and not folder.startswith(ENVIRONMENT)
        )

    names = ("gradebook.db", "secret.key", "references", "misconceptions", "marking", "submitted", "autograded",
             "release", "nbgrader_config.py", "verdicts", "exchange", "alternatives", "srn.py", ".git", "run.json")
    environments = b"".join(open(path, "rb").read() for path in glob.glob("/proc/*/environ") if readable(path))
    lines = b"".join(open(path, "rb").read() for path in glob.glob("/proc/*/cmdline") if readable(path))
    roots = sorted({{os.stat(path).st_ino for path in glob.glob("/proc/[0-9]*/root/") if readable(path)}})
    report = {{
        "found": found(*names),
        "readable": [path for path in {PLACES!r} if readable(path)],
        "secret in environments": {SECRET!r}.encode() in environments + lines,
        "environment": sorted(os.environ),
        "processes": sorted(int(path.split("/")[2]) for path in glob.glob("/proc/[0-9]*/stat")),
        "roots": len(roots),
        "home": os.listdir(os.path.expanduser("~")),
        "tmp": [name for name in os.listdir("/tmp") if not name.startswith(("torch", "matplotlib", "tmp"))],
        "open files": sorted({{os.readlink(path) for path in glob.glob("/proc/self/fd/*") if os.path.islink(path)
                              and "/" == os.readlink(path)[0]}} - {{"/dev/null"}}),
    }}
    print("REPORT", json.dumps(report))
    """


@hands_in(solved=None, first=(READ,))
def test_reads_whatever_it_finds(mark):
    """Hopes for answers, marks, secrets, other students' work, the instructor's files, other processes."""
    report = mark.report
    assert [path for path in report["found"] if not path.endswith(NO_ANSWERS)] == []
    assert report["readable"] == []
    assert not report["secret in environments"]
    assert not [name for name in report["environment"] if any(part in name for part in ("COURSE", "TOKEN", "_RUN"))]
    assert len(report["processes"]) <= 3
    assert set(report["home"]) <= {".cache", ".config", ".ipython"}
    kept = {Path(path).parts[2] for path in kept_folders() if path.startswith("/tmp/")}  # a clone there: its Python
    assert set(report["tmp"]) == kept
    assert report["roots"] <= 1
    assert mark.points == FULL


IMPORTS = """
    import importlib, json

    def importable(name):
        try:
            importlib.import_module(name)
            return True
        except ImportError:
            return False

    names = ("solutions.srn", "solutions.bptt", "grader.marking", "grader.marking.answers.references", "grader.cli")
    print("REPORT", json.dumps([name for name in names if importable(name)]))
    """


@hands_in(first=(IMPORTS,))
def test_imports_the_answers(mark):
    """Hopes that the solutions or the instructor's side can be imported."""
    assert mark.report == []


NETWORK = """
    import json, os, socket

    def opens(attempt):
        try:
            attempt()
            return True
        except OSError:
            return False

    def connects(family, address, kind=socket.SOCK_STREAM):
        def attempt():
            with socket.socket(family, kind) as mine:
                mine.settimeout(1)
                mine.connect(address)
                mine.send(b"x")
        return opens(attempt)

    SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private")
    inet, unix = socket.AF_INET, socket.AF_UNIX
    report = {
        "tcp": connects(inet, ("192.0.2.1", 80)),
        "tcp of the host": connects(inet, ("127.0.0.1", int(PORT))),
        "udp": connects(inet, ("192.0.2.1", 53), socket.SOCK_DGRAM),
        "dns": opens(lambda: socket.getaddrinfo("example.org", 80)),
        "ipv6": connects(socket.AF_INET6, ("::1", int(PORT))),
        "raw": opens(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).bind(("lo", 0))),
        "abstract": connects(unix, "\\0" + ABSTRACT),
        "sockets": [path for path in (*SOCKETS, UNIX) if connects(unix, path)],
        "interfaces": sorted(set(os.listdir("/sys/class/net")) if os.path.isdir("/sys/class/net") else []),
    }
    print("REPORT", json.dumps(report))
    """


OPEN: list[socket.socket] = []
"""Sockets of the host that a submission would like to reach."""


def addressed(nb):
    """Open the sockets, and tell the notebook where they are."""
    name, path = f"hostile-{os.getpid()}", f"{tempfile.mkdtemp()}/s"
    OPEN.append(socket.create_server(("127.0.0.1", 0)))
    for address in (f"\0{name}", path):
        OPEN.append(socket.socket(socket.AF_UNIX))
        OPEN[-1].bind(address)
        OPEN[-1].listen()
    cell = next(cell for cell in nb.cells if "getaddrinfo" in cell.source)
    cell.source = f"PORT, ABSTRACT, UNIX = {OPEN[0].getsockname()[1]}, {name!r}, {path!r}\n{cell.source}"
    return nb


@hands_in(first=(NETWORK,), edit=addressed)
def test_talks_to_the_outside(mark):
    """Hopes for a network, the host's own services, or a socket in the file system or without a name."""
    assert mark.report == {
        "tcp": False,
        "tcp of the host": False,
        "udp": False,
        "dns": False,
        "ipv6": False,
        "raw": False,
        "abstract": False,
        "sockets": [],
        "interfaces": [],
    }


PRIVILEGES = """
    import ctypes, glob, json, os, resource, subprocess

    libc = ctypes.CDLL(None, use_errno=True)

    def works(attempt):
        try:
            return bool(attempt())
        except Exception:
            return False

    def in_a_child(call):
        "Does the call return 0 in a child of its own?"
        pid = os.fork()
        if pid == 0:
            os._exit(0 if call() == 0 else 1)
        return os.waitpid(pid, 0)[1] == 0

    def writes(path):
        "Can it be opened for writing? Nothing is written: if it can, it is the host's own."
        return works(lambda: os.close(os.open(path, os.O_WRONLY)) is None)

    def runs(*command):
        return works(lambda: subprocess.run(command, capture_output=True, timeout=5).returncode == 0)

    USER, MOUNT, NET, PID, TIME, UTS, CGROUP = 0x10000000, 0x20000, 0x40000000, 0x20000000, 0x80, 0x4000000, 0x2000000
    FLAGS = (USER, MOUNT, NET, PID, TIME, UTS, CGROUP, USER | MOUNT)
    sets = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    folders = ("/usr", "/usr/bin", "/opt/workbook", os.path.dirname(np.__file__), "/opt/lesson/data", "/etc")
    files = ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sysrq-trigger",
             "/proc/1/oom_score_adj", "/proc/1/mem", "/usr/bin/env",
             "/opt/workbook/grader/checks/check.py",
             "/opt/lesson/data/train.txt", "/opt/workbook/grader/inside/kernel.py",
             "/sys/power/state", np.__file__, *glob.glob("/lesson/data/*")[:3])
    status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
    print("REPORT", json.dumps({
        "namespaces": [flag for flag in FLAGS if in_a_child(lambda: libc.unshare(flag))],
        "mount": in_a_child(lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
        "umount": in_a_child(lambda: libc.umount2(b"/lesson", 2)),
        "chroot": in_a_child(lambda: libc.chroot(b"/tmp")),
        "setuid": in_a_child(lambda: libc.setuid(0)),
        "ptrace of 1": in_a_child(lambda: libc.ptrace(16, 1, 0, 0)),
        "hostname": in_a_child(lambda: libc.sethostname(b"x", 1)),
        "nice": in_a_child(lambda: libc.setpriority(0, 0, -20)),
        "limits": works(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2) is None),
        "device": works(lambda: os.mknod("/tmp/d", 0o60600, os.makedev(8, 0)) is None),
        "setuid programs": [name for name in ("su", "sudo", "mount") if runs(name, "-l", "root", "-c", "true")],
        "bwrap again": runs("bwrap", "--ro-bind", "/", "/", "true"),
        "unshare": runs("unshare", "-Ur", "true"),
        "writes": [path for path in files if writes(path)],
        "new files": [folder for folder in folders if os.access(folder, os.W_OK)],
        "capabilities": [status[name] for name in sets if int(status[name], 16)],
        "no new privileges": status["NoNewPrivs"],
        "keyring": in_a_child(lambda: 0 if libc.syscall(248, b"user", b"mine", b"x", 1, -3) > 0 else 1),
    }))
    """


@hands_in(solved=None, first=(PRIVILEGES,))
def test_gains_privileges(mark):
    """Hopes for namespaces, mounts, other users, devices, the kernel's settings, or a longer limit."""
    report = mark.report
    assert {name: value for name, value in report.items() if value} == {"no new privileges": "1"}
    assert mark.points == FULL


TRACE = ["/tmp", "/home/student", "/lesson", "/dev/shm", "/run", "/run/kernel", "/var/tmp"]
LEAVE = f"""
    import os
    for folder in {TRACE!r}:
        try:
            open(folder + "/left-by-the-one-before", "w").write("the answer is 42")
        except OSError:
            pass
    print([folder for folder in {TRACE!r} if os.path.exists(folder + "/left-by-the-one-before")])
    """
LOOK = f"""
    import json, os
    print("REPORT", json.dumps([folder for folder in {TRACE!r} if os.path.exists(folder + "/left-by-the-one-before")]))
    """


@hands_in(first=(LEAVE,))
def test_one_leaves_a_message(mark):
    """Hopes that a friend who is marked later finds it."""
    assert "/tmp" in mark.printed


@hands_in(first=(LOOK,))
def test_two_looks_for_a_message(mark):
    """Hopes to find what another submission wrote."""
    assert mark.report == []


def evil_modules(folder):
    """Modules that Jupyter, IPython, NumPy and the standard library would be shadowed by."""
    for name in (
        "IPython",
        "ipykernel",
        "json",
        "socket",
        "random",
        "sitecustomize",
        "usercustomize",
        "traitlets",
        "asyncio",
    ):
        (folder / f"{name}.py").write_text("import os\nos._exit(0)\n")
    (folder / "torch").mkdir()
    (folder / "grader").mkdir()
    (folder / "grader" / "__init__.py").write_text("")
    (folder / "startup.py").write_text("raise SystemExit")


@hands_in(solved=None, files=evil_modules)
def test_modules_beside_the_notebook(mark):
    """Hopes that a file beside the notebook is imported in place of Jupyter's before any cell has run."""
    assert mark.status == "marked"
    assert None not in mark.points.values()
