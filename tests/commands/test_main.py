"""The entrance: the modules of `ledger.commands`, each imported for its own commands alone."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from ledger.__main__ import COMMANDS, parser
from ledger.commands.parser import Parser


def added_by(module: str) -> tuple[str, ...]:
    top = Parser(prog="ledger")
    commands = top.add_subparsers(parser_class=Parser)
    import_module(f"ledger.commands.{module}").add(commands)
    return tuple(commands.choices)


@pytest.mark.parametrize("module", COMMANDS)
def test_every_module_adds_the_commands_it_is_listed_with(module: str) -> None:
    assert added_by(module) == tuple(COMMANDS[module])


def test_a_command_that_nobody_knows_is_answered_with_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parser("imports").parse_args(["imports"])
    told = capsys.readouterr().err
    assert all(f"'{name}'" in told for names in COMMANDS.values() for name in names)


def test_no_command_loads_what_it_does_not_use() -> None:
    """Each took a part of a second of every command, every timer and every start."""
    code = (
        "import sys; from ledger.__main__ import parser\n"
        "for asked in ('--help', 'verify'):\n"
        "    parser(asked); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    listed, checked = (set(line.split()) for line in done.stdout.splitlines())
    assert not {"pandas", "geopandas", "ledger.commands.upkeep"} & listed
    assert "ledger.commands.upkeep" in checked
    others = {"ledger.reporting.bulletins.making", "ledger.commands.areas"}
    drivers = {"alembic", "psycopg", "sqlalchemy.dialects.postgresql"}
    tools = {"scipy", "pyogrio", "xlsxwriter", "openpyxl", "docx", "matplotlib", "folium"}
    assert not (others | drivers | tools) & checked
