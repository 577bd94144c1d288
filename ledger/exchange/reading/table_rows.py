"""The rows below a header that are records: merged cells filled, sums and signatures left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Invalid, Problem
from ledger.exchange.reading.archives import Span
from ledger.exchange.reading.continued_rows import join_continued
from ledger.exchange.reading.error_cells import is_error
from ledger.exchange.reading.headers import Layout, column_words
from ledger.exchange.reading.loose_words import is_none
from ledger.exchange.reading.row_kinds import RowKinds
from ledger.exchange.reading.tables_in import Sheet
from ledger.exchange.reading.understanding import LeftOut, Note, shown
from ledger.exchange.reading.units_in import units_in_row

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
    """Separate the rows below the header into records and others, and fill merged cells."""
    below = [span for span in sheet.merged if span[0][0] > layout.header]
    kinds = RowKinds(
        layout.columns.get(ledger.title),
        [*layout.columns.values(), *layout.areas, *layout.extra.values()],
        [label.parts for label in layout.labels],
        _reach(below),
        layout.header,
        column_words(ledger),
    )
    numbers: list[int] = []
    rows: list[Sequence[Any]] = []
    left_out: list[LeftOut] = []
    for at in range(layout.header + 1, len(sheet.rows)):
        row = sheet.rows[at]
        if not row or all(cell is None or cell == "" or _only_blanks(cell) for cell in row):
            continue
        other = kinds.left_out(at, row) or _only_errors(at, row)
        if other is not None:
            left_out.append(other)
            continue
        word = kinds.foreign_header(row)
        if word is not None:
            raise _foreign(at, word, layout, ledger)
        numbers.append(at + 1)
        rows.append(row)
    joined = join_continued(numbers, rows, dict(layout.columns), layout.labels, ledger)
    numbers, rows = joined.numbers, joined.rows
    gone = {item.row for item in joined.left_out}
    factors, notes = _row_factors(sheet, layout, ledger, kinds.units)
    if below:
        notes += _fill_merged(numbers, rows, below, layout, ledger)
    notes += joined.notes
    notes += _unlike_records(numbers, rows, kinds, layout, ledger)
    if layout.areas:
        notes += _fill_areas(numbers, rows, layout, ledger)
    notes = [note for note in notes if note.row not in gone]
    notes += [Note(item.row, None, f"{item.reason}，没有读入：{item.text}") for item in left_out]
    left_out = sorted([*left_out, *joined.left_out], key=lambda item: item.row)
    return TableRows(numbers, rows, factors, tuple(left_out), tuple(notes))


def _only_blanks(cell: Any) -> bool:
    return cell.__class__ is str and cell.isspace()


def _only_errors(at: int, row: Sequence[Any]) -> LeftOut | None:
    """A row to which only formulas were filled down, beyond the last record."""
    first = None
    for cell in row:
        if cell is None or cell == "" or _only_blanks(cell):
            continue
        if not is_error(cell):
            return None
        first = first or str(cell)
    return LeftOut(at + 1, "只有出错或没有结果的公式", first or "")


def _foreign(at: int, word: str, layout: Layout, ledger: Ledger) -> Invalid:
    """Why a sheet with a column's name below its header is not read."""
    header = layout.headers.get(ledger.title)
    return Invalid(
        [
            Problem(
                at + 1,
                header,
                f"这一行写的是列名“{word}”，不是记录。"
                "如果下面是另一张表，请分开放在两张工作表里，分别导入；"
                "如果是一格列名、一格内容的登记卡，或横过来的表，请改成第一行是列名、一行一条记录",
            )
        ]
    )


def _unlike_records(
    numbers: Sequence[int],
    rows: Sequence[Sequence[Any]],
    kinds: RowKinds,
    layout: Layout,
    ledger: Ledger,
) -> list[Note]:
    """A doubt for rows with nothing but a name, if others say more, and for names without a word:
    perhaps headings or sums."""
    position = layout.columns.get(ledger.title)
    if position is None:
        return []
    lone = [kinds.is_lone(row) for row in rows]
    some = not all(lone)
    notes = []
    for number, row, is_lone in zip(numbers, rows, lone, strict=True):
        cell = row[position] if position < len(row) else None
        if cell is None or cell == "":
            continue
        wordless = cell.__class__ is not str or not any(map(str.isalpha, cell))
        if not wordless and not (is_lone and some):
            continue
        if is_error(cell) or is_none(str(cell)):
            continue
        why = "不像名称" if wordless else "这一行只有名称，可能是小标题或说明"
        message = f"{why}：“{shown(cell)}”，请核对；不是记录时请删去该行"
        header = layout.headers[ledger.title]
        notes.append(Note(number, header, message, False, ledger.title, shown(cell), shown(cell)))
    return notes


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
