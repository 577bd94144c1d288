"""The services for records of one ledger: read, add, edit, delete, restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, bindparam, select

from geo.atlas import Atlas
from ledger.domain.access import Action, Actor
from ledger.domain.columns import Ledger
from ledger.domain.errors import Conflict, Invalid, NotFound, Problem
from ledger.domain.ledgers import ledger_named
from ledger.records.drafting import Draft
from ledger.records.entering import read_values, settle
from ledger.records.history import audit
from ledger.records.history.conflicts import conflict_of
from ledger.records.person_names import name_in
from ledger.records.places.areas import current_atlas
from ledger.records.query import Selection
from ledger.records.record_pages import Page, find
from ledger.records.save_tokens import Saved, keep_result, saved_before
from ledger.records.saving import write
from ledger.records.surroundings import surroundings_of
from ledger.storage import Store
from ledger.storage.again import tried_again
from ledger.storage.tables import LEDGER_TABLES


@dataclass(frozen=True)
class Edit:
    """The changes to one record: its id, the version that was read, and texts or values."""

    record_id: int
    version: int
    values: Mapping[str, Any]


def search(
    store: Store,
    actor: Actor,
    ledger_key: str,
    selection: Selection,
    *,
    page: int = 1,
    size: int = 50,
) -> Page:
    """One page of the records in the actor's scope. Raises as `record_pages.find`."""
    with store.reading() as connection:
        return find(connection, actor, ledger_named(ledger_key), selection, page=page, size=size)


def get(store: Store, actor: Actor, ledger_key: str, record_id: int) -> dict[str, Any]:
    """One record. Out-of-scope and missing records both raise `NotFound`."""
    actor.require(Action.READ, ledger_key)
    with store.reading() as connection:
        return owned(connection, actor, ledger_named(ledger_key), [record_id])[record_id]


def history(store: Store, actor: Actor, ledger_key: str, record_id: int) -> list[audit.Entry]:
    """Every change of one record, newest first. Raises `Refused`, `NotFound`."""
    get(store, actor, ledger_key, record_id)
    with store.reading() as connection:
        return audit.history(connection, ledger_key, record_id)


