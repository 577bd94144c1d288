"""Coverage of the campaign: the share of institutions inspected, and outreach by area.

排查覆盖率 = institutions inspected in the round ÷ all institutions, licensed or not (DOMAIN §1A:
排查全覆盖). A refused visit (拒绝检查) does not count as an inspection. Without institutions there
is no share (暂无数据), neither 0 nor 100 %. An inspection counts for the institution's area, not
for the position of the tablet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, case, func, not_, select

from geo.atlas import Area, Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor, under
from ledger.domain.errors import Invalid
from ledger.domain.ledgers.outreach import STAGE
from ledger.domain.timing import clock
from ledger.records.history import audit
from ledger.records.places.areas import require_reach
from ledger.records.visits import REFUSED
from ledger.storage import Store, options
from ledger.storage.again import tried_again
from ledger.storage.tables import inspections, institutions, outreach

ROUND = "inspection_round"
MOST_ROUNDS = 99
Numbers = TypeVar("Numbers")


@dataclass(frozen=True)
class Row:
    """The coverage of one area; ``area`` is None for what lies in none of the level asked for."""

    area: Area | None
    institutions: int
    inspected: int

    @property
    def share(self) -> float | None:
        """Inspected ÷ institutions, 0–1; None without institutions (暂无数据)."""
        return share_of(self.inspected, self.institutions)


@dataclass(frozen=True)
class Coverage:
    """One round by area: in all, for each area of the level, and in none of these areas."""

    round: int
    total: Row
    rows: tuple[Row, ...]
    unplaced: Row


@dataclass(frozen=True)
class Uninspected:
    """An institution not inspected in the round; ``days`` since its last visit in any round.

    ``refused``: a visit in this round was refused.
    """

    id: int
    number: str
    name: str
    area_code: str | None
    area_name: str
    tier: str | None
    last_inspected_on: date | None
    days: int | None
    refused: bool


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


def share_of(part: int, whole: int | None) -> float | None:
    """A share 0–1; None for an empty or unknown whole: no data is neither 0 nor 100 %."""
    return part / whole if whole else None


def coverage(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    round_number: int,
    area_code: str | None = None,
    level: str = "village",
) -> Coverage:
    """Institutions and how many were inspected in a round, by areas of ``level``.

    Every area of the level under ``area_code`` (None: all in scope) has its row, also without
    institutions. Raises `NotFound` for an area out of scope.
    """
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    with store.reading() as connection:
        counted = _count(connection, actor, path, round_number)
    areas = atlas.under(path, level)
    sums: dict[str | None, list[int]] = {}
    for code, (institutions_there, inspected) in _rolled_up(counted, areas):
        own = sums.setdefault(code, [0, 0])
        own[0] += institutions_there
        own[1] += inspected
    total = [sum(own[place] for own in sums.values()) for place in (0, 1)]
    return Coverage(
        round_number,
        Row(_area_at(atlas, path), *total),
        tuple(Row(area, *sums.get(area.code, (0, 0))) for area in areas),
        Row(None, *sums.get(None, (0, 0))),
    )


def uninspected(
    store: Store,
    actor: Actor,
    atlas: Atlas,
    round_number: int,
    area_code: str | None = None,
    *,
    limit: int | None = None,
) -> list[Uninspected]:
    """The institutions not inspected in the round: never visited first, then by oldest visit."""
    actor.require(Action.READ)
    path = area_path(actor, atlas, area_code)
    keys = ("id", "number", "name", "area_code", "tier", "last_inspected_on")
    last = institutions.c.last_inspected_on
    query = (
        select(
            *(institutions.c[key] for key in keys),
            _visited(round_number, inspections.c.result == REFUSED).label("refused"),
        )
        .where(*_there(institutions, actor, path), not_inspected(round_number))
        .order_by(last.is_not(None), last, institutions.c.id)
        .limit(limit)
    )
    today = clock.today()
    with store.reading() as connection:
        return [
            Uninspected(
                **row,
                area_name=name_of(atlas, row["area_code"]),
                days=None if (on := row["last_inspected_on"]) is None else (today - on).days,
            )
            for row in connection.execute(query).mappings()
        ]


def not_inspected(round_number: int) -> ColumnElement[bool]:
    """The condition that an institution was not inspected in the round."""
    return not_(_visited(round_number, inspections.c.result != REFUSED))


def current_round(store: Store) -> int:
    """The current round: the one set, else the highest with an inspection, else 1."""
    with store.reading() as connection:
        return round_in(connection)


def round_in(connection: Connection) -> int:
    """`current_round` on a connection at hand."""
    chosen = options.read(connection, ROUND)
    if chosen is None:
        newest = select(func.max(inspections.c.round)).where(inspections.c.deleted.is_(False))
        chosen = connection.execute(newest).scalar()
    return int(chosen or 1)


@tried_again
def set_round(store: Store, actor: Actor, number: int) -> None:
    """Set the current round of the whole installation.

    Raises `Refused` if the actor's scope does not include all areas.
    """
    require_reach(store, actor, Action.SET_ROUND)
    if not 1 <= number <= MOST_ROUNDS:
        raise Invalid(f"排查轮次应为1至{MOST_ROUNDS}的整数，收到{number}")
    with store.writing() as connection:
        before = options.read(connection, ROUND)
        if before == number:
            return
        options.write(connection, ROUND, number)
        change = audit.Change(
            "option", number="排查轮次", before={ROUND: before}, after={ROUND: number}
        )
        audit.append(connection, actor, [change])


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
        .where(*_there(outreach, actor, path))
        .group_by(outreach.c.area_path, outreach.c.stage)
    )
    with store.reading() as connection:
        counted = [(row[0], tuple(row[1:])) for row in connection.execute(query)]
    areas = atlas.under(path, level)
    found: dict[str | None, list[Any]] = {}
    for code, numbers in _rolled_up(counted, areas):
        found.setdefault(code, []).append(numbers)
    return OutreachCoverage(
        _reach(_area_at(atlas, path), [numbers for _, numbers in counted]),
        tuple(_reach(area, found.get(area.code, [])) for area in areas),
        _reach(None, found.get(None, [])),
    )


def name_of(atlas: Atlas, code: str | None) -> str:
    """The name of an area, its code if it is no longer there, empty for none."""
    area = atlas.get(code)
    return area.name if area else (code or "")


def _visited(round_number: int, how: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether an institution had such a visit in the round.

    One set for all institutions: looked up one by one, SQLite would walk through the whole round
    for each of them.
    """
    visited = select(inspections.c.institution).where(
        inspections.c.round == round_number, inspections.c.deleted.is_(False), how
    )
    return institutions.c.number.in_(visited)


