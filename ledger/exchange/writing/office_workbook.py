"""The workbook of a ledger as an office sends it: title, cover line, 序号, marks for the way back.

Row 1 is the title, row 2 the cover line (who, when, which filter, how many), row 3 the header;
for scripts that read tables the header may come first instead.
Behind the table three hidden columns hold the mark of each row
(:mod:`ledger.exchange.writing.fingerprints`). They belong to the filtered range, so that sorting
moves them with their rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid
from ledger.domain.progress import Progress, counted, silent
from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.fingerprints import Mark
from ledger.exchange.writing.row_writer import fill_rows, reserve_rows
from ledger.exchange.writing.workbooks import (
    Cell,
    Field,
    cell_format,
    header_format,
    lay_out_print,
    new_workbook,
    sheet_name,
    widths_of,
)

_BELOW_COVER = 2
SERIAL = "序号"
_MOST_ROWS = 1_048_576 - _BELOW_COVER - 1
_FROZEN = 3
_COMPUTED_GROUND = "#5A6472"


@dataclass(frozen=True)
class Cover:
    """What stands above the table: the title, and the line that says what it is.

    With ``shown`` False nothing does; the title is still the workbook's own.
    """

    title: str
    line: str
    shown: bool = True

    @property
    def header_row(self) -> int:
        """The row of the header, counted from 0."""
        return _BELOW_COVER if self.shown else 0


def office_workbook(
    ledger: Ledger,
    cover: Cover,
    fields: Sequence[Field],
    rows: Sequence[Sequence[Cell]],
    marks: Sequence[tuple[str, Mark]] = (),
    progress: Progress = silent,
) -> bytes:
    """The workbook of a table; ``marks`` (编号, mark) one a row, or none if it need not come back.

    Raises
    ------
    Invalid
        If a sheet cannot hold that many rows.
    """
    if len(rows) > _MOST_ROWS:
        raise Invalid(
            f"有 {len(rows)} 行，超过一个工作表的上限 {_MOST_ROWS} 行，请缩小范围或改用 csv"
        )
    with new_workbook(cover.title, row_by_row=True) as (content, workbook):
        sheet = workbook.add_worksheet(sheet_name(ledger.label))
        _write_top(workbook, sheet, cover, fields)
        if marks:
            for at, header in enumerate(fingerprints.HEADERS, start=len(fields) + 1):
                sheet.write_string(cover.header_row, at, header)
        first, styles = cover.header_row + 1, _styles(workbook, fields, has_marks=bool(marks))
        reserve_rows(sheet, first, styles, len(rows))
        _lay_out(sheet, cover.header_row, fields, rows, has_marks=bool(marks))
        if marks:
            _write_manifest(workbook, ledger, sheet.get_name(), fields, marks)
    told = counted(rows, "生成文件", progress)
    return fill_rows(content.getvalue(), first, len(styles), _numbered(told, marks))


def _write_top(workbook: Any, sheet: Any, cover: Cover, fields: Sequence[Field]) -> None:
    top = cover.header_row
    if cover.shown:
        sheet.set_row(0, 28)
        look = {"bold": True, "font_size": 16, "valign": "vcenter"}
        sheet.write_string(0, 0, cover.title, workbook.add_format(look))
        sheet.write_string(1, 0, cover.line, workbook.add_format({"font_color": _COMPUTED_GROUND}))
    sheet.set_row(top, 32)
    usual, computed = header_format(workbook), header_format(workbook, _COMPUTED_GROUND)
    sheet.write_string(top, 0, SERIAL, computed)
    for column, field in enumerate(fields, start=1):
        sheet.write_string(top, column, field.header, computed if field.computed else usual)


def _styles(workbook: Any, fields: Sequence[Field], *, has_marks: bool) -> list[Any]:
    serial = workbook.add_format({"num_format": "0", "align": "center", "valign": "top"})
    styles = [serial, *(cell_format(workbook, field) for field in fields)]
    return [*styles, *([None] * len(fingerprints.HEADERS))] if has_marks else styles


def _numbered(
    rows: Iterable[Sequence[Cell]], marks: Sequence[tuple[str, Mark]]
) -> Iterator[Sequence[Cell]]:
    """序号, the row's cells, and its mark; every cell as what it is."""
    if not marks:
        yield from ((at, *row) for at, row in enumerate(rows, start=1))
        return
    for at, (row, (_, mark)) in enumerate(zip(rows, marks, strict=True), start=1):
        yield (at, *row, mark.record_id, mark.version, mark.fingerprint)


def _lay_out(
    sheet: Any,
    header: int,
    fields: Sequence[Field],
    rows: Sequence[Sequence[Cell]],
    *,
    has_marks: bool,
) -> None:
    widths = [6.0, *widths_of(fields, rows)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    last = len(widths) - 1
    if has_marks:
        last += len(fingerprints.HEADERS)
        sheet.set_column(len(widths), last, 4, None, {"hidden": True})
    frozen = min(_FROZEN, len(widths))
    sheet.freeze_panes(header + 1, frozen)
    bottom = header + max(len(rows), 1)
    sheet.autofilter(header, 0, bottom, last)
    lay_out_print(sheet, widths, rows=bottom + 1, header=header, frozen=frozen)


def _write_manifest(
    workbook: Any,
    ledger: Ledger,
    name: str,
    fields: Sequence[Field],
    marks: Sequence[tuple[str, Mark]],
) -> None:
    keys: Mapping[str, str] = {field.header: field.key for field in fields if not field.computed}
    sheet = workbook.add_worksheet(fingerprints.SHEET)
    for at, cell in enumerate(fingerprints.packed(ledger, name, keys, marks)):
        sheet.write_string(at, 0, cell)
    sheet.very_hidden()
