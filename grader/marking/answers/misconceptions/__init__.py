"""Wrong answers that people really give, each with the sentence that helps.

One module a lesson, with its ``BANK``: task's name → its entries.

The bank does two jobs: each of its entries must lose points (it tests the grader), and a student whose answers equal an
entry's is told its sentence (it teaches).

    bank(task)                              the misconceptions known for a task
    outputs_of(task, entry, case, seed)     what a student with that mistake would answer
    named(task, answers)                    which of them a student's answers show
    digest(task, entry)                     what it depends on what an entry makes of the recorded inputs, in a word
"""

from grader.marking.answers.misconceptions.entries import BadEdit, Misconception, bank, mistaken, outputs_of
from grader.marking.answers.misconceptions.naming import OutOfTime, Stopwatch, named
from grader.marking.answers.misconceptions.stored import digest

__all__ = [
    "BadEdit",
    "Misconception",
    "OutOfTime",
    "Stopwatch",
    "bank",
    "digest",
    "mistaken",
    "named",
    "outputs_of",
]
