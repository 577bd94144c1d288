"""Drafts of long forms, stored in the database so that typed text survives a lost connection.

A draft belongs to one person, one form of one record and the version that was read. Protected
texts are encrypted in it as well. It is deleted when the form is saved or given up. After
`EXPIRES` it is not found any more; the row is deleted when the same person keeps another draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from ledger.domain.access import Actor
from ledger.domain.errors import Invalid, StorageError
from ledger.domain.ledgers import LEDGERS
from ledger.domain.masks import is_sealed
from ledger.domain.timing import clock
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import drafts as table

EXPIRES = timedelta(days=30)
TABLE = "table"
_MOST_CHARACTERS = 200_000
_Values = dict[str, Any]


@dataclass(frozen=True)
class KeptDraft:
    """The texts typed into one form, as typed, and the version of the record that was read."""

    values: Mapping[str, Any]
    version: int | None
    updated_at: datetime


def form_name(ledger_key: str, record_id: int | str | None, part: str = "") -> str:
    """The name under which a form's draft is stored; ``part`` is one of several forms of a record.

    For the edits of a ledger's table, pass `TABLE` as the id.
    """
    name = f"{ledger_key}/{'new' if record_id is None else record_id}"
    return f"{name}/{part}" if part else name


@tried_again
def keep(
    store: Store, actor: Actor, form: str, values: Mapping[str, Any], version: int | None
) -> None:
    """Store or replace the actor's draft of one form; protected texts are encrypted in it.

    Values may be nested, as those of a table are: by record, then by column. Nothing is stored
    for an actor without an account. Raises `Invalid` if the draft is too long.
    """
    if actor.user_id is None:
        return
    if sum(len(str(value)) for value in values.values()) > _MOST_CHARACTERS:
        raise Invalid("草稿内容过长，无法暂存，请先保存")
    protected = _protected(form)
    sealed = _turned(values, protected, lambda text: store.sealer.seal(text))
    now = clock.now()
    with store.writing() as connection:
        own = table.c.user_id == actor.user_id
        stale = table.c.updated_at < now - EXPIRES
        connection.execute(delete(table).where(own, or_(table.c.form == form[:120], stale)))
        connection.execute(
            insert(table).values(
                user_id=actor.user_id,
                form=form[:120],
                values=sealed,
                version=version,
                updated_at=now,
            )
        )


def find(store: Store, actor: Actor, form: str) -> KeptDraft | None:
    """The actor's own draft of one form; None if there is none, or it is older than `EXPIRES`."""
    with store.reading() as connection:
        row = connection.execute(select(table).where(*_of(actor, form))).one_or_none()
    if row is None or row.updated_at < clock.now() - EXPIRES:
        return None
    values = _turned(row.values, _protected(form), lambda text: _opened(store, text))
    return KeptDraft(values, row.version, row.updated_at)


def names(store: Store, actor: Actor) -> frozenset[str]:
    """The names of all forms of which the actor has a draft, with one query."""
    with store.reading() as connection:
        fresh = table.c.updated_at >= clock.now() - EXPIRES
        own = select(table.c.form).where(table.c.user_id == actor.user_id, fresh)
        return frozenset(connection.execute(own).scalars())


@tried_again
def discard(store: Store, actor: Actor, form: str) -> None:
    """Delete the actor's draft of one form."""
    with store.writing() as connection:
        connection.execute(delete(table).where(*_of(actor, form)))


def forget_record(connection: Connection, ledger_key: str, record_id: int) -> None:
    """Delete all people's drafts of one record, and its cells from drafts of the ledger's table."""
    name = form_name(ledger_key, record_id)
    of_record = or_(table.c.form == name, table.c.form.like(f"{name}/%"))
    connection.execute(delete(table).where(of_record))
    in_tables = select(table).where(table.c.form == form_name(ledger_key, TABLE))
    for row in connection.execute(in_tables).all():
        left = {key: value for key, value in row.values.items() if key != str(record_id)}
        if left != row.values:
            one = (table.c.user_id == row.user_id, table.c.form == row.form)
            connection.execute(update(table).where(*one).values(values=left))


def turn_sealed(connection: Connection, turn: Callable[[str], str]) -> int:
    """Replace every encrypted text of every draft by ``turn`` of it; returns how many changed."""
    count = 0

    def counted(text: str) -> str:
        nonlocal count
        turned = turn(text) if is_sealed(text) else text
        count += turned != text
        return turned

    for row in connection.execute(select(table)).all():
        values = _turned(row.values, _protected(row.form), counted)
        if values != row.values:
            one = (table.c.user_id == row.user_id, table.c.form == row.form)
            connection.execute(update(table).where(*one).values(values=values))
    return count


def _turned(values: Mapping[str, Any], keys: frozenset[str], turn: Callable[[str], str]) -> _Values:
    """The values with ``turn`` applied to every text of a protected column, at any depth."""
    turned: _Values = {}
    for key, value in values.items():
        if isinstance(value, Mapping):
            turned[key] = _turned(value, keys, turn)
        elif key in keys and isinstance(value, str) and value:
            turned[key] = turn(value)
        else:
            turned[key] = value
    return turned


def _opened(store: Store, kept: str) -> str:
    """The plain text; blank if no key opens it any more."""
    if not is_sealed(kept):
        return kept
    try:
        return store.sealer.open(kept)
    except (StorageError, Invalid):
        return ""


def _protected(form: str) -> frozenset[str]:
    ledger = LEDGERS.get(form.partition("/")[0])
    columns = ledger.columns if ledger else ()
    return frozenset(column.key for column in columns if column.rule.masked)


def _of(actor: Actor, form: str) -> tuple[Any, Any]:
    return table.c.user_id == actor.user_id, table.c.form == form[:120]
