"""Does the `grader` command print what it was told, and end with the right code?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from grader.checks.errors import GraderError
from grader.cli import app, printing
from grader.marking.authoring import new_lesson as beginning
from grader.marking.authoring import sync as writing
from grader.marking.autograde import autograde as marking
from grader.marking.autograde.outcome import Outcome, Summary
from grader.marking.course import submissions
from grader.marking.course.paths import ROOT
from grader.marking.desk.similar import find as finding
from grader.marking.feedback import class_report as reading
from grader.marking.feedback.class_report import ClassReport, Mistake, Row

PANELS = {
    "For students": ["start", "submit", "progress"],
    "The course": [
        *("release", "collect", "autograde", "feedback", "report", "desk"),
        *("roster", "course", "extend", "import", "export", "similar", "journal", "lab", "doctor"),
    ],
    "For maintainers": [
        *("demo", "cluster-demo", "bench", "margins", "fidelity", "record", "mistakes", "sync", "site"),
        "new-lesson",
    ],
}
MARKED = Outcome("ada", "marked", 21.5, 28, ran=3.0, marking=0.2, devices=("cuda",))
BROKEN = Outcome("bob", "not marked", reasons=("srn.step: the referee [stopped]",))


def run(*typed: str):
    return CliRunner().invoke(app, typed)


def test_help_shows_the_commands_of_a_course_and_those_of_maintainers_apart():
    done = run("--help")
    assert done.exit_code == 0
    shown, panel = {}, ""
    for line in done.output.splitlines():
        if line.startswith("╭"):
            panel = line.strip("╭╮─ ")
        elif panel in PANELS and line.startswith("│ ") and line[2] != " ":
            shown.setdefault(panel, []).append(line.split()[1])
    assert shown == PANELS


@pytest.fixture
def marks(monkeypatch):
    """marks(outcomes) → `grader autograde` finds these submissions, and they fare so."""

    def of(*outcomes: Outcome) -> None:
        def autograde(course, lesson, students, *, on_progress, **_):
            for outcome in outcomes:
                on_progress(outcome)
            return Summary(lesson, list(outcomes))

        monkeypatch.setattr(marking, "autograde", autograde)
        monkeypatch.setattr(submissions, "submitters", lambda course, lesson: [outcome.student for outcome in outcomes])

    return of


def test_autograde_names_the_first_cell_that_failed(marks):
    marks(replace(MARKED, failed_cells=("line 1, `import [einops]`", "line 2", "line 3")))
    printed = " ".join(run("autograde", "01").output.replace("│", " ").split())
    assert "failed: line 1, `import [einops]`" in printed
    assert "… and 2 more" in printed


def test_autograde_prints_points(marks):
    marks(MARKED)
    done = run("autograde", "01")
    assert done.exit_code == 0
    assert "21.5 / 28" in done.output


def test_autograde_fails_loudly_when_something_was_not_marked(marks):
    marks(MARKED, BROKEN)
    done = run("autograde", "01")
    assert done.exit_code == 1
    assert "✗ not marked" in done.output
    assert "[stopped]" in done.output


ODD = ("\\[/]", "[/]", "[link=http://evil]x[/link]", "[red]x", "\\", ":smile:", "\x1b[2J", "\x1b]8;;http://evil\x1b\\x")


@pytest.mark.parametrize("odd", ODD)
def test_what_students_wrote_is_text_in_every_table_and_line(marks, monkeypatch, odd):
    """Neither rich's markup nor a terminal's: it is shown, and nothing fails."""
    monkeypatch.setattr(printing.out, "width", 200)
    marks(Outcome(odd, "not marked", reasons=(f"srn.step: {odd}",)))
    row = Row(odd, {"srn-step": 0.0}, 0.0, {}, library={"srn.step": (odd,)})
    found = ClassReport("01-srn", {"srn-step": 3.0}, (row,), (Mistake(f"ValueError: {odd}", ("srn.step",), 1),))
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)

    def broken(*_, **__):
        raise GraderError(odd)

    monkeypatch.setattr("grader.marking.desk.collect.collect", broken)
    for command in ("autograde", "report", "collect"):
        done = run(command, "01")
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert odd.replace("\x1b", "\\x1b") in done.output
        assert "\x1b" not in done.output


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_any_encoding_of_the_terminal_will_do(encoding):
    """Our own signs become plain ones, all else an escape; the work is not lost to a traceback at its end."""
    code = (
        "from grader.cli.app import app; from grader.cli.printing import out, say\n"
        "@app.command()\ndef shout():\n    out.print('[red]✗[/] ✓ 1 × 2 …'); say('李 \\ud800 ᵀ')\n"
        "app(['shout'])"
    )
    own = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding).startswith("x ok 1 ")
    assert "\\ud800" in done.stdout.decode(encoding)


def test_autograde_prints_what_else_was_handed_in_and_what_lies_in_a_wrong_place(monkeypatch, marks):
    outcome = replace(MARKED, notes=("model[1].pt: 1 TB",))
    summary = Summary("01-srn", [outcome], not_listed=["submitted/[bob].zip: a file"])
    monkeypatch.setattr(marking, "autograde", lambda *_, **__: summary)
    done = run("autograde", "01")
    assert "model[1].pt" in done.output
    assert "not listed: submitted/[bob].zip: a file" in done.output


def test_an_error_of_the_disk_is_one_line(monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "/course/autograde.log")

    monkeypatch.setattr(marking, "autograde", full)
    done = run("autograde", "01")
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "No space left on device: '/course/autograde.log'" in done.output


def test_autograde_prints_json(marks):
    marks(MARKED, BROKEN)
    done = run("autograde", "01", "--json")
    read = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [outcome["status"] for outcome in read["outcomes"]] == ["marked", "not marked"]
    assert [outcome["devices"] for outcome in read["outcomes"]] == [["cuda"], []]


@pytest.fixture
def report(monkeypatch):
    rows = (
        Row("ada", {"srn-step": 3.0, "srn-written": None}, 3.0, {}, library={"srn.step": ("torch.rnn_tanh_cell",)}),
        Row("bob", {"srn-step": 0.0, "srn-written": None}, 0.0, {}),
    )
    found = ClassReport("01-srn", {"srn-step": 3.0, "srn-written": 4.0}, rows, (Mistake("no-bias", ("srn.step",), 1),))
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)


def test_report_shows_points_means_and_mistakes(report):
    done = run("report", "01")
    assert done.exit_code == 0
    for text in ("ada", "–", "1.5", "no-bias", "srn.step: torch.rnn_tanh_cell"):
        assert text in done.output


@pytest.mark.parametrize(
    ("waiting", "says"), [(0, ""), (1, "1 written answer waits for you: grader desk"), (2, "2 written answers wait")]
)
def test_report_says_how_many_written_answers_wait_and_where_they_are_marked(monkeypatch, waiting, says):
    """Another exercise that waits for a person is no written answer."""
    rows = [
        Row(f"s{n}", {"srn-step": None}, 0.0, {}, waiting=("srn-step", "srn-written")[: 1 + (n < waiting)])
        for n in range(3)
    ]
    found = ClassReport("01-srn", {"srn-step": 3.0}, tuple(rows), ())
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)
    said = " ".join(run("report", "01").output.split())
    assert says in said
    assert ("written answer" in said) == bool(waiting)


def test_report_says_which_totals_lack_points_and_how_many_pages_are_out_of_date(monkeypatch):
    given = ("released", "waits"), ("outdated", "not marked"), ("outdated", "waits")
    rows = tuple(
        Row(f"s{n}", {"srn-step": 1.0}, 1.0, {}, feedback=one, status=two) for n, (one, two) in enumerate(given)
    )
    found = ClassReport("01-srn", {"srn-step": 3.0}, rows, ())
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)
    said = " ".join(run("report", "01").output.split())
    assert "2 of 3 totals, and so the means, are without what still waits" in said
    assert "2 pages of feedback are out of date" in said
    assert "not marked" in said
    assert "failed" not in said
    assert found.as_csv().count(",out of date,") == 2


def test_where_a_lesson_has_several_notebooks_each_is_a_column_with_its_sum(monkeypatch):
    points = {"speech-dtw": 4.0, "speech-collapse": 1.5, "speech-written": None, "tagging-written": None}
    rows = (Row("ada", points, 5.5, {}),)
    found = ClassReport("08-applications", dict.fromkeys(points, 4.0), rows, ())
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)
    table = run("report", "08").output.partition("out of")[0].splitlines()
    head, ada = (next(line for line in table if word in line) for word in ("speech", "ada"))
    assert [part.strip() for part in head.strip("┃│").split("┃")] == ["student", "speech", "tagging", "total"]
    assert [part.strip() for part in ada.strip("│").split("│")] == ["ada", "5.5", "–", "5.5"]


def test_report_and_csv_say_which_points_are_follow_through(monkeypatch, tmp_path):
    rows = (Row("ada", {"srn-step": 0.0, "srn-sequence": 4.0}, 4.0, {}, ("srn-sequence",)),)
    found = ClassReport("01-srn", {"srn-step": 3.0, "srn-sequence": 4.0}, rows, ())
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)
    run("report", "01", "--csv", str(tmp_path / "class.csv"))
    said = run("report", "01").output
    assert "4→" in said
    assert "0→" not in said
    assert "(follow-through)" in " ".join(said.split())
    assert (tmp_path / "class.csv").read_text("utf-8").splitlines() == [
        "student,name,srn-step,srn-sequence,late penalty,total,status,handed in,seconds late,attempts,feedback,waiting,"
        "old marks,follow-through,library calls",
        "ada,,0.0,4.0,0.0,4.0,marked,,,,none,,,srn-sequence,",
    ]


def test_who_is_in_no_csv_is_named_beside_it(monkeypatch, tmp_path):
    found = ClassReport("01-srn", {"srn-step": 3.0}, (), (), not_listed=("carl: handed in, and nothing is marked",))
    monkeypatch.setattr(reading, "class_report", lambda course, lesson: found)
    assert "not listed: carl" in run("report", "01", "--csv", str(tmp_path / "class.csv")).output
    assert run("report", "01").output.count("not listed: carl") == 1


def test_report_writes_csv(report, tmp_path):
    done = run("report", "01", "--csv", str(tmp_path / "class.csv"))
    assert done.exit_code == 0
    ada = (tmp_path / "class.csv").read_text("utf-8").splitlines()[1]
    assert ada == "ada,,3.0,,0.0,3.0,marked,,,,none,,,,srn.step: torch.rnn_tanh_cell"


@pytest.mark.parametrize(
    ("differs", "claims", "typed", "code"),
    [([], [], ["--check"], 0), (["step"], [], ["--check"], 1), ([], ["claims"], ["--check"], 1), (["step"], [], [], 0)],
)
def test_sync_fails_only_when_it_checks_and_something_differs(monkeypatch, differs, claims, typed, code):
    monkeypatch.setattr(writing, "sync", lambda lesson, check: differs)
    monkeypatch.setattr("grader.marking.authoring.claims.sync_claims", lambda check: claims)
    assert run("sync", "01", *typed).exit_code == code


def test_similar_lists_pairs_and_writes_a_page(tmp_path, monkeypatch):
    exercise = finding.Exercise("srn-step-answer", "srn.step: One step", "01-srn", code=True)
    answer = finding.SharedAnswer(exercise, 0.714, (("[z] = 1", True),), (("z = 1", True),))
    pairs = (finding.Pair("ada", "b[o]b", (answer,)), finding.Pair("ada", "eve", (answer,)))
    monkeypatch.setattr(
        finding, "similar", lambda course, lesson: finding.Similar(lesson, 3, {exercise: 3}, pairs, ("dan: x",))
    )
    done = run("similar", "01", "--most", "1", "--html", str(tmp_path / "page.html"))
    assert done.exit_code == 0, done.output
    assert "ada · b[o]b" in done.output
    assert "eve" not in done.output
    assert "srn.step 71" in done.output
    assert "… and 1 more:" in done.output
    assert "not read: dan: x" in done.output
    assert "short answers are expected to be equal" in " ".join(done.output.split())
    assert "[z] = 1" in (tmp_path / "page.html").read_text()


def test_similar_wants_a_lesson():
    done = run("similar")
    assert done.exit_code == 2
    assert "which lesson?" in done.output


def test_new_lesson_says_what_is_written_and_what_comes_next(monkeypatch):
    monkeypatch.setattr(beginning, "new_lesson", lambda name, say: say(f"written: {name}"))
    done = run("new-lesson", "10-mine")
    assert done.exit_code == 0, done.output
    assert done.output.startswith("written: 10-mine\n")
    assert "`grader sync 10`" in done.output
    assert "solutions/mine.py" in done.output


def test_new_lesson_refuses_a_bad_name():
    done = run("new-lesson", "mine")
    assert done.exit_code == 1
    assert "such as 10-mine" in " ".join(done.output.split())
