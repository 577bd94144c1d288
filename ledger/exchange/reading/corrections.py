"""The user's corrections of a file's cells: applied to what was read, not written into the file.

A correction belongs to a cell: a row, counted as Excel does, and a ledger key (or an extra's
name). It is read exactly as if it stood in the file. Rows can be left out, as if they did not
stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.exchange.reading.understanding import Note

Place = tuple[int, str]


@dataclass(frozen=True)
class Corrections:
    """Texts by cell, "" for a cell that is to be blank; rows that are to be left out."""

    cells: Mapping[Place, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()

    def of_column(self, key: str) -> dict[int, str]:
        """Row → text, of one column."""
        return {row: text for (row, name), text in self.cells.items() if name == key}

    def standing(self, notes: Iterable[Note]) -> list[Note]:
        """The notes that still hold: not those on cells that were corrected."""
        return [
            note
            for note in notes
            if note.row is None or note.key is None or (note.row, note.key) not in self.cells
        ]


NONE = Corrections()
