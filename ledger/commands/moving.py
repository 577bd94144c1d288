"""``drill`` and ``migrate-to``: a backup proved, and an office moved to another database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import require_schema
from ledger.commands.upkeep import add_secret, secret_of
from ledger.operations import moving
from ledger.operations.drills import note_drill
from ledger.storage import open_store
from ledger.storage.keys.secrets import key_path


def add(commands: Any) -> None:
    """The arguments of the two commands."""
    trying = commands.add_parser("drill")
    trying.add_argument("file", metavar="IN", type=Path, nargs="?", help="备份文件；不写则现做一份")
    add_secret(trying)
    add_json(trying)
    trying.set_defaults(run=run_drill)
    going = commands.add_parser("migrate-to")
    going.add_argument("url", metavar="URL", help="例如 postgresql+psycopg://用户:密码@主机/ledger")
    add_json(going)
    going.set_defaults(run=run_move)


def run_drill(arguments: argparse.Namespace) -> Outcome:
    """Backup → restored → the same, table by table."""
    store = open_store()
    require_schema(store)
    done = moving.drill(store, arguments.file, secret_of(arguments))
    note_drill()
    compared = {
        True: "与正在使用的数据库也一致",
        None: "演练期间有人保存，未与正在使用的数据库比较",
    }[done.live] if arguments.file is None else "指定的备份与恢复结果一致"  # fmt: skip
    lines = (
        f"演练成功：{len(done.moved.contents)} 张表、{done.moved.rows} 行恢复后逐表一致，"
        f"日志 {done.moved.entries} 条首尾相连；{compared}",
        f"内容 SHA-256 {done.moved.sha256}",
    )
    return Outcome(_result(done.moved) | {"live": done.live}, lines)


def run_move(arguments: argparse.Namespace) -> Outcome:
    """Everything into the other database; the present one stays as it is."""
    source, target = open_store(), open_store(arguments.url)
    require_schema(source)
    try:
        done = moving.move(source, target)
        key = key_path(target.engine.url.render_as_string(hide_password=False))
    finally:
        target.dispose()
    lines = (
        f"已迁到 {target.url}：{len(done.contents)} 张表、{done.rows} 行，行数和内容逐表一致，"
        f"日志 {done.entries} 条首尾相连",
        f"内容 SHA-256 {done.sha256}",
        f"密钥文件在 {key}，须与数据库分开保管",
        "请把 LEDGER_DATABASE_URL 改为新地址后重启服务；原数据库未动，确认无误后再停用",
    )
    return Outcome(_result(done) | {"database": target.url, "key_file": str(key)}, lines)


def _result(moved: moving.Moved) -> dict[str, Any]:
    tables = {name: content.rows for name, content in moved.contents.items()}
    return {"tables": tables, "sha256": moved.sha256, "entries": moved.entries}
