"""``user import`` and ``user list``: many accounts at once."""

from __future__ import annotations

import argparse
from typing import Any

from ledger.commands.outcome import DONE, REFUSED, Outcome
from ledger.commands.run import require_schema
from ledger.domain.access import SYSTEM
from ledger.domain.errors import Invalid, Problem
from ledger.people.accounts import list_users
from ledger.people.office import read_office
from ledger.storage import open_store

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
    from ledger.exchange.printing.slips import slips_file
    from ledger.exchange.writing.exports import require_writable, write_file

    if arguments.slips is None and not arguments.dry_run:
        arguments.usage("请用 --slips OUT.html 写明密码条放在哪里，或先用 --dry-run 检查")
    if arguments.slips is not None:
        if arguments.slips.suffix.lower() not in (".html", ".htm"):
            raise Invalid(f"密码条是网页文件，请把“{arguments.slips.name}”的后缀改为 .html")
        require_writable(arguments.slips)
        if arguments.slips.exists():
            raise Invalid(f"“{arguments.slips}”已存在，不会覆盖。请换一个文件名")
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
        try:
            write_file(arguments.slips, slips_file(slips, read_office(store)))
        except Invalid as error:
            raise Invalid(
                f"{len(slips)} 个账号已新增，但密码条没有写成：{error}。请逐个重置：user reset"
            ) from error
        result["slips"] = str(arguments.slips)
        lines.append(
            f"密码条：{arguments.slips}，用浏览器打开打印，分发后请删除；密码只在其中，不能再次生成"
        )
    lines.append(f"{counted}，已新增 {len(slips)}，首次登录时须修改密码")
    return Outcome(result, tuple(lines), code=DONE)


def _as_json(one: Problem) -> dict[str, Any]:
    keys = ("row", "column", "message", "severity")
    return {key: getattr(one, key) for key in keys}
