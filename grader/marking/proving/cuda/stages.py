"""Commands one after another, each with its own limit of time; what each has made is kept, whatever comes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import tarfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

GRACE = 5
"""Seconds that are waited for the last lines of a command that was stopped, and for what it had started to end."""


@dataclass(frozen=True)
class Stage:
    """One command.

    Attributes:
        name: what it is called, and its files: NAME.log has what it printed, NAME.tar.gz what it made.
        command: the program and its arguments.
        seconds: how long it may take.
        results: files and folders that it makes, relative to the folder in which it runs.
        environment: variables that are added to this process's.
    """

    name: str
    command: Sequence[str]
    seconds: float
    results: Sequence[str] = ()
    environment: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Done:
    """What became of a stage: its exit code, None where it was stopped or not begun, and how long it took."""

    stage: Stage
    code: int | None
    seconds: float

    @property
    def well(self) -> bool:
        return self.code == 0

    def __str__(self) -> str:
        if self.code is None:
            took = f"stopped after {self.seconds:.0f} s" if self.seconds else "not begun: no time is left"
        else:
            took = f"{'done' if self.well else f'exit code {self.code}'} in {self.seconds:.0f} s"
        return f"{'✓' if self.well else '✗'} {self.stage.name}: {took}"


def run_stages(
    stages: Sequence[Stage], folder: Path, out: Path, limit: float, say: Callable[[str], None] = print
) -> list[Done]:
    """Run all stages, also after one that failed or was stopped.

    Args:
        stages: in this order.
        folder: where they run.
        out: gets their logs and results.
        limit: seconds for all together; stages that begin when little is left are stopped early.
        say: told every line as it is printed, and what became of each stage.

    Returns:
        what became of each.
    """
    out.mkdir(parents=True, exist_ok=True)
    begin, done = monotonic(), []
    for stage in stages:
        left = min(stage.seconds, limit - (monotonic() - begin))
        done.append(_run(stage, folder, out, left, say) if left > 0 else Done(stage, None, 0.0))
        say(str(done[-1]))
    return done


def _run(stage: Stage, folder: Path, out: Path, seconds: float, say: Callable[[str], None]) -> Done:
    say(f"— {stage.name}, at most {seconds:.0f} s: {' '.join(stage.command)}")
    begin, environment = monotonic(), {**os.environ, **(stage.environment or {})}
    process = subprocess.Popen(
        list(stage.command),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # so that it is stopped with all that it has started
    )
    reader = threading.Thread(target=_pass_on, args=(process, out / f"{stage.name}.log", say), daemon=True)
    reader.start()
    code: int | None = None
    try:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(seconds)
    finally:
        _stop(process)
        reader.join(GRACE)
        _keep(stage, folder, out)
    return Done(stage, code, monotonic() - begin)


def _pass_on(process: subprocess.Popen[str], log: Path, say: Callable[[str], None]) -> None:
    """Write each line into the log, and say it, as it comes."""
    assert process.stdout is not None
    with process.stdout as lines, log.open("w", encoding="utf-8", buffering=1) as file:
        for line in lines:
            file.write(line)
            say(f"  {line.rstrip()}")


def _stop(process: subprocess.Popen[str]) -> None:
    """End what is left of a stage: all that it has started, also in sessions of their own as Jupyter's kernels are.

    Returns when all of it has ended, so that the next stage has the machine to itself.
    """
    children: list[psutil.Process] = []
    with suppress(psutil.Error):
        children = psutil.Process(process.pid).children(recursive=True)
    for child in children:
        with suppress(psutil.Error):
            child.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    end = monotonic() + GRACE
    while monotonic() < end and any(_runs(child) for child in children):
        sleep(0.02)


def _runs(child: psutil.Process) -> bool:
    """Not ended; one that has ended stays a zombie where nobody above it asks for its exit code."""
    try:
        return bool(child.is_running() and child.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _keep(stage: Stage, folder: Path, out: Path) -> None:
    """Pack what the stage has made so far."""
    there = [name for name in stage.results if (folder / name).exists()]
    if there:
        with tarfile.open(out / f"{stage.name}.tar.gz", "w:gz") as packed:
            for name in there:
                packed.add(folder / name, arcname=name if not os.path.isabs(name) else Path(name).name)
