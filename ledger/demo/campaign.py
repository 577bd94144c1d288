"""Play a whole campaign through the services: 18 months of a county's work, ending today.

For the sample and for tests. The roles of the demo's users do what such people do, at the time at
which they would have done it (`ledger.domain.timing.clock.pretend`): two rounds of inspections, 300
leads, 260 dispositions, 2,400 petitions, outreach in three stages, a list of new market entities
and measures towards villages. Every change has its history, and what is open at the end is due
around today. What was planted for the analyses stands in `ledger.demo.petitions` (hotspots) and
`ledger.demo.visits` (places not reached).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlalchemy import func, select

from ledger.demo.diary import Diary, Dice
from ledger.demo.dispositions import Dispositions
from ledger.demo.leads import Leads
from ledger.demo.measures import plan_measures
from ledger.demo.petitions import plan_petitions
from ledger.demo.visits import ROUND_ENDS_DAYS, Visits, places_of, plan_entities, plan_outreach
from ledger.domain.access import Actor, Role
from ledger.domain.errors import Invalid
from ledger.domain.timing import clock
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import calendar_in_force
from ledger.storage import Store
from ledger.storage.joined import joined
from ledger.storage.tables import LEDGER_TABLES

MONTHS, DAYS = 18, 548
LEADS, DISPOSITIONS, PETITIONS, ENTITIES = 300, 260, 2_400, 40
_NAMES = {
    Role.GRID_WORKER: "网格员(演示)",
    Role.VILLAGE_STAFF: "村专干(演示)",
    Role.OFFICE_STAFF: "镇经办(演示)",
    Role.LEADER: "镇领导(演示)",
}


@dataclass(frozen=True)
class Campaign:
    """What was played: first and last day, the end of the second round, records by ledger."""

    start: date
    end: date
    round_ends_on: date
    records: Mapping[str, int]


def play(
    store: Store,
    *,
    seed: int,
    scale: float = 1.0,
    progress: Callable[[float], None] | None = None,
) -> Campaign:
    """Play the campaign over the institutions of a database, as one transaction.

    Parameters
    ----------
    seed : int
        The same seed on the same day and database plays the same campaign.
    scale : float
        Share of leads, dispositions, petitions, outreach and entities; 1 is the whole. Every
        institution is inspected at any scale.
    progress : callable, optional
        Told the share done, 0 to 1, day by day.

    Raises
    ------
    Invalid
        If there are no institutions to play with.
    """
    now = clock.now()
    atlas = current_atlas(store)
    with joined(store) as whole:
        with whole.reading() as connection:
            calendar = calendar_in_force(connection)
        end = now.astimezone(clock.OFFICE).date()
        diary = Diary(whole, _actors(), calendar, end - timedelta(days=DAYS), now)
        places = places_of(diary)
        if not places:
            raise Invalid("数据库里没有机构，无法演示专项行动。请先载入演示数据的机构")
        streams = [Dice(rng) for rng in np.random.default_rng(seed).spawn(6)]
        cases = Dispositions(diary, streams[0], round(DISPOSITIONS * scale))
        Leads(cases).plan_leads(round(LEADS * scale), places)
        Visits(diary, streams[1], cases).plan(places)
        cases.top_up(diary.last_day - timedelta(days=9), places)
        for days in (200, 60, 3):
            cases.urge_overdue(diary.end - timedelta(days=days))
        plan_petitions(diary, streams[2], atlas, round(PETITIONS * scale))
        plan_outreach(diary, streams[3], atlas, scale)
        plan_entities(diary, streams[4], atlas, places, round(ENTITIES * scale))
        plan_measures(diary, streams[5], atlas)
        diary.play(progress)
        return Campaign(
            diary.start, diary.end, diary.end - timedelta(days=ROUND_ENDS_DAYS), _counted(whole)
        )


def _actors() -> dict[Role, Actor]:
    """One person a role for the whole county: who did what in which township matters to nobody."""
    return {role: Actor(name, role, "*", "/", display_name=name) for role, name in _NAMES.items()}


def _counted(store: Store) -> dict[str, int]:
    with store.reading() as connection:
        return {
            key: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for key, table in LEDGER_TABLES.items()
        }
