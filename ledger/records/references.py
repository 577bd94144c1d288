"""References from one ledger's record to another's: by 编号, or by a name that only one has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.errors import Problem
from ledger.records.drafting import Draft
from ledger.storage.tables import LEDGER_TABLES


def resolve(
    connection: Connection, actor: Actor, ledger: Ledger, drafts: Sequence[Draft]
) -> list[list[Problem]]:
    """Replace typed references by 编号, fill in the names, and set the area if none was given.

    Returns the problems of each draft, in order; a draft without problems is ready for
    `drafting.arrange`. Out-of-scope and missing records give the same problem.
    """
    problems: list[list[Problem]] = [[] for _ in drafts]
    for column in ledger.columns:
        if column.type is not ColumnType.REFERENCE:
            continue
        typed = {str(d.values[column.key]) for d in drafts if d.values.get(column.key)}
        found = _look_up(connection, actor, column.refers, typed)
        for draft, own in zip(drafts, problems, strict=True):
            if column.key in draft.values:
                own += _settle(ledger, column, draft, found)
    return problems


def _settle(
    ledger: Ledger, column: Column, draft: Draft, found: Mapping[str, list[Mapping[str, Any]]]
) -> list[Problem]:
    typed = draft.values[column.key]
    name_key = f"{column.key}_name"
    if typed is None:
        if name_key in ledger.by_key:
            draft.values[name_key] = None
        return []
    targets = found.get(str(typed), [])
    if len(targets) != 1:
        return [Problem(None, column.label, _refusal(str(typed), targets))]
    target = targets[0]
    draft.values[column.key] = target["number"]
    if name_key in ledger.by_key:
        draft.values[name_key] = target.get("name")
    _default_area(ledger, draft, target)
    return []


def _refusal(typed: str, targets: Sequence[Mapping[str, Any]]) -> str:
    if not targets:
        return f"没有编号或名称为“{typed}”的记录，或不在您的辖区内，请核对"
    numbers = "、".join(str(target["number"]) for target in targets[:5])
    return f"有{len(targets)}条记录都叫“{typed}”，请改填编号：{numbers}"


def _default_area(ledger: Ledger, draft: Draft, target: Mapping[str, Any]) -> None:
    """Give a new record without area and position the area of the record it refers to."""
    if "area_code" not in ledger.by_key or not draft.is_new:
        return
    placed = draft.values.get("area_code") or draft.values.get("lon") is not None
    if not placed:
        draft.values["area_code"] = target.get("area_code")


def _look_up(
    connection: Connection, actor: Actor, ledger_key: str, typed: set[str]
) -> dict[str, list[Mapping[str, Any]]]:
    """The records that each typed text may mean; if one has it as 编号, names are ignored."""
    table = LEDGER_TABLES[ledger_key]
    has_name = "name" in table.c
    keys = [table.c.number, table.c.area_code, *([table.c.name] if has_name else [])]
    found: dict[str, list[Mapping[str, Any]]] = {}
    texts = sorted(typed)
    for start in range(0, len(texts), 400):
        some = texts[start : start + 400]
        same = table.c.number.in_(some)
        query = select(*keys).where(
            or_(same, table.c.name.in_(some)) if has_name else same,
            table.c.deleted.is_(False),
            actor.scope_condition(table.c.area_path),
        )
        for row in connection.execute(query).mappings():
            for text in {row["number"], row.get("name")} & set(some):
                found.setdefault(str(text), []).append(dict(row))
    for text, rows in found.items():
        exact = [row for row in rows if row["number"] == text]
        found[text] = exact or rows
    return found
