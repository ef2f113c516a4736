"""Did the GPU fail, and not the answer?

What an exception says comes from the student's side, so it can be made up. It gives no points: what the GPU may have
prevented is not marked, and a person looks at it. And it is believed only of a run that had a GPU.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from grader.checks.answers import Answer

MEMORY = re.compile(r"OutOfMemoryError|CUDA out of memory|CUDA error: out of memory|_STATUS_ALLOC_FAILED")
OTHER = re.compile(r"CUDA (driver )?error|CUBLAS_STATUS|CUDNN_STATUS|cuDNN error|AcceleratorError")
"""What PyTorch says where CUDA or its libraries fail."""


def in_answers(answers: Iterable[Answer]) -> str:
    """Why answers cannot be marked, from their exceptions; "" where none is the GPU's."""
    problems = (each for answer in answers for each in (answer.problem, *answer.missing.values()) if each)
    said = (problem.text for problem in problems if problem.kind in ("exception", "form", "uncompared"))
    return next((why for text in said if (why := _why(text))), "")


def in_outputs(outputs: Sequence[dict[str, Any]]) -> str:
    """The same, from the errors among a cell's outputs."""
    errors = [output for output in outputs if output.get("output_type") == "error"]
    said = (f"{error.get('ename', '')}: {error.get('evalue', '')}" for error in errors)
    return next((why for text in said if (why := _why(text))), "")


def _why(text: str) -> str:
    said = " ".join(text.split())[:160]
    if MEMORY.search(text):
        return (
            f"the GPU's memory ran out, or its code says so ({said}); mark it again with fewer --workers, or on the CPU"
        )
    if OTHER.search(text):
        return f"CUDA failed, or its code says so ({said}); mark it again on the CPU"
    return ""
