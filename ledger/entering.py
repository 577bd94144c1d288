"""From what was typed to values that can be written: cells, areas, references.

Every refusal names the column by its label and, where rows were given, the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from geo.atlas import Atlas
from ledger.access import Actor
from ledger.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.errors import Invalid, Problem
from ledger.places.areas import codes_named
from ledger.places.placement import Place
from ledger.references import resolve
from ledger.saving import Draft


def parse_values(
    ledger: Ledger, values: Mapping[str, Any], *, whole: bool, row: int | None = None
) -> dict[str, Any]:
    """Read every given cell; ``whole`` also asks for the required ones.

    Raises `Invalid` with one problem per cell, each naming the column by its label.
    """
    parsed: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, raw in values.items():
        column = ledger.by_key.get(key)
        if column is None or column.computed:
            problems.append(Problem(row, key, "没有这一列，或该列由系统计算，不能填写"))
            continue
        try:
            parsed[key] = column.entered(raw)
        except ValueRefused as refused:
            problems.append(Problem(row, column.label, str(refused)))
            continue
        if column.required and parsed[key] is None:
            problems.append(Problem(row, column.label, "必须填写"))
    if whole:
        problems += [
            Problem(row, column.label, "必须填写")
            for column in ledger.editable
            if column.required and column.key not in values
        ]
    if problems:
        raise Invalid(problems)
    return parsed


def resolve_area(
    atlas: Atlas, actor: Actor, ledger: Ledger, parsed: dict[str, Any], row: int | None = None
) -> dict[str, Any]:
    """Check area codes; a name that only one area bears is taken for its code."""
    for column in ledger.columns:
        if column.type is not ColumnType.AREA or parsed.get(column.key) is None:
            continue
        parsed[column.key] = _area_code(atlas, actor, column, str(parsed[column.key]), row)
    return parsed


def _area_code(atlas: Atlas, actor: Actor, column: Column, text: str, row: int | None) -> str:
    if text in atlas and actor.sees(atlas[text].path):
        return text
    named = codes_named(atlas, actor, text)
    if len(named) == 1:
        return named[0]
    if named:
        message = f"有{len(named)}个区域都叫“{text}”，请改填区域代码：{'、'.join(named[:5])}"
    else:
        message = f"没有代码或名称为“{text}”的区域，或不在您的辖区内，请核对，或先载入区域"
    raise Invalid([Problem(row, column.label, message)])


def resolve_references(
    connection: Connection, actor: Actor, ledger: Ledger, drafts: Sequence[Draft]
) -> None:
    """Settle references to other ledgers. Raises `Invalid` with every one that leads nowhere."""
    found = [problem for own in resolve(connection, actor, ledger, drafts) for problem in own]
    if found:
        raise Invalid(found)


def out_of_scope(found: Place | None) -> str:
    """Why a place cannot be taken and what to do, in words."""
    if found is None or found.placement == "none":
        return "没有坐标时必须选择您辖区内的村(社区)"
    if found.placement == "outside":
        metres = f",距最近的区域约{found.distance_m:,.0f}米" if found.distance_m else ""
        return f"坐标不在任何区域内{metres}。请核对坐标，或清空坐标后手工选择村(社区)"
    return "该位置不在您的辖区内，请核对坐标或所属区域"
