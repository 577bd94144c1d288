"""Coverage of the campaign: the share of institutions inspected, by area.

排查覆盖率 = institutions inspected in the round ÷ all institutions, licensed or not (DOMAIN §1A:
排查全覆盖). A refused visit (拒绝检查) does not count as an inspection. Without institutions there
is no share (暂无数据), neither 0 nor 100 %. An inspection counts for the institution's area, not
for the position of the tablet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, Table, case, func, not_, select

from geo.atlas import Area, Atlas
from ledger.casework.map_overview import area_path
from ledger.domain.access import Action, Actor, under
from ledger.domain.timing import clock
from ledger.records.visits import REFUSED
from ledger.storage import Store
from ledger.storage.tables import inspections, institutions

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
    for code, (institutions_there, inspected) in rolled_up(counted, areas):
        own = sums.setdefault(code, [0, 0])
        own[0] += institutions_there
        own[1] += inspected
    total = [sum(own[place] for own in sums.values()) for place in (0, 1)]
    return Coverage(
        round_number,
        Row(area_at(atlas, path), *total),
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
        .where(*there(institutions, actor, path), not_inspected(round_number))
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
    """The current round: the highest with an inspection, else 1."""
    with store.reading() as connection:
        return round_in(connection)


def round_in(connection: Connection) -> int:
    """`current_round` on a connection at hand."""
    newest = select(func.max(inspections.c.round)).where(inspections.c.deleted.is_(False))
    return int(connection.execute(newest).scalar() or 1)


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
        .where(*there(institutions, actor, path))
        .group_by(institutions.c.area_path)
    )
    return [(row[0], (row[1], int(row[2]))) for row in connection.execute(query)]


def there(table: Table, actor: Actor, path: str) -> tuple[ColumnElement[bool], ...]:
    """What stands in a ledger, in the actor's scope and under a path."""
    return (
        table.c.deleted.is_(False),
        actor.scope_condition(table.c.area_path),
        under(table.c.area_path, path),
    )


def rolled_up(
    counted: Iterable[tuple[str | None, Numbers]], areas: Sequence[Area]
) -> Iterator[tuple[str | None, Numbers]]:
    """Numbers by path → by the code of the area they belong to; None if to none of them."""
    codes = {area.code for area in areas}
    for path, numbers in counted:
        steps = (path or "").split("/")
        yield next((code for code in steps if code in codes), None), numbers


def area_at(atlas: Atlas, path: str) -> Area | None:
    """The area of a path; None for the whole tree."""
    return atlas.get(path.strip("/").rpartition("/")[2])
