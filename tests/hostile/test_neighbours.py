"""Two kernels of one fork server at a time: does one pass anything to the other, or take anything from it?"""

from __future__ import annotations

import json
import resource
import socket
import textwrap
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest

from grader.marking.course.course import Course
from grader.marking.sandbox.job import Job
from grader.marking.sandbox.limits import MIB, Limits
from grader.marking.sandbox.runner import Runner

pytestmark = pytest.mark.hostile

LESSON = "01-srn"
TOKEN = "a-line-of-an-answer"


@pytest.fixture(scope="module")
def runner(tmp_path_factory):
    with Runner(Course(tmp_path_factory.mktemp("course"))) as runner:
        yield runner


@pytest.fixture
def pair(runner):
    """Two kernels that live at the same time."""
    server = runner.server(LESSON)
    kernels = [server.kernel(Limits(), {}, {}) for _ in range(2)]
    yield kernels
    for kernel in kernels:
        kernel.close()


def say(kernel, code):
    """What a cell prints."""
    kernel.ask(textwrap.dedent(code))
    text, until = "", monotonic() + 30
    while (message := kernel.receive(until))["msg_type"] != "done":
        assert message["msg_type"] == "stream", message
        text += message["content"]["text"]
    return text


TOOLS = f"""
    import contextlib, ctypes, fcntl, json, mmap, os, signal, socket, struct, time, numpy as np
    TOKEN, LIBRARY = {TOKEN!r}, np.__file__
    PLACES = ("/tmp", "/lesson", "/home/student", "/run", "/dev/shm")
    SHARED = (LIBRARY, "/usr/bin/env", "/dev/null", "/dev/full", "/dev/urandom", "/opt/lesson/data/train.txt")
    libc = ctypes.CDLL(None, use_errno=True)
    kept = []

    def refused(attempt):
        "Does it fail?"
        try:
            return attempt() == -1
        except OSError:
            return True

    def opened(path):
        kept.append(open(path, "rb"))
        return kept[-1]

    def lock(command, kind):
        return lambda path: fcntl.fcntl(opened(path), command, struct.pack("hhqqixxxx", kind, 0, 0, 0, 0))
"""

