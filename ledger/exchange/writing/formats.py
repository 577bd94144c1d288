"""The formats in which a table is exported, their media types, and the exported file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ledger.domain.errors import Invalid
from ledger.domain.progress import Progress, silent
from ledger.domain.timing import clock
from ledger.exchange.writing.outgoing import geojson, geopackage
from ledger.exchange.writing.table import Table
from ledger.exchange.writing.table_workbook import Properties, table_workbook, tables_workbook
from ledger.exchange.writing.text_out import csv_of
from ledger.exchange.writing.workbooks import MEDIA_TYPE

Format = Literal["xlsx", "csv", "geojson", "gpkg"]
FORMATS: tuple[Format, ...] = get_args(Format)
"""Every format; the last two for tables with shapes."""
WITHOUT_SHAPES: tuple[Format, ...] = ("xlsx", "csv")
MEDIA_TYPES: Mapping[Format, str] = {
    "xlsx": MEDIA_TYPE,
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
Writer = Callable[[Table, Progress], bytes]
_WRITERS: Mapping[Format, Writer] = {
    "xlsx": table_workbook,
    "csv": csv_of,
    "geojson": lambda table, _: geojson(table),
    "gpkg": lambda table, _: geopackage(table),
}


@dataclass(frozen=True)
class Exported:
    """A file that is ready to be sent: its name, content, media type and number of records."""

    filename: str
    content: bytes
    media_type: str
    rows: int


def format_named(name: str, what: str, among: Sequence[Format] = WITHOUT_SHAPES) -> Format:
    """The format that an ending names; raises `Invalid` with those that ``what`` goes out in."""
    for known in among:
        if name.lower() == known:
            return known
    said = name[:20] or "(没有后缀)"
    raise Invalid(f"{what}不能导出为“{said}”，文件后缀只能是：{'、'.join(among)}")


def written(
    table: Table,
    name: str,
    format: Format,
    *,
    guard_codes: bool = False,
    progress: Progress = silent,
) -> Exported:
    """The table as the file ``name``, without its ending.

    ``guard_codes`` keeps long codes of a csv from Excel (:mod:`ledger.exchange.writing.text_out`).
    Raises `Invalid` if the format cannot hold that many rows.
    """
    if format == "csv":
        content = csv_of(table, progress, guard_codes=guard_codes)
    else:
        content = _WRITERS[format](table, progress)
    return Exported(f"{name}.{format}", content, MEDIA_TYPES[format], len(table.rows))


def written_together(tables: Sequence[Table], name: str, said: Properties) -> Exported:
    """Several tables as one workbook ``name``, without its ending; ``said`` are its properties.

    Raises `Invalid` if a sheet cannot hold that many rows.
    """
    rows = sum(len(table.rows) for table in tables)
    return Exported(f"{name}.xlsx", tables_workbook(tables, said), MEDIA_TYPES["xlsx"], rows)


def stamp() -> str:
    """The minute in the office's time, for the name of a file: ``20260520_0930``."""
    text = clock.local_text(clock.now())
    return text.replace("-", "").replace(":", "").replace(" ", "_")
