"""The imports of the past as a list, each of which can be withdrawn at any time.

An import is an entry of the log (``import``); its number is the entry's. Its records are those of
its batch. Who may import sees the imports whose records all lie in their scope. Withdrawn records
that an import added go to the bin, changed ones get back what they held; what was changed since
stays and is told (:mod:`ledger.records.putting_back`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, not_, or_, select, true

from ledger.domain.access import ROOT_PATH, Action, Actor
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import LEDGERS, ledger_named
from ledger.records.history import audit
from ledger.records.person_names import name_in
from ledger.records.putting_back import PutBack, put_back_save
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES, changes

MOST = 50
_WITHDRAWN = "undo_import"


@dataclass(frozen=True)
class PastImport:
    """One import: its number, when, by whom (name as shown), into which ledger, of which file; how
    many rows were read, added, changed; whether it was withdrawn."""

    number: int
    at: datetime
    by: str
    ledger: str
    file: str
    read: int
    created: int
    updated: int
    withdrawn: bool
    batch: str


def past_imports(
    store: Store, actor: Actor, ledger_key: str | None = None, *, most: int = MOST
) -> tuple[PastImport, ...]:
    """The imports in the actor's scope, newest first, of one ledger or of all that may be imported.

    Raises
    ------
    Refused
        If the actor may not import.
    """
    keys = [ledger_key] if ledger_key is not None else _importable(actor)
    for key in keys:
        actor.require(Action.IMPORT, key)
    with store.reading() as connection:
        found: list[PastImport] = []
        for key in keys:
            found += _of_ledger(connection, actor, key, most)
    return tuple(sorted(found, key=lambda one: -one.number)[:most])


def undo_import(store: Store, actor: Actor, number: int, *, reason: str) -> PutBack:
    """Withdraw a whole import, by its number; what was changed since stays and is told.

    Raises
    ------
    Refused
        If the actor may not import into its ledger.
    NotFound
        If there is none of this number in the actor's scope.
    Invalid
        If it was withdrawn already, or the reason is blank or too long.
    """
    actor.require(Action.IMPORT, _importable(actor)[0])
    with store.reading() as connection:
        query = select(changes.c.ledger).where(changes.c.id == number, changes.c.action == "import")
        key = connection.execute(query).scalar()
        if key is None or not actor.may(Action.IMPORT, key):
            raise NotFound("导入")
        found = _of_ledger(connection, actor, key, 1, changes.c.id == number)
    if not found:
        raise NotFound("导入")
    if found[0].withdrawn:
        raise Invalid(f"第 {number} 号导入已经撤回过")
    entry = audit.Change(_WITHDRAWN, key, number=str(number), reason=reason.strip()[:500])
    return put_back_save(store, actor, found[0].batch, reason=reason, told=(entry,))


def _importable(actor: Actor) -> list[str]:
    keys = [key for key, one in LEDGERS.items() if one.geometry != "polygon"]
    allowed = [key for key in keys if actor.may(Action.IMPORT, key)]
    return allowed or keys[:1]


def _of_ledger(
    connection: Connection,
    actor: Actor,
    key: str,
    most: int,
    which: ColumnElement[bool] | None = None,
) -> list[PastImport]:
    entry = changes.alias("entry")
    where = and_(
        changes.c.action == "import",
        changes.c.ledger == key,
        changes.c.batch.is_not(None),
        true() if which is None else which,
    )
    query = select(changes).where(where).order_by(changes.c.id.desc())
    if actor.scope_path != ROOT_PATH:
        table = LEDGER_TABLES[ledger_named(key).key]
        own = and_(entry.c.batch == changes.c.batch, entry.c.ledger == key)
        # A record that lies nowhere is nobody's but theirs who see everything.
        elsewhere = or_(table.c.area_path.is_(None), not_(actor.scope_condition(table.c.area_path)))
        outside = and_(own, entry.c.record_id == table.c.id, elsewhere)
        any_own = and_(own, entry.c.record_id.is_not(None))
        query = query.where(exists().where(any_own), ~exists().where(outside))
    rows = connection.execute(query.limit(most)).mappings().all()
    gone = _withdrawn(connection, [row["id"] for row in rows])
    return [_past(connection, row, row["id"] in gone) for row in rows]


def _withdrawn(connection: Connection, numbers: Sequence[int]) -> set[int]:
    query = select(changes.c.number).where(
        changes.c.action == _WITHDRAWN, changes.c.number.in_([str(one) for one in numbers])
    )
    return {int(number) for number in connection.execute(query).scalars()}


def _past(connection: Connection, row: Mapping[Any, Any], withdrawn: bool) -> PastImport:
    counts = json.loads(row["after"] or "{}")
    return PastImport(
        number=row["id"],
        at=datetime.fromisoformat(row["at"]),
        by=name_in(connection, row["actor"]),
        ledger=row["ledger"],
        file=row["number"] or "",
        read=counts.get("read", 0),
        created=counts.get("created", 0),
        updated=counts.get("updated", 0),
        withdrawn=withdrawn,
        batch=row["batch"],
    )
