"""Cases per area and period, from any ledger that declares a day and a place.

Counting is SQL: one aggregate over the stretches between the borders of all periods asked for, so
that periods may overlap (a month and the quarter it lies in). Records whose area was changed when
areas were loaded anew are few; they are put back into the area that was valid on their day, by the
log of changes.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Invalid
from ledger.domain.ledgers import LEDGERS
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.periods import Period
from ledger.records.query import Selection, matching
from ledger.reporting.statistics.regions import Regions
from ledger.storage.tables import LEDGER_TABLES, areas, changes

Key = tuple[str | None, int]
"""A record's path and the stretch its day lies in."""


@dataclass(frozen=True)
class Counted:
    """How many cases each area has in each period.

    ``cases`` and ``unplaced`` (cases in none of the areas) run along ``periods``; ``shared`` is
    how many cases of the last period were shared out between the parts of an area split since.
    """

    periods: tuple[Period, ...]
    cases: tuple[Mapping[str, int], ...]
    unplaced: tuple[int, ...]
    shared: int

    def of(self, period: Period) -> Mapping[str, int]:
        """The cases by code of one of the periods; areas without any are left out."""
        return self.cases[self.periods.index(period)]


def countable_ledgers() -> tuple[Ledger, ...]:
    """The ledgers that declare both a day and a place."""
    return tuple(one for one in LEDGERS.values() if one.dated and "area_code" in one.by_key)


def require_countable(ledger: Ledger) -> str:
    """The column by whose day the ledger is counted. Raises `Invalid` if it has none."""
    if ledger not in countable_ledgers():
        names = "、".join(one.label for one in countable_ledgers())
        raise Invalid(
            f"“{ledger.label}”没有登记日期或所属区域，不能按时间和区域统计。可选：{names}"
        )
    return str(ledger.dated)


def count_cases(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    selection: Selection,
    periods: Sequence[Period],
    regions: Regions,
    *,
    by_today: bool = False,
    until: date | None = None,
) -> Counted:
    """Count the selection's records by area and period, within the actor's scope.

    ``by_today`` counts a record where it lies now, if that is one of the areas; else it is
    counted in the area that was valid on its day. Records of days after ``until`` are left out.

    Raises
    ------
    Invalid
        If the ledger declares no day or no place.
    Refused
        If the actor may not read.
    """
    actor.require(Action.READ, ledger.key)
    stretches = _stretches(periods)
    stretch = _stretch_of(ledger, stretches)
    where = and_(
        matching(actor, ledger, selection), stretch.is_not(None), *_within(ledger, stretches)
    )
    if until is not None:
        where = and_(where, ~_after(ledger, until))
    placed = _by_area(connection, ledger, where, stretch, regions, by_today)
    settled, shared = _settled(placed, regions)
    last = periods[-1]
    return Counted(
        tuple(periods),
        tuple(_sum(settled, stretches, period) for period in periods),
        tuple(_lost(settled, stretches, period) for period in periods),
        sum(n for at, n in shared.items() if _inside(stretches[at], last)),
    )


def count_later(
    connection: Connection, actor: Actor, ledger: Ledger, selection: Selection, today: date
) -> int:
    """How many records of the selection have a day in the future; these are typing errors."""
    query = select(func.count()).where(matching(actor, ledger, selection), _after(ledger, today))
    return connection.execute(query.select_from(LEDGER_TABLES[ledger.key])).scalar_one()


def day_column(ledger: Ledger) -> tuple[Any, bool]:
    """The column by whose day the ledger is counted, and whether it holds moments."""
    key = require_countable(ledger)
    moment = ledger.by_key[key].type is ColumnType.MOMENT
    return LEDGER_TABLES[ledger.key].c[key], moment


def bound(day: date, *, moment: bool) -> date | datetime:
    """The beginning of a day as a value to compare a column of days or of moments with."""
    return datetime.combine(day, time(), OFFICE).astimezone(UTC) if moment else day


def _after(ledger: Ledger, day: date) -> ColumnElement[bool]:
    column, moment = day_column(ledger)
    after: ColumnElement[bool] = column >= bound(day + timedelta(days=1), moment=moment)
    return after


def _stretches(periods: Sequence[Period]) -> list[Period]:
    """The pieces into which the borders of all periods cut the time they cover."""
    if not periods:
        raise ValueError("needs at least one period")
    day = timedelta(days=1)
    begins = sorted({p.start for p in periods} | {p.end + day for p in periods})
    pieces = [Period(a, b - day) for a, b in itertools.pairwise(begins)]
    return [piece for piece in pieces if any(_inside(piece, period) for period in periods)]


def _inside(piece: Period, period: Period) -> bool:
    return period.start <= piece.start and piece.end <= period.end


def _within(ledger: Ledger, stretches: Sequence[Period]) -> tuple[ColumnElement[bool], ...]:
    """The time from the first stretch to the last, for the index on the day."""
    column, moment = day_column(ledger)
    after = stretches[-1].end + timedelta(days=1)
    return (
        column >= bound(stretches[0].start, moment=moment),
        column < bound(after, moment=moment),
    )


