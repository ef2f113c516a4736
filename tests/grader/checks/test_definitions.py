"""Is what code writes out told from what it computes?"""

from __future__ import annotations

import ast

import pytest

from grader.checks.definitions import split


def names(source):
    """The kept statements as text, and the computed names with their lines."""
    found = split(ast.parse(source).body)
    return [ast.unparse(each) for each in found.kept], found.computed


WRITTEN_OUT = [
    "H = 2 * D",
    "T, D, H = (6, 3, 4)",
    "W = np.array([[0.5, -1.0], [1.0, 0.0]])",
    "DATA = Path('data')",
    "f = lambda z: z + rng.normal()",
    "kinds = {'tanh': {'f': np.tanh, 'slope': lambda h: 1 - h ** 2}}",
    "first: int = names[0]",
    "def step(x):\n    return run(x)",
    "async def step(x):\n    return run(x)",
    "@cache\ndef step(x):\n    return run(x)",
    "class Scale(torch.nn.Module):\n    a = run()",
    "from a import *",
    "if LARGE:\n    H = 256\nelse:\n    H = 64",
    "try:\n    import einops\nexcept ImportError:\n    einops = None",
]
COMPUTED = {
    "h = step(x)": {"h"},
    "a, b = run()": {"a", "b"},
    "best = min(range(9), key=lambda C: run(C))": {"best"},
    "rng = np.random.default_rng(0)": {"rng"},
    "squares = [n**2 for n in range(9)]": {"squares"},
    "for k in range(3):\n    total = k": {"k", "total"},
    "while (n := run()):\n    pass": {"n"},
    "total += 1": {"total"},
    "if run():\n    H = 3": {"H"},
    "with open('f') as file:\n    text = file.read()": {"file", "text"},
    "print(x)": set(),
    "del x": {"x"},
}


@pytest.mark.parametrize("source", WRITTEN_OUT)
def test_what_is_written_out_is_kept(source):
    assert names(source) == ([source], {})


@pytest.mark.parametrize("source", COMPUTED)
def test_what_is_computed_is_named(source):
    kept, computed = names(source)
    assert kept == []
    assert computed.keys() == COMPUTED[source]


@pytest.mark.parametrize(
    "changes", ["rows.append(1)", "rows[0] = 1", "rows['a'][0] = 1", "for k in x:\n    rows += [k]", "rows.pop(0)"]
)
def test_a_value_that_is_changed_later_is_computed(changes):
    assert "rows" in names(f"rows = []\n{changes}")[1]


def test_a_value_that_is_written_out_again_is_not():
    assert names("x = run()\nx = 3") == (["x = 3"], {})


@pytest.mark.parametrize(
    "source", ["H = 2 * W", "H = [W]", "def H(x=W): pass", "@W\ndef H(): pass", "class H(W): pass", "H = lambda x=W: x"]
)
def test_what_reads_a_computed_value_when_it_is_made_is_computed(source):
    """In marking it would get the value that an earlier cell wrote out."""
    kept, computed = names(f"W = run()\n{source}")
    assert kept == []
    assert computed.keys() == {"W", "H"}
    assert names(f"W = run()\nW = 3\n{source}")[1] == {}


@pytest.mark.parametrize("source", ["def H(x): return W", "H = lambda x: W", "class H:\n    def f(self): return W"])
def test_what_reads_it_when_it_is_called_is_not(source):
    assert names(f"W = run()\n{source}")[1] == {"W": 1}


def test_of_a_pair_each_is_told_by_itself():
    assert names("rng, D, (H, B) = make(0), 6, (7, 8)") == (["D = 6", "H, B = (7, 8)"], {"rng": 1})
    assert names("a, b = run(), a") == ([], {"a": 1, "b": 1})
    assert names("a, *b = 1, run()") == ([], {"a": 1, "b": 1})


def test_each_import_stands_by_itself():
    assert names("import a.b, c as d\nfrom e import f, g")[0] == [
        "import a.b",
        "import c as d",
        "from e import f",
        "from e import g",
    ]


def test_definitions_in_blocks_count():
    """A block's condition, resource or handler is not needed for them."""
    assert names("with no_grad():\n    x = run()\n    def f(): pass")[0] == ["def f():\n    pass"]
    assert names("try:\n    import a\n    a.start()\nexcept ImportError:\n    x = run()") == (["import a"], {"x": 5})
    assert names("if LARGE:\n    H = run()\n    K = 3") == (["if LARGE:\n    K = 3"], {"H": 2})


def test_the_lines_are_those_of_the_code():
    assert names("import a\n\nx = run()\ny = 3\nz = run(\n    y)")[1] == {"x": 3, "z": 5}


def test_names_of_functions_and_comprehensions_are_their_own():
    assert names("def f():\n    rows = run()\nrun([rows.append(n) for n in x], lambda: rows.append(1))")[1] == {}
