"""``rules``: which rule files are in force; ``rules adopt`` puts a changed one in force."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.tiers.files import read_text
from ledger.operations.rule_files import RULE_FILES, adopt, preview, standing
from ledger.records.rulebook import KINDS, TIERS, shipped
from ledger.storage import Store, open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("rules")
    parser.set_defaults(run=run, kind=None)
    add_json(parser)
    verbs = parser.add_subparsers(dest="verb", metavar="操作", parser_class=Parser, title="操作")
    one = verbs.add_parser("adopt", help="启用一种规则文件；有关记录在同一次写入中重算")
    one.add_argument("kind", choices=KINDS, metavar="KIND", help="、".join(KINDS))
    one.add_argument("file", nargs="?", type=Path, metavar="FILE", help="不写则用 data/rules 中的")
    one.add_argument("--preview", action="store_true", help="只说会变动多少，不写入")
    add_json(one)


def run(arguments: argparse.Namespace) -> Outcome:
    """List, or adopt with the rights of the system."""
    store = open_store()
    require_schema(store)
    if arguments.kind is not None:
        return _adopted(store, arguments.kind, arguments.file, preview_only=arguments.preview)
    found = standing(store, SYSTEM)
    lines = []
    for one in found:
        lines.append(f"{one.label}({one.kind})：现行版本 {one.version}")
        if one.fault is not None:
            lines.append(f"  data/rules/{one.kind}.toml 不能启用：{one.fault}")
        elif one.offered is not None:
            lines.append(
                f"  data/rules/{one.kind}.toml(版本 {one.offered})与现行的不同，尚未生效。"
                f"启用：python -m ledger rules adopt {one.kind}"
            )
    keys = ("kind", "version", "offered", "fault")
    return Outcome({"rules": [{k: getattr(one, k) for k in keys} for one in found]}, tuple(lines))


def _adopted(store: Store, kind: str, file: Path | None, *, preview_only: bool) -> Outcome:
    label = RULE_FILES[kind].label
    text = None if file is None else read_text(file, label)
    moved = (preview if preview_only else adopt)(store, SYSTEM, kind, text)
    result = {"kind": kind, "tiers": moved.tiers, "deadlines": moved.deadlines}
    word, mood = ("预览，没有写入", "将") if preview_only else ("已启用", "已")
    line = f"{label}：{word}。等级{mood}变动 {moved.tiers} 条，期限{mood}变动 {moved.deadlines} 条"
    if not preview_only or kind != TIERS:
        return Outcome(result, (line,))
    named = shlex.quote(str(shipped(TIERS) if file is None else file))
    which = f"哪些机构会变动：python -m ledger assess --preview --rules {named}"
    return Outcome(result, (line, which))
