"""``python -m grader.marking.proving.cuda``: what ``make cuda`` and the kit for a bare machine run. See `main`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import torch

from grader.marking.course.course import VARIABLE
from grader.marking.course.paths import ROOT
from grader.marking.proving.cuda.stages import Stage, run_stages

LIMIT = 600
"""Seconds for all stages together."""
DEMOS = ("01", "05")
"""The lessons whose demonstration is played: one early, one with PyTorch's LSTM beside ours."""
PYTHON = (sys.executable, "-u", "-m")


def stages(device: str, out: Path) -> list[Stage]:
    """All stages on a device, "cuda" or "cpu", in order."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    chosen = {
        "PYTHONPATH": path,
        "OMP_NUM_THREADS": "1",
        VARIABLE: str(out / "course"),
        "RNN_WORKBOOK_DEVICE": device,
    }
    gpu = ["--gpu"] if device == "cuda" else []
    references = f"grader/marking/answers/references/{device}"
    fidelity = ("grader/FIDELITY.md", "grader/margins.png", "README.md")
    executed, log = str(out / "notebooks"), str(out / "course" / "demo" / "autograde.log")
    found = [
        Stage("doctor", [*PYTHON, "grader.cli", "doctor", "gpu"], 60),
        Stage(
            "record",
            [*PYTHON, "grader.marking.answers.recording", "--device", device],
            200,
            (references, "grader/checks/expected"),
        ),
        *(Stage(f"demo-{lesson}", [*PYTHON, "grader.cli", "demo", lesson, *gpu], 100, (log,)) for lesson in DEMOS),
        Stage("notebooks", [*PYTHON, "grader.marking.proving.cuda.notebooks", "--out", executed], 200, (executed,)),
        Stage("fidelity", [*PYTHON, "grader.cli", "fidelity"], 300, fidelity),
    ]
    return [Stage(one.name, one.command, one.seconds, one.results, chosen) for one in found]


def main() -> None:
    """The command: all stages, or those that are named. Exit code 1 if one failed."""
    parser = argparse.ArgumentParser(
        prog="python -m grader.marking.proving.cuda",
        description="Record references on the GPU, play demonstrations in the sandbox with --gpu, run every notebook "
        "once, and mark all answers whose worth is known on both devices. Each stage has its own limit of time, and "
        "what it made is kept.",
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="cpu: to try the stages out")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "cuda", help="folder for logs and results")
    parser.add_argument("--limit", type=float, default=LIMIT, help=f"seconds for all together; {LIMIT}")
    parser.add_argument("stages", nargs="*", help="only these; default: all")
    given = parser.parse_args()
    out = given.out.resolve()
    every = stages(given.device, out)
    unknown = sorted(set(given.stages) - {stage.name for stage in every})
    if unknown:
        parser.error(f"no stage {', '.join(unknown)}; the stages are: {', '.join(stage.name for stage in every)}")
    if given.device == "cuda" and not torch.cuda.is_available():
        parser.exit(1, f"PyTorch {torch.__version__} finds no GPU on this machine; --device cpu tries the stages out\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the stage under way is stopped too
    done = run_stages(
        [stage for stage in every if not given.stages or stage.name in given.stages],
        ROOT,
        out,
        given.limit,
        lambda line: print(line, flush=True),
    )
    print(f"\nLogs and results: {out}")
    for one in done:
        print(one)
    parser.exit(0 if all(one.well for one in done) else 1)


if __name__ == "__main__":
    main()
