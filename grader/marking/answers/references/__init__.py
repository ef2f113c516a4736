"""Right answers: computed now from `solutions` (`live`), and as they were recorded on a machine (`recorded`).

reference_outputs(task, case, seed)   the reference's outputs for these inputs, in float64
load("srn", "cpu")                    what `grader record` wrote on a CPU
"""

from grader.marking.answers.references.live import reference_outputs
from grader.marking.answers.references.recorded import (
    MissingRecording,
    Recorded,
    devices,
    floors,
    load,
    recorded_floors,
    recorded_seeds,
    recording,
)

__all__ = [
    "MissingRecording",
    "Recorded",
    "devices",
    "floors",
    "load",
    "recorded_floors",
    "recorded_seeds",
    "recording",
    "reference_outputs",
]
