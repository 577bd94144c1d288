"""``user``: one account at a time (add, reset, unlock, move, disable), a list of people, the list.

Passwords come from standard input; those of a list are random and go onto slips."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from ledger.commands.outcome import Outcome
from ledger.commands.parser import Parser, add_json
from ledger.commands.run import require_schema
from ledger.commands.user_lists import run_import, run_list, run_slips
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid
from ledger.people.accounts import (
    add_user,
    set_disabled,
    set_display_name,
    set_role_and_scope,
    unlock,
)
from ledger.people.resetting import reset_password
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
    lists = actions.add_parser("import", help="按人员名单批量新增用户，生成初始密码条，供打印分发")
    lists.add_argument("file", metavar="LIST.xlsx", type=Path, help="名单：姓名、角色、辖区、电话")
    lists.add_argument("--slips", metavar="OUT.html", type=Path, help="密码条文件，用浏览器打印")
    lists.add_argument("--sheet", metavar="S", help="工作表名称")
    lists.add_argument("--dry-run", action="store_true", help="只检查，不新增")
    lists.add_argument("--accept-valid", action="store_true", help="有问题的行不要，其余照常新增")
    lists.set_defaults(run=run_import, usage=lists.error)
    again = actions.add_parser("slips", help="密码条丢了：换新的初始密码，重新生成密码条")
    again.add_argument(
        "names", metavar="NAME", nargs="*", help="用户名；不写则是还没有改过初始密码的全部用户"
    )
    again.add_argument("--slips", metavar="OUT.html", type=Path, required=True, help="密码条文件")
    again.set_defaults(run=run_slips)
    listing = actions.add_parser("list", help="列出全部用户：用户名、姓名、角色、辖区、状态")
    listing.set_defaults(run=run_list)
    for one in (lists, again, listing):
        add_json(one)
    moving = actions.add_parser("move", help="调整用户的辖区、角色或姓名，须重新登录")
    moving.add_argument("--scope", metavar="CODE", help="新的辖区代码；* 为全部区域")
    moving.add_argument("--role", metavar="R", help=f"新的角色：{roles}")
    moving.add_argument("--name", metavar="NAME", dest="shown", help="新的姓名")
    moving.set_defaults(usage=moving.error)
    for one, action in (
        (moving, run_move),
        (actions.add_parser("disable", help="停用用户，立即退出其全部登录"), run_disable),
        (actions.add_parser("enable", help="重新启用停用的用户"), run_enable),
        (
            actions.add_parser(
                "reset", help="重置密码(也用于系统管理员)，从标准输入读取；首次登录须修改"
            ),
            run_reset,
        ),
        (actions.add_parser("unlock", help="解除连续输错后的锁定"), run_unlock),
    ):
        one.add_argument("name", metavar="NAME", help="用户名")
        add_json(one)
        one.set_defaults(run=action)


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


def run_move(arguments: argparse.Namespace) -> Outcome:
    """Another area, role or shown name; what is not given stays."""
    if arguments.scope is None and arguments.role is None and arguments.shown is None:
        arguments.usage("请写明要调整什么：--scope、--role 或 --name")
    store = open_store()
    require_schema(store)
    user = find_user(store, arguments.name)
    if arguments.scope is not None or arguments.role is not None:
        role, scope = arguments.role or user.role, arguments.scope or user.scope_code
        set_role_and_scope(store, SYSTEM, user.id, role, scope)
    if arguments.shown is not None:
        set_display_name(store, SYSTEM, user.id, arguments.shown)
    user = find_user(store, arguments.name)
    result = {"name": user.name, "display_name": user.display_name}
    result |= {"role": user.role.value, "scope": user.scope_code}
    line = f"{user.name}({user.display_name})现为{user.role.label}，辖区 {user.scope_name}"
    return Outcome(result, (line,))


def run_disable(arguments: argparse.Namespace) -> Outcome:
    """Nobody signs in with it any more; what its user did stays under that name."""
    return _set_disabled(arguments.name, disabled=True)


def run_enable(arguments: argparse.Namespace) -> Outcome:
    """A disabled account may sign in again."""
    return _set_disabled(arguments.name, disabled=False)


def _set_disabled(name: str, *, disabled: bool) -> Outcome:
    store = open_store()
    require_schema(store)
    user = find_user(store, name)
    set_disabled(store, SYSTEM, user.id, disabled)
    word = "停用，全部登录已退出" if disabled else "启用"
    return Outcome({"name": user.name, "disabled": disabled}, (f"{user.name} 已{word}",))


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
