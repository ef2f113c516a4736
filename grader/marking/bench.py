"""How long marking takes, side by side in one run: plain nbgrader, this grader in several ways, and the floor.

Each way runs in a process of its own, so that its peak of memory is its own. The time that a way needs once, to import
and to start its workers, is told apart from the time that each submission adds.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout, suppress
from dataclasses import asdict, dataclass
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import nbformat
from nbgrader.converters.autograde import Autograde
from nbgrader.utils import temp_attrs

from grader.checks import run_file
from grader.checks.errors import GraderError
from grader.marking import samples
from grader.marking.autograde import autograde
from grader.marking.course import ROOT, course_folder, lesson_id
from grader.marking.demo import fresh_course
from grader.marking.feedback import feedback_seconds
from grader.marking.marker import Marker
from grader.marking.nbgrader_api import course_api
from grader.marking.pools import LocalPool, Pool
from grader.marking.release import release
from grader.marking.sandbox import ONE_THREAD
from grader.marking.submissions import notebooks_of, submitters

STOCK = ("autograde_preprocessors", "exporter_class", "pre_convert_hook")
"""What `nbgrader_config.py` changes in nbgrader's Autograde."""
PLAIN, FLOOR = "plain nbgrader", "floor: the cells alone"
SIZES = (24, 100, 400)


@dataclass(frozen=True)
class Timing:
    """One way of marking.

    Attributes:
        name: the way.
        submissions: how many it marked.
        start: seconds until the first submission could run: workers started, everything imported.
        seconds: of all submissions together, after that.
        memory: most bytes that the coordinating process had in memory.
    """

    name: str
    submissions: int
    start: float
    seconds: float
    memory: int

    @property
    def each(self) -> float:
        """Seconds that a submission adds."""
        return self.seconds / self.submissions

    @property
    def all_in(self) -> float:
        """Seconds a submission, with its share of the start."""
        return (self.start + self.seconds) / self.submissions


def bench(
    lesson: str, submissions: int = 24, sizes: Iterable[int] = SIZES, say: Callable[[str], None] = print
) -> list[Timing]:
    """Time the marking of the same submissions by each way in turn, then ours for classes of several sizes.

    Args:
        lesson: as `lesson_id` takes it.
        submissions: how many each way marks, in equal parts: right, right in another way, untouched, right in a third.
        sizes: classes that two workers mark.
        say: told each result as it comes.
    """
    lesson = lesson_id(lesson)
    say(f"{lesson}, {submissions} submissions, {len(os.sched_getaffinity(0))} cores")
    head = f"{'':24}{'start':>8}{'each':>10}{'a minute':>10}{'× plain':>9}{'all in':>10}{'× plain':>9}{'memory':>10}"
    say(head)
    timings: list[Timing] = []
    with TemporaryDirectory() as folder, fresh_course(Path(folder)):
        release(lesson, to_exchange=False)
        hand_in(Path(folder), lesson, max(submissions, *sizes))
        for name in WAYS:
            timings.append(_in_own_process(name, lesson, submissions))
            say(_row(timings[-1], timings[0]))
        say(_feedback_row(lesson, submissions))
        say("\nclasses of several sizes, 2 workers")
        for size in sizes:
            timings.append(_in_own_process("2 workers", lesson, size))
            say(_row(timings[-1], timings[0], f"{size} submissions"))
    return timings


def _feedback_row(lesson: str, count: int) -> str:
    """Feedback pages of the class that is marked last, ours beside plain nbgrader's."""
    students = submitters(lesson)[:count]
    autograde(lesson, students, force=True)
    ours, plain = feedback_seconds(lesson, students)
    return f"\nfeedback pages: ours {ours:.3f} s each, plain nbgrader {plain:.3f} s: {plain / ours:.1f} ×"


def _row(timing: Timing, plain: Timing, name: str = "") -> str:
    return (
        f"{name or timing.name:24}{timing.start:6.2f} s{timing.each:8.3f} s{60 / timing.each:10.0f}"
        f"{plain.each / timing.each:9.1f}{timing.all_in:8.3f} s{plain.all_in / timing.all_in:9.1f}"
        f"{timing.memory / 2**20:6.0f} MiB"
    )


