"""The annex of a bulletin: the tables of its frozen content, complete; and workbooks like it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ledger.domain.timing.calendar import is_marked
from ledger.exchange.writing.formats import Exported, written_together
from ledger.exchange.writing.table import Cell, Cover, Kind, Share
from ledger.exchange.writing.table import Field as Column
from ledger.exchange.writing.table import Table as Sheet
from ledger.exchange.writing.table_workbook import Properties
from ledger.reporting.bulletins import model
from ledger.reporting.bulletins.model import CellKind, Table, as_of_words, shown
from ledger.reporting.bulletins.outline import Paper

_KINDS: dict[CellKind, Kind] = {
    "text": "text",
    "long": "long",
    "count": "integer",
    "number": "figure",
    "share": "share",
    "money": "money",
    "date": "date",
    "figure": "figure",
}


ANNEX = "附件"


def annex_of(paper: Paper) -> Exported:
    """The workbook that goes with the Word file: a sheet a table."""
    return workbook_of(paper, [_sheet(table, paper) for table in paper.content.tables], ANNEX)


def workbook_of(paper: Paper, tables: Sequence[Sheet], kind: str) -> Exported:
    """A workbook of a bulletin, a sheet a table; the same tables give the same bytes."""
    title = f"{paper.content.title}{paper.label}{kind}"
    said = Properties(title, paper.content.scope_name, paper.made_at)
    return written_together(tables, title, said)


def cover_of(paper: Paper, kind: str, caption: str, line: str) -> Cover:
    """The rows above a table: what it belongs to, and a line that describes it."""
    title = f"{paper.content.title}{paper.label}{kind}（{paper.content.period.label}）"
    return Cover(f"{title}　{caption}" if caption else title, line)


def _sheet(table: Table, paper: Paper) -> Sheet:
    fields = [
        Column(str(at), field.header, _KINDS[field.kind]) for at, field in enumerate(table.fields)
    ]
    rows = [
        [_cell(table.kind_at(row, at), cell) for at, cell in enumerate(row)] for row in table.rows
    ]
    line = f"数据截至{as_of_words(paper.content)}，共{len(rows)}行"
    cover = cover_of(paper, ANNEX, table.caption, line)
    return Sheet(table.caption, fields, rows, cover=cover, frozen=1)


def _cell(kind: CellKind, cell: model.Cell) -> Cell:
    """Numbers and days as such; what is missing, hidden or marked in the words of the paper."""
    if kind == "date" and isinstance(cell, str) and not is_marked(cell):
        return date.fromisoformat(cell)
    if cell is None or isinstance(cell, str):
        return shown(kind, cell)
    return Share(cell) if kind == "share" else cell
