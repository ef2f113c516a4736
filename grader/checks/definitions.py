"""What code defines, apart from what it computes.

Code *defines* what a reader sees written out: imports, functions, classes, and values in which nothing is called but
what makes numbers, texts, arrays and containers: ``H = 2 * D``, ``W = np.array([[0.5, -1.0]])``, ``f = lambda z: z``.
Definitions in ``if``, ``with`` and ``try`` count too. All else is *computed*: what other calls, loops and
comprehensions give, and what is changed after it was written, such as a list that a loop fills.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAKERS = {
    *(
        "array",
        "asarray",
        "tensor",
        "arange",
        "linspace",
        "zeros",
        "ones",
        "eye",
        "full",
        "Path",
        "dict",
        "list",
        "set",
    ),
    *("frozenset", "tuple", "range", "slice", "bool", "int", "float", "complex", "str", "bytes", "len"),
}
"""Functions, also of modules, whose results count as written out where their arguments are."""
CHANGERS = {
    *("append", "extend", "insert", "add", "update", "setdefault", "pop", "popitem", "remove", "discard", "clear"),
    *("sort", "reverse", "fill", "shuffle", "copy_"),
}
"""Methods that change what they are called on."""
PLAIN = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Starred, ast.Subscript),
    *(ast.Slice, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.JoinedStr, ast.FormattedValue),
    *(ast.keyword, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
)
"""What an expression that is written out consists of, beside lambdas and calls of `MAKERS`."""
INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""Expressions with names of their own."""
NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Split:
    """Code in two parts.

    Attributes:
        kept: the statements that define, in order, each import by itself.
        computed: the names that are computed, with the line of each.
    """

    kept: list[ast.stmt] = field(default_factory=list)
    computed: dict[str, int] = field(default_factory=dict)

    def keep(self, statement: ast.stmt) -> None:
        """Keep a statement, unless it reads what is computed: then it computes too."""
        if self.computed.keys() & set(reads(statement)):
            self.leave(statement, statement.lineno)
            return
        self.kept.append(statement)
        for name in bound(statement):
            self.computed.pop(name, None)

    def leave(self, statement: ast.AST, line: int) -> None:
        self.computed |= dict.fromkeys([*bound(statement), *_changed(statement)], line)


def split(statements: Iterable[ast.stmt]) -> Split:
    """What statements define, and the names that they compute."""
    found = Split()
    for statement in statements:
        _sort_into(found, statement)
    return found


def _sort_into(found: Split, statement: ast.stmt) -> None:
    match statement:
        case ast.Import() | ast.ImportFrom():
            for single in _single_imports(statement):
                found.keep(single)
        case ast.With():
            for item in statement.items:
                if item.optional_vars is not None:
                    found.leave(item.optional_vars, statement.lineno)
            _all_into(found, statement.body)
        case ast.Try() if not _defines(statement):
            for part in (*(each for handler in statement.handlers for each in handler.body), *statement.orelse):
                found.leave(part, part.lineno)
            _all_into(found, [*statement.body, *statement.finalbody])
        case ast.If() if not _defines(statement) and _plain(statement.test):
            _if_into(found, statement)
        case _ if _defines(statement):
            found.keep(statement)
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if _pairs(targets, values):
            for target, value in zip(targets, values, strict=True):
                _sort_into(found, ast.copy_location(ast.Assign([target], value), statement))
        case _:
            found.leave(statement, statement.lineno)


def _pairs(targets: list[ast.expr], values: list[ast.expr]) -> bool:
    """May ``a, b = x, y`` be read as ``a = x`` and ``b = y``?"""
    read = {part.id for value in values for part in ast.walk(value) if isinstance(part, ast.Name)}
    starred = any(isinstance(each, ast.Starred) for each in [*targets, *values])
    return len(targets) == len(values) and not starred and not read & {name for each in targets for name in bound(each)}


def _all_into(found: Split, statements: Iterable[ast.stmt]) -> None:
    for statement in statements:
        _sort_into(found, statement)


