"""The data of the risk map: numbers by area and tier, and the institutions as points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import Connection, func, select

from geo.atlas import Area, Atlas
from ledger.casework.counted_then import any_tier_rows, tier_rows, tiers_then
from ledger.domain.access import ROOT_PATH, Action, Actor, under
from ledger.domain.errors import NotFound
from ledger.domain.ledgers import INSTITUTIONS
from ledger.records.query import Condition, Selection
from ledger.records.record_pages import count_by
from ledger.storage import Store
from ledger.storage.tables import institutions as table

# The institutions that `points` leaves out: half a position counts as none.
WITHOUT_POSITION = Condition("placement", "in", ("hand", "none"))
TIERS: tuple[str | None, ...] = ("4", "3", "2", "1", None)


@dataclass(frozen=True)
class TierCounts:
    """How many institutions of each tier; ``None`` is 待研判 (undetermined)."""

    by_tier: Mapping[str | None, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_tier.values())

    @property
    def serious(self) -> int:
        """Tier three and four together."""
        return self.by_tier.get("3", 0) + self.by_tier.get("4", 0)

    @property
    def worst(self) -> str | None:
        """The highest tier present; None where all are 待研判, or there is nothing."""
        return next((tier for tier, _ in self.present() if tier is not None), None)

    def of(self, tier: str | None) -> int:
        """How many of one tier; None is 待研判."""
        return self.by_tier.get(tier, 0)

    def present(self) -> list[tuple[str | None, int]]:
        """The tiers that occur with their numbers, the worst first, 待研判 last."""
        return [(tier, self.of(tier)) for tier in TIERS if self.of(tier)]

    @cached_property
    def order(self) -> tuple[int, ...]:
        """For sorting areas: more of the worst tier first, then more at all."""
        return (*(-self.of(tier) for tier in TIERS if tier is not None), -self.total)


@dataclass(frozen=True)
class Situation:
    """The numbers of one view of the map.

    ``area`` is its code, None for the whole tree. ``areas`` holds every child area, also those
    without institutions. ``here`` counts everything in the area itself; ``unplaced`` what lies in
    it but in none of its children, for want of an exact position. ``outside`` counts positions
    outside every area, for readers of the whole tree only; ``as_of`` is when an institution in
    the actor's scope last changed. ``on`` is the day at whose end the tiers were so; None: today.
    """

    area: str | None
    here: TierCounts
    areas: Mapping[str, TierCounts]
    unplaced: int
    outside: int = 0
    as_of: datetime | None = None
    on: date | None = None

    @property
    def all_rows(self) -> tuple[Condition, ...]:
        """The conditions under which the ledger lists the institutions counted here."""
        return () if self.on is None else any_tier_rows(self.on)

    def tier_rows(self, tier: str | None) -> tuple[Condition, ...]:
        """The conditions under which the ledger lists those of one tier; None is 待研判."""
        if self.on is None:
            return (Condition("tier", "in", (tier,)),)
        return tier_rows(self.on, tier)

    @cached_property
    def drawn(self) -> dict[str, TierCounts]:
        """The areas on the map that hold any: the children; an area without children itself."""
        if self.area is not None and not self.areas:
            return {self.area: self.here}
        return {code: counts for code, counts in self.areas.items() if counts.total}

    @property
    def not_drawn(self) -> int:
        """How many lie in the area, but in none of those on the map."""
        return self.unplaced if self.areas or self.area is None else 0


def situation(
    store: Store, actor: Actor, atlas: Atlas, area_code: str | None, on: date | None = None
) -> Situation:
    """Count the institutions under one area (None: all in scope) by child and tier.

    ``on`` counts the tiers that were held at the end of an earlier day: of the institutions that
    are there today, those assessed by then.

    Raises `NotFound` for an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ)
    area_code = top_of(actor) if area_code is None else area_code
    path = area_path(actor, atlas, area_code)
    with store.reading() as connection:
        counted = (
            _count(connection, actor, path)
            if on is None
            else tiers_then(connection, actor, path, on)
        )
        outside, as_of = _around(connection, actor)
    children = [area.code for area in atlas.children(area_code)]
    areas: dict[str, dict[str | None, int]] = {code: {} for code in children}
    here: dict[str | None, int] = {}
    unplaced = 0
    for record_path, tier, number in counted:
        here[tier] = here.get(tier, 0) + number
        child = child_of(record_path or "", path)
        if child in areas:
            areas[child][tier] = areas[child].get(tier, 0) + number
        else:
            unplaced += number
    return Situation(
        area_code,
        TierCounts(here),
        {code: TierCounts(tiers) for code, tiers in areas.items()},
        unplaced,
        outside if on is None else 0,
        as_of,
        on,
    )


