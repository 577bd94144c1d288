"""The description of an exported table, the same for ledgers, figures, ratings and hotspots.

:mod:`ledger.exchange.writing.formats` makes files of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ledger.domain.columns import Ledger
from ledger.exchange.writing.fingerprints import Mark

Kind = Literal["text", "long", "integer", "number", "money", "position", "date", "share", "figure"]
"""What the cells of a column are; of a ``figure`` some are numbers, some a `Share`."""
Cell = str | int | float | date | None
_BELOW_COVER = 2


class Share(float):
    """A share 0–1 in a column of figures, read in per cent."""


@dataclass(frozen=True)
class Field:
    """One column of a table that goes out: its header and what its cells are.

    ``computed`` columns are not read again when the table comes back.
    """

    key: str
    header: str
    kind: Kind = "text"
    computed: bool = False


@dataclass(frozen=True)
class Cover:
    """The two rows above a table on its sheet: the title, and a line that describes it."""

    title: str
    line: str


@dataclass(frozen=True)
class Marks:
    """The marks by which exported rows are recognised: (编号, mark), one per row.

    ``area`` is the code of the area that the workbook is made for, if it is made for one.
    """

    ledger: Ledger
    rows: Sequence[tuple[str, Mark]]
    area: str = ""


@dataclass(frozen=True)
class Table:
    """Fields, rows of as many cells, and what the formats need besides.

    ``title`` names the table; its ``sheet`` is called the same if nothing else is said. Rows are
    ``numbered`` in a workbook by a first column 序号. ``frozen`` columns stay in view. A row has a
    shape or None in ``shapes``, if the table can be drawn.
    """

    title: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[Cell]]
    sheet: str = ""
    cover: Cover | None = None
    numbered: bool = False
    frozen: int = 2
    marks: Marks | None = None
    shapes: Sequence[Any] | None = None

    @property
    def header_row(self) -> int:
        """The row of the header on a sheet, counted from 0."""
        return 0 if self.cover is None else _BELOW_COVER
