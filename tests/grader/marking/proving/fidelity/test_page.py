"""Does the page say what was measured, and does the README quote it?"""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.proving.fidelity import trials as trying
from grader.marking.proving.fidelity.in_the_notebook import NOT_AGAIN
from grader.marking.proving.fidelity.page import BEGIN, END, ROOT, ROWS, table, text, write
from grader.marking.proving.fidelity.picture import draw
from grader.marking.proving.fidelity.trials import RIGHT as RIGHT_KINDS
from grader.marking.proving.fidelity.trials import Trial


def trial(kind, is_right, full, ratio, **more) -> Trial:
    return Trial(
        "srn.step", kind, more.pop("name", "an answer"), is_right, full, ratio, 1e-13, 1e-11, 1e-16, "h", **more
    )


RIGHT = trial("right", True, True, 0.01, public=True)
HELD = trial("containers", True, True, 0.01, public=True)
NAMES = trial("argument names", True, True, 0.01, public=True)
MISTAKE = trial("mistake", False, False, 1e9, wanted=("U!",), told=("U!",))
STYLED = trial("mistake in another style", False, False, 1e9, wanted=("U!",))
PAIR = trial("two mistakes", False, False, 1e9, wanted=("U!", "b!"), told=("W!",))
MUTANT = trial("mutant", False, False, 1e6, public=True, explained=True)
SAME = trial("mutant", True, True, 0.02)
NAMED = trial("names of the lesson", True, True, 0.01)
TWENTY = trial("twenty names", True, True, 0.0)
FOLLOWED = trial("follow-through", True, True, 0.03)
IN_NOTEBOOK = trial("mistake in the notebook", False, False, 1e9, wanted=("U!",), told=("U!",))
HIDDEN = trial("mistake in the notebook", False, False, 1e9, wanted=("b!",), public=True)
AGAIN = trial("said of other inputs", False, False, 1e9, wanted=("It is twice that.",), told=("It is twice that.",))
ALL = (RIGHT, HELD, NAMES, NAMED, MISTAKE, STYLED, PAIR, MUTANT, SAME, TWENTY, FOLLOWED, IN_NOTEBOOK, HIDDEN, AGAIN)


def rows(found) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(found).splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def test_the_table_counts_by_kind():
    assert rows(ALL) == {
        "right answers, written differently": ["1", "0", "–", "–", "–"],
        "right answers, results in every container": ["1", "0", "–", "–", "–"],
        "right answers, arguments under every name": ["1", "0", "–", "–", "–"],
        "right answers that use names of the lesson": ["1", "0", "–", "–", "–"],
        "known mistakes": ["1", "0", "1", "0", "0"],
        "known mistakes in another style": ["1", "0", "0", "1", "0"],
        "two known mistakes at once": ["1", "0", "0", "0", "1"],
        "mutants of the reference solutions": ["1", "0", "–", "–", "–"],
        "mutants that compute the same": ["1", "0", "–", "–", "–"],
        "the same points under 20 names": ["1", "0", "–", "–", "–"],
        "right, but for a wrong earlier answer (follow-through)": ["1", "0", "–", "–", "–"],
        "wrong, with a wrong earlier answer (follow-through)": ["0", "0", "–", "–", "–"],
        "known mistakes, in the notebook": ["2", "–", "1", "1", "0"],
        "what came out, said of other inputs": ["1", "–", "1", "0", "0"],
    }


def test_an_answer_marked_wrongly_is_counted_and_listed():
    broken = (*ALL, trial("right", True, False, 3.0, name="by loops"))
    assert rows(broken)["right answers, written differently"][:2] == ["2", "1"]
    page = text(broken)
    assert "## Marked wrongly\n\n- srn.step: `by loops`" in page
    assert "Tasks with less: srn.step" in page


def test_what_the_notebook_says_is_no_marking():
    """A mistake that passes the public check is counted in the row's own words, not among the marked."""
    page = text(ALL)
    assert "*Not named*: 1 of them pass the public check" in page
    assert "1 of the wrong answers pass every public check and lose points in marking. Of these 1 are" in page


