"""``user import``, ``user slips`` and ``user list``: many accounts at once."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM, Role
from ledger.domain.errors import Invalid, Problem
from ledger.people.accounts import list_users
from ledger.people.office import read_office
from ledger.people.users import User, find_user
from ledger.storage import Store, open_store

if TYPE_CHECKING:
    from ledger.exchange.importing.people_lists import Slip

_SHOWN = 20


def run_list(_arguments: argparse.Namespace) -> Outcome:
    """Every account; no passwords, which nobody can read."""
    store = open_store()
    require_schema(store)
    found = list_users(store, SYSTEM)
    rows = [
        {
            "name": user.name,
            "display_name": user.display_name,
            "role": user.role.value,
            "scope": user.scope_code,
            "disabled": user.disabled,
            "locked": user.locked,
            "must_change": user.must_change,
        }
        for user in found
    ]
    lines = [
        f"{user.name}　{user.display_name}　{user.role.label}　{user.scope_name}　{user.state}"
        for user in found
    ]
    return Outcome({"users": rows}, tuple(lines) or ("还没有用户",))


def run_import(arguments: argparse.Namespace) -> Outcome:
    """Check a list, then make its accounts and write the slips; all rows or none, unless
    ``--accept-valid``."""
    from ledger.exchange.importing.people_lists import add_people, read_people

    if arguments.slips is None and not arguments.dry_run:
        arguments.usage("请用 --slips OUT.html 写明密码条放在哪里，或先用 --dry-run 检查")
    if arguments.slips is not None:
        _require_new(arguments.slips)
    store = open_store()
    require_schema(store)
    found = read_people(store, SYSTEM, arguments.file, sheet=arguments.sheet)
    result: dict[str, Any] = {
        "file": found.file,
        "read": found.read,
        "created": 0,
        "unchanged": found.unchanged,
        "rejected": found.rejected,
        "problems": [_as_json(one) for one in found.problems],
        "slips": None,
    }
    lines = [str(one) for one in found.problems[:_SHOWN]]
    if len(found.problems) > _SHOWN:
        lines.append(f"……另有 {len(found.problems) - _SHOWN} 处，加 --json 查看全部")
    counted = f"名单 {found.read} 人：已有账号 {found.unchanged}，不能新增 {found.rejected}"
    if arguments.dry_run:
        said = f"{counted}，将新增 {len(found.people)}。只检查，没有写入"
        return Outcome(result, (*lines, said))
    if found.rejected and not arguments.accept_valid:
        said = f"{counted}，没有写入任何内容。请改正后重试，或加 --accept-valid 只新增其余的人"
        return Outcome(result, tuple(lines), (said,), REFUSED)
    slips = add_people(store, SYSTEM, found.people)
    result["created"] = len(slips)
    if slips:
        lines.append(_written(store, arguments.slips, slips))
        result["slips"] = str(arguments.slips)
    lines.append(f"{counted}，已新增 {len(slips)}，首次登录时须修改密码")
    return Outcome(result, tuple(lines), code=DONE)


def run_slips(arguments: argparse.Namespace) -> Outcome:
    """New first passwords for the named people, or for all who still have theirs."""
    from ledger.exchange.importing.people_lists import new_slips

    _require_new(arguments.slips)
    store = open_store()
    require_schema(store)
    people = [find_user(store, name) for name in dict.fromkeys(arguments.names)]
    if not arguments.names:
        people = [one for one in list_users(store, SYSTEM) if _waits(one)]
    if not people:
        return Outcome({"reset": [], "slips": None}, ("没有还在用初始密码的用户，没有改动",))
    slips = new_slips(store, SYSTEM, people)
    lines = (
        _written(store, arguments.slips, slips),
        f"{len(slips)} 人换了新的初始密码，原来的作废，下次登录时须修改",
    )
    told = {"reset": [one.name for one in slips], "slips": str(arguments.slips)}
    return Outcome(told, lines)


def _waits(user: User) -> bool:
    return user.must_change and not user.disabled and user.role is not Role.ADMIN


def _require_new(path: Path) -> None:
    from ledger.exchange.writing.exports import require_writable

    if path.suffix.lower() not in (".html", ".htm"):
        raise Invalid(f"密码条是网页文件，请把“{path.name}”的后缀改为 .html")
    require_writable(path)
    if path.exists():
        raise Invalid(f"“{path}”已存在，不会覆盖。请换一个文件名")


def _written(store: Store, path: Path, slips: Sequence[Slip]) -> str:
    """Write the slips; what to do with them, in words."""
    from ledger.exchange.printing.slips import slips_file
    from ledger.exchange.writing.exports import write_file

    try:
        write_file(path, slips_file(slips, read_office(store)))
    except Invalid as error:
        raise Invalid(
            f"{len(slips)} 个账号已有新密码，但密码条没有写成：{error}。请运行 user slips 重新生成"
        ) from error
    return (
        f"密码条：{path}，用浏览器打开打印，分发后请删除；密码只在其中。"
        "丢失时用 user slips 换新密码、重新生成"
    )


def _as_json(one: Problem) -> dict[str, Any]:
    keys = ("row", "column", "message", "severity")
    return {key: getattr(one, key) for key in keys}
