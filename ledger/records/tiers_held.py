"""Which tier an institution held at the end of a day, and how it moved within a period, as SQL.

The history of assessments decides; an override of a leader counts. An institution that had not
been assessed by then held no tier: it is not among the rows. To and from 待研判 is neither up nor
down. The row sets ``held_at``, ``moved`` and ``tier_new`` (:mod:`ledger.records.rowsets`)
the risk map at an earlier day, and what bulletins tell of tiers rest on these statements.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, select

from ledger.domain.errors import Invalid
from ledger.domain.timing.clock import OFFICE
from ledger.domain.timing.periods import Period, read_day, read_period
from ledger.storage.tables import assessments

UNDETERMINED, ANY = "none", "any"
NEW = "new"
DIRECTIONS = {
    "rose": "等级上升",
    "fell": "等级下降",
    "decided": "由待研判转为已评定",
    "undecided": "转为待研判",
}
_TIER_WORDS = {
    "4": "四类",
    "3": "三类",
    "2": "二类",
    "1": "一类",
    UNDETERMINED: "待研判",
    ANY: "已评定或待研判",
}


def tiers_held(day: date) -> Select[Any]:
    """(record_id, tier, at) of every institution by its last assessment until the end of a day."""
    after = datetime.combine(day + timedelta(days=1), time(), OFFICE)
    last = (
        select(func.max(assessments.c.id).label("id"))
        .where(assessments.c.ledger == "institutions", assessments.c.at < after)
        .group_by(assessments.c.record_id)
        .subquery()
    )
    effective = func.coalesce(assessments.c.override, assessments.c.tier).label("tier")
    columns = (assessments.c.record_id, effective, assessments.c.at)
    return select(*columns).join(last, assessments.c.id == last.c.id)


def tier_moves(period: Period) -> Select[Any]:
    """(record_id, kind, before, after, at) of every institution that held another tier at the end
    of a period than before it; ``kind`` is one of `DIRECTIONS`, or `NEW` where it was first
    assessed in it, ``at`` the moment of the last assessment."""
    before = tiers_held(period.start - timedelta(days=1)).subquery()
    after = tiers_held(period.end).subquery()
    then, now = before.c.tier, after.c.tier
    kind = case(
        (before.c.record_id.is_(None), NEW),
        (now > then, "rose"),
        (now < then, "fell"),
        (and_(then.is_(None), now.is_not(None)), "decided"),
        (and_(then.is_not(None), now.is_(None)), "undecided"),
    )
    same = before.c.record_id == after.c.record_id
    columns = (after.c.record_id, kind.label("kind"), then.label("before"), now.label("after"))
    found = select(*columns, after.c.at).outerjoin(before, same).subquery()
    return select(found).where(found.c.kind.is_not(None))


def held_at(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-31_4``: tier four at the end of that day; ``_any``: whatever tier."""
    day, _, tier = text.partition("_")
    then = tiers_held(read_day(day)).subquery()
    held = select(then.c.record_id)
    wanted = _tier(tier)
    if wanted == UNDETERMINED:
        held = held.where(then.c.tier.is_(None))
    elif wanted != ANY:
        held = held.where(then.c.tier == int(wanted))
    return table.c.id.in_(held)


def moved(table: Table, text: str) -> ColumnElement[bool]:
    """``2026-10-01_2026-10-31_rose``: another tier at the end of the period than before it."""
    return _moved(table, *_movement(text))


def first_judged(table: Table, text: str) -> ColumnElement[bool]:
    """Assessed for the first time in the period."""
    return _moved(table, read_period(text), NEW)


def held_words(text: str) -> str:
    """A text of `held_at` in Chinese words. Raises `Invalid` for one that cannot be read."""
    day, _, tier = text.partition("_")
    return f"截至{read_day(day)}为{_TIER_WORDS[_tier(tier)]}"


def moved_words(text: str) -> str:
    """A text of `moved` in Chinese words. Raises `Invalid` for one that cannot be read."""
    period, direction = _movement(text)
    return f"{period}{DIRECTIONS[direction]}"


def _moved(table: Table, period: Period, kind: str) -> ColumnElement[bool]:
    moves = tier_moves(period).subquery()
    return table.c.id.in_(select(moves.c.record_id).where(moves.c.kind == kind))


def _tier(text: str) -> str:
    if text not in _TIER_WORDS:
        raise Invalid(f"没有“{text[:20]}”这个等级，只有：{'、'.join(_TIER_WORDS)}")
    return text


def _movement(text: str) -> tuple[Period, str]:
    period, _, direction = text.rpartition("_")
    if direction not in DIRECTIONS:
        raise Invalid(f"“{text[:60]}”读不懂，应写成 2026-10-01_2026-10-31_rose")
    return read_period(period), direction
