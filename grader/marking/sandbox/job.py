"""A job: one notebook to run, as plain data that can be sent to any worker, and what came of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from grader.checks.run_file import Plan
from grader.inside.salvage import ONLY_DEFINE
from grader.inside.wire import CONTAINER, LONGEST, TooLong
from grader.marking.sandbox.cell_outputs import CellOutputs
from grader.marking.sandbox.fork_server import ForkServer, Kernel
from grader.marking.sandbox.limits import MIB, PATIENCE, Limits
from grader.marking.sandbox.questions import LARGEST, Questions, SecondPass
from grader.marking.sandbox.stage_times import Times, add, stage, timed
from grader.marking.sandbox.watchdog import Watchdog

TIMEOUT = "CellTimeoutError"
"""Name of the error of a cell that was interrupted; its message says after how long."""
DIED = "the code ended its own kernel"
"""Why a run ended where the kernel died and the grader had not killed it."""
DEAF = "the kernel does not listen"
"""Why a run ended when a cell could not be sent."""
GRACE = 5
"""Seconds within which a cell must end after an interrupt."""
MESSAGE = 500
"""Bytes that each message counts in addition to its content."""


class RunEnded(Exception):
    """A run that cannot go on; the message is the reason, as in `Result.ended`."""


@dataclass(frozen=True)
class Job:
    """One notebook to run.

    Attributes:
        lesson: the lesson's folder name; its files and the earlier solutions are there when the cells run.
        cells: (index in the notebook, source) of the cells to run, in order.
        others: indices of those that belong to no exercise: they have time of their own (`Limits.other_seconds`).
        plan: the cases that the checks try.
        files: what the student handed in beside the notebook, by path.
        limits: what it may use.
        gpu: does it want a GPU?
        second: for a second pass, what its stand-ins may ask; None in a first one, which can ask nothing.
    """

    lesson: str
    cells: tuple[tuple[int, str], ...]
    plan: Plan
    files: dict[str, bytes]
    limits: Limits
    gpu: bool = False
    others: frozenset[int] = frozenset()
    second: SecondPass | None = None


@dataclass
class Result:
    """What came of a job.

    Attributes:
        outputs: index of a cell → its outputs; cells that were not run are missing.
        counts: index of a cell → its execution count.
        ended: why the run ended early, in words, or "".
        peak: most bytes of memory seen in use.
        seconds: how long it took.
        asked: of a second pass: index of a cell → the tasks whose results it asked for and got.
        refused: why a question was not answered, the first time; "" where all were.
        cut: index of a cell → why it was interrupted.
        starved: did a limit of time end something only because the kernel waited for a processor that others used?
        stages: how long each took, the kernel's own time included.
    """

    outputs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    ended: str = ""
    peak: int = 0
    seconds: float = 0.0
    asked: dict[int, tuple[str, ...]] = field(default_factory=dict)
    refused: str = ""
    cut: dict[int, str] = field(default_factory=dict)
    starved: bool = False
    stages: Times = field(default_factory=dict)


def run_job(job: Job, server: ForkServer) -> Result:
    """Run a job's cells in a fresh kernel of a fork server. Whatever the cells do, a result comes back.

    Raises:
        SandboxUnavailable: no kernel could be made; no line of the student's has run.
    """
    begin = monotonic()
    with Questions(job.second) as questions, timed() as times:
        with stage("fork"):
            kernel = server.kernel(job.limits, job.plan, job.files, questions.stand_ins)
        add(times, "fork", cpu=kernel.watchdog.ran())
        run = _Run(kernel, job.limits, questions, job.others)
        try:
            with stage("cells", kernel.watchdog.ran):
                for index, source in job.cells:
                    run.cell(index, source)
                    if run.result.ended:
                        break
        finally:
            with stage("fork"):
                kernel.close()
    run.result.stages = times
    run.result.asked, run.result.refused = questions.asked, questions.refused
    run.result.peak, run.result.seconds = kernel.watchdog.peak, monotonic() - begin
    return run.result


class _Clock:
    """How long a kernel has taken: seconds of its own, and those in which it waited for a processor that others used.

    It goes in a ``with`` statement, and goes on in the next one.

    Args:
        watchdog: knows how long it waited and computed.
        seconds: its own that it may take, and `PATIENCE` times as many together.
    """

    def __init__(self, watchdog: Watchdog, seconds: float) -> None:
        self._watchdog, self.seconds = watchdog, seconds
        self._taken_before = self._waited_before = self._computed_before = 0.0
        self._begin = self._waited_then = self._computed_then = 0.0
        self._goes = False

    def __enter__(self) -> _Clock:
        self._begin, self._goes = monotonic(), True
        self._waited_then, self._computed_then = self._watchdog.waited(), self._watchdog.computed()
        return self

    def __exit__(self, *_: object) -> None:
        waited, computed, taken = self._waited(), self._computed(), self._taken()
        self._waited_before, self._computed_before, self._taken_before = waited, computed, taken
        self._goes = False

    def _taken(self) -> float:
        return self._taken_before + (monotonic() - self._begin if self._goes else 0.0)

    def _waited(self) -> float:
        return self._waited_before + (self._watchdog.waited() - self._waited_then if self._goes else 0.0)

    def _computed(self) -> float:
        return self._computed_before + (self._watchdog.computed() - self._computed_then if self._goes else 0.0)

    def _own(self) -> float:
        """Seconds that it has left of its own. Whoever has computed that long waited for nobody but itself."""
        left = self.seconds - self._taken()
        if left > 0 or self._computed() >= self.seconds:
            return left
        return left + self._waited()

    def left(self) -> float:
        """Seconds that it certainly has left."""
        return min(self._own(), PATIENCE * self.seconds - self._taken())

    @property
    def starved(self) -> bool:
        """Has it time of its own left?"""
        return self._own() > 0


class _Run:
    """One notebook's run in a kernel; ``others`` are the indices of cells that belong to no exercise."""

    def __init__(self, kernel: Kernel, limits: Limits, questions: Questions, others: Container[int]) -> None:
        self.kernel, self.limits, self.questions, self.result = kernel, limits, questions, Result()
        self._exercises = _Clock(kernel.watchdog, limits.notebook_seconds)
        self._others, self._of_others = others, _Clock(kernel.watchdog, limits.other_seconds)
        self._together, self._written = self._exercises, 0
        self._shown: dict[str, list[dict[str, Any]]] = {}

    def cell(self, index: int, source: str) -> None:
        """Run one cell. What ends the run becomes the cell's last output, and the result's ``ended``.

        In a second pass no later cell can change what it has shown: the answer was given before. Where the cells
        outside the exercises have used up their time together, the rest of them only define.
        """
        cell = CellOutputs(self._shown if self.questions.second is None else {})
        self.result.outputs[index] = cell.outputs
        self._together = self._exercises
        if index in self._others:
            if self._of_others.left() > 0:
                self._together = self._of_others
            elif not source.startswith(ONLY_DEFINE):
                source = ONLY_DEFINE + source
        with self._ending_on_failure(cell), self._together:
            self.kernel.ask(source, self.questions.begin(index))
            try:
                with _Clock(self.kernel.watchdog, self.limits.cell_seconds) as clock:
                    done = self._listen(cell, clock, self._together)
            except TimeoutError:
                done = self._interrupt(cell)
                self.result.cut[index] = str(cell.outputs[-1]["evalue"])
            if type(done) is int and done >= 0:
                self.result.counts[index] = done
        cell.finish()

    def _listen(self, cell: CellOutputs, *clocks: _Clock) -> object:
        """Take messages until the cell is done; returns its execution count."""
        while (message := self._receive(clocks)) is not None:
            if message.get("msg_type") == "done":
                return message["content"]["execution_count"]
            if message.get("msg_type") == "ask" and self.questions.second is not None:
                answer = self.questions.answer(message)
                if "error" in answer:
                    self._count(message)
                self.kernel.answer(answer)
            else:
                self._count(message, cell.places(message))
                cell.add(message)
        raise RunEnded(DIED)

    def _receive(self, clocks: Sequence[_Clock]) -> dict[str, Any] | None:
        """The next message, within the time of all of these clocks."""
        longest = min(max(self.limits.output - self._written, LARGEST), LONGEST)
        while (left := min(clock.left() for clock in clocks)) > 0:
            try:
                return self.kernel.receive(monotonic() + left, longest)
            except TimeoutError:
                continue  # it may have waited for a processor meanwhile
            except TooLong:
                raise RunEnded(self._too_much) from None
        self.result.starved = self.result.starved or all(clock.starved for clock in clocks)
        raise TimeoutError

    def _interrupt(self, cell: CellOutputs) -> object:
        spent = self._together.left() <= 0
        if spent and self._together is self._exercises:
            raise RunEnded(f"the exercises ran for more than {_seconds(self.limits.notebook_seconds)} together")
        self.kernel.watchdog.interrupt()
        try:
            with _Clock(self.kernel.watchdog, GRACE) as clock:
                done = self._listen(cell, clock)
        except TimeoutError:
            seconds = _seconds(self.limits.cell_seconds)
            raise RunEnded(f"a cell ran for more than {seconds} and could not be interrupted") from None
        cell.outputs.append(_error(TIMEOUT, self._cut_off if spent else self._too_long))
        return done

    @property
    def _too_long(self) -> str:
        return f"did not finish within {_seconds(self.limits.cell_seconds)}"

    @property
    def _cut_off(self) -> str:
        return (
            f"the cells outside the exercises ran for more than {_seconds(self.limits.other_seconds)} together; this "
            "one was cut off here, and of those below only what they define was run"
        )

    @property
    def _too_much(self) -> str:
        return f"its outputs were longer than {self.limits.output // MIB} MiB"

    def _count(self, message: dict[str, Any], places: int = 1) -> None:
        self._written += places * (MESSAGE + message["size"] + CONTAINER * containers_in(message["content"]))
        if self._written > self.limits.output:
            raise RunEnded(self._too_much)

    @contextmanager
    def _ending_on_failure(self, cell: CellOutputs) -> Iterator[None]:
        """Inside, any failure to talk to the kernel ends the run, with a reason in words."""
        try:
            yield
        except RunEnded as end:
            self._end(cell, str(end))
        except TimeoutError:
            self._end(cell, DEAF)
        except OSError:
            self._end(cell, DIED)
        except (ValueError, KeyError, TypeError, RecursionError) as odd:
            self._end(cell, f"the kernel sent what is not a Jupyter message ({type(odd).__name__})")

    def _end(self, cell: CellOutputs, reason: str) -> None:
        """End the run for this reason, unless the watchdog gave one before."""
        self.kernel.watchdog.kill(reason)
        self.result.ended = self.kernel.watchdog.reason
        cell.outputs[:] = [output for output in cell.outputs if output["output_type"] != "error"]
        cell.outputs.append(_error("RunEnded", f"The run ended here: {self.result.ended}."))


def containers_in(content: object) -> int:
    """How many lists and objects something that was JSON holds, itself included."""
    waiting, found = [content], 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            found += 1
            waiting += value.values() if isinstance(value, dict) else value
    return found


def _seconds(count: float) -> str:
    return "1 second" if count == 1 else f"{count} seconds"


def _error(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [text]}
