"""Which columns of a ledger a person has on show, and in which order: remembered for them alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, insert, select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import EVERY_RECORD, OVERDUE_DAYS
from ledger.domain.ledgers import ledger_named
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.own_tables import own_columns as table


def columns_of(store: Store, actor: Actor, ledger_key: str) -> tuple[str, ...] | None:
    """The keys of the columns that the actor chose, in their order; None if they chose none.

    Keys that the ledger no longer has are left out. Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    query = select(table.c.shown).where(
        table.c.user_id == actor.user_id, table.c.ledger == ledger_key
    )
    with store.reading() as connection:
        kept = connection.execute(query).scalar_one_or_none()
    if kept is None:
        return None
    known = _known(ledger_key)
    return tuple(key for key in kept.split(",") if key in known)


@tried_again
def keep_columns(store: Store, actor: Actor, ledger_key: str, keys: Sequence[str]) -> None:
    """Remember the columns that the actor has on show; without an account nothing is kept.

    Unknown keys are left out. Raises `Refused`.
    """
    actor.require(Action.READ, ledger_key)
    if actor.user_id is None:
        return
    known = _known(ledger_key)
    mine = and_(table.c.user_id == actor.user_id, table.c.ledger == ledger_key)
    kept = ",".join(dict.fromkeys(key for key in keys if key in known))
    values = {"user_id": actor.user_id, "ledger": ledger_key, "shown": kept}
    with store.writing() as connection:
        connection.execute(delete(table).where(mine))
        connection.execute(insert(table).values(values))


def _known(ledger_key: str) -> frozenset[str]:
    return frozenset((*ledger_named(ledger_key).by_key, *EVERY_RECORD, OVERDUE_DAYS))
