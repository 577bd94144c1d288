"""Numbers that are odd beside the same record before and beside other records of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from ledger.domain.access import Action, Actor
from ledger.domain.columns import Column, Ledger
from ledger.domain.ledgers import ledger_named
from ledger.domain.oddness import oddities
from ledger.records.service import get
from ledger.storage import Store
from ledger.storage.tables import LEDGER_TABLES

# The newest so many peers are looked at.
MOST_PEERS = 2_000


def odd_values(
    store: Store,
    actor: Actor,
    ledger_key: str,
    record_id: int | None,
    values: Mapping[str, Any],
) -> dict[str, tuple[str, ...]]:
    """Per column what is odd about its typed number, for columns that are declared ``watched``.

    ``values`` are the typed values that could be read, of the record with that id or of a new one.
    Peers are the records in the actor's scope of the same ``Ledger.peers`` (kind of institution);
    none as long as that is blank.
    Raises `Refused`, `NotFound`.
    """
    actor.require(Action.READ, ledger_key)
    ledger = ledger_named(ledger_key)
    before = {} if record_id is None else get(store, actor, ledger_key, record_id)
    typed = [one for one in ledger.columns if one.watched and values.get(one.key) is not None]
    if not typed:
        return {}
    kind = values.get(ledger.peers, before.get(ledger.peers)) if ledger.peers else None
    unknown = bool(ledger.peers) and kind is None
    peers = {} if unknown else _peers(store, actor, ledger, typed, kind, record_id)
    called = f"同类{ledger.label.split('(', 1)[0]}" if kind else f"其他{ledger.label}"
    found = {
        one.key: oddities(one, values[one.key], before.get(one.key), peers.get(one.key, ()), called)
        for one in typed
    }
    return {key: said for key, said in found.items() if said}


def _peers(
    store: Store,
    actor: Actor,
    ledger: Ledger,
    columns: list[Column],
    kind: object,
    but: int | None,
) -> dict[str, list[Any]]:
    """The values of those columns in the newest records of that kind, but the record itself."""
    table = LEDGER_TABLES[ledger.key]
    query = select(*(table.c[one.key] for one in columns)).where(
        table.c.deleted.is_(False), actor.scope_condition(table.c.area_path)
    )
    if kind is not None:
        query = query.where(table.c[ledger.peers] == kind)
    if but is not None:
        query = query.where(table.c.id != but)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(table.c.id.desc()).limit(MOST_PEERS)).all()
    return {one.key: [row[at] for row in rows] for at, one in enumerate(columns)}
