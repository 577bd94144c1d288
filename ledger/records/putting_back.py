"""Undo one field, one change of a record or one save; undoing is itself a logged change.

A field that was changed again since is not undone but reported, unless exactly this field was
asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from ledger.domain.access import ROOT_PATH, SYSTEM, Action, Actor
from ledger.domain.columns import ColumnType, Ledger
from ledger.domain.errors import Invalid, NotFound
from ledger.domain.ledgers import ledger_named
from ledger.records.drafting import Draft, arrange
from ledger.records.entering import resolve_references
from ledger.records.history import audit
from ledger.records.places.areas import current_atlas
from ledger.records.saving import write
from ledger.records.service import owned
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES, changes

# Databases take only so many values in one list.
_AT_ONCE = 500
_RECORDS_AT_ONCE = 10_000


@dataclass(frozen=True)
class PutBack:
    """How many records were changed, and which fields were left because they changed since."""

    records: int
    left: tuple[str, ...]


def put_back_field(store: Store, actor: Actor, entry_id: int, key: str, *, reason: str) -> PutBack:
    """Give one field the value it had before one change.

    Raises
    ------
    Refused
        If the actor may not edit the ledger.
    NotFound
        If there is no such change of a record in the actor's scope.
    Invalid
        For a reason that is blank or longer than 500 characters, or a record that would be outside
        the actor's scope.
    """
    return _put_back(store, actor, entry_id=entry_id, only=key, reason=reason)


def put_back_change(store: Store, actor: Actor, entry_id: int, *, reason: str) -> PutBack:
    """Undo one change of one record: all its fields. Raises as `put_back_field`."""
    return _put_back(store, actor, entry_id=entry_id, reason=reason)


def put_back_save(
    store: Store, actor: Actor, batch: str, *, reason: str, told: Sequence[audit.Change] = ()
) -> PutBack:
    """Undo a whole save, such as an import; records that it added go to the bin.

    ``told`` are entries that the log gets with it. Raises as `put_back_field`.
    """
    return _put_back(store, actor, batch=batch, reason=reason, told=told)


def extent_of_save(store: Store, batch: str, actor: Actor = SYSTEM) -> tuple[int, int]:
    """How many records one save added, and how many changes it made: what `put_back_save` undoes.

    (0, 0) for an unknown save and for one with records outside the actor's scope, which the actor
    cannot undo.
    """
    actor.require(Action.READ)
    query = (
        select(changes.c.action, func.count())
        .where(changes.c.batch == batch, changes.c.record_id.is_not(None))
        .group_by(changes.c.action)
    )
    with store.reading() as connection:
        try:
            _found(connection, actor, None, batch)
        except NotFound:
            return 0, 0
        counted = {row[0]: row[1] for row in connection.execute(query)}
    return counted.get("create", 0), counted.get("update", 0)


@tried_again
def _put_back(
    store: Store,
    actor: Actor,
    *,
    entry_id: int | None = None,
    batch: str | None = None,
    only: str | None = None,
    reason: str,
    told: Sequence[audit.Change] = (),
) -> PutBack:
    if not reason.strip() or len(reason) > 500:
        raise Invalid("请填写恢复原因(最多500字)")
    atlas = current_atlas(store)
    with store.writing() as connection:
        found = _found(connection, actor, entry_id, batch)
        surroundings = surroundings_of(store, connection, atlas)
        changed, left = 0, list[str]()
        for key, own in found.items():
            actor.require(Action.EDIT, key)
            ledger, put_back = ledger_named(key), uuid4().hex
            for entries in _in_portions(connection, own):
                drafts = _drafts(connection, actor, ledger, entries, only, left)
                resolve_references(connection, actor, ledger, drafts)
                arrange(ledger, drafts, atlas)
                _require_scope(actor, drafts)
                write(
                    connection,
                    actor,
                    ledger,
                    drafts,
                    surroundings,
                    batch=put_back,
                    reason=f"恢复：{reason.strip()}",
                )
                changed += sum(d.after["version"] != (d.current or {})["version"] for d in drafts)
        audit.append(connection, actor, told)
    return PutBack(changed, tuple(left))


def _found(
    connection: Connection, actor: Actor, entry_id: int | None, batch: str | None
) -> dict[str, NDArray[np.int64]]:
    """The changes to undo, newest first, by ledger: columns are the ids of entry and record. Only
    those of records, not of the system.

    Raises `NotFound` if there are none or one is of a record outside the actor's scope.
    """
    which = (
        changes.c.record_id.is_not(None),
        changes.c.action.in_(("create", "update")),
        changes.c.id == entry_id if entry_id is not None else changes.c.batch == batch,
    )
    query = select(changes.c.id, changes.c.ledger, changes.c.record_id).where(*which)
    # An import has a million of them: numbers alone are kept.
    kept: dict[str, array[int]] = {}
    query = query.order_by(changes.c.id.desc())
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}):
        kept.setdefault(str(row.ledger), array("q")).extend((row.id, row.record_id))
    found = {key: np.asarray(one, dtype=np.int64).reshape(-1, 2) for key, one in kept.items()}
    if not found or not all(_is_ours(connection, actor, *one) for one in found.items()):
        raise NotFound("修改记录")
    return found


def _in_portions(connection: Connection, own: NDArray[np.int64]) -> Iterator[list[audit.Entry]]:
    """The entries of one ledger, newest first; all those of a record are in one portion."""
    records = np.unique(own[:, 1])[::-1]
    for start in range(0, len(records), _RECORDS_AT_ONCE):
        some = records[start : start + _RECORDS_AT_ONCE]
        ids = own[(own[:, 1] >= some[-1]) & (own[:, 1] <= some[0]), 0].tolist()
        entries = audit.entries(connection, ids)
        yield [entries[one] for one in ids]


def _is_ours(connection: Connection, actor: Actor, key: str, own: NDArray[np.int64]) -> bool:
    """Whether all these records of a ledger lie in the actor's scope."""
    table = LEDGER_TABLES.get(key)
    if table is None or "area_path" not in table.c:
        return False
    if actor.scope_path == ROOT_PATH:
        return True
    there = actor.scope_condition(table.c.area_path)
    wanted = np.unique(own[:, 1]).tolist()
    counted = 0
    for start in range(0, len(wanted), _AT_ONCE):
        some = table.c.id.in_(wanted[start : start + _AT_ONCE])
        query = select(func.count()).select_from(table).where(some, there)
        counted += int(connection.execute(query).scalar_one())
    return counted == len(wanted)


