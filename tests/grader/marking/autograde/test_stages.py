"""Does every outcome say how long each stage took, whoever judges, and is the kernel's own time counted?"""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell

from grader.marking.proving import samples
from grader.marking.sandbox.stage_times import STAGES

LESSON = "01-srn"
BUSY = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end:\n    pass\ntime.sleep(0.6)"
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.mark.parametrize("workers", [1, 2])
def test_every_stage_of_every_submission_is_timed(three, hand_in, own, mark, workers):
    def busy(nb):
        nb.cells.insert(2, new_code_cell(BUSY))
        return samples.solve(nb, own)

    hand_in("busy", busy)
    summary = mark(LESSON, workers=workers)
    stages = {outcome.student: outcome.stages for outcome in summary.outcomes}
    assert set(stages["mistaken"]) == set(STAGES)
    assert set(stages["right"]) == set(STAGES) - {"naming"}
    for name, times in stages.items():
        assert all(cpu >= 0 and passed >= 0 for cpu, passed in times.values()), name
        assert all(times[stage][0] > 0 for stage in times if stage != "queue"), name
    cpu, passed = stages["busy"]["cells"]
    assert passed > 0.9 > 0.8 > cpu > 0.3
    assert mark(LESSON, workers=workers).outcomes[0].stages == {}, "unchanged: nothing was done"
