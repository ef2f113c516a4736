"""What `make fidelity` writes: grader/FIDELITY.md with its picture, and the table in the README."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from grader.marking.course.paths import ROOT
from grader.marking.proving.fidelity.equivalents import NO_MISTAKES
from grader.marking.proving.fidelity.margins import ENOUGH, Margin, margins
from grader.marking.proving.fidelity.names import NAMES
from grader.marking.proving.fidelity.picture import draw
from grader.marking.proving.fidelity.traps import section
from grader.marking.proving.fidelity.trials import PAIRS, SUBMISSIONS, UNMARKED, Trial, devices

BEGIN, END = "<!-- make fidelity: begin -->\n", "<!-- end -->"
ROWS = {
    "right answers, written differently": ("right", True),
    "right answers, results in every container": ("containers", True),
    "right answers, arguments under every name": ("argument names", True),
    "right answers that use names of the lesson": ("names of the lesson", True),
    "known mistakes": ("mistake", False),
    "known mistakes in another style": ("mistake in another style", False),
    "two known mistakes at once": ("two mistakes", False),
    "mutants of the reference solutions": ("mutant", False),
    "mutants that compute the same": ("mutant", True),
    "the same points under 20 names": ("twenty names", True),
    "right, but for a wrong earlier answer (follow-through)": ("follow-through", True),
    "wrong, with a wrong earlier answer (follow-through)": ("follow-through", False),
    "known mistakes, in the notebook": ("mistake in the notebook", False),
    "what came out, said of other inputs": ("said of other inputs", False),
}


def write(trials: Sequence[Trial], root: Path = ROOT) -> list[Path]:
    """Write the page, its picture and the README's table; returns the files written."""
    page, picture, readme = root / "grader" / "FIDELITY.md", root / "grader" / "margins.png", root / "README.md"
    page.write_text(text(trials), encoding="utf-8")
    draw(trials, picture)
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}{table(trials)}{END}{after}", encoding="utf-8")
    return [page, picture, readme]


def table(trials: Sequence[Trial]) -> str:
    """The table of all trials: how many were tried, marked wrongly, and named, by kind."""
    lines = ["| | tried | marked wrongly | named rightly | not named | named as another |", "| --- |" + " --: |" * 5]
    for words, (kind, is_right) in ROWS.items():
        own = [trial for trial in trials if trial.kind == kind and trial.is_right == is_right]
        wrongly = "–" if kind in UNMARKED else f"{sum(trial.marked_wrongly for trial in own):,}"
        named = [f"{count:,}" for count in _named(own)] if own and own[0].wanted else ["–"] * 3
        lines.append(f"| {words} | {len(own):,} | {wrongly} | {' | '.join(named)} |")
    return "\n".join(lines) + "\n"


def _named(trials: Sequence[Trial]) -> tuple[int, int, int]:
    """How many were named rightly, not at all, and as something else (even if also rightly)."""
    others = sum(not set(trial.told) <= set(trial.wanted) for trial in trials)
    silent = sum(not trial.told for trial in trials)
    return len(trials) - others - silent, silent, others


def wrongly_marked(trials: Sequence[Trial]) -> list[Trial]:
    """The answers that lost points and should not, or kept them and should not."""
    return [trial for trial in trials if trial.marked_wrongly]


def text(trials: Sequence[Trial]) -> str:
    """The whole page."""
    found, devices = margins(trials), _devices(trials)
    marked = [trial for trial in trials if trial.kind not in UNMARKED]
    others = [one for one in trials if one.wanted and not set(one.told) <= set(one.wanted)]
    notes = (
        "*Right answers*: the references and `grader/marking/answers/alternatives`, each as it is written, in double "
        "precision, in Fortran order and as nested lists (where the task is not PyTorch's). *Containers*, *names*: the "
        "references, with results in generators, arrays, tensors, fractions …, and arguments by position or by name: "
        "`grader/marking/proving/fidelity/forms.py`. *Marked wrongly*: without full points, with a mistake named, or "
        "not passed by the public check.",
        "*Names of the lesson*: the answers in a real notebook, where their functions look up every name that the "
        "experiments above them define.",
        "*Known mistakes*: `grader/marking/answers/misconceptions`. *Named as another*: told a mistake that was not "
        "made, but gives the same outputs.",
        f"*Two at once*: up to {PAIRS} pairs a task.",
        "*Mutants*: every reference changed in one place by mutmut's operators and our own. All must lose points, but "
        "for those that were read and found to be right answers: `grader/marking/proving/fidelity/equivalents.py` has "
        f"the reasons, also for {len(NO_MISTAKES)} pairs and styles in which no mistake is left.",
        f"*The same points*: every right answer and known mistake, handed in under {NAMES} names in as many "
        "courses, so that its inputs are drawn anew each time. *Marked wrongly*: with more than one number of points.",
        "*Follow-through*: for every pair of exercises of which one builds on the other, a right answer that calls a "
        "wrong earlier one must get its points in the second pass; one with a mistake of its own must not.",
        _in_the_notebook([trial for trial in trials if trial.kind == "mistake in the notebook"]),
        "*What came out*: the sentences that tell how a wrong answer follows from the right one, whoever wrote it "
        "(“`U` transposed before the tanh”); here all that are said of known mistakes in the public cases, also where "
        f"those are named. *Named rightly*: true, too, when these cases are drawn anew, {len(SUBMISSIONS)} times. "
        "*Named as another*: true of the public inputs alone.",
        _narrowest(found),
        _unseen([trial for trial in marked if trial.public and not trial.is_right and not trial.full]),
    )
    return f"""# Can the marks be trusted?

Measured by `make fidelity` on {_machine()}.
Every answer below was marked by the referee that marks students, on the recorded inputs and on drawn ones; right
answers as {len(SUBMISSIONS)} submissions.

{table(trials)}
{"".join(f"- {note}{chr(10)}" for note in notes)}
![One row a task: right answers lie left of the tolerance, known mistakes and mutants right of it.](margins.png)

{_list("Marked wrongly", wrongly_marked(trials))}{_list("Named as another", others)}{section()}## Every task

Noise floor, tolerance and errors are relative to the largest value of the output. The margins: tolerance / largest
error of a right answer; smallest error of a wrong one / tolerance (∞: another shape, no number, or another decision).
{_on_devices(devices)}
{_every_task(found, devices)}"""


