"""``keys rotate``, ``keys check``: the key that protected texts are encrypted with."""

from __future__ import annotations

import argparse
from typing import Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.operations import rotation
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the two commands."""
    parser = commands.add_parser("keys")
    actions = parser.add_subparsers(
        dest="action", metavar="动作", required=True, parser_class=Parser, title="动作"
    )
    rotating = actions.add_parser("rotate", help="换新密钥并重新加密；中断后再运行一次即可接着做")
    add_json(rotating)
    rotating.set_defaults(run=run_rotate)
    checking = actions.add_parser("check", help="检查现有密钥能否解密全部受保护信息")
    add_json(checking)
    checking.set_defaults(run=run_check)


def run_rotate(_arguments: argparse.Namespace) -> Outcome:
    """A new key, everything sealed with it, the old one put aside."""
    store = open_store()
    require_schema(store)
    done = rotation.rotate(store, SYSTEM)
    result = {"resealed": done.resealed, "retired": str(done.retired), "resumed": done.resumed}
    begun = "接着完成了上次中断的更换" if done.resumed else "已更换密钥"
    return Outcome(
        result,
        (
            f"{begun}，重新加密 {done.resealed} 处",
            f"旧密钥移到 {done.retired}：更换前的备份仍须用它才能读出，请与那些备份一起另行保管，"
            "不要留在服务器上",
        ),
    )


def run_check(_arguments: argparse.Namespace) -> Outcome:
    """Exit code 1 when something cannot be read."""
    store = open_store()
    require_schema(store)
    found = rotation.check(store, SYSTEM)
    result = {"newest": found.newest, "older": found.older, "unreadable": found.unreadable}
    lines = [f"现用密钥加密的 {found.newest} 处"]
    if found.older:
        lines.append(f"仍用旧密钥的 {found.older} 处，请运行:python -m ledger keys rotate")
    if not found.unreadable:
        return Outcome(result, tuple(lines), (), DONE)
    complaint = f"有 {found.unreadable} 处无法解密，请把原密钥加到密钥文件的末尾一行后再检查"
    return Outcome(result, tuple(lines), (complaint,), REFUSED)