def _count(
    connection: Connection, actor: Actor, path: str, round_number: int
) -> list[tuple[str | None, tuple[int, int]]]:
    """Institutions and inspected ones by the path they lie at."""
    query = (
        select(
            institutions.c.area_path,
            func.count(),
            func.sum(case((not_inspected(round_number), 0), else_=1)),
        )
        .where(*_there(institutions, actor, path))
        .group_by(institutions.c.area_path)
    )
    return [(row[0], (row[1], int(row[2]))) for row in connection.execute(query)]


def _there(table: Table, actor: Actor, path: str) -> tuple[ColumnElement[bool], ...]:
    """What stands in a ledger, in the actor's scope and under a path."""
    return (
        table.c.deleted.is_(False),
        actor.scope_condition(table.c.area_path),
        under(table.c.area_path, path),
    )


def _rolled_up(
    counted: Iterable[tuple[str | None, Numbers]], areas: Sequence[Area]
) -> Iterator[tuple[str | None, Numbers]]:
    """Numbers by path → by the code of the area they belong to; None if to none of them."""
    codes = {area.code for area in areas}
    for path, numbers in counted:
        steps = (path or "").split("/")
        yield next((code for code in steps if code in codes), None), numbers


def _reach(area: Area | None, counted: Sequence[Sequence[Any]]) -> Reach:
    activities: dict[str | None, int] = {}
    for stage, number, _, _ in counted:
        activities[stage] = activities.get(stage, 0) + number
    people, elders = (
        [int(numbers[place]) for numbers in counted if numbers[place] is not None]
        for place in (2, 3)
    )
    return Reach(area, activities, sum(people) if people else None, sum(elders) if elders else None)


def _area_at(atlas: Atlas, path: str) -> Area | None:
    """The area of a path; None for the whole tree."""
    return atlas.get(path.strip("/").rpartition("/")[2])
