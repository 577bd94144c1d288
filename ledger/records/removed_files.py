"""Removed attachments: their content is deleted, and the log holds who removed them and why."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from ledger.domain.access import Actor
from ledger.domain.ledgers import LEDGERS
from ledger.records.history import audit
from ledger.storage import Store
from ledger.storage.own_tables import attachments as table
from ledger.storage.tables import changes


def empty(
    connection: Connection, actor: Actor, number: str, rows: Sequence[Any], reason: str
) -> None:
    """Delete the content of attachments of one record, each with an entry in the log.

    ``rows`` have ``id``, ``ledger``, ``record_id``, ``name``, ``sha256`` and ``deleted``; those
    already removed are skipped.
    """
    ids = [row.id for row in rows if not row.deleted]
    connection.execute(update(table).where(table.c.id.in_(ids)).values(deleted=True, content=b""))
    removed = [
        audit.Change(
            "detach",
            row.ledger,
            row.record_id,
            number,
            {"attachment": row.name, "sha256": row.sha256},
            None,
            reason[:500],
        )
        for row in rows
        if row.id in ids
    ]
    audit.append(connection, actor, removed)


def faults_of_attachments(store: Store) -> tuple[str, ...]:
    """What is wrong with the stored files, one Chinese sentence each.

    Every file was logged with its digest when it was added and again when it was removed; the
    files are compared with these entries. `chain_check.verify` checks the log.
    """
    faults: list[str] = []
    with store.reading() as connection:
        added, removed = _logged(connection, "attach"), _logged(connection, "detach")
        # One by one: each holds its content.
        for row in connection.execute(select(table).order_by(table.c.id)):
            key = (row.ledger, row.record_id, row.sha256)
            label = f"附件 {row.id}（{_label(row.ledger)}的记录 {row.record_id}）"
            added[key] -= 1
            if added[key] < 0:
                faults.append(f"{label}没有添加记录，不是由系统添加的")
            if row.deleted:
                removed[key] -= 1
                if removed[key] < 0:
                    faults.append(f"{label}没有删除记录就被删除，请从备份恢复")
                if row.content:
                    faults.append(f"{label}已删除，内容却还在，请重新删除")
            elif hashlib.sha256(row.content).hexdigest() != row.sha256:
                faults.append(f"{label}的内容被改动，请从备份恢复")
    faults += [
        f"{_label(key[0])}的记录 {key[1]} 有 {count} 个附件已不在，请从备份恢复"
        for key, count in added.items()
        if count > 0
    ]
    return tuple(faults)


def _label(ledger_key: str) -> str:
    """A ledger's label; for an unknown ledger, the quoted key."""
    ledger = LEDGERS.get(ledger_key)
    return f"“{ledger_key}”" if ledger is None else ledger.label


def _logged(connection: Connection, action: str) -> Counter[tuple[str, int, str]]:
    """How often files were added to or removed from each record, by their digest."""
    query = select(changes).where(changes.c.action == action)
    found: Counter[tuple[str, int, str]] = Counter()
    for row in connection.execute(query):
        said = json.loads((row.after if action == "attach" else row.before) or "{}")
        found[row.ledger, row.record_id, said.get("sha256", "")] += 1
    return found
