"""From raw cells to parsed rows, one column at a time, each distinct cell read once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from geo.atlas import Atlas
from geo.crs import SourceCrs, to_wgs84
from ledger.access import Actor
from ledger.columns import Column, ColumnType, Ledger, ValueRefused
from ledger.errors import Problem
from ledger.exchange.headers import Layout
from ledger.exchange.mapping import FileMapping
from ledger.exchange.tables_in import Sheet
from ledger.places.areas import codes_named
from ledger.settings import settings

# 1e-9 degrees are a tenth of a millimetre; more digits do not survive a workbook.
_DIGITS = 9
_ERROR_CELL = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
# How a text table marks a text that Excel would take for a formula (see `ledger.exchange.exports`).
ESCAPED = re.compile(r"'+[=+\-@\t\r]")


class _Blank:
    """What stands for a cell with nothing in it; a tri-state's 不详 is None and no blank."""


BLANK = _Blank()
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Incoming:
    """One row of the file: its number in Excel, and the parsed cells that are not blank."""

    row: int
    values: dict[str, Any]
    extra: dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Every row with anything in it, and what is wrong with cells of them.

    ``refused`` names the cells (row, ledger key) that could not be taken.
    """

    rows: list[Incoming]
    problems: list[Problem]
    refused: set[tuple[int, str]]


def read_rows(
    sheet: Sheet, layout: Layout, ledger: Ledger, mapping: FileMapping, atlas: Atlas, actor: Actor
) -> Rows:
    """Parse every row below the header. Positions come out as WGS84, areas as codes."""
    kept = [
        (at + 1, row)
        for at, row in enumerate(sheet.rows)
        if at > layout.header and any(not _is_blank(cell) for cell in row)
    ]
    numbers = [number for number, _ in kept]
    table = _Table(numbers, [row for _, row in kept], sheet.is_text, ledger, layout, mapping)
    columns = {
        key: table.read(key, _reader(ledger.by_key[key], mapping.crs, atlas, actor), position)
        for key, position in layout.columns.items()
    }
    extra = {
        item.name: table.read(item.name, _extra_reader(item.column), layout.extra[item.name])
        for item in mapping.extra
    }
    if "lon" in ledger.by_key:
        _to_wgs84(columns, mapping.crs, table)
    for key, constant in mapping.constants.items():
        given = columns.get(key, [BLANK] * len(numbers))
        columns[key] = [constant if value is BLANK else value for value in given]
    table.check_width()
    values = _by_row(columns, len(numbers))
    further = _by_row(extra, len(numbers))
    rows = [Incoming(*item) for item in zip(numbers, values, further, strict=True)]
    return Rows(rows, table.problems, table.refused)


@dataclass
class _Table:
    numbers: list[int]
    rows: list[Sequence[Any]]
    is_text: bool
    ledger: Ledger
    layout: Layout
    mapping: FileMapping

    def __post_init__(self) -> None:
        self.problems: list[Problem] = []
        self.refused: set[tuple[int, str]] = set()

    def read(self, name: str, reader: Reader, position: int) -> list[Any]:
        """Parse one column; a cell that cannot be taken becomes a problem and a blank."""
        reader = _guarded(reader, self.mapping.values.get(name), self.is_text)
        seen: dict[Any, Any] = {}
        values: list[Any] = []
        for at, row in enumerate(self.rows):
            raw = row[position] if position < len(row) else ""
            # 1, 1.0 and True are the same key of a dictionary, but not the same cell.
            key = raw if raw.__class__ is str else (raw.__class__, raw)
            try:
                value = seen[key]
            except KeyError:
                value = seen[key] = _attempt(reader, raw)
            if value.__class__ is ValueRefused:
                self.complain(at, name, str(value))
                value = BLANK
            values.append(value)
        return values

    def complain(self, at: int, name: str, message: str) -> None:
        header = self.layout.headers.get(name) or self.ledger.label_of(name)
        self.problems.append(Problem(self.numbers[at], header, message))
        self.refused.add((self.numbers[at], name))

    def check_width(self) -> None:
        """A text row with more cells than the header has probably an unquoted comma in it."""
        if not self.is_text:
            return
        width = self.layout.width
        for number, row in zip(self.numbers, self.rows, strict=True):
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                message = f"有 {len(row)} 格，比表头多，多半是内容里有没加引号的逗号，请核对"
                self.problems.append(Problem(number, None, message))


def _attempt(reader: Reader, raw: Any) -> Any:
    try:
        return reader(raw)
    except ValueRefused as refused:
        return refused


def _guarded(reader: Reader, pairs: Mapping[str, str] | None, is_text: bool) -> Reader:
    """The reader, after what every cell goes through: blanks, lengths, the mapping's values."""
    longest = settings().max_cell_characters

    def read(raw: Any) -> Any:
        if _is_blank(raw):
            return BLANK
        if isinstance(raw, str):
            if len(raw) > longest:
                raise ValueRefused(f"内容过长({len(raw)}字)，一格最多{longest}字，请删减")
            if _ERROR_CELL.fullmatch(raw.strip()):
                raise ValueRefused(f"公式出错({raw.strip()})，请改正公式或直接填写")
            if is_text and ESCAPED.match(raw):
                raw = raw[1:]
        if pairs is not None and (said := _as_text(raw)) in pairs:
            raw = pairs[said]
            if not raw.strip():
                return None
        return reader(raw)

    return read


