"""docs/architecture.md and CONTRIBUTING.md say where things are: each room, module, function, path
and command exists."""

from __future__ import annotations

import importlib
import re
import sys
from pathlib import Path

import pytest

from ledger.__main__ import main

DOTTED = re.compile(r"`((?:ledger|pages)(?:\.\w+)+)`")
SLASHED = re.compile(r"`?((?:ledger|pages|geo|data|tests|docs|\.ci)/[\w/.-]*[\w/])`?")
COMMAND = re.compile(r"python -m ledger (\w[\w-]*)")
TARGET = re.compile(r"\bmake ([a-z-]+)")
PAGES = ("docs/architecture.md", "CONTRIBUTING.md")
# Page → how many names and paths it has at least: a pattern that finds none would prove nothing.
NAMES, PATHS = {"docs/architecture.md": 15}, {"docs/architecture.md": 15, "CONTRIBUTING.md": 20}


@pytest.fixture(scope="module")
def text(project_root: Path) -> str:
    return (project_root / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def contributing(project_root: Path) -> str:
    return (project_root / "CONTRIBUTING.md").read_text(encoding="utf-8")


def found(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    module, _, last = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return hasattr(importlib.import_module(module), last)
    return True


@pytest.mark.parametrize("page", PAGES)
def test_every_name_is_there(page: str, project_root: Path) -> None:
    names = set(DOTTED.findall((project_root / page).read_text(encoding="utf-8")))
    assert len(names) > NAMES.get(page, -1)
    assert {name for name in names if not found(name)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_path_is_there(page: str, project_root: Path) -> None:
    paths = set(SLASHED.findall((project_root / page).read_text(encoding="utf-8")))
    assert len(paths) > PATHS[page]
    assert {path for path in paths if not (project_root / path).exists()} == set()


def test_every_command_is_there(contributing: str, project_root: Path) -> None:
    commands, targets = set(COMMAND.findall(contributing)), set(TARGET.findall(contributing))
    assert "migration" in commands
    for command in commands:
        with pytest.raises(SystemExit) as end:
            main([command, "--help"])
        assert end.value.code == 0
    makefile = (project_root / "Makefile").read_text(encoding="utf-8")
    assert len(targets) >= 4
    assert targets <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    mentioned = set(re.findall(r"\.venv/bin/([\w-]+)", contributing)) - {"python"}
    assert all((Path(sys.executable).parent / one).exists() for one in mentioned)


def test_every_room_is_named(text: str, project_root: Path) -> None:
    rooms = {init.parent.name for init in (project_root / "ledger").glob("*/__init__.py")}
    told = set(re.findall(r"^\| \d \| `ledger/(\w+)/` \|", text, re.MULTILINE))
    assert rooms == told
    assert len(rooms) <= 10
