"""Find new cases that are probably registered already, in ledgers of matters, visits, measures.

The day, the required columns and the title are compared (half-width, without blanks). If all are
equal, the case is probably the same one registered again, unless the two refer to different
records. Protected columns, and so people, are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.columns import Column, ColumnType, Ledger
from ledger.domain.timing.clock import OFFICE
from ledger.domain.values import fold
from ledger.exchange.reading.understanding import shown
from ledger.storage.tables import LEDGER_TABLES

Key = tuple[str, ...]


def registered_already(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    new: Mapping[int, Mapping[str, Any]],
    newest: int | None = None,
) -> dict[int, tuple[str, str]]:
    """Row → (the record in the actor's scope that a new case repeats, why it is thought so).

    Records beyond the id ``newest`` came from the same file, and are none.
    """
    if ledger.dated is None or not new:
        return {}
    days = [values[ledger.dated] for values in new.values() if values.get(ledger.dated)]
    if not days:
        return {}
    compared, references = _compared(ledger), _references(ledger)
    table = LEDGER_TABLES[ledger.key]
    dated = table.c[ledger.dated]
    looked_at = {"number", *(column.key for column in compared), *references, ledger.title}
    query = select(*(table.c[key] for key in sorted(looked_at & set(table.c.keys())))).where(
        table.c.deleted.is_(False), dated >= min(days), dated <= max(days)
    )
    if "area_path" in table.c:
        query = query.where(actor.scope_condition(table.c.area_path))
    if newest is not None:
        query = query.where(table.c.id <= newest)
    wanted = {row: _key(compared, values) for row, values in new.items()}
    there: dict[Key, list[Mapping[str, Any]]] = {key: [] for key in wanted.values()}
    for found in connection.execute(query.order_by(table.c.id)).mappings():
        record = dict(found)
        there.get(_key(compared, record), []).append(record)
    why = _alike(compared)
    return {
        row: (_called(ledger, twin), why)
        for row, key in wanted.items()
        if (twin := _first(there[key], new[row], references)) is not None
    }


def _first(
    records: Sequence[Mapping[str, Any]], values: Mapping[str, Any], references: Sequence[str]
) -> Mapping[str, Any] | None:
    """The first record that does not refer to something else than the new case."""
    return next(
        (
            record
            for record in records
            if not any(
                record.get(key) and values.get(key) and record[key] != values[key]
                for key in references
            )
        ),
        None,
    )


def _called(ledger: Ledger, record: Mapping[str, Any]) -> str:
    title = shown(record.get(ledger.title) or "")
    return f"{record['number']}" + (f"“{title}”" if title else "")


def twice_in_file(
    ledger: Ledger, new: Mapping[int, Mapping[str, Any]]
) -> dict[int, tuple[int, str]]:
    """Row → (an earlier row of which all that is compared is the same, why it is thought so).

    Two petitions of one day may read alike and be two: this is a doubt, not a likeness.
    """
    if ledger.dated is None:
        return {}
    compared, references = _compared(ledger), _references(ledger)
    earlier: dict[Key, list[dict[str, Any]]] = {}
    found: dict[int, tuple[int, str]] = {}
    for row, values in new.items():
        same = earlier.setdefault(_key(compared, values), [])
        twin = _first(same, values, references)
        if twin is not None:
            found[row] = twin["row"], _alike(compared)
        else:
            same.append({"row": row} | {key: values.get(key) for key in references})
    return found


def seen_before(
    ledger: Ledger, new: Mapping[int, Mapping[str, Any]], seen: dict[int, int]
) -> dict[int, tuple[int, str]]:
    """`twice_in_file` for one piece of a large file: equal are what is compared and references.

    ``seen`` holds the rows of the pieces so far by the hash of these; those of this are added.
    """
    if ledger.dated is None:
        return {}
    compared, references = _compared(ledger), _references(ledger)
    found: dict[int, tuple[int, str]] = {}
    for row, values in new.items():
        key = hash((_key(compared, values), *map(values.get, references)))
        first = seen.setdefault(key, row)
        if first != row:
            found[row] = first, _alike(compared)
    return found


def _compared(ledger: Ledger) -> list[Column]:
    """The columns that say which case a record is."""
    return [
        column
        for column in ledger.editable
        if not column.rule.masked
        and column.key != "number"
        and (column.required or column.key in (ledger.title, ledger.dated))
    ]


def _references(ledger: Ledger) -> list[str]:
    return [column.key for column in ledger.editable if column.type is ColumnType.REFERENCE]


def _alike(compared: list[Column]) -> str:
    return f"{'、'.join(column.label for column in compared)}都相同"


def _key(compared: list[Column], values: Mapping[str, Any]) -> Key:
    return tuple(_said(values.get(column.key)) for column in compared)


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        moment = value.astimezone(OFFICE) if value.tzinfo else value
        return moment.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else fold(str(value))
