"""``verify``, ``reindex``, ``backup`` and ``restore``: what keeps the database safe."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.parser import add_json
from ledger.commands.run import require_schema
from ledger.domain.errors import Invalid
from ledger.operations import backup, backup_folder, database_check, search_check, vault
from ledger.records.removed_files import faults_of_attachments
from ledger.reporting.bulletins.checking import faults_of_bulletins
from ledger.storage import open_store
from ledger.storage.keys.secrets import key_path


def add(commands: Any) -> None:
    """The arguments of the four commands."""
    for name, run in (("verify", run_verify), ("reindex", run_reindex)):
        parser = commands.add_parser(name)
        add_json(parser)
        parser.set_defaults(run=run)
    copying = commands.add_parser("backup")
    copying.add_argument(
        "file", metavar="OUT", type=Path, help="备份文件，不会覆盖已有文件；或文件夹，按时间取名"
    )
    add_secret(copying)
    copying.add_argument(
        "--keep", type=_at_least_one, metavar="N", help="OUT 是文件夹时，只留最近 N 份"
    )
    add_json(copying)
    copying.set_defaults(run=run_backup)
    bringing = commands.add_parser("restore")
    bringing.add_argument("file", metavar="IN", type=Path, help="备份文件")
    add_secret(bringing)
    add_json(bringing)
    bringing.set_defaults(run=run_restore)


def run_verify(_arguments: argparse.Namespace) -> Outcome:
    """Exit code 1 when anything is wrong."""
    store = open_store()
    require_schema(store)
    found = database_check.verify(store)
    faults = (*found.faults, *faults_of_bulletins(store), *faults_of_attachments(store))
    result = {"sound": not faults, "entries": found.entries, "faults": list(faults)}
    said = "检查没有通过" if faults else "数据库、日志链、通报存档、附件和搜索索引完整"
    line = f"日志 {found.entries} 条，{said}"
    return Outcome(result, (line,), faults, REFUSED if faults else DONE)


def run_reindex(_arguments: argparse.Namespace) -> Outcome:
    """What searches ask, made again from the records."""
    store = open_store()
    require_schema(store)
    count = search_check.reindex(store)
    return Outcome({"records": count}, (f"搜索索引已重建，共 {count} 条记录",))


def run_backup(arguments: argparse.Namespace) -> Outcome:
    """A checked copy and its SHA-256; of an older version too, for it precedes every upgrade."""
    store = open_store()
    require_schema(store, besides="older")
    secret, target = secret_of(arguments), arguments.file
    in_folder = target.is_dir()
    if arguments.keep is not None and not in_folder:
        raise Invalid(f"--keep 只用于文件夹，“{target}”不是已有的文件夹。请先建立它")
    if in_folder:
        target = backup_folder.stamped(target, sealed=secret is not None)
    told = _told("已备份到", backup.backup(store, target, secret))
    key = key_path(store.engine.url.render_as_string(hide_password=False))
    result, lines = {**told.result, "key_file": str(key), "encrypted": bool(secret)}, told.lines
    if secret is None:
        reminder = f"密钥文件 {key} 不在备份内，请另行保管：没有它，恢复后读不出加密的内容"
    else:
        reminder = f"备份已加密，内含密钥文件 {key}；口令请另行保管，忘记口令就无法恢复"
    lines = (*lines, reminder)
    if arguments.keep is not None:
        given_up = backup_folder.rotate(arguments.file, arguments.keep)
        result["deleted"] = [file.name for file in given_up]
        lines = (*lines, f"留最近 {arguments.keep} 份，删除旧备份 {len(given_up)} 份")
    return replace(told, result=result, lines=lines)


def run_restore(arguments: argparse.Namespace) -> Outcome:
    """Back into an empty place."""
    return _told("已恢复到", backup.restore(open_store(), arguments.file, secret_of(arguments)))


def add_secret(parser: argparse.ArgumentParser) -> None:
    """The option that names a passphrase; never the passphrase itself, which others would see."""
    parser.add_argument(
        "--secret", type=Path, metavar="FILE", help="口令文件：备份加密，内含密钥文件"
    )


def secret_of(arguments: argparse.Namespace) -> bytes | None:
    """The passphrase of `add_secret`. Raises `Invalid` if the file is no good."""
    return None if arguments.secret is None else vault.read_secret(arguments.secret)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _told(done: str, copy: backup.Backup) -> Outcome:
    result = {"file": str(copy.path), "bytes": copy.size, "sha256": copy.sha256}
    result |= {"entries": copy.entries}
    lines = (f"{done} {copy.path}({copy.size / 1e6:.1f} MB，日志 {copy.entries} 条)",)
    return Outcome(result, (*lines, f"SHA-256 {copy.sha256}"))
