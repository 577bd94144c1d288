"""A batch is written only once: a second call with the same batch returns the first result."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.exchange.importing.comparison_choices import TakenOver
from ledger.storage.tables import changes


def written_as(connection: Connection, actor: Actor, batch: str) -> TakenOver | None:
    """What the actor imported as this batch before; None if nothing, or if another person did."""
    query = select(changes.c.after).where(
        changes.c.batch == batch, changes.c.action == "import", changes.c.actor == actor.name
    )
    found = connection.execute(query).scalar()
    if found is None:
        return None
    counts = json.loads(found)
    created, updated = counts["created"], counts["updated"]
    any_written = batch if created or updated else None
    return TakenOver(created, updated, counts["unchanged"], counts["rejected"], any_written)
