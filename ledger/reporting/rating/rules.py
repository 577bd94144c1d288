"""What a rating rule file holds: lines that give or take points, and when which measure is due.

The campaign plan (DOMAIN §1B) asks for extra points for good results and for notice, talk and
correction by a date for poor ones, and names no numbers: every one is local, in
``data/rules/rating.toml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Step:
    """From ``over_days`` days late on, each row is worth ``points``."""

    over_days: int
    points: Decimal


@dataclass(frozen=True)
class Line:
    """One line of the rating: what is counted (keys of `ledger.reporting.rating.counts.COUNTS`),
    for what.

    ``points`` for each row, or ``steps`` by lateness, never both. The line as a whole gives or
    takes ``cap`` at most (None: without limit); ``none`` is what it is worth if nothing is counted.
    """

    key: str
    label: str
    counts: tuple[str, ...]
    points: Decimal
    steps: tuple[Step, ...]
    cap: Decimal | None
    none: Decimal
    basis: str
    local: bool

    def capped(self, points: Decimal) -> Decimal:
        """Points within the cap of the line, whichever sign they have."""
        if self.cap is None:
            return points
        return max(-self.cap, min(self.cap, points))


@dataclass(frozen=True)
class Threshold:
    """Below so many points the measure is suggested; ``days`` are those of a correction."""

    kind: str
    below: Decimal
    days: int | None


@dataclass(frozen=True)
class RatingRules:
    """A rule file. Points begin at ``start`` and stay within ``lowest`` and ``highest``.

    ``thresholds`` stand from the mildest to the most severe: each below the one before it.
    """

    version: str
    effective: date
    title: str
    source: str
    start: Decimal
    lowest: Decimal
    highest: Decimal
    lines: tuple[Line, ...]
    thresholds: tuple[Threshold, ...]

    def total(self, by_line: Mapping[str, Decimal]) -> Decimal:
        """The points of a village from those of its lines."""
        points = self.start + sum(by_line.values(), Decimal(0))
        return max(self.lowest, min(self.highest, points))

    def suggested(self, points: Decimal) -> Threshold | None:
        """The most severe measure whose threshold the points lie below."""
        return next((one for one in reversed(self.thresholds) if points < one.below), None)

    def threshold(self, kind: str) -> Threshold | None:
        """The threshold of a measure, if the file has one."""
        return next((one for one in self.thresholds if one.kind == kind), None)
