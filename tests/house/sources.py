"""The project's own source files, as the tests of the house look at them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import PROJECT_ROOT

PACKAGES = ("geo", "ledger", "pages", "data")


def product_files(*suffixes: str) -> list[Path]:
    """Every file of the product (tests and databases apart) with one of the suffixes, sorted."""
    files = [PROJECT_ROOT / "app.py"]
    for package in (*PACKAGES, ".streamlit"):
        files += (PROJECT_ROOT / package).rglob("*")
    return sorted(
        file
        for file in files
        if file.is_file()
        and file.suffix in suffixes
        and not {"__pycache__", "var"} & set(file.relative_to(PROJECT_ROOT).parts)
    )


def name_of(file: Path) -> str:
    """The file's path inside the project, with forward slashes."""
    return file.relative_to(PROJECT_ROOT).as_posix()


@cache
def syntax_tree(file: Path) -> ast.Module:
    """The parsed source of a Python file; nobody changes it."""
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a module, as ``ast.walk`` gives them; a dozen tests look through all."""
    return tuple(ast.walk(tree))


def imported_packages(tree: ast.Module) -> Iterator[str]:
    """The top-level names that a module imports, wherever in it the import stands."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def texts_in_use(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of every string that the program can use: docstrings do not count."""
    docstrings = {
        id(node.body[0].value)
        for node in nodes_of(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes_of(tree):
        usable = isinstance(node, ast.Constant) and id(node) not in docstrings
        if usable and isinstance(node.value, str):
            yield node.lineno, node.value
