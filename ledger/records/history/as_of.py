"""The values of records at an earlier version, computed backwards from the log of changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.columns import Ledger
from ledger.records.history.conflicts import typed
from ledger.storage.tables import changes

_AT_ONCE = 500


def held_at(
    connection: Connection, ledger: Ledger, versions: Mapping[int, int]
) -> dict[int, dict[str, Any]]:
    """Per record id, the fields changed after the given version and their values in it.

    ``versions`` maps record id to version. Values have the types of the columns (dates, moments),
    not of the log's JSON.
    """
    found: dict[int, dict[str, Any]] = {record_id: {} for record_id in versions}
    ids = list(versions)
    for start in range(0, len(ids), _AT_ONCE):
        query = (
            select(changes.c.record_id, changes.c.version, changes.c.before)
            .where(
                changes.c.ledger == ledger.key,
                changes.c.record_id.in_(ids[start : start + _AT_ONCE]),
            )
            .order_by(changes.c.id)
        )
        for record_id, version, before in connection.execute(query):
            if version is None or version <= versions[record_id]:
                continue
            held = found[record_id]
            for key, value in json.loads(before or "{}").items():
                held.setdefault(key, typed(ledger, key, value))
    return found
