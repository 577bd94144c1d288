"""The types for what reading understood of a file, cell by cell.

A cell that plainly holds its value has no note. Every other cell has a note: its place, its
content, how it was understood, and whether that is certain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal


class _Blank:
    """What stands for a cell with nothing in it; a tri-state's 不详 is None and no blank."""


BLANK = _Blank()
State = Literal["plain", "blank", "understood", "doubtful", "refused"]


@dataclass(frozen=True, slots=True)
class Understood:
    """A value that was interpreted rather than read: ``how`` in words, ``sure`` or doubtful."""

    value: Any
    how: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know about a file. ``row`` counts as Excel does; None: about all of them.

    ``column`` is what the file calls the column, ``key`` the ledger's (or the extra's name);
    ``was`` what stood there and ``understood`` what it was taken for, both as texts.
    """

    row: int | None
    column: str | None
    message: str
    sure: bool = True
    key: str | None = None
    was: str = ""
    understood: str = ""
    times: int = 1

    def __str__(self) -> str:
        place = f"第{self.row}行" if self.row is not None else ""
        place += f"“{self.column}”列" if self.column else ""
        more = f"(共{self.times}处)" if self.times > 1 else ""
        return f"{place}：{self.message}{more}" if place else f"{self.message}{more}"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row below the header that is no record, and why it was left out."""

    row: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class ReadCell:
    """One cell as a wizard shows it: what stood there, what was read, and how that came."""

    row: int
    key: str
    column: str
    raw: Any
    value: Any
    state: State
    message: str = ""


def summed_up(notes: Iterable[Note]) -> tuple[Note, ...]:
    """The doubtful ones each; the sure ones once per column and manner, with their number.

    A column of a hundred thousand serial dates is one thing to know, not a hundred thousand.
    """
    kept: list[Note] = []
    first: dict[tuple[str | None, str], int] = {}
    times: Counter[tuple[str | None, str]] = Counter()
    for note in notes:
        manner = (note.column, note.message.rpartition("：")[0] or note.message)
        if not note.sure or note.row is None:
            kept.append(note)
        else:
            times[manner] += note.times
            if manner not in first:
                first[manner] = len(kept)
                kept.append(note)
    counts = {at: times[manner] for manner, at in first.items() if times[manner] > 1}
    return tuple(_counted(note, counts.get(at, 1)) for at, note in enumerate(kept))


def _counted(note: Note, times: int) -> Note:
    if times == 1:
        return note
    return Note(
        note.row,
        note.column,
        note.message,
        note.sure,
        note.key,
        note.was,
        note.understood,
        times,
    )


def shown(raw: object) -> str:
    """A cell as a note quotes it."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = str(raw).strip()
    return text if len(text) <= 24 else text[:24] + "…"
