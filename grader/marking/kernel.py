"""A Jupyter kernel inside the sandbox.

`SandboxKernelManager` is what nbclient starts instead of its usual kernel manager. The kernel binds its sockets in the
sandbox's private ``/run/kernel``; the trusted process reaches them through ``/proc/<pid>/root``, so the sandbox needs
neither a network nor a folder shared with the host.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from grader.marking.sandbox import SOCKETS, WORKBOOK, Limits, SandboxUnavailable, command
from grader.marking.syscalls import filter_program
from grader.marking.watchdog import Watchdog

LARGEST_MESSAGE = 32 * 2**20
"""A longer message from a kernel closes the connection before it is read into memory."""


class SandboxProvisioner(LocalProvisioner):
    """Starts a kernel in a sandbox, watches its use of memory and processes, and kills all of it at the end."""

    lesson: str
    workdir: Path
    run: dict
    limits: Limits
    watchdog: Watchdog | None = None
    _messages: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict:
        """Start the kernel; the connection it returns is the one for the outside."""
        inside = {**self.connection_info, "ip": f"{SOCKETS}/k", "key": self.connection_info["key"].decode()}
        read_info, write_info = os.pipe()
        with (
            _file(json.dumps(self.run).encode()) as run_file,
            _file(json.dumps(inside).encode()) as connection,
            _file(filter_program()) as refused,
            open(os.devnull, "wb") as null,
        ):
            fds = (run_file.fileno(), connection.fileno(), write_info)
            if filter_program():
                fds += (refused.fileno(),)
            wrapped = [*command(self.lesson, self.workdir, self.limits, *fds), "--", *cmd]
            kwargs = {
                "stdout": null,
                "stderr": tempfile.TemporaryFile(),  # noqa: SIM115 (read until the kernel is gone, see close)
                "pass_fds": fds,
                "preexec_fn": self._limit,
                "env": {},
            }
            self._messages = kwargs["stderr"]
            await super().launch_kernel(wrapped, **kwargs)
        os.close(write_info)
        with os.fdopen(read_info) as info:
            text = info.read()
        if not text:
            raise SandboxUnavailable(f"the sandbox did not start: {self.messages() or 'bubblewrap said nothing'}")
        self.root_pid = json.loads(text)["child-pid"]
        self.watchdog = Watchdog(self.root_pid, self.limits)
        self.watchdog.start()
        self.connection_info["ip"] = f"/proc/{self.root_pid}/root{SOCKETS}/k"
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if self.watchdog is not None:
            self.watchdog.stop()
        await super().cleanup(restart)

    def close(self) -> None:
        """Wait for the end of what was started, and close its file of messages."""
        if self.process is not None:
            self.process.wait(timeout=10)
        if self.watchdog is not None:
            self.watchdog.close()
        if self._messages is not None:
            self._messages.close()

    def messages(self) -> str:
        """What bubblewrap and the kernel wrote to stderr, the last 2,000 characters."""
        if self._messages is None:
            return ""
        self._messages.seek(max(0, self._messages.seek(0, os.SEEK_END) - 2000))
        return self._messages.read().decode(errors="replace").strip()

    def _limit(self) -> None:
        """In the child, before bubblewrap: limits that every process inside inherits."""
        for what, most in (
            (resource.RLIMIT_FSIZE, self.limits.file),
            (resource.RLIMIT_DATA, 2 * self.limits.memory),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NOFILE, 1024),
        ):
            resource.setrlimit(what, (most, most))


def _file(content: bytes):
    """An open, nameless file with that content, read from its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    file.write(content)
    file.flush()
    file.seek(0)
    return file


class SandboxKernelManager(AsyncKernelManager):
    """Kernel manager whose kernel runs in a sandbox, over sockets in the file system."""

    def __init__(self, *, lesson: str, workdir: Path, run: dict, limits: Limits, **kwargs: Any) -> None:
        context = zmq.asyncio.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        self._folder = tempfile.TemporaryDirectory(prefix="kernel-")
        kwargs.update(
            transport="ipc", context=context, connection_file=f"{self._folder.name}/c.json", cache_ports=False
        )
        super().__init__(**kwargs)
        self.ip = f"{self._folder.name}/k"
        # -P: what the student handed in beside the notebook is not imported while the kernel starts
        argv = [
            sys.executable,
            "-P",
            "-m",
            "ipykernel_launcher",
            "-f",
            f"{WORKBOOK}/connection.json",
            "--colors=NoColor",
        ]
        argv.append("--HistoryManager.enabled=False")
        self._kernel_spec = KernelSpec(argv=argv, display_name="Sandbox", language="python", interrupt_mode="message")
        self.provisioner = SandboxProvisioner(parent=self, kernel_spec=self._kernel_spec, kernel_id=self.kernel_id)
        self.provisioner.lesson, self.provisioner.workdir = lesson, workdir
        self.provisioner.run, self.provisioner.limits = run, limits

    @property
    def watchdog(self) -> Watchdog | None:
        return self.provisioner.watchdog

    @property
    def killed_for(self) -> str:
        """Why the sandbox was killed, in words, or ""."""
        return self.watchdog.reason if self.watchdog else ""

    @property
    def peak(self) -> int:
        """Most bytes of resident memory that were seen in use."""
        return self.watchdog.peak if self.watchdog else 0

    @property
    def messages(self) -> str:
        """What the sandbox and its kernel wrote to stderr."""
        return self.provisioner.messages()

    def kill(self, reason: str) -> None:
        """Kill everything in the sandbox, for that reason."""
        if self.watchdog is not None:
            self.watchdog.kill(reason)

    def live_until(self, deadline: float) -> None:
        """Kill everything in the sandbox at that time of `time.monotonic`, whatever the conversation is waiting for."""
        if self.watchdog is not None:
            self.watchdog.deadline = deadline

    def close(self) -> None:
        """Kill what still runs and let go of all that was opened."""
        self.kill("the run is over")
        self.context.destroy(linger=0)
        self._folder.cleanup()
        self.provisioner.close()
