"""An answer as a row of tokens: what it computes with, without names, formatting, comments and hints of type.

Code is read by Python's own parser. What a writer is free to choose is made alike: names of variables, numbers, texts;
``z += a`` and ``z = z + a``; a list that is filled in a loop, and a comprehension; `if` and `else` on one line or on
several. What has a meaning of its own stays: operators, attributes and functions of libraries.
Code that is no Python is cut by Python's tokenizer, as far as that comes. Nothing is run.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import tokenize
import warnings
from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 20_000
"""Characters of an answer that are looked at."""
KNOWN = frozenset(dir(builtins)) | {"np", "numpy", "torch", "math", "functools", "itertools", "F", "nn"}
"""Names that are not the writer's own."""
NAME, NUMBER, TEXT = "name", "number", "text"
"""Stand for any name, number and text."""
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
"""A word; of Chinese, Japanese and Korean, a character."""


class Token(NamedTuple):
    """What stands there, and the line of the source in which it begins, from 1."""

    text: str
    line: int


def code_tokens(source: str) -> list[Token]:
    """The tokens of code; of what is no Python, as many as Python's tokenizer finds."""
    source = "\n".join(source[:LONGEST].replace("\0", " ").splitlines())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the student's code, such as an odd escape
            return list(_Reader(ast.parse(_without_magics(source))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return list(_loosely(source))


def word_tokens(text: str) -> list[Token]:
    """The words of a written answer, in small letters, without punctuation."""
    lines = enumerate(text[:LONGEST].splitlines(), 1)
    return [Token(found.group().casefold(), line) for line, row in lines for found in WORD.finditer(row)]


def _without_magics(source: str) -> str:
    """The code without IPython's own lines (``%time``, ``!ls``, ``step?``), in the same lines."""
    return "\n".join("" if _is_magic(line) else line for line in source.splitlines())


def _is_magic(line: str) -> bool:
    code = line.strip()
    return code.startswith(("%", "!", "?")) or code.endswith("?")


class _Reader:
    """Walks over parsed code, and gives the tokens of each part in the order of their meaning."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._own = _own_attributes(tree)
        self._line = 1

    def __iter__(self) -> Iterator[Token]:
        return self._of(self._tree)

    def _of(self, node: ast.AST | None) -> Iterator[Token]:
        if node is None:
            return
        if isinstance(node, ast.stmt | ast.expr):
            self._line = node.lineno
        special = getattr(self, f"_{type(node).__name__}", None)
        yield from special(node) if special else self._plainly(node)

    def _all(self, *nodes: ast.AST | None) -> Iterator[Token]:
        for node in nodes:
            yield from self._of(node)

    def _plainly(self, node: ast.AST) -> Iterator[Token]:
        """Any other part: its kind, then what it consists of."""
        if not isinstance(node, ast.Module | ast.Expr | ast.expr_context | ast.arguments):
            yield self._token(type(node).__name__)
        yield from self._all(*ast.iter_child_nodes(node))

    def _token(self, text: str) -> Token:
        return Token(text, self._line)

    # --- what is left out, or has no name of its own

    def _FunctionDef(self, node: ast.FunctionDef) -> Iterator[Token]:
        """The name, the parameters and the decorators are the lesson's, or free."""
        yield self._token("def")
        yield from self._all(*node.body)

    def _Lambda(self, node: ast.Lambda) -> Iterator[Token]:
        yield self._token("def")
        yield from self._of(node.body)

    def _ClassDef(self, node: ast.ClassDef) -> Iterator[Token]:
        yield self._token("class")
        yield from self._all(*node.body)

    def _Import(self, node: ast.Import | ast.ImportFrom) -> Iterator[Token]:
        return iter(())

    _ImportFrom = _Global = _Nonlocal = _Pass = _Load = _Store = _Import

    def _Expr(self, node: ast.Expr) -> Iterator[Token]:
        """A text by itself is a docstring or a comment."""
        if not isinstance(node.value, ast.Constant):
            yield from self._of(node.value)

    def _Name(self, node: ast.Name) -> Iterator[Token]:
        yield self._token(node.id if node.id in KNOWN else NAME)

    def _Constant(self, node: ast.Constant) -> Iterator[Token]:
        simple = node.value is None or isinstance(node.value, bool)
        yield self._token(str(node.value) if simple else TEXT if isinstance(node.value, str | bytes) else NUMBER)

    def _JoinedStr(self, node: ast.JoinedStr) -> Iterator[Token]:
        yield self._token(TEXT)

    def _Attribute(self, node: ast.Attribute) -> Iterator[Token]:
        yield from self._of(node.value)
        yield self._token("." + (NAME if node.attr in self._own else node.attr))

    # --- what can be written in more than one way

    def _AnnAssign(self, node: ast.AnnAssign) -> Iterator[Token]:
        if node.value is not None:
            yield from self._assigned(node.target, node.value)

    def _Assign(self, node: ast.Assign) -> Iterator[Token]:
        for target in node.targets:
            yield from self._assigned(target, node.value)

    def _AugAssign(self, node: ast.AugAssign) -> Iterator[Token]:
        whole = ast.BinOp(node.target, node.op, node.value)
        yield from self._assigned(node.target, ast.copy_location(whole, node))

    def _NamedExpr(self, node: ast.NamedExpr) -> Iterator[Token]:
        yield from self._assigned(node.target, node.value)

    def _assigned(self, target: ast.expr, value: ast.expr) -> Iterator[Token]:
        yield from self._of(value)
        yield self._token("=")
        yield from self._of(target)

    def _Call(self, node: ast.Call) -> Iterator[Token]:
        """``list.append(x)`` is what a comprehension does with x."""
        if isinstance(node.func, ast.Attribute) and node.func.attr == "append" and len(node.args) == 1:
            yield self._token("collect")
            yield from self._of(node.args[0])
            return
        yield from self._of(node.func)
        yield self._token("(")
        yield from self._all(*node.args)
        for given in node.keywords:
            yield self._token(f"{given.arg}=")
            yield from self._of(given.value)

    def _ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Iterator[Token]:
        yield from self._all(*node.generators)
        yield self._token("collect")
        yield from self._of(node.elt)

    _GeneratorExp = _SetComp = _ListComp

    def _comprehension(self, node: ast.comprehension) -> Iterator[Token]:
        yield from self._loop(node.target, node.iter)
        for condition in node.ifs:
            yield self._token("if")
            yield from self._of(condition)

    def _For(self, node: ast.For) -> Iterator[Token]:
        yield from self._loop(node.target, node.iter)
        yield from self._all(*node.body, *node.orelse)

    def _loop(self, target: ast.expr, over: ast.expr) -> Iterator[Token]:
        self._line = target.lineno
        yield self._token("for")
        yield from self._all(target, over)

    def _If(self, node: ast.If) -> Iterator[Token]:
        yield self._token("if")
        yield from self._all(node.test, *node.body)
        if node.orelse:
            yield self._token("else")
            yield from self._all(*node.orelse)

    def _IfExp(self, node: ast.IfExp) -> Iterator[Token]:
        yield self._token("if")
        yield from self._all(node.test, node.body)
        yield self._token("else")
        yield from self._of(node.orelse)


def _own_attributes(tree: ast.Module) -> set[str]:
    """Names of attributes that the code itself sets or defines: they are the writer's own."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            found |= {inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


def _loosely(source: str) -> Iterator[Token]:
    """Tokens of what is no Python, up to where Python's tokenizer gives up."""
    kinds = {tokenize.NUMBER: NUMBER, tokenize.STRING: TEXT}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            line = token.start[0]
            if token.type == tokenize.NAME:
                known = keyword.iskeyword(token.string) or token.string in KNOWN
                yield Token(token.string if known else NAME, line)
            elif token.type in (tokenize.NUMBER, tokenize.STRING, tokenize.OP):
                yield Token(kinds.get(token.type, token.string), line)
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return
