"""Write what a filter shows to a file: xlsx, csv, geojson or gpkg.

Headers are the Chinese labels (money with its unit), choices and tri-states their words, dates
dates. Texts are never formulas: workbooks write them as text cells; in csv a text that Excel
would take for a formula gets an apostrophe before it (``'=1+1``), which the import takes off
again. Csv is UTF-8 with BOM. An unchanged export imports as "unchanged" for every row.
"""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import shapely
from sqlalchemy import select

from geo.atlas import Atlas
from ledger.access import Action, Actor, under
from ledger.columns import Column, ColumnType, Ledger
from ledger.errors import Invalid, NotFound
from ledger.exchange import workbooks
from ledger.exchange.outgoing import geojson, geopackage
from ledger.exchange.workbooks import Cell, Field, Kind
from ledger.history import audit
from ledger.ledgers import ledger_named
from ledger.places.areas import current_atlas, in_force
from ledger.query import Selection, read_all
from ledger.storage import Store
from ledger.storage.tables import areas
from ledger.timing import clock

Format = Literal["xlsx", "csv", "geojson", "gpkg"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: Mapping[Format, str] = {
    "xlsx": workbooks.MEDIA_TYPE,
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
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
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
Records = list[dict[str, Any]]


@dataclass(frozen=True)
class Exported:
    """A file that is ready to be sent: its name, content, media type and number of records."""

    filename: str
    content: bytes
    media_type: str
    rows: int


def export(
    store: Store,
    actor: Actor,
    ledger_key: str,
    selection: Selection,
    format: str,
    *,
    title: str = "",
) -> Exported:
    """Every record of the selection in the actor's scope, as one file; on the record.

    ``title`` says in words what the file holds, for the log and the workbook's properties.

    Raises
    ------
    Refused
        If the actor may not export.
    Invalid
        For an unknown format, or filters that do not fit the ledger.
    """
    actor.require(Action.EXPORT)
    ledger, kind = ledger_named(ledger_key), _format(format)
    atlas = current_atlas(store)
    records = _records(store, actor, ledger, selection)
    fields, cells = _table(ledger, records, atlas)
    shapes = _shapes(ledger, records) if kind in ("geojson", "gpkg") else []
    content = _WRITERS[kind](title or ledger.label, fields, cells, shapes)
    stamp = clock.local_text(clock.now()).replace("-", "").replace(":", "").replace(" ", "_")
    exported = Exported(f"{ledger.label}_{stamp}.{kind}", content, MEDIA_TYPES[kind], len(records))
    _remember(store, actor, ledger, selection, exported, title)
    return exported


def export_to(
    store: Store, actor: Actor, ledger_key: str, path: Path, *, scope_code: str | None = None
) -> Exported:
    """Export a whole ledger, or what lies under one area, to ``path``; its ending is the format.

    Raises `Invalid` before anything is read when the file could not be written there, and
    `NotFound` for an area that is not there or not the actor's.
    """
    actor.require(Action.EXPORT)
    _format(path.suffix.removeprefix("."))
    require_writable(path)
    selection = Selection(sort=(("number", False),))
    if scope_code not in (None, "*"):
        area = current_atlas(store).get(scope_code)
        if area is None or not actor.sees(area.path):
            raise NotFound("区域")
        selection = Selection(sort=(("number", False),), area_path=area.path)
    exported = export(store, actor, ledger_key, selection, path.suffix.removeprefix("."))
    write_file(path, exported.content)
    return exported


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises `Invalid` with what to check."""
    part = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as stream:
            part = Path(stream.name)
            stream.write(content)
        # mkstemp makes files private; an export is as readable as any other new file.
        part.chmod(0o666 & ~_umask())
        part.replace(path)
    except OSError as error:
        if part is not None:
            part.unlink(missing_ok=True)
        raise Invalid(
            f"无法写入“{path}”，请检查文件夹是否存在、可写、空间是否足够({error.strerror})"
        ) from None


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value


def require_writable(path: Path) -> None:
    """Refuse a path that could not be written to, before any work is done. Raises `Invalid`."""
    if path.is_dir():
        raise Invalid(f"“{path}”是文件夹，请写出文件名")
    if not path.parent.is_dir():
        raise Invalid(f"没有文件夹“{path.parent}”，请先建立")
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise Invalid(f"无法写入“{path}”，请检查文件夹和文件的写权限")


def _format(name: str) -> Format:
    for known in FORMATS:
        if name.lower() == known:
            return known
    raise Invalid(f"不能导出为“{name or '(没有后缀)'}”，文件后缀只能是：{'、'.join(FORMATS)}")


def _records(store: Store, actor: Actor, ledger: Ledger, selection: Selection) -> Records:
    with store.reading() as connection:
        if ledger.geometry != "polygon":
            return read_all(connection, actor, ledger, selection)
        query = (
            select(areas)
            .where(
                in_force(),
                actor.scope_condition(areas.c.path),
                under(areas.c.path, selection.area_path or "/"),
            )
            .order_by(areas.c.path)
        )
        return [dict(row) for row in connection.execute(query).mappings()]


def _table(ledger: Ledger, records: Records, atlas: Atlas) -> tuple[list[Field], list[list[Cell]]]:
    """Header and cells: declared columns, the area's name, extra facts, who changed it last."""
    parts: list[tuple[Field, Callable[[dict[str, Any]], Cell]]] = []
    for column in ledger.columns:
        if column.sensitivity != "protected":
            parts.append((_field(column), _cell(column)))
        if column.key == "area_code":
            parts.append((Field("area_name", AREA_NAME), _area_name(atlas)))
    names = dict.fromkeys(name for record in records for name in (record.get("extra") or {}))
    taken = {field.header.casefold() for field, _ in parts}
    for name in names:
        header = name if name.casefold() not in taken else f"{name}(其他事实)"
        parts.append((_extra_field(name, header, records), _extra_cell(name)))
    if ledger.geometry != "polygon":
        parts.append(
            (Field("updated_at", "更新时间"), lambda row: clock.local_text(row["updated_at"]))
        )
        parts.append((Field("updated_by", "更新人"), lambda row: str(row["updated_by"])))
    cells = [[read(record) for _, read in parts] for record in records]
    return [field for field, _ in parts], cells


def header_of(column: Column) -> str:
    """The header of a declared column: its label, money with the unit."""
    is_money = column.type is ColumnType.MONEY and column.unit
    return f"{column.label}({column.unit})" if is_money else column.label


def _field(column: Column) -> Field:
    return Field(column.key, header_of(column), _KINDS.get(column.type, "text"))


def _cell(column: Column) -> Callable[[dict[str, Any]], Cell]:
    key = column.key
    if column.key in _TIERS:
        return lambda record: column.format(record[key]) or UNDETERMINED
    if column.type in (ColumnType.TRI, ColumnType.CHOICE):
        words: dict[Any, str] = {value: column.format(value) for value in (True, False, None)}
        words |= {choice.key: choice.label for choice in column.choices}
        return lambda record: words.get(record[key]) or column.format(record[key])
    return lambda record: record[key]


def _area_name(atlas: Atlas) -> Callable[[dict[str, Any]], Cell]:
    names: dict[str | None, str] = {None: ""}

    def read(record: dict[str, Any]) -> str:
        code = record["area_code"]
        if code not in names:
            area = atlas.get(code)
            above = () if area is None else atlas.ancestors(area.code)
            names[code] = " / ".join(item.name for item in (*above, area) if item is not None)
        return names[code]

    return read


def _extra_field(name: str, header: str, records: Records) -> Field:
    values = [(record.get("extra") or {}).get(name) for record in records]
    known = [value for value in values if value is not None]
    is_number = bool(known) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in known
    )
    return Field(f"extra.{name}", header, "number" if is_number else "text")


def _extra_cell(name: str) -> Callable[[dict[str, Any]], Cell]:
    def read(record: dict[str, Any]) -> Cell:
        value: Cell = (record.get("extra") or {}).get(name)
        return ("是" if value else "否") if isinstance(value, bool) else value

    return read


def _shapes(ledger: Ledger, records: Records) -> list[Any]:
    if ledger.geometry == "polygon":
        return list(shapely.from_wkb([record["geometry"] for record in records]))
    return [
        shapely.Point(record["lon"], record["lat"])
        if record.get("lon") is not None and record.get("lat") is not None
        else None
        for record in records
    ]


def _xlsx(
    title: str, fields: Sequence[Field], cells: Sequence[Sequence[Cell]], _shapes: Sequence[Any]
) -> bytes:
    return workbooks.table_workbook(title, fields, cells)


def _csv(
    _title: str, fields: Sequence[Field], cells: Sequence[Sequence[Cell]], _shapes: Sequence[Any]
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([harmless(field.header) for field in fields])
    writer.writerows([harmless(cell) for cell in row] for row in cells)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: Cell) -> Cell:
    """A cell of a text table: what Excel would take for a formula gets an apostrophe before it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


_WRITERS: Mapping[
    Format,
    Callable[[str, Sequence[Field], Sequence[Sequence[Cell]], Sequence[Any]], bytes],
] = {"xlsx": _xlsx, "csv": _csv, "geojson": geojson, "gpkg": geopackage}


def _remember(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    selection: Selection,
    exported: Exported,
    title: str,
) -> None:
    filters = {
        "title": title,
        "text": selection.text,
        "area_path": selection.area_path,
        "conditions": [
            f"{ledger.label_of(item.key)} {item.operator} {item.value}"
            for item in selection.conditions
        ],
        "deleted": selection.deleted,
    }
    after = {"rows": exported.rows} | {key: value for key, value in filters.items() if value}
    with store.writing() as connection:
        change = audit.Change("export", ledger.key, number=exported.filename[:80], after=after)
        audit.append(connection, actor, [change])
