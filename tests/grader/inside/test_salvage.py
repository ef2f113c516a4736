"""What is there of a cell that is not run, or that failed, and what does its note say?"""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.inside import salvage as module
from grader.inside.salvage import MOST_NAMES, Salvage


@pytest.fixture
def shell():
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}), colors="nocolor")
    InteractiveShell.clear_instance()


@pytest.fixture
def here(shell):
    """The names of the notebook."""
    return shell.user_ns


@pytest.fixture
def salvage(shell):
    return Salvage(shell)


@pytest.fixture
def fails(shell, salvage, capsys):
    """fails(source): run a cell as the kernel does; its note."""

    def run(source):
        return salvage.after_failure(source, shell.run_cell(source))

    return run


# --- a cell that is not run -----------------------------------------------------------------------------------------


def test_definitions_are_made_and_computations_noted(salvage, here):
    note = salvage.only_define("import math\nx = math.sqrt(4)\ndef half(y):\n    return y / 2")
    assert here["half"](3) == 1.5
    assert note == {"line": 0, "source": "", "error": "", "missing": {"x": (2, "x = math.sqrt(4)")}}


def test_nothing_is_missing_where_all_is_defined(salvage):
    assert salvage.only_define("H = 3") is None
    assert salvage.only_define("print(undefined)") is None


def test_a_definition_that_cannot_be_made_is_missing_and_others_are_not(salvage, here):
    note = salvage.only_define("import no_such_package, math\ndef f(x=nowhere): pass\nK = nowhere\nH = 3")
    assert note["missing"].keys() == {"no_such_package", "f", "K"}
    assert here["H"] == 3
    assert "math" in here


def test_the_students_names_stay(salvage, shell, here):
    shell.run_cell("H = 3\ndef f(): return 'own'")
    salvage.only_define("H, K = 4, 5\ndef f(): return 'lesson'")
    assert (here["H"], here["K"], here["f"]()) == (3, 5, "own")


def test_a_later_definition_replaces_an_earlier_one(salvage, here):
    salvage.only_define("H = 4")
    salvage.only_define("H = 5")
    assert here["H"] == 5


def test_a_value_that_a_later_cell_computes_is_taken_back(salvage, shell, here):
    """The student's own is not; nor are functions and modules."""
    shell.run_cell("mine = 1")
    salvage.only_define("H, rows = 4, []\nimport math\ndef f(): pass")
    salvage.only_define("H = math.sqrt(4)\nrows.append(1)\nmine = math.sqrt(4)\nf = math.sqrt(4)\nmath.append(3)")
    assert "H" not in here
    assert "rows" not in here
    assert here["mine"] == 1
    assert {"f", "math"} <= here.keys()


@pytest.mark.parametrize("source", ["def f(:", "x = '", "\0", "(" * 300, "-" * 100_000 + "1", "!ls", "%%bash\nls"])
def test_what_is_no_python_defines_nothing(salvage, source):
    assert salvage.only_define(source) is None


def test_a_magic_in_front_hides_nothing(salvage, here):
    note = salvage.only_define("%%time\nH = 3\nx = print()")
    assert here["H"] == 3
    assert note["missing"] == {"x": (3, "x = print()")}
    salvage.only_define("%matplotlib nothing\nK = 4")
    assert here["K"] == 4


# --- a cell that failed ---------------------------------------------------------------------------------------------


def test_a_cell_that_did_not_fail_has_no_note(fails):
    assert fails("x = 1") is None


def test_after_a_failed_import_the_rest_is_run(fails, here):
    first, second = "import math, no_such_package", "from textwrap import no_such_name, dedent"
    note = fails(f"\n\n{first}\n{second}\nx = math.sqrt(4)\nz = no_such_package")
    assert (note["line"], note["source"]) == (3, first)
    assert note["error"] == "ModuleNotFoundError: No module named 'no_such_package'"
    assert note["missing"].keys() == {"no_such_package", "no_such_name", "z"}
    assert here["x"] == 2.0
    assert "dedent" in here


def test_after_a_failed_magic_the_rest_is_run(fails, here):
    note = fails("%no_such_magic\nx = len('ab') + abs(1)")
    assert (note["line"], note["source"]) == (1, "%no_such_magic")
    assert here["x"] == 3


def test_a_magic_around_the_cell_hides_nothing(fails, here):
    note = fails("%%time\n\nx = 1\nimport no_such_package\nimport math")
    assert (note["line"], note["source"]) == (4, "import no_such_package")
    assert "math" in here


def test_after_another_failure_only_definitions_are_made(fails, here):
    note = fails("x = 1\ny = 1 / 0\nx = print()\ndef f(): pass")
    assert (note["line"], note["error"]) == (2, "ZeroDivisionError: division by zero")
    assert note["missing"].keys() == {"y"}
    assert here["x"] == 1
    assert "f" in here


def test_a_definition_after_a_failure_replaces_the_students_own(fails, shell, here):
    shell.run_cell("def f(): return 'old'")
    fails("import no_such_package\ndef f(): return 'new'")
    assert here["f"]() == "new"


def test_a_cell_that_is_no_python_names_what_it_seems_to_define(fails):
    note = fails("\nx = 1\ndef f(:\n    y = 2")
    assert (note["line"], note["source"], note["error"]) == (3, "def f(:", "SyntaxError: invalid syntax")
    assert note["missing"] == {"x": (2, "x = 1"), "f": (3, "def f(:")}


def test_a_bracket_that_is_never_closed_is_named(fails):
    note = fails("def f(x):\n    return (x")
    assert (note["line"], note["error"]) == (2, "SyntaxError: '(' was never closed")


def test_a_stray_return_is_named_with_its_line(fails, here):
    note = fails("\ndef f(x):\n    y = x\nreturn y")
    assert (note["line"], note["source"], note["error"]) == (4, "return y", "SyntaxError: 'return' outside function")
    assert "f" in here


def test_the_line_is_that_of_the_cell_and_not_of_a_function(fails):
    assert fails("def f():\n    return 1 / 0\n\nf()")["line"] == 4


def test_a_message_that_fails_is_no_message(fails):
    note = fails("class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd")
    assert note["error"] == "Odd: "


def test_a_note_has_an_end(salvage):
    note = salvage.only_define("\n".join(f"x{n} = print()" for n in range(2 * MOST_NAMES)))
    assert len(note["missing"]) == MOST_NAMES


@pytest.mark.parametrize(
    "source",
    [
        "import math\nx = math.sqrt(4)\ndef half(y):\n    return y / 2",
        "%%time\nH, D = 3, 4\nW = [H] * D",
        "%matplotlib inline\nH = 3",
        "K = nowhere\nreturn 3",
        "def f(:",
    ],
)
def test_what_was_prepared_defines_the_same(source, salvage, here, shell, monkeypatch):
    monkeypatch.setattr(module, "_prepared", {})
    note = salvage.only_define(source)
    names = {name for name in here if name in "xhalfHDWKmath"}
    for name in names:
        del here[name]
    other = module.Salvage(shell)
    other.prepare(source)
    monkeypatch.setattr(other, "_definitions", lambda source: pytest.fail("it was prepared"))
    if source != "def f(:":  # nothing to prepare: it is no Python
        assert other.only_define(source) == note
        assert names == {name for name in here if name in "xhalfHDWKmath"}
