"""``init``: create or migrate the database; ``--demo`` loads the sample."""

from __future__ import annotations

import argparse
from typing import Any

from ledger.commands.parser import add_json
from ledger.commands.run import Outcome
from ledger.demo import loading as demo
from ledger.storage import migrate, open_store

_STATES = {"empty": "已建立", "older": "已升级", "current": "已是最新"}


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("init", help="建立或升级数据库")
    parser.add_argument("--demo", action="store_true", help="载入虚构的演示县和演示账号")
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Bring the schema up to date; twice is as good as once."""
    store = open_store()
    before = migrate(store)
    lines = [f"数据库{_STATES[before]}：{store.url}"]
    result: dict[str, Any] = {"database": store.url, "before": before, "demo": None}
    if arguments.demo:
        loaded = demo.load_demo(store)
        result["demo"] = {"loaded": loaded.loaded, "areas": loaded.areas} | {
            "institutions": loaded.institutions,
            "users": loaded.users,
        }
        lines.append(
            f"演示数据{'已载入' if loaded.loaded else '早已载入，未作改动'}："
            f"区域 {loaded.areas} 个，机构 {loaded.institutions} 家，账号 {loaded.users} 个"
        )
    return Outcome(result, tuple(lines))