SEND = {
    "terminals": """
        mine, other = os.openpty()
        os.write(mine, TOKEN.encode())
        """,
    "flock": "for path in SHARED: fcntl.flock(opened(path), fcntl.LOCK_EX)",
    "lockf": """
        for path in SHARED: lock(fcntl.F_SETLK, fcntl.F_RDLCK)(path)
        fcntl.lockf(open("/dev/null", "wb"), fcntl.LOCK_EX)
        """,
    "locks of open files": "for path in SHARED: lock(fcntl.F_OFD_SETLK, fcntl.F_RDLCK)(path)",
    "abstract sockets": """
        kept.append(socket.socket(socket.AF_UNIX)); kept[-1].bind("\\0" + TOKEN); kept[-1].listen()
        """,
    "a port": "refused(lambda: kept.append(socket.create_server(('127.0.0.1', 4711))))",
    "System V": "libc.shmget(4711, 4096, 0o1666), libc.msgget(4711, 0o1666), libc.semget(4711, 1, 0o1666)",
    "message queues": "libc.mq_open(b'/' + TOKEN.encode(), os.O_CREAT | os.O_RDWR, 0o666, None)",
    "files": """
        for folder in PLACES: open(os.path.join(folder, TOKEN), "w").write(TOKEN)
        kept.append(socket.socket(socket.AF_UNIX)); kept[-1].bind("/tmp/" + TOKEN + ".socket"); kept[-1].listen()
        os.mkfifo("/tmp/" + TOKEN + ".pipe")
        """,
    "times and rights": """
        for path in SHARED:
            refused(lambda: os.utime(path, (1, 1)))
            refused(lambda: os.chmod(path, 0o600))
            refused(lambda: os.setxattr(path, "user.token", TOKEN.encode()))
        """,
    "keys": "libc.syscall(ADD_KEY, b'user', TOKEN.encode(), b'x', 1, -4)",
    "processes": "import ctypes; libc.prctl(15, TOKEN.encode(), 0, 0, 0)",
}
"""Channel → what the first kernel does, and keeps."""
FIND = {
    "terminals": "sorted(os.listdir('/dev/pts')) != ['ptmx']",
    "flock": "any(refused(lambda: fcntl.flock(opened(path), fcntl.LOCK_EX | fcntl.LOCK_NB)) for path in SHARED)",
    "lockf": """(
        any(struct.unpack("hhqqixxxx", lock(fcntl.F_GETLK, fcntl.F_WRLCK)(path))[0] != fcntl.F_UNLCK for path in SHARED)
        or refused(lambda: fcntl.lockf(open("/dev/null", "wb"), fcntl.LOCK_EX | fcntl.LOCK_NB))
        )""",
    "locks of open files": """any(
        struct.unpack("hhqqixxxx", lock(fcntl.F_OFD_GETLK, fcntl.F_WRLCK)(path))[0] != fcntl.F_UNLCK for path in SHARED
        )""",
    "abstract sockets": "not refused(lambda: socket.socket(socket.AF_UNIX).connect('\\0' + TOKEN))",
    "a port": "not refused(lambda: socket.create_connection(('127.0.0.1', 4711), 1))",
    "System V": "not all(refused(call) for call in (lambda: libc.shmget(4711, 0, 0), lambda: libc.msgget(4711, 0), "
    "lambda: libc.semget(4711, 0, 0)))",
    "message queues": "not refused(lambda: libc.mq_open(b'/' + TOKEN.encode(), os.O_RDONLY))",
    "files": "any(TOKEN in name for folder in PLACES for name in os.listdir(folder))",
    "times and rights": """any(
        os.stat(path).st_mtime == 1 or os.stat(path).st_atime == 1 or os.stat(path).st_mode & 0o777 == 0o600
        or os.listxattr(path) for path in SHARED)""",
    "keys": "not refused(lambda: libc.syscall(KEYCTL, 10, -4, b'user', TOKEN.encode(), 0)) or "
    "any(TOKEN in line for line in open('/proc/keys'))",
    "processes": """any(TOKEN[:15] in open(f"/proc/{pid}/comm").read() for pid in os.listdir("/proc") if pid.isdigit())
        or len([pid for pid in os.listdir("/proc") if pid.isdigit()]) > 2""",
}
"""Channel → does the second kernel notice?"""
NUMBERS = "import platform; ADD_KEY, KEYCTL = {'x86_64': (248, 250), 'aarch64': (217, 219)}[platform.machine()]"


def test_two_kernels_have_no_channel(pair):
    """Everything by which processes of one system can talk, tried in turn: the first sends, the second looks."""
    one, other = pair
    for kernel in pair:
        say(kernel, TOOLS)
        say(kernel, NUMBERS)
    seen = {}
    for channel, code in SEND.items():
        say(one, f"with contextlib.suppress(OSError):\n{textwrap.indent(textwrap.dedent(code).strip(), '    ')}")
        seen[channel] = say(other, f"print({FIND[channel].strip()})")
    assert seen == dict.fromkeys(SEND, "False\n")


WATCHING = """
    def notified():
        fd = os.open("/usr/bin", os.O_RDONLY)
        return fcntl.fcntl(fd, fcntl.F_NOTIFY, 1)

    def leased():
        return fcntl.fcntl(opened(LIBRARY), fcntl.F_SETLEASE, fcntl.F_RDLCK)

    def cached():
        return os.preadv(opened(LIBRARY).fileno(), [bytearray(9)], 0, os.RWF_NOWAIT)

    def resident():
        page = mmap.mmap(opened(LIBRARY).fileno(), 0, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE)
        at = np.frombuffer(page, np.uint8).ctypes.data
        return libc.mincore(ctypes.c_void_p(at), 1, ctypes.create_string_buffer(1))

    attempts = {"notified": notified, "leased": leased, "cached": cached, "resident": resident,
                "watched": lambda: libc.inotify_init1(0), "watched by name": lambda: libc.inotify_init(),
                "all watched": lambda: libc.fanotify_init(0, 0), "memfd": lambda: libc.memfd_create(b"m", 0)}
    print(json.dumps([name for name, attempt in attempts.items() if not refused(attempt)]))
"""


