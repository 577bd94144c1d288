"""The rows below a header that are records: merged cells filled, sums and signatures left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.columns import ColumnType, Ledger
from ledger.exchange.archives import Span
from ledger.exchange.headers import Layout
from ledger.exchange.row_kinds import RowKinds
from ledger.exchange.tables_in import Sheet
from ledger.exchange.understanding import LeftOut, Note, shown
from ledger.exchange.units_in import units_in_row

T = ColumnType
# A merged cell speaks for each of its rows, but an amount or a name is one record's alone.
_ONE_RECORDS = (T.INTEGER, T.NUMBER, T.MONEY, T.LONGITUDE, T.LATITUDE, T.CREDIT_CODE)


@dataclass(frozen=True)
class TableRows:
    """Records as raw cells, with their numbers in Excel; factors with those of a row of units."""

    numbers: list[int]
    rows: list[Sequence[Any]]
    factors: dict[str, float]
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]


def table_rows(sheet: Sheet, layout: Layout, ledger: Ledger) -> TableRows:
    """Part the rows below the header into records and others, and fill merged cells."""
    below = [span for span in sheet.merged if span[0][0] > layout.header]
    kinds = RowKinds(
        layout.columns.get(ledger.title),
        [*layout.columns.values(), *layout.areas, *layout.extra.values()],
        [label.name for label in layout.labels],
        _reach(below),
        layout.header,
    )
    numbers: list[int] = []
    rows: list[Sequence[Any]] = []
    left_out: list[LeftOut] = []
    for at in range(layout.header + 1, len(sheet.rows)):
        row = sheet.rows[at]
        if all(cell is None or cell == "" or _only_blanks(cell) for cell in row):
            continue
        other = kinds.left_out(at, row)
        if other is None:
            numbers.append(at + 1)
            rows.append(row)
        else:
            left_out.append(other)
    factors, notes = _row_factors(sheet, layout, ledger, kinds.units)
    if below:
        notes += _fill_merged(numbers, rows, below, layout, ledger)
    if layout.areas:
        notes += _fill_areas(numbers, rows, layout, ledger)
    notes += [Note(item.row, None, f"{item.reason}，没有读入：{item.text}") for item in left_out]
    return TableRows(numbers, rows, factors, tuple(left_out), tuple(notes))


def _only_blanks(cell: Any) -> bool:
    return cell.__class__ is str and cell.isspace()


def _reach(spans: Sequence[Span]) -> dict[int, int]:
    """Row → the last column to which its first cell, merged across, reaches."""
    reach: dict[int, int] = {}
    for (top, left), (_, right) in sorted(spans, reverse=True):
        if right > left:
            reach[top] = right
    return reach


def _row_factors(
    sheet: Sheet, layout: Layout, ledger: Ledger, units: Sequence[int]
) -> tuple[dict[str, float], list[Note]]:
    """The header's factors, with those that a row of units below it gives."""
    factors, notes = dict(layout.factors), []
    for at in units:
        for key, position in layout.columns.items():
            column = ledger.by_key[key]
            found = units_in_row(sheet.rows[at], column, position)
            if found is not None and found[0] != factors.get(key, 1.0):
                factors[key] = found[0]
                message = f"单位是{found[1]}，已换算成{column.unit}(×{found[0]:g})"
                notes.append(Note(at + 1, layout.headers[key], message, key=key))
    return factors, notes


def _fill_merged(
    numbers: Sequence[int],
    rows: list[Sequence[Any]],
    spans: Sequence[Span],
    layout: Layout,
    ledger: Ledger,
) -> list[Note]:
    """Write the value of a cell merged downward into each of its rows, or say why not."""
    keys = {position: key for key, position in layout.columns.items()}
    keys |= dict.fromkeys(layout.areas, "area_code")
    at_row = {number: at for at, number in enumerate(numbers)}
    notes: list[Note] = []
    for (top, left), (bottom, _) in spans:
        key = keys.get(left)
        if key is None or bottom == top or top + 1 not in at_row:
            continue
        source = rows[at_row[top + 1]]
        value = source[left] if left < len(source) else ""
        if value in (None, ""):
            continue
        column, header = ledger.by_key[key], layout.labels[left].name
        alone = column.type in _ONE_RECORDS or key in ("number", ledger.title)
        for number in range(top + 2, bottom + 2):
            at = at_row.get(number)
            if at is None:
                continue
            if alone:
                message = f"与第{top + 1}行合并，数值只记在第{top + 1}行，请核对"
                notes.append(Note(number, header, message, False, key, shown(value)))
                continue
            row = list(rows[at])
            row += [""] * (left + 1 - len(row))
            row[left] = value
            rows[at] = row
            message = f"合并单元格：按第{top + 1}行的“{shown(value)}”填入"
            notes.append(Note(number, header, message, True, key, "", shown(value)))
    return notes


def _fill_areas(
    numbers: Sequence[int], rows: list[Sequence[Any]], layout: Layout, ledger: Ledger
) -> list[Note]:
    """Where township or village stand once and blanks follow, those above hold: doubtful.

    Only when the first record names its area, and for rows that neither bear a position nor a
    编号, which would be records that have their area already.
    """
    placed = [layout.columns[key] for key in ("lon", "lat", "number") if key in layout.columns]
    last = dict.fromkeys(layout.areas, "")
    notes: list[Note] = []
    for at, row in enumerate(rows):
        cells = {p: row[p] if p < len(row) else "" for p in layout.areas}
        for broader, position in enumerate(layout.areas):
            text = "" if cells[position] is None else str(cells[position]).strip()
            if text:
                last[position] = text
                # A new township's villages are not those of the one before.
                last |= dict.fromkeys(layout.areas[broader + 1 :], "")
                last |= {p: str(cells[p] or "").strip() for p in layout.areas[broader + 1 :]}
                break
        blank = [p for p in layout.areas if cells[p] in (None, "") and last[p]]
        if not blank or any(p < len(row) and row[p] not in (None, "") for p in placed):
            continue
        filled = list(row) + [""] * (max(blank) + 1 - len(row))
        for position in blank:
            filled[position] = last[position]
            header = layout.labels[position].name
            message = f"空白，按上面的“{last[position]}”理解，请核对"
            note = Note(numbers[at], header, message, False, "area_code", "", last[position])
            notes.append(note)
        rows[at] = filled
    return notes
