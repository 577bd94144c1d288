"""Update the record that a new row is probably the same as: 更新这一条.

The row gets the record's 编号, as if it stood in the file; then it changes that record, and its
blank cells leave what is there. What would change is shown before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection

from ledger.domain.columns import Ledger
from ledger.exchange.importing.checked import Checked
from ledger.exchange.importing.comparison_choices import shown
from ledger.exchange.importing.duplicates import Likeness
from ledger.exchange.importing.planning import existing_records
from ledger.exchange.reading.parsed_rows import Incoming

Change = tuple[str, str, str]
"""A column's label, what the record holds, what the file says; both as texts."""
MOST_SHOWN = 500


def numbers_of(checked: Checked, rows: Collection[int] | None = None) -> dict[tuple[int, str], str]:
    """The corrections by which these likely duplicates (None: all) update their records."""
    return {
        (row, "number"): like.number
        for row, like in checked.likely.items()
        if like.number and (rows is None or row in rows)
    }


def changes_of(
    connection: Connection,
    ledger: Ledger,
    likely: Mapping[int, Likeness],
    rows: Collection[Incoming],
) -> dict[int, tuple[Change, ...]]:
    """Per likely duplicate what would change in its record, for the first `MOST_SHOWN`."""
    asked = {row.row: row for row in rows if row.row in likely and likely[row.row].number}
    some = dict(list(asked.items())[:MOST_SHOWN])
    named = [Incoming(row, {"number": likely[row].number}, {}) for row in some]
    records = existing_records(connection, ledger, named, lock=False)
    return {
        row: _changes(ledger, records[likely[row].number], incoming.values)
        for row, incoming in some.items()
        if likely[row].number in records
    }


def _changes(
    ledger: Ledger, record: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[Change, ...]:
    found = []
    for key, value in values.items():
        column = ledger.by_key[key]
        if key == "number" or column.computed or value is None:
            continue
        now, then = shown(ledger, key, record.get(key)), shown(ledger, key, value)
        if now != then:
            found.append((column.label, now, then))
    return tuple(found)
