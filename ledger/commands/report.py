"""``report``: a bulletin as a Word file, with its annex when asked for."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import add_actor, add_json
from ledger.commands.run import acting, require_schema
from ledger.domain.access import Action
from ledger.domain.errors import Invalid
from ledger.exchange.writing.exports import require_writable, write_file
from ledger.records.places.areas import current_atlas
from ledger.reporting.bulletins import archive
from ledger.reporting.bulletins.kinds import KINDS
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("report")
    kinds = "，".join(f"{kind.key} {kind.label}" for kind in KINDS.values())
    parser.add_argument("kind", metavar="KIND", choices=list(KINDS), help=f"种类：{kinds}")
    parser.add_argument("file", metavar="OUT.docx", type=Path, help="要写的 Word 文件")
    parser.add_argument(
        "--until",
        metavar="D",
        required=True,
        type=date.fromisoformat,
        help="截止日期，如 2026-11-15",
    )
    parser.add_argument("--scope", metavar="CODE", help="区域代码，默认为全部辖区")
    parser.add_argument("--annex", metavar="OUT.xlsx", type=Path, help="同时写出附件")
    parser.add_argument("--anew", action="store_true", help="不用存档，按现在的数据重新制作")
    add_actor(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Reprint the bulletin of that kind, day and area, or make it if there is none yet."""
    # Seconds to import (pictures, statistics): no other command should wait for it.
    from ledger.reporting.bulletins import making
    from ledger.reporting.bulletins.files import bulletin_file

    store = open_store()
    require_schema(store)
    actor = acting(store, arguments.user)
    actor.require(Action.READ_BULLETIN)
    actor.require(Action.EXPORT)
    files = {"docx": arguments.file} | ({"xlsx": arguments.annex} if arguments.annex else {})
    for suffix, path in files.items():
        _check(path, suffix)
    code = making.scope_of(current_atlas(store), actor, arguments.scope) or "*"
    found = archive.newest(store, actor, arguments.kind, code, arguments.until)
    made = found is None or arguments.anew
    if found is None or arguments.anew:
        number = making.make(store, actor, arguments.kind, arguments.until, arguments.scope)
    else:
        number = found.id
    entry = archive.read(store, actor, number).entry
    for suffix, path in files.items():
        write_file(path, bulletin_file(store, actor, number, suffix).content)
    result = {
        "kind": entry.kind,
        "number": entry.label,
        "state": entry.state,
        "made": made,
        "from": entry.starts_on.isoformat(),
        "until": entry.ends_on.isoformat(),
        "scope": entry.scope_code,
        "title": entry.title,
        "digest": entry.digest,
        "file": str(arguments.file),
        "annex": None if arguments.annex is None else str(arguments.annex),
    }
    how = "已制作" if made else "已有存档，按存档重印（要按现在的数据重做请加 --anew）："
    lines = [f"{how}{entry.title}，{entry.label}（{entry.state_label}）"]
    lines += [f"已写出 {path}" for path in files.values()]
    return Outcome(result, tuple(lines))


def _check(path: Path, suffix: str) -> None:
    if path.suffix.lower() != f".{suffix}":
        what = "通报" if suffix == "docx" else "附件"
        raise Invalid(f"{what}只能写成 {suffix}，请把“{path.name}”的后缀改为 .{suffix}")
    require_writable(path)
