"""The entrance: the modules of `ledger.commands`, each imported for its own commands alone."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from ledger.__main__ import _COMMANDS, parser
from ledger.commands.parser import Parser


def added_by(module: str) -> tuple[str, ...]:
    top = Parser(prog="ledger")
    commands = top.add_subparsers(parser_class=Parser)
    import_module(f"ledger.commands.{module}").add(commands)
    return tuple(commands.choices)


@pytest.mark.parametrize("module", _COMMANDS)
def test_every_module_adds_the_commands_it_is_listed_with(module: str) -> None:
    assert added_by(module) == _COMMANDS[module]


def test_a_command_that_nobody_knows_is_answered_with_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parser("imports").parse_args(["imports"])
    told = capsys.readouterr().err
    assert all(f"'{name}'" in told for names in _COMMANDS.values() for name in names)


def test_one_command_does_not_load_the_others() -> None:
    code = (
        "import sys; from ledger.__main__ import parser; parser('verify'); "
        "print(*sorted(name for name in sys.modules if name.startswith('ledger.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "ledger.commands.upkeep" in done.stdout.split()
    assert not {"ledger.reporting.bulletins.making", "ledger.commands.areas"} & set(
        done.stdout.split()
    )
