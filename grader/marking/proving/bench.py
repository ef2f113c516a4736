"""How long marking takes, compared in one run: plain nbgrader, `grader autograde`, and the floor (the cells alone).

Each way runs in a process of its own, so that its peak of memory is its own. The time that a way needs once, to begin,
is reported apart from what each submission adds; "all in" is both. `grader autograde` says where its time goes.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter, sleep
from typing import Any

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.autograde import Autograde
from nbgrader.utils import temp_attrs

from grader.checks import run_file
from grader.checks.errors import GraderError
from grader.checks.validate import EXPERIMENT
from grader.marking.autograde.autograde import autograde
from grader.marking.autograde.marker import Marker
from grader.marking.course.course import Course
from grader.marking.course.lessons import lesson_id, notebooks_of
from grader.marking.course.paths import ROOT
from grader.marking.course.submissions import submitters
from grader.marking.desk.release import release
from grader.marking.feedback.feedback import feedback
from grader.marking.proving.cluster_demo import local_cluster
from grader.marking.proving.demo import fresh_course
from grader.marking.proving.made_class import SHARES, Pupil, hand_in_class, made_class
from grader.marking.proving.samples import hand_in
from grader.marking.proving.timings import Compared, Timing, head, row, straight_line
from grader.marking.proving.where_time_goes import mean, table
from grader.marking.sandbox.local_pool import cores
from grader.marking.sandbox.stage_times import Times, stage, timed
from grader.marking.steps.nbgrader_adapter import course_api, quiet

STOCK = ("autograde_preprocessors", "exporter_class", "pre_convert_hook")
"""What `nbgrader_config.py` changes in nbgrader's Autograde."""
OURS = ("preprocessors", "filters", "extra_template_basedirs", "template_file")
"""What it changes in nbconvert's HTMLExporter."""
PLAIN, FLOOR = "plain nbgrader", "floor: the cells alone"
SIZES = (100, 200, 400)
LOOK_SECONDS = 0.05
"""Seconds between two looks at the memory of a process."""
ENDLESS = 2
"""How many submissions that run into the time limit are timed."""
LESSONS = ("01", "05", "08")
"""The lessons that are timed, if none is named."""


