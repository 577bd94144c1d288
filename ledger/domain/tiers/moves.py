"""Who would move if other rules, or other facts, were in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """One record whose tier differs; None is 待研判."""

    number: str
    before: int | None
    after: int | None


def moves(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> tuple[Move, ...]:
    """The records that would move, the highest new tier first, then by number.

    Parameters
    ----------
    before, after : mapping
        Tier (None: 待研判) by number of the record. A record on one side only, such as one
        judged for the first time, counts as 待研判 on the other.
    """
    found = [
        Move(number, before.get(number), after.get(number))
        for number in {*before, *after}
        if before.get(number) != after.get(number)
    ]
    return tuple(sorted(found, key=lambda m: (-(m.after or 0), -(m.before or 0), m.number)))
