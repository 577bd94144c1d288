"""``settings export``, ``settings import``: what an office changed for itself, as one file."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.operations.local_settings import (
    Difference,
    differences,
    read_settings,
    settings_file,
    take_settings,
)
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the two commands."""
    parser = commands.add_parser("settings")
    verbs = parser.add_subparsers(
        dest="verb", metavar="操作", required=True, parser_class=Parser, title="操作"
    )
    out = verbs.add_parser("export", help="导出本单位设置：规则、期限、节假日、底图、叫法、空表")
    out.add_argument("file", metavar="OUT.json", type=Path, help="要写的文件")
    out.set_defaults(run=run_export)
    back = verbs.add_parser("import", help="采用导出的本单位设置；文件里没有的不动")
    back.add_argument("file", metavar="FILE", type=Path, help="export 得到的文件")
    back.add_argument("--dry-run", action="store_true", help="只列出会改什么，不写入")
    back.set_defaults(run=run_import)
    for one in (out, back):
        add_json(one)


def run_export(arguments: argparse.Namespace) -> Outcome:
    """Write the file; it holds no record, account or password."""
    if arguments.file.suffix.lower() != ".json":
        raise Invalid(f"本单位设置是 json 文件，请把“{arguments.file.name}”的后缀改为 .json")
    require_writable(arguments.file)
    store = open_store()
    require_schema(store)
    write_file(arguments.file, settings_file(store, SYSTEM).content)
    line = f"本单位设置已导出到 {arguments.file}，其中没有台账内容、账号和密码"
    return Outcome({"file": str(arguments.file)}, (line,))


def run_import(arguments: argparse.Namespace) -> Outcome:
    """Take over what differs, or with ``--dry-run`` list it."""
    store = open_store()
    require_schema(store)
    given = read_settings(arguments.file.read_bytes())
    act = differences if arguments.dry_run else take_settings
    changed = act(store, SYSTEM, given)
    lines = [_said(one) for one in changed] or ["与现在的相同，没有要改的"]
    if arguments.dry_run:
        lines.append("试运行：没有写入")
    return Outcome({"changed": [asdict(one) for one in changed]}, tuple(lines))


def _said(one: Difference) -> str:
    return f"{one.label}：{one.now} → {one.then}" if one.now else f"{one.label}：{one.then}"
