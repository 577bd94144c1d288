"""``template``: a workbook to fill in, empty or with what stands in the ledger."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import ledger_named
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.exchange.writing.filled_templates import filled_template, templates_by_village
from ledger.exchange.writing.templates import template
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("template")
    parser.add_argument("ledger", metavar="LEDGER", help="台账，例如 institutions")
    parser.add_argument(
        "file", metavar="OUT", type=Path, help="要写的文件：xlsx；按村(社区)拆分时是 zip"
    )
    parser.add_argument("--scope", metavar="CODE", help="只要该区域及其下级的内容和区域选项")
    parser.add_argument("--filled", action="store_true", help="填好台账现有的内容，供核对修改")
    parser.add_argument(
        "--by", choices=("village",), help="village：每个村(社区)一份，装在一个 zip 里"
    )
    add_actor(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """With the rights of ``--as``, or of the system. The plain empty template needs no database: it
    follows from the ledger's declaration alone."""
    ledger = ledger_named(arguments.ledger)
    wanted = ".zip" if arguments.by else ".xlsx"
    if arguments.file.suffix.lower() != wanted:
        kind = "按村(社区)拆分的模板只能写成 zip" if arguments.by else "模板只能写成 xlsx"
        raise Invalid(f"{kind}，请把“{arguments.file.name}”的后缀改为 {wanted}")
    require_writable(arguments.file)
    if arguments.by or arguments.filled or arguments.scope:
        return _sent(arguments, ledger)
    write_file(arguments.file, template(ledger))
    result = {"ledger": ledger.key, "file": str(arguments.file)}
    return Outcome(result, (f"已生成{ledger.label}的导入模板：{arguments.file}",))


def _sent(arguments: argparse.Namespace, ledger: Ledger) -> Outcome:
    """A template that knows the office: its areas and, ``--filled``, its records."""
    store = open_store()
    require_schema(store)
    make = templates_by_village if arguments.by else filled_template
    exported = make(
        store,
        acting(store, arguments.user),
        ledger.key,
        area_code=arguments.scope,
        filled=arguments.filled,
    )
    write_file(arguments.file, exported.content)
    result = {"ledger": ledger.key, "file": str(arguments.file), "rows": exported.rows}
    said = f"已生成{ledger.label}的模板，含 {exported.rows} 条记录：{arguments.file}"
    return Outcome(result, (said,))
