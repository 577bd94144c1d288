"""A service that writes is run again when the database undid it; the few that are not say why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import name_of, nodes_of, product_files, syntax_tree

AGAIN = "tried_again"
_OPENS = {"writing", "joined"}
# Whatever is used up by the first try is not there for the second.
_USED_UP = re.compile(r"\b(Iterator|Iterable|Generator|IO|BinaryIO|TextIO|BytesIO|StringIO)\b")
# Function → why running it again is wrong, or of no use. Each opens its transactions itself.
NOT_AGAIN = {
    "ledger/demo/campaign.py:play": "minutes of a command that makes the demo; said, and run again",
    "ledger/demo/loading.py:load_demo": "many transactions; run again, it goes on where it was",
    "ledger/people/sessions.py:_write_seen": "takes no error to heart: the next minute writes",
    "ledger/operations/rotation.py:_retire": "writes key files; run again, it goes on",
    "ledger/operations/backup.py:fill": "fills a database that nobody else uses yet",
    "ledger/storage/new_migration.py:write_migration": "an empty database of this call alone",
    "ledger/storage/joined.py:joined": "a block of the caller's, who runs it again or says why not",
    "ledger/operations/moving.py:move": "only keeps others from writing; fills an unused database",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def writers(tree: ast.AST, inside: Function | None = None) -> Iterator[tuple[Function, int]]:
    """Every function that opens a transaction to write, and how many times; nested ones apart."""
    counts: dict[Function, int] = {}

    def look(node: ast.AST, inside: Function | None) -> None:
        if isinstance(node, Function):
            inside = node
        if isinstance(node, ast.Call) and _opens(node) and inside is not None:
            counts[inside] = counts.get(inside, 0) + 1
        for child in ast.iter_child_nodes(node):
            look(child, inside)

    look(tree, inside)
    yield from counts.items()


def _opens(call: ast.Call) -> bool:
    """``store.writing()``, ``joined(store)``, or the engine's own ``_writer.begin()``."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id == "joined"
    if not isinstance(function, ast.Attribute):
        return False
    begins = function.attr == "begin" and ast.unparse(function.value).endswith(
        ("engine", "_writer")
    )
    return function.attr in _OPENS or begins


def is_tried_again(function: Function) -> bool:
    return any(ast.unparse(one) == AGAIN for one in function.decorator_list)


def test_a_writer_is_recognised() -> None:
    source = """
@tried_again
def one(store):
    with store.writing() as connection: ...
def two(store):
    opened = store.reading() if dry else store.writing()
def three(store):
    with joined(store): ...
def four(store):
    with store.reading(): ...
def five(engine):
    def six():
        with engine.begin(): ...
"""
    found = {function.name: is_tried_again(function) for function, _ in writers(ast.parse(source))}
    assert found == {"one": True, "two": False, "three": False, "six": False}


def test_every_writer_is_tried_again_or_says_why_not() -> None:
    found, excused = [], set()
    for file in product_files(".py"):
        if "migrations" in file.parts:
            continue
        for function, times in writers(syntax_tree(file)):
            name = f"{name_of(file)}:{function.name}"
            if name in NOT_AGAIN:
                excused.add(name)
                assert not is_tried_again(function), f"{name} is tried again: take its excuse away"
            elif not is_tried_again(function):
                found.append(f"{name} (line {function.lineno}) writes without @{AGAIN}")
            elif times > 1:
                found.append(f"{name} opens several transactions: the first would be done twice")
    assert found == []
    assert excused == set(NOT_AGAIN), "an excuse for what is not there any more"


def _decorated() -> list[tuple[str, Function]]:
    return [
        (f"{name_of(file)}:{node.name}", node)
        for file in product_files(".py")
        for node in nodes_of(syntax_tree(file))
        if isinstance(node, Function) and is_tried_again(node)
    ]


def test_what_is_tried_again_can_be() -> None:
    decorated = _decorated()
    assert len(decorated) > 50
    for name, function in decorated:
        assert not isinstance(function, ast.AsyncFunctionDef), name
        assert not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
        every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        for argument in every:
            told = ast.unparse(argument.annotation) if argument.annotation else ""
            assert not _USED_UP.search(told), f"{name}: {argument.arg} is used up by the first try"


@pytest.mark.parametrize("told", ["Iterable[Edit]", "BinaryIO", "Iterator[str] | None"])
def test_arguments_that_are_used_up_are_recognised(told: str) -> None:
    assert _USED_UP.search(told)