@dataclass(frozen=True)
class Point:
    """One institution on the map; position in degrees, WGS84."""

    id: int
    name: str
    tier: str | None
    lon: float
    lat: float


def points(store: Store, actor: Actor, atlas: Atlas, area_code: str | None) -> list[Point]:
    """The institutions with a position under one area (None: all in scope)."""
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    query = select(table.c.id, table.c.name, table.c.tier, table.c.lon, table.c.lat).where(
        table.c.deleted.is_(False),
        table.c.lon.is_not(None),
        table.c.lat.is_not(None),
        actor.scope_condition(table.c.area_path),
        under(table.c.area_path, path),
    )
    with store.reading() as connection:
        return [Point(*row) for row in connection.execute(query.order_by(table.c.id))]


def top_of(actor: Actor) -> str | None:
    """The code of the area that an actor's view begins with; None for the whole tree."""
    return None if actor.scope_path == ROOT_PATH else actor.scope_code


def area_path(actor: Actor, atlas: Atlas, area_code: str | None) -> str:
    """The path of an area in the actor's scope; None stands for the top of the scope."""
    path = actor.scope_path if area_code is None else None
    if area_code is not None and area_code in atlas:
        path = atlas[area_code].path
    if path is None or not actor.sees(path):
        raise NotFound("区域")
    return path


def child_of(where: str, path: str) -> str | None:
    """The step of a path that follows on another one above it; None if there is none."""
    return where.removeprefix(path).split("/")[0] or None


def areas_below(atlas: Atlas, actor: Actor, area_code: str | None) -> tuple[Area, ...]:
    """The areas shown for one: its children, or itself if it has none.

    None is the top of the actor's scope. Out-of-scope and unknown areas both raise `NotFound`.
    """
    if area_code is None and actor.scope_path == ROOT_PATH:
        shown = atlas.roots()
    else:
        area_path(actor, atlas, area_code)
        own = actor.scope_path.strip("/").rpartition("/")[2]
        area = atlas.get(own if area_code is None else area_code)
        if area is None:
            raise NotFound("区域")
        shown = atlas.children(area.code) or (area,)
    if not shown:
        raise NotFound("区域")
    return shown


def _around(connection: Connection, actor: Actor) -> tuple[int, datetime | None]:
    """How many positions lie outside every area (whole-tree readers only), and the last change."""
    changed = select(func.max(table.c.updated_at)).where(actor.scope_condition(table.c.area_path))
    as_of = connection.execute(changed).scalar()
    outside = 0
    if actor.scope_path == ROOT_PATH:
        places = count_by(connection, actor, INSTITUTIONS, Selection(), "placement")
        outside = places.get("outside", 0)
    return outside, as_of


def _count(
    connection: Connection, actor: Actor, path: str
) -> list[tuple[str | None, str | None, int]]:
    query = (
        select(table.c.area_path, table.c.tier, func.count())
        .where(
            table.c.deleted.is_(False),
            actor.scope_condition(table.c.area_path),
            under(table.c.area_path, path),
        )
        .group_by(table.c.area_path, table.c.tier)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
