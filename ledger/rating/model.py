"""What a rating comes to: villages with their points, each explained line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from geo.atlas import Area
from ledger.errors import NotFound
from ledger.query import Selection
from ledger.rating.rules import Line, RatingRules, Threshold
from ledger.statistics.small_counts import HIDDEN, KEPT_BACK
from ledger.timing.periods import Period


@dataclass(frozen=True)
class Part:
    """One kind of rows in a line: how many, what each is worth, and which they are.

    ``is_hidden``: only the handling office sees how many (`ledger.rating.masking`); 0 stands here.
    """

    label: str
    ledger: str
    count: int
    each: Decimal
    selection: Selection
    is_hidden: bool = False

    @property
    def points(self) -> Decimal:
        """Before the cap of the line."""
        return self.count * self.each


@dataclass(frozen=True)
class Scored:
    """One line of a village; ``points`` within the cap.

    ``is_hidden``: the number is not told; parts that are told, and their points, stand here.
    """

    line: Line
    parts: tuple[Part, ...]
    points: Decimal
    is_hidden: bool = False

    @property
    def count(self) -> int:
        """Rows counted, of all kinds that are told."""
        return sum(part.count for part in self.parts)

    @property
    def words(self) -> str:
        """The number as people read it: "<3" for hidden rows, 不显示 if others are among them."""
        if not self.is_hidden:
            return f"{self.count:,}"
        return HIDDEN if len(self.parts) == 1 else KEPT_BACK

    @property
    def is_exact(self) -> bool:
        """Whether the points are all there are: hidden rows add none to those at the cap."""
        return not self.is_hidden or abs(self.points) == self.line.cap

    @property
    def is_capped(self) -> bool:
        """Whether the cap kept points from being given or taken."""
        whole = sum((part.points for part in self.parts), Decimal(0))
        return not self.is_hidden and bool(self.count) and self.points != whole


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
