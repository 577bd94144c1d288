"""Mappings stored per layout of a file: decided once, used again for files with the same header.

A layout is identified by the fingerprint of its header's texts (`headers.fingerprint_of`). A
mapping belongs to the area of the user who stored it, and is used by all who import there or below;
the nearest area's mapping takes precedence. Users who may import may store, replace and delete the
mappings of their own area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.timing import clock
from ledger.exchange.reading.mapping import FileMapping, parse_mapping
from ledger.exchange.reading.mapping_text import mapping_text
from ledger.records.history import audit
from ledger.records.person_names import names_in
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import remembered_mappings as table

_LONGEST_NAME = 40


@dataclass(frozen=True)
class Remembered:
    """A named mapping, the layout it is for, and the name of who stored it."""

    id: int
    name: str
    fingerprint: str
    mapping: FileMapping
    updated_at: datetime
    updated_by: str


@tried_again
def remember(
    store: Store, actor: Actor, ledger: Ledger, fingerprint: str, name: str, mapping: FileMapping
) -> Remembered:
    """Keep a mapping for a layout, in place of the one the actor's office had for it.

    Raises
    ------
    Refused
        If the actor may not import.
    Invalid
        If the name is empty, too long, or that of another layout's mapping.
    """
    actor.require(Action.IMPORT, ledger.key)
    called = name.strip()
    if not 0 < len(called) <= _LONGEST_NAME:
        raise Invalid(f"对照关系的名称应有 1 至 {_LONGEST_NAME} 个字，例如“某镇民政所月报”")
    named = [
        ledger.by_key[key].label for key in mapping.constants if ledger.by_key[key].rule.masked
    ]
    if named:
        raise Invalid(f"对照关系中不能固定填写受保护信息（{'、'.join(named)}），请去掉后再记住")
    content = mapping_text(mapping)
    parse_mapping(content, ledger)
    values = {
        "name": called,
        "content": content,
        "updated_at": clock.now(),
        "updated_by": actor.name,
    }
    own = (table.c.ledger == ledger.key, table.c.scope_path == actor.scope_path)
    with store.writing() as connection:
        same = (table.c.name == called, table.c.fingerprint != fingerprint)
        if connection.execute(select(table.c.id).where(*own, *same)).first():
            raise Invalid(f"名称“{called}”已用于另一种表格，请换一个名称")
        which = (*own, table.c.fingerprint == fingerprint)
        changed = connection.execute(update(table).where(*which).values(values))
        if not changed.rowcount:
            values |= {"ledger": ledger.key, "scope_path": actor.scope_path}
            connection.execute(insert(table).values(values | {"fingerprint": fingerprint}))
        entry = audit.Change("remember_mapping", ledger.key, number=called)
        audit.append(connection, actor, [entry])
        row = connection.execute(select(table).where(*which)).one()
        (kept,) = _remembered(connection, [row], ledger)
    return kept


def recall(store: Store, actor: Actor, ledger: Ledger) -> dict[str, Remembered]:
    """Fingerprint → mapping, of the actor's own office and those above it, the nearest first; where
    none of them has one, of an office below: the command line uses those of the whole tree."""
    actor.require(Action.IMPORT, ledger.key)
    mine = set(above(actor.scope_path))
    below = table.c.scope_path.startswith(actor.scope_path, autoescape=True)
    with store.reading() as connection:
        where = (table.c.ledger == ledger.key, or_(table.c.scope_path.in_(mine), below))
        rows = connection.execute(select(table).where(*where).order_by(table.c.id)).all()
        nearest_last = sorted(rows, key=lambda row: (row.scope_path in mine, len(row.scope_path)))
        return {one.fingerprint: one for one in _remembered(connection, nearest_last, ledger)}


def remembered(store: Store, actor: Actor, ledger: Ledger) -> Sequence[Remembered]:
    """The mappings kept for a ledger by the actor's office, by name."""
    actor.require(Action.IMPORT, ledger.key)
    with store.reading() as connection:
        own = (table.c.ledger == ledger.key, table.c.scope_path == actor.scope_path)
        rows = connection.execute(select(table).where(*own).order_by(table.c.name)).all()
        return _remembered(connection, rows, ledger)


@tried_again
def forget(store: Store, actor: Actor, ledger: Ledger, mapping_id: int) -> None:
    """Forget a mapping of the actor's office. Raises `NotFound` when it has none such."""
    actor.require(Action.IMPORT, ledger.key)
    with store.writing() as connection:
        which = (
            table.c.id == mapping_id,
            table.c.ledger == ledger.key,
            table.c.scope_path == actor.scope_path,
        )
        name = connection.execute(select(table.c.name).where(*which)).scalar()
        if name is None:
            raise NotFound("对照关系")
        connection.execute(delete(table).where(*which))
        entry = audit.Change("forget_mapping", ledger.key, number=name)
        audit.append(connection, actor, [entry])


def above(path: str) -> list[str]:
    """The path and all paths above it, the root's included: "/a/b/" → "/", "/a/", "/a/b/"."""
    steps = [step for step in path.split("/") if step]
    return ["/", *("/" + "/".join(steps[: at + 1]) + "/" for at in range(len(steps)))]


def _remembered(
    connection: Connection, rows: Sequence[Row[Any]], ledger: Ledger
) -> list[Remembered]:
    names = names_in(connection, [row.updated_by for row in rows])
    return [
        Remembered(
            id=row.id,
            name=row.name,
            fingerprint=row.fingerprint,
            mapping=parse_mapping(row.content, ledger),
            updated_at=row.updated_at,
            updated_by=names[row.updated_by],
        )
        for row in rows
    ]
