"""What a comparison of a returned workbook shows, what can be chosen, what was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ledger.domain.columns import Ledger
from ledger.domain.errors import Problem
from ledger.domain.ledgers import ledger_named
from ledger.exchange.importing.duplicates import LIKELY, Likeness
from ledger.exchange.importing.returned_rows import Returned
from ledger.exchange.importing.row_comparison import Cell, Row
from ledger.exchange.importing.three_way import UNKNOWN, State
from ledger.exchange.reading.understanding import Note

Side = Literal["file", "ledger"]


@dataclass(frozen=True)
class Choices:
    """What somebody decided: per conflict (row, key) whose value counts, and which new rows that
    look like a duplicate are to be added nevertheless (True) or left out (False)."""

    cells: Mapping[tuple[int, str], Side] = field(default_factory=dict)
    new: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Comparison:
    """How a workbook stands against the ledger. Rows count as Excel does.

    ``rows`` are those that are not unchanged, ``counts`` all rows by state (new ones apart, as
    ``new``). ``likely`` tells of new rows what they are probably duplicates of. ``warnings`` keep
    nothing out; ``outside`` are rows whose position lies outside every area, ``idle`` those whose
    changes come to nothing, as an area where the position says another.
    """

    ledger: str
    filename: str
    read: int
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    likely: Mapping[int, Likeness]
    warnings: tuple[Problem, ...]
    ignored: tuple[str, ...]
    headers: Mapping[str, str]
    returned: Returned = field(repr=False)
    outside: int = 0
    idle: frozenset[int] = frozenset()

    @property
    def conflicts(self) -> tuple[tuple[Row, Cell], ...]:
        """The cells that need a choice."""
        return tuple(
            (row, cell)
            for row in self.rows
            if not row.problems
            for cell in row.cells
            if cell.state is State.CONFLICT
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that keeps a row out as long as nobody decides or mends it."""
        return tuple(problem for row in self.rows for problem in self._of_row(row, Choices()))

    @property
    def notes(self) -> tuple[Note, ...]:
        """How cells that count were understood, where they did not plainly hold their value."""
        return tuple(note for row in self.rows for note in row.notes)

    def open_problems(self, choices: Choices) -> tuple[Problem, ...]:
        """What keeps rows out after these choices."""
        return tuple(problem for row in self.rows for problem in self._of_row(row, choices))

    def _of_row(self, row: Row, choices: Choices) -> list[Problem]:
        if row.problems:
            return list(row.problems)
        ledger = ledger_named(self.ledger)
        found = [
            Problem(row.row, self.headers.get(cell.key, cell.key), conflict_words(ledger, cell))
            for cell in row.cells
            if cell.state is State.CONFLICT and (row.row, cell.key) not in choices.cells
        ]
        if row.row in self.likely and row.row not in choices.new:
            like = self.likely[row.row]
            message = LIKELY.format(what=like.what, why=like.why, row=row.row)
            header = self.headers.get(ledger.title) or ledger.label_of(ledger.title)
            found.append(Problem(row.row, header, message))
        return found


@dataclass(frozen=True)
class TakenOver:
    """What was written, as which batch (None if nothing was); rows ``left_out``."""

    created: int
    updated: int
    unchanged: int
    left_out: int
    batch: str | None


def conflict_words(ledger: Ledger, cell: Cell) -> str:
    """A conflict in words: what was exported, what stands now, what the file says."""
    exported, now, file = (shown(ledger, cell.key, v) for v in (cell.exported, cell.now, cell.file))
    if cell.exported is UNKNOWN:
        return (
            f"无法确定导出时的内容，台账现为“{now}”，文件中为“{file}”。"
            "请先在台账中改成一致，再导入这份表格"
        )
    return (
        f"导出后双方都改了：导出时“{exported}”，台账现为“{now}”，文件中为“{file}”。"
        "请先在台账中改成一致，再导入这份表格"
    )


def shown(ledger: Ledger, key: str, value: Any) -> str:
    """A value of a comparison as people read it; protected ones masked."""
    if value is UNKNOWN:
        return "不详"
    text = ledger.by_key[key].format(value)
    return text or "(空)"
