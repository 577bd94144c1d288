"""A table as a workbook: cover, header, rows, print set-up, marks for the way back.

Where there is a cover, row 1 is the title, row 2 the line that says who, when, which filter, how
many, and row 3 the header; else the header comes first, as scripts expect. Behind the table of a
ledger three hidden columns hold the mark of each row
(:mod:`ledger.exchange.writing.fingerprints`). They belong to the filtered range, so that sorting
moves them with their rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledger.domain.errors import Invalid, Problem
from ledger.domain.progress import Progress, counted, silent
from ledger.exchange.writing import fingerprints
from ledger.exchange.writing.manifest_sheet import write_manifest
from ledger.exchange.writing.row_writer import Filling, fill_rows, reserve_rows
from ledger.exchange.writing.table import Cell, Field, Table
from ledger.exchange.writing.workbooks import (
    cell_format,
    header_format,
    lay_out_print,
    new_workbook,
    sheet_name,
    text_width,
    widths_of,
)

SERIAL = "序号"
_MOST_ROWS = 1_048_576
_TITLE_SIZE, _USUAL_SIZE = 16, 11
_EMPTY_WIDTH = 8.43  # characters, of a column that nobody set
_COMPUTED_GROUND = "#5A6472"


def table_workbook(table: Table, progress: Progress = silent) -> bytes:
    """The workbook of a table: header repeated in print and kept in view, filters, widths.

    Raises
    ------
    Invalid
        If a sheet cannot hold that many rows.
    """
    title = table.title if table.cover is None else table.cover.title
    return tables_workbook([table], Properties(title), progress)


@dataclass(frozen=True)
class Properties:
    """What a workbook says of itself; without ``author`` and ``made_at``: the program, now."""

    title: str
    author: str | None = None
    made_at: datetime | None = None


def tables_workbook(
    tables: Sequence[Table], said: Properties, progress: Progress = silent
) -> bytes:
    """The workbook of several tables, a sheet each; the same content gives the same bytes.

    One of them at most may have `Marks`. Raises as `table_workbook`.
    """
    for table in tables:
        most, count = _MOST_ROWS - table.header_row - 1, len(table.rows)
        if count > most:
            raise Invalid(f"有 {count} 行，超过一个工作表的上限 {most} 行，请缩小范围或改用 csv")
    fillings: list[Filling] = []
    names: list[str] = []
    with new_workbook(said.title, row_by_row=True, author=said.author, made_at=said.made_at) as (
        content,
        workbook,
    ):
        for table in tables:
            names.append(sheet_name(table.sheet or table.title, names))
            fillings.append(_sheet(workbook, workbook.add_worksheet(names[-1]), table, progress))
        for name, table in zip(names, tables, strict=True):
            if table.marks is not None:
                keys = {field.header: field.key for field in table.fields if not field.computed}
                write_manifest(workbook, name, keys, table.marks)
    return fill_rows(content.getvalue(), fillings)


def _sheet(workbook: Any, sheet: Any, table: Table, progress: Progress) -> Filling:
    """Lay out the sheet of a table; its rows come when the workbook is complete."""
    first = table.header_row + 1
    _write_top(workbook, sheet, table)
    styles = _styles(workbook, table)
    shares = any(field.kind == "figure" for field in table.fields)
    more = [cell_format(workbook, Field("", "", "share"))] if shares else []
    reserve_rows(sheet, first, [*styles, *more], len(table.rows))
    _lay_out(sheet, table)
    told = counted(table.rows, "生成文件", progress)
    return Filling(first, len(styles), _whole_rows(told, table))


def problem_table(problems: Sequence[Problem]) -> Table:
    """The problems of an import as a table: row, column, what to do."""
    fields = (
        Field("row", "行号", "integer"),
        Field("column", "列"),
        Field("severity", "结果"),
        Field("message", "问题与处理办法", "long"),
    )
    results = {"error": "未导入", "warning": "提醒"}
    rows = [[item.row, item.column, results[item.severity], item.message] for item in problems]
    return Table("导入问题清单", fields, rows, frozen=0)


def _write_top(workbook: Any, sheet: Any, table: Table) -> None:
    top = table.header_row
    if table.cover is not None:
        sheet.set_row(0, 28)
        look = {"bold": True, "font_size": _TITLE_SIZE, "valign": "vcenter"}
        quiet = workbook.add_format({"font_color": _COMPUTED_GROUND})
        sheet.write_string(0, 0, table.cover.title, workbook.add_format(look))
        sheet.write_string(1, 0, table.cover.line, quiet)
    sheet.set_row(top, 32)
    usual, computed = header_format(workbook), header_format(workbook, _COMPUTED_GROUND)
    heads = [(SERIAL, computed)] if table.numbered else []
    heads += [(field.header, computed if field.computed else usual) for field in table.fields]
    if table.marks is not None:
        heads += [(header, None) for header in fingerprints.HEADERS]
    for column, (text, style) in enumerate(heads):
        sheet.write_string(top, column, text, style)


def _styles(workbook: Any, table: Table) -> list[Any]:
    """How the cells of each column look, those of the marks as nothing."""
    centred = {"num_format": "0", "align": "center", "valign": "top"}
    styles = [workbook.add_format(centred)] if table.numbered else []
    styles += [cell_format(workbook, field) for field in table.fields]
    return styles if table.marks is None else [*styles, *([None] * len(fingerprints.HEADERS))]


def _whole_rows(rows: Iterable[Sequence[Cell]], table: Table) -> Iterator[Sequence[Cell]]:
    """序号, the row's cells, and its mark; every cell as what it is."""
    if table.marks is not None:
        for at, (row, (_, mark)) in enumerate(zip(rows, table.marks.rows, strict=True), start=1):
            behind = (mark.record_id, mark.version, mark.fingerprint)
            yield (at, *row, *behind) if table.numbered else (*row, *behind)
    elif table.numbered:
        yield from ((at, *row) for at, row in enumerate(rows, start=1))
    else:
        yield from rows


def _lay_out(sheet: Any, table: Table) -> None:
    header, widths = table.header_row, widths_of(table.fields, table.rows)
    widths = [6.0, *widths] if table.numbered else widths
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    last = len(widths) - 1
    if table.marks is not None:
        last += len(fingerprints.HEADERS)
        sheet.set_column(len(widths), last, 4, None, {"hidden": True})
    frozen = min(table.frozen + table.numbered, len(widths))
    bottom = header + max(len(table.rows), 1)
    sheet.freeze_panes(header + 1, frozen)
    sheet.autofilter(header, 0, bottom, last)
    lay_out_print(sheet, _with_title(table, widths), rows=bottom + 1, header=header, frozen=frozen)


def _with_title(table: Table, widths: Sequence[float]) -> list[float]:
    """The widths, with as many empty columns as the title of a narrow table runs over."""
    title = 0 if table.cover is None else text_width(table.cover.title) * _TITLE_SIZE / _USUAL_SIZE
    line = 0 if table.cover is None else text_width(table.cover.line)
    beyond = max(title, line) - sum(widths)
    return [*widths, *([_EMPTY_WIDTH] * math.ceil(max(beyond, 0) / _EMPTY_WIDTH))]
