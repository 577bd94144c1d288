"""Drafts of long forms, kept in the database so that a lost connection loses nothing typed.

A draft is one person's, of one form of one record and of the version that was read. What has to be
encrypted is encrypted in it as well. It goes when the form is saved or given up, or by itself after
`EXPIRES`.
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
    """What was typed into one form, as typed, and on which version of the record."""

    values: Mapping[str, Any]
    version: int | None
    updated_at: datetime


def form_name(ledger_key: str, record_id: int | str | None, part: str = "") -> str:
    """The name under which a form's draft is kept; ``part`` names one form of several of a record.

    The edits of a ledger's table are kept under `TABLE` in place of the id.
    """
    name = f"{ledger_key}/{'new' if record_id is None else record_id}"
    return f"{name}/{part}" if part else name


@tried_again
def keep(
    store: Store, actor: Actor, form: str, values: Mapping[str, Any], version: int | None
) -> None:
    """Keep (or replace) the actor's draft of one form; protected texts are encrypted in it.

    Values may be nested once, as those of a table are: by record, then by column.
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
    """The actor's draft of one form, if any. Nobody sees another's."""
    with store.reading() as connection:
        row = connection.execute(select(table).where(*_of(actor, form))).one_or_none()
    if row is None or row.updated_at < clock.now() - EXPIRES:
        return None
    values = _turned(row.values, _protected(form), lambda text: _opened(store, text))
    return KeptDraft(values, row.version, row.updated_at)


def names(store: Store, actor: Actor) -> frozenset[str]:
    """The forms of which the actor has a draft: one question for all of a page's forms."""
    with store.reading() as connection:
        fresh = table.c.updated_at >= clock.now() - EXPIRES
        own = select(table.c.form).where(table.c.user_id == actor.user_id, fresh)
        return frozenset(connection.execute(own).scalars())


@tried_again
def discard(store: Store, actor: Actor, form: str) -> None:
    """Forget a draft: it was saved, or is not wanted."""
    with store.writing() as connection:
        connection.execute(delete(table).where(*_of(actor, form)))


def forget_record(connection: Connection, ledger_key: str, record_id: int) -> None:
    """Everybody's drafts of one record go, those of the table with what else they hold of it."""
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
    """Put every encrypted text of every draft through ``turn``; returns how many changed."""
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
    """The values with every text of a protected column turned, however deep it lies."""
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
    """What was typed; blank where no key opens it any more."""
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
