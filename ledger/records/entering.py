"""Turn typed texts into values that can be written: cells, areas, references.

Every problem names the column by its label and, if rows were given, the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger, Value, ValueRefused
from ledger.domain.errors import Invalid, Problem
from ledger.records.drafting import Draft, arrange
from ledger.records.places.areas import codes_named
from ledger.records.places.placement import Place
from ledger.records.references import resolve
from ledger.storage.tables import LEDGER_TABLES

# Separates the name and the code of an area where both are shown.
AREA_MARK = " · "


def read_values(
    atlas: Atlas,
    actor: Actor,
    ledger: Ledger,
    values: Mapping[str, Any],
    *,
    whole: bool,
    row: int | None = None,
) -> dict[str, Any]:
    """Read every given cell with `read_cell`; with ``whole``, required columns must be given.

    Raises
    ------
    Invalid
        With one problem per cell: unknown or computed column, unreadable value, required blank.
    """
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, raw in values.items():
        column = ledger.by_key.get(key)
        if column is None or column.computed:
            problems.append(Problem(row, key, "没有这一列，或该列由系统计算，不能填写"))
            continue
        try:
            read[key] = read_cell(atlas, actor, column, raw)
        except ValueRefused as refused:
            problems.append(Problem(row, column.label, str(refused)))
            continue
        if column.required and read[key] is None:
            problems.append(Problem(row, column.label, "必须填写"))
    if whole:
        problems += [
            Problem(row, column.label, "必须填写")
            for column in ledger.editable
            if column.required and column.key not in values
        ]
    if problems:
        raise Invalid(problems)
    return read


def read_cell(atlas: Atlas, actor: Actor, column: Column, raw: object) -> Value:
    """The value of one typed cell; saves and pages both use this, so they refuse the same texts.

    An area is given by its code, as ``name · code``, or by a name that only one area in the actor's
    scope has. Out-of-scope and unknown areas are refused with the same words.

    Raises
    ------
    ValueRefused
        If the text is no value of the column; the message says in Chinese what is allowed.
    """
    if column.type is not ColumnType.AREA:
        return column.entered(raw)
    if isinstance(raw, str) and AREA_MARK in raw:
        code = raw.rpartition(AREA_MARK)[2].strip()
        raw = code if code in atlas else raw
    text = column.entered(raw)
    return None if text is None else _area_code(atlas, actor, str(text))


def _area_code(atlas: Atlas, actor: Actor, text: str) -> str:
    if text in atlas and actor.sees(atlas[text].path):
        return text
    named = codes_named(atlas, actor, text)
    if len(named) == 1:
        return named[0]
    if named:
        raise ValueRefused(
            f"有{len(named)}个区域都叫“{text}”，请改填区域代码：{'、'.join(named[:5])}"
        )
    raise ValueRefused(f"没有代码或名称为“{text}”的区域，或不在您的辖区内，请核对，或先载入区域")


def resolve_references(
    connection: Connection, actor: Actor, ledger: Ledger, drafts: Sequence[Draft]
) -> None:
    """Resolve references to other ledgers. Raises `Invalid` naming all that match no record."""
    found = [problem for own in resolve(connection, actor, ledger, drafts) for problem in own]
    if found:
        raise Invalid(found)


def out_of_scope(found: Place | None) -> str:
    """Why a place is refused and what to do, in Chinese."""
    if found is None or found.placement == "none":
        return "没有坐标时必须选择您辖区内的村(社区)"
    if found.placement == "outside":
        metres = f",距最近的区域约{found.distance_m:,.0f}米" if found.distance_m else ""
        return f"坐标不在任何区域内{metres}。请核对坐标，或清空坐标后手工选择村(社区)"
    return "该位置不在您的辖区内，请核对坐标或所属区域"


def settle(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    drafts: Sequence[Draft | None],
) -> list[Problem]:
    """Check references, numbers and places of drafts that are to be written together.

    Returns the problems for which they must not be written, rows counted from 1. Afterwards every
    draft that is not None is arranged (`drafting.arrange`). Saving, adding and a preview of a save
    all use this check.
    """
    rows = [position for position, draft in enumerate(drafts, start=1) if draft is not None]
    listed = [draft for draft in drafts if draft is not None]
    problems: list[Problem] = []
    for row, draft, own in zip(
        rows, listed, resolve(connection, actor, ledger, listed), strict=True
    ):
        problems += [replace(problem, row=row) for problem in own]
        try:
            _settle_number(connection, ledger, draft)
            _require_position(ledger, draft)
        except Invalid as invalid:
            problems += [replace(problem, row=row) for problem in invalid.problems]
    arrange(ledger, listed, atlas)
    for row, draft in zip(rows, listed, strict=True):
        try:
            _require_scope(actor, ledger, draft)
        except Invalid as invalid:
            problems += [replace(problem, row=row) for problem in invalid.problems]
    return problems


def _require_scope(actor: Actor, ledger: Ledger, draft: Draft) -> None:
    """Refuse a record that would be outside the actor's scope afterwards."""
    if "area_code" not in ledger.by_key or actor.sees(draft.after["area_path"]):
        return
    raise Invalid([Problem(None, ledger.label_of("area_code"), out_of_scope(draft.place))])


def _require_position(ledger: Ledger, draft: Draft) -> None:
    """Refuse a typed position of which one half is blank, or which is 0/0."""
    if not {"lon", "lat"} & draft.values.keys() or "lon" not in ledger.by_key:
        return
    kept = draft.current or {}
    lon, lat = (draft.values.get(key, kept.get(key)) for key in ("lon", "lat"))
    key, message = wrong_position(lon, lat)
    if message:
        raise Invalid([Problem(None, ledger.label_of(key), message)])


def wrong_position(lon: float | None, lat: float | None) -> tuple[str, str]:
    """The key of the column at fault and what to do, in Chinese; two empty texts if none is.

    ``lon`` and ``lat`` are in degrees. Two blanks are allowed: the record has no position.
    """
    if lon == 0 and lat == 0:
        return "lon", "经度和纬度都是 0，不是真实位置，请填写坐标，或把两格都清空"
    if (lon is None) == (lat is None):
        return "", ""
    there, missing = ("经度", "纬度") if lat is None else ("纬度", "经度")
    message = f"只有{there}、没有{missing}，定不了位。请补上{missing}，或把两格都清空"
    return ("lat" if lat is None else "lon"), message


def _settle_number(connection: Connection, ledger: Ledger, draft: Draft) -> None:
    """Refuse a new record's number that is in use, and any change of a number."""
    number = draft.values.get("number")
    if draft.current is not None:
        if draft.values.pop("number", None) not in (None, draft.current["number"]):
            message = "编号一经登记不能修改；如登记有误，请删除后重新登记"
            raise Invalid([Problem(None, ledger.label_of("number"), message)])
        return
    table = LEDGER_TABLES[ledger.key]
    if (
        number is not None
        and connection.execute(select(table.c.id).where(table.c.number == number)).first()
    ):
        message = f"编号“{number}”已被使用，请换一个或留空"
        raise Invalid([Problem(None, ledger.label_of("number"), message)])
