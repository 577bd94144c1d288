"""``export``: a ledger, or what lies under one area, as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.exchange.writing.exports import export_to
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("export")
    parser.add_argument("ledger", metavar="LEDGER", help="台账，例如 institutions")
    parser.add_argument("file", metavar="OUT", type=Path, help="后缀为 xlsx、csv、geojson 或 gpkg")
    parser.add_argument("--scope", metavar="CODE", help="只导出该区域及其下级")
    parser.add_argument(
        "--reveal",
        metavar="REASON",
        help="受保护信息不遮盖，写明查看理由(记入日志)；须有查看权限",
    )
    parser.add_argument(
        "--cover", action="store_true", help="xlsx 表头之上加标题和填报说明；默认第一行就是表头"
    )
    add_actor(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Export with the rights of ``--as``, or of the system."""
    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    exported = export_to(
        store,
        actor,
        arguments.ledger,
        arguments.file,
        scope_code=arguments.scope,
        reveal_reason=arguments.reveal,
        cover=arguments.cover,
    )
    result = {"rows": exported.rows, "file": str(arguments.file)}
    return Outcome(result, (f"已导出 {exported.rows} 行到 {arguments.file}",))
