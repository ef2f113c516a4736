"""What came out in place of the right answer, told from the numbers of all cases together, whatever the task.

A recogniser (one a module) looks at one output in all the cases of a check: what came out, what is right, the inputs.
It says how the one follows from the other, only where that holds in every case that is wrong: so its sentence is true
whoever wrote the code. A right answer is never given to one.
"""

from grader.checks.recognise.sentences import recognised

__all__ = ["recognised"]
