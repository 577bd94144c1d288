"""The result of a rating: villages with their points, each explained line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from geo.atlas import Area
from ledger.domain.errors import NotFound
from ledger.domain.timing.periods import Period
from ledger.records.query import Condition, Selection
from ledger.reporting.rating.rules import Line, RatingRules, Threshold


@dataclass(frozen=True)
class Part:
    """One kind of rows in a line: how many, what each is worth, and which they are.

    There are scores of them for every village, and few are opened: `selection` is made when asked.
    """

    label: str
    ledger: str
    count: int
    each: Decimal
    conditions: tuple[Condition, ...]
    area_path: str | None

    @property
    def selection(self) -> Selection:
        """The rows counted."""
        return Selection(conditions=self.conditions, area_path=self.area_path)

    @property
    def points(self) -> Decimal:
        """Before the cap of the line."""
        return self.count * self.each


@dataclass(frozen=True)
class Scored:
    """One line of a village; ``points`` within the cap."""

    line: Line
    parts: tuple[Part, ...]
    points: Decimal

    @property
    def count(self) -> int:
        """Rows counted, of all kinds."""
        return sum(part.count for part in self.parts)

    @property
    def is_capped(self) -> bool:
        """Whether the cap kept points from being given or taken."""
        whole = sum((part.points for part in self.parts), Decimal(0))
        return bool(self.count) and self.points != whole


@dataclass(frozen=True)
class VillageRating:
    """A village's points, its rank in the scope (1 is best, equal points share it), and why."""

    area: Area
    points: Decimal
    rank: int
    lines: tuple[Scored, ...]
    suggested: Threshold | None


@dataclass(frozen=True)
class Rating:
    """All villages of a scope in one period, the best first; ``as_of`` is the last day known."""

    rules: RatingRules
    period: Period
    as_of: date
    villages: tuple[VillageRating, ...]

    def of(self, code: str) -> VillageRating:
        """One village. Raises `NotFound` if it is none of these."""
        found = next((one for one in self.villages if one.area.code == code), None)
        if found is None:
            raise NotFound("村(社区)")
        return found
