"""Every sealed text of a database, wherever it is kept: in records and in their history.

Rotation and retention both use this list of places. Changes in the history are logged
(`ledger.records.history.audit.rewrite`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select, update

from ledger.domain.columns import Ledger
from ledger.domain.ledgers import LEDGERS
from ledger.domain.masks import is_sealed
from ledger.storage.tables import LEDGER_TABLES, changes

Turn = Callable[[str], str]


@dataclass(frozen=True)
class Stretch:
    """A stretch of ids of one place: a ledger's records, or the history (``ledger`` None)."""

    ledger: Ledger | None
    after: int
    upto: int


def protecting_ledgers() -> list[Ledger]:
    """The ledgers that have protected columns."""
    return [ledger for ledger in LEDGERS.values() if ledger.protected]


def protected_keys(ledger: Ledger) -> list[str]:
    """The keys of a ledger's protected columns."""
    return [column.key for column in ledger.protected]


def stretches(connection: Connection, size: int) -> Iterator[Stretch]:
    """Everything there is, in stretches of ``size`` ids: first the records, then the history."""
    for ledger in protecting_ledgers():
        yield from _cut(connection, ledger, size)
    yield from _cut(connection, None, size)


def turn_records(connection: Connection, stretch: Stretch, turn: Turn) -> int:
    """Put every sealed text of a stretch of records through ``turn``; returns how many changed."""
    ledger = stretch.ledger
    if ledger is None:
        return 0
    table, keys = LEDGER_TABLES[ledger.key], protected_keys(ledger)
    query = select(table.c.id, *(table.c[key] for key in keys)).where(
        table.c.id > stretch.after,
        table.c.id <= stretch.upto,
        or_(*(table.c[key].is_not(None) for key in keys)),
    )
    changed, count = [], 0
    for row in connection.execute(query).mappings():
        turned = {key: _turned(row[key], turn) for key in keys}
        different = sum(turned[key] != row[key] for key in keys)
        if different:
            changed.append({"b_id": row["id"], **{f"b_{key}": turned[key] for key in keys}})
            count += different
    if changed:
        values: dict[str, Any] = {key: bindparam(f"b_{key}") for key in keys}
        connection.execute(
            update(table).where(table.c.id == bindparam("b_id")).values(values), changed
        )
    return count


def turned_history(
    connection: Connection, turn: Turn, *conditions: Any
) -> tuple[list[dict[str, Any]], int]:
    """The entries of the history that ``turn`` changes, as they shall be, and how many texts."""
    ledgers = [ledger.key for ledger in protecting_ledgers()]
    query = select(changes).where(changes.c.ledger.in_(ledgers), *conditions).order_by(changes.c.id)
    found, count = [], 0
    for row in connection.execute(query).mappings():
        before, in_before = _turned_json(row["before"], turn)
        after, in_after = _turned_json(row["after"], turn)
        if in_before + in_after:
            found.append({**row, "before": before, "after": after})
            count += in_before + in_after
    return found, count


def in_stretch(stretch: Stretch) -> tuple[Any, Any]:
    """A stretch of the history as conditions."""
    return changes.c.id > stretch.after, changes.c.id <= stretch.upto


def _cut(connection: Connection, ledger: Ledger | None, size: int) -> Iterator[Stretch]:
    table = changes if ledger is None else LEDGER_TABLES[ledger.key]
    last = connection.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar()
    for start in range(0, last or 0, size):
        yield Stretch(ledger, start, start + size)


def _turned(value: Any, turn: Turn) -> Any:
    return turn(value) if is_sealed(value) else value


def _turned_json(text: str | None, turn: Turn) -> tuple[str | None, int]:
    """The canonical JSON of an entry with its sealed texts turned, and how many changed."""
    if text is None or '\\"c\\":' not in text:
        return text, 0
    values: Mapping[str, Any] = json.loads(text)
    turned = {key: _turned(value, turn) for key, value in values.items()}
    count = sum(turned[key] != values[key] for key in values)
    return (json.dumps(turned, ensure_ascii=False, sort_keys=True), count) if count else (text, 0)
