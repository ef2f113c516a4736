"""Is every number of a class the same wherever it is told: desk, report, CSV, page, nbgrader's export, Formgrader?

The class has what makes numbers differ: a mark by hand, an extension, a late penalty, extra credit, an old mark, points
that are follow-through, one who is not marked yet and one who handed in nothing.
"""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.cli import app, terminal
from grader.marking.course.course import COURSE_ID
from grader.marking.feedback import task_figures
from grader.marking.feedback.class_report import class_overview, class_report
from grader.marking.proving import samples
from grader.marking.steps.nbgrader_adapter import course_api, course_gradebook

LESSON, WRITTEN = "01-srn", "srn-written"
DUE = datetime(2026, 5, 6, 12)
SETTINGS = f'late = {{share = 0.1}}\n[lessons.01]\ndue = "{DUE:%Y-%m-%d %H:%M}"\n'
HOURS_LATE = {"ann": -5, "ben": -1, "cat": 30, "dan": 30, "eve": -2}
TASKS = 9
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.fixture
def students(course, hand_in, own, mark):
    """Those who are marked; and gus, who is not yet, and fay, who is on the list alone."""

    def wrong_step(nb):
        samples.solve(nb, own)
        step = samples.answer_cell(nb, samples.tasks_of_notebook(nb)[0])
        step.source = step.source.replace("U.T", "U")
        return nb

    paths = {
        name: hand_in(name, wrong_step if name == "ben" else lambda nb: samples.solve(nb, own)) for name in HOURS_LATE
    }
    for name, hours in HOURS_LATE.items():
        (paths[name].parent / "timestamp.txt").write_text(f"{DUE + timedelta(hours=hours):%Y-%m-%d %H:%M:%S} UTC")
    (course.root / "course.toml").write_text(SETTINGS)
    (course.root / "extensions.csv").write_text("student,lesson,until\ncat,01,2026-05-08 12:00\n")
    (course.root / "roster.csv").write_text(
        "id,first_name,last_name,email,lms_id\nfay,Fay,<b>Wray</b>,,\nann,Ann,B.,,\n"
    )
    mark(LESSON)
    with Gradebook(course.db_url, COURSE_ID) as book:
        for name, points in (("ann", 3.5), ("dan", 4.0)):
            by_hand = book.find_grade(WRITTEN, LESSON, LESSON, name)
            by_hand.manual_score, by_hand.needs_manual_grade = points, False
        book.find_grade("srn-step", LESSON, LESSON, "cat").extra_credit = 1.25
        book.db.commit()
    paths["eve"].write_text("not JSON")
    mark(LESSON)
    hand_in("gus")
    return list(HOURS_LATE)


def numbers(cells):
    """The numbers that stand in cells; None for a dash, or nothing."""
    texts = [re.sub(r"→|\(.*\)|of .*|[−-][\d.]+$", "", cell).strip() for cell in cells]
    return [None if text in ("", "–") else float(text) for text in texts]


def from_table(table):
    """Student → points and total, in an HTML table of students with a column for each task, then the total."""
    heads = [cell.get_text(" ", strip=True) for cell in table.thead.find_all("th")]
    first, total = heads.index("1"), heads.index("Total")
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")
    ]
    assert total == first + TASKS
    return {row[0].split()[-1]: numbers(row[first : total + 1]) for row in rows}


def tiles(page):
    found = {div.dt.get_text(): div.dd.get_text(" ", strip=True) for div in page.select("dl.tiles div")}
    return {name.split()[0]: re.findall(r"[\d.]+", text)[0] for name, text in found.items()}


def tasks_of(table):
    """The difficulty and discrimination that stand in each line of an HTML table of tasks."""
    heads = [cell.get_text(" ", strip=True) for cell in table.thead.find_all("th")]
    rows = [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")
    ]
    return [(row[heads.index("Difficulty")], row[heads.index("Discrimination")]) for row in rows]


def from_text(text, first, columns):
    """The cells of each line that begins with a student, or a number, in a table on the terminal."""
    lines = [[cell.strip() for cell in line.strip("│┃").split("│")] for line in text.splitlines() if line[:1] == "│"]
    return {line[first]: line for line in lines if len(line) == columns}