def _drafts(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    entries: Sequence[audit.Entry],
    only: str | None,
    left: list[str],
) -> list[Draft]:
    ids = sorted({int(str(entry.record_id)) for entry in entries})
    rows = owned(connection, actor, ledger, ids, lock=True)
    drafts: dict[int, Draft] = {}
    for entry in entries:
        row = rows[int(str(entry.record_id))]
        draft = drafts.setdefault(row["id"], Draft({}, row))
        if entry.action == "create":
            if only is None:
                draft.values["deleted"] = True
            continue
        for key in [only] if only is not None else list(entry.before):
            if key is None or key not in entry.before or _is_computed(ledger, key):
                continue
            standing = draft.values.get(key, row.get(key))
            if only is None and standing != _typed(ledger, key, entry.after.get(key)):
                left.append(f"{row['number']}“{ledger.label_of(key)}”")
                continue
            draft.values[key] = _typed(ledger, key, entry.before[key])
    return list(drafts.values())


def _is_computed(ledger: Ledger, key: str) -> bool:
    column = ledger.by_key.get(key)
    return column is None or (column.computed and key != "state")


def _typed(ledger: Ledger, key: str, value: Any) -> Any:
    column = ledger.by_key.get(key)
    if value is None or column is None:
        return value
    if column.type in (ColumnType.DATE, ColumnType.MOMENT):
        return column.parse(datetime.fromisoformat(value))
    return value


def _require_scope(actor: Actor, drafts: Sequence[Draft]) -> None:
    for draft in drafts:
        if "area_path" in draft.after and not actor.sees(draft.after["area_path"]):
            raise Invalid("恢复后记录将不在您的辖区内，不能恢复")