def _in_own_process(name: str, lesson: str, count: int) -> Timing:
    line = [sys.executable, "-m", "grader.marking.bench", name, lesson, str(count)]
    done = subprocess.run(line, cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False)
    shutil.rmtree(course_folder() / "autograded", ignore_errors=True)
    if done.returncode:
        raise GraderError(f"{name} broke off: {done.stderr.strip()[-1500:]}")
    return Timing(**json.loads(done.stdout.splitlines()[-1]))


def hand_in(course: Path, lesson: str, count: int) -> None:
    """Hand in that many submissions: right, right in another way, untouched, right in a third way, and so on."""
    for name in notebooks_of(lesson):
        own = samples.lesson_notebook(lesson, name)
        makers = [
            lambda nb, own=own: samples.solve(nb, own),
            lambda nb, own=own: samples.solve_differently(nb, own),
            lambda nb: nb,
            lambda nb, own=own: samples.solve_differently(nb, own, 1),
        ]
        released = course / "release" / lesson / f"{name}.ipynb"
        texts = [nbformat.writes(make(nbformat.read(released, as_version=4))) for make in makers]
        for number, text in enumerate(islice(cycle(texts), count)):
            target = course / "submitted" / f"student-{number:04}" / lesson
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{name}.ipynb").write_text(text, encoding="utf-8")


# --- the ways, each in a process of its own ---


def _plain(lesson: str, students: list[str]) -> tuple[float, float]:
    """nbgrader as it comes: its own Execute and SaveAutoGrades. The experiments are left out here too."""
    begin = perf_counter()
    api = course_api()
    for trait in STOCK:
        del api.config.Autograde[trait]
    api.config.Execute.skip_cells_with_tag = "experiment"
    ready = perf_counter()
    for student in students:
        with temp_attrs(api.coursedir, assignment_id=lesson, student_id=student):
            Autograde(coursedir=api.coursedir, parent=api).start()
    return ready - begin, perf_counter() - ready


def _local(workers: int) -> Callable:
    def way(lesson: str, students: list[str]) -> tuple[float, float]:
        begin = perf_counter()
        pool = LocalPool(lesson, workers)
        pool.ready()
        return _ours(lesson, students, pool, begin)

    return way


def _dask(lesson: str, students: list[str]) -> tuple[float, float]:
    """Two worker processes of a local Dask cluster, each with its own nursery."""
    from distributed import LocalCluster

    from grader.marking.cluster import DaskPool

    begin = perf_counter()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
        return _ours(lesson, students, DaskPool(cluster.scheduler_address, lesson), begin)


def _ours(lesson: str, students: list[str], pool: Pool, begin: float) -> tuple[float, float]:
    ready = perf_counter()
    summary = autograde(lesson, students, force=True, pool=lambda _: pool)
    if summary.not_marked:
        raise GraderError(f"{len(summary.not_marked)} were not marked: {summary.not_marked[0].reasons[0]}")
    return ready - begin, summary.seconds


def _floor(lesson: str, students: list[str]) -> tuple[float, float]:
    """The same cells, one notebook after another, in an interpreter that has imported everything. Nothing else."""
    begin = perf_counter()
    api = course_api()
    marker = Marker(lesson, coursedir=api.coursedir, parent=api)
    jobs = [marker.sanitise(student, name).job for student in students for name in notebooks_of(lesson)]
    cases = Path("run.json").absolute()
    os.environ[run_file.RUN] = str(cases)
    gc.collect()
    gc.freeze()
    ready = perf_counter()
    for job in jobs:
        cases.write_text(run_file.dump(job.plan))
        namespace = {"__name__": "__main__"}
        for _, source in job.cells:
            with redirect_stdout(StringIO()), suppress(Exception):
                exec(compile(source, "<cell>", "exec"), namespace)
    return ready - begin, perf_counter() - ready


WAYS: dict[str, Callable[[str, list[str]], tuple[float, float]]] = {
    PLAIN: _plain,
    "1 worker": _local(1),
    "2 workers": _local(2),
    "Dask, 2 workers": _dask,
    FLOOR: _floor,
}


def _main(name: str, lesson: str, count: str) -> None:
    students = submitters(lesson)[: int(count)]
    gc.freeze()  # what is imported stays: no use in looking through it again and again
    with TemporaryDirectory() as place:
        os.chdir(place)
        start, seconds = WAYS[name](lesson, students)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print("\n" + json.dumps(asdict(Timing(name, len(students), start, seconds, memory))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