def _if_into(found: Split, statement: ast.If) -> None:
    """Of both branches what they define; what one of them computes, is computed."""
    branches = [split(statement.body), split(statement.orelse)]
    body, orelse = (branch.kept for branch in branches)
    if body or orelse:
        test = statement.test
        found.keep(ast.copy_location(ast.If(test, body or [ast.copy_location(ast.Pass(), test)], orelse), statement))
    for branch in branches:
        found.computed |= branch.computed


def _defines(statement: ast.stmt) -> bool:
    """Does it define, as a whole?"""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Pass():
            return True
        case ast.Assign():
            return _plain(statement.value) and all(_names_alone(target) for target in statement.targets)
        case ast.AnnAssign():
            return isinstance(statement.target, ast.Name) and (statement.value is None or _plain(statement.value))
        case ast.If():
            return _plain(statement.test) and all(map(_defines, [*statement.body, *statement.orelse]))
        case ast.Try():
            handled = [part for handler in statement.handlers for part in handler.body]
            return all(map(_defines, [*statement.body, *handled, *statement.orelse, *statement.finalbody]))
    return False


def _plain(value: ast.AST) -> bool:
    """Is the value of this expression written out?"""
    if isinstance(value, ast.Lambda):
        return True
    if isinstance(value, ast.Call):
        given = [*value.args, *value.keywords]
        return _makes(value.func) and all(map(_plain, given)) and not _calls_back(given)
    return isinstance(value, PLAIN) and all(map(_plain, ast.iter_child_nodes(value)))


def _makes(function: ast.expr) -> bool:
    """``list`` and ``np.array``, but not ``text.split`` or ``rng.normal``."""
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.attr in MAKERS
    return isinstance(function, ast.Name) and function.id in MAKERS


def _calls_back(given: Iterable[ast.AST]) -> bool:
    """Is a function given, which may compute anything?"""
    return any(isinstance(part, ast.Lambda) for one in given for part in ast.walk(one))


def _names_alone(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_names_alone, target.elts))
    return isinstance(target, ast.Name) or (isinstance(target, ast.Starred) and _names_alone(target.value))


def _single_imports(statement: ast.Import | ast.ImportFrom) -> Iterator[ast.stmt]:
    for alias in statement.names:
        single: ast.stmt = ast.Import([alias])
        if isinstance(statement, ast.ImportFrom):
            single = ast.ImportFrom(statement.module, [alias], statement.level)
        yield ast.copy_location(single, statement)


def bound(node: ast.AST) -> Iterator[str]:
    """The names that code binds, apart from those inside functions, classes and comprehensions."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Name(ctx=ast.Store() | ast.Del()):
            yield node.id
        case ast.alias():
            yield (node.asname or node.name).partition(".")[0]
        case _ if not isinstance(node, INNER):
            for child in ast.iter_child_nodes(node):
                yield from bound(child)


def reads(node: ast.AST) -> Iterator[str]:
    """The names that a definition reads when it is made: not those inside functions, but those of their defaults."""
    match node:
        case ast.Name(ctx=ast.Load()):
            yield node.id
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            for part in (*node.decorator_list, node.args):
                yield from reads(part)
        case ast.Lambda():
            yield from reads(node.args)
        case ast.ClassDef():
            for part in (*node.decorator_list, *node.bases, *node.keywords):
                yield from reads(part)
        case ast.arg():  # its annotation is only shown
            pass
        case _:
            for child in ast.iter_child_nodes(node):
                yield from reads(child)


def _changed(node: ast.AST) -> Iterator[str]:
    """The names of what code changes in place, by ``name[…] = …`` or a method such as ``name.append(…)``."""
    match node:
        case ast.Subscript(ctx=ast.Store() | ast.Del()):
            yield from _root(node)
        case ast.Call(func=ast.Attribute(attr=method, value=owner)) if method in CHANGERS:
            yield from _root(owner)
    if not isinstance(node, (*INNER, *NAMED)):
        for child in ast.iter_child_nodes(node):
            yield from _changed(child)


def _root(owner: ast.expr) -> Iterator[str]:
    while isinstance(owner, ast.Subscript):
        owner = owner.value
    if isinstance(owner, ast.Name):
        yield owner.id
