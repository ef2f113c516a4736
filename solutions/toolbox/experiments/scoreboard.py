"""One scoreboard through all lessons: how well words are found, unaided, in letters run together (lesson 01).

The numbers lie beside this file, so that every lesson has them; ``lessons/01-srn/scoreboard.py`` measured them, and
says how. In short: equal text, equal updates, about equal parameters; the learning rate is chosen for each network on
the validation text, and for each training the rise of the rule; scores are those of the test text, the book of Ruth.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solutions.toolbox.experiments.verdicts import interval

FILE = Path(__file__).with_suffix(".json")
ROWS: dict[str, tuple[str, str]] = {
    "everywhere": ("01", "nobody: a cut before every letter"),
    "bigram": ("01", "counts of pairs of letters"),
    "srn": ("01", "SRN"),
    "gru": ("04", "GRU"),
    "lstm": ("05", "LSTM"),
    "deep": ("06", "LSTM, two layers"),
    "two ahead": ("07", "two LSTMs of half the size, both read from the start"),
    "two directions": ("07", "two LSTMs of half the size, one reads from the end: *it sees the future*"),
    "ngrams": ("08", "counts of up to eight letters, with back-off"),
}
"""Each row, in order: the lesson that brings it, and who listens."""
RIVAL = "srn"
HEADER = (
    "lesson",
    "who listens",
    "numbers kept",
    "loss (nats a letter)",
    "precision",
    "recall",
    "F1",
    "F1 above the SRN's",
)


def read() -> dict[str, Any]:
    """What is stored: setting, and for each row its scores, for networks one for each seed in ``runs``."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def scoreboard(up_to: str) -> str:
    """The table in Markdown as it has grown up to a lesson, the rows of that lesson last.

    Args:
        up_to: the lesson's two digits, "01" to "08".
    """
    rows = read()["rows"]
    shown = [HEADER, ("---",) * len(HEADER)]
    shown += [_row(name, rows) for name, (lesson, _) in ROWS.items() if lesson <= up_to]
    return "\n".join(f"| {' | '.join(row)} |" for row in shown)


def runs(name: str, what: str = "f1") -> list[float]:
    """One stored number for each seed of a row, or the only one; "loss", "precision", "recall" or "f1"."""
    return _each(read()["rows"][name], what)


def _row(name: str, rows: Mapping[str, Any]) -> tuple[str, ...]:
    (lesson, who), row = ROWS[name], rows[name]
    kept = f"{row['parameters']:,}" if "parameters" in row else "—"
    scores = (_mean(_each(row, what)) for what in ("precision", "recall"))
    f1 = _each(row, "f1")
    return lesson, who, kept, _mean(_each(row, "loss")), *scores, _with_interval(f1), _above(name, f1, rows)


def _each(row: Mapping[str, Any], what: str) -> list[float]:
    return [run[what] for run in row.get("runs", [row]) if run[what] is not None]


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f}" if values else "—"


def _with_interval(values: Sequence[float]) -> str:
    """The mean, and where the mean of many trainings would lie; nothing is drawn where one only counts."""
    if len(values) == 1:
        return f"{values[0]:.3f}"
    low, high = interval(values)
    return f"{np.mean(values):.3f} ({low:.3f} to {high:.3f})"


def _above(name: str, f1: Sequence[float], rows: Mapping[str, Any]) -> str:
    """The interval of the difference to the SRN's, seed by seed."""
    if name == RIVAL:
        return "—"
    low, high = interval(np.asarray(f1) - _each(rows[RIVAL], "f1"))
    return f"{low:+.3f} to {high:+.3f}".replace("-", "−")
