"""Records that went out in a workbook and whose rows did not come back: told, never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Problem
from ledger.exchange.importing.returned_rows import Returned, Sent
from ledger.storage.tables import LEDGER_TABLES

_AT_ONCE = 500
_NAMED = 10
_LONGEST = 20


def missing_rows(
    connection: Connection, actor: Actor, ledger: Ledger, returned: Returned
) -> list[Problem]:
    """One warning for each workbook that lacks rows which it had.

    Nothing is told of records that are deleted by now or not the actor's.
    """
    numbers = {str(row.values.get("number") or "") for row in returned.rows} | returned.passed
    ids = {row.mark.record_id for row in returned.rows if row.mark is not None}
    found = []
    for sent in returned.sent:
        gone = {
            mark.record_id: number
            for number, mark in sent.marks.items()
            if number not in numbers and mark.record_id not in ids
        }
        standing = _standing(connection, actor, ledger, gone) if gone else []
        if standing:
            found.append(Problem(None, None, _said(sent, ledger, standing), severity="warning"))
    return found


def _standing(
    connection: Connection, actor: Actor, ledger: Ledger, gone: Mapping[int, str]
) -> list[Mapping[str, Any]]:
    table = LEDGER_TABLES[ledger.key]
    ids = sorted(gone)
    found: list[Mapping[str, Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        query = select(table).where(
            table.c.id.in_(ids[start : start + _AT_ONCE]), table.c.deleted.is_(False)
        )
        found += [dict(row) for row in connection.execute(query).mappings()]
    if "area_code" not in ledger.by_key:
        return found
    return [row for row in found if actor.sees(row["area_path"])]


def _said(sent: Sent, ledger: Ledger, standing: list[Mapping[str, Any]]) -> str:
    where = f"“{sent.file}”里" if sent.file else "文件里"
    is_open = not ledger.by_key[ledger.title].rule.masked
    names = [
        f"{row['number']}({str(row[ledger.title])[:_LONGEST]})" if is_open else row["number"]
        for row in standing[:_NAMED]
    ]
    more = "等" if len(standing) > _NAMED else ""
    return (
        f"{where}少了发出时的 {len(standing)} 条：{'、'.join(names)}{more}。"
        "少了的不从台账删除；确已不在的，请在台账里办理"
    )
