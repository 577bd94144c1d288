"""``init``: create or migrate the database; ``--demo`` loads the sample. ``leave-demo``."""

from __future__ import annotations

import argparse
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import require_schema
from ledger.demo import loading as demo
from ledger.demo.leaving import leave_demo
from ledger.domain.errors import Invalid
from ledger.people.setup_code import new_code
from ledger.records.reckoning import Moved, settle
from ledger.storage import Store, migrate, open_store, schema_state
from ledger.storage.purpose import IS_A_DEMO, LABELS, Purpose, is_demo, require_demo

_STATES = {"empty": "已建立", "older": "已升级", "current": "已是最新"}


def add(commands: Any) -> None:
    """The arguments of the commands."""
    parser = commands.add_parser("init")
    parser.add_argument("--demo", action="store_true", help="载入虚构的演示县和演示账号")
    add_json(parser)
    parser.set_defaults(run=run)
    leaving = commands.add_parser("leave-demo")
    add_json(leaving)
    leaving.set_defaults(run=run_leave)


def run(arguments: argparse.Namespace) -> Outcome:
    """Bring the schema up to date; twice is as good as once. A database stays what it is."""
    store = open_store()
    purpose: Purpose = "demo" if arguments.demo else "earnest"
    _require_purpose(store, purpose)
    before = migrate(store, purpose)
    moved = settle(store)
    lines = [f"数据库{_STATES[before]}({LABELS[purpose]})：{store.url}"]
    if moved is not None and moved != Moved(0, 0):
        lines.append(
            f"规则、期限或节假日与上次运行时不同，已全部重算："
            f"等级变动 {moved.tiers} 条，期限变动 {moved.deadlines} 条"
        )
    result: dict[str, Any] = {"database": store.url, "before": before, "purpose": purpose}
    result |= {"demo": None, "setup_code": None}
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
    else:
        lines += _first_steps(store, result)
    return Outcome(result, tuple(lines))


def run_leave(_arguments: argparse.Namespace) -> Outcome:
    """Move the demo aside, make an office's database, and say how its first account is made."""
    store = open_store()
    require_schema(store, besides="older")
    left = leave_demo(store)
    lines = [f"演示库已改名为 {left.database}，内容未动"]
    if left.key_file is not None:
        lines.append(f"它的密钥文件已改名为 {left.key_file}")
    lines.append(f"已另建空的正式库：{store.url}")
    result: dict[str, Any] = {
        "database": store.url,
        "demo_moved_to": str(left.database),
        "demo_key_moved_to": None if left.key_file is None else str(left.key_file),
        "setup_code": None,
    }
    lines += _first_steps(store, result)
    return Outcome(result, tuple(lines))


def _require_purpose(store: Store, purpose: Purpose) -> None:
    """Refuse before anything is changed, an upgrade included."""
    if schema_state(store) in ("empty", "newer"):
        return
    if purpose == "demo":
        require_demo(store)
    elif is_demo(store):
        raise Invalid(IS_A_DEMO)


def _first_steps(store: Store, result: dict[str, Any]) -> list[str]:
    """The code for the first visit; with accounts there is none."""
    code = result["setup_code"] = new_code(store)
    if code is None:
        return []
    return [
        f"还没有账号。首次打开网页时用一次性代码 {code} 设置第一位系统管理员，",
        "或在这里新增：python -m ledger user add 用户名 --role admin --scope '*'",
    ]
