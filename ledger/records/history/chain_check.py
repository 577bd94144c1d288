"""The check of the chain: every missing, unlinked or altered entry of the log is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ledger.records.history.audit import GENESIS, REWRITING, content_digest, link_hash
from ledger.storage.tables import chain_head, changes


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: the number of entries read and the faults, in Chinese."""

    entries: int
    faults: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.faults


def verify(connection: Connection) -> Verdict:
    """Check the whole chain and name every missing, unlinked or altered entry."""
    faults: list[str] = []
    told = _rewritten(connection)
    expected_id, previous, entries = 1, GENESIS, 0
    for row in connection.execute(select(changes).order_by(changes.c.id)).mappings():
        entries += 1
        if row["id"] != expected_id:
            faults.append(f"第{expected_id}条至第{row['id'] - 1}条日志缺失")
        if row["previous_hash"] != previous:
            faults.append(f"第{row['id']}条日志与上一条不衔接")
        if not _holds(dict(row), told.get(row["id"])):
            faults.append(f"第{row['id']}条日志内容被改动")
        expected_id, previous = row["id"] + 1, row["hash"]
    head = connection.execute(select(chain_head)).one_or_none()
    if head is None:
        if entries:
            faults.append("日志链尾记录缺失")
    elif (head.last_id, head.hash) != (expected_id - 1, previous):
        faults.append(f"日志末尾缺失：应有{head.last_id}条，现有{expected_id - 1}条")
    return Verdict(entries, tuple(faults))


def _rewritten(connection: Connection) -> dict[int, str]:
    """Entry id → digest of its content after the last rewriting. `verify` also checks the entries
    that hold these digests."""
    query = select(changes.c.after).where(changes.c.action.in_(REWRITING)).order_by(changes.c.id)
    told: dict[int, str] = {}
    for (after,) in connection.execute(query):
        try:
            digests = json.loads(after or "{}").get("digests", {})
            told |= {int(entry_id): str(digest) for entry_id, digest in digests.items()}
        except (ValueError, AttributeError):
            continue
    return told


def _holds(row: Mapping[str, Any], rewritten_to: str | None) -> bool:
    if rewritten_to is not None:
        return content_digest(row) == rewritten_to
    return bool(link_hash(row, row["previous_hash"]) == row["hash"])
