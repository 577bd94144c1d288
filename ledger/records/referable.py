"""What a reference may name: the records of a ledger in the actor's scope, to be chosen from."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

MOST = 1_000
"""More records than this are not offered as a list."""


class Referable(NamedTuple):
    """A record by its 编号, what it is called, and where it lies."""

    number: str
    name: str
    area_code: str | None


def referable(store: Store, actor: Actor, ledger_key: str) -> tuple[Referable, ...]:
    """The records that may be referred to, by name; empty where there are more than `MOST`.

    Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    table, title = LEDGER_TABLES[ledger_key], ledger_named(ledger_key).title
    query = (
        select(table.c.number, table.c[title], table.c.area_code)
        .where(table.c.deleted.is_(False), actor.scope_condition(table.c.area_path))
        .order_by(table.c[title], table.c.id)
        .limit(MOST + 1)
    )
    with store.reading() as connection:
        found = tuple(
            Referable(number, str(name or ""), code)
            for number, name, code in connection.execute(query)
        )
    return found if len(found) <= MOST else ()
