"""Numbers of a file that are odd, as when somebody types them: told as doubts, never refused.

The rules are those of :mod:`ledger.domain.oddness`: ten times the last value, or an order of
magnitude away from records of its kind (万元 typed for 元). Peers are compared only for files of
up to `MOST_NEW` new rows: larger ones are not looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ledger.domain.access import Actor
from ledger.domain.columns import Column, Ledger
from ledger.domain.oddness import oddities
from ledger.exchange.reading.understanding import Note
from ledger.records.drafting import Draft
from ledger.records.peers import MOST_PEERS
from ledger.storage.tables import LEDGER_TABLES

MOST_NEW = 1_000
Drafts = Sequence[tuple[int, Draft]]


def odd_numbers(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    drafts: Drafts,
    headers: Mapping[str, str],
) -> list[Note]:
    """A doubt for each odd number of the rows that can be taken; ``headers`` by ledger key."""
    watched = [one for one in ledger.columns if one.watched and one.key in headers]
    if not watched:
        return []
    notes: list[Note] = []
    seen: dict[object, dict[str, list[Any]]] = {}
    compare = sum(draft.is_new for _, draft in drafts) <= MOST_NEW
    for row, draft in drafts:
        kind = draft.after.get(ledger.peers) if ledger.peers else None
        unknown = bool(ledger.peers) and kind is None
        if kind not in seen and compare and not unknown:
            seen[kind] = _peers(connection, actor, ledger, watched, kind)
        peers = seen.get(kind, {}) if compare and not unknown else {}
        called = f"同类{ledger.label.split('(', 1)[0]}" if kind else f"其他{ledger.label}"
        notes += _of_draft(row, draft, watched, peers, called, headers)
    return notes


def _of_draft(
    row: int,
    draft: Draft,
    watched: Sequence[Column],
    peers: Mapping[str, Sequence[Any]],
    called: str,
    headers: Mapping[str, str],
) -> Iterator[Note]:
    before = draft.current or {}
    for column in watched:
        value = draft.values.get(column.key)
        if value is None or value == before.get(column.key):
            continue
        said = oddities(column, value, before.get(column.key), peers.get(column.key, ()), called)
        for one in said:
            shown = column.format(value)
            message = f"{one}，请核对是否写错了单位或小数点"
            yield Note(row, headers[column.key], message, False, column.key, shown, shown)


def _peers(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    columns: Sequence[Column],
    kind: object,
) -> dict[str, list[Any]]:
    """The values of those columns in the newest records of that kind in scope."""
    table = LEDGER_TABLES[ledger.key]
    query = select(*(table.c[one.key] for one in columns)).where(
        table.c.deleted.is_(False), actor.scope_condition(table.c.area_path)
    )
    if kind is not None:
        query = query.where(table.c[ledger.peers] == kind)
    rows = connection.execute(query.order_by(table.c.id.desc()).limit(MOST_PEERS)).all()
    return {one.key: [row[at] for row in rows] for at, one in enumerate(columns)}
