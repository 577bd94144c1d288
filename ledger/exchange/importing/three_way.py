"""Three readings of one cell: as it was exported, as the ledger has it now, as the file says.

=================  ===========================================  ==============================
state              when                                         what becomes of it
=================  ===========================================  ==============================
``unchanged``      neither side changed it                      stays
``theirs``         only the file changed it                     the file's value is taken over
``ours``           only the ledger changed it                   the ledger's value stays
``agreed``         both changed it, to the same                 stays
``conflict``       both changed it, to something else           somebody has to choose
=================  ===========================================  ==============================

If the exported value is not known, every difference is a conflict.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ledger.domain.columns import NUMERIC, Column, ColumnType
from ledger.domain.masks import is_sealed
from ledger.storage.keys.secrets import Sealer

# A workbook keeps 15 to 16 digits of a number.
_SAME_NUMBER = 1e-14
Same = Callable[[Any, Any], bool]


class State(StrEnum):
    """How a cell, or a row as a whole, came back."""

    UNCHANGED = "unchanged"
    THEIRS = "theirs"
    OURS = "ours"
    AGREED = "agreed"
    CONFLICT = "conflict"


class _Unknown:
    """Stands for an exported value that is not known any more; it equals nothing."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()


def state_of(exported: Any, now: Any, file: Any, same: Same) -> State:
    """The state of one cell; ``exported`` may be `UNKNOWN`."""
    if exported == now == file:  # most cells; what is equal is the same to every `Same`
        return State.UNCHANGED
    agree = same(now, file)
    if exported is UNKNOWN:
        return State.UNCHANGED if agree else State.CONFLICT
    file_changed, ledger_changed = not same(exported, file), not same(exported, now)
    if not file_changed:
        return State.OURS if ledger_changed else State.UNCHANGED
    if not ledger_changed:
        return State.THEIRS
    return State.AGREED if agree else State.CONFLICT


def state_of_row(cells: Iterable[State]) -> State:
    """The state of a row: a conflict in one cell is one of the row; a row that both sides changed
    without a conflict is agreed, in whatever cells they did."""
    found = set(cells)
    if State.CONFLICT in found:
        return State.CONFLICT
    if State.AGREED in found or {State.THEIRS, State.OURS} <= found:
        return State.AGREED
    return next(iter(found & {State.THEIRS, State.OURS}), State.UNCHANGED)


def sameness(column: Column, sealer: Sealer) -> Same:
    """When two values of a column are the same, as far as a workbook can tell them apart."""
    if column.rule.masked:
        return lambda one, other: _same_protected(one, other, sealer)
    if column.type in NUMERIC:
        return _same_number
    if column.type is ColumnType.MOMENT:
        return lambda one, other: _minute(one) == _minute(other)
    if column.type in (ColumnType.DATE, ColumnType.TRI):
        return lambda one, other: bool(one == other)
    return lambda one, other: _tidy(one) == _tidy(other)


def _same_number(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(float(one), float(other), rel_tol=_SAME_NUMBER)


def _minute(value: datetime | None) -> datetime | None:
    """The moment without seconds, as it is exported."""
    return None if value is None else value.astimezone(UTC).replace(second=0, microsecond=0)


def _tidy(text: str | None) -> str:
    """Line ends and blanks around a text do not survive a workbook; a blank text is none."""
    return "" if text is None else text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _same_protected(one: str | None, other: str | None, sealer: Sealer) -> bool:
    """Sealed against sealed by hash; a typed text also by the mask that was left as it was."""
    if not one or not other:
        return not one and not other
    if is_sealed(one) and not is_sealed(other):
        return sealer.same(other, one)
    if is_sealed(other) and not is_sealed(one):
        return sealer.same(one, other)
    if is_sealed(one):
        return sealer.same(sealer.open(one), other)
    return one == other
