"""``verify``, ``backup`` and ``restore``: what keeps the database safe."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.commands.parser import add_json
from ledger.commands.run import DONE, REFUSED, Outcome, require_schema
from ledger.protection.secrets import key_path
from ledger.storage import backup, open_store


def add(commands: Any) -> None:
    """The arguments of the three commands."""
    checking = commands.add_parser("verify", help="检查数据库和日志链是否完整")
    add_json(checking)
    checking.set_defaults(run=run_verify)
    copying = commands.add_parser("backup", help="备份数据库，不用停止服务")
    copying.add_argument("file", metavar="OUT", type=Path, help="备份文件，不会覆盖已有文件")
    add_json(copying)
    copying.set_defaults(run=run_backup)
    bringing = commands.add_parser("restore", help="从备份恢复到空位置")
    bringing.add_argument("file", metavar="IN", type=Path, help="备份文件")
    add_json(bringing)
    bringing.set_defaults(run=run_restore)


def run_verify(_arguments: argparse.Namespace) -> Outcome:
    """Exit code 1 when anything is wrong."""
    store = open_store()
    require_schema(store)
    found = backup.verify(store)
    result = {"sound": found.sound, "entries": found.entries, "faults": list(found.faults)}
    line = f"日志 {found.entries} 条，{'数据库和日志链完整' if found.sound else '检查没有通过'}"
    return Outcome(result, (line,), found.faults, DONE if found.sound else REFUSED)


def run_backup(arguments: argparse.Namespace) -> Outcome:
    """A checked copy and its SHA-256."""
    store = open_store()
    require_schema(store)
    told = _told("已备份到", backup.backup(store, arguments.file))
    key = key_path(store.engine.url.render_as_string(hide_password=False))
    reminder = f"密钥文件 {key} 不在备份内，请另行保管：没有它，恢复后读不出加密的内容"
    return replace(
        told, result={**told.result, "key_file": str(key)}, lines=(*told.lines, reminder)
    )


def run_restore(arguments: argparse.Namespace) -> Outcome:
    """Back into an empty place."""
    return _told("已恢复到", backup.restore(open_store(), arguments.file))


def _told(done: str, copy: backup.Backup) -> Outcome:
    result = {"file": str(copy.path), "bytes": copy.size, "sha256": copy.sha256}
    result |= {"entries": copy.entries}
    lines = (f"{done} {copy.path}({copy.size / 1e6:.1f} MB，日志 {copy.entries} 条)",)
    return Outcome(result, (*lines, f"SHA-256 {copy.sha256}"))
