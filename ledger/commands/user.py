"""``user add``: an account; the password comes from standard input."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from ledger.access import ROLE_LABELS, SYSTEM
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import Outcome, require_schema
from ledger.errors import Invalid
from ledger.identity.accounts import add_user
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("user", help="管理用户")
    actions = parser.add_subparsers(
        dest="action", metavar="动作", required=True, parser_class=Parser, title="动作"
    )
    adding = actions.add_parser("add", help="新增用户，从标准输入读取密码")
    adding.add_argument("name", metavar="NAME", help="用户名")
    roles = "，".join(f"{role.value} {label}" for role, label in ROLE_LABELS.items())
    adding.add_argument("--role", metavar="R", required=True, help=f"角色：{roles}")
    adding.add_argument("--scope", metavar="CODE", required=True, help="辖区代码;* 为全部区域")
    add_json(adding)
    adding.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> Outcome:
    """Add the account with the rights of the system."""
    store = open_store()
    require_schema(store)
    password = _password()
    user = add_user(store, SYSTEM, arguments.name, arguments.role, arguments.scope, password)
    result = {"name": user.name, "role": user.role.value, "scope": user.scope_code}
    role = ROLE_LABELS[user.role]
    return Outcome(result, (f"已新增用户 {user.name}({role}，辖区 {user.scope_name})",))


def _password() -> str:
    """One line of standard input; asked twice, unseen, when a person types it."""
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Invalid(
                "没有从标准输入读到密码，请用管道传入，例如:echo 密码 | python -m ledger user add …"
            )
        return password
    password = getpass.getpass("密码：")
    if getpass.getpass("再输一遍：") != password:
        raise Invalid("两次输入的密码不一致，请重新运行")
    return password
