"""A popover says nothing to the server: a run at its closing swallows the click that closed it."""

from __future__ import annotations

import ast

import pytest

from tests.house.sources import name_of, nodes_of, product_files, syntax_tree


def telling(tree: ast.Module) -> list[int]:
    """The lines of popovers that ask for a run when they are opened or closed."""
    return [
        node.lineno
        for node in nodes_of(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("popover")
        and any(word.arg == "on_change" for word in node.keywords)
    ]


@pytest.mark.parametrize("change", ["'rerun'", "opened"])
def test_one_that_does_is_found(change: str) -> None:
    assert telling(ast.parse(f"with st.popover('更多', on_change={change}):\n    pass")) == [1]


def test_no_page_has_one() -> None:
    found = {
        name_of(file): lines
        for file in product_files(".py")
        if (lines := telling(syntax_tree(file)))
    }
    assert found == {}
