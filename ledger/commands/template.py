"""``template``: an empty workbook to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.exchange.writing.templates import template


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("template")
    parser.add_argument("ledger", metavar="LEDGER", help="台账，例如 institutions")
    parser.add_argument("file", metavar="OUT.xlsx", type=Path, help="要写的文件")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Needs no database: a template follows from the ledger's declaration alone."""
    ledger = ledger_named(arguments.ledger)
    if arguments.file.suffix.lower() != ".xlsx":
        raise Invalid(f"模板只能写成 xlsx，请把“{arguments.file.name}”的后缀改为 .xlsx")
    require_writable(arguments.file)
    write_file(arguments.file, template(ledger))
    result = {"ledger": ledger.key, "file": str(arguments.file)}
    return Outcome(result, (f"已生成{ledger.label}的导入模板：{arguments.file}",))
