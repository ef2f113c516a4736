"""Are the figures those of now, soon; and of before, at once, where those of now take long?"""

from __future__ import annotations

import asyncio
from time import monotonic, sleep

import pytest

from grader.checks.errors import GraderError
from grader.marking.desk.web import figures as kept_figures
from grader.marking.desk.web.desk import Desk
from grader.marking.desk.web.figures import common_state, state_of

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, in making the marked class


def play(course, story):
    async def played():
        desk = Desk(course, 1)
        try:
            return await asyncio.wait_for(story(desk.figures), 60)
        finally:
            await desk.close()

    return asyncio.run(played())


def touch(course):
    with course.run_log.open("a") as log:
        log.write("a line\n")


@pytest.fixture
def counted(monkeypatch):
    """A list that grows with every overview that is computed; ``counted.seconds``: how long that takes."""

    class Counted(list):
        seconds = 0.0

    counted = Counted()

    def overview(course):
        sleep(counted.seconds)
        counted.append(len(counted))
        return (counted[-1],)

    monkeypatch.setattr(kept_figures, "class_overview", overview)
    return counted


def test_they_are_computed_once_while_nothing_changes(released, counted):
    async def story(figures):
        return [(await figures.overview()).figures for _ in range(3)]

    assert play(released, story) == [(0,)] * 3


def test_and_again_when_something_has_changed(released, counted):
    async def story(figures):
        first = await figures.overview()
        touch(released)
        second = await figures.overview()
        assert second.state == await figures.state() != first.state
        return first.figures, second.figures

    assert play(released, story) == ((0,), (1,))


def test_nobody_waits_long_where_there_are_some_of_before(released, counted):
    async def story(figures):
        first = await figures.overview()
        counted.seconds = 2.0
        touch(released)
        began = monotonic()
        those = await asyncio.gather(figures.overview(), figures.overview())
        waited = monotonic() - began
        assert [each.figures for each in those] == [(0,)] * 2
        assert those[0].state == first.state != await figures.state()
        assert waited < 1.5
        await asyncio.sleep(2.5)
        return (await figures.overview()).figures

    assert play(released, story) == (1,)
    assert counted == [0, 1], "asked for twice, computed once"


def test_what_took_long_rests_before_it_is_computed_again(released, counted):
    counted.seconds = 0.5

    async def story(figures):
        await figures.overview()
        touch(released)
        soon = (await figures.overview()).figures
        await asyncio.sleep(1.2)
        later = await figures.overview()
        await asyncio.sleep(1.0)
        return soon, later.figures, (await figures.overview()).figures

    soon, _, at_last = play(released, story)
    assert (soon, at_last) == ((0,), (1,))


def test_a_failure_is_told_and_the_next_one_asks_again(released, monkeypatch):
    def broken(course):
        raise GraderError("the gradebook is damaged")

    async def story(figures):
        monkeypatch.setattr(kept_figures, "class_overview", broken)
        with pytest.raises(GraderError, match="damaged"):
            await figures.overview()
        monkeypatch.undo()
        return await figures.overview()

    assert play(released, story).figures


def test_a_lesson_that_was_not_released_has_a_line_and_no_report(released):
    async def story(figures):
        return await figures.lesson("02-bptt"), await figures.lesson("01-srn")

    without, with_report = play(released, story)
    assert (without.figures.line.lesson, without.figures.report) == ("02-bptt", None)
    assert not without.figures.line.released
    assert with_report.figures.report is not None
    assert with_report.figures.exercises["srn.step"] == with_report.figures.exercises["srn-step"] == "Exercise 1.1"
    assert common_state([without, with_report]) == with_report.state


def test_the_state_changes_with_all_that_figures_are_made_of(marked):
    seen = [state_of(marked)]
    for change in (
        lambda: marked.run_log.write_text("marked\n"),
        lambda: (marked.root / "roster.csv").write_text("id\n"),
        lambda: (marked.root / "extensions.csv").write_text("student,lesson,until\n"),
        lambda: marked.submission("carl", "01-srn").mkdir(parents=True),
        lambda: marked.submission("carl", "02-bptt").mkdir(parents=True),
        lambda: (marked.feedback / "alice" / "01-srn").mkdir(parents=True),
        lambda: marked.gradebook.touch(),
        lambda: (marked.root / "course.toml").write_text("nonsense"),
    ):
        sleep(0.01)
        change()
        seen.append(state_of(marked))
    assert len(set(seen)) == len(seen)
