"""Two people edit one record: the value before, the other person's and the actor's, by field.

The version that an editor read need not be stored: for every field changed since, the history
holds its earlier value.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Conflict, FieldConflict
from ledger.records.person_names import name_in
from ledger.storage.tables import changes

_HIDDEN = frozenset({"area_path", "placement", "deleted", "extra", "tier_reason"})


def conflict_of(
    connection: Connection,
    ledger: Ledger,
    row: Mapping[str, Any],
    version_read: int,
    mine: Mapping[str, Any],
) -> Conflict:
    """The conflict of an edit made on ``version_read`` with the present record ``row``.

    ``mine`` holds parsed values. The result lists every field that either side changed. A field
    that both changed to different values is a clash; the others can be merged.
    """
    before = {
        key: typed(ledger, key, value)
        for key, value in changed_since(connection, ledger.key, row["id"], version_read).items()
    }
    keys = [key for key in ledger.by_key if key in before or key in mine]
    fields = tuple(
        FieldConflict(
            key=key,
            label=ledger.label_of(key),
            before=before.get(key, row[key]),
            theirs=row[key],
            mine=mine.get(key, before.get(key, row[key])),
            clash=key in before and key in mine and mine[key] not in (row[key], before[key]),
        )
        for key in keys
        if key not in _HIDDEN
    )
    return Conflict(
        row["number"],
        name_in(connection, row["updated_by"]),
        record_id=row["id"],
        version=row["version"],
        fields=fields,
    )


def changed_since(
    connection: Connection, ledger_key: str, record_id: int, version: int
) -> dict[str, Any]:
    """The fields changed after ``version`` and their values in it, as plain JSON values."""
    query = (
        select(changes.c.before, changes.c.after)
        .where(
            changes.c.ledger == ledger_key,
            changes.c.record_id == record_id,
            changes.c.version > version,
        )
        .order_by(changes.c.id)
    )
    held: dict[str, Any] = {}
    for before, _ in connection.execute(query):
        for key, value in json.loads(before or "{}").items():
            held.setdefault(key, value)
    return held


def typed(ledger: Ledger, key: str, value: Any) -> Any:
    """A JSON value of the log in the column's type: dates and moments are texts in the log."""
    column = ledger.by_key.get(key)
    if column is None or column.type not in (ColumnType.DATE, ColumnType.MOMENT):
        return value
    return column.parse(datetime.fromisoformat(value)) if value else None
