"""``user add``, ``reset``, ``unlock``: accounts; passwords come from standard input."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid
from ledger.people.accounts import add_user, reset_password, unlock
from ledger.people.users import find_user
from ledger.storage import open_store


def add(commands: Any) -> None:
    """The arguments of the command."""
    parser = commands.add_parser("user")
    actions = parser.add_subparsers(
        dest="action", metavar="动作", required=True, parser_class=Parser, title="动作"
    )
    adding = actions.add_parser("add", help="新增用户，从标准输入读取初始密码；首次登录须修改")
    adding.add_argument("name", metavar="NAME", help="用户名")
    roles = "，".join(f"{role} {role.label}" for role in Role)
    adding.add_argument("--role", metavar="R", required=True, help=f"角色：{roles}")
    adding.add_argument("--scope", metavar="CODE", required=True, help="辖区代码;* 为全部区域")
    adding.add_argument("--name", metavar="NAME", dest="shown", help="姓名，显示在记录和日志里")
    add_json(adding)
    adding.set_defaults(run=run)
    resetting = actions.add_parser(
        "reset", help="重置密码(也用于系统管理员)，从标准输入读取；首次登录须修改"
    )
    unlocking = actions.add_parser("unlock", help="解除连续输错后的锁定")
    for parser, action in ((resetting, run_reset), (unlocking, run_unlock)):
        parser.add_argument("name", metavar="NAME", help="用户名")
        add_json(parser)
        parser.set_defaults(run=action)


def run(arguments: argparse.Namespace) -> Outcome:
    """Add the account with the rights of the system; its user must replace the password."""
    store = open_store()
    require_schema(store)
    password = _password()
    user = add_user(
        store,
        SYSTEM,
        arguments.name,
        arguments.role,
        arguments.scope,
        password,
        display_name=arguments.shown,
        must_change=True,
    )
    result = {"name": user.name, "role": user.role.value, "scope": user.scope_code}
    role = user.role.label
    line = f"已新增用户 {user.name}({role}，辖区 {user.scope_name})，首次登录时须修改密码"
    return Outcome(result, (line,))


def run_reset(arguments: argparse.Namespace) -> Outcome:
    """A new first password; the user's sessions end."""
    store = open_store()
    require_schema(store)
    user = find_user(store, arguments.name)
    reset_password(store, SYSTEM, user.id, _password())
    line = f"已重置 {user.name} 的密码，原有登录全部退出，下次登录时须修改"
    return Outcome({"name": user.name, "reset": True}, (line,))


def run_unlock(arguments: argparse.Namespace) -> Outcome:
    """Let a user try again at once."""
    store = open_store()
    require_schema(store)
    user = find_user(store, arguments.name)
    unlock(store, SYSTEM, user.id)
    return Outcome({"name": user.name, "locked": False}, (f"已解除 {user.name} 的锁定",))


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
