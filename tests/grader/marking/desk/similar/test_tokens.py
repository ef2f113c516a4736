"""Are answers the same in tokens if they differ in what a writer is free to choose, and only then?"""

from __future__ import annotations

import time

import pytest

from grader.marking.desk.similar.tokens import code_tokens, word_tokens

ANSWER = '''
def sequence(x, h0, W):
    """All states."""
    states = []
    for x_t in x:
        h0 = np.tanh(x_t @ W.T + h0)
        states.append(h0)
    return np.stack(states)
'''
SAME = {
    "names": ANSWER.replace("states", "out").replace("h0", "before").replace("x_t", "each"),
    "comments": ANSWER.replace("    for", "    # go through time\n\n    for"),
    "docstring": ANSWER.replace("All states.", "The hidden states,\n    one after the other."),
    "hints of type": ANSWER.replace("W):", "W: np.ndarray) -> np.ndarray:"),
    "line breaks": ANSWER.replace("x_t @ W.T + h0", "(\n            x_t @ W.T\n            + h0\n        )"),
    "a magic": "%%time\n" + ANSWER + "\nsequence?\n%timeit sequence\n",
    "odd spaces": ANSWER.replace(" = ", "  =  ").replace("    ", "  "),
}
EQUAL = {
    "a sum": ("z += a * b", "z = z + a * b"),
    "a list": ("xs = []\nfor y in ys:\n    xs.append(f(y))", "xs = []\nfor y in ys: xs.append(f(y))"),
    "a condition": ("x = a if b else c", "x = (a) if (b) else (c)"),
    "numbers and texts": ("x = 1e-8 * f('a')", "x = 0.5 * f('bc')"),
    "own attributes": ("self.first = x\ny = self.first.T", "self.other = x\ny = self.other.T"),
}
DIFFERENT = {
    "an operator": ("a + b", "a - b"),
    "a function of a library": ("np.tanh(z)", "np.exp(z)"),
    "a built-in": ("sum(z)", "max(z)"),
    "where a loop ends": ("for y in ys:\n    f(y)\n    g(y)", "for y in ys:\n    f(y)\nreturn g(y)"),
}


def texts(source):
    return [token.text for token in code_tokens(source)]


@pytest.mark.parametrize("changed", SAME.values(), ids=SAME)
def test_what_a_writer_is_free_to_choose_changes_nothing(changed):
    assert texts(changed) == texts(ANSWER)


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL)
def test_other_spellings_of_the_same_are_the_same(one, other):
    assert texts(one) == texts(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_computes_otherwise_is_different(one, other):
    assert texts(one) != texts(other)


def test_a_loop_and_a_comprehension_share_what_they_do():
    loop, comprehension = texts("xs = []\nfor y in ys:\n    xs.append(f(y) * 2)"), texts("xs = [f(y) * 2 for y in ys]")
    inner = ["for", "name", "name", "collect", "BinOp"]
    assert all(any(found[at:][:5] == inner for at in range(len(found))) for found in (loop, comprehension))


def test_a_token_knows_its_lines():
    found = {token.line for token in code_tokens(ANSWER) if token.text == ".stack"}
    assert found == {8}


def test_what_is_no_python_is_cut_as_far_as_it_goes():
    assert texts("def f(x):\n    return x +* 2") == [
        "def",
        "name",
        "(",
        "name",
        ")",
        ":",
        "return",
        "name",
        *"+*",
        "number",
    ]
    assert texts("x = (1, 'open") != []


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 9000,
        "-" * 15_000 + "1",
        "x" + ".y" * 9000,
        "a = " + "1 + " * 4000 + "1",
        "\n".join("!ls" for _ in range(5000)),
        "[" * 80 + "]" * 80,
        "f'{" * 200,
        "\0\ud800x = 1",
        "x = 1\r\u2028y = 2\x0c",
        "if x:\n" + "\n".join(" " * depth + "if x:" for depth in range(1, 99)),
        "lambda: " * 2000 + "1",
        "9" * 19_000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_nothing_that_is_written_breaks_or_stalls_it(bomb):
    begin = time.process_time()
    code_tokens(bomb)
    word_tokens(bomb)
    assert time.process_time() - begin < 2


def test_words_are_small_and_without_punctuation():
    assert [token.text for token in word_tokens("The **Gradient** vanishes,\n as $\\gamma < 1$; 梯度")] == [
        *("the", "gradient", "vanishes", "as", "gamma", "1", "梯", "度")
    ]
