"""Is a record that is being registered probably in the ledger already? As an import asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.domain.access import Action, Actor
from ledger.domain.ledgers import ledger_named
from ledger.exchange.importing.duplicates import Likeness, likenesses
from ledger.records.places.areas import current_atlas
from ledger.storage import Store


def likely_twin(
    store: Store, actor: Actor, ledger_key: str, values: Mapping[str, Any]
) -> Likeness | None:
    """The record in the actor's scope that a new one probably repeats, and why it is thought so.

    ``values`` are those typed so far that could be read. Without what the record is called nothing
    is compared. Raises `Refused`.
    """
    actor.require(Action.CREATE, ledger_key)
    ledger = ledger_named(ledger_key)
    if not values.get(ledger.title):
        return None
    atlas = current_atlas(store)
    given = dict.fromkeys(column.key for column in ledger.columns) | dict(values)
    with store.reading() as connection:
        return likenesses(connection, actor, ledger, atlas, {1: given}).get(1)
