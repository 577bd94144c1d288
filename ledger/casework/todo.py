"""The to-do list of one user: what is overdue, due, waiting for them, urged and changed.

Every group counts all its records and shows the most urgent `LIMIT`. Scope and role are conditions
of the queries, so records out of scope are neither listed nor counted. Which role sees which group
is defined in :mod:`ledger.casework.awaiting`. Overdue and due soon are decided by the stored day
``due_on``: a clock in hours that ended today is under due soon, in red.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    or_,
    select,
    true,
)

from ledger.casework.asked_facts import facts_to_answer
from ledger.casework.awaiting import FOLLOWING_UP, GROUPS, Group, awaited, awaited_steps, span_words
from ledger.casework.coverage import not_inspected, round_in
from ledger.casework.listing import (
    Asked,
    Listed,
    item_of,
    listed,
    logged,
    rows_of,
    still_open,
    total_of,
)
from ledger.domain.access import Action, Actor
from ledger.domain.timing import clock
from ledger.domain.workflows import WORKFLOWS
from ledger.records import due
from ledger.records.historical import not_historical
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.own_tables import sessions
from ledger.storage.tables import LEDGER_TABLES, changes

LIMIT = 50
# Nobody reads what changed in months; without an earlier visit a week is shown.
LONGEST_ABSENCE = timedelta(days=30)
FIRST_VISIT = timedelta(days=7)
# Looking at a record, or taking it along, changes nothing.
_NO_CHANGE = ("reveal", "export", "print")


def todo(
    store: Store, actor: Actor, *, since: datetime | None = None, limit: int = LIMIT
) -> tuple[Listed, ...]:
    """The groups of the actor's list, in the order in which they matter; empty groups too.

    Parameters
    ----------
    since : datetime, optional
        From when changes are new to the actor: their `last_visit`, or a week ago; never longer
        ago than `LONGEST_ABSENCE`.
    limit : int
        Items shown of each group; 0 counts only.

    Returns
    -------
    tuple of Listed
        Nothing for administrators and the system, who handle no records.
    """
    groups = GROUPS[actor.role] if actor.role is not None else ()
    if actor.role is None or not groups:
        return ()
    actor.require(Action.READ)
    atlas = current_atlas(store)
    since = since or last_visit(store, actor)
    with store.reading() as connection:
        now = clock.now()
        asked = Asked(
            connection,
            actor,
            actor.role,
            atlas,
            surroundings_of(store, connection, atlas),
            clock.today(),
            max(since or now - FIRST_VISIT, now - LONGEST_ABSENCE),
            limit,
        )
        return tuple(_LISTS[group](asked) for group in groups)


def last_visit(store: Store, actor: Actor) -> datetime | None:
    """When the actor was last seen before the session they are in now; None if never."""
    query = (
        select(sessions.c.seen_at)
        .where(sessions.c.user_id == actor.user_id)
        .order_by(sessions.c.created_at.desc())
        .offset(1)
        .limit(1)
    )
    with store.reading() as connection:
        return connection.execute(query).scalar()


def _overdue_by_law(asked: Asked) -> Listed:
    return _due(asked, Group.OVERDUE_LEGAL, due.LEGAL, due.LEGAL_LEDGERS)


def _overdue(asked: Asked) -> Listed:
    return _due(asked, Group.OVERDUE, due.LOCAL)


def _due_soon(asked: Asked) -> Listed:
    return _due(asked, Group.DUE_SOON, due.SOON)


def _due(
    asked: Asked, group: Group, which: str, ledgers: tuple[str, ...] = due.DUE_LEDGERS
) -> Listed:
    conditions = {
        key: due.due_clause(LEDGER_TABLES[key], which) for key in asked.ledgers if key in ledgers
    }
    legal = which == due.LEGAL
    return listed(asked, group, conditions, lambda key, row: "", legal=legal)


def _waiting(asked: Asked) -> Listed:
    conditions: dict[str, ColumnElement[bool]] = {}
    for key in asked.ledgers:
        workflow = WORKFLOWS.get(key)
        steps = awaited(workflow, asked.role) if workflow else ()
        if steps:
            columns = LEDGER_TABLES[key].c
            waits = or_(
                *(
                    and_(
                        columns.state.in_(one.states),
                        or_(*(columns[name].is_(None) for name in one.blank))
                        if one.blank
                        else true(),
                    )
                    for one in steps
                )
            )
            conditions[key] = and_(waits, not_historical(LEDGER_TABLES[key]))
    if asked.actor.may(Action.EDIT, "entities"):
        conditions["entities"] = LEDGER_TABLES["entities"].c.status == "to_verify"

    def what(key: str, row: Mapping[str, Any]) -> str:
        if key == "entities":
            return "现场核实是否为养老服务机构"
        return "可办理：" + "、".join(s.label for s in awaited_steps(key, row, asked.role))

    return listed(asked, Group.WAITING, conditions, what)


def _alerts(asked: Asked) -> Listed:
    """Major leads that no leader has acknowledged, the longest waiting first."""
    leads = LEDGER_TABLES["leads"]
    where = and_(
        asked.mine(leads),
        still_open("leads"),
        leads.c.major.is_(True),
        leads.c.acknowledged_at.is_(None),
        not_historical(leads),
    )
    now = clock.now()
    items = [
        item_of(
            asked,
            "leads",
            row,
            "重大线索，请签收",
            f"已等待 {span_words(now - row['registered_at'])}",
            "red",
        )
        for row in rows_of(asked, leads, where, leads.c.registered_at, leads.c.id)
    ]
    return Listed(Group.ALERTS, tuple(items), total_of(asked, leads, where))


def _uninspected(asked: Asked) -> Listed:
    """Institutions not inspected in the current round: never visited first."""
    table = LEDGER_TABLES["institutions"]
    number = round_in(asked.connection)
    where = and_(asked.mine(table), not_inspected(number))
    last = table.c.last_inspected_on
    items = [
        item_of(asked, "institutions", row, f"第{number}轮走访", _since_visit(asked, row), "")
        for row in rows_of(asked, table, where, last.is_not(None), last, table.c.id)
    ]
    return Listed(Group.UNINSPECTED, tuple(items), total_of(asked, table, where))


def _since_visit(asked: Asked, row: Mapping[str, Any]) -> str:
    last = row["last_inspected_on"]
    return "从未走访" if last is None else f"上次走访距今 {(asked.today - last).days} 天"


def _urged(asked: Asked) -> Listed:
    """Open records that were urged lately; opening them does not remove them from the list.

    Leaders also see the records that they urged themselves, to follow them up.
    """
    first = first_entry_since(asked.connection, clock.now() - LONGEST_ABSENCE)
    urges = and_(changes.c.id >= first, changes.c.action == "urge")
    if asked.role not in FOLLOWING_UP:
        urges = and_(urges, changes.c.actor != asked.actor.name)
    conditions = {
        key: and_(asked.mine(LEDGER_TABLES[key]), still_open(key)) for key in asked.ledgers
    }
    return logged(asked, Group.URGED, urges, conditions, lambda entry, _: f"督办：{entry.reason}")


def _changed(asked: Asked) -> Listed:
    """Records that others changed since the last visit, also into the bin."""
    first = first_entry_since(asked.connection, asked.since)
    others = and_(
        changes.c.id >= first,
        changes.c.actor != asked.actor.name,
        changes.c.action.not_in(_NO_CHANGE),
    )
    conditions = {
        key: asked.actor.scope_condition(LEDGER_TABLES[key].c.area_path) for key in asked.ledgers
    }

    def what(entry: audit.Entry, who: str) -> str:
        return f"{audit.ACTION_LABELS.get(entry.action, entry.action)}({who})"

    return logged(asked, Group.CHANGED, others, conditions, what)


_LISTS: Mapping[Group, Callable[[Asked], Listed]] = {
    Group.ALERTS: _alerts,
    Group.OVERDUE_LEGAL: _overdue_by_law,
    Group.OVERDUE: _overdue,
    Group.DUE_SOON: _due_soon,
    Group.WAITING: _waiting,
    Group.URGED: _urged,
    Group.FACTS: facts_to_answer,
    Group.UNINSPECTED: _uninspected,
    Group.CHANGED: _changed,
}


def first_entry_since(connection: Connection, moment: datetime) -> int:
    """The id of the first entry of the log at or after a moment, by halving.

    Ids count up without gaps and never backwards in time, so twenty look-ups do for a million
    entries, and the log needs no index on its times.
    """
    low, high = 1, audit.revision(connection) + 1
    while low < high:
        middle = (low + high) // 2
        query = select(changes.c.at).where(changes.c.id == middle)
        at = connection.execute(query).scalar()
        if at is not None and datetime.fromisoformat(at) < moment:
            low = middle + 1
        else:
            high = middle
    return low