def _stretch_of(ledger: Ledger, stretches: Sequence[Period]) -> ColumnElement[Any]:
    """The position of the stretch that a record's day lies in; NULL in none."""
    column, moment = day_column(ledger)
    branches = []
    for at, piece in enumerate(stretches):
        begin = bound(piece.start, moment=moment)
        end = bound(piece.end + timedelta(days=1), moment=moment)
        branches.append((and_(column >= begin, column < end), literal(at)))
    return case(*branches, else_=None)


def _by_area(
    connection: Connection,
    ledger: Ledger,
    where: ColumnElement[bool],
    stretch: ColumnElement[Any],
    regions: Regions,
    by_today: bool,
) -> dict[Key, int]:
    """Records by code of the level (None: they lie in no area of it) and stretch."""
    table = LEDGER_TABLES[ledger.key]
    moved = _moved(connection, ledger, where, stretch)
    query = select(table.c.area_path, stretch, func.count()).where(where)
    found: Counter[Key] = Counter()
    for path, at, n in connection.execute(query.group_by(table.c.area_path, stretch)):
        found[_code_in(path, regions), at] += n
    if not moved:
        return found
    valid = _validity(connection, regions.level)
    for path, at, day, chain in moved:
        now = _code_in(path, regions)
        then = _code_on(day, chain, valid) or now
        better = now if by_today and now in regions.known else then
        found[now, at] -= 1
        found[better, at] += 1
    return {key: n for key, n in found.items() if n}


def _code_in(path: str | None, regions: Regions) -> str | None:
    """The code of a path that belongs to the level, today's or one of another day."""
    steps = (path or "").split("/")
    return next((s for s in steps if s in regions.known or s in regions.shares), None)


Moved = tuple[str | None, int, date, list[str | None]]


def _moved(
    connection: Connection, ledger: Ledger, where: ColumnElement[bool], stretch: ColumnElement[Any]
) -> list[Moved]:
    """Records that came to lie elsewhere when areas were loaded: path, stretch, day, and the codes
    they had before, oldest first."""
    table = LEDGER_TABLES[ledger.key]
    column, moment = day_column(ledger)
    replaced = (changes.c.action == "replace", changes.c.ledger == ledger.key)
    if connection.execute(select(changes.c.id).where(*replaced).limit(1)).first() is None:
        return []
    query = (
        select(table.c.id, table.c.area_path, stretch, column, changes.c.before)
        .join(changes, changes.c.record_id == table.c.id)
        .where(where, *replaced)
        .order_by(table.c.id, changes.c.id)
    )
    found: dict[int, Moved] = {}
    for key, path, at, when, before in connection.execute(query):
        day = when.astimezone(OFFICE).date() if moment else when
        held = json.loads(before or "{}")
        if "area_code" in held:
            found.setdefault(key, (path, at, day, []))[3].append(held["area_code"])
    return list(found.values())


Validity = Mapping[str, list[tuple[date | None, date | None, str]]]


def _validity(connection: Connection, level: str) -> Validity:
    """By code of any area: from when to when it was valid, and its path's code of the level."""
    query = select(areas.c.code, areas.c.valid_from, areas.c.valid_to, areas.c.path)
    codes = set(connection.execute(select(areas.c.code).where(areas.c.level == level)).scalars())
    found: dict[str, list[tuple[date | None, date | None, str]]] = {}
    for code, since, until, path in connection.execute(query):
        of_level = next((step for step in path.split("/") if step in codes), None)
        if of_level is not None:
            found.setdefault(code, []).append((since, until, of_level))
    return found


def _code_on(day: date, chain: Iterable[str | None], valid: Validity) -> str | None:
    """The first of the codes a record was placed under that was valid on its day."""
    for code in chain:
        for since, until, of_level in valid.get(code or "", ()):
            if (since is None or since <= day) and (until is None or until > day):
                return of_level
    return None


def _settled(placed: Mapping[Key, int], regions: Regions) -> tuple[dict[Key, int], Counter[int]]:
    """Codes of other days mapped to the areas counted; and how many cases had to be shared out."""
    settled: Counter[Key] = Counter()
    shared: Counter[int] = Counter()
    for (code, at), n in placed.items():
        if code is None or code in regions.known:
            settled[code, at] += n
            continue
        shares = regions.shares.get(code, ())
        if len(shares) > 1:
            shared[at] += n
        for target, part in _shared_out(n, shares):
            settled[target, at] += part
    return dict(settled), shared


def _shared_out(n: int, shares: Sequence[tuple[str, float]]) -> Iterator[tuple[str | None, int]]:
    """Whole cases by largest remainder; without anywhere to go they lie nowhere."""
    if not shares:
        yield None, n
        return
    whole = {code: int(n * share) for code, share in shares}
    by_rest = sorted(shares, key=lambda one: (whole[one[0]] - n * one[1], one[0]))
    for code, _ in by_rest[: n - sum(whole.values())]:
        whole[code] += 1
    yield from whole.items()


def _sum(
    settled: Mapping[Key, int], stretches: Sequence[Period], period: Period
) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for (code, at), n in settled.items():
        if code is not None and _inside(stretches[at], period):
            found[code] += n
    return dict(found)


def _lost(settled: Mapping[Key, int], stretches: Sequence[Period], period: Period) -> int:
    return sum(
        n for (code, at), n in settled.items() if code is None and _inside(stretches[at], period)
    )
