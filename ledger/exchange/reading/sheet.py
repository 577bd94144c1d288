"""A sheet as it was read: plain rows of raw cells, and where each row stands in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ledger.exchange.reading.archives import Span
from ledger.exchange.reading.understanding import Note

EPOCH = date(1899, 12, 30)
"""Day 0 of the serial numbers of days in a workbook."""
EPOCH_1904 = date(1904, 1, 1)
"""The same in workbooks of Excel for Macintosh (``date1904``)."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row of a rearranged sheet stands in the file: ``row`` counts as Excel does; where a
    record is a column or a card, ``column`` gives its letters. ``file`` is one of several files
    that are read together."""

    sheet: str
    row: int
    column: str = ""
    file: str = ""

    def __str__(self) -> str:
        place = f"{self.column}列" if self.column else f"第{self.row}行"
        if self.file:
            return f"“{self.file}”{place}"
        return f"工作表“{self.sheet}”{place}" if self.sheet else place


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was read: ``rows[0]`` is row 1 of Excel. Cells are texts, numbers, dates, None.

    ``is_text`` tells that it came from a text table, where every cell is a text. ``merged`` are
    the merged cells as ((first row, first column), (last row, last column)), counted from 0.
    ``notes`` are what is to be known of the file as a whole; ``file`` is its name. ``epoch`` is
    day 0 of its serial numbers. ``origins`` tell, where rows were put together or turned round,
    where each of them stands in the file; empty where they stand as they were read. ``together``
    are the names of the sheets that were put together; ``pictures`` those that stand in cells, by
    the id that the cell names.
    """

    rows: Sequence[Sequence[Any]]
    name: str
    is_text: bool
    merged: Sequence[Span] = ()
    notes: tuple[Note, ...] = ()
    file: str = ""
    epoch: date = EPOCH
    origins: Sequence[Origin] = ()
    together: tuple[str, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def own_name(self) -> str:
        """The sheet's name, empty for a text table, which has only that of its file."""
        return "" if self.is_text else self.name

    @property
    def told(self) -> tuple[Note, ...]:
        """The notes for a sheet whose rows come to stand elsewhere: their place is in the words."""
        return tuple(
            note
            if note.row is None
            else replace(note, row=None, message=f"{self.origin(note.row)}：{note.message}")
            for note in self.notes
        )

    def origin(self, row: int) -> Origin:
        """Where a row (from 1) stands in the file."""
        if self.origins and 0 < row <= len(self.origins):
            return self.origins[row - 1]
        return Origin("", row)
