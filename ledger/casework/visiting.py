"""The institutions in an actor's scope with the state of their visits, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from geo.atlas import Atlas
from ledger.casework import coverage
from ledger.domain.access import Actor
from ledger.domain.timing import clock
from ledger.records import service as records
from ledger.records.query import Selection
from ledger.storage import Store

# More than any grid or village has; the list of a township is meant to be searched.
MOST = 500


@dataclass(frozen=True)
class Place:
    """An institution and the state of its visits. ``days`` since the last one; None: never."""

    id: int
    number: str
    name: str
    address: str
    tier: str | None
    days: int | None
    due_on: date | None
    due_label: str | None
    uninspected: bool
    refused: bool
    late: bool

    @property
    def order(self) -> tuple[Any, ...]:
        """Late ones first, then those not inspected in the round, then by oldest visit."""
        never = self.days is None
        return (not self.late, not self.uninspected, not never, -(self.days or 0), self.id)


@dataclass(frozen=True)
class Places:
    """The institutions of a scope or of a search in it; ``total`` may exceed those listed."""

    round: int
    listed: tuple[Place, ...]
    total: int

    @property
    def uninspected(self) -> int:
        return sum(place.uninspected for place in self.listed)


def read_places(store: Store, actor: Actor, atlas: Atlas, text: str = "") -> Places:
    """The institutions in the actor's scope, those whose names or addresses hold the words."""
    number = coverage.current_round(store)
    wanted = Selection(text=text, sort=(("name", False),))
    page = records.search(store, actor, "institutions", wanted, size=MOST)
    lacking = {one.id: one for one in coverage.uninspected(store, actor, atlas, number)}
    today = clock.today()
    places = [_place(row, lacking.get(row["id"]), today) for row in page.rows]
    return Places(number, tuple(sorted(places, key=lambda one: one.order)), page.total)


def _place(row: dict[str, Any], lacking: coverage.Uninspected | None, today: date) -> Place:
    last, due = row["last_inspected_on"], row["due_on"]
    return Place(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        address=row["address"] or "",
        tier=row["tier"],
        days=None if last is None else (today - last).days,
        due_on=due,
        due_label=row["due_label"],
        uninspected=lacking is not None,
        refused=lacking is not None and lacking.refused,
        late=due is not None and due < today,
    )
