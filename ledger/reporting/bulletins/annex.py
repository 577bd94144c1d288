"""The annex of a bulletin: its tables complete, as a workbook, from the same frozen content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ledger.domain.timing.calendar import is_marked
from ledger.exchange.writing.workbooks import header_format, new_workbook, text_width, write_cell
from ledger.reporting.bulletins.model import Cell, CellKind, Field, Table, as_of_words, shown
from ledger.reporting.bulletins.outline import Paper

_FORMATS: Mapping[CellKind, str] = {
    "text": "@",
    "long": "@",
    "count": "#,##0",
    "number": "#,##0.##",
    "share": "0.0%",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "figure": "#,##0.##",
}
_WIDTHS = (8, 48)
_SAMPLE = 200


def workbook_of(paper: Paper) -> bytes:
    """A sheet a table, with what it belongs to above; the same paper gives the same bytes."""
    content = paper.content
    title = f"{content.title}{paper.label}附件"
    with new_workbook(title) as (written, workbook):
        made = paper.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        workbook.set_properties({"title": title, "author": content.scope_name, "created": made})
        looks = _looks(workbook)
        taken: set[str] = set()
        for table in content.tables:
            sheet = workbook.add_worksheet(_sheet_name(table.caption, taken))
            _write(sheet, looks, table, f"{title}（{content.period.label}）", as_of_words(content))
    return written.getvalue()


def _looks(workbook: Any) -> dict[str, Any]:
    looks: dict[str, Any] = {}
    for kind, code in _FORMATS.items():
        wrapped = kind == "long"
        looks[kind] = workbook.add_format(
            {"num_format": code, "valign": "top", "text_wrap": wrapped}
        )
    looks["header"] = header_format(workbook)
    looks["title"] = workbook.add_format({"bold": True, "font_size": 14})
    looks["note"] = workbook.add_format({"font_color": "#5A6572"})
    return looks


def _write(sheet: Any, looks: dict[str, Any], table: Table, title: str, as_of: str) -> None:
    """Title, note, header, rows; the header repeats on paper and stays in view on the screen."""
    sheet.write_string(0, 0, f"{title}　{table.caption}", looks["title"])
    sheet.write_string(1, 0, f"数据截至{as_of}，共{len(table.rows)}行", looks["note"])
    for column, field in enumerate(table.fields):
        sheet.write_string(2, column, field.header, looks["header"])
        texts = [table.texts(row)[column] for row in table.rows[:_SAMPLE]]
        sheet.set_column(column, column, _width(field, texts))
    for at, row in enumerate(table.rows, start=3):
        for column, cell in enumerate(row):
            _write_cell(sheet, at, column, table.kind_at(row, column), cell, looks)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, max(len(table.rows) + 2, 3), len(table.fields) - 1)
    sheet.repeat_rows(2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_cell(
    sheet: Any, row: int, column: int, kind: CellKind, cell: Cell, looks: dict[str, Any]
) -> None:
    """Numbers and days as such; what is missing, hidden or marked in the words of the paper."""
    if kind == "date" and isinstance(cell, str) and not is_marked(cell):
        write_cell(sheet, row, column, _as_date(cell), looks["date"])
    elif cell is None or isinstance(cell, str):
        write_cell(sheet, row, column, shown(kind, cell), looks["text"])
    else:
        write_cell(sheet, row, column, cell, looks[kind])


def _as_date(text: str) -> datetime:
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- a workbook knows no zones


def _width(field: Field, texts: list[str]) -> float:
    low, high = _WIDTHS
    longest = max(map(text_width, texts), default=0)
    return min(max(text_width(field.header) + 4, longest + 2, low), high)


def _sheet_name(caption: str, taken: set[str]) -> str:
    """At most 31 characters, none of those Excel forbids, no name twice."""
    kept = "".join(sign for sign in caption if sign not in "[]:*?/\\'")[:28] or "表"
    name, number = kept, 2
    while name in taken:
        name, number = f"{kept}{number}", number + 1
    taken.add(name)
    return name
