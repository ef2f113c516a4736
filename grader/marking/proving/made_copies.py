"""Made-up copies of an answer: the same answer, as somebody changes it who wants it to look like another.

Each way changes the code by itself, and is None where there is nothing to change: names; formatting; the order of what
does not depend on each other; a part that becomes a function of its own; a loop that becomes a comprehension, or the
reverse.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator

Way = Callable[[str], str | None]
FEWEST_NODES = 6
"""Of an expression that becomes a function of its own."""
REMARKS = ("# now the next part", "# this is needed below", "# see the formula", "# as in the lecture")


def renamed(source: str) -> str | None:
    """Every variable, parameter and helper has another name; what the check asks for keeps its own."""
    tree = ast.parse(source)
    kept = _asked_for(tree)
    own = {name for name in _bound(tree) if name not in kept and not hasattr(builtins, name)}
    names = {
        name: f"my_{_WORDS[place % len(_WORDS)]}{place}" for place, name in enumerate(sorted(own - _imported(tree)))
    }
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return ast.unparse(_Rename(names, functions).visit(tree)) if names else None


_WORDS = ("value", "part", "thing", "sum", "old", "result", "row")


class _Rename(ast.NodeTransformer):
    """Gives names other names, wherever they stand."""

    def __init__(self, names: dict[str, str], functions: set[str]) -> None:
        self._names, self._functions = names, functions

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self._functions:
            for given in node.keywords:
                given.arg = self._names.get(given.arg or "", given.arg)
        if isinstance(node, ast.Nonlocal | ast.Global):
            node.names = [self._names.get(name, name) for name in node.names]
        for field in ("id", "arg", "name"):
            old = getattr(node, field, None)
            if isinstance(old, str) and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, field, self._names.get(old, old))
        return self.generic_visit(node)


def retyped(source: str) -> str | None:
    """Other line breaks, brackets and comments, no docstring, no hints of type, ``a = a + b`` for ``a += b``."""
    tree = _Retype().visit(ast.parse(source))
    lines = ast.unparse(ast.fix_missing_locations(tree)).splitlines()
    return "\n".join(_with_remarks(lines))


def _with_remarks(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        code = line.lstrip()
        if number % 3 == 1 and code.startswith(("for ", "return ", "if ")):
            yield line[: len(line) - len(code)] + REMARKS[number % len(REMARKS)]
        yield line


class _Retype(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        for one in (*node.args.args, *node.args.kwonlyargs):
            one.annotation = None
        if ast.get_docstring(node) is not None and len(node.body) > 1:
            del node.body[0]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            return node
        whole = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return ast.Assign([node.target], whole, lineno=node.lineno)


def reordered(source: str) -> str | None:
    """Neighbouring statements that do not depend on each other change places, and so do functions."""
    tree = ast.parse(source)
    moved = False
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                moved |= _swap(block)
    return ast.unparse(tree) if moved else None


def _swap(block: list[ast.stmt]) -> bool:
    moved, at = False, 0
    while at + 1 < len(block):
        if _independent(block[at], block[at + 1]):
            block[at], block[at + 1] = block[at + 1], block[at]
            moved, at = True, at + 1
        at += 1
    return moved


def _independent(one: ast.stmt, other: ast.stmt) -> bool:
    if isinstance(one, ast.FunctionDef) and isinstance(other, ast.FunctionDef):
        return True
    if not all(isinstance(each, ast.Assign) and _plain_targets(each) for each in (one, other)):
        return False
    first, second = _bound(one), _bound(other)
    return not first & (_read(other) | second) and not second & _read(one)


def _plain_targets(node: ast.Assign) -> bool:
    """Does it give values to names, and draw or take nothing from a row whose order matters?"""
    order = {"next", "pop", "popleft", "rng", "random", "draw"}
    names = {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(node)}
    return all(isinstance(target, ast.Name | ast.Tuple) for target in node.targets) and not names & order


def split(source: str) -> str | None:
    """The largest expressions of each function become functions of their own."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for statement in tree.body:
        for function in _functions(statement):
            body += _helpers(function, len(body))
        body.append(statement)
    changed = len(body) > len(tree.body)
    tree.body = body
    return ast.unparse(ast.fix_missing_locations(tree)) if changed else None


def _functions(statement: ast.stmt) -> Iterator[ast.FunctionDef]:
    """The function that a statement defines, or the methods of the class."""
    inner = statement.body if isinstance(statement, ast.ClassDef) else [statement]
    return (each for each in inner if isinstance(each, ast.FunctionDef))


