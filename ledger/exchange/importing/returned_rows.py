"""What a workbook that came back holds: rows with their marks, and what was sent.

:mod:`ledger.exchange.importing.marked_workbooks` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geo.atlas import Area
from ledger.domain.errors import Problem
from ledger.exchange.reading.sheet import Origin, Sheet
from ledger.exchange.reading.understanding import LeftOut, Note, Understood
from ledger.exchange.writing.fingerprints import Mark


@dataclass(frozen=True, slots=True)
class Said:
    """A cell that does not plainly hold its value: what stands there, as the text people see.

    It was ``understood`` so, or `refused`; ``plain`` is what the column itself makes of it
    (None if it refuses). A cell whose text is still the exported one says nothing new.
    """

    text: str
    plain: Any = None
    understood: Understood | None = None
    refused: str = ""


@dataclass(frozen=True)
class ReturnedRow:
    """One row: its number in Excel, its mark if it kept one, and a value for each column.

    ``said`` are cells that do not plainly hold their value; a refused one has none. ``home`` is
    the area of the workbook, where a new row belongs that names none.
    """

    row: int
    mark: Mark | None
    values: dict[str, Any]
    said: dict[str, Said] = field(default_factory=dict)
    home: Area | None = None


@dataclass(frozen=True)
class Sent:
    """What a workbook held when it went out: marks by 编号.

    Among several: ``file`` is its name, ``base`` is added to the numbers of its ``length`` rows;
    its columns have their own ``places`` in its ``sheet``.
    """

    marks: Mapping[str, Mark]
    file: str = ""
    base: int = 0
    length: int = 0
    places: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""


@dataclass(frozen=True)
class Returned:
    """A workbook that came back, or several: headers by key, rows, marks by 编号, headers passed
    over.

    ``places`` are the positions of the columns in ``sheet``, by key. ``sent`` are the workbooks as
    they went out, ``left_out`` rows that are no records, ``passed`` the 编号 of rows that somebody
    left out. Where several came back together
    (:mod:`ledger.exchange.importing.returned_bundle`), ``origins`` tell where each row stands;
    ``notes`` and ``problems`` are of files as wholes, or of rows for where they stand; ``foreign``
    are the places of the tables, among all in the zip, that never went out from here.
    """

    headers: Mapping[str, str]
    rows: Sequence[ReturnedRow]
    marks: Mapping[str, Mark]
    ignored: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)
    sheet: str = ""
    sent: tuple[Sent, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    passed: frozenset[str] = frozenset()
    origins: Sequence[Origin] = ()
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    foreign: tuple[int, ...] = ()
    length: int = 0

    @property
    def unread(self) -> tuple[str, ...]:
        """Why tables of the zip were not read, one sentence each."""
        return tuple(p.message for p in self.problems if p.row is None and p.severity == "error")

    @property
    def stand(self) -> Sheet:
        """Where the rows stand, as :mod:`ledger.exchange.importing.origins` asks for it."""
        return Sheet((), self.sheet, is_text=False, origins=self.origins)

    def place(self, row: int) -> str:
        """Where a row stands, in words."""
        return str(self.origins[row - 1]) if self.origins else f"第{row}行"
