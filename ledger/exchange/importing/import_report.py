"""What an import did or would do."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.errors import Problem
from ledger.exchange.reading.understanding import LeftOut, Note


@dataclass(frozen=True)
class ImportReport:
    """What an import did or, on a dry run, would do.

    ``outside`` counts accepted records whose position lies outside every area; each is also
    listed among ``problems`` as a warning, like likely duplicates that were accepted and positions
    outside the area that the row names. ``sheet`` is the one that was read; ``ignored`` are
    headers that matched no column; ``left_out`` rows that are no records; ``notes`` what was
    understood rather than read plainly. Nothing was ``written`` on
    a dry run or when rows were rejected.
    """

    read: int
    created: int
    updated: int
    unchanged: int
    rejected: int
    outside: int
    problems: tuple[Problem, ...]
    ignored: tuple[str, ...] = ()
    written: bool = False
    notes: tuple[Note, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    file: str = ""
    sheet: str = ""