def _helpers(function: ast.FunctionDef, number: int) -> Iterator[ast.FunctionDef]:
    """Takes two expressions out of a function; the new functions."""
    local = _bound(function)
    for place, (holder, expression) in enumerate(_large_expressions(function)[:2]):
        given = sorted(_read(expression) & local - _bound(expression))
        name = f"part_{number}_{place}"
        holder.value = ast.Call(ast.Name(name, ast.Load()), [ast.Name(each, ast.Load()) for each in given], [])
        arguments = ast.arguments([], [ast.arg(each) for each in given], None, [], [], None, [])
        yield ast.FunctionDef(name, arguments, [ast.Return(expression)], [], lineno=1)


def _large_expressions(function: ast.FunctionDef) -> list[tuple[ast.Assign | ast.Return, ast.expr]]:
    """What statements assign or return, the largest first."""
    odd = (ast.Yield, ast.NamedExpr, ast.Lambda, ast.Starred)
    inner = {
        id(part)
        for node in ast.walk(function)
        if isinstance(node, ast.FunctionDef) and node is not function
        for part in ast.walk(node)
    }
    found = []
    for node in ast.walk(function):
        if id(node) in inner or not isinstance(node, ast.Assign | ast.Return) or node.value is None:
            continue
        size = sum(1 for _ in ast.walk(node.value))
        simple = not any(isinstance(part, odd) for part in ast.walk(node.value))
        if simple and size >= FEWEST_NODES and not isinstance(node.value, ast.Tuple):
            found.append((size, node, node.value))
    return [(node, value) for _, node, value in sorted(found, key=lambda one: -one[0])]


def turned(source: str) -> str | None:
    """A list that is filled in a loop becomes a comprehension; a comprehension becomes such a loop."""
    tree = ast.parse(source)
    changed = False
    for node in ast.walk(tree):
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list):
                changed |= _turn(block)
    return ast.unparse(ast.fix_missing_locations(tree)) if changed else None


def _turn(block: list[ast.stmt]) -> bool:
    at, changed = 0, False
    while at < len(block):
        if at and (whole := _as_comprehension(block[at - 1], block[at])):
            block[at - 1 : at + 1] = [whole]
            changed = True
        elif loop := _as_loop(block[at], at):
            block[at : at + 1] = loop
            at, changed = at + len(loop), True
        else:
            at += 1
    return changed


def _as_comprehension(one: ast.stmt, other: ast.stmt) -> ast.Assign | None:
    """``xs = []`` and a loop that does nothing but append to it."""
    match (one, other):
        case (
            ast.Assign([ast.Name(name)], ast.List([])),
            ast.For(target, over, [ast.Expr(ast.Call(ast.Attribute(ast.Name(filled), "append"), [value]))], []),
        ) if name == filled:
            made = ast.ListComp(value, [ast.comprehension(target, over, [], 0)])
            return ast.Assign([ast.Name(name, ast.Store())], made, lineno=1)
    return None


def _as_loop(statement: ast.stmt, number: int) -> list[ast.stmt] | None:
    """A comprehension that a statement assigns or returns, or hands to one function, as a loop before it."""
    if not isinstance(statement, ast.Assign | ast.Return):
        return None
    value = statement.value
    holder: ast.Assign | ast.Return | ast.Call = statement
    if isinstance(value, ast.Call) and len(value.args) == 1:
        holder, value = value, value.args[0]
    if not isinstance(value, ast.ListComp) or len(value.generators) != 1 or value.generators[0].is_async:
        return None
    name = f"made_{number}"
    filled = ast.Expr(ast.Call(ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load()), [value.elt], []))
    inner: ast.stmt = filled
    for condition in reversed(value.generators[0].ifs):
        inner = ast.If(condition, [inner], [])
    loop = ast.For(value.generators[0].target, value.generators[0].iter, [inner], [], lineno=1)
    if isinstance(holder, ast.Call):
        holder.args = [ast.Name(name, ast.Load())]
    else:
        holder.value = ast.Name(name, ast.Load())
    return [ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()), lineno=1), loop, statement]


def all_together(source: str) -> str | None:
    """Every one of the others, one after the other."""
    for way in (turned, split, reordered, renamed, retyped):
        source = way(source) or source
    return source


WAYS: dict[str, Way] = {
    "renamed": renamed,
    "retyped": retyped,
    "reordered": reordered,
    "split into functions": split,
    "loops and comprehensions exchanged": turned,
    "all of these": all_together,
}


# --- names ----------------------------------------------------------------------------------------------------------


def _bound(tree: ast.AST) -> set[str]:
    """Names that get a value: variables, parameters, functions."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def _read(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _imported(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _asked_for(tree: ast.Module) -> set[str]:
    """The last name that the cell defines: what the check is given. And the methods of classes, which Python calls."""
    last = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign)][-1]
    names = {last.name} if isinstance(last, ast.FunctionDef | ast.ClassDef) else _bound(last)
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return names | {inner.name for node in classes for inner in node.body if isinstance(inner, ast.FunctionDef)}
