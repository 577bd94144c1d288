"""Which questions about facts rest: somebody kept the fact with a reason.

A decision holds until the record that asks changes in what it asks by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from ledger.casework.case_claims import Supposed
from ledger.domain.ledgers import LEDGERS
from ledger.domain.proposals import Asked
from ledger.records.history.fact_entries import FACT_ACTIONS
from ledger.storage.tables import changes

# What rests: an institution's fact, and the record that asks about it.
Resting = tuple[str, str, str, int]
_AT_ONCE = 400


def key_of(one: Asked) -> Resting:
    """By what a decision is found again."""
    return one.institution, one.fact, one.ledger, one.record_id


def kept(
    connection: Connection, questions: Sequence[Asked], supposed: Supposed | None = None
) -> set[Resting]:
    """Those that rest; the ``supposed`` case asks anew where its step changes what it asks by."""
    found: set[Resting] = set()
    for ledger_key in sorted({one.ledger for one in questions}):
        by_case: dict[int, list[Asked]] = {}
        for one in questions:
            if one.ledger == ledger_key:
                by_case.setdefault(one.record_id, []).append(one)
        for ids in _portions(sorted(by_case)):
            for record_id, action, after in _entries(connection, ledger_key, ids):
                for one in by_case[record_id]:
                    _follow(found, one, action, after)
    if supposed is not None:
        asking = [one for one in questions if one.case == supposed.case]
        found -= {key_of(one) for one in asking if supposed.changes(_rests_on(one))}
    return found


def _follow(found: set[Resting], one: Asked, action: str, after: dict[str, Any]) -> None:
    if action in FACT_ACTIONS:
        if after.get("fact") == one.fact and after.get("institution") == one.institution:
            (found.add if action == "keep_fact" else found.discard)(key_of(one))
    elif _rests_on(one) & set(after):
        found.discard(key_of(one))


def _rests_on(one: Asked) -> frozenset[str]:
    """The columns of the asking record by which it asks."""
    for proposal in LEDGERS[one.ledger].proposes:
        if proposal.fact == one.fact:
            return proposal.keys
    return frozenset({"institution", "deleted", one.fact})  # a visit states the fact itself


def _entries(
    connection: Connection, ledger_key: str, ids: Sequence[int]
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """The history of those records about which something was ever kept, oldest first."""
    own = (changes.c.ledger == ledger_key, changes.c.record_id.in_(ids))
    ever = select(changes.c.record_id).where(*own, changes.c.action == "keep_fact").distinct()
    some = list(connection.execute(ever).scalars())
    if not some:
        return
    query = (
        select(changes.c.record_id, changes.c.action, changes.c.after)
        .where(changes.c.ledger == ledger_key, changes.c.record_id.in_(some))
        .order_by(changes.c.id)
    )
    for record_id, action, text in connection.execute(query):
        yield int(record_id), action, json.loads(text or "{}")


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
