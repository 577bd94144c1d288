"""``retention``: erase protected texts whose time is over; to be run every day."""

from __future__ import annotations

import argparse
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.ledgers import ledger_named
from ledger.operations.retention import erase_due, months_kept
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("retention")
    parser.add_argument("--dry-run", action="store_true", help="只报告将清除多少，不改动")
    parser.add_argument(
        "--if-set", action="store_true", help="没有设定保存期限时什么也不做，不算失败"
    )
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Refused while nobody set how long they are kept."""
    store = open_store()
    require_schema(store)
    if arguments.if_set and months_kept(store) is None:
        return Outcome({"months": None}, ("没有设定保存期限，没有清除任何内容",))
    done = erase_due(store, SYSTEM, dry_run=arguments.dry_run)
    result = {
        "months": done.months,
        "closed_before": done.closed_before.isoformat(),
        "records": dict(done.records),
        "texts": done.texts,
        "attachments": done.files,
        "searches": done.searches,
        "clear": done.is_clear,
        "dry_run": arguments.dry_run,
    }
    counted = "，".join(
        f"{ledger_named(key).label} {count} 条" for key, count in done.records.items()
    )
    verb = "将清除" if arguments.dry_run else "已清除"
    line = f"{verb}{done.closed_before.isoformat()}前办结的受保护信息：{counted}"
    lines = [line, f"附件 {done.files} 个，日志里搜索的文字 {done.searches} 处"]
    if not done.is_clear:
        lines += ["数据库正被读取，旧内容还没有从写前日志里清掉；再运行一次，或等服务空闲时再运行"]
    return Outcome(result, tuple(lines))
