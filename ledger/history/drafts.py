"""Drafts of long forms, kept in the database so that a lost connection loses nothing typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from ledger.access import Actor
from ledger.errors import Invalid
from ledger.ledgers import LEDGERS
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import drafts as table
from ledger.timing import clock

_MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class KeptDraft:
    """What was typed into one form, as typed, and on which version of the record."""

    values: Mapping[str, Any]
    version: int | None
    updated_at: datetime


def form_name(ledger_key: str, record_id: int | None) -> str:
    """The name under which a form's draft is kept."""
    return f"{ledger_key}/{'new' if record_id is None else record_id}"


@tried_again
def keep(
    store: Store, actor: Actor, form: str, values: Mapping[str, Any], version: int | None
) -> None:
    """Keep (or replace) the actor's draft of one form; protected columns are never kept in it."""
    if actor.user_id is None:
        return
    if sum(len(str(value)) for value in values.values()) > _MOST_CHARACTERS:
        raise Invalid("草稿内容过长，无法暂存，请先保存")
    with store.writing() as connection:
        connection.execute(delete(table).where(*_of(actor, form)))
        connection.execute(
            insert(table).values(
                user_id=actor.user_id,
                form=form[:120],
                values=_without_protected(form, values),
                version=version,
                updated_at=clock.now(),
            )
        )


def find(store: Store, actor: Actor, form: str) -> KeptDraft | None:
    """The actor's draft of one form, if any. Nobody sees another's."""
    with store.reading() as connection:
        row = connection.execute(select(table).where(*_of(actor, form))).one_or_none()
    return None if row is None else KeptDraft(row.values, row.version, row.updated_at)


@tried_again
def discard(store: Store, actor: Actor, form: str) -> None:
    """Forget a draft: it was saved, or is not wanted."""
    with store.writing() as connection:
        connection.execute(delete(table).where(*_of(actor, form)))


def _without_protected(form: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A draft lies there as it was typed, so what has to be encrypted is left out of it."""
    ledger = LEDGERS.get(form.partition("/")[0])
    masked = {column.key for column in ledger.columns if column.rule.masked} if ledger else set()
    return {key: value for key, value in values.items() if key not in masked}


def _of(actor: Actor, form: str) -> tuple[Any, Any]:
    return table.c.user_id == actor.user_id, table.c.form == form[:120]
