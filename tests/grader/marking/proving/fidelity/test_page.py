"""Does the page say what was measured, and does the README quote it?"""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.marking.proving.fidelity import trials as trying
from grader.marking.proving.fidelity.page import BEGIN, END, ROOT, table, text, write
from grader.marking.proving.fidelity.trials import Trial


def trial(kind, is_right, full, ratio, **more) -> Trial:
    return Trial(
        "srn.step", kind, more.pop("name", "an answer"), is_right, full, ratio, 1e-13, 1e-11, 1e-16, "h", **more
    )


RIGHT = trial("right", True, True, 0.01, public=True)
MISTAKE = trial("mistake", False, False, 1e9, wanted=("U!",), told=("U!",))
STYLED = trial("mistake in another style", False, False, 1e9, wanted=("U!",))
PAIR = trial("two mistakes", False, False, 1e9, wanted=("U!", "b!"), told=("W!",))
MUTANT = trial("mutant", False, False, 1e6, public=True, explained=True)
SAME = trial("mutant", True, True, 0.02)
FOLLOWED = trial("follow-through", True, True, 0.03)
ALL = (RIGHT, MISTAKE, STYLED, PAIR, MUTANT, SAME, FOLLOWED)


def rows(found) -> dict[str, list[str]]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(found).splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def test_the_table_counts_by_kind():
    assert rows(ALL) == {
        "right answers, written differently": ["1", "0", "–", "–", "–"],
        "known mistakes": ["1", "0", "1", "0", "0"],
        "known mistakes in another style": ["1", "0", "0", "1", "0"],
        "two known mistakes at once": ["1", "0", "0", "0", "1"],
        "mutants of the reference solutions": ["1", "0", "–", "–", "–"],
        "mutants that compute the same": ["1", "0", "–", "–", "–"],
        "right, but for a wrong earlier answer (follow-through)": ["1", "0", "–", "–", "–"],
        "wrong, with a wrong earlier answer (follow-through)": ["0", "0", "–", "–", "–"],
    }


def test_an_answer_marked_wrongly_is_counted_and_listed():
    broken = (*ALL, trial("right", True, False, 3.0, name="by loops"))
    assert rows(broken)["right answers, written differently"][:2] == ["2", "1"]
    page = text(broken)
    assert "## Marked wrongly\n\n- srn.step: `by loops`" in page
    assert "Tasks with less: srn.step" in page


def test_a_right_answer_that_the_public_check_refuses_is_marked_wrongly():
    assert rows([trial("right", True, True, 0.01)])["right answers, written differently"][:2] == ["1", "1"]


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
    assert quoted.count("\n") == 8
    assert quoted in (ROOT / "grader" / "FIDELITY.md").read_text()


@pytest.mark.parametrize(("found", "code"), [(ALL, 0), ((*ALL, trial("right", True, False, 3.0)), 1)])
def test_the_commands_exit_code_says_whether_a_margin_is_too_small(found, code, monkeypatch):
    monkeypatch.setattr(trying, "try_all", lambda tasks, kinds, on_progress: list(found))
    done = CliRunner().invoke(app, ["margins", "01"])
    assert done.exit_code == code
    assert f"Less have: {'srn.step' if code else 'none'}." in done.output
