"""Outreach of the campaign by area: activities by stage, and the people reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from geo.atlas import Area, Atlas
from ledger.casework.coverage import area_at, rolled_up, share_of, there
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor
from ledger.domain.ledgers.outreach import STAGE
from ledger.storage import Store
from ledger.storage.tables import outreach


@dataclass(frozen=True)
class Reach:
    """Outreach in one area. People are counted as often as they were reached (人次).

    ``activities`` is by stage (key of `STAGE`; None: no stage given). ``people`` and ``elders``
    are None where no activity says how many.
    """

    area: Area | None
    activities: Mapping[str | None, int]
    people: int | None
    elders: int | None

    @property
    def share(self) -> float | None:
        """Elders reached ÷ people of 60 and more, over 1 if reached repeatedly; None: no data."""
        population = self.area.elderly if self.area else None
        return None if self.elders is None else share_of(self.elders, population)

    def reached_in(self, stage: str) -> bool:
        """Whether at least one activity was held in the stage."""
        return self.activities.get(stage, 0) > 0


@dataclass(frozen=True)
class OutreachCoverage:
    """Outreach by area; ``reached`` counts the areas with an activity, by stage."""

    total: Reach
    rows: tuple[Reach, ...]
    unplaced: Reach

    @property
    def reached(self) -> dict[str, int]:
        """Per stage, in how many areas at least one activity was held."""
        return {stage.key: sum(row.reached_in(stage.key) for row in self.rows) for stage in STAGE}


def outreach_coverage(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    area_code: str | None = None,
    level: str = "village",
) -> OutreachCoverage:
    """Activities by stage and people reached, by areas of ``level``; see `coverage`."""
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    query = (
        select(
            outreach.c.area_path,
            outreach.c.stage,
            func.count(),
            func.sum(outreach.c.people_reached),
            func.sum(outreach.c.elders_reached),
        )
        .where(*there(outreach, actor, path))
        .group_by(outreach.c.area_path, outreach.c.stage)
    )
    with store.reading() as connection:
        counted = [(row[0], tuple(row[1:])) for row in connection.execute(query)]
    areas = atlas.under(path, level)
    found: dict[str | None, list[Any]] = {}
    for code, numbers in rolled_up(counted, areas):
        found.setdefault(code, []).append(numbers)
    return OutreachCoverage(
        _reach(area_at(atlas, path), [numbers for _, numbers in counted]),
        tuple(_reach(area, found.get(area.code, [])) for area in areas),
        _reach(None, found.get(None, [])),
    )


def _reach(area: Area | None, counted: Sequence[Sequence[Any]]) -> Reach:
    activities: dict[str | None, int] = {}
    for stage, number, _, _ in counted:
        activities[stage] = activities.get(stage, 0) + number
    people, elders = (
        [int(numbers[place]) for numbers in counted if numbers[place] is not None]
        for place in (2, 3)
    )
    return Reach(area, activities, sum(people) if people else None, sum(elders) if elders else None)
