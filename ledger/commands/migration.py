"""``migration``: write the migration that new columns or ledgers ask for, to be read."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.storage.new_migration import write_migration


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("migration")
    parser.add_argument("name", metavar="NAME", help="迁移的英文名，例如 supervision")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Touches no database but an empty one of its own."""
    written = write_migration(arguments.name)
    if written is None:
        return Outcome({"file": None}, ("台账声明与现有迁移一致，没有要写的。",))
    _format(written.file)
    lines = [f"已写出 {written.file}，请核对后再用：{written.summary}"]
    lines += [
        f"{column} 为必填，已有的记录要有值：请在迁移中给它 server_default，或在声明中改为可空"
        for column in written.without_value
    ]
    result = {
        "file": str(written.file),
        "summary": written.summary,
        "without_value": list(written.without_value),
    }
    return Outcome(result, tuple(lines))


def _format(file: Path) -> None:
    """As all code of the project; where it is developed, the formatter is there."""
    if find_spec("ruff") is not None:
        command = [sys.executable, "-m", "ruff", "format", "--quiet", str(file)]
        subprocess.run(command, check=False)  # noqa: S603 - our own file