def bench(
    lesson: str, submissions: int = 24, sizes: Iterable[int] = SIZES, say: Callable[[str], None] = print
) -> list[Compared]:
    """Time the marking of two classes by each way in turn, then ours for classes of several sizes.

    The one class is right, right in other ways, or untouched; the other as classes are (`made_class`). Its submissions
    that run into the time limit are timed apart: what they take is the limit.

    Args:
        lesson: as `lesson_id` takes it.
        submissions: how many of each class each way marks.
        sizes: how many of the second class two workers mark.
        say: told each result as it comes.

    Returns:
        the two classes.
    """
    lesson, sizes = lesson_id(lesson), tuple(sizes)
    with TemporaryDirectory() as folder:
        course = fresh_course(Path(folder))
        release(course, lesson, to_exchange=False)
        hand_in(course, lesson, submissions)
        good = submitters(course, lesson)
        pupils = made_class(max(submissions, *sizes) * 20 // 19 + 20)
        hand_in_class(course, lesson, pupils)
        mixed = [pupil.name for pupil in pupils if pupil.kind != "endless"]
        endless = [pupil.name for pupil in pupils if pupil.kind == "endless"][:ENDLESS]
        classes = {"right, untouched": good, "as classes are": mixed[:submissions]}
        found = [_compared(course, lesson, title, students, say) for title, students in classes.items()]
        plain = found[-1].timings[0]
        columns = {one.title: one.bar.stages for one in found} | _by_kind(found[-1].timings[1], pupils)
        if endless:
            slow = _typed(course, lesson, endless)
            say(row(slow, plain, f"{len(endless)} that run into the limit"))
            columns["endless"] = mean(slow.stages.values())
        say(f"\nwhere it goes: ms of processors' time a submission (and ms that passed)\n{table(columns)}")
        _several_sizes(course, lesson, [mixed[:size] for size in sizes], plain, say)
    return found


def _compared(course: Course, lesson: str, title: str, students: Sequence[str], say: Callable[[str], None]) -> Compared:
    """Time each way, and say it."""
    say(head(f"{lesson}, {len(students)} submissions, {title}, {cores()} cores"))
    timings: list[Timing] = []
    for timing in _ways(course, lesson, students):
        timings.append(timing)
        say(row(timing, timings[0]))
    say(_feedback_row(course, lesson, students))
    return Compared(lesson[:2], title, timings)


def _by_kind(timing: Timing, pupils: Iterable[Pupil]) -> dict[str, Times]:
    """What a submission of each kind takes on average."""
    kinds: dict[str, list[Times]] = {kind: [] for kind in SHARES}
    for pupil in pupils:
        if pupil.name in timing.stages:
            kinds[pupil.kind].append(timing.stages[pupil.name])
    return {kind: mean(times) for kind, times in kinds.items() if times}


def _several_sizes(
    course: Course, lesson: str, classes: Iterable[Sequence[str]], plain: Timing, say: Callable[[str], None]
) -> None:
    """Time classes of several sizes, and say whether their time lies on a straight line."""
    say(head(f"{lesson}, as classes are, several sizes"))
    timings = []
    for students in classes:
        timings.append(_typed(course, lesson, students))
        say(row(timings[-1], plain, f"{len(students)} submissions"))
    if len(timings) > 2:  # any two lie on a line
        say(straight_line(timings))


def _ways(course: Course, lesson: str, students: Sequence[str]) -> Iterable[Timing]:
    yield _inside(course, PLAIN, lesson, students)
    yield _typed(course, lesson, students)
    yield _typed(course, lesson, students, "--workers", "1")
    with local_cluster(course) as address:
        yield _typed(course, lesson, students, "--scheduler", address)
    yield _inside(course, FLOOR, lesson, students)


# --- the command, as it is typed ------------------------------------------------------------------------------------


def _typed(course: Course, lesson: str, students: Sequence[str], *options: str) -> Timing:
    """`grader autograde`, typed with these options: all of its time is start or marking."""
    chosen = [part for student in students for part in ("--student", student)]
    begin = perf_counter()
    said, memory = _run(course, "grader.cli", "autograde", lesson, "--force", "--json", *options, *chosen)
    wall = perf_counter() - begin
    shutil.rmtree(course.autograded, ignore_errors=True)
    summary = json.loads(said)
    name = " ".join(["grader autograde", *(option if option[:1] in "-0123456789" else "…" for option in options)])
    stages = {outcome["student"]: outcome["stages"] for outcome in summary["outcomes"]}
    return Timing(name, len(stages), wall - summary["seconds"], summary["seconds"], memory, stages)


def _run(course: Course, module: str, *arguments: str) -> tuple[str, int]:
    """Run a module in a process of its own: what it printed, and the most bytes that it had in memory.

    Raises:
        GraderError: it failed; the message has its last lines.
    """
    line = [sys.executable, "-m", module, *arguments]
    with TemporaryFile("w+") as said, TemporaryFile("w+") as errors:
        process = subprocess.Popen(line, cwd=ROOT, env=os.environ | course.environment, stdout=said, stderr=errors)
        memory = 0
        while process.poll() is None:
            memory = max(memory, _peak(process.pid))
            sleep(LOOK_SECONDS)
        said.seek(0)
        errors.seek(0)
        if process.returncode:
            raise GraderError(f"{module} {arguments[0]} broke off: {(errors.read() or said.read()).strip()[-1500:]}")
        return said.read(), memory


def _peak(pid: int) -> int:
    """The most bytes that a process had in memory so far; of one that ended, 0.

    What `wait4` says counts the process that started it, too.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


# --- what is timed inside a process of its own: nbgrader as it comes, and the cells alone ----------------------------


def _inside(course: Course, name: str, lesson: str, students: Sequence[str]) -> Timing:
    said, _ = _run(course, "grader.marking.proving.bench", name, lesson, *students)
    shutil.rmtree(course.autograded, ignore_errors=True)
    return Timing(**json.loads(said.splitlines()[-1]))


Inside = tuple[float, float, dict[str, Times]]
"""Seconds to begin, those of all submissions, and student → stages, where they are known."""


def _plain(course: Course, lesson: str, students: Sequence[str]) -> Inside:
    """nbgrader as it comes: its own Execute and SaveAutoGrades. The experiments are left out here too."""
    begin = perf_counter()
    api = course_api(course)
    for trait in STOCK:
        del api.config.Autograde[trait]
    api.config.Execute.skip_cells_with_tag = EXPERIMENT
    ready = perf_counter()
    for student in students:
        with temp_attrs(api.coursedir, assignment_id=lesson, student_id=student):
            Autograde(coursedir=api.coursedir, parent=api).start()
    return ready - begin, perf_counter() - ready, {}


def _floor(course: Course, lesson: str, students: Sequence[str]) -> Inside:
    """The same cells, one notebook after another, in an interpreter that has imported everything. Nothing else."""
    begin = perf_counter()
    marker = Marker(course, lesson, course_api(course), quiet())
    jobs = [(student, marker.sanitise(student, name).job) for student in students for name in notebooks_of(lesson)]
    stages: dict[str, Times] = {student: {} for student in students}
    path = Path("run.json").absolute()
    os.environ[run_file.RUN] = str(path)
    gc.collect()
    gc.freeze()
    ready = perf_counter()
    for student, job in jobs:
        path.write_text(run_file.dump(job.plan), encoding="utf-8")
        namespace: dict[str, Any] = {"__name__": "__main__"}
        with timed(stages[student]), stage("cells"):
            for _, source in job.cells:
                with redirect_stdout(StringIO()), suppress(Exception):
                    exec(compile(source, "<cell>", "exec"), namespace)
    return ready - begin, perf_counter() - ready, stages


INSIDE = {PLAIN: _plain, FLOOR: _floor}


def _main(name: str, lesson: str, *students: str) -> None:
    course = Course.from_environment()
    gc.freeze()  # what is imported stays: the garbage collector need not scan it again
    with TemporaryDirectory() as place:
        os.chdir(place)
        start, seconds, stages = INSIDE[name](course, lesson, students)
    print("\n" + json.dumps(asdict(Timing(name, len(students), start, seconds, _peak(os.getpid()), stages))))


# --- feedback -------------------------------------------------------------------------------------------------------


def _feedback_row(course: Course, lesson: str, students: Sequence[str]) -> str:
    """Feedback pages of a class, ours beside plain nbgrader's."""
    autograde(course, lesson, students, force=True)
    ours, plain = feedback_seconds(course, lesson, students)
    return f"feedback pages: ours {ours:.3f} s each, plain nbgrader {plain:.3f} s: {plain / ours:.1f} ×"


def feedback_seconds(course: Course, lesson: str, students: Iterable[str] | None = None) -> tuple[float, float]:
    """Seconds a page: (ours, plain nbgrader's), for the marked submissions in the course folder.

    Both in this process, on the same notebooks, ours first from a cold start; the pages left behind are ours.
    """
    lesson = lesson_id(lesson)
    begin = perf_counter()
    pages = feedback(course, lesson, students, force=True, to_exchange=False)
    ours = (perf_counter() - begin) / len(pages)
    plain = median(_plain_seconds(course, lesson, page.parent.parent.name) for page in pages)
    feedback(course, lesson, students, force=True, to_exchange=False)
    return ours, plain


def _plain_seconds(course: Course, lesson: str, student: str) -> float:
    """One student's pages as nbgrader makes them without this project's configuration."""
    api = course_api(course)
    for trait in OURS:
        del api.config.HTMLExporter[trait]
    del api.config.GenerateFeedback
    begin = perf_counter()
    with temp_attrs(api.coursedir, assignment_id=lesson, student_id=student):
        GenerateFeedback(coursedir=api.coursedir, parent=api, force=True).start()
    return perf_counter() - begin


if __name__ == "__main__":
    _main(*sys.argv[1:])
