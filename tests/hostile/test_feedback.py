"""What goes back after a hostile class: everybody's feedback is made, and nobody's holds what is another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.marking.feedback.pages.plainly import NOTE
from tests.hostile.conftest import read
from tests.hostile.handing_in import FULL, LESSON, hands_in

pytestmark = pytest.mark.hostile


def pages(run) -> list[Path]:
    """The feedback pages that a run made."""
    return sorted(run.course.feedback.glob(f"*/{LESSON}/*.html"))


def test_everybody_marked_has_a_page(runs):
    """No output, and no metadata, of one submission keeps the others from their feedback."""
    for run in runs:
        marked = {student for student in run.outcomes if read(run, student).path("autograded").exists()}
        assert {path.parent.parent.name for path in pages(run)} == marked


def test_pages_hold_no_secret(runs):
    """Neither the course's secret nor the gradebook went along."""
    for run in runs:
        secret = (run.course.root / "secret.key").read_bytes()
        for path in (path for file in pages(run) for path in file.parent.rglob("*") if path.is_file()):
            content = path.read_bytes()
            assert secret not in content, path
            assert b"SQLite format" not in content, path


ENDLESS = (
    "from IPython.display import HTML, Latex; HTML('<div>' * 300_000)",
    "Latex('$' + ')' * 60 + 'f(' * 45 + '$')",
    r"print('\x1b[31m.\x1b[0m' * 700_000)",
    "x = 1" + "\n" * 100_000 + "x",
)


@hands_in(solved=None, last=ENDLESS)
def test_pages_that_compute_without_end(mark):
    """Each is shown as text on its own page; `test_everybody_marked_has_a_page` asks for those of the others."""
    assert mark.points == FULL
    assert NOTE in next(mark.path("feedback").glob("*.html")).read_text("utf-8")


SCRIPT = "<script>document.title = 'from a message'</script>"


@hands_in(
    answers={
        "srn.step": f"def step(x_t, h, W, U, b):\n    raise ValueError({SCRIPT!r})",
        "srn.f1_score": f"def f1_score(found, true):\n    return type({SCRIPT!r}, (), {{}})()",
    }
)
def test_script_in_a_message(mark):
    """Hopes that the report shows an exception's words as HTML."""
    page = next(mark.path("feedback").glob("*.html"))
    assert SCRIPT not in page.read_text("utf-8")
