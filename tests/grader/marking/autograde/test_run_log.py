"""Can what the log says of how long a submission took be read again, whatever else stands in it?"""

from __future__ import annotations

from grader.marking.autograde.outcome import Outcome
from grader.marking.autograde.run_log import as_logged, seconds_taken, write_line


def test_the_last_time_that_a_submission_was_marked_counts(tmp_path):
    log = tmp_path / "autograde.log"
    assert seconds_taken(log, "01-srn") == {}
    odd = "eve\t\x1b[31m\n01-srn"
    write_line(log, "01-srn", Outcome("ada", "marked", ran=9.0, marking=1.0))
    write_line(log, "01-srn", Outcome("ada", "marked", ran=2.0, marking=0.25, queued=7.0))
    write_line(log, "01-srn", Outcome("ada", "unchanged"))
    write_line(log, "01-srn", Outcome(odd, "not marked", ran=1.0, reasons=("ran 5.00 s",)))
    write_line(log, "02-bptt", Outcome("ada", "marked", ran=4.0))
    assert seconds_taken(log, "01-srn") == {"ada": 2.25, as_logged(odd): 1.0}
    with log.open("ab") as file:
        file.write(b"\xff\tcut\n2026\t01-srn\tbob")
    assert seconds_taken(log, "02-bptt") == {"ada": 4.0}
