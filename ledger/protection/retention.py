"""Erase protected texts a set time after a matter was closed; what figures count by stays.

PIPL art. 19 and 47: no longer than the purpose needs. How long that is nobody prescribes: the
office sets it (months; nothing is erased before it does). A record is due when it is closed (or
lies in the bin) and its closing day is so long ago. Its protected columns, all copies in its
history and drafts of it are replaced by ``已清除``; the erasure itself is an entry of the history,
and the chain stays verifiable (`ledger.history.audit.rewrite`).
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, update

from ledger import options
from ledger.access import Action, Actor
from ledger.columns import Ledger
from ledger.errors import Invalid, Problem
from ledger.history import audit
from ledger.history.drafts import forget_record
from ledger.places.areas import require_reach
from ledger.protection.secrets import ERASED, is_sealed
from ledger.protection.stored import protected_keys, protecting_ledgers, turned_history
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES, changes
from ledger.timing import clock

_OPTION = "retention_months"
SHORTEST, LONGEST = 1, 600
# States in which a matter is over; in the others its people may still have to be reached.
_OVER: Mapping[str, tuple[str, ...]] = {
    "leads": ("closed", "archived"),
    "petitions": ("closed", "refused"),
}
_AT_ONCE = 200


@dataclass(frozen=True)
class Retained:
    """What a run erased (or would erase): records and texts by ledger key."""

    months: int
    closed_before: date
    records: Mapping[str, int]
    texts: int


def months_kept(store: Store) -> int | None:
    """How many months after closing protected texts are kept; None while nobody set it."""
    with store.reading() as connection:
        found = options.read(connection, _OPTION)
    return None if found is None else int(found)


@tried_again
def keep_for(store: Store, actor: Actor, months: int | None) -> None:
    """Set how long protected texts are kept after closing; None: until further notice."""
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    if months is not None and not SHORTEST <= months <= LONGEST:
        message = f"须为{SHORTEST}至{LONGEST}个月"
        raise Invalid([Problem(None, "受保护信息保存期限", message)])
    with store.writing() as connection:
        before = options.read(connection, _OPTION)
        if before == months:
            return
        options.write(connection, _OPTION, months)
        change = audit.Change(
            "option",
            number="受保护信息保存期限(月)",
            before={_OPTION: before},
            after={_OPTION: months},
        )
        audit.append(connection, actor, [change])


def erase_due(store: Store, actor: Actor, *, dry_run: bool = False) -> Retained:
    """Erase what is due today; safe to stop and to repeat: each record is one transaction's part.

    Raises
    ------
    Refused
        If the actor may not run the installation.
    Invalid
        While no time is set.
    """
    require_reach(store, actor, Action.OPERATE)
    months = months_kept(store)
    if months is None:
        raise Invalid(
            "还没有设定受保护信息的保存期限，没有清除任何内容。"
            "请系统管理员在“系统设置”中设定办结后保存几个月"
        )
    limit = months_before(clock.today(), months)
    records, texts = dict[str, int](), 0
    for ledger in protecting_ledgers():
        with store.reading() as connection:
            due = list(connection.execute(_due(ledger, limit)).scalars())
        records[ledger.key] = len(due)
        for start in range(0, 0 if dry_run else len(due), _AT_ONCE):
            texts += _erased_some(store, actor, ledger, due[start : start + _AT_ONCE], limit)
    return Retained(months, limit, records, texts)


@tried_again
def _erased_some(
    store: Store, actor: Actor, ledger: Ledger, ids: Sequence[int], limit: date
) -> int:
    with store.writing() as connection:
        return _erase(connection, store, actor, ledger, ids, limit)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _due(ledger: Ledger, limit: date, ids: Sequence[int] | None = None) -> Any:
    table = LEDGER_TABLES[ledger.key]
    closed_on = func.coalesce(table.c.closed_on, func.date(table.c.updated_at))
    over = and_(table.c.state.in_(_OVER[ledger.key]), closed_on < limit)
    binned = and_(table.c.deleted, func.date(table.c.updated_at) < limit)
    query = select(table.c.id).where(or_(over, binned), _something_left(ledger))
    return (query if ids is None else query.where(table.c.id.in_(ids))).order_by(table.c.id)


def _something_left(ledger: Ledger) -> ColumnElement[bool]:
    table = LEDGER_TABLES[ledger.key]
    columns = [table.c[key] for key in protected_keys(ledger)]
    return or_(*(and_(column.is_not(None), column != ERASED) for column in columns))


def _erase(
    connection: Connection,
    store: Store,
    actor: Actor,
    ledger: Ledger,
    ids: Sequence[int],
    limit: date,
) -> int:
    """Some records with everything kept of them; those reopened meanwhile are passed over."""
    if store.is_sqlite:
        # Freed pages are overwritten rather than left as they were.
        connection.execute(text("PRAGMA secure_delete=ON"))
    table, keys, count = LEDGER_TABLES[ledger.key], protected_keys(ledger), 0
    still = list(connection.execute(_due(ledger, limit, ids)).scalars())
    rows = connection.execute(select(table).where(table.c.id.in_(still))).mappings().all()
    for row in rows:
        filled = [key for key in keys if row[key] is not None and row[key] != ERASED]
        values = dict.fromkeys(filled, ERASED)
        connection.execute(
            update(table)
            .where(table.c.id == row["id"])
            .values(**values, version=row["version"] + 1)
        )
        forget_record(connection, ledger.key, row["id"])
        of_record = (changes.c.ledger == ledger.key, changes.c.record_id == row["id"])
        entries, in_history = turned_history(connection, _erased, *of_record)
        change = audit.Change(
            "erase",
            ledger.key,
            row["id"],
            row["number"],
            after=values,
            reason="超过保存期限",
            version=row["version"] + 1,
        )
        audit.rewrite(connection, actor, entries, change)
        count += len(filled) + in_history
    return count


def _erased(sealed: str) -> str:
    return ERASED if is_sealed(sealed) else sealed