def test_nobody_learns_who_reads_a_file_that_all_see(pair):
    say(pair[0], TOOLS)
    assert json.loads(say(pair[0], WATCHING)) == []


FAMILIES = """
    import json, socket
    def opens(family, kind):
        try:
            socket.socket(family, kind).close()
            return True
        except OSError:
            return False
    print(json.dumps([family for family in range(64) if any(opens(family, kind) for kind in (1, 2, 3, 5))]))
"""


def test_there_are_no_sockets_but_those_of_its_own_network(pair):
    """AF_VSOCK belongs to no network namespace; AF_ALG, AF_NETLINK and the rest are the system's inside."""
    assert json.loads(say(pair[0], FAMILIES)) == [socket.AF_UNIX, socket.AF_INET, socket.AF_INET6]


def test_what_locks_its_own_files_still_works(pair):
    """SQLite, and a lock that is asked for: nobody else is there to be kept out."""
    code = """
        import fcntl, sqlite3
        with sqlite3.connect("/tmp/own.db") as own:
            own.execute("create table t (x)")
            own.execute("insert into t values (42)")
        file = open("/tmp/lock", "w")
        fcntl.flock(file, fcntl.LOCK_EX); fcntl.lockf(file, fcntl.LOCK_EX)
        print(sqlite3.connect("/tmp/own.db").execute("select * from t").fetchall())
    """
    assert say(pair[0], code) == "[(42,)]\n"


# --- processors, memory and what else they share ---


def together(runner, *jobs):
    """The results of jobs that run at the same time; each is (limits, code, …)."""
    wanted = [Job(LESSON, tuple(enumerate(map(textwrap.dedent, cells))), {}, {}, limits) for limits, *cells in jobs]
    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(runner.run, wanted))


def printed(result, index=0):
    return "".join(output.get("text", "") for output in result.outputs[index])


BUSY = """
    import os, time
    for _ in range(110):
        if os.fork() == 0:
            os.setsid()  # a session of its own: to the system, somebody else
            while True:
                pass
    time.sleep(20)
"""
COMPUTES = """
    import time
    time.sleep(1.5)
    while time.process_time() < 2:
        pass
    print("done")
"""


def test_busy_neighbours_cost_no_time(runner):
    """A hundred busy processes beside it: an honest cell of two seconds ends as if alone."""
    busy, honest = together(runner, (Limits(cell_seconds=12), BUSY), (Limits(cell_seconds=5), COMPUTES))
    assert printed(honest) == "done\n"
    assert not honest.ended
    assert honest.outputs[0][-1]["output_type"] == "stream"
    assert honest.seconds < 15
    assert not busy.starved


def test_who_floods_a_terminal_harms_nobody_else(runner):
    flood = """
        import glob, os, time
        mine, other = os.openpty()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            for path in glob.glob("/dev/pts/[0-9]*"):
                handle = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
                try:
                    os.write(handle, b"all tests passed\\n" * 100)
                except OSError:
                    pass
                os.close(handle)
    """
    listens = """
        import time
        for _ in range(8):
            !sleep 0.2; echo heard
    """
    _, honest = together(runner, (Limits(), flood), (Limits(), listens))
    assert not honest.ended
    assert printed(honest).split() == ["heard"] * 8


HOARDS = """
    import array, os, socket
    kept = []
    def send():
        ours, theirs = socket.socketpair()
        kept.extend((ours, theirs))
        ours.setblocking(False)
        some = array.array("i", [os.open("/dev/null", os.O_RDONLY)] * 250)
        for _ in range(100):
            ours.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, some)])
    for _ in range(20):
        try:
            send()
        except OSError:
            pass
    print("hoarded")
"""


