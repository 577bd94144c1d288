"""docs/architecture.md says where things are: each room, module, function and path exists."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

DOTTED = re.compile(r"`((?:ledger|pages)(?:\.\w+)+)`")
SLASHED = re.compile(r"`((?:ledger|pages|geo|data|tests)/[\w/.]*)`")


@pytest.fixture(scope="module")
def text(project_root: Path) -> str:
    return (project_root / "docs" / "architecture.md").read_text(encoding="utf-8")


def found(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, last = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return hasattr(importlib.import_module(module), last)
    return True


def test_every_name_is_there(text: str) -> None:
    names = set(DOTTED.findall(text))
    assert len(names) > 15
    assert {name for name in names if not found(name)} == set()


def test_every_path_is_there(text: str, project_root: Path) -> None:
    paths = set(SLASHED.findall(text))
    assert len(paths) > 15
    assert {path for path in paths if not (project_root / path).exists()} == set()


def test_every_room_is_named(text: str, project_root: Path) -> None:
    rooms = {init.parent.name for init in (project_root / "ledger").glob("*/__init__.py")}
    told = set(re.findall(r"^\| \d \| `ledger/(\w+)/` \|", text, re.MULTILINE))
    assert rooms == told
    assert len(rooms) <= 10