def _is_blank(raw: Any) -> bool:
    return raw is None or (raw.__class__ is str and (not raw or raw.isspace()))


def _as_text(raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _reader(column: Column, crs: SourceCrs, atlas: Atlas, actor: Actor) -> Reader:
    if column.type is ColumnType.AREA:
        return _area_reader(column, atlas, actor)
    if column.type in (ColumnType.LONGITUDE, ColumnType.LATITUDE) and not crs.geographic:
        return replace(column, type=ColumnType.NUMBER).parse
    if column.type in (ColumnType.TEXT, ColumnType.LONG_TEXT, ColumnType.PHONE):
        return lambda raw: column.parse(_written(raw))
    return lambda raw: column.parse(_dated(raw))


def _extra_reader(column: Column) -> Reader:
    def read(raw: Any) -> Any:
        value = column.parse(_written(raw) if column.type is ColumnType.TEXT else _dated(raw))
        # JSON keeps 3 and 3.0 apart; a count should stay a count.
        is_whole = isinstance(value, float) and value.is_integer()
        return int(value) if is_whole and isinstance(value, float) else value

    return read


def _written(raw: Any) -> Any:
    """A cell as the text it is shown as: dates without a midnight nobody typed."""
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, bool):
        return "是" if raw else "否"
    return raw.isoformat() if isinstance(raw, date | time) else raw


def _dated(raw: Any) -> Any:
    if isinstance(raw, time | timedelta):
        raise ValueRefused(f"“{raw}”是时间，请改填这一列要求的内容")
    return raw


def _area_reader(column: Column, atlas: Atlas, actor: Actor) -> Reader:
    def read(raw: Any) -> str:
        text = str(column.parse(raw))
        if text in atlas:
            return text
        codes = codes_named(atlas, actor, text)
        if len(codes) == 1:
            return codes[0]
        if codes:
            some = "、".join(codes[:5])
            raise ValueRefused(f"有{len(codes)}个区域都叫“{text}”，请改填区域代码：{some}")
        raise ValueRefused(f"没有代码或名称为“{text[:40]}”的区域，请核对，或先载入区域")

    return read


def _to_wgs84(columns: dict[str, list[Any]], crs: SourceCrs, table: _Table) -> None:
    """Convert positions in place. Half a position cannot be converted and is refused."""
    if crs.is_wgs84 or not {"lon", "lat"} & set(columns):
        return
    count = len(table.numbers)
    lon, lat = (columns.setdefault(key, [BLANK] * count) for key in ("lon", "lat"))
    both = []
    for at, pair in enumerate(zip(lon, lat, strict=True)):
        known = [isinstance(value, float) for value in pair]
        if all(known):
            both.append(at)
        elif any(known):
            missing = "lat" if known[0] else "lon"
            table.complain(at, missing, f"经纬度要么都填，要么都留空({crs.label} 坐标无法换算)")
            lon[at] = lat[at] = BLANK
    x, y = to_wgs84([lon[at] for at in both], [lat[at] for at in both], crs)
    for at, east, north in zip(both, np.round(x, _DIGITS), np.round(y, _DIGITS), strict=True):
        if abs(east) <= 180 and abs(north) <= 90:
            lon[at], lat[at] = float(east), float(north)
        else:
            message = f"不是 {crs.label} 中的坐标，请核对坐标系，以及经纬度是否写反"
            table.complain(at, "lon", message)
            lon[at] = lat[at] = BLANK


def _by_row(columns: Mapping[str, list[Any]], count: int) -> list[dict[str, Any]]:
    if not columns:
        return [{} for _ in range(count)]
    keys = list(columns)
    return [
        {key: value for key, value in zip(keys, row, strict=True) if value is not BLANK}
        for row in zip(*columns.values(), strict=True)
    ]