@pytest.fixture
def as_many_files_as_usual():
    """The number of open files that most systems allow."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("as_many_files_as_usual")
def test_descriptors_that_nobody_receives_close_nothing_for_others(runner):
    """They are counted for the user who marks, unless it is root: no kernel can fill that count."""
    server = runner.server(LESSON)
    hoarder, beside = (server.kernel(Limits(), {}, {}) for _ in range(2))
    try:
        assert say(hoarder, HOARDS) == "hoarded\n"
        (honest,) = together(runner, (Limits(), "print('marked')"))
        assert printed(honest) == "marked\n"
        assert say(beside, "print('still here')") == "still here\n"
        assert runner.server(LESSON) is server
    finally:
        hoarder.close()
        beside.close()


SMALL = Limits(memory=500 * MIB)
TOO_MUCH = "it used more than 500 MiB of memory"
HIDDEN = {
    "page tables": """
        import mmap, numpy as np, time
        most = mmap.mmap(-1, 256 * 2**30, flags=mmap.MAP_PRIVATE | 0x4000, prot=mmap.PROT_READ)
        np.frombuffer(most, np.uint8)[:: 2**21].sum()
        time.sleep(3)
        """,
    "buffers of sockets": """
        import array, socket, time
        def filled(pairs):
            kept = [end for _ in range(pairs) for end in socket.socketpair()]
            for end in kept[::2]:
                end.setblocking(False)
                try:
                    while end.send(bytes(2**16)):
                        pass
                except BlockingIOError:
                    pass
            return kept
        one, other = socket.socketpair()
        for _ in range(3):  # on their way, and in the hands of nobody
            some = filled(120)
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [s.fileno() for s in some]))])
            for end in some:
                end.close()
        kept = filled(200)
        time.sleep(3)
        """,
}


@pytest.mark.parametrize("what", HIDDEN)
def test_what_the_system_keeps_for_a_kernel_counts_as_its_memory(runner, what):
    (result,) = together(runner, (SMALL, HIDDEN[what]))
    assert result.ended == TOO_MUCH


def test_memory_that_is_charged_to_nobody_cannot_be_had(runner):
    """Shared memory without a name stays when its pages are given back; empty files take memory, too."""
    code = """
        import json, mmap, os
        def tried(attempt):
            try:
                return attempt()
            except OSError:
                return "refused"
        def files(folder):
            for number in range(100_000):
                try:
                    open(f"{folder}/{number}", "w").close()
                except OSError:
                    return number
        zero = os.open("/dev/zero", os.O_RDWR)
        print(json.dumps({
            "shared": tried(lambda: mmap.mmap(-1, 2**20) and "had"),
            "zero": tried(lambda: mmap.mmap(zero, 2**20) and "had"),
            "read": os.read(zero, 3) == bytes(3),
            "files": [files(folder) < 2000 for folder in ("/tmp", "/lesson", "/home/student", "/run", "/dev/shm")],
        }))
    """
    (result,) = together(runner, (Limits(disk=8 * MIB), code))
    assert json.loads(printed(result)) == {"shared": "refused", "zero": "refused", "read": True, "files": [True] * 5}


def test_what_processes_share_counts_once(runner):
    """Sixteen idle children of an honest cell have its memory in common."""
    code = """
        import os, time, numpy as np
        large = np.ones(25 * 2**20)
        for _ in range(16):
            if os.fork() == 0:
                time.sleep(30)
        time.sleep(1.5)
        print("done")
    """
    (result,) = together(runner, (SMALL, code))
    assert (printed(result), result.ended) == ("done\n", "")


def test_what_shows_in_many_places_counts_in_each(runner):
    """Three hundred displays of one id, and one update of some megabytes."""
    code = """
        from IPython.display import display, update_display
        for _ in range(300):
            display("x", display_id="one")
        update_display("y" * 3_000_000, display_id="one")
    """
    (result,) = together(runner, (Limits(), code))
    assert result.ended == "its outputs were longer than 16 MiB"
    assert sum(len(str(output)) for output in result.outputs[0]) < 300_000
