"""The newest entries of the log, as tests look at them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from ledger.records.history import audit
from ledger.storage.tables import changes


def recent(
    connection: Connection, *, limit: int = 200, action: str | None = None
) -> list[audit.Entry]:
    """The newest entries, of one kind or of all, the newest first."""
    query = select(changes.c.id).order_by(changes.c.id.desc()).limit(limit)
    if action is not None:
        query = query.where(changes.c.action == action)
    ids = list(connection.scalars(query))
    found = audit.entries(connection, ids)
    return [found[one] for one in ids]