def test_a_sentence_that_is_true_of_the_public_inputs_alone_is_counted_and_listed():
    chance = trial("said of other inputs", False, False, 1e9, name="D-for-all", wanted=(NOT_AGAIN,), told=("2·L.",))
    assert rows((*ALL, chance))["what came out, said of other inputs"] == ["2", "–", "1", "0", "1"]
    assert "## Named as another" in text((*ALL, chance))
    assert "- srn.step: `D-for-all` is told “2·L.”" in text((*ALL, chance))


@pytest.mark.parametrize("kind", RIGHT_KINDS)
def test_a_right_answer_that_the_public_check_refuses_is_marked_wrongly(kind):
    assert [cells[:2] for cells in rows([trial(kind, True, True, 0.01)]).values()].count(["1", "1"]) == 1


def test_it_writes_the_page_the_picture_and_the_readme(tmp_path):
    (tmp_path / "grader").mkdir()
    (tmp_path / "README.md").write_text(f"before\n{BEGIN}old\n{END}\nafter\n")
    page, picture, readme = write(ALL, tmp_path)
    assert table(ALL) in page.read_text()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert readme.read_text() == f"before\n{BEGIN}{table(ALL)}{END}\nafter\n"


def test_the_readme_quotes_the_page():
    _, _, rest = (ROOT / "README.md").read_text().partition(BEGIN)
    quoted, end, _ = rest.partition(END)
    assert end
    assert quoted.count("\n") == len(ROWS) + 2
    assert quoted in (ROOT / "grader" / "FIDELITY.md").read_text()


@pytest.mark.parametrize(("found", "code"), [(ALL, 0), ((*ALL, trial("right", True, False, 3.0)), 1)])
def test_the_commands_exit_code_says_whether_a_margin_is_too_small(found, code, monkeypatch):
    monkeypatch.setattr(trying, "try_all", lambda tasks, kinds, on_progress: list(found))
    done = CliRunner().invoke(app, ["margins", "01"])
    assert done.exit_code == code
    assert f"Less have: {'srn.step' if code else 'none'}." in done.output


# --- several devices ---


def every_task(found) -> tuple[list[str], dict[str, list[str]]]:
    """The head of the table of all tasks, and its rows by task."""
    lines = [
        line.strip("| ").split(" | ") for line in text(found).partition("## Every task")[2].splitlines() if "|" in line
    ]
    return lines[0], {first: rest for first, *rest in lines[2:]}


def on(device, task, right, wrong):
    made = trial("right", True, True, right, public=True), trial("mistake", False, False, wrong, wanted=("U!",))
    return [replace(one, device=device, task=task, where=f"h on {device}") for one in made]


def test_with_one_device_there_is_one_column_of_each_margin():
    heads, found = every_task(ALL)
    assert heads[3:] == ["right: largest error", "in", "margin", "wrong: smallest error", "of", "margin"]
    assert found["srn.step"][4] == "50 ×"
    assert "on cpu" not in text(ALL)


def test_each_device_has_a_column_and_numpys_tasks_only_that_of_the_cpu():
    both = [
        *on("cpu", "srn.step", 0.01, 1e3),
        *on("cpu", "srn.module", 0.01, 1e3),
        *on("cuda", "srn.module", 0.05, 2e3),
    ]
    heads, found = every_task(both)
    columns = ["margin on cpu", "margin on cuda"]
    assert heads[3:] == ["right: largest error", "in", *columns, "wrong: smallest error", "of", *columns]
    assert found["srn.module"][3:6] == ["h on cuda", "100 ×", "20 ×"]
    assert found["srn.module"][-2:] == ["1000 ×", "2000 ×"]
    assert found["srn.step"][4:6] == ["100 ×", "–"]
    assert "Right answers stay at least 20 ×" in text(both)


def test_a_margin_too_small_on_one_device_is_seen(tmp_path):
    both = [*on("cpu", "srn.module", 0.01, 1e3), *on("cuda", "srn.module", 0.2, 1e3)]
    assert "Tasks with less: srn.module." in text(both)
    draw(both, tmp_path / "margins.png")
    assert (tmp_path / "margins.png").stat().st_size > 0
