"""The map's numbers of outreach: which villages had an activity, and how many of each stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, select

from geo.atlas import Atlas
from ledger.casework.by_area import last_change, tallied_under
from ledger.casework.counted_then import held_rows, held_then
from ledger.casework.coverage import share_of
from ledger.casework.map_overview import area_path, child_of, top_of
from ledger.domain.access import Action, Actor
from ledger.records.query import Condition
from ledger.storage import Store
from ledger.storage.tables import tallies


@dataclass(frozen=True, slots=True)
class Reached:
    """Outreach in one area: of so many villages, how many had an activity; activities by stage."""

    villages: int = 0
    reached: int = 0
    activities: Mapping[str | None, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Villages reached ÷ villages, 0–1; None where there is no village (暂无数据)."""
        return share_of(self.reached, self.villages)

    @property
    def held(self) -> int:
        """Activities of all stages and without a stage."""
        return sum(self.activities.values())


@dataclass(frozen=True)
class OutreachByArea:
    """Outreach of one view of the map, until the end of the day ``on`` (None: today); below a
    village it is not ``kept``."""

    here: Reached
    areas: Mapping[str, Reached]
    kept: bool
    as_of: datetime | None
    on: date | None = None

    @property
    def held_rows(self) -> tuple[Condition, ...]:
        """The conditions under which the ledger lists the activities counted here."""
        return () if self.on is None else held_rows(self.on)


def outreach_by_area(
    store: Store, actor: Actor, atlas: Atlas, area_code: str | None, on: date | None = None
) -> OutreachByArea:
    """Which villages under one area (None: all in scope) had outreach, by child area.

    An activity held in a grid is one of its village; one of a township reaches no village by
    itself. ``on`` counts what was held until the end of an earlier day.

    Raises `NotFound` for an area that is not there or not in the actor's scope.
    """
    actor.require(Action.READ, "outreach")
    area_code = top_of(actor) if area_code is None else area_code
    path = area_path(actor, atlas, area_code)
    with store.reading() as connection:
        held = (
            _held(connection, actor, path) if on is None else held_then(connection, actor, path, on)
        )
        as_of = last_change(connection, actor, "outreach")
    villages = {area.code for area in atlas.under(path, "village")}
    there: dict[str | None, list[str]] = {area.code: [] for area in atlas.children(area_code)}
    for code in villages:
        there.setdefault(child_of(atlas[code].path, path), []).append(code)
    found: dict[str | None, dict[str | None, int]] = {}
    reached = set()
    for at, stage, number in held:
        reached |= villages & set(at.split("/"))
        stages = found.setdefault(child_of(at, path), {})
        stages[stage] = stages.get(stage, 0) + number
    areas = {
        child.code: _reached(there[child.code], reached, [found.get(child.code, {})])
        for child in atlas.children(area_code)
    }
    chain = [] if area_code is None else [*atlas.ancestors(area_code), atlas[area_code]]
    levels = [area.level for area in chain]
    below = "village" in levels and (bool(areas) or levels[-1] != "village")
    return OutreachByArea(
        _reached(villages, reached, found.values()), areas, kept=not below, as_of=as_of, on=on
    )


def _held(connection: Connection, actor: Actor, path: str) -> list[tuple[str, str | None, int]]:
    """(path, stage, activities) of outreach, from the tallies."""
    query = select(tallies.c.area_path, tallies.c.counted, tallies.c.n).where(
        *tallied_under(actor, "outreach", path)
    )
    return [(row[0], row[1] or None, row[2]) for row in connection.execute(query)]


def _reached(
    villages: Iterable[str], reached: set[str], held: Iterable[Mapping[str | None, int]]
) -> Reached:
    activities: dict[str | None, int] = {}
    for stages in held:
        for stage, number in stages.items():
            activities[stage] = activities.get(stage, 0) + number
    codes = set(villages)
    return Reached(len(codes), len(codes & reached), activities)
