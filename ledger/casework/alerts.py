"""Alerts for major leads (DOMAIN §1A): shown to leaders until one acknowledges the lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from ledger.casework.awaiting import acknowledged_after, span_words
from ledger.domain.access import Action, Actor
from ledger.domain.errors import Conflict, Invalid
from ledger.domain.ledgers import LEADS
from ledger.domain.timing import clock
from ledger.records import saving
from ledger.records.drafting import Draft, arrange
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.service import owned
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again


@tried_again
def acknowledge_lead(store: Store, actor: Actor, lead_id: int, version: int) -> timedelta:
    """Acknowledge a major lead; returns the time between its registration and this.

    If it is acknowledged already, nothing changes and the time it took then is returned.

    Raises
    ------
    Refused
        If the actor is not a leader.
    NotFound
        If the lead is not in the actor's scope.
    Invalid
        If it is not a major one.
    Conflict
        If it changed after it was read.
    """
    actor.require(Action.ACKNOWLEDGE, LEADS.key)
    atlas = current_atlas(store)
    with store.writing() as connection:
        row = owned(connection, actor, LEADS, [lead_id], lock=True)[lead_id]
        if row["acknowledged_at"] is not None:
            return _waited(row)
        if row["deleted"] or not row["major"]:
            raise Invalid("该线索不是重大线索或已移入回收站，不需要签收")
        if row["version"] != version:
            raise Conflict(row["number"], name_in(connection, row["updated_by"]))
        at = clock.now()
        by = actor.display_name or actor.name
        values: dict[str, Any] = {"acknowledged_at": at, "acknowledged_by": by}
        if row["reported_at"] is None:
            # The acknowledgement counts as the report to the principal.
            values["reported_at"] = at
        draft = Draft(values, row)
        arrange(LEADS, [draft], atlas)
        waited = _waited(draft.after)
        saving.write(
            connection,
            actor,
            LEADS,
            [draft],
            surroundings_of(store, connection, atlas),
            batch=uuid4().hex,
            reason=f"签收重大线索，距登记 {span_words(waited)}",
        )
        return waited


def _waited(row: Mapping[str, Any]) -> timedelta:
    waited = acknowledged_after(row)
    return timedelta(0) if waited is None else waited
