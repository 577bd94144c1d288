"""A ledger's records as a table: which columns are exported, and the content of their cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from geo.atlas import Atlas
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.masks import is_sealed, mask_of
from ledger.domain.timing import clock
from ledger.exchange.writing.table import Cell, Field, Kind
from ledger.storage.keys.secrets import Sealer

UNDETERMINED = "待研判"
AREA_NAME = "所属区域名称"
_KINDS: Mapping[ColumnType, Kind] = {
    ColumnType.INTEGER: "integer",
    ColumnType.NUMBER: "number",
    ColumnType.MONEY: "money",
    ColumnType.LONGITUDE: "position",
    ColumnType.LATITUDE: "position",
    ColumnType.DATE: "date",
    ColumnType.LONG_TEXT: "long",
}
_TIERS = frozenset({"tier", "tier_computed"})
Records = list[dict[str, Any]]
Read = Callable[[dict[str, Any]], Cell]


def table_of(
    ledger: Ledger,
    records: Records,
    atlas: Atlas,
    revealed: Sealer | None = None,
    names: Mapping[str, str] | None = None,
) -> tuple[list[Field], list[list[Cell]]]:
    """Header and cells: declared columns, the area's name, extra facts, who changed it last.

    Protected texts are masked unless ``revealed`` opens them: the caller has checked the right.
    ``names`` are those of the people whose user names stand in the records.
    """
    parts: list[tuple[Field, Read]] = []
    for column in ledger.columns:
        parts.append((_field(column), _cell(column, revealed)))
        if column.key == "area_code":
            parts.append((Field("area_name", AREA_NAME), _area_name(atlas)))
    parts += _extra_parts(records, {field.header.casefold() for field, _ in parts})
    if ledger.geometry != "polygon":
        moment = Field("updated_at", "更新时间")
        parts.append((moment, lambda row: clock.local_text(row["updated_at"])))
        called = names or {}
        by = Field("updated_by", "更新人")
        parts.append((by, lambda row: called.get(row["updated_by"]) or str(row["updated_by"])))
    columns = [list(map(read, records)) for _, read in parts]
    cells = [list(row) for row in zip(*columns, strict=True)]
    return [field for field, _ in parts], cells


def header_of(column: Column) -> str:
    """The header of a declared column: its label, money with the unit."""
    is_money = column.type is ColumnType.MONEY and column.unit
    return f"{column.label}({column.unit})" if is_money else column.label


def headers_of(ledger: Ledger) -> dict[str, str]:
    """The headers of the columns that may be typed in → their keys."""
    return {header_of(column): column.key for column in ledger.editable}


def _field(column: Column) -> Field:
    return Field(column.key, header_of(column), _KINDS.get(column.type, "text"), column.computed)


def _cell(column: Column, revealed: Sealer | None) -> Read:
    key = column.key
    if key in _TIERS:
        return lambda record: column.format(record[key]) or UNDETERMINED
    if column.rule.masked:
        shown = mask_of if revealed is None else _opened(revealed)
        return lambda record: shown(record[key]) if record[key] else None
    if column.type is ColumnType.MOMENT:
        return lambda record: clock.local_text(record[key]) if record[key] else None
    if column.type in (ColumnType.TRI, ColumnType.CHOICE):
        words: dict[Any, str] = {value: column.format(value) for value in (True, False, None)}
        words |= {choice.key: choice.label for choice in column.choices}
        return lambda record: words.get(record[key]) or column.format(record[key])
    return lambda record: record[key]


def _opened(sealer: Sealer) -> Callable[[str], str]:
    return lambda kept: sealer.open(kept) if is_sealed(kept) else kept


def _area_name(atlas: Atlas) -> Read:
    names: dict[str | None, str] = {None: ""}

    def read(record: dict[str, Any]) -> str:
        code = record["area_code"]
        if code not in names:
            area = atlas.get(code)
            above = () if area is None else atlas.ancestors(area.code)
            names[code] = " / ".join(item.name for item in (*above, area) if item is not None)
        return names[code]

    return read


def _extra_parts(records: Records, taken: set[str]) -> list[tuple[Field, Read]]:
    """Further facts under their own names; one that is called like a column says what it is."""
    names = dict.fromkeys(name for record in records for name in (record.get("extra") or ()))
    return [
        (
            _extra_field(
                name, name if name.casefold() not in taken else f"{name}(其他事实)", records
            ),
            _extra_cell(name),
        )
        for name in names
    ]


def _extra_field(name: str, header: str, records: Sequence[Mapping[str, Any]]) -> Field:
    values = [(record.get("extra") or {}).get(name) for record in records]
    known = [value for value in values if value is not None]
    is_number = bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )
    return Field(f"extra.{name}", header, "number" if is_number else "text", True)


def _extra_cell(name: str) -> Read:
    def read(record: dict[str, Any]) -> Cell:
        value = (record.get("extra") or {}).get(name)
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        plain: Cell = ("是" if value else "否") if isinstance(value, bool) else value
        return plain

    return read