def test_every_number_is_the_same_wherever_it_is_told(course, students, serve, monkeypatch, tmp_path):
    monkeypatch.setattr(task_figures, "FEWEST", 3)
    monkeypatch.setattr(terminal.out, "width", 250)
    report, line = class_report(course, LESSON), class_overview(course)[0]
    wanted = {
        row.student: [*(None if p is None else round(p, 2) for p in row.points.values()),
                      round(row.total, 2) if row.has_marks else None]
        for row in report.rows
    }  # fmt: skip

    # by hand: 24 by the machine and what a person gave; dan is 30 hours late: two days begun, a tenth for each
    totals = {name: cells[-1] for name, cells in wanted.items()}
    assert totals["ann"] == 24 + 3.5
    assert totals["ben"] == 24 - 3  # the step is wrong, and all that follow are right but for it
    assert totals["cat"] == 24 + 1.25  # extended
    assert totals["dan"] == pytest.approx((24 + 4) * 0.8)
    assert totals["eve"] == 24
    assert (totals["gus"], totals["fay"]) == (None, None)
    rows = {row.student: row for row in report.rows}
    assert rows["eve"].old == (LESSON,)
    assert "srn-sequence" in rows["ben"].follow_through

    visitor = serve(course)
    visitor.come_in()
    desk = BeautifulSoup(visitor.ask(f"/lesson/{LESSON}").text, "html.parser")
    run = CliRunner().invoke(
        app, ["report", "01", "--html", str(tmp_path / "class.html"), "--csv", str(tmp_path / "c")]
    )
    assert run.exit_code == 0, run.output
    page = BeautifulSoup((tmp_path / "class.html").read_text("utf-8"), "html.parser")
    table = csv.DictReader(io.StringIO((tmp_path / "c").read_text("utf-8")))
    told = CliRunner().invoke(app, ["report", "01"]).output
    in_text = from_text(told, 0, 1 + TASKS + 3)

    # points and totals
    assert from_table(desk.select_one("#students")) == wanted
    assert from_table(page.select_one("table.students")) == wanted
    assert {row["student"]: numbers([*(row[name] for name in report.most), row["total"]]) for row in table} == {
        name: pytest.approx(cells, abs=0.005) for name, cells in wanted.items()
    }
    assert {name: numbers(in_text[name][1 : TASKS + 2]) for name in wanted} == wanted
    assert exported(course, tmp_path) == {name: pytest.approx(totals[name]) for name in students}
    for name, score in formgrader(course):
        assert score == pytest.approx(totals[name]), name

    # a lesson's line
    counts = {"Handed": line.handed_in, "Late": line.late, "Marked": line.marked, "Waits": line.waits}
    counts |= {"Not": line.not_marked, "Mean": round(line.mean, 2), "Median": round(line.median, 2)}
    assert (line.handed_in, line.late, line.marked, line.waits, line.not_marked) == (6, 1, 2, 2, 2)
    assert line.mean == pytest.approx((27.5 + 21 + 25.25 + 22.4 + 24) / 5)
    assert line.median == 24
    for shown in (tiles(desk), tiles(page)):
        assert {name: float(shown[name]) for name in counts} == counts
    [lesson] = [row for row in CliRunner().invoke(app, ["report"]).output.splitlines() if row.startswith(LESSON)]
    assert lesson.split()[2:] == ["6/7", "1", "2", "2", "2", "–", "24.03", "24", "28"]
    course_page = BeautifulSoup(visitor.ask("/").text, "html.parser")
    cells = [cell.get_text(" ", strip=True) for cell in course_page.select_one("tbody tr").find_all(["th", "td"])]
    assert [*cells[2:7], cells[8]] == ["6 of 7", "1", "2", "2", "2", "24.03 of 28"]

    # difficulty and discrimination
    tasks = [row[4:6] for number, row in from_text(told, 0, 6).items() if number.isdigit()]
    on_page = tasks_of(page.select_one("section[aria-labelledby=tasks] table"))
    on_desk = tasks_of(desk.select_one("#tasks").find_parent("table"))
    assert [tuple(row) for row in tasks] == on_page == on_desk
    assert on_page[0][0] == f"{(3 + 0 + 4.25 + 3 + 3) / 5 / 3:.2f}"


def exported(course, folder):
    """Student → score, in what `nbgrader export` writes."""
    api = course_api(course)
    export = api.config.ExportApp.plugin_class(config=api.config, to=str(folder / "export.csv"))
    with course_gradebook(api) as book:
        export.export(book)
    lines = csv.DictReader(io.StringIO((folder / "export.csv").read_text()))
    return {line["student_id"]: float(line["score"]) for line in lines if line["assignment"] == LESSON}


def formgrader(course):
    """Students and scores, as Formgrader's tables ask for them."""
    api = course_api(course)
    for each in api.get_submissions(LESSON):
        if each["autograded"]:
            yield each["student"], each["score"]
    for each in api.get_notebook_submissions(LESSON, LESSON):
        yield each["student"], each["score"]
    for each in api.get_students():
        if each["id"] in HOURS_LATE:
            yield each["id"], each["score"]