def _in_the_notebook(trials: Sequence[Trial]) -> str:
    hidden = sum(trial.public for trial in trials)
    return (
        "*In the notebook*: every known mistake, handed to the student's own `check`. *Named rightly*: its sentence is "
        f"said, and no other of the bank. *Not named*: {hidden:,} of them pass the public check, as they show in "
        "hidden cases alone; of the others, what came out is said instead, or where it is wrong, if that is known."
    )


def _narrowest(found: Sequence[Margin]) -> str:
    right, wrong = min(found, key=lambda one: one.right), min(found, key=lambda one: one.wrong)
    narrow = list(dict.fromkeys(one.task for one in found if not one.enough))
    return (
        f"Right answers stay at least {_times(right.right)} under the tolerance ({right.task}), wrong ones at least "
        f"{_times(wrong.wrong)} above it ({wrong.task}); {ENOUGH:g} × is wanted. Tasks with less: "
        f"{', '.join(narrow) or 'none'}."
    )


def _unseen(trials: Sequence[Trial]) -> str:
    told = sum(trial.explained for trial in trials)
    return (
        f"{len(trials):,} of the wrong answers pass every public check and lose points in marking. Of these {told:,} "
        "are told which mistake it is, or which case the public check does not have; the others get the numbers alone."
    )


def _devices(trials: Sequence[Trial]) -> list[str]:
    """Where the trials were computed, in order."""
    return list(dict.fromkeys(trial.device for trial in trials))


def _on_devices(devices: Sequence[str]) -> str:
    if len(devices) == 1:
        return ""
    return (
        "Errors and what they are of are those of the device where the margin is smallest; NumPy's tasks run on the "
        "CPU alone.\n"
    )


def _every_task(found: Sequence[Margin], devices: Sequence[str]) -> str:
    """The table of all tasks: a column of both margins for each device."""
    columns = [f"margin on {device}" for device in devices] if len(devices) > 1 else ["margin"]
    numbers = ["--:"] * len(columns)
    heads = ["task", "noise floor", "tolerance", "right: largest error", "in", *columns]
    heads += ["wrong: smallest error", "of", *columns]
    lines = ["---", "--:", "--:", "--:", "---", *numbers, "--:", "---", *numbers]
    tasks = dict.fromkeys(one.task for one in found)
    rows = [_row({one.device: one for one in found if one.task == task}, devices) for task in tasks]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, lines, *rows))


def _row(own: Mapping[str, Margin], devices: Sequence[str]) -> list[str]:
    """The cells of one task, from its margins by device."""
    right = min(own.values(), key=lambda one: one.right).noisiest
    wrong = min(own.values(), key=lambda one: one.wrong).mildest
    return [
        right.task,
        f"{right.floor:.1e}" if right.floor else "0",
        f"{right.tolerance:.0e}",
        f"{right.error:.1e}" if right.error else "0",
        right.where,
        *(_times(own[device].right) if device in own else "–" for device in devices),
        f"{wrong.error:.1e}" if np.isfinite(wrong.ratio) else "–",
        f"`{wrong.name.replace('|', '¦')}`",
        *(_times(own[device].wrong) if device in own else "–" for device in devices),
    ]


def _times(factor: float) -> str:
    return "∞" if factor == np.inf else f"{factor:.0f} ×" if factor < 1e4 else f"{factor:.0e} ×"


def _list(title: str, trials: Sequence[Trial]) -> str:
    if not trials:
        return ""
    lines = "".join(f"- {one.task}: `{one.name}`{_told(one)}\n" for one in trials)
    return f"## {title}\n\n{lines}\n"


def _told(trial: Trial) -> str:
    wrongly = [said for said in trial.told if said not in trial.wanted]
    return f" is told “{wrongly[0]}”" if wrongly else ""


def _machine() -> str:
    where = " and ".join(torch.cuda.get_device_name() if device == "cuda" else "the CPU" for device in devices())
    pytorch, _, _ = torch.__version__.partition("+")
    return f"{where}, Python {platform.python_version()}, NumPy {np.__version__}, PyTorch {pytorch}"
