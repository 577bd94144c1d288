"""Finds callbacks whose arguments hold what somebody types on the same page.

``st.button(…, on_click=f, args=(typed,))`` fixes its arguments when the page is drawn. Whoever
types and then clicks sends both at once, and the callback still gets what stood there before. A
callback has to read ``st.session_state``, or the fields have to stand in a form.

What a function returns counts as typed if it is made of what fields returned: found by name, over
all modules looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.house.sources import nodes_of

FIELDS = frozenset(
    {
        "text_input",
        "text_area",
        "number_input",
        "date_input",
        "time_input",
        "datetime_input",
        "selectbox",
        "multiselect",
        "pills",
        "segmented_control",
        "radio",
        "checkbox",
        "toggle",
        "slider",
        "select_slider",
        "file_uploader",
        "data_editor",
        "chat_input",
        "feedback",
        "color_picker",
        "ask_one",
    }
)
CALLBACKS = ("on_click", "on_change", "on_select")
GIVEN = ("args", "kwargs")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.Module | Function


@dataclass(frozen=True)
class Found:
    """A callback that was given a typed value."""

    line: int
    name: str


def typed_in_callbacks(modules: Mapping[str, ast.Module]) -> list[tuple[str, Found]]:
    """Every such callback of some modules, with the module's name."""
    returning = _functions_that_return_typed(modules.values())
    return [
        (name, found)
        for name, module in modules.items()
        for scope in _scopes(module)
        for found in _faults(scope, returning)
    ]


def _functions_that_return_typed(modules: Iterable[ast.Module]) -> frozenset[str]:
    """Names of functions that return what a field returned, or something made of it."""
    functions = [
        scope for module in modules for scope in _scopes(module) if isinstance(scope, Function)
    ]
    known: frozenset[str] = frozenset()
    while True:
        found = {one.name for one in functions if _returns_typed(one, known)}
        if found <= known:
            return known
        known |= found


def _returns_typed(function: Function, returning: frozenset[str]) -> bool:
    typed = _typed_names(function, returning)
    returns = [node for node in _own(function) if isinstance(node, ast.Return)]
    return any(
        node.value is not None and _is_typed(node.value, typed, returning) for node in returns
    )


def _typed_names(scope: Scope, returning: frozenset[str]) -> frozenset[str]:
    """The names of one scope that hold a typed value, however it got there."""
    typed: frozenset[str] = frozenset()
    while True:
        found = {
            name
            for node in _own(scope)
            for target, value in _assigned(node)
            if _is_typed(value, typed, returning)
            for name in _names(target)
        }
        if found <= typed:
            return typed
        typed |= found


def _assigned(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value


def _is_typed(value: ast.AST, typed: frozenset[str], returning: frozenset[str]) -> bool:
    for node in ast.walk(value):
        if isinstance(node, ast.Call) and _called(node) in FIELDS | returning:
            return True
        if isinstance(node, ast.Name) and node.id in typed:
            return True
    return False


def _faults(scope: Scope, returning: frozenset[str]) -> Iterator[Found]:
    typed = _typed_names(scope, returning)
    if not typed:
        return
    nested = {node.name: node for node in ast.walk(scope) if isinstance(node, Function)}
    for node in _own(scope):
        if not isinstance(node, ast.Call):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        if not any(name in given for name in CALLBACKS):
            continue
        held = [given[name] for name in (*CALLBACKS, *GIVEN) if name in given]
        for value in held:
            used = _used(value, nested)
            yield from (Found(node.lineno, name) for name in sorted(used & typed))


def _used(value: ast.expr, nested: Mapping[str, Function]) -> frozenset[str]:
    """The names that a callback or its arguments hold, those inside a nested function too."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    for name in names & nested.keys():
        inside = nested[name]
        own = {node.id for node in ast.walk(inside) if isinstance(node, ast.Name)}
        kept = {
            target
            for node in ast.walk(inside)
            for place, _ in _assigned(node)
            for target in _names(place)
        }
        names |= own - kept - {argument.arg for argument in inside.args.args}
    return frozenset(names)


def _scopes(module: ast.Module) -> Iterator[Scope]:
    yield module
    yield from (node for node in nodes_of(module) if isinstance(node, Function))


def _own(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a scope, without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function):
            waiting += ast.iter_child_nodes(node)


def _names(target: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