@tried_again
def create(
    store: Store,
    actor: Actor,
    ledger_key: str,
    values: Mapping[str, Any],
    *,
    reason: str | None = None,
    token: str | None = None,
) -> int:
    """Add one record; returns its id. Two calls with the same ``token`` add it once.

    Raises
    ------
    Refused
        If the actor may not add records to the ledger.
    Invalid
        With one problem per cell that is refused.
    """
    actor.require(Action.CREATE, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    read = read_values(atlas, actor, ledger, values, whole=True)
    with store.writing() as connection:
        done = saved_before(connection, actor, token)
        if done is not None:
            return int(done["changed"][0])
        draft = Draft(read)
        problems = settle(connection, actor, ledger, atlas, [draft])
        if problems:
            raise Invalid([replace(problem, row=None) for problem in problems])
        surroundings = surroundings_of(store, connection, atlas)
        ids = write(
            connection, actor, ledger, [draft], surroundings, batch=_batch(token), reason=reason
        )
        keep_result(connection, actor, token, Saved(tuple(ids), ()))
        return ids[0]


@tried_again
def save(
    store: Store,
    actor: Actor,
    ledger_key: str,
    edits: Sequence[Edit],
    *,
    reason: str | None = None,
    token: str | None = None,
) -> Saved:
    """Save edits of several records in one transaction: all of them or none.

    Two calls with the same ``token`` save once.

    Raises
    ------
    Refused
        If the actor may not edit the ledger.
    NotFound
        If a record is missing or out of scope.
    Conflict
        If one of the records changed after it was read.
    Invalid
        With one problem per cell that is refused; rows are positions in ``edits``, from 1.
    """
    actor.require(Action.EDIT, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    with store.writing() as connection:
        done = saved_before(connection, actor, token)
        if done is not None:
            return Saved(tuple(done["changed"]), tuple(done["unchanged"]))
        current = owned(connection, actor, ledger, [edit.record_id for edit in edits], lock=True)
        drafts = _drafts(connection, actor, ledger, atlas, edits, current)
        surroundings = surroundings_of(store, connection, atlas)
        write(connection, actor, ledger, drafts, surroundings, batch=_batch(token), reason=reason)
        saved = _outcome(drafts)
        keep_result(connection, actor, token, saved)
        return saved


def delete(
    store: Store,
    actor: Actor,
    ledger_key: str,
    versions: Mapping[int, int],
    *,
    reason: str | None = None,
) -> None:
    """Move records (id → version read) to the bin; they can be restored.

    Raises `Refused`, `NotFound`, or `Conflict` if a record changed after it was read.
    """
    _set_deleted(store, actor, ledger_key, versions, True, reason)


def restore(
    store: Store,
    actor: Actor,
    ledger_key: str,
    versions: Mapping[int, int],
    *,
    reason: str | None = None,
) -> None:
    """Take records (id → version read) out of the bin. Raises as `delete`."""
    _set_deleted(store, actor, ledger_key, versions, False, reason)


def _drafts(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    edits: Sequence[Edit],
    current: Mapping[int, dict[str, Any]],
) -> list[Draft]:
    """The edits, ready to be written. Raises `Conflict` or `Invalid`, see `save`."""
    drafts, problems = read_edits(actor, ledger, atlas, edits, current)
    for edit, draft in zip(edits, drafts, strict=True):
        row = current[edit.record_id]
        if draft is not None and row["version"] != edit.version:
            raise conflict_of(connection, ledger, row, edit.version, draft.values)
    problems += settle(connection, actor, ledger, atlas, drafts)
    if problems:
        raise Invalid(problems)
    return [draft for draft in drafts if draft is not None]


def read_edits(
    actor: Actor,
    ledger: Ledger,
    atlas: Atlas,
    edits: Sequence[Edit],
    current: Mapping[int, dict[str, Any]],
) -> tuple[list[Draft | None], list[Problem]]:
    """A draft for every edit (None if a cell cannot be read), and the problems with their rows."""
    drafts: list[Draft | None] = []
    problems: list[Problem] = []
    for position, edit in enumerate(edits, start=1):
        try:
            read = read_values(atlas, actor, ledger, edit.values, whole=False, row=position)
        except Invalid as invalid:
            problems += invalid.problems
            drafts.append(None)
        else:
            drafts.append(Draft(read, current[edit.record_id]))
    return drafts, problems


def _outcome(drafts: Sequence[Draft]) -> Saved:
    changed: list[int] = []
    unchanged: list[int] = []
    for draft in drafts:
        before = (draft.current or {}).get("version")
        (changed if draft.after["version"] != before else unchanged).append(draft.after["id"])
    return Saved(tuple(changed), tuple(unchanged))


def owned(
    connection: Connection,
    actor: Actor,
    ledger: Ledger,
    ids: Sequence[int],
    *,
    lock: bool = False,
) -> dict[int, dict[str, Any]]:
    """The records of these ids, by id; with ``lock``, locked until the transaction ends.

    Out-of-scope and missing records both raise `NotFound`. The actor's role is not checked.
    """
    mine = actor.scope_condition(LEDGER_TABLES[ledger.key].c.area_path)
    result = connection.execute(_by_ids(ledger.key, lock).where(mine), {"ids": list(ids)})
    keys = list(result.keys())
    whole = [dict(zip(keys, row, strict=True)) for row in result]
    rows = {row["id"]: row for row in whole}
    if len(rows) != len(set(ids)):
        raise NotFound()
    return rows


@lru_cache(maxsize=32)
def _by_ids(ledger_key: str, lock: bool) -> Select[Any]:
    """The records of some ``ids``, wherever they lie; kept, as every save begins with it."""
    table = LEDGER_TABLES[ledger_key]
    query = select(table).where(table.c.id.in_(bindparam("ids", expanding=True)))
    return query.with_for_update() if lock else query


@tried_again
def _set_deleted(
    store: Store,
    actor: Actor,
    ledger_key: str,
    versions: Mapping[int, int],
    deleted: bool,
    reason: str | None,
) -> None:
    actor.require(Action.DELETE, ledger_key)
    ledger = ledger_named(ledger_key)
    atlas = current_atlas(store)
    with store.writing() as connection:
        rows = owned(connection, actor, ledger, list(versions), lock=True)
        for record_id, version in versions.items():
            if rows[record_id]["version"] != version:
                by = name_in(connection, rows[record_id]["updated_by"])
                raise Conflict(rows[record_id]["number"], by)
        write(
            connection,
            actor,
            ledger,
            [Draft.unmoved(row, deleted=deleted) for row in rows.values()],
            surroundings_of(store, connection, atlas),
            batch=_batch(None),
            reason=reason,
        )


def _batch(token: str | None) -> str:
    return token[:40] if token else uuid4().hex
