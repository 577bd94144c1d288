"""Problems and notes of a file whose rows were put together, with where they stand in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from ledger.domain.errors import Problem
from ledger.exchange.reading.sheet import Sheet
from ledger.exchange.reading.understanding import LeftOut, Note

Said = TypeVar("Said", Problem, Note)


def placed_problems(sheet: Sheet, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems, their rows counted as in the file."""
    return _placed(sheet, problems)


def placed_notes(sheet: Sheet, notes: Iterable[Note]) -> tuple[Note, ...]:
    """The notes, their rows counted as in the file."""
    return _placed(sheet, notes)


def placed_rows(sheet: Sheet, rows: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """The rows that are no records, counted as in the file."""
    if not sheet.origins:
        return tuple(rows)
    return tuple(replace(one, row=sheet.origin(one.row).row) for one in rows)


def _placed(sheet: Sheet, said: Iterable[Said]) -> tuple[Said, ...]:
    if not sheet.origins:
        return tuple(said)
    return tuple(
        one
        if one.row is None
        else replace(one, row=_row(sheet, one.row), message=_where(sheet, one.row, one.message))
        for one in said
    )


def _row(sheet: Sheet, row: int) -> int | None:
    """The row in the file; None where a record is a column."""
    origin = sheet.origin(row)
    return None if origin.column else origin.row


def _where(sheet: Sheet, row: int, message: str) -> str:
    origin = sheet.origin(row)
    if origin.column:
        return f"{origin}：{message}"
    if origin.file:
        return f"“{origin.file}”：{message}"
    is_one = not sheet.together
    return message if is_one else f"工作表“{origin.sheet}”：{message}"
