"""Erase protected texts a set time after a matter was closed; columns that figures count stay.

PIPL art. 19 and 47: no longer than the purpose needs. The law sets no period: the office sets one
in months, and nothing is erased before that. A record is due when it is closed (or in the bin) and
its closing day is at least that long ago. Its protected columns, all copies in its
history and drafts of it are replaced by ``已清除``; its attachments lose their content and, in the
history too, their names. The erasure itself is an entry of the history, and the chain stays
verifiable (`ledger.records.history.audit.rewrite`). What earlier versions wrote into the log of
searches goes in the same run (`ledger.records.searched`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, false, func, or_, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, Problem
from ledger.domain.masks import ERASED, is_sealed
from ledger.domain.timing import clock
from ledger.domain.timing.calendar import months_before
from ledger.operations.stored import protected_keys, protecting_ledgers, turned_history
from ledger.records.history import audit
from ledger.records.history.drafts import forget_record
from ledger.records.places.areas import require_reach
from ledger.records.removed_files import empty
from ledger.records.searched import searches_before
from ledger.storage import Store, options, search_index
from ledger.storage.again import tried_again
from ledger.storage.own_tables import attachments
from ledger.storage.tables import LEDGER_TABLES, changes
from ledger.storage.traces import clear_traces

OPTION = "retention_months"
SHORTEST, LONGEST = 1, 600
_AT_ONCE = 200
_REASON = "超过保存期限"


@dataclass(frozen=True)
class Retained:
    """What a run erased (or would erase): records by ledger key, texts, attachments, and searches
    in the log. ``is_clear``: nothing of it is left beside the database either."""

    months: int
    closed_before: date
    records: Mapping[str, int]
    texts: int
    files: int
    searches: int
    is_clear: bool


def months_kept(store: Store) -> int | None:
    """How many months after closing protected texts are kept; None if it is not set."""
    with store.reading() as connection:
        found = options.read(connection, OPTION)
    return None if found is None else int(found)


@tried_again
def keep_for(store: Store, actor: Actor, months: int | None) -> None:
    """Set how long protected texts are kept after closing; None: until further notice."""
    require_reach(store, actor, Action.MANAGE_OPTIONS)
    if months is not None and not SHORTEST <= months <= LONGEST:
        message = f"须为{SHORTEST}至{LONGEST}个月"
        raise Invalid([Problem(None, "受保护信息保存期限", message)])
    with store.writing() as connection:
        before = options.read(connection, OPTION)
        if before == months:
            return
        options.write(connection, OPTION, months)
        change = audit.Change(
            "option",
            number="受保护信息保存期限(月)",
            before={OPTION: before},
            after={OPTION: months},
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
    records, texts, files = dict[str, int](), 0, 0
    for ledger in protecting_ledgers():
        with store.reading() as connection:
            due = list(connection.execute(_due(ledger, limit)).scalars())
        records[ledger.key] = len(due)
        for start in range(0, 0 if dry_run else len(due), _AT_ONCE):
            some = due[start : start + _AT_ONCE]
            erased, removed = _erased_some(store, actor, ledger, some, limit)
            texts, files = texts + erased, files + removed
    searches = _searches_cleared(store, actor, dry_run=dry_run)
    is_clear = dry_run or clear_traces(store)
    return Retained(months, limit, records, texts, files, searches, is_clear)


@tried_again
def _erased_some(
    store: Store, actor: Actor, ledger: Ledger, ids: Sequence[int], limit: date
) -> tuple[int, int]:
    with store.writing() as connection:
        return _erase(connection, store, actor, ledger, ids, limit)


@tried_again
def _searches_cleared(store: Store, actor: Actor, *, dry_run: bool) -> int:
    """Take what was searched for out of old entries of the log; returns of how many."""
    with store.reading() as connection:
        found = len(searches_before(connection))
    if found and not dry_run:
        with store.writing() as connection:
            change = audit.Change("erase", number="导出记录", reason="搜索的文字不再记录")
            audit.rewrite(connection, actor, searches_before(connection), change)
    return found


def _due(ledger: Ledger, limit: date, ids: Sequence[int] | None = None) -> Any:
    table, changed_on = LEDGER_TABLES[ledger.key], func.date(LEDGER_TABLES[ledger.key].c.updated_at)
    over: ColumnElement[bool] = false()  # without a workflow nothing says that a matter is over
    if ledger.workflow:
        known = "closed_on" in table.c
        closed_on = func.coalesce(table.c.closed_on, changed_on) if known else changed_on
        over = and_(table.c.state.in_(sorted(ledger.workflow.over)), closed_on < limit)
    binned = and_(table.c.deleted, func.date(table.c.updated_at) < limit)
    query = select(table.c.id).where(or_(over, binned), _something_left(ledger))
    return (query if ids is None else query.where(table.c.id.in_(ids))).order_by(table.c.id)


def _something_left(ledger: Ledger) -> ColumnElement[bool]:
    table = LEDGER_TABLES[ledger.key]
    columns = [table.c[key] for key in protected_keys(ledger)]
    filed = exists().where(
        attachments.c.ledger == ledger.key,
        attachments.c.record_id == table.c.id,
        attachments.c.name != ERASED,
    )
    return or_(*(and_(column.is_not(None), column != ERASED) for column in columns), filed)


def _erase(
    connection: Connection,
    store: Store,
    actor: Actor,
    ledger: Ledger,
    ids: Sequence[int],
    limit: date,
) -> tuple[int, int]:
    """Some records with everything kept of them; those reopened meanwhile are passed over.
    Returns how many texts and how many attachments."""
    table, keys, count, files = LEDGER_TABLES[ledger.key], protected_keys(ledger), 0, 0
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
        files += _files_removed(connection, actor, ledger, dict(row))
        of_record = (changes.c.ledger == ledger.key, changes.c.record_id == row["id"])
        entries, in_history = turned_history(connection, _erased, *of_record)
        entries += _without_names(connection, *of_record)
        change = audit.Change(
            "erase",
            ledger.key,
            row["id"],
            row["number"],
            after=values,
            reason=_REASON,
            version=row["version"] + 1,
        )
        audit.rewrite(connection, actor, entries, change)
        count += len(filled) + in_history
    search_index.keep(connection, ledger, still)  # a number erased is found no more
    return count, files


def _files_removed(
    connection: Connection, actor: Actor, ledger: Ledger, row: Mapping[str, Any]
) -> int:
    """The attachments of a record without content and name; returns how many had content."""
    of_record = (attachments.c.ledger == ledger.key, attachments.c.record_id == row["id"])
    kept = (
        attachments.c[key] for key in ("id", "ledger", "record_id", "name", "sha256", "deleted")
    )
    rows = connection.execute(select(*kept).where(*of_record)).all()
    empty(connection, actor, row["number"], rows, _REASON)
    connection.execute(update(attachments).where(*of_record).values(name=ERASED))
    return sum(not one.deleted for one in rows)


def _without_names(connection: Connection, *of_record: Any) -> list[dict[str, Any]]:
    """The entries about a record's attachments with the file names removed, because a file name
    may contain a person's name."""
    query = select(changes).where(*of_record, changes.c.action.in_(("attach", "detach")))
    found = []
    for row in connection.execute(query.order_by(changes.c.id)).mappings():
        told = {
            key: json.loads(row[key]) | {"attachment": ERASED}
            for key in ("before", "after")
            if row[key]
        }
        found.append({**row, **{key: audit.canonical(values) for key, values in told.items()}})
    return found


def _erased(sealed: str) -> str:
    return ERASED if is_sealed(sealed) else sealed
