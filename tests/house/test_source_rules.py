"""Rules of the house that every source file keeps."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.conftest import PROJECT_ROOT
from tests.house.requirements import direct_requirements
from tests.house.sources import (
    PACKAGES,
    imported_packages,
    name_of,
    nodes_of,
    product_files,
    syntax_tree,
    texts_in_use,
)

MOST_LINES = {".py": 320, ".js": 400, ".css": 400}

# Addresses that are names, never fetched: namespaces, placeholders in help texts, this machine.
NAMES_NOT_FETCHED = {
    "www.w3.org": "XML and SVG namespaces",
    "schemas.openxmlformats.org": "namespaces of Office files",
    "schemas.microsoft.com": "namespaces of Office files",
    "purl.org": "namespaces of Office files",
    "localhost": "this machine",
    "127.0.0.1": "this machine",
}
PLACEHOLDER = re.compile(r"(^|\.)example(\.(com|org|net|cn))?$")
HOST = re.compile(r"(?:https?:|wss?:)?//([A-Za-z0-9][A-Za-z0-9.-]*\.[A-Za-z]{2,}|\d+(?:\.\d+){3})")


def foreign_hosts(text: str) -> list[str]:
    """Hosts in the text that a browser or the server could be sent to."""
    return [
        host
        for host in HOST.findall(text)
        if host not in NAMES_NOT_FETCHED and not PLACEHOLDER.search(host)
    ]


def test_foreign_hosts_are_recognised() -> None:
    cdn = '<script src="https://cdn.jsdelivr.net/npm/leaflet.js"></script>'
    assert foreign_hosts(cdn) == ["cdn.jsdelivr.net"]
    assert foreign_hosts("background: url(//unpkg.com/a.css)") == ["unpkg.com"]
    assert foreign_hosts('xmlns="http://www.w3.org/2000/svg"') == []
    assert foreign_hosts("https://tiles.example.org/{z}/{x}/{y}.png") == []


def test_no_source_names_another_host() -> None:
    found = []
    for file in product_files(".py"):
        for line, text in texts_in_use(syntax_tree(file)):
            found += [f"{name_of(file)}:{line} {host}" for host in foreign_hosts(text)]
    for file in product_files(".js", ".css", ".html", ".toml", ".svg"):
        for line, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            found += [f"{name_of(file)}:{line} {host}" for host in foreign_hosts(text)]
    assert found == [], "the product works without internet; serve it from here"


def test_every_module_can_be_taken_in() -> None:
    long = {
        name_of(file): lines
        for file in product_files(*MOST_LINES)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > MOST_LINES[file.suffix]
    }
    assert long == {}, f"one subject a module, at most {MOST_LINES} lines"


def test_only_app_and_pages_know_streamlit() -> None:
    knowing = {
        name_of(file)
        for file in product_files(".py")
        if {"streamlit", "streamlit_folium"} & set(imported_packages(syntax_tree(file)))
    }
    assert knowing, "the search itself found nothing"
    assert {name for name in knowing if not name.startswith(("app.py", "pages/"))} == set()


def test_every_imported_package_is_a_direct_requirement() -> None:
    distributions = packages_distributions()
    own = {"app", *PACKAGES}
    listed = direct_requirements(PROJECT_ROOT / "requirements.txt")
    missing = set()
    for file in product_files(".py"):
        for package in set(imported_packages(syntax_tree(file))) - own - sys.stdlib_module_names:
            names = {canonicalize_name(name) for name in distributions.get(package, [package])}
            if not names & listed:
                missing.add(f"{package} (in {name_of(file)})")
    assert missing == set(), "list them in the first groups of requirements.txt"


@pytest.mark.parametrize("package", ["geo", "ledger"])
def test_public_functions_say_what_they_do(package: str) -> None:
    silent = []
    for file in product_files(".py"):
        # Alembic, not the reader, calls the functions of a migration.
        if name_of(file).startswith(f"{package}/") and "migrations" not in file.parts:
            silent += [f"{name_of(file)}:{node.lineno} {node.name}" for node in undocumented(file)]
    assert silent == []


def undocumented(file: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Public functions and classes at the top of a module that carry no docstring."""
    return [
        node
        for node in syntax_tree(file).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and ast.get_docstring(node) is None
    ]


def test_a_second_tap_clears_no_choice() -> None:
    """Buttons of which one is chosen need it chosen; an answer is cleared by its own 清除."""
    clearing = [
        f"{name_of(file)}:{node.lineno}"
        for file in product_files(".py")
        if name_of(file).startswith("pages/") and file.name != "answers.py"
        for node in nodes_of(syntax_tree(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("pills", "segmented_control")
        and not {"required", "selection_mode"} & {one.arg for one in node.keywords}
    ]
    assert clearing == [], "use pages._ui.answers.ask_one, or required=True"


def test_keys_with_labels_have_one_base() -> None:
    making = [
        f"{name_of(file)} {node.name}"
        for file in product_files(".py")
        for node in nodes_of(syntax_tree(file))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(one, ast.FunctionDef) and one.name == "__new__" for one in node.body)
    ]
    assert making == ["geo/labelled.py Labelled"], "derive the enum from geo.labelled.Labelled"
