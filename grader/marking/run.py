"""Run a submission in the sandbox, in place of nbgrader's Execute: nothing that it does stops the marking."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade
from traitlets import Instance, Integer, Unicode, default

from grader.checks.task import all_tasks
from grader.marking.course import course_secret
from grader.marking.kernel import SandboxKernelManager
from grader.marking.sandbox import MIB, Limits, SandboxUnavailable
from grader.marking.seeds import Plan, make_plan, submission_key


def tasks_by_grade_id() -> dict[str, Any]:
    """All tasks, by the grade id of their grade cell."""
    return {task.grade_id: task for task in all_tasks().values()}


def plan_for(nb: NotebookNode, resources: ResourcesDict) -> Plan:
    """The cases to try in this notebook: those of the tasks whose grade cells it has."""
    about = resources["nbgrader"]
    known = tasks_by_grade_id()
    tasks = [known[cell.metadata.nbgrader.grade_id] for cell in nb.cells if is_task_cell(cell, known)]
    sources = (cell.source for cell in nb.cells if cell.cell_type == "code")
    return make_plan(course_secret(), submission_key(about["assignment"], about["student"], sources), tasks)


def is_task_cell(cell: NotebookNode, known: dict[str, Any]) -> bool:
    """Is this the grade cell of a task that is marked by number?"""
    return cell.cell_type == "code" and bool(is_grade(cell)) and cell.metadata.nbgrader.get("grade_id") in known


def writable(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The same outputs, with "?" for every half of a character, which JSON can carry and no file can hold."""
    return from_dict(json.loads(json.dumps(outputs, ensure_ascii=False).encode("utf-8", "replace")))


MESSAGE = 500
"""Bytes that each message counts for beside its content."""


class RunInSandbox(Execute):
    """Runs every cell except the experiments in a sandboxed kernel and collects the outputs.

    A cell that runs too long is interrupted; a notebook that uses too much, or a kernel that dies, ends the run: the
    cells after it have no outputs and so score nothing, and ``resources["run"]["ended"]`` says why.
    """

    limits = Instance(Limits, help="What a submission may use.").tag(config=True)
    skip_cells_with_tag = Unicode("experiment", help="Cells with this tag are not run.").tag(config=True)
    startup_timeout = Integer(120, help="Seconds that a kernel may take to start.").tag(config=True)
    iopub_timeout = Integer(5, help="Seconds to wait for outputs after an interrupt, before the kernel is killed.").tag(
        config=True
    )
    shutdown_kernel = Unicode("immediate")

    @default("limits")
    def _limits_default(self) -> Limits:
        return Limits()

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        plan = plan_for(nb, resources)
        resources["run"] = {"plan": plan, "ended": "", "peak": 0}
        self.ended, self._written, self._started = "", 0, False
        self._deadline = monotonic() + self.limits.notebook_seconds
        self._sandbox = SandboxKernelManager(
            lesson=resources["nbgrader"]["assignment"],
            workdir=Path(resources["metadata"]["path"]),
            run={"format": 1, "tasks": plan},
            limits=self.limits,
        )
        self.timeout_func = self._seconds_for
        try:
            super().preprocess(nb, resources)
        except Exception as failure:
            if not self._started:  # no line of the student's code has run: the fault is ours
                raise SandboxUnavailable(
                    f"the sandbox could not be started: {failure}\n{self._sandbox.messages}"
                ) from failure
            self.ended = self.ended or f"the kernel broke off the conversation ({type(failure).__name__})"
        finally:
            self._sandbox.close()
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = writable(cell.outputs)
        resources["run"].update(ended=self.ended, peak=self._sandbox.peak)
        return nb, resources

    def create_kernel_manager(self) -> SandboxKernelManager:
        self.km = self._sandbox
        return self.km

    def _seconds_for(self, cell: NotebookNode | None) -> float:
        return max(0.1, min(self.limits.cell_seconds, self._deadline - monotonic()))

    async def async_execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        if self.ended or cell.cell_type != "code":
            return cell
        if not self._started:
            self._deadline, self._started = monotonic() + self.limits.notebook_seconds, True
            self._sandbox.live_until(self._deadline + self.iopub_timeout)
        if monotonic() > self._deadline:
            self._end(cell, f"the notebook ran for more than {self.limits.notebook_seconds} seconds")
            return cell
        try:
            return await super().async_execute_cell(cell, cell_index, **kwargs)
        except CellTimeoutError:
            self._end(cell, f"a cell ran for more than {self.limits.cell_seconds} seconds and could not be interrupted")
        except DeadKernelError:
            self._end(cell, self._sandbox.killed_for or "the code ended its own kernel")
        except Exception as failure:
            self._end(cell, f"the kernel sent what is not a Jupyter message ({type(failure).__name__})")
        return cell

    execute_cell = run_sync(async_execute_cell)

    def _end(self, cell: NotebookNode, reason: str) -> None:
        """End the run at this cell; what came before keeps its outputs."""
        self._sandbox.kill(reason)
        self.ended = reason
        text = f"The run ended here: {reason}."
        cell.outputs = [out for out in cell.get("outputs", []) if out.output_type != "error"]
        cell.outputs.append(new_output("error", ename="RunEnded", evalue=text, traceback=[text]))

    def process_message(self, msg: dict, cell: NotebookNode, cell_index: int) -> NotebookNode | None:
        self._written += MESSAGE + len(json.dumps(msg["content"], default=str))
        if self._written > self.limits.output:
            self._sandbox.kill(f"its outputs were longer than {self.limits.output // MIB} MiB")
            return None
        return super().process_message(msg, cell, cell_index)

    def handle_comm_msg(self, outs: list, msg: dict, cell_index: int) -> None:
        """Widgets are not shown in marked notebooks."""
